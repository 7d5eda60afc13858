"""Defects of the agents' care for the right size."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch


@defect("REQ-RSC-001", "only nodes that are used at less than 30 percent count as too large")
def half_used_is_well_used() -> None:
    patch("support.platform.agents.resource:UNDERUSED", lambda _: Decimal(30))


@defect("REQ-RSC-001", "a node that is used at exactly 40 percent counts as too large")
def forty_is_below_forty() -> None:
    patch("support.platform.agents.resource:UNDERUSED", lambda least: least + Decimal("0.01"))


@defect("REQ-RSC-003", "sizes are chosen by the average, and the peak is left out")
def peak_forgotten() -> None:
    @instead_of("support.platform.agents.resource:_target")
    def by_average(target: Broken, fleet: Any, workload: Any, node: Any) -> Any:
        return target(fleet, workload, replace(node, peak=node.utilization))
