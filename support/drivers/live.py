"""A running target and the suite's open connections to it: one for each worker, shared by its scenarios."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from typing import Self

from support.drivers.api.contract import PublishedContract
from support.drivers.aws import Aws, AwsAccess
from support.drivers.embedded import Embedded, Running
from support.drivers.http import Http, NoAnswer
from support.drivers.journal import Secrets
from support.drivers.lost import ContractBroken, TargetLost
from support.drivers.time import Clockwork, ControlledClock, RealTime
from support.settings import Target

ANSWER_SECONDS = 20.0
WORLD_SECONDS = 45.0
"""The world answers an advance of its clock after everybody is quiet; it gives up by itself after 30 seconds."""


class Live:
    """The target as it runs. `process` is there only where the suite has started it."""

    def __init__(self, target: Target, running: Running, process: Embedded | None) -> None:
        self.target = target
        self.running = running
        self.process = process
        self.secrets = Secrets()
        for secret in (running.admin_password, running.token_key, running.aws_keys[1]):
            self.secrets.keep(secret)
        self.client = Http(running.addresses.platform, ANSWER_SECONDS)
        self.world_client = Http("", WORLD_SECONDS)
        clock = running.addresses.clock
        self.clock: Clockwork = ControlledClock(self.world_client, clock) if clock and target.declares("clock_control") else RealTime()
        key_id, secret = running.aws_keys
        self.aws = Aws(AwsAccess(running.addresses.aws, key_id, secret, running.aws_session_token))
        self.contract: PublishedContract
        self._accounts = itertools.count(100_000_000_000 + secrets.randbelow(800_000_000_000))

    @classmethod
    async def open(cls, target: Target, running: Running, process: Embedded | None) -> Self:
        """The target, with its published contract read; raises TargetLost when it does not answer, or publishes none."""
        live = cls(target, running, process)
        try:
            answer = await live.client.ask("GET", "/openapi.json")
        except NoAnswer as error:
            raise TargetLost(f"the platform did not answer at {running.addresses.platform} ({error})") from error
        if not answer.is_success:
            raise TargetLost(f"the platform publishes no OpenAPI document: GET /openapi.json was answered {answer.status}")
        try:
            live.contract = PublishedContract(answer.json())
        except ContractBroken as broken:
            raise TargetLost(str(broken)) from broken
        return live

    def fresh_account(self) -> str:
        """The number of an AWS account that no other scenario of this or any parallel run uses."""
        return str(next(self._accounts))

    def pushed(self) -> None:
        """An event came: who waits on real time should look again."""
        if isinstance(self.clock, RealTime):
            self.clock.pushed()

    async def close(self) -> None:
        """Closes every connection; the processes are ended by whoever started them."""
        await asyncio.gather(self.client.aclose(), self.world_client.aclose())
        self.aws.close()
