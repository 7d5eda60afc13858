"""What OptiInfra keeps of a customer's fleet, captured from its database for the state proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from support.story import Customer
from support.witness.state import Capture

if TYPE_CHECKING:
    from support.drivers.records import Records

KEPT: Mapping[str, tuple[str, ...]] = {
    "deployments": ("name", "model", "engine_args", "interruption_tolerant", "traffic"),
    "instances": ("instance_type", "availability_zone", "lifecycle", "state", "deployment"),
    "resource_locks": ("resource",),
    "savings": ("booked",),
}
"""By table, what describes the fleet: no ids and no times, which differ after every look at it."""


async def records_of(records: Records, customer: Customer) -> Capture:
    """The records of everything that runs, of who works on it and of what it saves; and what the customer has declared."""
    found = {table: [_only(row, columns) for row in await records.of(table, customer_id=customer.id)] for table, columns in KEPT.items()}
    found["instances"] = [row for row in found["instances"] if row["state"] in {"pending", "running"}]
    declared = [_only(row, ("settings",)) for row in await records.of("customers", id=customer.id)]
    return Capture.of_records({**found, "customers": declared})


def _only(row: Mapping[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {column: row[column] for column in columns}
