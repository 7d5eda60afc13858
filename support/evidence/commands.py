"""`acceptance matrix`, `report`, `operations` and `approve`: what the last run showed, and what is agreed about it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from support.problems import Problem, Problems, shown
from support.writable import file_for, folder_for

if TYPE_CHECKING:
    from support.evidence.reports import Sources
    from support.evidence.verdicts import RequirementVerdict


class Format(StrEnum):
    """How the matrix is written."""

    HTML = "html"
    CSV = "csv"
    MARKDOWN = "markdown"
    JSON = "json"


Evidence = Annotated[list[Path] | None, typer.Option(help="Evidence of another run; repeat it for the shards of one run.", show_default=False)]
Against = Annotated[Path | None, typer.Option(help="Earlier evidence: tell what was gained, lost, regressed and fixed.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command(epilog="Examples: `acceptance matrix` · `acceptance matrix --format csv --output matrix.csv`")(matrix)
    app.command(epilog="Examples: `acceptance report` · `acceptance report --evidence a.jsonl --evidence b.jsonl --into merged`")(report)
    app.command(epilog="Examples: `acceptance operations` · `acceptance operations --evidence other.jsonl`")(operations)
    app.command(epilog="Examples: `acceptance approve REQ-SPT-009` · `acceptance approve --all`")(approve)


def matrix(
    form: Annotated[Format, typer.Option("--format", help="html: one page to mail; the others: the same for tools.")] = Format.HTML,
    output: Annotated[Path | None, typer.Option(help="Where to write it; `-` is the terminal, the default but for html.")] = None,
    evidence: Evidence = None,
    against: Against = None,
) -> None:
    """Show each requirement with its verdict, and the sentences that prove it, as of the last run.

    Nothing is run. Exit code 1 if a requirement failed.
    """
    from support.evidence.allure_results import RESULTS_PATH
    from support.evidence.reports import MATRIX_NAME, headline, judged

    sources = _sources(evidence, against)
    target = output or (sources.root / RESULTS_PATH / MATRIX_NAME if form is Format.HTML else Path("-"))
    if target != Path("-"):
        file_for(target, "--output")
    run = judged(sources)
    text = run.matrix(form.value)
    if target == Path("-"):
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
        typer.echo(f"{headline(run)}\n{shown(target)}", err=True)
    raise typer.Exit(_exit_code(run.verdicts))


def report(
    into: Annotated[Path | None, typer.Option(help="The folder to write into. [default: allure-results]")] = None,
    evidence: Evidence = None,
    against: Against = None,
    messages: Annotated[Path | None, typer.Option(help="Also write Cucumber Messages (NDJSON) here.")] = None,
) -> None:
    """Write every report anew from evidence: Allure results, the matrix, Cucumber Messages; shards become one run.

    `npx allure generate <folder>` then builds the Allure site. Exit code 1 if a requirement failed.
    """
    from dataclasses import replace

    from support.evidence.allure_results import RESULTS_PATH, AllureResults
    from support.evidence.reports import judged, write_reports

    sources = _sources(evidence, against)
    folder = folder_for(into.resolve() if into else sources.root / RESULTS_PATH, "--into")
    ndjson = file_for(messages.resolve(), "--messages") if messages else None
    run = judged(sources)
    results = AllureResults(folder, run.ledger)
    results.clear()
    results.describe(run.evidence.run)
    for scenario in run.evidence.scenarios:
        results.write(scenario)
    for line in write_reports(replace(sources, folder=folder, messages=ndjson), run.evidence):
        typer.echo(line)
    raise typer.Exit(_exit_code(run.verdicts))


def operations(evidence: Evidence = None) -> None:
    """Tell which scenarios of the last run had each operation of the contract carried out.

    Nothing is run. Exit code 1 if there is an operation without a scenario.
    """
    from support.evidence.operations import exercised_by
    from support.evidence.records import read_evidence

    found = exercised_by(read_evidence(*_sources(evidence, None).evidence).scenarios)
    for operation, places in found.items():
        typer.echo(f"{operation}: {f'{len(places)} scenarios, first {places[0]}' if places else 'no scenario'}")
    left_out = [operation for operation, places in found.items() if not places]
    typer.echo(f"{len(found)} operations, {len(left_out)} of them without a scenario")
    raise typer.Exit(1 if left_out else 0)


def approve(
    requirements: Annotated[list[str] | None, typer.Argument(help="Ids of requirements.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every requirement that a scenario of the last run claims.")] = False,
    evidence: Evidence = None,
) -> None:
    """Approve the scenarios of the last run for the wording that their requirements have now.

    When a statement changes afterwards, its scenarios are suspect until they are approved again.
    """
    from support.evidence.approvals import APPROVALS_PATH, read_approvals, write_approvals
    from support.evidence.approvals import approve as approved_with
    from support.evidence.ledger import LEDGER_PATH, load_ledger
    from support.evidence.records import read_evidence

    sources = _sources(evidence, None)
    ledger = load_ledger(sources.root / LEDGER_PATH)
    scenarios = read_evidence(*sources.evidence).scenarios
    claimed = sorted({claim for scenario in scenarios for claim in scenario.claims})
    ids = claimed if everything else sorted(set(requirements or ()))
    if not ids:
        raise Problems([Problem("approve", 0, "", "nothing to approve was named", "name requirements, or give --all")])
    wrong = [name for name in ids if name not in ledger.requirements or name not in claimed]
    if wrong:
        remedy = "check its spelling, or run its scenarios first"
        raise Problems(Problem("approve", 0, "", f"no scenario of the last run claims {name}", remedy) for name in wrong)
    path = sources.root / APPROVALS_PATH
    write_approvals(path, approved_with(ledger, scenarios, read_approvals(path), ids))
    typer.echo(f"approved {len(ids)} in {shown(path)}")


def _sources(evidence: list[Path] | None, against: Path | None) -> Sources:
    from support.audits.project import find_root
    from support.evidence.records import EVIDENCE_PATH
    from support.evidence.reports import Sources

    root = find_root(Path.cwd())
    return Sources(root, tuple(path.resolve() for path in evidence or [root / EVIDENCE_PATH]), against.resolve() if against else None)


def _exit_code(verdicts: tuple[RequirementVerdict, ...]) -> int:
    return 1 if any(verdict.standing == "failed" for verdict in verdicts) else 0
