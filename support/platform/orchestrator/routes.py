"""The HTTP operations of the orchestrator: the registry with its tasks, and the settlement of conflicts."""

from __future__ import annotations

from fastapi import APIRouter

from support.platform.orchestrator import conflict_routes, registry_routes

router = APIRouter()
router.routes.extend((*registry_routes.router.routes, *conflict_routes.router.routes))
