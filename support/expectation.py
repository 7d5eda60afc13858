"""One assertion with a message of its own: counted where it passes, told without noise where it fails."""

from __future__ import annotations

from collections.abc import Callable


def expect(holds: bool, otherwise: Callable[[], str]) -> None:
    """AssertionError with exactly the given words when `holds` is false.

    The plain `assert` at the end is what pytest counts as a passed assertion; were it given the message too, pytest would add the
    expression to it and double its percent signs.
    """
    if not holds:
        raise AssertionError(otherwise())
    assert holds
