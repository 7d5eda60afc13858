"""What must be true after things have happened at once, in whatever order. Pure: judged from answers, events and the final records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from support.drivers.api.answer import Refused
from support.drivers.api.conflicts import Resolution, ResolutionExecuted
from support.drivers.api.recommendations import Decision, OrderOfExecution, Recommendation
from support.drivers.events import Event
from support.witness.overlap import meetings, spans

Invariant = Literal["one change at a time", "one winner", "no lost update", "no deadlock"]

DECIDED = ("recommendation_approved", "recommendation_rejected")
CARRIED = frozenset({"approved", "executing", "completed", "failed", "rolled_back"})


@dataclass(frozen=True)
class Breach:
    """One invariant that did not hold, in words."""

    invariant: Invariant
    told: str


@dataclass(frozen=True)
class Execution:
    """A resolution that somebody has had carried out, and what was answered."""

    decided: Resolution
    answer: ResolutionExecuted | Refused


@dataclass
class Happened:
    """Everything that was seen of one order. `opposed` are pairs of recommendations that must never be under way together."""

    before: Mapping[str, Recommendation]
    after: Mapping[str, Recommendation]
    events: Sequence[Event]
    opposed: Sequence[tuple[str, str]]
    deployment: str
    approvals: list[tuple[str, Decision]] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    revisions: list[str] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    together: list[OrderOfExecution] = field(default_factory=list)

    @property
    def touched(self) -> list[str]:
        """The recommendations of which an act was accepted, or of which the customer was told anything: the others cannot have changed."""
        accepted = [name for name, _ in self.approvals] + self.rejections + self.revisions
        accepted += [planned.recommendation_id for order in self.together for planned in order.optimizations]
        resolved = [name for each in self.executions for name in each.decided.execution_order]
        dropped = [one.recommendation_id for each in self.executions for one in each.decided.dropped]
        told = [str(event.payload.get("recommendation_id")) for event in self.events]
        return [name for name in self.before if name in {*accepted, *resolved, *dropped, *told}]


def breaches(seen: Happened) -> list[Breach]:
    """Every invariant that did not hold; none when all is well."""
    return [
        *(Breach("one change at a time", told) for told in _at_a_time(seen)),
        *(Breach("one winner", told) for told in (*_decided_once(seen), *_as_resolved(seen), *_opposites(seen))),
        *(Breach("no lost update", told) for told in _lost(seen)),
        *(Breach("no deadlock", told) for told in _stuck(seen)),
    ]


def _at_a_time(seen: Happened) -> Iterator[str]:
    resources = {name: {*each.affected_resources, seen.deployment} for name, each in seen.before.items()}
    yield from meetings(seen.events, resources)


def _decided_once(seen: Happened) -> Iterator[str]:
    for name in seen.before:
        decisions = [event for event in seen.events if event.type in DECIDED and event.payload["recommendation_id"] == name]
        if len(decisions) > 1:
            yield f"{_said(seen, name)} was decided {len(decisions)} times: {', '.join(map(str, decisions))}"
        begun = [event for event in seen.events if event.type == "optimization_started" and event.payload["recommendation_id"] == name]
        if len(begun) > 1:
            yield f"{_said(seen, name)} was begun {len(begun)} times: {', '.join(map(str, begun))}"


def _as_resolved(seen: Happened) -> Iterator[str]:
    """Of each resolution that was carried out, the winners and nobody else; carried out again, the same changes."""
    changes: dict[str, tuple[str, ...]] = {}
    for each in seen.executions:
        if isinstance(each.answer, Refused):
            continue
        if changes.setdefault(each.decided.id, each.answer.optimization_ids) != each.answer.optimization_ids:
            yield f"the resolution {each.decided.id} was answered with different changes: {changes[each.decided.id]}, {each.answer.optimization_ids}"
        for name, change in zip(each.decided.execution_order, each.answer.optimization_ids, strict=True):
            if seen.after[name].optimization_id != change:
                yield f"{_said(seen, name)} won, and is to be carried out by {change}, but its change is {seen.after[name].optimization_id}"
        for dropped in each.decided.dropped:
            if seen.after[dropped.recommendation_id].status != "rejected":
                yield f"{_said(seen, dropped.recommendation_id)} was dropped, but it is {seen.after[dropped.recommendation_id].status}"


def _opposites(seen: Happened) -> Iterator[str]:
    worked = spans(seen.events)
    for one, other in seen.opposed:
        ours = [span for span in worked if span.recommendation == one]
        theirs = [span for span in worked if span.recommendation == other]
        for mine in ours:
            for its in theirs:
                if mine.meets(its):
                    yield f"{_said(seen, one)} and {_said(seen, other)} contradict each other and were both carried out at once"


def _lost(seen: Happened) -> Iterator[str]:
    for name, decision in seen.approvals:
        now = seen.after[name]
        if now.status not in CARRIED or now.optimization_id != decision.optimization_id:
            yield f"the approval of {_said(seen, name)} was accepted, but it is {now.status} with the change {now.optimization_id}"
        if name in seen.revisions:
            yield f"{_said(seen, name)} was revised, and its version of before was approved all the same"
    for name in seen.rejections:
        if seen.after[name].status != "rejected":
            yield f"the rejection of {_said(seen, name)} was accepted, but it is {seen.after[name].status}"
    for order in seen.together:
        for planned in order.optimizations:
            if seen.after[planned.recommendation_id].optimization_id != planned.optimization_id:
                yield f"{_said(seen, planned.recommendation_id)} was approved with others, but its change is not {planned.optimization_id}"
    for name, each in seen.before.items():
        wanted = each.version + seen.revisions.count(name)
        if seen.after[name].version != wanted:
            yield f"{_said(seen, name)} should be in its version {wanted} by now, but it is in {seen.after[name].version}"


def _stuck(seen: Happened) -> Iterator[str]:
    for span in spans(seen.events):
        if span.ended is None and span.recommendation in seen.before:
            yield f"{_said(seen, span.recommendation)} has begun and does not end, although nobody has anything left to do"
    for name, now in seen.after.items():
        if now.status in {"approved", "executing"}:
            yield f"{_said(seen, name)} is {now.status} for ever"


def _said(seen: Happened, name: str) -> str:
    each = seen.before[name]
    return f"{each.title!r} ({name})"
