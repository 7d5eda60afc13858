"""What `acceptance watch` reruns."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.affected import EVERYTHING, Affected, affected_by, read, survey
from support.audits.project import Project
from support.tests.small_repository import FEATURE, small_repository

SUPPORT = {
    "support/drivers/transport.py": "import httpx\n",
    "support/drivers/fleets.py": "from support.drivers.transport import ask\n",
    "support/platform/app.py": "import fastapi\n",
    "support/fixtures.py": "from support.drivers import transport\n",
    "steps/waves.py": "from support.drivers import fleets\n\n\n@when('the second wave starts')\ndef second_wave_started() -> None: ...\n",
    "features/spot_migration/waves.feature": "Feature: Waves\n\n  Scenario: One more wave starts\n    When the second wave starts\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    small_repository(tmp_path)
    for name, text in SUPPORT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return survey(tmp_path)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ([str(FEATURE)], Affected((str(FEATURE),))),
        (["steps/fleets.py"], Affected((f"{FEATURE}:8", f"{FEATURE}:16"))),
        (["steps/waves.py"], Affected(("features/spot_migration/waves.feature:3",))),
        (["support/drivers/fleets.py"], Affected(("features/spot_migration/waves.feature:3",))),
        (["support/drivers/transport.py"], Affected(("features/spot_migration/waves.feature:3",))),
        (["support/fixtures.py"], Affected(EVERYTHING)),
        (["support/platform/app.py"], Affected(EVERYTHING, frozenset({"platform"}))),
        (["support/platform/fleet/tests/test_prices.py", "features/README.md"], Affected(())),
        (["features/spot_migration/gone.feature", "support/sabotage/proof.json"], Affected(())),
        (["support/platform/telemetry/known_prompts.json"], Affected(EVERYTHING, frozenset({"platform"}))),
        (["pyproject.toml", str(FEATURE)], Affected(EVERYTHING)),
    ],
)
def test_a_change_reruns_what_is_built_upon_it_and_no_more(project: Project, changed: list[str], expected: Affected) -> None:
    assert affected_by(project, changed) == expected


def test_what_was_interrupted_is_run_with_what_is_new() -> None:
    together = Affected(("a.feature",)).with_more(Affected(("b.feature", "a.feature"), frozenset({"world"})))
    assert together == Affected(("a.feature", "b.feature"), frozenset({"world"}))


def test_what_has_not_changed_is_not_read_again(project: Project) -> None:
    before = {module.path: module for module in project.modules}
    (project.root / "steps/waves.py").write_text("import json\n", encoding="utf-8")
    after = {module.path: module for module in survey(project.root, project).modules}
    assert after["steps/fleets.py"] is before["steps/fleets.py"]
    assert [imported.module for imported in after["steps/waves.py"].imports] == ["json"]


def test_who_used_a_phrase_that_is_gone_is_affected(project: Project) -> None:
    before = read(project)
    (project.root / "steps/waves.py").write_text("import json\n", encoding="utf-8")
    assert affected_by(survey(project.root, before), ["steps/waves.py"]) == Affected(("features/spot_migration/waves.feature:3",))
    (project.root / "steps/waves.py").write_text("import json (\n", encoding="utf-8")
    assert affected_by(survey(project.root, before), ["steps/waves.py"]) == Affected(("features/spot_migration/waves.feature:3",))


def test_what_no_scenario_runs_through_is_not_read(project: Project) -> None:
    assert not [module.path for module in project.modules if module.path.startswith(("support/platform", "support/audits"))]
    assert [module.path for module in Project(project.root).modules if module.path.startswith("support/platform")]
