"""`acceptance editor`: writes what follows from other files."""

from __future__ import annotations

from pathlib import Path

import typer


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Example: `acceptance editor`, after a change of support/vocabulary.py or of a rule")(editor)


def editor() -> None:
    """Write the editor's settings from the vocabulary and the guide's table of codes from the rules.

    `acceptance check` (A05) tells when this is due.
    """
    import support.audits.check  # noqa: F401 - its import fills the table
    from support.audits.guide import GUIDE, with_table
    from support.audits.project import find_root
    from support.editor import SETTINGS, settings_text

    root = find_root(Path.cwd())
    written = {root / SETTINGS: settings_text(), root / GUIDE: with_table((root / GUIDE).read_text(encoding="utf-8"))}
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {path.relative_to(root)}")
