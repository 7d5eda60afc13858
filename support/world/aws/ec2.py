"""EC2: moto's, with a spot market, idempotent launches, usage records and events."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from support.world.accounts import Account
from support.world.aws.backends import lifecycle, tags
from support.world.aws.errors import Declined
from support.world.aws.events import STATE_CHANGE, Events
from support.world.aws.services import written
from support.world.aws.spot_history import page
from support.world.aws.usage import Period
from support.world.world import World


class Ec2(EC2Response):
    """moto's EC2 with what it lacks. A launch is one event: its capacity is counted, taken and recorded before any other call."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def run_instances(self) -> ActionResult:
        """Launches; the same client token with the same parameters answers the first launch again and launches nothing."""
        account = self._account
        fingerprint = written({name: value for name, value in self.params.items() if name != "ClientToken"}, in_order=True)
        token = (self.region, str(self._get_param("ClientToken") or ""))
        if token[1] and token in account.launches:
            earlier, reservation = account.launches[token]
            if earlier != fingerprint:
                raise Declined("IdempotentParameterMismatch", "The client token has been used with other parameters.")
            return ActionResult(self.ec2_backend.reservations[reservation])
        self.params["MinCount"] = self._count(account)
        answer = super().run_instances()
        launched: Any = answer.result
        if token[1]:
            account.launches[token] = (fingerprint, launched.id)
        for instance in launched.instances:
            self._begin(account, instance)
        return answer

    def start_instances(self) -> ActionResult:
        """Starts stopped instances; their usage begins anew."""
        before = self._states()
        answer = super().start_instances()
        for instance in self._asked_instances():
            if before.get(instance.id) != "running":
                self._begin(self._account, instance)
        return answer

    def stop_instances(self) -> ActionResult:
        """Stops instances; their usage ends."""
        before = self._states()
        answer = super().stop_instances()
        self._ended(before, "stopped")
        return answer

    def terminate_instances(self) -> ActionResult:
        """Terminates instances; their usage ends."""
        before = self._states()
        answer = super().terminate_instances()
        self._ended(before, "terminated")
        return answer

    def describe_instances(self) -> ActionResult:
        """As moto, in pages that may be shorter than the caller asks for. As in AWS, only who asks for pages gets them."""
        wanted = self._get_param("MaxResults")
        if wanted is not None:
            self.params["MaxResults"] = self._account.page(int(wanted))
        return super().describe_instances()

    def describe_spot_price_history(self) -> ActionResult:
        """The market's price changes, newest first, and for each pool the price in force at the start. Without a start: the prices in force now."""
        now = self._world.clock.now
        start, end = (_aware(self._get_param(name), now) for name in ("StartTime", "EndTime"))
        filters = {item["Name"]: item["Values"] for item in self._get_param("Filters", [])}
        types = list(self._get_param("InstanceTypes", [])) or filters.get("instance-type", [])
        named = self._get_param("AvailabilityZone")
        zones = [named] if named else filters.get("availability-zone")
        return ActionResult(
            page(
                self._account.market,
                self.region,
                (start, min(end, now)),
                types,
                zones,
                int(self._get_param("MaxResults") or 1000),
                self._get_param("NextToken"),
            )
        )

    @property
    def _account(self) -> Account:
        return self._world.accounts[self.current_account]

    @property
    def _events(self) -> Events:
        return self._world.events

    def _count(self, account: Account) -> int:
        """How many to launch: as many as asked for, fewer if the spot pool has no more room; Declined if fewer than the least that is wanted."""
        least, most = int(self._get_param("MinCount") or 1), int(self._get_param("MaxCount") or 1)
        if least > most:
            raise Declined("InvalidParameterValue", "MinCount may not be greater than MaxCount")
        if self._get_param("InstanceMarketOptions.MarketType") != "spot":
            return most
        instance_type, zone = str(self._get_param("InstanceType")), self._zone()
        price = account.market.price(instance_type, zone, self._world.clock.now)
        if price is None:
            raise Declined("Unsupported", f"There is no spot capacity of type {instance_type} in {zone}.")
        bid = self._get_param("InstanceMarketOptions.SpotOptions.MaxPrice")
        if bid is not None and Decimal(str(bid)) < price:
            raise Declined("SpotMaxPriceTooLow", f"Your Spot request price of {bid} is lower than the minimum required price of {price}.")
        capacity = account.market.capacity(instance_type, zone)
        room = most if capacity is None else max(0, capacity - account.usage.running(instance_type, zone, "spot"))
        if room < least:
            raise Declined(
                "InsufficientInstanceCapacity",
                f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested ({zone}).",
                500,
            )
        return min(most, room)

    def _zone(self) -> str:
        subnet = self._get_param("SubnetId")
        if subnet:
            return str(self.ec2_backend.get_subnet(subnet).availability_zone)
        return str(self._get_param("Placement.AvailabilityZone") or f"{self.region}a")

    def _begin(self, account: Account, instance: Any) -> None:  # noqa: ANN401  (moto's model)
        account.usage.begin(
            Period(
                instance.id,
                instance.instance_type,
                self.region,
                str(instance.availability_zone),
                "spot" if lifecycle(instance) == "spot" else "on_demand",
                self._world.clock.now,
                None,
                tags(instance),
            )
        )
        self._events.emit(account, self.region, STATE_CHANGE, instance.id, {"state": "running"})

    def _ended(self, before: dict[str, str], state: str) -> None:
        for instance in self._asked_instances():
            self._account.usage.end(instance.id, self._world.clock.now, tags(instance))
            if before.get(instance.id) not in (state, "terminated"):
                self._events.emit(self._account, self.region, STATE_CHANGE, instance.id, {"state": state})

    def _states(self) -> dict[str, str]:
        return {instance.id: instance.state for instance in self._asked_instances()}

    def _asked_instances(self) -> list[Any]:
        asked = set(self._get_param("InstanceIds", []))
        return [instance for instance in self.ec2_backend.all_instances() if instance.id in asked]


def _aware(value: datetime | None, default: datetime) -> datetime:
    if value is None:
        return default
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
