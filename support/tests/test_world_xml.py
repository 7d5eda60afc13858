"""Our XML is what xmltodict writes, which moto would use."""

from __future__ import annotations

from typing import Any

import pytest
import xmltodict  # type: ignore[import-untyped]

from support.world.aws.xml import PROLOG, written

ANSWERS: dict[str, dict[str, Any]] = {
    "nested": {
        "Answer": {"@xmlns": "http://ec2.amazonaws.com/doc/", "instancesSet": {"item": [{"id": "i-1", "on": True}, {"id": "i-2", "on": False}]}}
    },
    "to be escaped": {"Answer": {"text": "a < b & c > d \"quoted\" 'so'", "unicode": "Zürich 東京"}},
    "an attribute to be escaped": {"Answer": {"@name": 'a "b" < & c', "#text": "x & y"}},
    "empty": {"Answer": {"nothing": None, "blank": "", "noItems": [], "noMembers": {}, "zero": 0}},
    "nothing but attributes": {"Answer": {"@xmlns": "urn:x"}},
    "numbers": {"Answer": {"whole": 17, "ratio": 0.5, "list": [1, 2.5, None, "x"]}},
    "lists of text": {"Answer": {"member": ["one", "two & three"]}},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_what_is_written_is_what_moto_would_write(answer: dict[str, Any]) -> None:
    expected = xmltodict.unparse(answer, full_document=True, short_empty_elements=True)
    assert PROLOG + written(answer) == expected
