"""The matrix in its formats. Each is made from the same document, so that none can say what another does not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from support.evidence.matrix.document import Document
from support.evidence.verdicts import MEANING, Standing

SYMBOLS: Mapping[str, str] = {
    "proven": "◆",
    "verified": "✓",
    "partly": "◐",
    "failed": "✕",
    "exercised only": "◌",
    "waived": "–",
    "not covered": "○",
}
"""Each standing without colour."""

COLUMNS = ("epic", "requirement", "title", "milestone", "priority", "standing", "suspect", "scenarios", "counting", "sentences", "proofs", "why_not")
"""The columns of the CSV format."""


def as_html(document: Document) -> str:
    """One page that needs nothing else: no network, no script to be read; with scripts it can be filtered."""
    from support.evidence.matrix.page import page  # only this format needs a template

    environment = page()
    environment.filters["when"] = _when
    environment.filters["slug"] = lambda text: text.replace(" ", "-")
    milestones = sorted({requirement["milestone"] for _, requirement in _requirements(document)})
    return environment.get_template("matrix.html.j2").render(
        document=document,
        run=document["run"],
        standings=[standing.value for standing in Standing],
        meaning={standing.value: text for standing, text in MEANING.items()},
        symbols=SYMBOLS,
        milestones=milestones,
        milestone_now=_milestone_now(document, milestones),
    )


def as_json(document: Document) -> str:
    """The document itself."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_csv(document: Document) -> str:
    """One line for each requirement, for a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for epic, requirement in _requirements(document):
        claims = requirement["claims"]
        writer.writerow(
            (
                epic["name"],
                requirement["id"],
                requirement["title"],
                requirement["milestone"],
                requirement["priority"],
                requirement["standing"],
                "yes" if requirement["suspect"] else "",
                len(claims),
                sum(claim["counts"] for claim in claims),
                " | ".join(_sentences(requirement)),
                " | ".join(proof["defect"] for proof in requirement["proofs"]),
                " | ".join(requirement["reasons"]),
            )
        )
    return stream.getvalue()


def as_markdown(document: Document) -> str:
    """A table for each epic, for a pull request or a wiki."""
    return "\n".join(_markdown(document)) + "\n"


def _markdown(document: Document) -> Iterator[str]:
    run = document["run"]
    yield "# What OptiInfra must do, and what shows it"
    yield ""
    yield f"{run['scenarios']} scenarios on {run['target']}, {_when(run['started'])}: {_told(document['totals'])}."
    if run["partial"]:
        yield f"\n> {run['partial']}"
    if document["delta"]:
        yield f"\nSince the run before: **{document['delta']['headline']}**."
    for epic in document["epics"]:
        yield f"\n## {epic['name']}\n\n| | requirement | verdict | sentences, or why not |\n| --- | --- | --- | --- |"
        for requirement in epic["requirements"]:
            told = _sentences(requirement) or requirement["reasons"]
            cells = (SYMBOLS[requirement["standing"]], f"**{requirement['id']}** {requirement['title']}", requirement["standing"], "<br>".join(told))
            yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    if document["without_defect"]:
        yield f"\n## Scenarios that no defect has turned red: {len(document['without_defect'])}\n"
        yield from (f"- {each['scenario']} (`{each['place']}`)" for each in document["without_defect"])


def _told(totals: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {standing}" for standing, count in totals.items() if count)


def _sentences(requirement: Document) -> list[str]:
    return list(dict.fromkeys(sentence["text"] for claim in requirement["claims"] for sentence in claim["sentences"]))


def _requirements(document: Document) -> Iterator[tuple[Document, Document]]:
    for epic in document["epics"]:
        for requirement in epic["requirements"]:
            yield epic, requirement


def _milestone_now(document: Document, milestones: list[int]) -> int:
    """The latest milestone of which something is claimed: what lies beyond is not expected yet."""
    claimed = {requirement["milestone"] for _, requirement in _requirements(document) if requirement["claims"]}
    return max(claimed, default=milestones[0] if milestones else 1)


def _when(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%-d %B %Y, %H:%M} UTC"


FORMATS: Mapping[str, Callable[[Document], str]] = {"html": as_html, "csv": as_csv, "markdown": as_markdown, "json": as_json}
"""Every format by its name on the command line."""


def render(document: Document, name: str) -> str:
    """The document in the format of that name."""
    return FORMATS[name](document)
