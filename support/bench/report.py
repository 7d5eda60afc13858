"""The result: tables of ratios as Markdown, everything as JSON, and the plot."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from support.bench.measuring import Measured
from support.bench.plot import SIZES, plot
from support.bench.runners import OURS, ROOT, Cost, Runner
from support.problems import Problem, Problems

README = ROOT / "README.md"
KEPT_PLOT = ROOT / "support/bench/cost.svg"
BEGIN, END = "<!-- acceptance bench: begin -->", "<!-- acceptance bench: end -->"
"""The lines of the README between which the tables stand."""


@dataclass(frozen=True)
class Results:
    """What was measured on one machine in one run of the command; series may be none."""

    machine: str
    reference: Sequence[Measured]
    one: Sequence[Measured]
    series: dict[str, list[Measured]]


def machine(rivals: Iterable[Runner]) -> str:
    """The machine and the versions that the figures belong to."""
    tools = [f"{name} {version(name)}" for name in ("pytest", "pytest-bdd", "pytest-xdist")]
    tools += [f"{rival.name} {rival.version}" for rival in rivals if rival.version]
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {', '.join(tools)}"


def as_markdown(results: Results) -> str:
    """The tables: the whole project, one scenario of it by its line, and how the cost grows."""
    note = "Medians of interleaved rounds; a ratio is of wall clock and (of processor time), which other work on the machine disturbs less."
    lines = [f"{results.machine}. {note}", ""]
    for title, measured in (("All scenarios", results.reference), ("One scenario by its line", results.one)):
        if measured:
            lines += [f"**{title}** ({measured[0].size})", "", *_table(measured), ""]
    lines += _beside_importing(results.one)
    for name, measured in results.series.items():
        lines += [f"**Processor seconds (and peak MB) over {name}**", "", *_growth(measured, SIZES[name]), ""]
    return "\n".join(lines)


def _table(measured: Sequence[Measured]) -> list[str]:
    rivals = [each for each in measured if each.group != OURS]
    head = ["runner", "wall s", "processor s", "peak MB", *(f"x {rival.runner}" for rival in rivals)]
    rows = [["---"] + ["---:"] * (len(head) - 1)]
    for each in measured:
        cost = each.cost
        ratios = [_ratio(cost, rival.cost) if each.group == OURS and rival.everything == each.everything else "" for rival in rivals]
        rows.append([each.runner, f"{cost.wall:.2f}", f"{cost.processor:.2f}", f"{cost.memory:.0f}", *ratios])
    return [f"| {' | '.join(row)} |" for row in (head, *rows)]


def _beside_importing(one: Sequence[Measured]) -> list[str]:
    """Who uses pytest pays for importing it: the fair measure of a start beside behave's."""
    costs = {each.runner: each.cost for each in one}
    ours, behave, importing = (costs.get(name) for name in (OURS, "behave", "importing pytest"))
    if ours is None or behave is None or importing is None:
        return []
    both = Cost(behave.wall + importing.wall, behave.processor + importing.processor, behave.memory)
    return [f"One scenario takes {_ratio(ours, both)} of what behave and importing pytest take together.", ""]


def _growth(measured: Sequence[Measured], field: str) -> list[str]:
    names = list(dict.fromkeys(each.runner for each in measured))
    sizes = sorted({int(getattr(each.size, field)) for each in measured})
    costs = {(int(getattr(each.size, field)), each.runner): each.cost for each in measured}
    rows = [[f"{size:,}", *(_of(costs.get((size, name))) for name in names)] for size in sizes]
    return [f"| {' | '.join(row)} |" for row in ([field, *names], ["---:"] * (len(names) + 1), *rows)]


def _of(cost: Cost | None) -> str:
    return f"{cost.processor:.1f} ({cost.memory:.0f})" if cost else ""


def _ratio(cost: Cost, rival: Cost) -> str:
    return f"{cost.wall / rival.wall:.2f} ({cost.processor / rival.processor:.2f})"


def write(folder: Path, results: Results) -> str:
    """Writes bench.md, bench.json and, where series were measured, bench.svg; gives the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    text = as_markdown(results)
    (folder / "bench.md").write_text(text, encoding="utf-8")
    (folder / "bench.json").write_text(json.dumps(asdict(results), indent=2), encoding="utf-8")
    if results.series:
        (folder / "bench.svg").write_text(plot(results.series), encoding="utf-8")
    return text


def keep(folder: Path, text: str, readme: Path = README, kept_plot: Path = KEPT_PLOT) -> None:
    """Puts the tables, and the plot in this folder if there is one, where readers of the repository see them."""
    written = readme.read_text(encoding="utf-8")
    if BEGIN not in written or END not in written:
        raise Problems([Problem(readme.name, 0, "", f"the lines {BEGIN} and {END} are missing", "write them where the tables belong")])
    drawn = folder / "bench.svg"
    if drawn.is_file():
        kept_plot.write_text(drawn.read_text(encoding="utf-8"), encoding="utf-8")
        text += f"\n![Processor seconds over scenarios, steps and definitions]({kept_plot.relative_to(readme.parent).as_posix()})\n"
    between = re.compile(f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)
    readme.write_text(between.sub(lambda _: f"\n{text}\n", written), encoding="utf-8")
