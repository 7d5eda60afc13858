"""What came of trying things in many orders."""

from __future__ import annotations

from dataclasses import dataclass

from support.expectation import expect
from support.witness.invariants import Breach, Invariant
from support.witness.orders import Order


@dataclass(frozen=True)
class Finding:
    """An order in which an invariant broke, the smallest in which it was seen to break, and what was seen then."""

    first: Order
    smallest: Order
    breach: Breach

    def __str__(self) -> str:
        return (
            f"{self.breach.told}\n"
            f"  in the order: {self.smallest}\n"
            f"  found as:     order {self.first.number} of seed {self.first.seed}: {self.first}\n"
            f"  replay:       --replay-order {self.smallest.token}"
        )


@dataclass(frozen=True)
class Exploration:
    """How many orders were tried of how many, and what was found."""

    tried: int
    planned: int
    finding: Finding | None

    def expect_kept(self, *invariants: Invariant) -> None:
        """AssertionError when one of these broke, or when exploration ended before its time for no reason."""
        broken = self.finding is not None and self.finding.breach.invariant in invariants
        expect(not broken, lambda: str(self.finding))
        done = self.tried >= self.planned or self.finding is not None
        expect(done, lambda: f"{self.planned} orders should have been tried, but {self.tried} were")
