"""`acceptance sabotage`: break one rule after the other, and see who notices."""

from __future__ import annotations

import fnmatch
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from support.problems import Problem, Problems, shown

if TYPE_CHECKING:
    from support.sabotage.registry import Defect
    from support.sabotage.running import Finding


class Format(StrEnum):
    """How the findings are written."""

    TABLE = "table"
    JSON = "json"


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(epilog="Examples: `acceptance sabotage` · `acceptance sabotage REQ-SPT-012` · `acceptance sabotage --list`")(sabotage)


def sabotage(
    names: Annotated[list[str] | None, typer.Argument(help="Defects, requirements, or patterns of them (`REQ-RBK-*`).", show_default=False)] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Tell the defects and run nothing.")] = False,
    form: Annotated[Format, typer.Option("--format", help="table: to read; json: for tools.")] = Format.TABLE,
    workers: Annotated[int, typer.Option(help="How many defects are tried at a time.", min=1)] = 2,
    keep: Annotated[bool, typer.Option(help="Keep what was proved in support/sabotage/proof.json.")] = True,
) -> None:
    """Plant each defect in the embedded target and run the scenarios that claim the requirement which it violates.

    Shows who noticed, at which step, with which message. Exit code 1 if a defect was not noticed at a step that verifies its requirement.
    """
    from support.audits.project import find_root
    from support.sabotage.running import judge_all

    chosen = _chosen(names or [])
    if only_list:
        _list(chosen, form)
        return
    root = find_root(Path.cwd())
    findings = judge_all(root, chosen, workers, lambda finding: typer.echo(_line(finding), err=True))
    if keep:
        _keep(root, findings)
    if form is Format.JSON:
        typer.echo(
            json.dumps({"schema": "optiinfra-sabotage/1", "findings": [values(finding) for finding in findings]}, indent=1, ensure_ascii=False)
        )
    else:
        _table(findings)
    raise typer.Exit(0 if all(finding.detected for finding in findings) else 1)


def values(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "defect": finding.defect.name,
        "requirement": finding.defect.requirement,
        "what": finding.defect.what,
        "place": finding.defect.place,
        "detected": finding.detected,
        "trouble": finding.trouble,
        "seconds": finding.seconds,
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
    }


def _chosen(names: list[str]) -> list[Defect]:
    from support.sabotage.registry import defect_named, defects

    known = list(defects().values())
    if not names:
        return known
    chosen = []
    for name in names:
        found = [each for each in known if fnmatch.fnmatch(each.name, name) or fnmatch.fnmatch(each.requirement, name)]
        chosen += found or ([defect_named(name)] if not name.startswith("REQ-") else [])
        if not found and name.startswith("REQ-"):
            raise Problems([Problem("sabotage", 0, "", f"no defect violates {name}", "add one below support/sabotage/defects")])
    return list(dict.fromkeys(chosen))


def _keep(root: Path, findings: list[Finding]) -> None:
    """Replaces the proofs of the defects that were tried; those of others stay."""
    from support.evidence.proofs import PROOF_PATH, read_proofs, write_proofs

    tried = {finding.defect.name for finding in findings}
    path = root / PROOF_PATH
    others = [proof for proof in read_proofs(path) if proof.defect not in tried]
    write_proofs(path, [*others, *(proof for finding in findings for proof in finding.proofs())])
    typer.echo(f"proofs kept in {shown(path)}", err=True)


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
