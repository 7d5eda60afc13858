"""XML as AWS answers it, written from the dictionaries in which moto describes it: what `xmltodict.unparse` writes, at a fifth of the cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n'


def written(body: Mapping[str, Any]) -> str:
    """The elements, without a prolog. A key that begins with @ is an attribute, #text is text beside attributes, a list repeats its element."""
    parts: list[str] = []
    for name, value in body.items():
        _write(parts, name, value)
    return "".join(parts)


def _write(parts: list[str], name: str, value: Any) -> None:  # noqa: ANN401  (whatever moto puts there)
    if isinstance(value, list | tuple):
        for item in value:
            _write(parts, name, item)
        return
    if not isinstance(value, Mapping):
        text = _text(value)
        parts.append(f"<{name}>{text}</{name}>" if text else f"<{name}/>")
        return
    attributes = "".join(f" {key[1:]}={quoteattr(str(held))}" for key, held in value.items() if key.startswith("@"))
    inside: list[str] = []
    for key, held in value.items():
        if not key.startswith(("@", "#")):
            _write(inside, key, held)
    inside.append(_text(value.get("#text")))
    content = "".join(inside)
    parts.append(f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes}/>")


def _text(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))
