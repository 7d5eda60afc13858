"""The routes below /control: what a scenario bends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from decimal import Decimal

from moto.events.models import EventPattern
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from support.world.accounts import Account, Delivery
from support.world.asking import asked
from support.world.aws.faults import Fault
from support.world.aws.market import Step
from support.world.aws.on_demand import price_list
from support.world.aws.reclaim import Notice, NotSpot, reclaim
from support.world.aws.stacks import CloudFormation
from support.world.aws.trust import make_role
from support.world.control.addressed import account_of
from support.world.control.asked import (
    MarketChange,
    Mode,
    NewDeployment,
    NewFault,
    Pages,
    Pool,
    PriceSteps,
    Reclaim,
    Stack,
    Utilization,
    UtilizationChange,
)
from support.world.control.history import history_routes
from support.world.control.holding import hold_routes
from support.world.llm.model import LanguageModel
from support.world.models.behaviour import Declaration
from support.world.world import World

DONE = {"done": True}


class Control:
    """Bends the world, one account at a time."""

    def __init__(self, world: World, language_model: LanguageModel) -> None:
        self._world = world
        self._language_model = language_model

    def routes(self) -> list[BaseRoute]:
        """All routes of the control interface."""
        account = "/accounts/{account}"
        return [
            Mount(
                "/control",
                routes=[
                    Route(f"{account}/stack", self.install_stack, methods=["POST"]),
                    Route(f"{account}/deployments/{{name}}", self.build_deployment, methods=["POST"]),
                    Route(f"{account}/deployments/{{name}}", self.declare_workload, methods=["PUT"]),
                    Route(f"{account}/utilization", self.declare_utilization, methods=["PUT"]),
                    Route(f"{account}/market", self.change_market, methods=["PUT"]),
                    Route(f"{account}/reclaim", self.take_back, methods=["POST"]),
                    Route(f"{account}/faults", self.break_cloud, methods=["POST"]),
                    Route(f"{account}/faults", self.mend_cloud, methods=["DELETE"]),
                    Route(f"{account}/pages", self.shorten_pages, methods=["PUT"]),
                    Route("/llm", self.set_language_model, methods=["POST"]),
                    Route("/ondemand-prices", self.on_demand_prices),
                    *history_routes(self._world),
                    *hold_routes(self._world),
                ],
            )
        ]

    async def install_stack(self, request: Request) -> Response:
        """The customer's stack: role and event delivery."""
        account, wanted = account_of(self._world, request), await asked(request, Stack)
        rule = EventPattern.load(json.dumps(wanted.event_pattern or {}))
        account.delivery = Delivery(wanted.event_url, wanted.event_token or "", rule) if wanted.event_url else None
        return JSONResponse({"role_arn": make_role(account.number, wanted.role_name, wanted.external_id)})

    async def build_deployment(self, request: Request) -> Response:
        """A deployment that the customer's stack builds: its front door, and its nodes."""
        account, wanted = account_of(self._world, request), await asked(request, NewDeployment)
        name = request.path_params["name"]
        self._world.settle(account)
        built = CloudFormation(self._world, account).build(name, wanted.template, len(wanted.instances))
        account.workloads[name].declare(wanted.behaviour)
        _use(account, dict(zip(built.instance_ids, wanted.instances, strict=True)))
        return JSONResponse(asdict(built))

    async def declare_workload(self, request: Request) -> Response:
        """How a deployment behaves from now on."""
        account, declared = account_of(self._world, request), await asked(request, Declaration)
        workload = account.workloads[request.path_params["name"]]
        self._world.settle(account)
        workload.declare(declared)
        return JSONResponse(DONE)

    async def declare_utilization(self, request: Request) -> Response:
        """How busy instances are."""
        account, declared = account_of(self._world, request), await asked(request, UtilizationChange)
        _use(account, declared.instances)
        return JSONResponse(DONE)

    async def change_market(self, request: Request) -> Response:
        """Prices, capacity and interruption rates."""
        account, change = account_of(self._world, request), await asked(request, MarketChange)
        for pool in change.pools:
            self._override(account, change.region, pool)
        return JSONResponse(DONE)

    async def take_back(self, request: Request) -> Response:
        """Reclaims spot instances."""
        account, wanted = account_of(self._world, request), await asked(request, Reclaim)
        try:
            reclaim(self._world, account, wanted.instance_ids, Notice(wanted.notice_seconds, wanted.warning, wanted.rebalance))
        except NotSpot as wrong:
            raise HTTPException(409, str(wrong)) from wrong
        return JSONResponse(DONE)

    async def break_cloud(self, request: Request) -> Response:
        """Declares a fault."""
        account, wanted = account_of(self._world, request), await asked(request, NewFault)
        account.faults.add(Fault(wanted.service, wanted.action, wanted.kind, wanted.times, wanted.after))
        return JSONResponse(DONE)

    async def mend_cloud(self, request: Request) -> Response:
        """Ends all faults of the account."""
        account_of(self._world, request).faults.clear()
        return JSONResponse(DONE)

    async def shorten_pages(self, request: Request) -> Response:
        """Fewer entries on each page of what AWS lists."""
        account_of(self._world, request).page_size = (await asked(request, Pages)).size
        return JSONResponse(DONE)

    async def set_language_model(self, request: Request) -> Response:
        """How the language model answers."""
        self._language_model.mode = (await asked(request, Mode)).mode
        return JSONResponse(DONE)

    async def on_demand_prices(self, _: Request) -> Response:
        """The dated table."""
        table = price_list()
        return JSONResponse({"prices": {name: str(price) for name, price in table.prices.items()}, "source": table.source, "date": table.date})

    def _override(self, account: Account, region: str, pool: Pool) -> None:
        zone = f"{region}*" if pool.availability_zone == "*" else pool.availability_zone
        override = account.market.override(pool.instance_type, zone)
        if isinstance(pool.price, PriceSteps):
            override.steps = tuple(sorted((Step(when.astimezone(UTC), price) for when, price in pool.price.steps), key=lambda step: step.time))
        elif isinstance(pool.price, Decimal):
            now = self._world.clock.now
            earlier = tuple(step for step in override.steps or () if step.time < now)
            override.steps = (*earlier, Step(now, pool.price))
        if "capacity" in pool.model_fields_set:
            override.capacity = pool.capacity
        if pool.interruption_rate is not None:
            override.interruption_rate = pool.interruption_rate


def _use(account: Account, instances: Mapping[str, Utilization]) -> None:
    for instance, percents in instances.items():
        account.utilization.setdefault(instance, {}).update(percents.model_dump(exclude_none=True))
