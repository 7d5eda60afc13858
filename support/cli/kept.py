"""A target that outlives the runs that use it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from support.drivers.embedded import Embedded
from support.serving import environment_for, start, write_target
from support.settings import load_target


class KeptTarget:
    """The embedded target, described by a target file in `folder` for as many runs as one likes."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "kept.toml"
        self.environment: dict[str, str] = {}
        self._embedded: Embedded | None = None

    def start(self) -> None:
        """Starts it and waits until it answers; raises TargetLost."""
        self._embedded = start(load_target("embedded"), port=0)
        self._describe()

    def restart(self, changed: Collection[str]) -> None:
        """Starts what has changed anew, with the code as it is now: the platform, or with the world everything. Raises TargetLost."""
        if self._embedded is not None and "world" not in changed and self._embedded.world.running:
            self._embedded.platform_replaced(load_target("embedded"))
            self._describe()
        else:
            self.end()
            self.start()

    def _describe(self) -> None:
        if self._embedded is not None:
            running = self._embedded.running()
            self.environment = environment_for(running)
            write_target(self.file, running)

    def end(self) -> None:
        """Ends it, in any state."""
        if self._embedded is not None:
            self._embedded.end()
            self._embedded = None
