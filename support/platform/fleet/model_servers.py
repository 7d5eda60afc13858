"""How a deployment serves, from its model servers' own metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from support.platform.cloud import HasAccount
from support.platform.fleet.views import Serving
from support.platform.network import Client, Network, Unreachable
from support.platform.telemetry import exposition

PORT = 8000
TIMEOUT_SECONDS = 3.0
GAUGES = ("vllm:gpu_cache_usage_perc", "vllm:num_requests_waiting", "vllm:num_requests_running")

_GAUGE = re.compile(rf"^({'|'.join(GAUGES)})(?:\{{[^}}]*\}})? (\S+)", re.MULTILINE)


def metrics(network: Network, customer: HasAccount, addresses: Sequence[str]) -> dict[str, str]:
    """Each server's metrics page, by its private address; empty from a server that does not answer."""
    client = network.client(customer)
    return dict(zip(addresses, network.each(lambda address: _metrics(client, address), addresses), strict=True))


def summary(pages: Mapping[str, str], traffic: exposition.Traffic) -> Serving:
    """The deployment's figures. A figure that any server does not give is None: half a fleet is not the fleet."""
    gauges = [_gauges(page) for page in pages.values()]
    return Serving(
        requests=traffic.answered.of if traffic.answered else None,
        error_rate=traffic.failed.share if traffic.failed and traffic.failed.of else None,
        p95_ms=traffic.quantile_ms(Decimal("0.95")),
        p99_ms=traffic.quantile_ms(Decimal("0.99")),
        cache_usage=_mean([gauge.get(GAUGES[0]) for gauge in gauges]),
        waiting=_mean([gauge.get(GAUGES[1]) for gauge in gauges]),
        running=_mean([gauge.get(GAUGES[2]) for gauge in gauges]),
    )


def _metrics(client: Client, address: str) -> str:
    try:
        answered = client.get(f"http://{address}:{PORT}/metrics", TIMEOUT_SECONDS)
    except Unreachable:
        return ""
    return answered.text if answered.ok else ""


def _gauges(text: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, value_text in _GAUGE.findall(text):
        try:
            value = Decimal(value_text)
        except InvalidOperation:
            continue
        if value.is_finite():
            found[name] = value
    return found


def _mean(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) / len(known) if known and len(known) == len(values) else None
