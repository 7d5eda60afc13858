"""A watch period outlives the process that began it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from support.platform.optimizations.watch import moments

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("resumed_after", "looks"),
    [(0, [60, 120, 180]), (59, [60, 120, 180]), (60, [120, 180]), (120, [180]), (121, [181]), (150, [210]), (180, [240]), (600, [660])],
)
def test_what_is_left_of_a_period_is_still_looked_at(resumed_after: int, looks: list[int]) -> None:
    left = moments(BEGUN, BEGUN + timedelta(seconds=resumed_after))
    assert [int((moment - BEGUN).total_seconds()) for moment in left] == looks
