"""The register of defects: each a few lines that break one rule in a running process from outside its source."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from support.problems import Problem, Problems

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


REGISTRY: dict[str, Defect] = {}


def defect(requirement: str, what: str, place: Place = "platform") -> Callable[[Plant], Plant]:
    """Registers the function, by its name with hyphens, as a defect that violates this requirement."""

    def register(plant: Plant) -> Plant:
        name = getattr(plant, "__name__", "").replace("_", "-")
        if name in REGISTRY:
            raise ValueError(f"two defects are called {name}")
        REGISTRY[name] = Defect(name, requirement, what, place, plant)
        return plant

    return register


def defects() -> dict[str, Defect]:
    """Every defect by name, in the order of its requirement."""
    import_module("support.sabotage.defects")
    return dict(sorted(REGISTRY.items(), key=lambda entry: (entry[1].requirement, entry[0])))


def defect_named(name: str) -> Defect:
    """The defect of that name; raises `Problems` naming the nearest where there is none."""
    known = defects()
    if name not in known:
        from difflib import get_close_matches

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
