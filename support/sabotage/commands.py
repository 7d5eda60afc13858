"""`acceptance sabotage`: break one rule after the other, and see who notices."""

from __future__ import annotations

import fnmatch
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from support.problems import Problem, Problems

if TYPE_CHECKING:
    from support.sabotage.findings import Finding
    from support.sabotage.keeping import Keeping
    from support.sabotage.registry import Defect
    from support.sabotage.running import Judging


SCHEMA = "optiinfra-sabotage/2"
"""The version of the form in which findings are written for tools."""


class Format(StrEnum):
    """How the findings are written."""

    TABLE = "table"
    JSON = "json"


INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        epilog="Examples: `acceptance sabotage` · `acceptance sabotage REQ-SPT-012` · `acceptance sabotage --all` · `acceptance sabotage --list`"
    )(sabotage)


def sabotage(
    names: Annotated[list[str] | None, typer.Argument(help="Defects, requirements, or patterns of them (`REQ-RBK-*`).", show_default=False)] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Run every scenario that claims the requirement, not only until one notices.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Tell the defects and run nothing.")] = False,
    form: Annotated[Format, typer.Option("--format", help="table: to read; json: for tools.")] = Format.TABLE,
    workers: Annotated[int, typer.Option(help="How many defects are judged at a time.", min=1)] = 2,
    keep: Annotated[bool, typer.Option(help="Keep what was proved in support/sabotage/proof.json.")] = True,
) -> None:
    """Plant each defect in the embedded target and run the scenarios that claim the requirement which it violates.

    Shows who noticed, at which step, with which message, and which scenarios have never noticed anything. Who noticed the last time is asked
    first. Exit code 1 if a defect was not noticed at a step that verifies its requirement, or if with `--all` a scenario noticed nothing.
    """
    from support.audits.project import find_root
    from support.evidence.ledger import LEDGER_PATH, load_ledger
    from support.evidence.proofs import PROOF_PATH
    from support.sabotage.keeping import Keeping, without_proof
    from support.sabotage.registry import examined
    from support.sabotage.running import Judging

    root = find_root(Path.cwd())
    known = examined(load_ledger(root / LEDGER_PATH))
    chosen = _chosen(names or [], known)
    if only_list:
        _list(chosen, form)
        return
    keeping = Keeping(root / PROOF_PATH, known, write=keep)
    judging = Judging(root, chosen, keeping.proofs, everybody)
    findings, whole = _judged(judging, keeping, workers)
    relevant = judging.relevant()
    blind = without_proof(relevant, keeping.proofs)
    if form is Format.JSON:
        typer.echo(json.dumps(document(findings, blind), indent=1, ensure_ascii=False))
    else:
        _table(findings)
        _blind(blind, len(relevant), everybody=everybody)
    if not whole:
        typer.echo(f"interrupted: {len(findings)} of {len(chosen)} defects were judged, and what they prove is kept", err=True)
        raise typer.Exit(INTERRUPTED)
    good = all(finding.detected for finding in findings) and not (everybody and blind)
    raise typer.Exit(0 if good else 1)


def _judged(judging: Judging, keeping: Keeping, workers: int) -> tuple[list[Finding], bool]:
    """What becomes of the defects, in their order, and whether nobody interrupted; each is told and kept as soon as it is known."""
    findings: dict[str, Finding] = {}
    begun = time.monotonic()
    whole = True
    try:
        for finding in judging.findings(workers):
            findings[finding.defect.name] = finding
            keeping.keep(finding, judging.scenarios)
            typer.echo(f"[{len(findings):3}/{len(judging.defects)}]{_line(finding)}", err=True)
    except KeyboardInterrupt:
        whole = False
    typer.echo(f"{len(findings)} defects judged in {time.monotonic() - begun:.0f} s", err=True)
    return [findings[defect.name] for defect in judging.defects if defect.name in findings], whole


def document(findings: Iterable[Finding], blind: Sequence[str]) -> dict[str, Any]:
    """The findings for tools, described by `sabotage.schema.json`, with the scenarios that notice nothing."""
    return {"schema": SCHEMA, "findings": [values(finding) for finding in findings], "scenarios_without_a_defect": list(blind)}


def values(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "defect": finding.defect.name,
        "requirement": finding.defect.requirement,
        "what": finding.defect.what,
        "place": finding.defect.place,
        "detected": finding.detected,
        "trouble": finding.trouble,
        "seconds": round(finding.seconds, 3),
        "noticed_by": [
            {
                "scenario": notice.scenario,
                "place": notice.place,
                "step": notice.step,
                "message": notice.message,
                "verifies_the_requirement": notice.verifies,
            }
            for notice in finding.notices
        ],
        "silent": list(finding.silent),
        "left_out": list(finding.left_out),
    }


def _chosen(names: list[str], known: Mapping[str, Defect]) -> list[Defect]:
    """The defects that these names and patterns mean, in the order of their requirements; raises `Problems` for each that means none."""
    wanted: set[str] = set()
    problems = []
    for name in names:
        found = [each.name for each in known.values() if fnmatch.fnmatch(each.name, name) or fnmatch.fnmatch(each.requirement, name)]
        wanted.update(found)
        if not found:
            near = get_close_matches(name, [*known, *(each.requirement for each in known.values())], 1)
            remedy = f"did you mean {near[0]}?" if near else "`acceptance sabotage --list` tells them all"
            problems.append(Problem("sabotage", 0, "", f"no defect is called {name}, and none violates it", remedy))
    if problems:
        raise Problems(problems)
    return [each for each in known.values() if not names or each.name in wanted]


def _line(finding: Finding) -> str:
    if finding.trouble:
        return f"  ?  {finding.defect.requirement} {finding.defect.name}: {finding.trouble}"
    mark = "  ✓ " if finding.detected else "  ✕ "
    return f"{mark} {finding.defect.requirement} {finding.defect.name} ({finding.seconds:.1f} s)"


def _list(chosen: list[Defect], form: Format) -> None:
    if form is Format.JSON:
        typer.echo(
            json.dumps([{"name": each.name, "requirement": each.requirement, "what": each.what, "place": each.place} for each in chosen], indent=1)
        )
        return
    for each in chosen:
        typer.echo(f"{each.requirement}  {each.name}: {each.what} ({each.place})")


def _blind(blind: list[str], among: int, *, everybody: bool) -> None:
    """Which scenarios notice nothing, as far as that is known."""
    typer.echo(f"{among - len(blind)} of the {among} scenarios that claim these requirements are known to notice a defect")
    for scenario in blind:
        typer.echo(f"  none yet: {scenario}")
    if blind and not everybody:
        typer.echo("a defect is shown to scenarios only until one notices; `acceptance sabotage --all` shows it to all that claim its requirement")


def _table(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Who noticed", title_justify="left", show_lines=True)
    for column in ("requirement", "defect", "noticed at", "message"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        head = (finding.defect.requirement, f"[b]{finding.defect.name}[/b]\n{finding.defect.what}")
        if not finding.notices:
            table.add_row(*head, "[red]nobody[/red]", finding.trouble or "every scenario that claims it stayed green")
        for number, notice in enumerate(finding.notices):
            where = f"{'' if notice.verifies else '[yellow]not a verifying step:[/yellow] '}{notice.step}\n{notice.place}"
            table.add_row(*(head if number == 0 else ("", "")), where, notice.message)
    Console().print(table)
    detected = sum(finding.detected for finding in findings)
    typer.echo(f"{detected} of {len(findings)} defects were noticed at a step that verifies their requirement")
