"""Placeholders of an outline: `<column>` in a title, a step, a table or a doc string."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"<([^<>]+?)>")


def placeholders(text: str) -> list[str]:
    """The names in angle brackets, in order."""
    return _PLACEHOLDER.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the row's values in place; a name without a column stays as it is."""
    if "<" not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group(0)), text)
