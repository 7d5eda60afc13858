"""`acceptance check`: the house style, checked."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from support.problems import Problem, Problems

if TYPE_CHECKING:
    from support.audits.rules import CodedRule


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Examples: `acceptance check` · `acceptance check features/rollback --code F` · `acceptance check --explain F05`")(check)


def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Show only what is found below these files or folders.")] = None,
    code: Annotated[list[str] | None, typer.Option(help="Only rules whose code starts like this (F, S02); may be repeated.")] = None,
    form: Annotated[Format, typer.Option("--format", help="text: a line each; json: for tools; github: annotations.")] = Format.TEXT,
    explain: Annotated[str, typer.Option(help="Tell a rule's reason with an example that breaks it and one that keeps it.")] = "",
) -> None:
    """Check features, steps, ledger and layers against the house style, without a target.

    Each finding is `file:line: code what is wrong; what to write instead`. Exit code 1 if anything is found.
    """
    from support.audits.check import problems_of
    from support.audits.project import Project, find_root

    if explain:
        _explain(explain)
        return
    root = find_root(Path.cwd())
    wanted = [_below(root, path) for path in paths or ()]
    _known_codes(code or (), "--code")
    gc.disable()  # a third of the time goes by in looking through syntax trees, of which nothing is garbage before the end
    try:
        found = [problem for problem in problems_of(Project(root), code or ()) if not wanted or _is_below(problem, wanted)]
    finally:
        gc.freeze()
        gc.enable()
    for line in rendered(found, form):
        typer.echo(line)
    raise typer.Exit(1 if found else 0)


def rendered(found: list[Problem], form: Format) -> list[str]:
    """The findings in this format."""
    if form is Format.JSON:
        return [json.dumps([asdict(problem) for problem in found], indent=2)]
    if form is Format.GITHUB:
        return [_annotation(problem) for problem in found]
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return [*(problem.render() for problem in found), count if found else "every rule is kept"]


def _annotation(problem: Problem) -> str:
    def escaped(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def property_value(text: str) -> str:
        return escaped(text).replace(":", "%3A").replace(",", "%2C")

    place = f"file={property_value(problem.path)},line={problem.line or 1},title={property_value(problem.code)}"
    return f"::error {place}::{escaped(f'{problem.what}; {problem.instead}')}"


def _below(root: Path, path: Path) -> Path:
    resolved = path.resolve()
    if not resolved.exists() or not resolved.is_relative_to(root):
        raise Problems([Problem(str(path), 0, "", "is nothing in this repository", "name a file or folder below its root")])
    return resolved.relative_to(root)


def _is_below(problem: Problem, wanted: list[Path]) -> bool:
    return any(Path(problem.path).is_relative_to(path) for path in wanted)


def _known_codes(codes: Sequence[str], option: str) -> None:
    from support.audits.rules import RULES

    unknown = [code for code in codes if not any(known.startswith(code) for known in RULES)]
    if unknown:
        raise Problems([Problem(option, 0, "", f"{code} is no code", f"the codes are {', '.join(sorted(RULES))}") for code in unknown])


def _explain(code: str) -> None:
    import support.audits.check  # noqa: F401 - its import fills RULES
    from support.audits.rules import RULES

    _known_codes([code], "--explain")
    for known in sorted(RULES):
        if known.startswith(code):
            _print_rule(RULES[known])


def _print_rule(rule: CodedRule) -> None:
    from rich.syntax import Syntax

    console = Console()
    console.print(f"[bold]{rule.code}[/bold]  {rule.rule}", highlight=False)
    console.print(rule.reason + "\n", highlight=False)
    for title, example in (("breaks it", rule.breaks), ("keeps it", rule.keeps)):
        console.print(f"[italic]{title}[/italic]")
        console.print(Syntax(example + "\n", "gherkin" if rule.code.startswith("F") else "python", background_color="default"))
