"""The limit on a customer's requests, as a refusal."""

from __future__ import annotations

from support.platform.problems import Refusal
from support.platform.services import Services


def count_request(services: Services, customer_id: str | None) -> None:
    """Counts a request of that customer (staff is not limited). Raises 429 with Retry-After beyond the limit."""
    if customer_id is None:
        return
    seconds = services.request_counter.wait_for(customer_id, services.clock.now())
    if seconds:
        raise Refusal(
            429, "too_many_requests", f"More than {services.settings.rate_limit_per_minute} requests in a minute; wait.", retry_after=seconds
        )
