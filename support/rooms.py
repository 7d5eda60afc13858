"""One scenario's own room: what it alone has established, recorded and must undo."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from support.drivers.journal import Journal
from support.drivers.live import Live
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


ROOM = pytest.StashKey[Room]()
"""Where a scenario's item keeps its room, once a step has asked for anything in it."""
