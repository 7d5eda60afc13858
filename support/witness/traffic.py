"""The traffic witness: a user of the customer's models who keeps asking through the front door while time passes.

It takes part in the world's clock: at every instant at which anything may happen it sends real requests, at the same time as
everybody else acts. It is judged afterwards; too few observations prove nothing, and count as a failure.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from support.drivers.http import Http, NoAnswer
from support.expectation import expect

EVERY = timedelta(seconds=5)
MOST_PER_HOP = 12
LEAST_PER_HOP = 2
ENOUGH = 20

Verdict = Literal["kept", "lost", "unknown"]


@dataclass(frozen=True)
class Observation:
    """One request of the witness: when, and what the user got (None: no answer at all)."""

    time: datetime
    status: int | None
    detail: str

    @property
    def served(self) -> bool:
        """Whether the user got an answer."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.time:%H:%M:%S} {self.status or 'no answer'} {self.detail}".rstrip()


@dataclass
class Witnessed:
    """Everything that the witness saw."""

    observations: list[Observation] = field(default_factory=list)

    @property
    def lost(self) -> tuple[Observation, ...]:
        """The requests that were not served."""
        return tuple(observation for observation in self.observations if not observation.served)

    @property
    def verdict(self) -> Verdict:
        """`lost` when any request was; `unknown` when too few were made to say that none was; else `kept`."""
        if self.lost:
            return "lost"
        return "kept" if len(self.observations) >= ENOUGH else "unknown"

    def __str__(self) -> str:
        if not self.observations:
            return "no request was made"
        first, last = self.observations[0].time, self.observations[-1].time
        statuses = Counter(str(each.status or "no answer") for each in self.observations)
        counted = ", ".join(f"{count} x {status}" for status, count in statuses.items())
        lost = "".join(f"\n  lost: {observation}" for observation in self.lost[:10])
        made = f"{len(self.observations)} requests from {first:%H:%M:%S} to {last:%H:%M:%S}"
        return f"{made}: {counted} (at least {ENOUGH} are needed for a verdict){lost}"


def expect_no_request_lost(testimony: Witnessed) -> None:
    """AssertionError when a request was lost, or when too few were made to say so."""
    verdict = testimony.verdict
    expect(verdict == "kept", lambda: f"no request of the customer's users should be lost, but that is {verdict}: {testimony}")


class TrafficWitness:
    """Sends requests to one customer's front door, in the rhythm of the clock, until it is closed."""

    def __init__(self, client: Http, clock: str, network: str) -> None:
        self._client = client
        self._clock = clock
        self._network = network
        self._open: list[tuple[ClientConnection, asyncio.Task[None]]] = []

    async def watch(self, account: str, front_door: str) -> Witnessed:
        """Starts asking; what is seen is added to the testimony as time passes."""
        testimony = Witnessed()
        connection = await connect(f"{self._clock.replace('http', 'ws', 1)}/participants?name=traffic-{account}", compression=None, proxy=None)
        self._open.append((connection, asyncio.create_task(self._take_part(connection, account, front_door, testimony))))
        return testimony

    async def close(self) -> None:
        """Stops asking; raises what went wrong in the witness itself."""
        for connection, task in self._open:
            await connection.close()
            await task
        self._open.clear()

    async def _take_part(self, connection: ClientConnection, account: str, front_door: str, testimony: Witnessed) -> None:
        last: datetime | None = None
        try:
            async for message in connection:
                told: dict[str, Any] = json.loads(message)
                if told.get("status"):
                    await connection.send(json.dumps({"busy": [f"asking {front_door}"]}))
                    continue
                now = datetime.fromisoformat(told["now"])
                await self._ask(_how_many(now, last), now, account, front_door, testimony)
                last = now
                await connection.send(json.dumps({"round": told["round"], "next": None}))
        except ConnectionClosed:
            return

    async def _ask(self, count: int, now: datetime, account: str, front_door: str, testimony: Witnessed) -> None:
        asked = [self._one(now, account, front_door) for _ in range(count)]
        testimony.observations.extend(await asyncio.gather(*asked))

    async def _one(self, now: datetime, account: str, front_door: str) -> Observation:
        known = base64.b64encode(f"{account}:traffic".encode()).decode()
        body = {"model": "default", "prompt": "What is 17 + 25?", "max_tokens": 8}
        headers = {"Host": front_door, "Proxy-Authorization": f"Basic {known}"}
        try:
            answer = await self._client.ask("POST", f"{self._network}/v1/completions", body=body, headers=headers)
        except NoAnswer as error:
            return Observation(now, None, str(error))
        return Observation(now, answer.status, "" if answer.is_success else answer.text[:200])


def _how_many(now: datetime, last: datetime | None) -> int:
    passed = timedelta() if last is None else now - last
    return max(LEAST_PER_HOP, min(MOST_PER_HOP, int(passed / EVERY)))
