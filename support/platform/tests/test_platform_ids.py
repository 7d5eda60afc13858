"""Identifiers."""

from __future__ import annotations

import string

from support.platform.ids import new_id, well_formed


def test_an_identifier_is_its_kind_and_letters_of_chance() -> None:
    made = {new_id("cus") for _ in range(2000)}
    assert len(made) == 2000
    assert all(well_formed(one, "cus") for one in made)
    for place in range(4, 24):
        assert {one[place] for one in made} == set(string.ascii_letters + string.digits), f"a letter never stands at place {place}"
