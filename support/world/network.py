"""The network gateway: a plain HTTP forward proxy into the customers' networks. Proxy-Authorization names the account, Host the server."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from starlette.types import Receive, Scope, Send

from support.world.accounts import Account
from support.world.advisor import HOST as ADVISOR_HOST
from support.world.advisor import advice
from support.world.asking import body_of
from support.world.front_door.balancer import FrontDoor
from support.world.front_door.routing import load_balancers
from support.world.models.server import ModelServer, Reply, error, reply
from support.world.world import World

MODEL_PORT = "8000"
CHALLENGE = {"proxy-authenticate": 'Basic realm="VPC"'}


class Network:
    """Reaches what a customer's account runs at this moment, and nothing of another account."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one proxied request."""
        body = await body_of(receive)
        if body is None:
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        reply = self._answer(headers, str(scope["method"]), str(scope["path"]), body)
        content = reply.body
        named = {"content-type": reply.content_type, "content-length": str(len(content)), **reply.headers}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, headers: dict[str, str], method: str, path: str, body: bytes) -> Reply:
        number = _account_number(headers.get("proxy-authorization", ""))
        if number is None:
            return replace(reply(407, {"error": "name the account: Proxy-Authorization: Basic base64(<account>:<anything>)"}), headers=CHALLENGE)
        account = self._world.accounts[number]
        host, _, port = headers.get("host", "").partition(":")
        if host == ADVISOR_HOST:
            return reply(200, advice(account))
        balancer = next((found for found in load_balancers(number) if found[0].dns_name == host), None)
        if balancer is not None:
            return FrontDoor(self._world, account, *balancer).answer(method, path, body)
        return self._node(account, host, port, (method, path, body))

    def _node(self, account: Account, host: str, port: str, request: tuple[str, str, bytes]) -> Reply:
        found = self._world.addresses.find(account.number, host)
        if found is None or port != MODEL_PORT:
            return error(502, f"nothing answers at {host}:{port or '80'} in the network of account {account.number}", "unreachable")
        return ModelServer(self._world, account, found).answer(*request)


def _account_number(authorization: str) -> str | None:
    scheme, _, encoded = authorization.partition(" ")
    try:
        name = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name if scheme.lower() == "basic" and name.isdigit() and len(name) == 12 else None
