"""Which scenarios a changed file affects: a feature its own, a step module those that use its phrases, support what is built upon it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from support.audits.modules import SourceModule
from support.audits.project import Project
from support.audits.vocabulary_use import Vocabulary, filled

ISLANDS = ("platform", "world")
"""What a target is started from, each a room of support."""

AUTHORS_TOOLS = (
    *("support.audits", "support.bench", "support.cli", "support.sabotage", "support.tests"),
    *("support.drafting", "support.editor", "support.phrase_book", "support.serving"),
)
"""What no scenario runs through."""

ASIDE = tuple(name.replace(".", "/") for name in (*AUTHORS_TOOLS, *(f"support.{island}" for island in ISLANDS)))
"""Where those stand, and the islands: what is in a file below one of these is not asked."""

EVERYTHING = ("features",)


@dataclass(frozen=True)
class Affected:
    """What to run, as pytest takes it; nothing where no scenario is affected. `restart`: what of the target itself has changed."""

    selection: tuple[str, ...]
    restart: frozenset[str] = frozenset()

    def with_more(self, other: Affected) -> Affected:
        """Both together; everything swallows the rest."""
        together = tuple(dict.fromkeys((*self.selection, *other.selection)))
        return Affected(EVERYTHING if set(EVERYTHING) & set(together) else together, self.restart | other.restart)


def survey(root: Path, earlier: Project | None = None) -> Project:
    """What `affected_by` asks of the repository, read when it asks; what has not changed since the `earlier` one is taken from it."""
    return Project(root, earlier, without=ASIDE)


def read(project: Project) -> Project:
    """The same, with everything that may be asked of it read now."""
    assert all(module.imports is not None for module in project.modules)
    assert all(feature.scenarios is not None for feature in project.features)
    return project


def affected_by(project: Project, changed: Iterable[str]) -> Affected:
    """What these files, named from the root of the repository, affect."""
    together = Affected(())
    for path in sorted(set(changed)):
        together = together.with_more(_affected_by_one(project, path))
    return together


def _affected_by_one(project: Project, path: str) -> Affected:
    if path.endswith(".feature"):
        return Affected((path,) if (project.root / path).is_file() else ())
    if path.startswith("steps/"):
        return Affected(scenarios_using(project, {path}))
    name = path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__")
    if _within(name, AUTHORS_TOOLS) or ".tests." in name or path.endswith(".md"):
        return Affected(())
    island = [each for each in ISLANDS if _within(name, (f"support.{each}",))]
    if island:
        return Affected(EVERYTHING, frozenset(island))
    step_paths = {one.path for one in importers_of(project, name) if one.name.startswith("steps.")}
    return Affected(scenarios_using(project, step_paths) if step_paths else EVERYTHING)


def importers_of(project: Project, name: str) -> tuple[SourceModule, ...]:
    """Every module that imports this one, itself or through others."""
    importers: dict[str, list[SourceModule]] = defaultdict(list)
    for module in project.modules:
        for imported in module.imports:
            importers[imported.module].append(module)
    found: dict[str, SourceModule] = {}
    open_names = [name]
    while open_names:
        for module in importers[open_names.pop()]:
            if module.name not in found:
                found[module.name] = module
                open_names.append(module.name)
    return tuple(found.values())


def scenarios_using(project: Project, step_paths: set[str]) -> tuple[str, ...]:
    """The scenarios, as `file:line`, in which a phrase of one of these step modules occurs; whole files where a background has one.

    A phrase that a module had when the project was read before, and has no more, counts too: who used it is undefined now.
    """
    now = [module for module in project.step_modules if module.path in step_paths]
    before = [module for path, module in project.before.items() if path in step_paths]
    vocabulary = Vocabulary([phrase for module in (*now, *before) for phrase in module.phrases])

    def uses(kind: str, text: str) -> bool:
        return bool(vocabulary.matching(kind, text))

    found: list[str] = []
    for feature in project.features:
        if any(uses(step.kind, step.text) for background in feature.backgrounds for step in background.steps):
            found.append(feature.path)
            continue
        for scenario in feature.scenarios:
            texts = ((step.kind, text) for step in scenario.steps for text in filled(scenario, step))
            found += [f"{feature.path}:{scenario.place.line}"] if any(uses(*text) for text in texts) else []
    return tuple(found)


def _within(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
