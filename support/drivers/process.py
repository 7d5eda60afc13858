"""A server of ours as a process: started, heard to be ready, watched, killed, ended. Nothing outlives the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotReadyInTime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from support.drivers.lost import TargetLost

if TYPE_CHECKING:
    from support.drivers.forking import Forked, Forker

LOG_TAIL_LINES = 60
END_SECONDS = 5.0


class ServerProcess:
    """One server, `python -m <module> ... --follow-stdin`. It prints one JSON line when it is ready and logs to `log`.

    Its stdin is a pipe of ours: when this process ends, however it ends, the server sees the end of the pipe and ends too.
    """

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], log: Path, forker: Forker | None = None) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as errors:
            start = _start if forker is None else forker.start
            self._process = start([*command, "--follow-stdin"], environment, errors)
        self._ready: Future[dict[str, str]] = Future()
        threading.Thread(target=self._listen, name=f"{name}-output", daemon=True).start()

    @property
    def identifier(self) -> int:
        """The operating system's number of the process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process exists and has not ended."""
        return self._process.poll() is None

    def ready(self, within: float) -> dict[str, str]:
        """The addresses that the server announced; raises TargetLost with the log's tail when it ends or hangs before."""
        try:
            return self._ready.result(timeout=within)
        except NotReadyInTime:
            raise self.lost(f"did not become ready within {within:g} seconds") from None

    def lost(self, how: str) -> TargetLost:
        """The error that says what became of the process, with the last lines of its log."""
        state = "is still running" if self.running else f"ended with exit code {self._process.returncode}"
        return TargetLost(f"{self.name} {how}; its process {state}", self.log_tail())

    def log_tail(self, lines: int = LOG_TAIL_LINES) -> str:
        """The last lines that the process logged."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def kill(self) -> None:
        """Ends the process as a power cut would: SIGKILL, no goodbye."""
        self._process.kill()
        self._close()

    def end(self) -> None:
        """Ends the process politely, and after a few seconds by force."""
        if self.running:
            os.kill(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._close()

    def _close(self) -> None:
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _listen(self) -> None:
        output = self._process.stdout
        line = output.readline() if output is not None else b""
        try:
            announced = json.loads(line)
        except ValueError:
            self._process.wait()
            self._ready.set_exception(self.lost("ended before it was ready" if not line else f"announced {line!r} instead of its addresses"))
        else:
            self._ready.set_result({str(key): str(value) for key, value in announced.items()})


def _start(command: Sequence[str], environment: Mapping[str, str], errors: IO[bytes]) -> subprocess.Popen[bytes] | Forked:
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=dict(environment),
        start_new_session=True,
    )
