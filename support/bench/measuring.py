"""The measurements: every runner on the same features in turn, round after round, and the medians."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from support.bench.generate import Size, generate
from support.bench.runners import FIRST_SCENARIO, Cost, Runner

REFERENCE = Size(scenarios=1000, steps=10, definitions=300)
SERIES: dict[str, tuple[Size, ...]] = {
    "scenarios": tuple(Size(count, 10, 300) for count in (1000, 2500, 5000, 10_000)),
    "steps in a scenario": tuple(Size(500, count, 300) for count in (5, 10, 20, 40)),
    "definitions": tuple(Size(500, 10, count) for count in (50, 300, 600, 1000)),
}
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """The medians of one runner on one size, or on one scenario of it by its line."""

    runner: str
    group: str
    everything: bool
    size: Size
    one_scenario: bool
    cost: Cost


def measure(runners: Sequence[Runner], sizes: Iterable[Size], folder: Path, rounds: int, tell: Tell, *, one_scenario: bool = False) -> list[Measured]:
    """Runs each runner `rounds` times in turn, so that all share the machine's moods; before that, once for one scenario, unmeasured."""
    found = []
    for size in sizes:
        project = folder / f"{size.scenarios}x{size.steps}x{size.definitions}"
        if not project.exists():
            generate(project, size)
        extra = (FIRST_SCENARIO,) if one_scenario else ()
        costs: dict[Runner, list[Cost]] = {runner: [] for runner in runners}
        for runner in runners:
            runner.run(project, FIRST_SCENARIO)
        for turn in range(rounds):
            for runner in runners:
                tell(f"{size}{', one scenario' if one_scenario else ''}: {runner.name}, round {turn + 1} of {rounds}")
                costs[runner].append(runner.run(project, *extra))
        found += [Measured(runner.name, runner.group, runner.everything, size, one_scenario, _median(each)) for runner, each in costs.items()]
    return found


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(each.wall for each in costs), median(each.processor for each in costs), median(each.memory for each in costs))
