"""The rooms of the platform: their routes, and what each does when the platform starts and stops."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import cast

from fastapi import APIRouter

from support.platform.services import Services

ROOMS = (
    "identity",
    "customers",
    "fleet",
    "recommendations",
    "agents",
    "orchestrator",
    "optimizations",
    "telemetry",
    "learning",
    "portal",
    "audit",
)
"""In the order in which they start; they stop in the opposite order."""


def routers() -> Iterator[APIRouter]:
    """Each room's `routes.router`."""
    for room in ROOMS:
        yield cast("APIRouter", importlib.import_module(f"support.platform.{room}.routes").router)


def load() -> None:
    """Imports every room."""
    for room in ROOMS:
        importlib.import_module(f"support.platform.{room}.routes")
        if importlib.util.find_spec(_lifecycle(room)) is not None:
            importlib.import_module(_lifecycle(room))


def start(services: Services) -> None:
    """Calls each room's `lifecycle.start(services)`. The clock runs and the tables exist by then."""
    for room in ROOMS:
        _call(room, "start", services)


def stop(services: Services) -> None:
    """Calls each room's `lifecycle.stop(services)`."""
    for room in reversed(ROOMS):
        _call(room, "stop", services)


def _call(room: str, what: str, services: Services) -> None:
    name = _lifecycle(room)
    if importlib.util.find_spec(name) is None:
        return
    hook: Callable[[Services], None] | None = getattr(importlib.import_module(name), what, None)
    if hook is not None:
        hook(services)


def _lifecycle(room: str) -> str:
    return f"support.platform.{room}.lifecycle"
