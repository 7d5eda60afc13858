"""Workers on this host (`pytest -n 2`) begin where pytest has read its plugins, not with a new interpreter that reads all of them again.

A worker is forked from the controlling process after its plugins and conftest are imported and before anything is configured, so it holds
modules and nothing of the run. It then waits, as execnet's own new interpreter would, for the line that makes it a gateway. Workers on other
hosts, those that replace a crashed one, and all of them where the system is not Linux, are new interpreters as ever.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from typing import Any

from execnet import gateway_io
from execnet.gateway_io import Popen2IOMaster

CREATE = "create_io"
"""The function with which execnet starts the process of a gateway."""

MISSING = ("python", "via", "ssh", "vagrant_ssh", "socket", "dont_write_bytecode")
"""What a gateway's specification may not ask for if a forked process is to serve."""


class Forked:
    """A process that waits for its first line: what execnet needs to know of `subprocess.Popen`."""

    def __init__(self, earlier: list[Forked]) -> None:
        self._code: int | None = None
        commands, to_it = os.pipe()
        from_it, answers = os.pipe()
        self.ends = (to_it, from_it)
        self.pid = os.fork()
        if self.pid == 0:
            for end in (end for each in (*earlier, self) for end in each.ends):
                os.close(end)
            _serve(commands, answers)
        os.close(commands)
        os.close(answers)

    def connect(self) -> None:
        """Opens the ends of this side; a process that is not connected is to be dismissed."""
        to_it, from_it = self.ends
        self.stdin, self.stdout = os.fdopen(to_it, "wb"), os.fdopen(from_it, "rb")

    def dismiss(self) -> None:
        """Ends a process that nobody needs."""
        for end in self.ends:
            os.close(end)
        self.wait()

    def wait(self) -> int:
        """Waits for its end."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code

    def kill(self) -> None:
        """Ends it at once."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)


def _serve(commands: int, answers: int) -> None:
    """What the command of a new interpreter does: executes the first line that it is sent. Never returns."""
    try:
        os.dup2(commands, 0)
        os.dup2(answers, 1)
        os.close(commands)
        os.close(answers)
        sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
        sys.stdout = open(1, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
        line = sys.stdin.readline()
        if line:
            exec(eval(line), {"__name__": "__main__"})  # noqa: S102, S307 - execnet's own way to begin
        atexit._run_exitfuncs()  # noqa: SLF001 - what an interpreter does at its end
    finally:
        kind, error, trace = sys.exc_info()
        if kind is not None and error is not None:
            sys.excepthook(kind, error, trace)
        os._exit(error is not None)


class _Connected(Popen2IOMaster):
    def __init__(self, process: Forked, execmodel: Any) -> None:  # noqa: ANN401 - execnet's own
        process.connect()
        self.popen: Any = process
        super(Popen2IOMaster, self).__init__(process.stdin, process.stdout, execmodel=execmodel)


def can_fork() -> bool:
    """Whether workers may be forked here: elsewhere system libraries do not bear it, and execnet must start processes where we expect it."""
    return sys.platform == "linux" and hasattr(gateway_io, CREATE)


class ForkedWorkers:
    """Processes that wait to be workers."""

    def __init__(self, count: int) -> None:
        self._waiting: list[Forked] = []
        for _ in range(count):
            self._waiting.append(Forked(self._waiting))
        self._original = getattr(gateway_io, CREATE)
        setattr(gateway_io, CREATE, self._create)

    def _create(self, spec: Any, execmodel: Any) -> Any:  # noqa: ANN401 - execnet's own
        if not self._waiting or not spec.popen or any(getattr(spec, name, None) for name in MISSING):
            return self._original(spec, execmodel)
        return _Connected(self._waiting.pop(0), execmodel)

    def dismiss(self) -> None:
        """Ends those that were not needed; from here on every worker is a new interpreter."""
        setattr(gateway_io, CREATE, self._original)
        while self._waiting:
            self._waiting.pop().dismiss()
