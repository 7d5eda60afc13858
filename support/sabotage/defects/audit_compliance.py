"""Defects of the audit trail."""

from __future__ import annotations

from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

RECORD = "support.platform.audit.service:Audit.record"


@defect("REQ-AUD-001", "changed settings leave no trace")
def settings_leave_no_trace() -> None:
    @instead_of(RECORD)
    def forgetful(record: Broken, self: Any, session: Any, customer_id: Any, user: str, action: str, *rest: Any, **more: Any) -> Any:
        return 0 if action == "settings_changed" else record(self, session, customer_id, user, action, *rest, **more)


@defect("REQ-AUD-001", "the trail says that OptiInfra did everything itself")
def nobody_did_it() -> None:
    @instead_of(RECORD)
    def discreet(record: Broken, self: Any, session: Any, customer_id: Any, _user: str, *rest: Any, **more: Any) -> Any:
        return record(self, session, customer_id, "system", *rest, **more)


@defect("REQ-AUD-001", "the trail names the customer instead of the thing that was changed")
def things_are_not_named() -> None:
    @instead_of(RECORD)
    def vague(record: Broken, self: Any, session: Any, customer_id: Any, user: str, action: str, kind: str, _name: str, *rest: Any) -> Any:
        return record(self, session, customer_id, user, action, kind, str(customer_id), *rest)


@defect("REQ-AUD-007", "owners may read what is on record of themselves")
def owners_read_the_trail() -> None:
    _may_audit("owner")


@defect("REQ-AUD-007", "OptiInfra's support may read every trail")
def support_reads_the_trail() -> None:
    _may_audit("support")


@defect("REQ-AUD-007", "whoever works for the customer may read what is on record of it")
def colleagues_read_the_trail() -> None:
    _may_audit("approver", "engineer", "viewer")


@defect("REQ-AUD-007", "OptiInfra's operators may read every trail")
def operators_read_the_trail() -> None:
    _may_audit("operator")


@defect("REQ-AUD-007", "nobody is shown the trail, whoever it is for")
def nobody_reads_the_trail() -> None:
    from support.platform.identity.roles import Permission

    patch("support.platform.identity.roles:GRANTS", lambda grants: {role: may - {Permission.AUDIT} for role, may in grants.items()})


def _may_audit(*roles: str) -> None:
    from support.platform.identity.roles import Permission

    patch(
        "support.platform.identity.roles:GRANTS",
        lambda grants: {role: may | {Permission.AUDIT} if role in roles else may for role, may in grants.items()},
    )
