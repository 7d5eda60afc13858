"""`acceptance bench`: this suite's runner against behave and cucumber-js on the same generated features."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        epilog="Examples: `acceptance bench` · `acceptance bench --behave /opt/b/bin/behave --cucumber node_modules/.bin/cucumber-js --plot`"
    )(bench)


def bench(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Measured rounds; each runs every runner in turn.")] = 3,
    behave: Annotated[Path | None, typer.Option(help="The behave command, if it is not on the path.")] = None,
    cucumber: Annotated[Path | None, typer.Option(help="node_modules/.bin/cucumber-js, if it is not on the path.")] = None,
    plot: Annotated[bool, typer.Option(help="Also measure series over scenarios, steps and definitions, and draw them.")] = False,
    output: Annotated[Path, typer.Option(help="Where bench.md, bench.json and bench.svg go.")] = Path(".acceptance/bench"),
    keep: Annotated[bool, typer.Option(help="Also put tables and plot into README.md's section on speed.")] = False,
) -> None:
    """Measure the runner: ratios against behave and cucumber-js, where they are installed, in one run on generated features.

    Nothing of the suite's own features is run, and no target is started.
    """
    from support.bench import measuring, report, runners
    from support.writable import folder_for

    folder_for(output, "--output")
    rivals = [*runners.behave(behave), *runners.cucumber(cucumber)]
    ours = [runners.ours(everything=False), runners.ours(everything=True)]
    two = [runners.ours(everything=True, workers=2)]

    def tell(text: str) -> None:
        typer.echo(text, err=True)

    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        reference = measuring.measure([*ours, *two, *rivals], [measuring.REFERENCE], folder, rounds, tell)
        plain = [ours[0], *(rival for rival in rivals if not rival.everything), runners.importing()]
        one = measuring.measure(plain, [measuring.REFERENCE], folder, rounds, tell, one_scenario=True)
        compared = [ours[1], *(rival for rival in rivals if rival.everything)]
        series = {name: measuring.measure(compared, sizes, folder, 1, tell) for name, sizes in measuring.SERIES.items()} if plot else {}
    text = report.write(output, report.Results(report.machine(rivals), reference, one, series))
    typer.echo(text)
    typer.echo(f"{output}/bench.md", err=True)
    if keep:
        report.keep(output, text)
