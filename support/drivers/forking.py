"""Starting a server again quickly: a process that has imported what the server needs, and started nothing, forks itself for each start.

`python -m support.drivers.forking <descriptor> <module>...` is that process. It is told over its socket what to become, with the
descriptors of the new process's input, output and errors, and tells over it which process it has forked and how each one ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import IO, Any

LONGEST_ORDER = 1 << 20
START_SECONDS = 20.0
GONE = "the process that starts servers has ended; its errors are above"


class Forked:
    """A process that was forked for us; as much of `subprocess.Popen` as a server needs."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes], ended: Future[int]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self._ended = ended

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs. Negative: by that signal."""
        return self._ended.result() if self._ended.done() else None

    def poll(self) -> int | None:
        """As `returncode`."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, when it has; raises TimeoutExpired."""
        try:
            return self._ended.result(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0) from None

    def send_signal(self, number: int) -> None:
        """Sends a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.send_signal(signal.SIGKILL)


class Forker:
    """Our end of such a process. It imports while we do something else; what it has forked lives on when it is let go."""

    def __init__(self, modules: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.modules = modules
        self._channel, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "support.drivers.forking", str(theirs.fileno()), *modules]
            self._process = subprocess.Popen(command, env=dict(environment), pass_fds=[theirs.fileno()], start_new_session=True)  # noqa: S603  (ours)
        self._endings: dict[int, Future[int]] = {}
        self._started: Future[int] = Future()
        threading.Thread(target=self._listen, name="forker", daemon=True).start()

    def start(self, command: Sequence[str], environment: Mapping[str, str], errors: IO[bytes]) -> Forked:
        """`python -m <command>` with exactly that environment, its input and output piped to us; raises OSError where it cannot be started."""
        if self._process.poll() is not None:
            raise OSError(GONE)
        self._started = Future()
        (their_input, our_input), (our_output, their_output) = os.pipe(), os.pipe()
        order = json.dumps({"command": list(command), "environment": dict(environment)}).encode()
        socket.send_fds(self._channel, [order], [their_input, their_output, errors.fileno()])
        os.close(their_input)
        os.close(their_output)
        pid = self._started.result(START_SECONDS)
        return Forked(pid, os.fdopen(our_input, "wb", 0), os.fdopen(our_output, "rb"), self._endings[pid])

    def end(self) -> None:
        """Lets the process go."""
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        with self._channel.makefile("rb") as told, contextlib.suppress(ConnectionResetError):
            for line in told:
                said = json.loads(line)
                if "started" in said:
                    self._endings[said["started"]] = Future()
                    self._started.set_result(said["started"])
                else:
                    self._endings[said["ended"]].set_result(said["code"])
        if not self._started.done():
            self._started.set_exception(OSError(GONE))


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Imports the modules, then forks as it is told, until whoever tells it is gone."""
    channel = socket.socket(fileno=descriptor)
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    heard: list[Any] = [channel, woken]
    while True:
        ready, _, _ = select.select(heard, [], [])
        if woken in ready:
            os.read(woken, 512)
            _tell_endings(channel)
        if channel in ready:
            order, descriptors, _, _ = socket.recv_fds(channel, LONGEST_ORDER, 3)
            if not order:
                return None
            pid = os.fork()
            if pid == 0:
                channel.close()
                os.close(woken)
                os.close(wakes)
                return _become(json.loads(order), descriptors)
            for given in descriptors:
                os.close(given)
            _tell(channel, {"started": pid})


def _tell_endings(channel: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(channel, {"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(channel: socket.socket, what: Mapping[str, int]) -> None:
    channel.sendall(json.dumps(what).encode() + b"\n")


def _become(order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """This process is the server from now on, and ends as it would have ended by itself."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115  (descriptors, for life)
    os.environ.clear()
    os.environ.update(order["environment"])
    module, *arguments = order["command"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
