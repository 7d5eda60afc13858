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
    text = report.write(tmp_path, report.Results("A machine", reference, [], {"scenarios": reference}))
    assert "| this suite | 1.00 | 1.00 | 50 | 0.50 (0.50) |" in text
    assert "| 6 | 1.0 (50) | 2.0 (50) |" in text
    drawn = ET.fromstring((tmp_path / "bench.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 2
    assert plot.SIZES.keys() == measuring.SERIES.keys()


def test_a_start_is_compared_with_behave_and_importing_pytest_together(tmp_path: Path) -> None:
    one = [measured(runners.OURS, SMALL, 3.0), measured("behave", SMALL, 2.0), measured("importing pytest", SMALL, 2.0)]
    text = report.write(tmp_path, report.Results("A machine", [], one, {}))
    assert "One scenario takes 0.75 (0.75) of what behave and importing pytest take together." in text
    assert not (tmp_path / "bench.svg").exists()


def test_the_figures_are_kept_in_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    reference = [measured(runners.OURS, SMALL, 1.0)]
    for _ in range(2):
        text = report.write(tmp_path / "out", report.Results("A machine", reference, [], {"scenarios": reference}))
        report.keep(tmp_path / "out", text, readme, tmp_path / "cost.svg")
    kept = readme.read_text(encoding="utf-8")
    assert "old" not in kept
    assert kept.count("A machine") == kept.count("(cost.svg)") == 1
    assert kept.startswith("before\n")
    assert kept.endswith("after\n")
    readme.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(Problems, match="are missing"):
        report.keep(tmp_path / "out", text, readme, tmp_path / "cost.svg")


def test_the_readme_has_a_place_for_the_figures() -> None:
    assert report.BEGIN in report.README.read_text(encoding="utf-8")
    assert report.END in report.README.read_text(encoding="utf-8")
