"""The simulated AWS as an ASGI application: one call at a time, each with its account, its faults and its place in the history."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send

from support.world.accounts import Call
from support.world.asking import body_of
from support.world.aws.asked import Asked, read
from support.world.aws.faults import declined
from support.world.aws.holds import Hold
from support.world.aws.services import Answer, services
from support.world.aws.trust import is_administrator
from support.world.world import World


class AwsApp:
    """moto behind the world's rules. Calls are carried out on the loop, one after the other: two calls never interleave."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._services = services(world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        body = await body_of(receive)
        if body is None:
            return
        asked = read(scope, body, self._world.accounts.of_key)
        hold = self._hold(asked)
        if hold is not None and hold.when == "before" and await _deserted(hold, receive):
            return
        answer = self.answer(asked)
        if hold is not None and hold.when == "after" and await _deserted(hold, receive):
            return
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        hidden = ("content-length", "status", "server", "date")
        headers = [(name.lower().encode(), str(value).encode()) for name, value in answer.headers.items() if name.lower() not in hidden]
        await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, (b"content-length", str(len(content)).encode())]})
        await send({"type": "http.response.body", "body": content})

    def _hold(self, asked: Asked) -> Hold | None:
        """The hold that keeps this call waiting, if any; the account's administrator never waits."""
        if is_administrator(asked.principal):
            return None
        return self._world.accounts[asked.account].holds.striking(HISTORY_NAMES.get(asked.service, asked.service), asked.action)

    def answer(self, asked: Asked) -> Answer:
        """Carries one call out, or declines it, and records it."""
        service = self._services.get(asked.service)
        if service is None:
            return Answer(501, {}, f"this world has no AWS service {asked.service!r}; it has {', '.join(sorted(self._services))}", "NotImplemented")
        account = self._world.accounts[asked.account]
        if not asked.action.startswith(READING):
            self._world.settle(account)
        name = HISTORY_NAMES.get(asked.service, asked.service)
        fault = None if is_administrator(asked.principal) else account.faults.striking(name, asked.action)
        if fault is None:
            answer = service.answer(asked)
        elif fault.kind == "lost_response":
            carried_out = service.answer(asked)
            answer = service.decline(asked, declined(fault, name))
            self._record(name, asked, carried_out)
            return answer
        else:
            answer = service.decline(asked, declined(fault, name))
        self._record(name, asked, answer)
        return answer

    def _record(self, service: str, asked: Asked, answer: Answer) -> None:
        calls = self._world.accounts[answer.account or asked.account].calls
        now, principal = self._world.clock.now, answer.principal or asked.principal
        calls.append(Call(len(calls) + 1, now, service, asked.action, answer.parameters, answer.status, answer.error_code, principal))


async def _deserted(hold: Hold, receive: Receive) -> bool:
    """Waits until the hold lets the call go. Whether its caller has gone meanwhile."""
    released, gone = asyncio.ensure_future(hold.released.wait()), asyncio.ensure_future(receive())
    await asyncio.wait({released, gone}, return_when=asyncio.FIRST_COMPLETED)
    deserted = gone.done()
    released.cancel()
    gone.cancel()
    return deserted


READING = ("Describe", "Get", "List", "Assume")
HISTORY_NAMES = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}
"""Services are known in the history, and to faults, by boto3's names."""
