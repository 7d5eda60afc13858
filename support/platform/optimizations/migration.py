"""Moving a deployment's on-demand nodes to spot capacity: seven steps, three waves, on-demand capacity last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.platform.fleet.prices import interruption_rates
from support.platform.fleet.views import DEPLOYMENT_TAG, HOURS_PER_MONTH, INTERRUPTIBLE_TAG, group_name
from support.platform.optimizations.change import Booked, Change, Work
from support.platform.optimizations.documents import Machine, Node, Plan
from support.platform.optimizations.failures import NoCapacity, NothingChanged, StepFailed, Vanished
from support.platform.optimizations.launching import Order, launch, subnets_of
from support.platform.optimizations.nodes import Nodes
from support.platform.optimizations.pools import Pool, TooFewPools, hourly, spread, worth_while
from support.platform.optimizations.scripts import SPOT
from support.platform.optimizations.site import OPTIMIZATION_TAG
from support.platform.optimizations.watch import WATCH_PERIOD, Watch
from support.platform.optimizations.waves import Wave, waves
from support.platform.telemetry.savings import saved

CREATE, CANARY, VALIDATE_CANARY, SCALE, VALIDATE_SCALE, FULL, TERMINATE = SPOT
WATCHES = frozenset({VALIDATE_CANARY, VALIDATE_SCALE})
WAVE_OF = {CREATE: 1, SCALE: 2, FULL: 3}
TIME_LIMIT = timedelta(minutes=10)
"""Within this a migration is completed, watch periods included; one that cannot be goes back."""


class SpotMigration(Change):
    """The steps in the order in which they are taken. Each is taken for real and can be undone, the last one included."""

    steps = SPOT

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.nodes = Nodes(self)
        self._spot: str | None = None
        self._traffic_is_back = False

    # going on

    def take(self, step: str, *, resumed: bool) -> dict[str, Any]:
        self._expect_in_time(WATCH_PERIOD if step in WATCHES and not resumed else timedelta())
        if step in WATCHES:
            record = self.record
            watch = Watch(self.services, record.customer, record.id, record.plan, self)
            return dict(watch.keep(self.work.nudge, self.journal.step_begun(record.id, step)))
        with self.turn():
            if step == CREATE:
                return self._create(resumed=resumed)
            if resumed:
                self.nodes.adopt()
            if step == TERMINATE:
                return self._terminate()
            return self._widen({CANARY: 0, SCALE: 1, FULL: 2}[step])

    def _expect_in_time(self, needed: timedelta) -> None:
        begun = self.record.begun_at
        if begun is not None and self.services.clock.now() + needed > begun + TIME_LIMIT:
            minutes = int(TIME_LIMIT.total_seconds() // 60)
            raise StepFailed(f"the migration would take longer than {minutes} minutes; the cloud has held it up", "time")

    def waves(self) -> tuple[Wave, Wave, Wave]:
        """How many nodes and how much traffic each wave covers."""
        return waves(len(self.plan.affected), len(self.snapshot.machines))

    def _create(self, *, resumed: bool) -> dict[str, Any]:
        if self.record.snapshot is None:
            self._prepare()
        if resumed:
            self.nodes.adopt()
        first = self.waves()[0]
        try:
            self.nodes.provide(1, first.nodes)
        except (NoCapacity, TooFewPools) as error:
            self.nodes.release_all()
            raise NothingChanged(str(error), "capacity") from error
        return {"instances": [node.instance_id for node in self.nodes.serving()]}

    def _prepare(self) -> None:
        """Takes the snapshot and fixes the plan. Changes nothing in the cloud; NothingChanged where the migration makes no sense any more."""
        plan, snapshot = self.plan, self.site.look()
        affected = tuple(one.instance_id for one in snapshot.machines if one.instance_id in plan.affected and one.lifecycle == "on_demand")
        if not affected or set(affected) != {one for one in plan.affected if ":" not in one and one != snapshot.deployment}:
            raise NothingChanged("the fleet is no longer the one that was approved", "fleet_changed")
        if snapshot.listener_arn is None or snapshot.serving_group(affected) is None:
            raise NothingChanged(f"{snapshot.deployment} has no load balancer through which traffic could be shifted", "no_load_balancer")
        machines = tuple(snapshot.machine(one) for one in affected)
        if kept := firm(machines):
            raise NothingChanged(f"{', '.join(kept)} must not be interrupted", "policy")
        listed = self.on_demand_prices({one.instance_type for one in machines})
        pools = self._market(plan, {one.instance_type for one in machines})
        before = sum((listed[one.instance_type] for one in machines), Decimal(0))
        try:
            after = hourly(spread(pools, len(affected)))
        except TooFewPools as error:
            raise NothingChanged(f"no_spot_capacity: {error}", "capacity") from error
        if not worth_while(after, before):
            raise NothingChanged(f"price: {len(affected)} spot nodes cost ${after} an hour, on demand they cost ${before}", "price")
        network = {"pools": pools, "subnets": subnets_of(self.site.account, machines[0])}
        settled = {"affected": affected, "on_demand_hourly": listed, "objective": self.objective(), **network}
        self.journal.keep_decided(self.record.id, settled | {"baseline": self.baseline(machines)}, snapshot)

    def _market(self, plan: Plan, instance_types: set[str]) -> tuple[Pool, ...]:
        """The pools that the recommendation named, at today's prices; all pools of the replaced types if it named none."""
        named = plan.details.get("pools") or []
        prices = self.spot_prices({entry["instance_type"] for entry in named} or instance_types)
        if named:
            found = [Pool(one["instance_type"], one["availability_zone"], Decimal(0), Decimal(str(one["interruption_rate"]))) for one in named]
        else:
            rates = interruption_rates(self.services.network.client(self.record.customer), self.site.account.region, {kind for kind, _ in prices})
            found = [Pool(kind, zone, Decimal(0), rates[kind]) for kind, zone in sorted(prices) if kind in rates]
        return tuple(Pool(*pool.key, prices[pool.key], pool.interruption_rate) for pool in found if pool.key in prices)

    def _widen(self, index: int) -> dict[str, Any]:
        """Brings the wave's nodes into service with the wave's share of traffic."""
        wave = self.waves()[index]
        if index:
            self.nodes.provide(index + 1, wave.nodes)
        serving, spot = self._groups(make=True)
        weights = self._weights(wave, serving, spot)
        self._serve(index + 1, spot, weights)
        return {"nodes": len(self.nodes.serving()), "spot_weight": weights[spot], "group": spot}

    def _serve(self, wave: int, group: str, weights: Mapping[str, int]) -> None:
        """Puts the wave's nodes into service, and then gives them their traffic; returns when the load balancer finds them healthy."""
        listener = self.snapshot.listener_arn
        assert listener is not None, "checked when the change was prepared"
        self._replacing_what_vanishes(lambda: self.nodes.enrol(group, wave))
        self.site.shift(listener, weights)
        self._replacing_what_vanishes(lambda: self.nodes.expect_healthy(group))

    def _replacing_what_vanishes(self, act: Callable[[], None]) -> None:
        """Acts until no node was found to be gone meanwhile; each that was is replaced first."""
        lost: tuple[Node, ...] = ()
        while True:
            try:
                for node in lost:
                    self.replace(node)
                return act()
            except Vanished as found:
                lost = tuple(node for node in self.nodes.serving() if node.instance_id in found.instance_ids)
                if not lost:
                    raise

    def _groups(self, *, make: bool = False) -> tuple[str, str]:
        """The ARNs of the on-demand nodes' target group and of the spot nodes'."""
        snapshot, plan = self.snapshot, self.plan
        name = snapshot.serving_group(plan.affected)
        assert name is not None, "checked when the change was prepared"
        serving = snapshot.groups[name]
        spot = group_name(snapshot.deployment, "spot")
        if self._spot is None:
            self._spot = snapshot.groups.get(spot) or self.journal.step_outcome(self.record.id, CANARY).get("group")
        if self._spot is None and make:
            tags = {DEPLOYMENT_TAG: snapshot.deployment, OPTIMIZATION_TAG: self.record.id}
            self._spot = self.site.make_group(spot, serving, tags)
        return serving, self._spot or ""

    def _weights(self, wave: Wave, serving: str, spot: str) -> Mapping[str, int]:
        """Traffic by target group: the wave's share is taken from the on-demand nodes and given to the spot nodes."""
        snapshot = self.snapshot
        total = sum(snapshot.weights.values()) or 100
        had = {snapshot.groups[name]: 100 * weight // total for name, weight in snapshot.weights.items()}
        return had | {serving: max(had[serving] - wave.weight, 0), spot: had.get(spot, 0) + wave.weight}

    def _terminate(self) -> dict[str, Any]:
        """Ends the on-demand nodes that were replaced, when all of the traffic that they had is served by healthy spot nodes."""
        serving, spot = self._groups(make=True)
        affected = self.plan.affected
        if (serving_now := len(self.nodes.serving())) < len(affected):
            raise StepFailed(f"{serving_now} nodes serve instead of {len(affected)}", "capacity_unhealthy")
        self._replacing_what_vanishes(lambda: self.nodes.expect_healthy(spot))
        self.site.deregister(serving, affected)
        self.site.expect_drained(serving, affected)
        self.site.terminate(affected)
        return {"terminated": list(affected)}

    # what the watch looks after

    def addresses(self) -> Mapping[str, str]:
        """Where the nodes are that serve on spot."""
        return {node.instance_id: node.private_ip for node in self.nodes.serving()}

    def silent(self, instance_ids: Collection[str]) -> None:
        """Replaces those of the nodes that are gone."""
        with self.turn():
            gone = set(instance_ids) - self.site.alive(instance_ids)
            for node in self.nodes.serving():
                if node.instance_id in gone:
                    self.replace(node)

    def still_worth_it(self) -> None:
        """StepFailed when the migrated fleet would cost more than makes it worth while."""
        plan = self.plan
        planned = spread(plan.pools, len(plan.affected))[len(self.nodes.serving()) :]  # the nodes that are still to come
        after = self.nodes.cost(planned)
        before = sum((plan.on_demand_hourly[self.snapshot.machine(one).instance_type] for one in plan.affected), Decimal(0))
        if not worth_while(after, before):
            raise StepFailed(f"the spot price has risen: {len(plan.affected)} nodes cost ${after} an hour, on demand they cost ${before}", "price")

    def replace(self, lost: Node) -> Node:
        """Puts another node in the place of one that the cloud takes back. To be called during a turn on the deployment."""
        serving = self._spot_group()
        node = self.nodes.replace(lost, serving)
        if serving:
            self.site.deregister(serving, [lost.instance_id])
        return node

    def _spot_group(self) -> str | None:
        """The ARN of the spot nodes' target group, looked for if a former process did not complete the step that makes it."""
        return self._groups()[1] or self._made_group()

    def _made_group(self) -> str | None:
        return self.site.find_group(group_name(self.snapshot.deployment, "spot"))

    # going back

    def gone(self) -> frozenset[str]:
        outcome = self.journal.step_outcome(self.record.id, TERMINATE)
        return frozenset(self.plan.affected) if "restored" in outcome.get("undone", {}) else frozenset()

    def undo(self, step: str) -> dict[str, Any]:
        if self.record.snapshot is None or step in WATCHES:
            return {}
        with self.turn():
            if step == TERMINATE:
                return self._restore_capacity()
            if step == CREATE:
                return {"terminated": self.nodes.release_all()}
            self._restore_traffic()
            if step == CANARY:
                return self._drop_group()
            leaving = [node for node in self.record.nodes if node.wave == WAVE_OF[step]]
            self.nodes.release(leaving, self._spot_group())
            return {"terminated": [node.instance_id for node in leaving]}

    def _restore_traffic(self) -> None:
        """All traffic goes where it went before the change, at once and not wave by wave: nobody is served by what goes back."""
        if not self._traffic_is_back:
            snapshot = self.snapshot
            assert snapshot.listener_arn is not None
            self.site.restore_actions(snapshot.listener_arn, snapshot.actions)
            self._traffic_is_back = True

    def _drop_group(self) -> dict[str, Any]:
        """Empties the spot nodes' target group, and deletes it unless it was there before."""
        spot = self._spot_group()
        if spot is None:
            return {}
        remaining = self.nodes.serving()
        self.site.deregister(spot, [node.instance_id for node in remaining])
        self.site.expect_drained(spot, [node.instance_id for node in remaining])
        if group_name(self.snapshot.deployment, "spot") not in self.snapshot.groups:
            self.site.drop_group(spot)
        return {"weights": self.snapshot.weights}

    def _restore_capacity(self) -> dict[str, Any]:
        """On-demand nodes are there again and serve: those that were terminated are replaced by others of their kind."""
        snapshot, affected = self.snapshot, self.plan.affected
        serving = self._groups()[0]
        alive = self.site.alive(affected)
        made = [self._like(snapshot.machine(one)) for one in affected if one not in alive]
        self.site.expect_answering({machine.instance_id: machine.private_ip for machine in made})
        present = [*sorted(alive), *(machine.instance_id for machine in made)]
        self.site.register(serving, present)
        self.site.expect_healthy(serving, present)
        return {"restored": [machine.instance_id for machine in made]} if made else {}

    def _like(self, machine: Machine) -> Machine:
        subnets = {machine.availability_zone: machine.subnet_id} if machine.subnet_id else {}
        purpose = f"{self.record.id}|restores|{machine.instance_id}"
        order = Order(purpose, machine, machine.instance_type, machine.availability_zone, "on_demand", 1, machine.tags)
        found = launch(self.site.account, order, subnets)
        if not found:
            raise NoCapacity(f"no on-demand capacity for a {machine.instance_type} in {machine.availability_zone}")
        return found[0]

    def saving(self) -> Booked:
        plan, snapshot, cost = self.plan, self.snapshot, self.nodes.cost()
        types = [snapshot.machine(one).instance_type for one in plan.affected]
        replaced = Counter(types)
        before = [f"before: {count} x {kind} on demand at ${plan.on_demand_hourly[kind]} an hour" for kind, count in sorted(replaced.items())]
        serving = Counter(f"{node.instance_type} {node.lifecycle.replace('_', ' ')} in {node.availability_zone}" for node in self.nodes.serving())
        after = [f"after: {count} x {kind}" for kind, count in sorted(serving.items())]
        basis = (*before, *after, f"after: together ${cost} an hour", f"{HOURS_PER_MONTH} hours a month")
        return Booked(saved([plan.on_demand_hourly[kind] for kind in types], [cost]), basis)


def firm(machines: Iterable[Machine]) -> list[str]:
    """Those of the machines whose owner does not say that their work tolerates interruption."""
    return [one.instance_id for one in machines if one.tags.get(INTERRUPTIBLE_TAG) != "true"]
