"""A load balancer's front: each request goes to one node, as weights and health are at that moment, and is remembered."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from support.world.accounts import Account, UserRequest
from support.world.aws.backends import node
from support.world.front_door.rotation import Rotation
from support.world.front_door.routing import Group, groups
from support.world.models.server import ModelServer, Reply, error
from support.world.world import World


class FrontDoor:
    """One load balancer of one account."""

    def __init__(self, world: World, account: Account, balancer: Any, backend: Any) -> None:  # noqa: ANN401  (moto's models)
        self._world = world
        self._account = account
        self._balancer = balancer
        self._backend = backend

    def answer(self, method: str, path: str, body: bytes) -> Reply:
        """Passes a request on; 503 where no weight or no healthy target is, as AWS answers it."""
        rotation = self._account.balancers.setdefault(str(self._balancer.arn), Rotation())
        group = rotation.group({each.name: each for each in groups(self._account.number, self._balancer, self._backend)})
        found = self._chosen(rotation, group) if group is not None else None
        if group is None or found is None:
            return self._remembered(group, None, error(503, "no healthy target", "service_unavailable"))
        server = self._server(found)
        if rotation.fails(f"{group.name}/{node(found).lifecycle}", Fraction(server.behaviour.error_rate or 0)):
            return self._remembered(group, found, error(500, "the engine failed", "internal_error"))
        return self._remembered(group, found, server.answer(method, path, body, way="front door"))

    def _chosen(self, rotation: Rotation, group: Group) -> Any | None:  # noqa: ANN401  (moto's instance)
        """The next node that does not still start; as in AWS, one that does where the group has no other."""
        turns = (rotation.node(group) for _ in group.healthy)
        first = next(turns, None)
        if first is None or not self._server(first).starting:
            return first
        return next((each for each in turns if not self._server(each).starting), first)

    def _server(self, found: Any) -> ModelServer:  # noqa: ANN401
        return ModelServer(self._world, self._account, found)

    def _remembered(self, group: Group | None, found: Any, reply: Reply) -> Reply:  # noqa: ANN401
        self._account.requests.append(
            UserRequest(
                self._world.clock.now,
                str(self._balancer.name),
                group.name if group else None,
                str(found.id) if found is not None else None,
                reply.status,
                reply.headers.get("x-simulated-latency-ms"),
            )
        )
        return reply
