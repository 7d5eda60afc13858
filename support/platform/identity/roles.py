"""Who may do what: the one table."""

from __future__ import annotations

from enum import Enum

from support.platform.vocabulary import RoleName


class Permission(Enum):
    """A kind of operation. Every protected operation asks for exactly one."""

    READ = "see the customer, its fleet, recommendations, optimizations, events and figures"
    ANALYZE = "start discoveries, analyses and the settlement of conflicts"
    DECIDE = "approve, reject, execute, roll back and cancel"
    MANAGE = "change the customer, its settings and its people, onboard and install agents"
    AUDIT = "read the audit trail"
    RUN_AGENT = "act as an agent runtime"
    ADMINISTER = "make customers and staff"


_P = Permission

GRANTS: dict[RoleName, frozenset[Permission]] = {
    "admin": frozenset({_P.READ, _P.ANALYZE, _P.DECIDE, _P.MANAGE, _P.AUDIT, _P.ADMINISTER}),
    "auditor": frozenset({_P.READ, _P.AUDIT}),
    "support": frozenset({_P.READ}),
    "operator": frozenset({_P.READ, _P.ANALYZE}),
    "owner": frozenset({_P.READ, _P.ANALYZE, _P.DECIDE, _P.MANAGE}),
    "approver": frozenset({_P.READ, _P.ANALYZE, _P.DECIDE}),
    "engineer": frozenset({_P.READ, _P.ANALYZE}),
    "viewer": frozenset({_P.READ}),
    "agent": frozenset({_P.RUN_AGENT}),
}

STAFF: tuple[RoleName, ...] = ("admin", "auditor", "support", "operator")
"""Roles that belong to no customer and see all of them."""
