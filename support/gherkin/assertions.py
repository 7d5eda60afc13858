"""Counting the assertions that pass, at next to no cost.

Before pytest explains an assertion that passed, it asks whether anybody wants to know; whoever hears that question hears that an assertion
passed. So no value is shown, and no comparison explained, for a count; other plugins that implement `pytest_assertion_pass` are told as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from _pytest.assertion import rewrite, util

WANTED = "_check_if_assertion_pass_impl"
"""The question, which the rewritten module of the assertion asks. Where pytest has none, assertions that pass are counted as it tells them."""

PASSED = "_assertion_pass"
"""Where pytest keeps, while a test runs, what is told of an assertion that passed. It has no public place."""

MESSAGE = "_format_assertmsg"
"""Where pytest doubles each per cent sign of a message, for a formatting that it leaves out when assertions that pass are reported."""

Told = Callable[[int, str, str], None]

JUDGING = ("steps", "support.expectation")
"""The modules whose assertions are a scenario's own: pytest also rewrites every package that brings a plugin (anyio, pytest-asyncio), and what
a library asserts of itself while it is used says nothing of the product."""


@contextmanager
def counted(count: Callable[[], None]) -> Iterator[None]:
    """While it lasts, `count` is called for every assertion that passes in a step module or in `support.expectation`."""
    wanted: Callable[[], bool] | None = getattr(rewrite, WANTED, None)
    passed: Told | None = getattr(util, PASSED, None)
    message = getattr(rewrite, MESSAGE)
    if wanted is not None:
        setattr(rewrite, WANTED, _heard(count, wanted))
    else:
        setattr(util, PASSED, _told(count, passed))
    setattr(rewrite, MESSAGE, lambda said: message(said).replace("%%", "%"))
    try:
        yield
    finally:
        if wanted is not None:
            setattr(rewrite, WANTED, wanted)
        setattr(util, PASSED, passed)
        setattr(rewrite, MESSAGE, message)


def _judges(depth: int) -> bool:
    """Whether the function that asserts, so many frames from here, is a scenario's own."""
    name: str = sys._getframe(depth).f_globals.get("__name__", "")  # noqa: SLF001 - who asserts is told by nothing else
    return name.startswith(JUDGING)


def _heard(count: Callable[[], None], wanted: Callable[[], bool]) -> Callable[[], bool]:
    def asked() -> bool:
        if _judges(2):
            count()
        return wanted()

    return asked


def _told(count: Callable[[], None], passed: Told | None) -> Told:
    def told(line: int, source: str, explanation: str) -> None:
        if _judges(3):  # between it and the function that asserts there is a helper of pytest
            count()
        if passed is not None:
            passed(line, source, explanation)

    return told
