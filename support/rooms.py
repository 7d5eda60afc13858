"""One scenario's own room: what it alone has established, recorded and must undo."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from support.drivers.journal import Journal
from support.drivers.live import Live
from support.drivers.simulator import Simulator
from support.story import Story
from support.undo import Undo


@dataclass
class Room:
    """What belongs to one scenario alone; `failed` once a step has."""

    live: Live
    journal: Journal
    undo: Undo = field(default_factory=Undo)
    story: Story = field(default_factory=Story)
    failed: bool = False

    @property
    def simulator(self) -> Simulator:
        """The world around the platform, as far as a scenario may bend it; AssertionError where the target has none."""
        control = self.live.running.addresses.control
        assert control is not None, "the target has no world that could be bent; tag the scenario with the capability that it needs"
        return Simulator(self.live.world_client, control)


ROOM = pytest.StashKey[Room]()
"""Where a scenario's item keeps its room, once a step has asked for anything in it."""
