"""A process in which pytest stands by: every plugin of the suite is read, nothing is configured, and each run is a fork of it."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from _pytest.config import PluginImportFailure

TARGETING = "support.targeting"
"""The plugin that loads more when the first feature turns up; not there in a project without a target."""

PRELOADED = "ignore::pytest.PytestAssertRewriteWarning"
"""Libraries that bring pytest plugins are imported already: their assertions are not ours."""

END_SECONDS = (3.0, 7.0)
"""An interrupted run has so long to end by itself, each time that it is told: Python may be where nobody hears of an interruption."""


@dataclass(frozen=True)
class Order:
    """What one run carries out, as pytest takes it, and what is added to its environment."""

    selection: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict, repr=False)


class Standby:
    """Our end of such a process. It is made at once, reads its plugins meanwhile, and has one run at a time."""

    def __init__(self, processes: ForkServerContext, root: Path, options: Sequence[str]) -> None:
        self._channel, theirs = processes.Pipe()
        self._process = processes.Process(target=_stand_by, args=(theirs, root, tuple(options)), daemon=True)
        self._process.start()
        theirs.close()
        self._read: frozenset[str] | None = None
        self._run = 0

    def has_read(self, files: Set[str]) -> bool:
        """Whether it holds one of these files of the project, named from the root, as it was: no run of it sees what was saved since.

        Waits until it stands by; true where it never will.
        """
        try:
            return not self._files().isdisjoint(files)
        except EOFError:
            return True

    def start(self, order: Order) -> None:
        """Begins a run; EOFError where pytest could not read its plugins, of which it has then told."""
        self._files()
        self._channel.send(order)
        self._run = self._channel.recv()

    def _files(self) -> frozenset[str]:
        if self._read is None:
            self._read = self._channel.recv()
        return self._read

    def interrupt(self) -> bool:
        """Ends a run that is still going, as Ctrl-C does; whether there was one."""
        going = bool(self._run) and not self._channel.poll()
        if going and not any(self._ended_by(signal.SIGINT, seconds) for seconds in END_SECONDS):
            self._ended_by(signal.SIGKILL, within=0)
        self.wait()
        return going

    def wait(self) -> int:
        """The exit code of the run, when it has ended; 0 where there was none."""
        code = int(self._channel.recv()) if self._run else 0
        self._run = 0
        return code

    def end(self) -> None:
        """Ends it, in any state; a run is interrupted."""
        self.interrupt()
        self._process.kill()
        self._process.join()
        self._channel.close()

    def _ended_by(self, number: int, within: float) -> bool:
        with suppress(ProcessLookupError):
            os.kill(self._run, number)
        return self._channel.poll(within)


def _stand_by(channel: Connection, root: Path, options: Sequence[str]) -> None:
    os.chdir(root)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever gives the orders
    sys.exit(pytest.main(["--rootdir", str(root), "-W", PRELOADED, *options], plugins=[_AtTheReady(channel)]))


class _AtTheReady:
    def __init__(self, channel: Connection) -> None:
        self._channel = channel

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config, args: list[str]) -> Generator[None]:
        """Everything is imported, nothing is configured: from here on a process is a run."""
        yield
        _read_ahead(early_config)
        self._channel.send(_files_read(early_config))
        order = self._ordered()
        os.environ.update(order.environment)
        args += order.selection

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """From here on pytest hears of an interruption."""
        signal.signal(signal.SIGINT, signal.default_int_handler)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """A run that ends anyway cannot be interrupted any more: whoever tries waits for the end."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return (yield)

    def _ordered(self) -> Order:
        """Returns in the process of a run, and in no other."""
        while True:
            try:
                order: Order = self._channel.recv()
            except EOFError:
                raise SystemExit from None
            pid = os.fork()
            if pid == 0:
                self._channel.close()
                os.setsid()  # Ctrl-C comes from whoever gave the order, once
                signal.signal(signal.SIGINT, signal.SIG_DFL)  # there is nothing to clean up before the session starts
                return order
            self._channel.send(pid)
            _, status = os.waitpid(pid, 0)
            self._channel.send(os.waitstatus_to_exitcode(status))


def _read_ahead(config: pytest.Config) -> None:
    """Reads what a run reads when its first feature turns up; what cannot be read is left to the run, which says what is wrong with it."""
    if config.pluginmanager.hasplugin(TARGETING):
        from support.targeting import FACADES

        with suppress(PluginImportFailure):
            for plugin in FACADES:
                config.pluginmanager.import_plugin(plugin)
    gc.collect()
    gc.freeze()


def _files_read(config: pytest.Config) -> frozenset[str]:
    root = config.rootpath.resolve()
    sources = {Path(source).resolve() for module in list(sys.modules.values()) if (source := getattr(module, "__file__", None))}
    settings = {config.inipath.resolve()} if config.inipath else set()
    return frozenset(str(path.relative_to(root)) for path in sources | settings if path.is_relative_to(root))
