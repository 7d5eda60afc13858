"""Refused accesses, for the audit trail."""

from __future__ import annotations

from starlette.requests import Request

from support.platform.identity.callers import Caller
from support.platform.services import services_of


def record_refused_access(request: Request, code: str) -> None:
    """Records who wanted what in the trail of the caller's own customer; the other customer's trail learns nothing of it."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        return
    services = services_of(request)
    details = {"method": request.method, "reason": code}
    with services.database.session() as session:
        services.audit.record(session, caller.customer_id, caller.user_id, "access_refused", "operation", request.url.path[:256], details)
