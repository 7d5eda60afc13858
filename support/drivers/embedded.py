"""The embedded target: the world and the reference platform as processes of their own, on loopback sockets."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from support.drivers.process import ServerProcess
from support.settings import Addresses, Target

if TYPE_CHECKING:
    from support.drivers.database import FreshDatabase
    from support.drivers.forking import Forker

READY_SECONDS = 20.0

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHASHSEED", "SYSTEMROOT")
"""What a server may know of our environment: never the developer's own AWS keys, profiles or proxies."""


@dataclass(frozen=True)
class Running:
    """Where a running target answers, and the secrets that the suite itself needs to use it."""

    addresses: Addresses
    database_url: str | None = None
    admin_password: str | None = field(default=None, repr=False)
    token_key: str | None = field(default=None, repr=False)
    aws_keys: tuple[str, str] = field(default=("acceptance", "acceptance"), repr=False)
    aws_session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Reservation:
    """A port of ours on loopback: held, but not listened on, so that nobody else is given it while its server starts."""

    port: int
    holder: socket.socket

    @classmethod
    def make(cls, port: int = 0) -> _Reservation:
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        port = int(holder.getsockname()[1])
        if sys.platform != "linux":
            holder.close()  # elsewhere two sockets may not be bound to one port, listening or not
        return cls(port, holder)


class Embedded:
    """A world and a platform of this run's own. `start` returns at once; `running` waits until both answer.

    The platform answers at `port`, or at any free one; an OSError says that somebody else has it. Targets that are given the same folder
    to meet in are started by forking processes that have imported world and platform once for all of them, and run on the processors named.
    """

    def __init__(
        self,
        target: Target,
        database: FreshDatabase | None = None,
        port: int = 0,
        meeting: Path | None = None,
        processors: Sequence[int] = (),
    ) -> None:
        reserved = {name: _Reservation.make(wanted) for name, wanted in (("control", 0), ("aws", 0), ("platform", port))}
        self._target = target
        self._processors = processors
        self._files = tempfile.TemporaryDirectory(prefix="acceptance-", ignore_cleanup_errors=True)
        self._folder = Path(self._files.name)
        self._database = database
        self._admin_password = secrets.token_urlsafe(18)
        self._ports = {name: reservation.port for name, reservation in reserved.items()}
        meeting = meeting or self._folder
        self._world_forker = self._forker_of(target.embedded.world_preloaded, meeting)
        self._platform_forker = self._forker_of(target.embedded.platform_preloaded, meeting)
        self.world = self._start_world()
        self._environment = self._platform_environment()
        self.platform = self._start_platform()
        self._reserved = reserved

    def running(self) -> Running:
        """The addresses, once both processes are ready; raises TargetLost with the log of the one that is not."""
        world = self.world.ready(READY_SECONDS)
        platform = self.platform.ready(READY_SECONDS)
        self._release()
        return Running(
            addresses=Addresses(platform=platform["url"], aws=world["aws"], control=world["control"], network=world["network"], clock=world["clock"]),
            database_url=self._environment["OPTIINFRA_DATABASE_URL"],
            admin_password=self._admin_password,
            token_key=self._environment["OPTIINFRA_TOKEN_KEY"],
        )

    def platform_dies(self) -> None:
        """Kills the platform as a power cut would."""
        self.platform.kill()

    def platform_returns(self) -> None:
        """Starts the platform again after its death: same address, same database, same keys."""
        self.platform = self._start_platform()
        self.platform.ready(READY_SECONDS)

    def platform_replaced(self, target: Target, database: FreshDatabase | None = None) -> None:
        """Starts the target's platform in the place of this one, beside the same world: same address, no records, a log of its own.

        As fast as one returns, and without waiting, as at the start; `running` waits.
        """
        self.platform.kill()
        libraries = target.embedded.platform_libraries  # and nothing of the platform itself, which is another now
        if self._platform_forker is not None and self._platform_forker.modules != libraries:
            self._platform_forker.end()
            self._platform_forker = self._forker_of(libraries, self._folder)
        if self._database is not None:
            self._database.drop()
        for written in self._folder.glob("platform.*"):
            written.unlink()
        self._target = target
        self._database = database
        self._environment = self._platform_environment()
        self.platform = self._start_platform()

    def _forker_of(self, modules: tuple[str, ...], meeting: Path) -> Forker | None:
        """None where system libraries do not bear to be forked."""
        if sys.platform != "linux":
            return None
        from support.drivers.forking import Forker  # elsewhere there is not all that it needs

        return Forker(modules, self._bare_environment(), meeting, self._processors)

    def end(self) -> None:
        """Ends both processes and removes what they wrote. Safe to call in any state."""
        self._release()
        self.platform.end()
        self.world.end()
        for forker in (self._world_forker, self._platform_forker):
            if forker is not None:
                forker.end()
        if self._database is not None:
            self._database.drop()
        self._files.cleanup()

    def _release(self) -> None:
        for reservation in self._reserved.values():
            reservation.holder.close()

    def _start_world(self) -> ServerProcess:
        module = self._target.embedded.world_module
        command = [module, "--port", str(self._ports["control"]), "--aws-port", str(self._ports["aws"])]
        return ServerProcess("the world", command, self._bare_environment(), self._folder / "world.log", self._world_forker)

    def _start_platform(self) -> ServerProcess:
        command = [self._target.embedded.platform_module, "--port", str(self._ports["platform"])]
        return ServerProcess("the platform", command, self._environment, self._folder / "platform.log", self._platform_forker)

    def _bare_environment(self) -> dict[str, str]:
        inherited: Mapping[str, str] = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {**inherited, "PYTHONUNBUFFERED": "1", "NO_PROXY": "*", **self._target.embedded.environment}

    def _platform_environment(self) -> dict[str, str]:
        world = f"http://127.0.0.1:{self._ports['control']}"
        database = self._database.url if self._database else f"sqlite:///{self._folder / 'platform.sqlite'}"
        return {
            "OPTIINFRA_DATABASE_URL": database,
            "OPTIINFRA_AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._ports['aws']}",
            "OPTIINFRA_CLOCK_URL": f"{world}/clock",
            "OPTIINFRA_NETWORK_PROXY": world,
            "OPTIINFRA_LLM_URL": f"{world}/llm/v1",
            "OPTIINFRA_TOKEN_KEY": secrets.token_urlsafe(48),
            "OPTIINFRA_ADMIN_PASSWORD": self._admin_password,
            "OPTIINFRA_ARGON2_MEMORY_KIB": "64",
            "OPTIINFRA_ARGON2_TIME_COST": "1",
            "OPTIINFRA_RATE_LIMIT_PER_MINUTE": "1000000",
            "AWS_ACCESS_KEY_ID": "optiinfra",
            "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(18),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self._bare_environment(),
        }
