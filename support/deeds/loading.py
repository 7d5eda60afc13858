"""How busy nodes are made, in percent, and how model servers are overloaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from support.drivers.simulator import Simulator, busy

IDLE, BUSY = Decimal(1), Decimal(60)
QUEUEING: Mapping[str, Any] = MappingProxyType({"utilization": 100, "requests_per_second": 2000})
"""More requests than the engine has places for, and a cache without room."""


async def load_nodes(simulator: Simulator, account: str, nodes: Sequence[str], percent: Decimal, peak: float | None = None) -> None:
    """The nodes are used to that share from now on, and for any period before; in their busiest minutes to the share `peak`, also in percent."""
    await simulator.set_utilization(account, dict.fromkeys(nodes, busy(float(percent), peak)))
