"""The HTTP operations of this part of the orchestrator."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
