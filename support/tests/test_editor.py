"""The official Cucumber extension understands the features: its own engine, headless, with the settings that we generate."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.audits.project import Project
from support.editor import SETTINGS, parameter_types, settings_text
from support.tests.node import needs_node, npm
from support.vocabulary import PARAMETER_TYPES

REPOSITORY = Path(__file__).parents[2]
PACKAGE = "@cucumber/language-service@1.7.0"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine, installed into a temporary folder."""
    return npm(tmp_path_factory.mktemp("language-service"), PACKAGE) / "@cucumber/language-service"


def asked(engine: Path, root: Path, files: list[Path]) -> dict[str, Any]:
    """What the engine says about these step modules and features."""
    script = Path(__file__).with_name("language_service.mjs")
    command = ["node", str(script), str(engine), str(root), str(root / SETTINGS), *map(str, files)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)  # noqa: S603
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


@needs_node
def test_every_phrase_is_read_and_every_step_resolves(engine: Path) -> None:
    project = Project(REPOSITORY)
    files = [*sorted((REPOSITORY / "steps").glob("*.py")), *sorted((REPOSITORY / "features").rglob("*.feature"))]
    said = asked(engine, REPOSITORY, files)
    assert said["errors"] == []
    assert sorted(said["phrases"]) == sorted(str(phrase.text) for phrase in project.phrases), "the extension must read each phrase as written"
    assert said["undefinedSteps"] == []
    assert set(said["suggested"]) <= set(said["offered"]), "completion must offer each phrase"


@needs_node
def test_an_unknown_step_is_marked_and_a_known_one_is_not(engine: Path, tmp_path: Path) -> None:
    steps, feature = tmp_path / "steps/fleets.py", tmp_path / "features/fleets.feature"
    for path, text in (
        (steps, 'from support.gherkin import given, then\n\n\n@given("customer {string} saves {money}")\ndef saves() -> None: ...\n'),
        (feature, 'Feature: Fleets\n  Scenario: One\n    Given customer "Northwind" saves $1,200\n    Given customer "Northwind" saves little\n'),
        (tmp_path / SETTINGS, settings_text()),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    said = asked(engine, tmp_path, [steps, feature])
    assert said["phrases"] == ["customer {string} saves {money}"]
    assert [line.partition(": ")[0] for line in said["undefinedSteps"]] == ["features/fleets.feature:4"]
    assert said["offered"] == said["suggested"]
    assert len(said["offered"]) == 1


def test_the_settings_list_every_parameter_type_of_the_vocabulary() -> None:
    listed = {setting["name"] for setting in parameter_types()}
    built_in = {"int", "float", "word", "string", "", "bigdecimal", "biginteger", "byte", "short", "long", "double"}
    assert listed == {kind.name for kind in PARAMETER_TYPES.parameter_types} - built_in
    for setting in parameter_types():
        re.compile(setting["regexp"])


def test_the_committed_settings_are_the_generated_ones() -> None:
    assert (REPOSITORY / SETTINGS).read_text(encoding="utf-8") == settings_text(), "run acceptance editor"
