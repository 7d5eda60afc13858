"""Rules on the ledger and on what refers to it (L01 to L03)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from support.audits.project import Project
from support.audits.rules import Finding, coded
from support.evidence.ledger import LEDGER_PATH, load_ledger
from support.problems import Problems

SNAKE_CASE = re.compile(r"[a-z]+(?:_[a-z]+)*")


@coded("L01")
def well_kept(project: Project) -> Iterator[Finding]:
    """The ledger is complete: each requirement has title, statement with one must, may only or never, source and milestone, and a known area.

    The matrix is only as good as the sentences that it proves; a statement that obliges twice can be half true.

    Breaks:
        == features/requirements.toml
        [area.SPT]
        name = "Spot migration"
        epic = "spot_migration"

        [REQ-SPT-001]
        title = "Spot"
        statement = "Spot is nice."
        source = "a talk"
        milestone = 1
    Keeps:
        == features/requirements.toml
        [area.SPT]
        name = "Spot migration"
        epic = "spot_migration"

        [REQ-SPT-001]
        title = "Spot"
        statement = "A fleet must keep serving while it moves to spot."
        source = "a document, section 3"
        milestone = 1
    """
    try:
        load_ledger(project.root / LEDGER_PATH)
    except Problems as wrong:
        for problem in wrong.problems:
            yield Finding(str(LEDGER_PATH), problem.line, problem.what, problem.instead)


@coded("L02")
def known_requirements(project: Project) -> Iterator[Finding]:
    """What a step verifies is a requirement of the ledger.

    Evidence for an unknown requirement would be shown nowhere.

    Breaks:
        @then("the saving is booked", verifies="REQ-SPT-999")
        def saving_booked(story: Story) -> None:
            assert story.saving.booked, "the saving should be booked"
    Keeps:
        @then("the saving is booked", verifies="REQ-SPT-017")
        def saving_booked(story: Story) -> None:
            assert story.saving.booked, "the saving should be booked"
    """
    for phrase in project.phrases:
        for requirement in phrase.verifies:
            if project.lacks(requirement):
                yield Finding(phrase.path, phrase.line, f"verifies {requirement}, which is not in the ledger", f"use an id of {LEDGER_PATH}")
        if phrase.verifies and phrase.kind != "Then":
            yield Finding(phrase.path, phrase.line, f"a {phrase.kind} verifies a requirement", "only a Then observes: move verifies= there")


@coded("L03")
def epics_are_folders(project: Project) -> Iterator[Finding]:
    """A feature file stands at features/<epic>/<capability>.feature, and the epic is one that the ledger names.

    Reports group by folder; a folder that the ledger does not know is an epic without requirements.

    Breaks:
        == features/misc/Savings1.feature
        Feature: Savings
          Scenario: A saving is booked
            Then the saving is booked
    Keeps:
        == features/spot_migration/savings.feature
        Feature: Savings
          Scenario: A saving is booked
            Then the saving is booked
    """
    if project.ledger is None:
        return
    epics = frozenset(str(area.get("epic", "")) for area in project.ledger.get("area", {}).values())
    for feature in project.features:
        path = PurePosixPath(feature.path)
        if len(path.parts) != 3 or path.parts[1] not in epics:
            yield Finding(feature.path, 0, f'"{path.parent.name}" is no epic of the ledger', f"use one of: {', '.join(sorted(epics))}")
        if not SNAKE_CASE.fullmatch(path.stem):
            yield Finding(
                feature.path, 0, f'"{path.stem}" is not a capability in snake_case without numbers', "name the file for what customers can do"
            )
