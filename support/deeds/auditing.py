"""The audit trail of a change and of its rollback: what an auditor must be able to read in it."""

from __future__ import annotations

from itertools import pairwise

from support.drivers.api.audit import AuditEntry, AuditTrail
from support.drivers.api.optimizations import Optimization
from support.expectation import expect

ENDINGS = {"rolled_back": "rollback_completed", "rollback_failed": "rollback_failed"}


def expect_whole_rollback(trail: AuditTrail, change: Optimization) -> None:
    """AssertionError when the trail does not show, once each and in order, the trigger, every step undone last first, and the result."""
    about = [entry for entry in trail.entries if entry.entity_id == change.id]
    told = [_told(entry) for entry in about]
    begun = [step.name for step in change.execution_steps if step.started_at is not None]
    wanted = ["rollback_started", *(f"step_undone {name}" for name in reversed(begun)), ENDINGS.get(change.status, change.status)]
    shown = [line for line in told if line.startswith(("rollback", "step_undone"))]
    expect(shown == wanted, lambda: f"the trail of the rollback should be\n  {', '.join(wanted)}\nbut it is\n  {', '.join(shown) or 'empty'}")


def expect_whole_change(trail: AuditTrail, change: Optimization) -> None:
    """AssertionError when the trail does not show, once each and in order, that the change began, completed and was booked."""
    shown = [entry.action for entry in trail.entries if entry.entity_id == change.id]
    wanted = ["optimization_started", "optimization_completed", "savings_booked"]
    expect(shown == wanted, lambda: f"the trail of the change should be\n  {', '.join(wanted)}\nbut it is\n  {', '.join(shown) or 'empty'}")


def expect_unbroken(trail: AuditTrail) -> None:
    """AssertionError when an entry is missing, does not follow the one before it, or is not what was written."""
    following = [(later, (earlier.sequence + 1, earlier.hash)) for earlier, later in pairwise(trail.entries)]
    gaps = [entry.sequence for entry, expected in following if (entry.sequence, entry.previous_hash) != expected]
    expect(bool(trail.entries) and not gaps, lambda: f"every entry should follow the one before it, but these do not: {gaps or 'there is none'}")
    expect(trail.tampered is None, lambda: f"the trail should be untouched, but: {trail.tampered}")
    expect(trail.entries[-1].hash == trail.head, lambda: "the trail's last entry should be the chain's head, but entries are missing at its end")


def trigger_of(trail: AuditTrail, change: Optimization) -> tuple[str, str]:
    """What set the rollback off, and who: a user's id, or the system; LookupError where the trail does not say."""
    for entry in trail.entries:
        if (entry.entity_id, entry.action) == (change.id, "rollback_started"):
            return str(entry.details.get("trigger")), entry.user
    raise LookupError(f"the audit trail does not show that {change.id} was taken back")


def _told(entry: AuditEntry) -> str:
    step = entry.details.get("step") if entry.action == "step_undone" else None
    return f"{entry.action} {step}" if step else entry.action
