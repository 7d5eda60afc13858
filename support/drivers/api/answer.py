"""What every answer of the platform is: a frozen record, or a refusal as a value.

Money is Decimal US dollars, ratios are Decimal, instants are aware and in UTC. A word outside the domain's vocabulary does not fit the
records, so no answer can carry one unnoticed.
"""

from __future__ import annotations

from typing import TypeVar

from support.drivers.record import Record

__all__ = ["Answer", "FieldError", "Nothing", "Record", "Refused", "WasRefused", "accepted"]


class FieldError(Record):
    """One broken rule of an input: which field, and which rule."""

    field: str
    rule: str


class Refused(Record):
    """The platform declined, for a business reason: a value, so that a scenario can be about it."""

    reason: str
    code: str
    status: int
    errors: tuple[FieldError, ...] = ()
    current_version: int | None = None
    retry_after: int | None = None

    def __str__(self) -> str:
        fields = "".join(f"; {error.field}: {error.rule}" for error in self.errors)
        return f"refused ({self.code}): {self.reason}{fields}"


class WasRefused(Exception):
    """A request that the scenario took for granted was refused."""

    def __init__(self, asked: str, refused: Refused) -> None:
        super().__init__(f"{asked} was {refused}")
        self.refused = refused


Answer = TypeVar("Answer")


def accepted(answer: Answer | Refused) -> Answer:
    """The answer, where a refusal is not what the scenario is about; raises WasRefused otherwise."""
    if isinstance(answer, Refused):
        raise WasRefused("what the scenario takes for granted", answer)
    return answer


class Nothing(Record):
    """An answer without content that matters."""
