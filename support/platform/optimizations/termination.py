"""Ending instances that do nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from support.platform.optimizations.change import Booked, Change
from support.platform.optimizations.documents import Machine
from support.platform.optimizations.failures import NoCapacity, NothingChanged
from support.platform.optimizations.launching import Order, launch
from support.platform.optimizations.scripts import TERMINATION
from support.platform.telemetry.savings import saved

VERIFY, DRAIN, TERMINATE = TERMINATION
IDLE_PERCENT = 5
LOOK_BACK = timedelta(hours=1)


class IdleTermination(Change):
    """Looks once more, takes the instances out of service, then ends them."""

    steps = TERMINATION

    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:  # noqa: ARG002
        with self.turn():
            if step == VERIFY:
                return self._verify()
            if step == DRAIN:
                self._each_group(self.site.deregister)
                self._each_group(self.site.expect_drained)
                return {"drained": self._idle()}
            self.site.terminate(self._idle())
            return {"terminated": self._idle()}

    def _idle(self) -> list[str]:
        return [one for one in self.plan.affected if one.startswith("i-")]

    def _verify(self) -> dict[str, Any]:
        busy = {one: cpu for one in self._idle() if (cpu := self._utilization(one)) is not None and cpu >= IDLE_PERCENT}
        if busy:
            told = ", ".join(f"{one} at {cpu:.1f}%" for one, cpu in busy.items())
            raise NothingChanged(f"no longer idle: {told}", "no_longer_idle")
        snapshot = self.site.look()
        known = {machine.instance_id: machine for machine in snapshot.machines}
        if not snapshot.deployment:
            known = {one.instance_id: one for one in self.site.whole_machines([{"Name": "instance-id", "Values": self._idle()}])}
            snapshot = snapshot.model_copy(update={"machines": tuple(known.values())})
        if not set(self._idle()) <= known.keys():
            raise NothingChanged("the fleet is no longer the one that was approved", "fleet_changed")
        listed = self.on_demand_prices({known[one].instance_type for one in self._idle()})
        self.journal.keep_decided(self.record.id, {"on_demand_hourly": listed}, snapshot)
        return {"idle": self._idle()}

    def _utilization(self, instance_id: str) -> float | None:
        now = self.services.clock.now()
        points = self.site.account.cloudwatch.get_metric_statistics(
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "InstanceId", "Value": instance_id}],
            StartTime=now - LOOK_BACK,
            EndTime=now,
            Period=int(LOOK_BACK.total_seconds()),
            Statistics=["Average"],
        )["Datapoints"]
        return max((point["Average"] for point in points), default=None)

    def _each_group(self, act: Any) -> None:  # noqa: ANN401  a method of the site
        snapshot = self.snapshot
        for name, arn in snapshot.groups.items():
            mine = [one for one in self._idle() if one in snapshot.targets[name]]
            if mine:
                act(arn, mine)

    def undo(self, step: str) -> dict[str, Any]:
        if self.record.snapshot is None or step == VERIFY:
            return {}
        with self.turn():
            if step == DRAIN:
                present = [one for one in self._idle() if one in self.site.alive(self._idle())]
                for name, arn in self.snapshot.groups.items():
                    self.site.register(arn, [one for one in present if one in self.snapshot.targets[name]])
                return {"registered": present}
            alive = self.site.alive(self._idle())
            gone = [self.snapshot.machine(one) for one in self._idle() if one not in alive]
            made = {machine.instance_id: self._like(machine) for machine in gone}
            for name, arn in self.snapshot.groups.items():
                self.site.register(arn, [made[one].instance_id for one in made if one in self.snapshot.targets[name]])
            return {"restored": [machine.instance_id for machine in made.values()]} if made else {}

    def _like(self, machine: Machine) -> Machine:
        subnets = {machine.availability_zone: machine.subnet_id} if machine.subnet_id else {}
        purpose = f"{self.record.id}|restores|{machine.instance_id}"
        order = Order(purpose, machine, machine.instance_type, machine.availability_zone, machine.lifecycle, 1, machine.tags)
        found = launch(self.site.account, order, subnets)
        if not found:
            raise NoCapacity(f"no capacity for a {machine.instance_type} in {machine.availability_zone}")
        return found[0]

    def gone(self) -> frozenset[str]:
        outcome = self.journal.step_outcome(self.record.id, TERMINATE)
        return frozenset(self._idle()) if "restored" in outcome.get("undone", {}) else frozenset()

    def saving(self) -> Booked:
        listed, snapshot = self.plan.on_demand_hourly, self.snapshot
        return Booked(saved([listed[snapshot.machine(one).instance_type] for one in self._idle()], []))
