"""What a run left out: which features as a whole, and how many scenarios of the others. Every report of a partial run says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.evidence.records import ScenarioRecord

Present = Mapping[str, int | None]
"""How many scenarios and rows each feature file of the project has; None where it was not even read."""


def merged(parts: Iterable[Present]) -> Present:
    """What the parts of one run have seen together."""
    found: dict[str, int | None] = {}
    for part in parts:
        found.update({file: count for file, count in part.items() if count is not None or file not in found})
    return found


def left_out(features: Present, scenarios: Iterable[ScenarioRecord]) -> dict[str, int | None]:
    """How many scenarios of each feature did not run, None where the feature was not even read; only features of which any did not."""
    ran = Counter(file for file, *_ in {scenario.key for scenario in scenarios})
    missing = {file: None if count is None else count - ran[file] for file, count in features.items() if count is not None or not ran[file]}
    return {file: count for file, count in missing.items() if count is None or count > 0}


def told(chosen: Sequence[str], missing: Present) -> str:
    """One sentence for a reader; empty where nothing was left out."""
    if not missing:
        return ""
    whole = sum(count is None for count in missing.values())
    others = [count for count in missing.values() if count is not None]
    parts = [_counted(whole, "feature")] if whole else []
    if others:
        parts.append(f"{_counted(sum(others), 'scenario')} of {_counted(len(others), 'other feature' if whole else 'feature')}")
    why = f", chosen by {' '.join(chosen)}" if chosen else ""
    return f"This run was a part of the suite{why}. Left out: {' and '.join(parts)}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
