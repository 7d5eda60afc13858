"""Starting a target beside the collection, and telling what is wrong with it before the first scenario."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from support.drivers.embedded import Embedded, Running
from support.problems import Problem, shown
from support.settings import Target

if TYPE_CHECKING:
    from support.drivers.database import FreshDatabase

CONNECT_SECONDS = 3.0


@dataclass
class Launch:
    """The target of this worker: begun at most once, ended at most once. Workers with one meeting place import its modules once for all.

    Its servers run on the processors named, or on any.
    """

    target: Target
    database_server: str | None = None
    meeting: Path | None = None
    processors: Sequence[int] = ()
    process: Embedded | None = None

    def begin(self) -> None:
        """Starts an embedded target and returns at once; a deployed one runs already."""
        if self.target.kind == "embedded" and self.process is None:
            self.process = Embedded(self.target, self._database(), meeting=self.meeting, processors=self.processors)

    def replace(self, target: Target) -> None:
        """That target takes the place of this one and knows nothing of its records; the world goes on where both have the same."""
        same_world = target.embedded.world_module == self.target.embedded.world_module
        self.target = target
        if self.process is not None and same_world and self.process.world.running:
            self.process.platform_replaced(target, self._database())
        else:
            self.end()
            self.begin()

    def running(self) -> Running:
        """Where it answers; waits for an embedded target to be ready. Raises TargetLost."""
        self.begin()
        if self.process is not None:
            return self.process.running()
        key_id, secret = self.target.secret("aws_access_key_id"), self.target.secret("aws_secret_access_key")
        return Running(
            addresses=self.target.addresses,
            database_url=self.target.secret("database_url"),
            admin_password=self.target.secret("admin_password"),
            token_key=self.target.secret("token_key"),
            aws_keys=(key_id or "acceptance", secret or "acceptance"),
            aws_session_token=self.target.secret("aws_session_token"),
        )

    def died(self) -> str:
        """Which of our processes has ended by itself, in words; empty when none has."""
        servers = (self.process.world, self.process.platform) if self.process else ()
        return " and ".join(str(server.lost("ended by itself")).splitlines()[0] for server in servers if not server.running)

    def logs(self) -> Iterator[tuple[str, str]]:
        """The tail of each process's log, by its name."""
        servers = (self.process.world, self.process.platform) if self.process else ()
        return ((f"log of {server.name}", server.log_tail()) for server in servers)

    def end(self) -> None:
        """Ends what `begin` started."""
        if self.process is not None:
            self.process.end()
            self.process = None

    def _database(self) -> FreshDatabase | None:
        if self.database_server is None:
            return None
        from support.drivers.database import FreshDatabase

        return FreshDatabase.create(self.database_server)


def problems_of(target: Target, database_server: str | None) -> list[Problem]:
    """What is wrong with the target beyond its file: addresses at which nobody answers, options that do not fit it."""
    found = []
    if database_server is not None and target.kind != "embedded":
        found.append(Problem("--database-url", 0, "", f"the target {target.name!r} has a database of its own", "leave the option out"))
    elif database_server is not None:
        from support.drivers.database import problems_with

        found += problems_with(database_server)
    given = [(name, url) for name, url in target.addresses.model_dump().items() if url]
    with ThreadPoolExecutor(max_workers=5) as together:
        answers = together.map(lambda address: _unreachable(address[1]), given)
        found += [
            Problem(shown(target.path), 0, "", f"nobody answers at {name} = {url!r} ({why})", "start it, or mend the address")
            for (name, url), why in zip(given, answers, strict=True)
            if why
        ]
    return found


def _unreachable(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""
