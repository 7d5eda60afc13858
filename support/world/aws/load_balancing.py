"""Elastic Load Balancing: moto's. What the front door does follows from it, so both agree by construction."""

from __future__ import annotations

from moto.elbv2.responses import ELBV2Response

from support.world.world import World


class LoadBalancing(ELBV2Response):
    """moto's load balancers; targets are as healthy as the front door finds them."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
