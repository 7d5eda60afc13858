"""The register of defects: each a few lines that break one rule in a running process from outside its source."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from support.problems import Problem, Problems, shown

if TYPE_CHECKING:
    from support.evidence.ledger import Ledger

Place = Literal["platform", "world"]
Plant = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Defect:
    """One way to be wrong: the requirement that it violates, what is wrong in a sentence, and in which process it is planted."""

    name: str
    requirement: str
    what: str
    place: Place
    plant: Plant

    def problem(self, what: str, instead: str) -> Problem:
        """That mistake, at the line where the defect is defined."""
        code = self.plant.__code__
        return Problem(shown(Path(code.co_filename)), code.co_firstlineno, "", what, instead)


@dataclass(frozen=True, slots=True)
class Register:
    """Every defect by its name; those whose name was taken are set aside, to be told."""

    known: dict[str, Defect] = field(default_factory=dict)
    doubles: list[Defect] = field(default_factory=list)

    def add(self, defect: Defect) -> None:
        """Takes one more."""
        if self.known.setdefault(defect.name, defect) is not defect:
            self.doubles.append(defect)

    def problems(self, ledger: Ledger) -> list[Problem]:
        """Names given twice, requirements that the ledger does not have, and requirements of milestone 1 that no defect violates."""
        found = [
            double.problem(f"two defects are called {double.name}", f"rename one; the other is {self.known[double.name].plant.__module__}")
            for double in self.doubles
        ]
        for each in self.known.values():
            if each.requirement not in ledger.requirements:
                near = get_close_matches(each.requirement, ledger.requirements, 1)
                found.append(each.problem(f"no requirement is called {each.requirement}", f"the nearest is {near[0]}" if near else "see the ledger"))
        violated = {each.requirement for each in self.known.values()}
        bare = [each for each in ledger.requirements.values() if each.milestone == FIRST and not each.waived and each.id not in violated]
        remedy = "plant one below support/sabotage/defects"
        return [*found, *(Problem(ledger.path, each.line, "", f"no defect violates {each.id}", remedy) for each in bare)]


REGISTER = Register()

FIRST = 1
"""The milestone of which each requirement must have a defect."""


def defect(requirement: str, what: str, place: Place = "platform") -> Callable[[Plant], Plant]:
    """Registers the function, by its name with hyphens, as a defect that violates this requirement."""

    def register(plant: Plant) -> Plant:
        REGISTER.add(Defect(plant.__name__.replace("_", "-"), requirement, what, place, plant))
        return plant

    return register


def defects() -> dict[str, Defect]:
    """Every defect by name, in the order of its requirement."""
    import_module("support.sabotage.defects")
    return dict(sorted(REGISTER.known.items(), key=lambda entry: (entry[1].requirement, entry[0])))


def examined(ledger: Ledger) -> dict[str, Defect]:
    """Every defect by name; raises `Problems` with everything that is wrong with them."""
    found = defects()
    problems = REGISTER.problems(ledger)
    if problems:
        raise Problems(problems)
    return found


def defect_named(name: str) -> Defect:
    """The defect of that name; raises `Problems` naming the nearest where there is none."""
    known = defects()
    if name not in known:
        near = get_close_matches(name, known, 3)
        remedy = f"did you mean {' or '.join(near)}?" if near else "`acceptance sabotage --list` tells them all"
        raise Problems([Problem("--sabotage", 0, "", f"there is no defect {name!r}", remedy)])
    return known[name]


def patch(place: str, around: Callable[[Any], Any]) -> None:
    """Replaces what stands at `package.module:name` or `package.module:Class.name` by what `around` makes of it.

    Modules of the same process that have imported the name already get the replacement too. A place that does not exist is a
    LookupError: a defect that breaks nothing would be noticed by nobody, and look like a gap.
    """
    module_name, _, path = place.partition(":")
    *outer, name = path.split(".")
    owner: Any = import_module(module_name)
    for part in outer:
        owner = getattr(owner, part, None)
    original = getattr(owner, name, None)
    if original is None:
        raise LookupError(f"there is no {place} to break")
    broken = around(original)
    setattr(owner, name, broken)
    if outer:
        return
    for loaded in list(sys.modules.values()):
        if getattr(loaded, "__name__", "").startswith("support.") and vars(loaded).get(name) is original:
            setattr(loaded, name, broken)
