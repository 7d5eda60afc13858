"""Starting servers quickly: a process that has imported what a server needs, and started nothing, forks itself for each start.

`python -m support.drivers.forking <descriptor> <module>...` is that process. It listens at the descriptor. Whoever connects tells it what to
become, with the descriptors of the new process's input, output and errors, and is told which process was forked and how it ended. It ends
with the last connection.
"""

from __future__ import annotations

import contextlib
import fcntl
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
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

LONGEST_MESSAGE = 1 << 17
START_SECONDS = 20.0
LOST = 1
"""The exit code that is told of a server of which nobody can tell any more how it ends."""


class Forked:
    """A process that is forked for us as soon as it can be; as much of `subprocess.Popen` as a server needs."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.started: Future[int] = Future()
        self.ended: Future[int] = Future()

    @property
    def pid(self) -> int:
        """Its number, once it is there; raises OSError where it never will be."""
        return self.started.result(START_SECONDS)

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs. Negative: by that signal."""
        return self.ended.result() if self.ended.done() else None

    def poll(self) -> int | None:
        """As `returncode`."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, when it has; raises TimeoutExpired."""
        try:
            return self.ended.result(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired("a forked server", timeout or 0.0) from None

    def send_signal(self, number: int) -> None:
        """Sends a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def lose(self) -> None:
        """Nobody starts it any more, or can tell how it ends."""
        with contextlib.suppress(InvalidStateError):
            self.started.set_exception(OSError("the process that starts servers has ended; its errors are above"))
        with contextlib.suppress(InvalidStateError):
            self.ended.set_result(LOST)


class Forker:
    """Our connection to such a process, which imports while we do something else; what it has forked for us lives on when it is let go.

    There is one for all who want the same modules and the same environment and meet in the same folder: the first begins it. What is forked
    for us runs on the processors that we name, or on any.
    """

    def __init__(self, modules: tuple[str, ...], environment: Mapping[str, str], folder: Path, processors: Sequence[int] = ()) -> None:
        self.modules = modules
        self._processors = tuple(processors)
        self._channel = _connected(modules, environment, folder)
        self._asked: deque[Forked] = deque()
        self._running: dict[int, Forked] = {}
        threading.Thread(target=self._listen, name="forker", daemon=True).start()

    def start(self, command: Sequence[str], environment: Mapping[str, str], errors: IO[bytes]) -> Forked:
        """`python -m <command>` with exactly that environment, its input and output piped to us; returns at once."""
        (their_input, our_input), (our_output, their_output) = os.pipe(), os.pipe()
        forked = Forked(os.fdopen(our_input, "wb", 0), os.fdopen(our_output, "rb"))
        self._asked.append(forked)
        order = json.dumps({"command": list(command), "environment": dict(environment), "processors": self._processors}).encode()
        try:
            socket.send_fds(self._channel, [order], [their_input, their_output, errors.fileno()])
        except ConnectionError:
            forked.lose()
        os.close(their_input)
        os.close(their_output)
        return forked

    def end(self) -> None:
        """Lets the process go."""
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # wakes whoever listens
        self._channel.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while told := self._channel.recv(LONGEST_MESSAGE):
                said = json.loads(told)
                if "started" in said:
                    forked = self._running[said["started"]] = self._asked.popleft()
                    forked.started.set_result(said["started"])
                else:
                    self._running.pop(said["ended"]).ended.set_result(said["code"])
        for forked in (*self._asked, *self._running.values()):
            forked.lose()


def _connected(modules: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> socket.socket:
    name = sha256(json.dumps([modules, sorted(environment.items())]).encode()).hexdigest()[:16]
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with _opened(folder) as descriptor, (folder / f"{name}.lock").open("w") as lock:
        address = f"/proc/self/fd/{descriptor}/{name}"  # an address has at most 107 characters, a folder may have more
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            (folder / name).unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
                listening.bind(address)
                listening.listen()
                connection.connect(address)
                _begin(listening.fileno(), modules, environment)
    return connection


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _begin(descriptor: int, modules: tuple[str, ...], environment: Mapping[str, str]) -> None:
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", "support.drivers.forking", str(descriptor), *modules],
        env=dict(environment),
        pass_fds=[descriptor],
        stdin=nothing,
        stdout=nothing,
        start_new_session=True,
    )
    threading.Thread(target=process.wait, name="forker-end", daemon=True).start()


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Imports the modules, then forks as it is told, until nobody is connected."""
    listening = socket.socket(fileno=descriptor)
    gc.disable()  # what is imported is no garbage
    for module in modules:
        with contextlib.suppress(Exception):  # a server that imports it tells its own log what is wrong with it
            importlib.import_module(module)
    gc.freeze()
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    clients: list[socket.socket] = [listening.accept()[0]]
    owners: dict[int, socket.socket] = {}
    while clients:
        heard: list[Any] = [listening, woken, *clients]
        ready, _, _ = select.select(heard, [], [])
        if woken in ready:
            os.read(woken, 512)
            _tell_endings(owners)
        if listening in ready:
            clients.append(listening.accept()[0])
        for client in [each for each in clients if each in ready]:
            order, descriptors, _, _ = socket.recv_fds(client, LONGEST_MESSAGE, 3)
            if not order:
                clients.remove(client)
                client.close()
                continue
            pid = os.fork()
            if pid == 0:
                for ours in (listening, *clients):
                    ours.close()
                os.close(woken)
                os.close(wakes)
                return _become(json.loads(order), descriptors)
            for given in descriptors:
                os.close(given)
            owners[pid] = client
            _tell(client, {"started": pid})
    return None


def _tell_endings(owners: dict[int, socket.socket]) -> None:
    while owners:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        _tell(owners.pop(pid), {"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(client: socket.socket, what: Mapping[str, int]) -> None:
    with contextlib.suppress(OSError):  # who asked has gone
        client.send(json.dumps(what).encode())


def _become(order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """This process is the server from now on, and ends as it would have ended by itself."""
    gc.enable()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    if order["processors"]:
        os.sched_setaffinity(0, order["processors"])
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
