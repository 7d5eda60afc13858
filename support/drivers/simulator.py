"""The world's control interface: what a scenario bends, and the history from which witnesses judge. All of it is per AWS account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from support.drivers.api.customers import EventDelivery
from support.drivers.history import CloudCall, Holding, OnDemandPrices, PriceStep, UsageEntry, UserRequest
from support.drivers.http import Http, NoAnswer
from support.drivers.lost import TargetLost
from support.drivers.record import Record

FaultKind = Literal["throttle", "insufficient_capacity", "access_denied", "latency", "lost_response", "unavailable"]
Entry = TypeVar("Entry", bound=Record)


@dataclass(frozen=True)
class HeldCall:
    """One AWS call of OptiInfra, and on which side of it OptiInfra is kept waiting: the call that follows `after` others of its action."""

    service: str
    action: str
    when: Literal["before", "after"]
    after: int = 0

    def __str__(self) -> str:
        return f"the moment {self.when} {self.service}:{self.action} number {self.after + 1} is carried out"


def busy(percent: float, peak: float | None = None) -> Mapping[str, float]:
    """An instance's use, as the control interface has it: processors and accelerators alike, for any period that is asked for."""
    return {"cpu": percent, "gpu": percent, "peak_gpu": percent if peak is None else peak}


class Built(Record):
    """What a stack has made: the address of the load balancer, and the nodes behind it."""

    front_door: str
    instance_ids: tuple[str, ...]


class Simulator:
    """The world as a scenario bends it. A request that the world declines is an error of the suite and raises."""

    def __init__(self, client: Http, control_url: str) -> None:
        self._client = client
        self._url = control_url

    async def install_stack(self, account: str, external_id: str, events: EventDelivery | None, event_token: str | None) -> str:
        """What the customer's CloudFormation stack does: the role for OptiInfra, and the delivery of EC2 events. The role's ARN."""
        wanted = {"event_url": events.url, "event_pattern": events.pattern} if events else {}
        body = {"external_id": external_id, "event_token": event_token, "role_name": "OptiInfraAccess", **wanted}
        answer = await self._told("POST", f"/accounts/{account}/stack", body)
        return str(answer["role_arn"])

    async def bend_deployment(self, account: str, deployment: str, **behaviour: Any) -> None:  # noqa: ANN401  (as the control interface has it)
        """How the model servers of a deployment behave from now on; what is not named stays as it is."""
        await self._told("PUT", f"/accounts/{account}/deployments/{deployment}", behaviour)

    async def build_deployment(self, account: str, deployment: str, wanted: Mapping[str, Any]) -> Built:
        """What the customer's CloudFormation stack makes of a template; it behaves, and is used, as is said with it from the beginning."""
        return Built.model_validate(await self._told("POST", f"/accounts/{account}/deployments/{deployment}", wanted))

    async def set_utilization(self, account: str, uses: Mapping[str, Mapping[str, float]]) -> None:
        """How busy instances are, by their ids."""
        await self._told("PUT", f"/accounts/{account}/utilization", {"instances": uses})

    async def set_market(self, account: str, region: str, pools: Sequence[Mapping[str, Any]]) -> None:
        """Prices, capacity and interruption rates of the pools that are named."""
        await self._told("PUT", f"/accounts/{account}/market", {"region": region, "pools": list(pools)})

    async def reclaim(
        self,
        account: str,
        instance_ids: Sequence[str],
        rebalance: Literal["before", "after"] | None = None,
        *,
        warning: bool = True,
        notice_seconds: int = 120,
    ) -> None:
        """The cloud takes spot instances back, with or without its warning and its rebalance recommendation."""
        body = {"instance_ids": list(instance_ids), "notice_seconds": notice_seconds, "rebalance": rebalance, "warning": warning}
        await self._told("POST", f"/accounts/{account}/reclaim", body)

    async def break_cloud(self, account: str, service: str, action: str, kind: FaultKind, times: int | None = None, after: int = 0) -> None:
        """From now on (after `after` more calls) an action fails, `times` times or for ever."""
        body = {"service": service, "action": action, "kind": kind, "times": times, "after": after}
        await self._told("POST", f"/accounts/{account}/faults", body)

    async def mend_cloud(self, account: str) -> None:
        """Ends every fault of the account."""
        await self._told("DELETE", f"/accounts/{account}/faults")

    async def hold_call(self, account: str, call: HeldCall) -> str:
        """From now on that call of OptiInfra is kept waiting. The hold's id."""
        body = {"service": call.service, "action": call.action, "when": call.when, "after": call.after}
        return str((await self._told("POST", f"/accounts/{account}/holds", body))["id"])

    async def held(self, account: str, hold: str) -> None:
        """Returns when the call has come and is kept waiting."""
        while not (await self._told("GET", f"/accounts/{account}/holds/{hold}"))["held"]:
            continue  # the world answers each half minute of real time, so that no connection is silent for long

    async def release_call(self, account: str, hold: str) -> None:
        """Lets the call go on, if its caller still waits for it."""
        await self._told("DELETE", f"/accounts/{account}/holds/{hold}")

    async def shorten_pages(self, account: str, size: int) -> None:
        """AWS lists that many entries at most on one page of the account's instances and load balancers."""
        await self._told("PUT", f"/accounts/{account}/pages", {"size": size})

    async def set_language_model(self, mode: Literal["ok", "fail", "slow"]) -> None:
        """How the language model answers from now on, for everybody."""
        await self._told("POST", "/llm", {"mode": mode})

    async def calls(self, account: str, service: str | None = None) -> tuple[CloudCall, ...]:
        """Every AWS request of the account, in order."""
        return await self._listed(CloudCall, f"/accounts/{account}/calls", {} if service is None else {"service": service})

    async def requests(self, account: str) -> tuple[UserRequest, ...]:
        """Every request of the customer's users that reached the front door, in order."""
        return await self._listed(UserRequest, f"/accounts/{account}/requests", {})

    async def usage(self, account: str) -> tuple[UsageEntry, ...]:
        """Every instance that the account has ever run, from launch to termination."""
        return await self._listed(UsageEntry, f"/accounts/{account}/usage", {})

    async def holdings(self, account: str) -> tuple[Holding, ...]:
        """What the account holds at this moment of what changes make: living nodes, target groups, and settings."""
        return await self._listed(Holding, f"/accounts/{account}/holdings", {})

    async def prices(self, account: str, instance_type: str, zone: str, start: datetime, end: datetime) -> tuple[PriceStep, ...]:
        """The spot price of one pool over a period: the price at its start, and each change."""
        query = {"instance_type": instance_type, "availability_zone": zone, "from": start.isoformat(), "to": end.isoformat()}
        return await self._listed(PriceStep, f"/accounts/{account}/prices", query)

    async def on_demand_prices(self) -> OnDemandPrices:
        """The published on-demand prices, with their date and source."""
        return OnDemandPrices.model_validate(await self._told("GET", "/ondemand-prices"))

    async def _listed(self, kind: type[Entry], path: str, query: Mapping[str, str]) -> tuple[Entry, ...]:
        return tuple(kind.model_validate(entry) for entry in await self._told("GET", path, query=query))

    async def _told(self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
        try:
            answer = await self._client.ask(method, f"{self._url}/control{path}", body=body, query=query)
        except NoAnswer as error:
            raise TargetLost(f"the world did not answer {method} {path} ({error})") from error
        if not answer.is_success:
            raise LookupError(f"the world declined {method} {path} with {answer.status}: {answer.text[:500]}")
        return answer.json() if answer.content else None
