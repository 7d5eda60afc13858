"""A failed scenario tells the last events and leaves everything else one path away: on the real target, broken by a planted defect."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.evidence.failed import Failures

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def red(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What was printed by a run in which an unhealthy wave is followed by the next, and the folder of its evidence."""
    folder = tmp_path_factory.mktemp("red")
    options = ["-x", "--sabotage=unhealthy-is-good-enough", "-m", "REQ-SPT-009", f"--evidence={folder / 'red.jsonl'}", "--no-reports"]
    command = [sys.executable, "-m", "pytest", *options, "features/spot_migration/gradual_rollout.feature"]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return ended.stdout, folder


def test_the_terminal_tells_the_last_events_and_where_to_look(red: tuple[str, Path]) -> None:
    printed, folder = red
    assert re.search(r"^>   Then .* FAILED$", printed, re.MULTILINE)
    assert re.search(r"- the last events -+\n(?:2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d Northwind.*\n){6}-+ where to look -", printed), printed
    assert f"{folder}/red-failed/spot_migration-gradual_rollout-" in printed
    assert "support/waiting.py" not in printed


def test_exchange_timeline_and_cloud_lie_in_one_folder(red: tuple[str, Path]) -> None:
    (place,) = (red[1] / "red-failed").iterdir()
    left = {file.name: file.read_text(encoding="utf-8") for file in place.iterdir()}
    assert {"last-exchange.txt", "exchanges.txt", "timeline.txt", "cloud.txt", "platform-log.txt"} <= set(left)
    timeline = left["timeline.txt"].splitlines()
    assert timeline == sorted(timeline, key=lambda line: line[:19]), "in the order of the customer's time"
    assert any("Northwind: #1 " in line for line in timeline), "what OptiInfra told, from the beginning"
    assert any("Northwind's cloud: ec2:RunInstances" in line for line in timeline), "what was changed in the cloud"
    assert not any(":Describe" in line for line in timeline)
    assert "g5.12xlarge" in left["cloud.txt"]


def test_the_folders_of_the_run_before_are_taken_away_and_nothing_else(tmp_path: Path) -> None:
    evidence = tmp_path / "run.jsonl"
    (tmp_path / "run-failed/mine").mkdir(parents=True)
    (tmp_path / "run-failed/mine/work.csv").touch()
    for scenario in ("rollback-one-3", "rollback-two-9"):
        Failures(evidence).keep({f"{scenario}/cloud.txt": "two nodes"})
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == ["run-failed", "run-failed/mine", "run-failed/mine/work.csv", "run-failed/rollback-two-9", "run-failed/rollback-two-9/cloud.txt"]
