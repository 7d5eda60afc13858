"""What fails a scenario whose steps all passed: it looked as if something had been checked, and nothing was."""

from __future__ import annotations

from collections.abc import Iterable

from _pytest.outcomes import Failed


class HollowStep(AssertionError):
    """A Then in which no assertion ran."""


class UnprovenClaim(Failed):
    """A scenario that claims a requirement which none of its steps verified; shown without a traceback, as no step is at fault."""


def hollow(keyword: str, text: str) -> HollowStep:
    """The failure of a Then that asserted nothing."""
    return HollowStep(f'"{keyword} {text}" ran no assertion: a Then must be able to be false')


def unproven(claims: Iterable[str], verified: set[str]) -> UnprovenClaim | None:
    """The failure of a scenario with claims beyond what its passed steps verified."""
    missing = sorted(set(claims) - verified)
    if not missing:
        return None
    what = f"the scenario claims {', '.join(missing)}, but none of its steps verified that"
    return UnprovenClaim(f"{what}: drop the tag, or add a Then that observes it", pytrace=False)
