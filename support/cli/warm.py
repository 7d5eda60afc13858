"""Runs of pytest that need not begin anew: forked where pytest has read its plugins, in a process that is forked where the libraries are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from multiprocessing import forkserver
from pathlib import Path

from support.cli.standby import Order, Standby

LIBRARIES = [
    "pytest",
    "aiohttp",
    "boto3",
    "cucumber_expressions.expression",
    "gherkin.parser",
    "jsonschema_rs",
    "pydantic",
    "sqlalchemy",
    "typer",
    "websockets.asyncio.client",
]


class WarmRunner:
    """Runs pytest in the folder `root`, always with the same options, one run at a time.

    A run has everything of the project as it was saved when `changed` was last told of it.
    """

    def __init__(self, root: Path, options: Sequence[str]) -> None:
        self._root = root
        self._options = tuple(options)
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(LIBRARIES)
        forkserver.ensure_running()
        self._standby: Standby | None = None

    def prepare(self) -> Standby:
        """Has a process stand by for the next run, if none does; returns at once."""
        if self._standby is None:
            self._standby = Standby(self._processes, self._root, self._options)
        return self._standby

    def changed(self, paths: Iterable[str]) -> None:
        """These files, named from the root, have been saved; a run that is going is interrupted."""
        saved = set(paths)
        for path in (self._root / each for each in saved):
            for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
                compiled.unlink(missing_ok=True)  # Python would still use it if the file was saved twice in a second and kept its size
        if self._standby is not None and self._standby.has_read(saved):
            self.end()
        self.prepare()

    def start(self, order: Order) -> None:
        """Begins a run; where pytest cannot read its plugins, it has told so instead."""
        try:
            self.prepare().start(order)
        except EOFError:
            self.end()

    def interrupt(self) -> bool:
        """Ends a run that is still going, as Ctrl-C does; whether there was one."""
        return self._standby is not None and self._standby.interrupt()

    def wait(self) -> int:
        """The exit code of the run, when it has ended; 0 where there was none."""
        return self._standby.wait() if self._standby is not None else 0

    def end(self) -> None:
        """Ends everything that it has started, in any state."""
        if self._standby is not None:
            self._standby.end()
            self._standby = None
