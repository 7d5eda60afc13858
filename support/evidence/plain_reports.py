"""What pytest itself tells of a scenario, in the terminal and in JUnit XML, under the rule of every report: no secret, no path of the machine."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from support.evidence.masking import Masking

_HOST = re.compile(r'(<testsuite\b[^>]*?) hostname="[^"]*"')


def mask(report: pytest.TestReport, masking: Masking) -> None:
    """Masks the failure and everything that was captured beside it, before anybody is told."""
    if isinstance(report.longrepr, tuple):  # a skip: pytest itself reads the place
        path, line, reason = report.longrepr
        report.longrepr = path, line, masking(reason)
    elif report.longrepr is not None:
        report.longrepr = _masked(report.longrepr, masking)
    report.sections = [(name, masking(text)) for name, text in report.sections]


def forget_the_host(junit: Path) -> None:
    """Takes from a JUnit file the name of the machine, which pytest writes on every suite."""
    junit.write_text(_HOST.sub(r"\1", junit.read_text(encoding="utf-8")), encoding="utf-8")


def _masked(value: Any, masking: Masking) -> Any:  # noqa: ANN401 - the parts of which pytest makes a failure: records, lists and texts
    if isinstance(value, str):
        return masking(value)
    if isinstance(value, list | tuple):
        return type(value)(_masked(each, masking) for each in value)
    if is_dataclass(value):
        for part in fields(value):
            setattr(value, part.name, _masked(getattr(value, part.name), masking))
    return value
