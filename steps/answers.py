"""Answers: how right, how fast and how reliable the models' answers are."""

from __future__ import annotations

from support.deeds.answering import answer_for, answer_on_spot, answer_twice_as_fast, fail_on_spot
from support.drivers.simulator import Simulator
from support.drivers.time import ControlledClock
from support.gherkin import given, when
from support.story import Story
from support.vocabulary import Duration, Percent


@given("its models answered {percent} of known questions right for {duration}")
async def answers_of_a_period(story: Story, simulator: Simulator, clock: ControlledClock, share: Percent, length: Duration) -> None:
    """So long, and until something else is said of them; the periods follow one another."""
    story.periods.append(await answer_for(simulator, clock, story.customer, share.ratio, length))


@when("its models come to answer {percent} of known questions right")
async def answers_changed(story: Story, simulator: Simulator, share: Percent) -> None:
    """Of the whole fleet, from this moment on."""
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, accuracy=f"{share.ratio:.3f}")


@when("its models on spot come to answer {percent} of known questions right")
async def spot_answers_changed(story: Story, simulator: Simulator, share: Percent) -> None:
    """From this moment on; those on demand answer as before."""
    await answer_on_spot(simulator, story.customer, accuracy=f"{share.ratio:.3f}")


@when("its models on spot answer twice as fast and {percent} of known questions right")
async def spot_answers_quick(story: Story, simulator: Simulator, share: Percent) -> None:
    """From this moment on; those on demand answer as before."""
    await answer_twice_as_fast(simulator, story.customer, share.ratio)


@when("its models on spot answer no question any more")
async def spot_answers_ended(story: Story, simulator: Simulator) -> None:
    """They decline every question that is put to them, and tell their figures as before."""
    await answer_on_spot(simulator, story.customer, answering=False)


@when("{percent} of the requests to spot fail")
async def spot_requests_failing(story: Story, simulator: Simulator, share: Percent) -> None:
    """From this moment on; there are so many requests that a hundredth of a percent can be told."""
    await fail_on_spot(simulator, story.customer, share.ratio)


@when("{percent} of the answers on spot come within {int} milliseconds")
async def spot_answers_slowed(story: Story, simulator: Simulator, share: Percent, longest: int) -> None:
    """And the slowest hundredth a fifth of a second later."""
    latency = {"p50": longest // 2, f"p{int(share)}": longest, "p99": longest + 200}
    await simulator.bend_deployment(story.customer.account, story.customer.deployment.name, base_latency_ms=latency, on={"lifecycle": "spot"})
