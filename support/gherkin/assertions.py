"""Counting the assertions that pass, at next to no cost.

pytest explains every comparison before it reports that it passed, and asks every plugin. While a scenario runs, a comparison of plain
values, or by identity, that holds is not explained, and the count goes straight to the scenario. Other values, and other plugins that implement
`pytest_assertion_pass`, are served as pytest serves them.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from _pytest.assertion import rewrite, util

EXPLAIN = "_reprcompare"
PASSED = "_assertion_pass"
"""Where pytest keeps, while a test runs, what explains a comparison and what is told of an assertion that passed. It has no public place."""

MESSAGE = "_format_assertmsg"
"""Where pytest doubles each per cent sign of a message, for a formatting that it leaves out when assertions that pass are reported."""

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

_IDENTITY = frozenset({"is", "is not"})
"""What no value can make mean anything else."""

JUDGING = ("steps", "support.expectation")
"""The modules whose assertions are a scenario's own: pytest also rewrites every package that brings a plugin (anyio, Faker), and what
a library asserts of itself while it is used says nothing of the product."""


@contextmanager
def counted(count: Callable[[], None]) -> Iterator[None]:
    """While it lasts, `count` is called for every assertion that passes in a step module or in `support.expectation`."""
    explain, passed = getattr(util, EXPLAIN, None), getattr(util, PASSED, None)
    if explain is not None:
        setattr(util, EXPLAIN, _only_failures(explain))
    setattr(util, PASSED, _counting(count, passed))
    message = getattr(rewrite, MESSAGE)
    setattr(rewrite, MESSAGE, lambda said: message(said).replace("%%", "%"))
    try:
        yield
    finally:
        setattr(util, EXPLAIN, explain)
        setattr(util, PASSED, passed)
        setattr(rewrite, MESSAGE, message)


def _counting(count: Callable[[], None], passed: Callable[[int, str, str], None] | None) -> Callable[[int, str, str], None]:
    def told(line: int, source: str, explanation: str) -> None:
        # One frame is pytest's own helper, the next is the function that asserts.
        if sys._getframe(2).f_globals.get("__name__", "").startswith(JUDGING):  # noqa: SLF001 - who asserts is told by nothing else
            count()
        if passed is not None:
            passed(line, source, explanation)

    return told


def _only_failures(explain: Explain) -> Explain:
    def explained(symbol: str, left: object, right: object) -> str | None:
        holds = _HOLDS.get(symbol)
        plain = symbol in _IDENTITY or (type(left) in _PLAIN and type(right) in _PLAIN)
        if holds is not None and plain and holds(left, right):
            return None
        return explain(symbol, left, right)

    return explained
