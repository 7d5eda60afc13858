"""Defects of dealings with the spot market."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch


@defect("REQ-SPT-006", "smaller nodes pass for as large if they have the same accelerator")
def smaller_nodes_pass() -> None:
    patch("support.platform.fleet.views:Spec.replaces", lambda _: lambda spec, other: spec.accelerator == other.accelerator)


@defect("REQ-SPT-006", "nodes with another accelerator are launched")
def another_accelerator_launched() -> None:
    def broken(launch: Callable[..., Any]) -> Callable[..., Any]:
        return lambda account, order, subnets: launch(account, replace(order, instance_type=order.instance_type.replace("g5.", "g6.")), subnets)

    patch("support.platform.optimizations.launching:launch", broken)


@defect("REQ-SPT-006", "new nodes start without the user data of the old ones")
def user_data_left_out() -> None:
    def broken(launch: Callable[..., Any]) -> Callable[..., Any]:
        return lambda account, order, subnets: launch(account, replace(order, like=order.like.model_copy(update={"user_data": None})), subnets)

    patch("support.platform.optimizations.launching:launch", broken)


@defect("REQ-SPT-006", "all nodes come from the cheapest pool")
def one_pool_for_all() -> None:
    @instead_of("support.platform.optimizations.nodes:Nodes.provide")
    def provide(_provide: Broken, nodes: Any, wave: int, wanted: int) -> None:
        from support.platform.optimizations.launching import subnets_of
        from support.platform.optimizations.pools import ranked

        change = nodes._change
        like = change.snapshot.machine(change.plan.affected[0])
        missing = wanted - len(nodes.serving())
        if missing > 0:
            nodes._launch(wave, ranked(change.plan.pools)[0].key, missing, like, subnets_of(change.site.account, like))


@defect("REQ-SPT-017", "without spot capacity on-demand nodes are launched instead")
def on_demand_instead_of_spot() -> None:
    @instead_of("support.platform.optimizations.launching:launch")
    def launched(launch: Broken, account: Any, order: Any, subnets: Any) -> Any:
        return launch(account, order, subnets) or launch(account, replace(order, lifecycle="on_demand"), subnets)


@defect("REQ-SPT-017", "the nodes that could be launched are kept when the others could not")
def partial_capacity_kept() -> None:
    patch("support.platform.optimizations.nodes:Nodes.release_all", lambda _: lambda _nodes: [])


@defect("REQ-SPT-017", "what a pool gives only in part is not noted, and asked for again elsewhere")
def partial_answer_forgotten() -> None:
    @instead_of("support.platform.optimizations.launching:launch")
    def launched(launch: Broken, account: Any, order: Any, subnets: Any) -> Any:
        found = launch(account, order, subnets)
        return found if len(found) == order.count else []


@defect("REQ-SPT-018", "the price is looked at before a migration and never again")
def price_not_watched() -> None:
    patch("support.platform.optimizations.migration:SpotMigration.still_worth_it", lambda _: lambda _change: None)


@defect("REQ-SPT-018", "a price of 60.1% is still worth while")
def price_limit_too_high() -> None:
    patch("support.platform.optimizations.pools:HIGHEST_SHARE", lambda share: share + Decimal("0.001"))


@defect("REQ-SPT-018", "a price of exactly 60.0% is not worth while any more")
def price_limit_too_low() -> None:
    patch("support.platform.optimizations.pools:HIGHEST_SHARE", lambda share: share - Decimal("0.0005"))


@defect("REQ-SPT-019", "a throttled call is given up at once")
def throttled_call_given_up() -> None:
    patch("support.platform.cloud:PAUSES_SECONDS", lambda _: ())


@defect("REQ-SPT-019", "a throttled call is repeated until it is answered")
def throttled_call_never_given_up() -> None:
    patch("support.platform.cloud:PAUSES_SECONDS", lambda pauses: pauses + pauses[-1:] * 200)


@defect("REQ-SPT-019", "a launch whose answer was lost is carried out again", place="world")
def launch_repeated() -> None:
    @instead_of("support.world.aws.ec2:Ec2.run_instances")
    def launched(run_instances: Broken, ec2: Any) -> Any:
        ec2.params["ClientToken"] = ""
        return run_instances(ec2)
