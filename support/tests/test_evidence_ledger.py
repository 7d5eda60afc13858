"""The ledger is read with lines, and everything that is wrong with it is told at once."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from support.evidence.ledger import load_ledger
from support.problems import Problems

ROOT = Path(__file__).parents[2]
AREA = '[area.SPT]\nname = "Spot migration"\nepic = "spot_migration"\n\n'
ENTRY = '[REQ-SPT-001]\ntitle = "One"\nstatement = "One must be."\nsource = "test"\nmilestone = 1\n'
TODAY = datetime.date(2026, 11, 21)


def problems(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    path = tmp_path / "requirements.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as found:
        load_ledger(path, TODAY)
    return [(problem.line, problem.what) for problem in found.value.problems]


def test_the_ledger_of_the_repository_is_sound() -> None:
    ledger = load_ledger(ROOT / "features/requirements.toml")
    first = ledger.requirements["REQ-JRN-001"]
    assert (first.title, first.line, first.area, first.priority) == ("Sign-up and login", 9, "JRN", "medium")
    assert {requirement.area for requirement in ledger.requirements.values()} == set(ledger.areas)


def test_an_epic_is_called_by_its_area(tmp_path: Path) -> None:
    path = tmp_path / "requirements.toml"
    path.write_text(AREA + ENTRY, encoding="utf-8")
    ledger = load_ledger(path)
    assert ledger.epic_title("spot_migration") == "Spot migration"
    assert ledger.epic_title("agent_registry") == "Agent registry"


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = (
        AREA
        + ENTRY
        + '[REQ-SPT-002]\ntitle = "Two"\nstatement = "Two should be."\nsource = "test"\nmilestone = "1"\ncolour = "red"\n'
        + ENTRY
        + '[REQ-XXX-001]\ntitle = "X"\nstatement = "X must be. And Y must be."\nsource = "test"\n'
        + '[SPT-3]\ntitle = "X"\n'
    )
    found = problems(tmp_path, text)
    assert (14, "milestone of REQ-SPT-002 is '1'") in found
    assert (15, "REQ-SPT-002 has the unknown key colour") in found
    assert (16, "REQ-SPT-001 stands here again, first on line 5") in found
    assert (21, "REQ-XXX-001 belongs to no area") in found
    assert (21, "REQ-XXX-001 has no milestone") in found
    assert (25, "SPT-3 is no requirement id") in found


@pytest.mark.parametrize(
    ("statement", "said"),
    [("Two should be.", "obliges nobody"), ("Two must be. Three must be.", "is not one sentence"), ("Two must be", "is not one sentence")],
)
def test_a_statement_is_one_sentence_that_obliges(tmp_path: Path, statement: str, said: str) -> None:
    (found,) = problems(tmp_path, AREA + ENTRY.replace("One must be.", statement))
    assert found[0] == 7
    assert said in found[1]


def test_toml_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    ((line, what),) = problems(tmp_path, AREA + 'title = "open\n')
    assert line == 5
    assert what.startswith("this is not TOML")


@pytest.mark.parametrize(
    ("waived", "said"),
    [
        ('{ reason = "later", until = 2026-11-20 }', "expired on 2026-11-20"),
        ('{ reason = "later" }', "needs a reason and a date"),
        ('{ reason = "", until = 2026-12-31 }', "needs a reason and a date"),
        ('"later"', "waived of REQ-SPT-001 is 'later'"),
    ],
)
def test_a_waiver_needs_a_reason_and_a_day_to_come(tmp_path: Path, waived: str, said: str) -> None:
    ((line, what),) = problems(tmp_path, AREA + ENTRY + f"waived = {waived}\n")
    assert line == 10
    assert said in what


def test_a_missing_ledger_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="does not exist"):
        load_ledger(tmp_path / "nothing.toml")
