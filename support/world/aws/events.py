"""EC2 events: recorded, and delivered as EventBridge does to an API destination, in order, one after the other for each account."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from http import HTTPStatus
from typing import Any, cast

import aiohttp

from support.world.accounts import Account
from support.world.clock.world_clock import WorldClock

_log = logging.getLogger(__name__)

WARNING = "EC2 Spot Instance Interruption Warning"
REBALANCE = "EC2 Instance Rebalance Recommendation"
STATE_CHANGE = "EC2 Instance State-change Notification"
ATTEMPTS = 2
TIMEOUT = aiohttp.ClientTimeout(total=10.0)


class Events:
    """Emits events. Delivery counts as work of the world: time does not move on before everything emitted has been delivered or given up."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._waiting: dict[str, deque[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: aiohttp.ClientSession | None = None

    def emit(self, account: Account, region: str, kind: str, instance_id: str, detail: dict[str, str]) -> None:
        """Records an event of an instance and sends it off, if the account has a rule that it matches."""
        number = len(account.events) + 1
        event: dict[str, Any] = {
            "version": "0",
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{account.number}/{number}")),
            "detail-type": kind,
            "source": "aws.ec2",
            "account": account.number,
            "time": self._clock.now.isoformat().replace("+00:00", "Z"),
            "region": region,
            "resources": [f"arn:aws:ec2:{region}:{account.number}:instance/{instance_id}"],
            "detail": {"instance-id": instance_id, **detail},
        }
        account.events.append(event)
        if account.delivery is None or not account.delivery.rule.matches_event(cast("Any", event)):
            return
        self._clock.begin(f"delivery of {kind}")
        queue = self._waiting.get(account.number)
        if queue is not None:
            queue.append(event)
            return
        self._waiting[account.number] = deque([event])
        task = asyncio.get_running_loop().create_task(self._deliver(account))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Gives up what has not been delivered."""
        for task in list(self._tasks):
            task.cancel()
        if self._client is not None:
            await self._client.close()

    async def _deliver(self, account: Account) -> None:
        queue = self._waiting[account.number]
        try:
            while queue:
                await self._send(account, queue[0])
                self._clock.end(f"delivery of {queue.popleft()['detail-type']}")
        finally:
            for event in queue:
                self._clock.end(f"delivery of {event['detail-type']}")
            del self._waiting[account.number]

    async def _send(self, account: Account, event: dict[str, Any]) -> None:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=TIMEOUT)
        for _ in range(ATTEMPTS):
            if account.delivery is None:
                return
            try:
                async with self._client.post(
                    account.delivery.url, json=event, headers={"Authorization": f"Bearer {account.delivery.token}"}, allow_redirects=False
                ) as answer:
                    status = answer.status
                    await answer.read()  # else the connection could not be used again
            except (aiohttp.ClientError, TimeoutError) as error:
                _log.warning("%s of account %s could not be delivered: %s", event["detail-type"], account.number, type(error).__name__)
                continue
            if status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS:
                return
            _log.warning("%s of account %s was answered %s", event["detail-type"], account.number, status)
