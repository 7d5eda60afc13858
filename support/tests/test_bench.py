"""The benchmark generates a project that runs, and its report and plot say what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from support.bench import measuring, plot, report, runners
from support.bench.generate import Size, generate
from support.problems import Problems

SMALL = Size(scenarios=6, steps=4, definitions=6)


def measured(runner: str, size: Size, wall: float) -> measuring.Measured:
    """An invented measurement."""
    group = runners.OURS if runner == runners.OURS else runner
    return measuring.Measured(runner, group, everything=False, size=size, one_scenario=False, cost=runners.Cost(wall, wall, 50))


def test_the_generated_project_runs_and_uses_every_definition(tmp_path: Path) -> None:
    found = measuring.measure([runners.ours(everything=False)], [SMALL], tmp_path, 1, lambda _text: None)
    assert [each.runner for each in found] == [runners.OURS]
    assert 0 < found[0].cost.processor < 60


def test_the_same_seed_gives_the_same_features(tmp_path: Path) -> None:
    generate(tmp_path / "a", SMALL)
    generate(tmp_path / "b", SMALL)
    texts = [(tmp_path / name / "features/capability_0000.feature").read_text(encoding="utf-8") for name in ("a", "b")]
    assert texts[0] == texts[1]


def test_a_size_that_cannot_be_is_told() -> None:
    with pytest.raises(Problems, match="too small"):
        Size(scenarios=0, steps=1, definitions=3)


def test_a_runner_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="there is no behave here"):
        runners.behave(tmp_path / "behave")
    with pytest.raises(Problems, match="there is no cucumber-js here"):
        runners.cucumber(tmp_path / "cucumber-js")


def test_a_runner_that_fails_is_told_with_its_output(tmp_path: Path) -> None:
    generate(tmp_path, SMALL)
    (tmp_path / "steps/things.py").write_text("", encoding="utf-8")
    with pytest.raises(Problems, match="no phrase fits"):
        runners.ours(everything=False).run(tmp_path)


def test_the_report_shows_ratios_and_the_plot_every_point(tmp_path: Path) -> None:
    reference = [measured(runners.OURS, SMALL, 1.0), measured("behave", SMALL, 2.0)]
    text = report.write(tmp_path, reference, [], {"scenarios": reference})
    assert "| this suite | 1.00 | 1.00 | 50 | 0.50 (0.50) |" in text
    drawn = ET.fromstring((tmp_path / "bench.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 2
    assert plot.SIZES.keys() == measuring.SERIES.keys()
