"""`acceptance phrases`: the phrase book."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from support.phrase_book import Entry


class Format(StrEnum):
    """How the book is written."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    HTML = "html"


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog='Examples: `acceptance phrases` · `acceptance phrases "wave"` · `acceptance phrases --format html > phrases.html`')(phrases)


def phrases(
    search: Annotated[list[str] | None, typer.Argument(help="Words that a phrase, its noun, an example or a requirement must hold.")] = None,
    form: Annotated[Format, typer.Option("--format", help="terminal: tables by noun; markdown; html: one self-contained page.")] = Format.TERMINAL,
) -> None:
    """The phrases by noun: what may stand in their places, an example, what they verify, how often and how long they ran.

    Exit code 1 if a search finds nothing.
    """
    from support.audits.project import Project, find_root
    from support.phrase_book import book, html, markdown

    root = find_root(Path.cwd())
    entries = [entry for entry in book(Project(root)) if entry.mentions(search or ())]
    if form is Format.HTML:
        typer.echo(html(entries))
    elif form is Format.MARKDOWN:
        typer.echo(markdown(entries))
    else:
        _print_tables(entries)
    if search and not entries:
        typer.echo(f"no phrase mentions {' and '.join(search)}; acceptance phrases shows them all", err=True)
        raise typer.Exit(1)


def _print_tables(entries: list[Entry]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from support.phrase_book import by_noun, shortly

    console = Console()
    for noun, of_noun in by_noun(entries):
        table = Table(title=noun, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=True)
        for heading, width in (("", 5), ("phrase, parameters, example", None), ("verifies", 11), ("used", 4), ("took", 8)):
            table.add_column(heading, width=width, ratio=None if width else 1, justify="right" if heading in {"used", "took"} else "left")
        for entry in of_noun:
            said = Text(entry.phrase, style="bold")
            for line in (*entry.parameters, *([f"e.g. {entry.example}"] if entry.example != entry.phrase else [])):
                said.append(f"\n  {line}", style="not bold dim")
            table.add_row(entry.kind, said, "\n".join(shortly(entry.verifies)), str(entry.used), entry.took)
        console.print(table)
