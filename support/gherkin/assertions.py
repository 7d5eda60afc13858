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

EXPLAIN = "_reprcompare"
PASSED = "_assertion_pass"
"""Where pytest keeps, while a test runs, what explains a comparison and what is told of an assertion that passed. It has no public place."""

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
    explain, passed = getattr(util, EXPLAIN, None), getattr(util, PASSED, None)
    if explain is not None:
        setattr(util, EXPLAIN, _only_failures(explain))
    if passed is not None and len(item.ihook.pytest_assertion_pass.get_hookimpls()) == 1:
        setattr(util, PASSED, lambda _line, _source, _explanation: count())
    try:
        yield
    finally:
        setattr(util, EXPLAIN, explain)
        setattr(util, PASSED, passed)


def _only_failures(explain: Explain) -> Explain:
    def explained(symbol: str, left: object, right: object) -> str | None:
        holds = _HOLDS.get(symbol)
        if holds is not None and type(left) in _PLAIN and type(right) in _PLAIN and holds(left, right):
            return None
        return explain(symbol, left, right)

    return explained
