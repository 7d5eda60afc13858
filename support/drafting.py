"""Starts a scenario for an author: in the right file, under the right rule, with the nearest phrases, tagged `@draft`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from support.audits.check import problems_of
from support.audits.documents import Feature, RuleBlock
from support.audits.project import Project
from support.audits.vocabulary_use import uses, vocabulary_of
from support.evidence.ledger import LEDGER_PATH, Area, Ledger, Requirement, load_ledger
from support.personas import PERSONAS
from support.phrase_book import Entry, book, sample
from support.problems import Problem, Problems

SHORTEST_SITUATION = 3
"""So many words tell a situation and its outcome at least."""


@dataclass(frozen=True)
class Wish:
    """What the author said. `capability` names the feature file; empty: the one that already specifies the requirement."""

    requirement: str
    persona: str
    situation: str
    capability: str = ""


@dataclass(frozen=True)
class Draft:
    """What was written: the file, the line of the scenario's title, and what the house style says against it."""

    path: str
    line: int
    problems: tuple[Problem, ...]


def start_scenario(project: Project, wish: Wish) -> Draft:
    """Writes the scenario into its feature file, which is made if it is missing; raises `Problems` for a wish that cannot be met."""
    ledger = load_ledger(project.root / LEDGER_PATH)
    requirement, area = _known(ledger, wish)
    path = _feature_path(project, area, wish)
    feature = next((one for one in project.features if one.path == path), None)
    _new_title(feature, wish)
    steps = _steps(book(project), _phrases_in(project, path), wish)
    text = feature.text if feature else _opening(requirement, area, wish)
    block = _rule_of(feature, requirement)
    scenario = ["    @draft", f"    Scenario: {wish.situation.strip()}", *(f"      {step}" for step in steps)]
    if block is None:
        scenario = [f"  @{requirement.id}", f"  Rule: {requirement.statement.rstrip('.')}", "", *scenario]
    lines = text.rstrip("\n").split("\n")
    at = _end_of_rule(feature, block, len(lines))
    after = lines[at:]
    while after and not after[0].strip():
        after.pop(0)
    written = [*_without_blank_end(lines[:at]), "", *scenario, *([""] if after else []), *after]
    target = project.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(written) + "\n", encoding="utf-8")
    found = tuple(problem for problem in problems_of(Project(project.root), ("F", "L")) if problem.path == path)
    return Draft(path, written.index(f"    Scenario: {wish.situation.strip()}") + 1, found)


def mistake_in(answer: str, name: str, ledger: Ledger) -> Problem | None:
    """What is wrong with what the author said of the scenario's requirement, persona or situation."""
    if name == "requirement" and answer not in ledger.requirements:
        return Problem("--requirement", 0, "", f'"{answer}" is not in the ledger', f"use an id of {LEDGER_PATH}, as REQ-SPT-009")
    if name == "persona" and answer not in PERSONAS:
        return Problem("--persona", 0, "", f'"{answer}" is nobody', f"the personas are {', '.join(PERSONAS)}")
    if name == "situation" and len(answer.split()) < SHORTEST_SITUATION:
        return Problem("--situation", 0, "", f'"{answer}" does not tell what happens', "write situation and outcome, as a fact")
    return None


def _known(ledger: Ledger, wish: Wish) -> tuple[Requirement, Area]:
    said = {"requirement": wish.requirement, "persona": wish.persona, "situation": wish.situation}
    problems = [problem for name, answer in said.items() if (problem := mistake_in(answer, name, ledger))]
    if problems:
        raise Problems(problems)
    area = ledger.area_of(wish.requirement)
    if area is None:
        raise Problems([Problem(str(LEDGER_PATH), 0, "", f"the area of {wish.requirement} has no entry", "give it a name and an epic")])
    return ledger.requirements[wish.requirement], area


