"""The result: a table of ratios as Markdown, everything as JSON, and the plot."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from support.bench.measuring import Measured
from support.bench.plot import plot
from support.bench.runners import OURS, Cost


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    tools = ", ".join(f"{name} {version(name)}" for name in ("pytest", "pytest-bdd", "pytest-xdist"))
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {tools}"


def as_markdown(reference: Sequence[Measured], one: Sequence[Measured]) -> str:
    """The tables: the whole project, and one scenario of it by its line."""
    note = "Medians of interleaved rounds; a ratio is of wall clock and (of processor time), which other work on the machine disturbs less."
    lines = [f"Machine: {machine()}. {note}", ""]
    for title, measured in (("All scenarios", reference), ("One scenario by its line", one)):
        if measured:
            lines += [f"**{title}** ({measured[0].size})", "", *_table(measured), ""]
    return "\n".join(lines)


def _table(measured: Sequence[Measured]) -> list[str]:
    rivals = [each for each in measured if each.group != OURS]
    head = ["runner", "wall s", "processor s", "peak MB", *(f"x {rival.runner}" for rival in rivals)]
    rows = [["---"] * len(head)]
    for each in measured:
        cost = each.cost
        ratios = [_ratio(cost, rival.cost) if each.group == OURS and rival.everything == each.everything else "" for rival in rivals]
        rows.append([each.runner, f"{cost.wall:.2f}", f"{cost.processor:.2f}", f"{cost.memory:.0f}", *ratios])
    return [f"| {' | '.join(row)} |" for row in (head, *rows)]


def _ratio(cost: Cost, rival: Cost) -> str:
    return f"{cost.wall / rival.wall:.2f} ({cost.processor / rival.processor:.2f})"


def write(folder: Path, reference: Sequence[Measured], one: Sequence[Measured], series: dict[str, list[Measured]]) -> str:
    """Writes bench.md, bench.json and, where series were measured, bench.svg; gives the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    text = as_markdown(reference, one)
    (folder / "bench.md").write_text(text, encoding="utf-8")
    everything = {
        "machine": machine(),
        "reference": [asdict(each) for each in reference],
        "one_scenario": [asdict(each) for each in one],
        "series": {name: [asdict(each) for each in measured] for name, measured in series.items()},
    }
    (folder / "bench.json").write_text(json.dumps(everything, indent=2), encoding="utf-8")
    if series:
        (folder / "bench.svg").write_text(plot(series), encoding="utf-8")
    return text
