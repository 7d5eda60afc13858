"""The world's ASGI applications: control, clock and language model on one port, AWS on another, in one loop."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from support.world.asking import BadRequest, bad_request, refused
from support.world.aws.app import AwsApp
from support.world.clock.routes import routes as clock_routes
from support.world.control.routes import Control
from support.world.llm.model import LanguageModel
from support.world.network import Network
from support.world.world import World


class WorldApp:
    """Sends each request where it belongs: to AWS by the port, into a customer's network by the Host, else to the world's own interface."""

    def __init__(self, world: World, aws_port: int, own_port: int) -> None:
        self._aws_port = aws_port
        self._own_hosts = {f"127.0.0.1:{own_port}", f"localhost:{own_port}"}
        self.aws = AwsApp(world)
        self._network = Network(world)
        language_model = LanguageModel()
        self._own = Starlette(
            routes=[*clock_routes(world.clock), *Control(world, language_model).routes(), *language_model.routes()],
            exception_handlers={BadRequest: bad_request, HTTPException: refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection or request."""
        if scope["type"] == "http":
            if scope["server"][1] == self._aws_port:
                await self.aws(scope, receive, send)
                return
            host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
            if host not in self._own_hosts:
                await self._network(scope, receive, send)
                return
        await self._own(scope, receive, send)
