"""Settings for the official Cucumber extension of VS Code, made from the vocabulary.

The extension reads the step modules' source text, so it needs to know only where they are and which parameter types exist.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from support.vocabulary import PARAMETER_TYPES

SETTINGS = Path(".vscode/settings.json")
FEATURES = "features/**/*.feature"
GLUE = "steps/*.py"
BUILT_IN = frozenset({"int", "float", "word", "string", "", "bigdecimal", "biginteger", "byte", "short", "long", "double"})


class ParameterTypeSetting(TypedDict):
    """One entry of `cucumber.parameterTypes`."""

    name: str
    regexp: str


def parameter_types() -> list[ParameterTypeSetting]:
    """Our parameter types as the extension wants them, by name; one with several patterns has them joined."""
    own = [kind for kind in PARAMETER_TYPES.parameter_types if kind.name and kind.name not in BUILT_IN]
    settings = [ParameterTypeSetting(name=kind.name or "", regexp="|".join(kind.regexps)) for kind in own]
    return sorted(settings, key=lambda setting: setting["name"])


def settings_text() -> str:
    """The text of `.vscode/settings.json`."""
    settings = {
        "cucumber.features": [FEATURES],
        "cucumber.glue": [GLUE],
        "cucumber.parameterTypes": parameter_types(),
        "python.testing.pytestEnabled": True,
    }
    return json.dumps(settings, indent=2) + "\n"
