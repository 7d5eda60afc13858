"""The story knows what is established, by which phrase it would be, and whether anybody looked at a refusal; undo leaves nothing out."""

from __future__ import annotations

import pytest

from support.drivers.api.answer import Nothing, Refused
from support.gherkin import given
from support.story import NotEstablished, Story
from support.undo import Undo

REFUSED = Refused(reason="it was decided already", code="already_decided", status=409)


@given("the fleet of the test of the story is remembered")
def fleet_remembered(story: Story) -> None:
    """Establishes a fact, for the test below."""
    story.before = story.before


def test_an_unestablished_fact_names_the_phrases_that_establish_it() -> None:
    with pytest.raises(NotEstablished) as raised:
        _ = Story().before
    told = str(raised.value)
    assert told.startswith("nothing has established before (the fleet's state before the change)")
    assert 'given "the fleet of the test of the story is remembered"' in told.lower()


def test_a_customer_that_nobody_introduced_is_named() -> None:
    with pytest.raises(NotEstablished, match="no step has introduced customer 'Pulse'; introduced: none"):
        Story().customer_named("Pulse")


def test_a_refusal_that_nobody_looked_at_is_known() -> None:
    story = Story()
    story.outcome = REFUSED
    assert story.unread_refusal == REFUSED
    assert story.refusal() == REFUSED
    assert story.unread_refusal is None


def test_a_later_refusal_is_unread_again() -> None:
    story = Story()
    story.outcome = REFUSED
    story.refusal()
    story.outcome = REFUSED
    assert story.unread_refusal == REFUSED


def test_a_success_where_a_refusal_was_due_is_told() -> None:
    story = Story()
    story.outcome = Nothing()
    with pytest.raises(AssertionError, match="the platform should have refused"):
        story.refusal()


async def test_undo_goes_backwards_and_on_after_a_failure() -> None:
    undone: list[str] = []
    undo = Undo()

    async def take(name: str) -> None:
        undone.append(name)
        if name == "second":
            raise OSError(name)

    for name in ("first", "second", "third"):
        undo.push(lambda name=name: take(name))
    with pytest.raises(ExceptionGroup) as failures:
        await undo.run()
    assert undone == ["third", "second", "first"]
    assert failures.group_contains(OSError, match="second")
