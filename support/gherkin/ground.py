"""What the runner rests on in pytest-bdd's model. With a version that has another one, a run ends with its first line, and says how to go on.

There is no way back to pytest-bdd's own scenarios: it awaits no step, and drops a scenario with an earlier one's title, so that a run would
pass without having tested anything.
"""

from __future__ import annotations

import importlib
import inspect
from importlib.metadata import version

import pytest

MODEL = {
    "Feature": "scenarios filename rel_filename language keyword name tags background line_number description",
    "Rule": "keyword name description tags background",
    "Background": "line_number",
    "Examples": "line_number name example_params examples tags",
    "ScenarioTemplate": "feature keyword name line_number templated description tags examples rule",
    "Scenario": "feature keyword name line_number steps description tags rule",
    "Step": "name type indent line_number keyword datatable docstring",
}
"""The classes of `pytest_bdd.parser` that we make and hand to its hooks, and what each is made of."""

TRIED = "9.0.1"
"""A version that has them."""


def missing() -> list[str]:
    """What the installed pytest-bdd lacks, in words; empty if everything is there. What it may be told besides does not matter."""
    try:
        model = importlib.import_module("pytest_bdd.parser")
    except ImportError as error:
        return [str(error)]
    return [what for name, told in MODEL.items() if (what := _lacks(name, getattr(model, name, None), told.split()))]


def stand() -> None:
    """Raises `pytest.UsageError` if anything is missing."""
    lacking = missing()
    if lacking:
        what = f"pytest-bdd {version('pytest-bdd')} is not what support/gherkin rests on: {'; '.join(lacking)}"
        raise pytest.UsageError(f"{what}. Install pytest-bdd {TRIED}, or bring support/gherkin/document.py up to date.")


def _lacks(name: str, found: object, told: list[str]) -> str:
    if not callable(found):
        return f"there is no {name}"
    takes = inspect.signature(found).parameters
    unknown = [each for each in told if each not in takes]
    asked = [each.name for each in takes.values() if each.default is each.empty and each.name not in told]
    parts = [f"no longer takes {', '.join(unknown)}" if unknown else "", f"also wants {', '.join(asked)}" if asked else ""]
    return f"{name} {' and '.join(part for part in parts if part)}" if unknown or asked else ""
