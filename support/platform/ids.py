"""Opaque identifiers: a three-letter prefix that names the kind, and a random part."""

from __future__ import annotations

import re
import secrets

_SHAPE = re.compile(r"[a-z]{3}_[A-Za-z0-9]{10,40}")


def new_id(kind: str) -> str:
    """A fresh identifier such as `cus_...`, with 120 bits of chance."""
    return f"{kind}_{secrets.token_hex(15)}"


def well_formed(value: str, kind: str | None = None) -> bool:
    """Whether the text can be an identifier (of that kind) at all; asked before any look-up."""
    return _SHAPE.fullmatch(value) is not None and (kind is None or value.startswith(f"{kind}_"))
