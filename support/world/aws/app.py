"""The simulated AWS as an ASGI application: one call at a time, each with its account, its faults and its place in the history."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from support.world.accounts import Call
from support.world.asking import body_of
from support.world.aws.faults import declined
from support.world.aws.holds import Hold
from support.world.aws.services import Answer, Asked, services
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
        environ = _environ(scope, body)
        hold = self._hold(environ, body)
        if hold is not None and hold.when == "before" and await _deserted(hold, receive):
            return
        answer = self.answer(environ, body)
        if hold is not None and hold.when == "after" and await _deserted(hold, receive):
            return
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        hidden = ("content-length", "status", "server", "date")
        headers = [(name.lower().encode(), str(value).encode()) for name, value in answer.headers.items() if name.lower() not in hidden]
        await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, (b"content-length", str(len(content)).encode())]})
        await send({"type": "http.response.body", "body": content})

    def _hold(self, environ: dict[str, Any], body: bytes) -> Hold | None:
        """The hold that keeps this call waiting, if any; the account's administrator never waits."""
        access_key, _, service = _credential(environ.get("HTTP_AUTHORIZATION", ""))
        number, principal = self._world.accounts.of_key(access_key)
        if is_administrator(principal):
            return None
        return self._world.accounts[number].holds.striking(HISTORY_NAMES.get(service, service), _action(environ, body))

    def answer(self, environ: dict[str, Any], body: bytes) -> Answer:
        """Carries one call out, or declines it, and records it."""
        access_key, region, service_name = _credential(environ.get("HTTP_AUTHORIZATION", ""))
        service = self._services.get(service_name)
        if service is None:
            return Answer(501, {}, f"this world has no AWS service {service_name!r}; it has {', '.join(sorted(self._services))}", "NotImplemented")
        number, principal = self._world.accounts.of_key(access_key)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = number
        call = Asked(environ, body, number, region, _action(environ, body))
        account = self._world.accounts[number]
        if not call.action.startswith(READING):
            self._world.settle(account)
        name = HISTORY_NAMES.get(service_name, service_name)
        fault = None if is_administrator(principal) else account.faults.striking(name, call.action)
        if fault is None:
            answer = service.answer(call)
        elif fault.kind == "lost_response":
            carried_out = service.answer(call)
            answer = service.decline(call, declined(fault, name))
            self._record(name, call, carried_out, principal)
            return answer
        else:
            answer = service.decline(call, declined(fault, name))
        self._record(name, call, answer, principal)
        return answer

    def _record(self, service: str, call: Asked, answer: Answer, principal: str | None) -> None:
        calls = self._world.accounts[answer.account or call.account].calls
        now = self._world.clock.now
        calls.append(
            Call(len(calls) + 1, now, service, call.action, answer.parameters, answer.status, answer.error_code, answer.principal or principal)
        )


async def _deserted(hold: Hold, receive: Receive) -> bool:
    """Waits until the hold lets the call go. Whether its caller has gone meanwhile."""
    released, gone = asyncio.ensure_future(hold.released.wait()), asyncio.ensure_future(receive())
    await asyncio.wait({released, gone}, return_when=asyncio.FIRST_COMPLETED)
    deserted = gone.done()
    released.cancel()
    gone.cancel()
    return deserted


READING = ("Describe", "Get", "List", "Assume")
HISTORY_NAMES = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch"}
"""Services are known in the history, and to faults, by boto3's names."""


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "RAW_URI": (scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": "aws.simulated",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        environ[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = raw_value.decode("latin-1")
    return environ


def _credential(authorization: str) -> tuple[str | None, str, str]:
    """Access key, region and service of a signed request (AWS Signature Version 4)."""
    _, _, scope = authorization.partition("Credential=")
    parts = scope.split(",")[0].split("/")
    if len(parts) != 5:
        return None, "us-east-1", "sts"
    return parts[0], parts[2], parts[3]


def _action(environ: dict[str, Any], body: bytes) -> str:
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        return target.rsplit(".", 1)[-1]
    if "/operation/" in environ["PATH_INFO"]:
        return str(environ["PATH_INFO"]).rsplit("/", 1)[-1]
    form: dict[str, str] = dict(parse_qsl(body.decode("utf-8", "replace") or environ["QUERY_STRING"]))
    return form.get("Action", "")
