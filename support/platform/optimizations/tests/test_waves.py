"""Waves round up, cover the whole change, and never carry more traffic than their share."""

from __future__ import annotations

import pytest

from support.platform.optimizations.waves import Wave, nodes_at, waves


@pytest.mark.parametrize(
    ("fleet", "expected"),
    [(1, (1, 1, 1)), (2, (1, 1, 2)), (3, (1, 2, 3)), (4, (1, 2, 4)), (9, (1, 5, 9)), (10, (1, 5, 10)), (11, (2, 6, 11)), (20, (2, 10, 20))],
)
def test_a_whole_fleet_moves_in_waves_that_round_up(fleet: int, expected: tuple[int, int, int]) -> None:
    planned = waves(fleet, fleet)
    assert tuple(wave.nodes for wave in planned) == expected
    assert tuple(wave.weight for wave in planned) == (10, 50, 100)


def test_half_a_fleet_ends_with_half_the_traffic() -> None:
    assert waves(10, 20) == (Wave(10, 1, 5), Wave(50, 5, 25), Wave(100, 10, 50))


def test_the_smallest_share_still_gets_traffic() -> None:
    assert waves(1, 20)[0].weight == 1


@pytest.mark.parametrize("share", [0, -10, 101])
def test_a_wave_covers_one_to_a_hundred_percent(share: int) -> None:
    with pytest.raises(ValueError, match="1 to 100 percent"):
        nodes_at(share, 10)


def test_more_than_the_fleet_cannot_be_replaced() -> None:
    with pytest.raises(ValueError, match="5 of 4 nodes"):
        waves(5, 4)
