"""The published OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from support.platform.problems import ProblemDocument

_REFERENCE = "#/components/schemas/{model}"
_NOT_OURS = ("HTTPValidationError", "ValidationError")


def described(app: FastAPI) -> dict[str, Any]:
    """FastAPI's description of the operations, with problem documents as the only form of a refusal."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template=_REFERENCE)
    schemas.update(problem.pop("$defs", {}))
    schemas[ProblemDocument.__name__] = problem
    for name in _NOT_OURS:
        schemas.pop(name, None)
    return document
