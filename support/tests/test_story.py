"""The story knows what is established, by which phrase it would be, and whether anybody looked at a refusal; undo leaves nothing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import pytest

from support.deeds.comparing import FIXTURE, Comparison, compares
from support.drivers.api.answer import Nothing, Refused
from support.drivers.cloud import Cloud
from support.expectation import expect
from support.personas import NoSuchPersona, persona
from support.story import NotEstablished, Story
from support.undo import NotUndone, Undo

REFUSED = Refused(reason="it was decided already", code="already_decided", status=409)


@dataclass
class Definition:
    """As much of a step definition as the story looks at."""

    function: Callable[[Story], None]
    keyword: str = "Given"
    phrase: str = "the fleet is remembered"
    fixtures: tuple[str, ...] = ()


def fleet_remembered(story: Story) -> None:
    story.before = story.before


def fleet_forgotten(story: Story) -> None:
    story.facts.clear()


def test_an_unestablished_fact_names_the_phrases_that_establish_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.story.definitions", lambda: [Definition(fleet_remembered), Definition(fleet_forgotten, phrase="the fleet is gone")])
    with pytest.raises(NotEstablished) as raised:
        _ = Story().before
    told = str(raised.value)
    assert told.startswith("nothing has established before (the fleet's state before the change)")
    assert told.endswith('it is established by: Given "the fleet is remembered"')


async def test_a_fleet_is_kept_only_where_a_then_compares_with_it() -> None:
    asking, deaf = Definition(fleet_remembered, fixtures=(FIXTURE,)), Definition(fleet_remembered, "then")
    assert not compares([asking, deaf])  # type: ignore[list-item]
    assert compares([asking, replace(asking, keyword="then")])  # type: ignore[list-item]
    story = Story()
    await Comparison(story, cast("Cloud", None), wanted=False).keep_fleet()  # nobody is asked
    with pytest.raises(NotEstablished, match="nothing has established before"):
        _ = Comparison(story, cast("Cloud", None), wanted=True).before


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
            raise OSError("the disk is full")
        expect(name != "first", lambda: "the first should go")

    for name in ("first", "second", "third"):
        undo.push(partial(take, name))
    with pytest.raises(NotUndone) as told:
        await undo.run()
    assert undone == ["third", "second", "first"]
    lines = str(told.value).splitlines()
    assert lines[:2] == ["what the scenario created could not be taken away again:", "Traceback (most recent call last):"]
    assert lines[-2:] == ["OSError: the disk is full", "the first should go"]


def test_a_persona_that_nobody_knows_is_told_with_those_that_exist() -> None:
    with pytest.raises(NoSuchPersona, match='there is no persona "Contoso"; there are Northwind, Acme Corp, Meridian Bank, Pulse, Tinker'):
        persona("Contoso")
