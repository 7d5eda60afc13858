"""The platform's own health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from support.drivers.api.answer import Record
from support.drivers.api.transport import Request, Transport


class DependencyHealth(Record):
    status: Literal["healthy", "unhealthy", "absent"]
    detail: str | None = None


class Health(Record):
    status: Literal["healthy", "degraded", "unhealthy"]
    dependencies: Mapping[str, DependencyHealth]


class HealthPage:
    """What the platform says of itself and of what it depends on."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def now(self) -> Health:
        """Each dependency as it is found at this moment."""
        return await self._transport.get(Health, Request("GET", "/health"))
