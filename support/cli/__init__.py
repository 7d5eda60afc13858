"""`acceptance`: one command for authors. Each sub-command is one module, and imports what it needs only when it runs.

Exit codes: 0 done, 1 the command found something (a broken rule, a failed scenario), 2 a mistake in how it was asked.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from support.drivers.lost import TargetLost
from support.problems import EXIT_CODE, Problems

OWN_COMMANDS = ("check", "phrases", "new", "serve", "watch", "editor", "postgres")
ROOMS = ("support.evidence.commands", "support.sabotage.commands", "support.bench.commands")
"""Rooms that bring commands of their own: each offers `add_to(app)`."""


def application() -> typer.Typer:
    """The whole command, every sub-command mounted."""
    app = typer.Typer(
        name="acceptance",
        help="Work on OptiInfra's acceptance specification. pytest runs it; this command helps to write, explore and judge it.",
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    for name in OWN_COMMANDS:
        import_module(f"support.cli.{name}").add_to(app)
    for room in ROOMS:
        import_module(room).add_to(app)
    return app


def main() -> None:
    """Runs the command; a user's mistake and a target that is gone are told without a traceback, with exit code 2."""
    try:
        application()()
    except Problems as mistakes:
        typer.echo(mistakes.render(), err=True)
        sys.exit(EXIT_CODE)
    except TargetLost as lost:
        typer.echo(str(lost), err=True)
        sys.exit(EXIT_CODE)
