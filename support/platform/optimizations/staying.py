"""Staying on demand: the cloud is left as it is, and the decision is on record."""

from __future__ import annotations

from typing import Any

from support.platform.optimizations.change import Change
from support.platform.optimizations.failures import NothingChanged
from support.platform.optimizations.scripts import STAYING


class StayOnDemand(Change):
    """One step, which makes sure that there is something that stays."""

    steps = STAYING

    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:  # noqa: ARG002
        named = {one for one in self.plan.affected if one.startswith("i-")}
        alive = self.site.machines([{"Name": "instance-id", "Values": sorted(named)}]) if named else []
        staying = [machine.instance_id for machine in alive if machine.lifecycle == "on_demand"]
        if set(staying) != named:
            raise NothingChanged("the fleet is no longer the one that was approved", "fleet_changed")
        return {"on_demand": staying}

    def undo(self, step: str) -> dict[str, Any]:  # noqa: ARG002
        return {}
