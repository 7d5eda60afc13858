"""Defects of what is done about nodes that the cloud takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

INTERRUPTIONS = "support.platform.optimizations.interruptions"


@defect("REQ-SPT-015", "the notice of a reclaim is not heard; the node is replaced when it is gone")
def notice_not_heard() -> None:
    patch(f"{INTERRUPTIONS}:WARNING", lambda _: "EC2 Spot Instance Farewell")


@defect("REQ-SPT-015", "a node that is taken back before its step is done is nobody's")
def unknown_node_ignored() -> None:
    @instead_of(f"{INTERRUPTIONS}:_owners")
    def known(owners: Broken, services: Any, customer_id: str, instance_id: str) -> list[str]:
        from support.platform.optimizations.journal import Journal

        found = owners(services, customer_id, instance_id)
        return [one for one in found if any(node.instance_id == instance_id for node in Journal(services).read(one).nodes)]


@defect("REQ-SPT-015", "a node that is taken back is replaced and not drained")
def reclaimed_node_not_drained() -> None:
    @instead_of("support.platform.optimizations.migration:SpotMigration.replace")
    def replaced(_replace: Broken, change: Any, lost: Any) -> Any:
        return change.nodes.replace(lost, change._made_group())


@defect("REQ-SPT-015", "a node that vanishes before it serves is waited for")
def vanished_node_waited_for() -> None:
    patch("support.platform.optimizations.migration:SpotMigration._replacing_what_vanishes", lambda _: lambda _change, act: act())


@defect("REQ-SPT-015", "what vanishes without its notice is not missed before it is asked for")
def vanished_node_not_missed() -> None:
    patch(f"{INTERRUPTIONS}:LOST_STATES", lambda _: frozenset())


@defect("REQ-SPT-015", "for each node that is taken back two are launched")
def two_for_one() -> None:
    @instead_of("support.platform.optimizations.nodes:Nodes.replace")
    def replaced(replace: Broken, nodes: Any, lost: Any, group_arn: str | None) -> Any:
        node = replace(nodes, lost, group_arn)
        replace(nodes, lost.model_copy(update={"instance_id": f"{lost.instance_id}-again"}), group_arn)
        return node


@defect("REQ-SPT-016", "on-demand capacity is never asked for in place of a reclaimed node")
def never_back_to_on_demand() -> None:
    def broken(launch: Callable[..., Any]) -> Callable[..., Any]:
        return lambda account, order, subnets: [] if order.lifecycle == "on_demand" else launch(account, order, subnets)

    patch("support.platform.optimizations.launching:launch", broken)


@defect("REQ-SPT-016", "on-demand capacity replaces a reclaimed node although another pool has room")
def on_demand_at_once() -> None:
    @instead_of("support.platform.optimizations.nodes:Nodes._replacement")
    def replaced(_replacement: Broken, nodes: Any, lost: Any, like: Any, subnets: Any) -> Any:
        from support.platform.optimizations.launching import Order, launch, tags_for

        name = nodes._id
        order = Order(f"{name}|{lost.instance_id}", like, like.instance_type, like.availability_zone, "on_demand", 1, tags_for(like, name))
        return launch(nodes._change.site.account, order, subnets)[0]


@defect("REQ-SPT-016", "a migration that goes back leaves the on-demand nodes that replaced reclaimed ones")
def replacement_left_behind() -> None:
    @instead_of("support.platform.optimizations.nodes:Nodes._tagged")
    def spot_only(tagged: Broken, nodes: Any) -> Any:
        return [machine for machine in tagged(nodes) if machine.lifecycle == "spot"]
