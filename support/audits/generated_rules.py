"""Rules on files that follow from other files (A05, A06)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from support.audits.guide import GUIDE, with_table
from support.audits.project import Project
from support.audits.rules import Finding, coded
from support.editor import SETTINGS, settings_text

CONSTRAINTS = ".constraints.txt"
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.+!]+)")


@coded("A05")
def generated_in_step(project: Project) -> Iterator[Finding]:
    """The editor's settings fit the vocabulary, and the table of codes in the guide fits the rules.

    Both are made from what is written elsewhere; out of step they mislead.

    Breaks:
        == .vscode/settings.json
        {"cucumber.parameterTypes": []}
    Keeps:
        == .vscode/settings.json
        (written by acceptance editor)
    """
    if (project.root / SETTINGS).is_file() and project.text(SETTINGS) != settings_text():
        yield Finding(str(SETTINGS), 1, "does not fit support/vocabulary.py", "run acceptance editor")
    guide = project.text(GUIDE)
    if guide and guide != with_table(guide):
        yield Finding(str(GUIDE), 1, "holds an outdated table of codes", "run acceptance editor")


@coded("A06")
def exact_versions(project: Project) -> Iterator[Finding]:
    """Every dependency has one exact version in .constraints.txt, without a download address.

    A run of today and a run of next year must differ by what we changed, wherever the packages are fetched from.

    Breaks:
        == pyproject.toml
        [project]
        dependencies = ["httpx>=0.28", "rich>=15"]
        == .constraints.txt
        httpx @ https://example.com/httpx-0.28.1.whl
    Keeps:
        == pyproject.toml
        [project]
        dependencies = ["httpx>=0.28", "rich>=15"]
        == .constraints.txt
        httpx==0.28.1
        rich==15.0.0
    """
    pins: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(project.text(CONSTRAINTS).splitlines(), start=1):
        pin = PIN.fullmatch(line.strip())
        if pin:
            pins[canonicalize_name(pin["name"])] = (number, pin["version"])
        elif line.strip() and not line.startswith("#"):
            yield Finding(CONSTRAINTS, number, f'"{line.strip()}" is not an exact version', "write name==version and nothing else")
    declared = tomllib.loads(project.text("pyproject.toml")).get("project", {}).get("dependencies", [])
    for requirement in map(Requirement, declared):
        number, version = pins.get(canonicalize_name(requirement.name), (0, ""))
        if not version:
            yield Finding(CONSTRAINTS, 0, f"does not pin {requirement.name}", f"add {requirement.name}==<version>")
        elif not requirement.specifier.contains(Version(version), prereleases=True):
            yield Finding(CONSTRAINTS, number, f"{requirement.name} {version} does not satisfy {requirement.specifier}", "raise the pin")
