"""Opaque identifiers: a three-letter prefix that names the kind, and a random part."""

from __future__ import annotations

import re
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 20
_CHOICES = len(_ALPHABET) ** _LENGTH
_SHAPE = re.compile(r"[a-z]{3}_[A-Za-z0-9]{10,40}")


def new_id(kind: str) -> str:
    """A fresh identifier such as `cus_...`, with about 119 bits of chance."""
    number, letters = secrets.randbelow(_CHOICES), []  # one number, because asking for chance once a letter costs ten times as much
    for _ in range(_LENGTH):
        number, letter = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return f"{kind}_{''.join(letters)}"


def well_formed(value: str, kind: str | None = None) -> bool:
    """Whether the text can be an identifier (of that kind) at all; asked before any look-up."""
    return _SHAPE.fullmatch(value) is not None and (kind is None or value.startswith(f"{kind}_"))
