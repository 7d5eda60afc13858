"""Networks as moto makes them, worked out once: for the default VPC, which is alike in every account, it makes more than a hundred."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace
from typing import Any

_known: dict[tuple[object, bool], dict[str, Any]] = {}


class Network(ipaddress.IPv4Network):
    """An IPv4 network. Those made from the same words share all that is known of them, which never changes."""

    def __init__(self, address: Any, strict: bool = True) -> None:  # noqa: ANN401  (as Python's)
        known = _known.get((address, strict))
        if known is None:
            super().__init__(address, strict)
            _known[address, strict] = vars(self)
        else:
            self.__dict__ = known


def network(address: Any, strict: bool = True) -> ipaddress.IPv4Network | ipaddress.IPv6Network:  # noqa: ANN401  (as Python's)
    """A network of either kind."""
    return ipaddress.ip_network(address, strict) if ":" in str(address) else Network(address, strict)


ADDRESSES = SimpleNamespace(**{**vars(ipaddress), "IPv4Network": Network, "ip_network": network})
"""What moto is given in the place of Python's module."""
