"""The nodes that a migration launches: provided, put into service, released, replaced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from support.platform.optimizations.change import Change
from support.platform.optimizations.documents import Machine, Node
from support.platform.optimizations.failures import NoCapacity, NotRegistered, StepFailed
from support.platform.optimizations.launching import Order, Supply, launch, node_of, tags_for
from support.platform.optimizations.pools import Pool, ranked
from support.platform.optimizations.site import OPTIMIZATION_TAG


class Nodes:
    """The nodes of one migration. To be used during one's turn on the deployment."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._journal = change.journal
        self._id = change.work.optimization_id

    def serving(self) -> tuple[Node, ...]:
        """The nodes that were launched and not released."""
        return self._change.record.serving

    def adopt(self) -> None:
        """Takes note of nodes that a former process launched and did not live to note."""
        known = {node.instance_id for node in self._change.record.nodes}
        strangers = [machine for machine in self._tagged() if machine.instance_id not in known]
        self._journal.add_nodes(self._id, [node_of(machine, self._wave(machine), self._now()) for machine in strangers])

    def _tagged(self) -> list[Machine]:
        return self._change.site.machines([{"Name": f"tag:{OPTIMIZATION_TAG}", "Values": [self._id]}])

    @staticmethod
    def _wave(machine: Machine) -> int:
        return int(machine.tags.get("optiinfra:wave", "1"))

    def provide(self, wave: int, wanted: int) -> None:
        """Launches what is missing to that number of nodes. NoCapacity when the market cannot give it, or only from one pool."""
        plan, snapshot = self._change.plan, self._change.snapshot
        like = snapshot.machine(plan.affected[0])
        if len(self.serving()) < wanted:
            supply = Supply(plan.pools)
            while len(used := [node.pool for node in self.serving()]) < wanted:
                for pool, count in supply.next(used, wanted).items():
                    launched = self._launch(wave, pool, count, like, plan.subnets)
                    if len(launched) < count:
                        supply.exhausted(pool)
        pools = {node.pool for node in self.serving()}
        if wanted > 1 and len(pools) < 2:
            raise NoCapacity(f"only {' in '.join(next(iter(pools)))} has capacity, and nodes must be spread over more than one pool")

    def _launch(self, wave: int, pool: tuple[str, str], count: int, like: Machine, subnets: Mapping[str, str]) -> list[Machine]:
        instance_type, zone = pool
        tags = tags_for(like, self._id) | {"optiinfra:wave": str(wave)}
        order = Order(f"{self._id}|{len(self._change.record.nodes)}", like, instance_type, zone, "spot", count, tags)
        launched = launch(self._change.site.account, order, subnets)
        self._journal.add_nodes(self._id, [node_of(machine, wave, self._now()) for machine in launched])
        return launched

    def enrol(self, group_arn: str, wave: int) -> None:
        """Registers the nodes of the wave as soon as their model servers answer. Vanished when one of them is gone."""
        self._register(group_arn, {node.instance_id: node.private_ip for node in self.serving() if node.wave == wave})

    def _register(self, group_arn: str, addresses: Mapping[str, str]) -> None:
        self._change.site.expect_answering(addresses)
        self._change.site.register(group_arn, addresses)

    def expect_healthy(self, group_arn: str) -> None:
        """Returns when the load balancer finds all nodes healthy. Vanished when one of them is gone.

        A node that a former process did not live to register is registered now.
        """
        addresses = {node.instance_id: node.private_ip for node in self.serving()}
        try:
            self._change.site.expect_healthy(group_arn, addresses)
        except NotRegistered as found:
            self._register(group_arn, {one: addresses[one] for one in found.instance_ids})
            self._change.site.expect_healthy(group_arn, addresses)

    def release(self, nodes: Sequence[Node], group_arn: str | None) -> None:
        """Takes nodes out of service for good: no new requests, then no requests, then no node."""
        ids = [node.instance_id for node in nodes if node.released_at is None]
        self._journal.release_nodes(self._id, ids)
        site = self._change.site
        if group_arn is not None and ids:
            site.deregister(group_arn, ids)
            site.expect_drained(group_arn, ids)
        site.terminate([node.instance_id for node in nodes])

    def release_all(self) -> list[str]:
        """Terminates everything that carries the change's tag and is alive, known or not. Answers the ids."""
        left = [machine.instance_id for machine in self._tagged()]
        self._journal.release_nodes(self._id, [node.instance_id for node in self.serving()])
        self._change.site.terminate(left)
        return left

    def replace(self, lost: Node, group_arn: str | None) -> Node:
        """Launches a node in place of one that is lost, in another pool if any has capacity, on demand otherwise, and puts it into service.

        From its launch on it stands in for the lost one, and is itself replaced when it is gone.
        """
        plan = self._change.plan
        like = self._change.snapshot.machine(plan.affected[0])
        machine = self._replacement(lost, like, plan.subnets)
        node = node_of(machine, lost.wave, self._now(), replaces=lost.instance_id)
        self._journal.add_nodes(self._id, [node])
        self._journal.release_nodes(self._id, [lost.instance_id])
        if group_arn is not None:
            self._register(group_arn, {node.instance_id: node.private_ip})
        return node

    def _replacement(self, lost: Node, like: Machine, subnets: Mapping[str, str]) -> Machine:
        plan, account = self._change.plan, self._change.site.account
        prices = self._change.spot_prices({pool.instance_type for pool in plan.pools})
        ceiling = self._change.on_demand_prices({like.instance_type})[like.instance_type]
        current = [Pool(*pool.key, prices.get(pool.key, pool.price), pool.interruption_rate) for pool in plan.pools]
        tags = tags_for(like, self._id) | {"optiinfra:wave": str(lost.wave)}
        purpose = f"{self._id}|replaces|{lost.instance_id}"
        for pool in ranked(current):
            if pool.key == lost.pool or pool.price >= ceiling:
                continue
            found = launch(account, Order(purpose, like, *pool.key, "spot", 1, tags), subnets)
            if found:
                return found[0]
        for zone in dict.fromkeys([like.availability_zone, *sorted(subnets)]):
            found = launch(account, Order(purpose, like, like.instance_type, zone, "on_demand", 1, tags), subnets)
            if found:
                return found[0]
        raise NoCapacity(f"neither spot nor on-demand capacity replaces {lost.instance_id}")

    def cost(self, extra: Collection[Pool] = ()) -> Decimal:
        """USD an hour at this moment of the nodes in service, and of such further ones."""
        nodes = self.serving()
        spot = self._change.spot_prices({node.instance_type for node in nodes if node.lifecycle == "spot"} | {pool.instance_type for pool in extra})
        listed = self._change.on_demand_prices({node.instance_type for node in nodes if node.lifecycle == "on_demand"})
        missing = {node.pool for node in nodes if node.lifecycle == "spot"} - spot.keys()
        if missing:
            raise StepFailed(f"the market has no price for {', '.join(' in '.join(pool) for pool in sorted(missing))}", "price")
        hourly = [spot[node.pool] if node.lifecycle == "spot" else listed[node.instance_type] for node in nodes]
        return sum(hourly, Decimal(0)) + sum((spot.get(pool.key, pool.price) for pool in extra), Decimal(0))

    def _now(self) -> datetime:
        return self._change.services.clock.now()
