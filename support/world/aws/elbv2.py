"""Load balancing: moto's, in pages that a scenario may shorten."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.elbv2.responses import ELBV2Response

from support.world.world import World

LONGEST_PAGE = 400
"""Load balancers on one page, unless the caller asks for fewer."""


class LoadBalancing(ELBV2Response):
    """moto's load balancers. As in AWS, a list always comes in pages, asked for or not."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def describe_load_balancers(self) -> ActionResult:
        """As moto, in pages that may be shorter than the caller asks for."""
        wanted = min(int(self._get_param("PageSize") or LONGEST_PAGE), LONGEST_PAGE)
        self.params["PageSize"] = self._world.accounts[self.current_account].page(wanted)
        return super().describe_load_balancers()