def _feature_path(project: Project, area: Area, wish: Wish) -> str:
    if wish.capability:
        return str(Path("features", area.epic, f"{wish.capability.strip().lower().replace(' ', '_')}.feature"))
    for feature in project.features:
        if any(tag.name == wish.requirement for rule in feature.rules for tag in rule.tags):
            return feature.path
    what = f"no feature states {wish.requirement} yet"
    raise Problems([Problem("--capability", 0, "", what, "name the capability: it becomes the file of the feature")])


def _rule_of(feature: Feature | None, requirement: Requirement) -> RuleBlock | None:
    rules = feature.rules if feature else ()
    return next((rule for rule in rules if any(tag.name == requirement.id for tag in rule.tags)), None)


def _end_of_rule(feature: Feature | None, block: RuleBlock | None, length: int) -> int:
    """How many lines stand before the end of the rule: up to the next rule with its tags, or the whole file."""
    if feature is None or block is None:
        return length
    starts = (min([rule.place.line, *(tag.place.line for tag in rule.tags)]) for rule in feature.rules)
    return min((start - 1 for start in starts if start > block.place.line), default=length)


def _without_blank_end(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _opening(requirement: Requirement, area: Area, wish: Wish) -> str:
    title = wish.capability.strip().replace("_", " ").capitalize()
    prose = f"{requirement.statement.rstrip('.')}. Everything else about {area.name.lower()} is out of scope here."
    return "\n".join([f"Feature: {title}", "", *_wrapped(prose)])


def _wrapped(prose: str) -> list[str]:
    lines = ["  "]
    for word in prose.split():
        if len(lines[-1]) + len(word) > 110:
            lines.append("  ")
        lines[-1] += word + " "
    return [line.rstrip() for line in lines]


def _new_title(feature: Feature | None, wish: Wish) -> None:
    for scenario in feature.scenarios if feature else ():
        if feature and scenario.name == wish.situation.strip():
            what = f'"{scenario.name}" is told already, at {feature.path}:{scenario.place.line}'
            raise Problems([Problem("--situation", 0, "", what, "finish that one, or say what differs")])


def _phrases_in(project: Project, path: str) -> set[str | None]:
    """The phrases that a feature is written with."""
    return {phrase.text for use in uses(project, vocabulary_of(project)) if use.feature.path == path for phrase in use.matches}


def _steps(entries: Sequence[Entry], at_home: set[str | None], wish: Wish) -> list[str]:
    """A Given, a When and a Then: the customer as most scenarios begin, then what says most of the situation in the words of its feature."""
    customers = [entry for entry in entries if entry.phrase.startswith("customer {string}")]
    given = _best(customers, "Given", lambda entry: (entry.used,))
    when, then = (_best(entries, kind, lambda entry: _nearness(entry, at_home, wish)) for kind in ("When", "Then"))
    opening = sample(given.phrase.replace("{string}", f'"{wish.persona}"', 1))
    return [f"Given {opening}", f"When {_about(wish.persona, when.example)}", f"Then {_about(wish.persona, then.example)}"]


def _best(entries: Sequence[Entry], kind: str, merit: Callable[[Entry], tuple[float, ...]]) -> Entry:
    of_kind = [entry for entry in entries if entry.kind == kind]
    if not of_kind:
        raise Problems([Problem("steps", 0, "", f"there is no phrase for a {kind} yet", "write one, as features/README.md shows")])
    return max(of_kind, key=merit)


def _nearness(entry: Entry, at_home: set[str | None], wish: Wish) -> tuple[float, ...]:
    """What verifies the requirement before all others, then the feature's own phrases, then what says most of what the situation says."""
    alike = SequenceMatcher(None, wish.situation.lower().split(), entry.phrase.lower().split()).ratio()
    return wish.requirement in entry.verifies, entry.phrase in at_home, alike, entry.used


def _about(persona: str, step: str) -> str:
    """The step with this persona in the place of any other."""
    for other in PERSONAS:
        step = step.replace(f'"{other}"', f'"{persona}"')
    return step
