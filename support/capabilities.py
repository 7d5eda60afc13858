"""The closed set of capabilities: what a target may declare, and what a scenario may ask for with `@needs_<capability>`."""

from __future__ import annotations

from typing import Literal, get_args

Capability = Literal[
    "clock_control",
    "market_control",
    "workload_control",
    "faults",
    "history",
    "records",
    "traffic",
    "process_control",
    "language_model",
    "administration",
    "signing",
]
CAPABILITIES: tuple[str, ...] = get_args(Capability)
