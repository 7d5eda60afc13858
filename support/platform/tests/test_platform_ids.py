"""Identifiers."""

from __future__ import annotations

from support.platform.ids import new_id, well_formed


def test_an_identifier_is_its_kind_and_digits_of_chance() -> None:
    made = {new_id("cus") for _ in range(2000)}
    assert len(made) == 2000
    assert all(well_formed(one, "cus") for one in made)
    for place in range(4, 34):
        assert {one[place] for one in made} == set("0123456789abcdef"), f"a digit never stands at place {place}"
