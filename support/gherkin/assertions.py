"""Counting the assertions that pass, at next to no cost.

pytest explains every comparison before it reports that it passed, and asks every plugin. While a scenario runs, a comparison of plain
values that holds is not explained, and the count goes straight to the scenario. Other values, and other plugins that implement
`pytest_assertion_pass`, are served as pytest serves them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from _pytest.assertion import util

Explain = Callable[[str, object, object], str | None]

_PLAIN = frozenset({bool, int, float, str, bytes, Decimal, date, datetime, timedelta, type(None)})
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
}


@contextmanager
def counted(item: pytest.Item, count: Callable[[], None]) -> Iterator[None]:
    """While it lasts, `count` is called for every assertion that passes in a module registered for assertion rewriting."""
    explain, passed = util._reprcompare, util._assertion_pass  # noqa: SLF001 - pytest has no public place for either
    if explain is not None:
        util._reprcompare = _only_failures(explain)  # noqa: SLF001
    if passed is not None and len(item.ihook.pytest_assertion_pass.get_hookimpls()) == 1:
        util._assertion_pass = lambda _line, _source, _explanation: count()  # noqa: SLF001
    try:
        yield
    finally:
        util._reprcompare, util._assertion_pass = explain, passed  # noqa: SLF001


def _only_failures(explain: Explain) -> Explain:
    def explained(symbol: str, left: object, right: object) -> str | None:
        holds = _HOLDS.get(symbol)
        if holds is not None and type(left) in _PLAIN and type(right) in _PLAIN and holds(left, right):
            return None
        return explain(symbol, left, right)

    return explained
