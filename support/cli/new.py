"""`acceptance new`: the first lines of a scenario."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from support.problems import Problem, Problems


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    example = 'acceptance new --requirement REQ-SPT-009 --persona Northwind --situation "A healthy first wave is followed by the second"'
    app.command(epilog=f"Example: `{example}`")(new)


def new(
    requirement: Annotated[str, typer.Option(help="The id that the scenario will verify (REQ-SPT-009).")] = "",
    persona: Annotated[str, typer.Option(help="Whom it is about (Northwind).")] = "",
    situation: Annotated[str, typer.Option(help="Its title: situation and outcome, as a fact.")] = "",
    capability: Annotated[str, typer.Option(help="The feature's name, where no feature states the requirement yet.")] = "",
) -> None:
    """Start a scenario: what is not given as an option is asked for.

    It is written into the feature that states the requirement, or a new one, with the nearest phrases, and tagged @draft: it must fail
    until you have finished it and take the tag away.
    """
    from support.audits.project import Project, find_root
    from support.drafting import Wish, start_scenario

    asked = {"requirement": requirement, "persona": persona, "situation": situation}
    missing = [name for name, value in asked.items() if not value]
    if missing and not sys.stdin.isatty():
        raise Problems([Problem(f"--{name}", 0, "", "is not given, and nobody can be asked here", "give it as an option") for name in missing])
    for name in missing:
        asked[name] = typer.prompt(name.capitalize())
    draft = start_scenario(Project(find_root(Path.cwd())), Wish(capability=capability, **asked))
    typer.echo(f"{draft.path}:{draft.line} is yours: replace the steps by what you mean (acceptance phrases), then take @draft away")
    for problem in draft.problems:
        typer.echo(problem.render(), err=True)
    raise typer.Exit(1 if draft.problems else 0)
