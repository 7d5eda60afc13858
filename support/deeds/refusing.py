"""What a refusal must say."""

from __future__ import annotations

from support.drivers.api.answer import Refused
from support.expectation import expect

BREAKS_CONTRACT = (400, 422)


def expect_named(refused: Refused, what: str) -> None:
    """AssertionError when input was not refused as breaking the contract, or the refusal does not name that part of it and a rule."""
    part = what.replace(" ", "_")
    named = {name for error in refused.errors if error.rule.strip() for name in error.field.split(".")}
    expect(
        refused.status in BREAKS_CONTRACT and part in named,
        lambda: f"the input should be refused, naming {what} and the rule that it breaks, but it was {refused} ({refused.status})",
    )
