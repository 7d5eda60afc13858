"""The tags of resources of every kind: moto's, in pages that a scenario may shorten."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

from support.world.world import World

LONGEST_PAGE = 50
"""Resources on one page, unless the caller asks for another number."""


class Tagging(ResourceGroupsTaggingAPIResponse):
    """moto's tags. As in AWS, a list always comes in pages, asked for or not."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def get_resources(self) -> ActionResult:
        """As moto, in pages that may be shorter than the caller asks for."""
        wanted = int(self._get_param("ResourcesPerPage") or LONGEST_PAGE)
        self.params["ResourcesPerPage"] = self._world.accounts[self.current_account].page(wanted)
        return super().get_resources()
