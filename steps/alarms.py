"""Alarms: what the customer is told of quality that has fallen, and when."""

from __future__ import annotations

from support.deeds.alarming import detected, expect_degradation, expect_no_alarm, expect_told_reason
from support.drivers.api.platform import Platform
from support.drivers.events import Events
from support.gherkin import then
from support.patience import Patience
from support.story import Story
from support.vocabulary import Duration, Percent


@then("a degradation of {percent} is detected within {duration}")
async def degradation_detected(story: Story, events: Events, patience: Patience, share: Percent, limit: Duration) -> None:
    """From this moment on: the customer is told live, with the figure."""
    expect_degradation(await detected(events, story.customer, patience.watch_period, limit), share)


@then("the customer is alerted to it")
async def customer_alerted(story: Story, platform: Platform) -> None:
    """The alert stays where the customer looks later."""
    alerts = [alert for alert in await platform.portal.alerts(story.customer.id) if alert.kind == "quality"]
    assert len(alerts) == 1, f"{story.customer.name} should be alerted once to the fall of quality, but the alerts are: {alerts or 'none'}"


@then("no quality alarm has been raised")
async def nobody_alarmed(story: Story, platform: Platform, events: Events) -> None:
    """Neither live nor as an alert."""
    told = await events.of(story.customer.id, story.customer.owner)
    expect_no_alarm(told, await platform.portal.alerts(story.customer.id))


@then("{trigger} is/are the reason that the customer is told")
async def reason_told(story: Story, events: Events, trigger: str) -> None:
    """With the news that the change was taken back."""
    expect_told_reason(await events.of(story.customer.id, story.customer.owner), story.optimization, trigger)
