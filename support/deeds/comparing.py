"""A customer's fleet as it was before a change, kept for the steps that compare with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from support.drivers.cloud import Cloud
from support.gherkin import StepDefinition
from support.story import Story
from support.witness.state import Capture

FIXTURE = "comparison"
"""Under this name steps ask for it."""


def compares(steps: Iterable[StepDefinition]) -> bool:
    """Whether a Then among a scenario's steps compares with the fleet before."""
    return any(step.keyword == "then" and FIXTURE in step.fixtures for step in steps)


@dataclass(frozen=True)
class Comparison:
    """Keeps nothing unless it is `wanted`: a look at everything that runs costs more than the rest of a step."""

    story: Story
    cloud: Cloud
    wanted: bool

    async def keep_fleet(self) -> None:
        """How the fleet is now, before the change, is what later steps compare with."""
        if self.wanted:
            self.story.before = Capture.of(await self.cloud.fleet_of(self.story.customer.account))

    @property
    def before(self) -> Capture:
        """The fleet as it was kept last; raises NotEstablished where no step has kept it."""
        return self.story.before
