"""The HTTP operations of the orchestrator: the registry with its tasks, and the settlement of conflicts."""

from __future__ import annotations

from fastapi import APIRouter

from support.platform.orchestrator import conflict_routes, registry_routes

router = APIRouter(tags=["orchestrator"])
router.include_router(registry_routes.router)
router.include_router(conflict_routes.router)
