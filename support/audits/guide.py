"""The table of codes in the authors' guide, made from the rules' docstrings."""

from __future__ import annotations

from pathlib import Path

from support.audits.rules import RULES

GUIDE = Path("features/README.md")
START = "<!-- codes: written by `acceptance editor` from the rules under support/audits -->"
END = "<!-- end of codes -->"


def table() -> str:
    """Every code with its rule and its reason, as a Markdown table in the order of the codes."""
    rows = [f"| {rule.code} | {_cell(rule.rule)} | {_cell(rule.reason)} |" for _, rule in sorted(RULES.items())]
    return "\n".join(["| code | rule | reason |", "| --- | --- | --- |", *rows])


def with_table(guide: str) -> str:
    """The guide with the table between its two marks replaced; a guide without the marks stays as it is."""
    before, start, rest = guide.partition(START)
    _, end, after = rest.partition(END)
    return f"{before}{start}\n{table()}\n{end}{after}" if start and end else guide


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
