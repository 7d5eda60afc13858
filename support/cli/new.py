"""`acceptance new`: the first lines of a scenario."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from support.problems import Problem, Problems

if TYPE_CHECKING:
    from support.evidence.ledger import Ledger

QUESTIONS = {
    "requirement": "Which requirement (an id of features/requirements.toml)",
    "persona": "Whom it is about (features/README.md knows the personas)",
    "situation": "What happens: situation and outcome, as a fact",
}


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
    from support.evidence.ledger import LEDGER_PATH, load_ledger

    asked = {"requirement": requirement, "persona": persona, "situation": situation}
    missing = [name for name, value in asked.items() if not value]
    if missing and not sys.stdin.isatty():
        raise Problems([Problem(f"--{name}", 0, "", "is not given, and nobody can be asked here", "give it as an option") for name in missing])
    root = find_root(Path.cwd())
    if missing:
        ledger = load_ledger(root / LEDGER_PATH)
        asked |= {name: typer.prompt(QUESTIONS[name], value_proc=partial(_acceptable, name, ledger)) for name in missing}
    draft = start_scenario(Project(root), Wish(capability=capability, **asked))
    typer.echo(f"{draft.path}:{draft.line} is yours: replace the steps by what you mean (acceptance phrases), then take @draft away")
    for problem in draft.problems:
        typer.echo(problem.render(), err=True)
    raise typer.Exit(1 if draft.problems else 0)


def _acceptable(name: str, ledger: Ledger, answer: str) -> str:
    """The answer; where it cannot be used, its author is told why and asked again."""
    from support.drafting import mistake_in

    mistake = mistake_in(answer.strip(), name, ledger)
    if mistake is not None:
        raise typer.BadParameter(f"{mistake.what}; {mistake.instead}")
    return answer.strip()
