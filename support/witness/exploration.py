"""What came of trying things in many orders."""

from __future__ import annotations

from dataclasses import dataclass

from support.expectation import expect
from support.witness.invariants import Breach, Invariant
from support.witness.orders import Order

FEWEST = 4
"""In one order of so many, at least, a change must have begun; otherwise nothing can have met, and nothing is known."""


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
    """How many orders were tried of how many, how many changes began in them, and what was found."""

    tried: int
    planned: int
    begun: int
    finding: Finding | None

    def expect_kept(self, *invariants: Invariant) -> None:
        """AssertionError when one of these broke, or when too little was tried or begun to say so."""
        broken = self.finding is not None and self.finding.breach.invariant in invariants
        expect(not broken, lambda: str(self.finding))
        done = self.tried >= self.planned or self.finding is not None
        expect(done, lambda: f"{self.planned} orders should have been tried, but {self.tried} were")
        enough = self.begun * FEWEST >= self.tried or self.finding is not None
        expect(enough, lambda: f"in {self.tried} orders only {self.begun} changes have begun: too few to say that none have met")
