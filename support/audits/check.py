"""All coded rules applied to the repository at once."""

from __future__ import annotations

from collections.abc import Iterable

from support.audits import feature_prose, feature_shape, generated_rules, layer_rules, ledger_rules, step_rules
from support.audits.project import Project
from support.audits.rules import RULES
from support.problems import Problem

MODULES = (feature_prose, feature_shape, generated_rules, layer_rules, ledger_rules, step_rules)
"""The modules that hold the rules; importing them has filled `RULES`."""


def problems_of(project: Project, codes: Iterable[str] = ()) -> list[Problem]:
    """Every problem, in the order of file and line; only of rules whose code starts with one of `codes`, if any are given."""
    wanted = tuple(codes)
    rules = [rule for code, rule in RULES.items() if not wanted or code.startswith(wanted)]
    return sorted({problem for rule in rules for problem in rule.problems(project)})
