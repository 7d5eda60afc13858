"""The only place that waits.

`eventually` and `steadily` look, go on to the next instant at which something may have changed, and look again. On a controlled clock that
instant is the next alarm of any participant, so nothing is polled and no real time is spent; on real time it is the next pushed
event, or the next look of a slow poll. A wait that fails reads as a diagnosis.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from support.expectation import expect
from support.patience import Limit, spoken

Seen = TypeVar("Seen")
Observe = Callable[[], Awaitable[Seen]]

LONGEST_RENDERING = 600
MOST_CHANGES = 30


@dataclass
class _Watch:
    """What has been seen during one wait: each change with its time, and how often it was looked."""

    because: str
    limit: Limit
    started: datetime
    looks: int = 0
    changes: list[tuple[datetime, str]] = field(default_factory=list)

    def note(self, when: datetime, seen: object) -> None:
        self.looks += 1
        text = "; ".join(map(str, seen)) if isinstance(seen, tuple | list) and seen else str(seen)
        text = text if len(text) <= LONGEST_RENDERING else f"{text[:LONGEST_RENDERING]}..."
        if not self.changes or self.changes[-1][1] != text:
            self.changes.append((when, text))

    def diagnosis(self, ended: datetime, why: str) -> str:
        shown = self.changes[-MOST_CHANGES:]
        omitted = len(self.changes) - len(shown)
        lines = [
            f"{self.because}, but {why}",
            f"  waited:   {spoken(ended - self.started)} of the customer's time, {self.looks} looks",
            f"  patience: {self.limit}",
            f"  last seen: {shown[-1][1] if shown else 'nothing'}",
            "  what was seen, from when:",
            *([f"    ({omitted} earlier changes left out)"] if omitted else []),
            *(f"    {when:%H:%M:%S} {text}" for when, text in shown),
        ]
        return "\n".join(lines)


async def eventually(
    observe: Observe[Seen],
    *,
    holds: Callable[[Seen], bool],
    within: Limit,
    because: str,
    good_looks: int = 1,
    until_terminal: Callable[[Seen], bool] | None = None,
) -> Seen:
    """The first observation of which `holds` is true, or of `good_looks` such observations in a row the last.

    `because` is the expectation in the domain's words ("half of the fleet should run on spot"). The wait ends at once when
    `until_terminal` says that what was seen cannot change any more. Raises AssertionError with a diagnosis.
    """
    pace = within.pace
    now = await pace.settled()
    watch = _Watch(because, within, now)
    deadline = now + within.length
    streak = 0
    while True:
        seen = await observe()
        watch.note(now, seen)
        streak = streak + 1 if holds(seen) else 0
        final = streak < good_looks and until_terminal is not None and until_terminal(seen)
        if streak >= good_looks or final or now >= deadline:
            break
        now = await pace.onward(deadline)
    verdict = "what was seen is final" if final else "that did not happen in time"
    expect(streak >= good_looks, lambda: watch.diagnosis(now, verdict))
    return seen


async def steadily(observe: Observe[Seen], *, holds: Callable[[Seen], bool], during: Limit, because: str) -> Seen:
    """The last observation, when `holds` was true at every look during the whole period; AssertionError with a diagnosis otherwise."""
    pace = during.pace
    now = await pace.settled()
    watch = _Watch(because, during, now)
    end = now + during.length
    while True:
        seen = await observe()
        watch.note(now, seen)
        held = holds(seen)
        if not held or now >= end:
            break
        now = await pace.onward(end)
    expect(held, lambda: watch.diagnosis(now, "it did not stay so"))
    return seen


async def at_the_instant(comes: Awaitable[None], act: Callable[[], Awaitable[None]], within: Limit, because: str) -> None:
    """Lets the customer's time go on until `comes` returns, and acts at that very instant, in which somebody is kept waiting.

    AssertionError when the instant does not come in time.
    """
    pace, come = within.pace, asyncio.ensure_future(comes)
    deadline = await pace.now() + within.length
    moving = asyncio.ensure_future(pace.settled())
    while True:
        await asyncio.wait({come, moving}, return_when=asyncio.FIRST_COMPLETED)
        if come.done() or moving.result() >= deadline:
            break
        moving = asyncio.ensure_future(pace.onward(deadline))
    happened = come.done()
    if happened:
        await come
        await act()
    come.cancel()
    await moving
    expect(happened, lambda: f"{because}, but that did not happen in time; patience: {within}")
