"""The correlation id: one thread through everything that one request causes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Correlation-Id"

_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)
_SHAPE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def current() -> str:
    """The id of what runs now. Work that nobody asked for gets an id of its own when it first asks."""
    value = _current.get()
    if value is None:
        value = uuid.uuid4().hex
        _current.set(value)
    return value


def accepted(proposed: str | None) -> str:
    """The caller's id if it is a plain word of at most 64 characters, a fresh one otherwise."""
    return proposed if proposed and _SHAPE.fullmatch(proposed) else uuid.uuid4().hex


@contextmanager
def use(correlation_id: str) -> Iterator[None]:
    """Everything inside, including jobs that are started there, carries this id."""
    token = _current.set(correlation_id)
    try:
        yield
    finally:
        _current.reset(token)
