"""Replacing on-demand instances by smaller ones: the new one serves and is watched before the old one goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from support.platform.optimizations.change import Booked, Change
from support.platform.optimizations.documents import Machine
from support.platform.optimizations.failures import NoCapacity, NothingChanged
from support.platform.optimizations.launching import Order, launch, node_of, subnets_of, tags_for
from support.platform.optimizations.scripts import RESIZING
from support.platform.optimizations.watch import Watch
from support.platform.telemetry.savings import saved

CREATE, SHIFT, VALIDATE, TERMINATE = RESIZING


class Rightsizing(Change):
    """The instances of a deployment that the recommendation names, each replaced by one of `target_instance_type`."""

    steps = RESIZING

    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:  # noqa: ARG002  every order is carried out once
        if step == VALIDATE:
            record = self.record
            watch = Watch(self.services, record.customer, record.id, record.plan, self)
            return dict(watch.keep(self.work.nudge, self.journal.step_begun(record.id, step)))
        with self.turn():
            if step == CREATE:
                return self._create()
            if step == SHIFT:
                return self._shift()
            self.site.terminate(self.plan.affected)
            return {"terminated": list(self.plan.affected)}

    @property
    def target(self) -> str:
        """The instance type that the recommendation names."""
        return str(self.plan.details["target_instance_type"])

    def _create(self) -> dict[str, Any]:
        if self.record.snapshot is None:
            self._prepare()
        subnets = subnets_of(self.site.account, self.snapshot.machine(self.plan.affected[0]))
        try:
            for one in self.plan.affected:
                self._launch(self.snapshot.machine(one), self.target, subnets, replaces=one)
        except NoCapacity as error:
            self._end_new()
            raise NothingChanged(str(error), "capacity") from error
        return {"instances": [node.instance_id for node in self.record.serving]}

    def _prepare(self) -> None:
        plan, snapshot = self.plan, self.site.look()
        affected = tuple(one for one in plan.affected if one.startswith("i-"))
        known = {machine.instance_id: machine for machine in snapshot.machines}
        if not affected or not set(affected) <= known.keys():
            raise NothingChanged("the fleet is no longer the one that was approved", "fleet_changed")
        listed = self.on_demand_prices({self.target, *(known[one].instance_type for one in affected)})
        settled = {"affected": affected, "on_demand_hourly": listed, "objective": self.objective()}
        baseline = self.baseline(tuple(known[one] for one in affected))
        self.journal.keep_decided(self.record.id, settled | {"baseline": baseline}, snapshot)

    def _launch(self, like: Machine, kind: str, subnets: Mapping[str, str], replaces: str) -> Machine:
        tags = tags_for(like, self.record.id)
        order = Order(f"{self.record.id}|resizes|{replaces}", like, kind, like.availability_zone, "on_demand", 1, tags)
        found = launch(self.site.account, order, subnets)
        if not found:
            raise NoCapacity(f"no on-demand capacity for a {kind} in {like.availability_zone}")
        self.journal.add_nodes(self.record.id, [node_of(found[0], 1, self.services.clock.now(), replaces)])
        return found[0]

    def _shift(self) -> dict[str, Any]:
        """The new instances serve; then the old ones do not any more."""
        nodes, affected = self.record.serving, self.plan.affected
        self.site.expect_answering({node.instance_id: node.private_ip for node in nodes})
        for name, arn in self.snapshot.groups.items():
            if set(affected) & set(self.snapshot.targets[name]):
                self.site.register(arn, [node.instance_id for node in nodes])
                self.site.expect_healthy(arn, [node.instance_id for node in nodes])
                self.site.deregister(arn, affected)
                self.site.expect_drained(arn, affected)
        return {"serving": [node.instance_id for node in nodes]}

    def addresses(self) -> Mapping[str, str]:
        """Where the new instances are."""
        return {node.instance_id: node.private_ip for node in self.record.serving}

    def silent(self, instance_ids: Collection[str]) -> None:
        """On-demand instances are not taken back: one that is silent stays unknown, and the watch ends unhealthy."""

    def still_worth_it(self) -> None:
        """List prices do not move while a change is under way."""

    def undo(self, step: str) -> dict[str, Any]:
        if self.record.snapshot is None or step == VALIDATE:
            return {}
        with self.turn():
            if step == TERMINATE:
                return self._restore()
            if step == SHIFT:
                return self._shift_back()
            return {"terminated": self._end_new()}

    def _restore(self) -> dict[str, Any]:
        alive = self.site.alive(self.plan.affected)
        made: dict[str, str] = {}
        for one in self.plan.affected:
            if one not in alive:
                machine = self.snapshot.machine(one)
                subnets = {machine.availability_zone: machine.subnet_id} if machine.subnet_id else {}
                purpose = f"{self.record.id}|restores|{one}"
                order = Order(purpose, machine, machine.instance_type, machine.availability_zone, machine.lifecycle, 1, machine.tags)
                found = launch(self.site.account, order, subnets)
                if not found:
                    raise NoCapacity(f"no capacity for a {machine.instance_type} in {machine.availability_zone}")
                self.site.expect_answering({found[0].instance_id: found[0].private_ip})
                made[one] = found[0].instance_id
        return {"restored": made} if made else {}

    def _shift_back(self) -> dict[str, Any]:
        made = self.journal.step_outcome(self.record.id, TERMINATE).get("undone", {}).get("restored", {})
        for name, arn in self.snapshot.groups.items():
            back = [made.get(one, one) for one in self.plan.affected if one in self.snapshot.targets[name]]
            if back:
                self.site.register(arn, back)
                self.site.expect_healthy(arn, back)
                self.site.deregister(arn, [node.instance_id for node in self.record.serving])
                self.site.expect_drained(arn, [node.instance_id for node in self.record.serving])
        return {"serving": list(self.plan.affected)}

    def _end_new(self) -> list[str]:
        ids = [node.instance_id for node in self.record.nodes]
        self.journal.release_nodes(self.record.id, ids)
        self.site.terminate(ids)
        return ids

    def gone(self) -> frozenset[str]:
        outcome = self.journal.step_outcome(self.record.id, TERMINATE)
        return frozenset(self.plan.affected) if "restored" in outcome.get("undone", {}) else frozenset()

    def saving(self) -> Booked:
        listed, snapshot = self.plan.on_demand_hourly, self.snapshot
        before = [listed[snapshot.machine(one).instance_type] for one in self.plan.affected]
        return Booked(saved(before, [listed[node.instance_type] for node in self.record.serving]))
