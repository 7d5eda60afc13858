"""A repository in a temporary folder: a ledger, one feature that keeps every rule, and the steps that it needs."""

from __future__ import annotations

from pathlib import Path

FEATURE = Path("features/spot_migration/gradual_rollout.feature")

TEXTS = {
    "features/requirements.toml": """\
[area.SPT]
name = "Spot migration"
epic = "spot_migration"

[REQ-SPT-009]
title = "Waves"
statement = "A wave may start only after the previous wave has proved healthy."
source = "a document, section 3"
milestone = 1

[REQ-SPT-010]
title = "Shares"
statement = "The first wave must carry ten percent of the traffic."
source = "a document, section 4"
milestone = 1

[REQ-SPT-011]
title = "Return"
statement = "A fleet must be able to return."
source = "a document, section 5"
milestone = 1
""",
    str(FEATURE): """\
Feature: Gradual rollout onto spot capacity

  Spot capacity is cheap because the cloud may take it back. OptiInfra therefore moves a fleet in waves.

  @REQ-SPT-009
  Rule: A wave may start only after the previous wave has proved healthy

    Scenario: An unhealthy first wave is the last one
      Given customer "Northwind" runs 20 inference nodes on demand
      When quality falls below the customer's floor
      Then the whole fleet runs on demand again

  @REQ-SPT-010
  Rule: The first wave must carry ten percent of the traffic

    Scenario: The first wave carries its share and no more
      Given customer "Northwind" runs 20 inference nodes on demand
      When the first wave starts
      Then 10% of the traffic reaches spot nodes
""",
    "steps/fleets.py": """\
@given("customer {string} runs {count} inference nodes on demand")
async def fleet_on_demand(story: Story, name: str, nodes: int) -> None:
    story.fleet = (name, nodes)


@when("the first wave starts")
async def first_wave_started(story: Story) -> None:
    story.wave = 1


@when("quality falls below the customer's floor")
async def quality_fallen(story: Story) -> None:
    story.quality = 0


@then("the whole fleet runs on demand again")
async def fleet_returned(story: Story) -> None:
    assert story.fleet, "the fleet should run on demand"


@then("{percent} of the traffic reaches spot nodes", verifies="REQ-SPT-010")
async def traffic_reaches_spot(story: Story, share: Percent) -> None:
    assert story.share == share, f"expected {share}, seen {story.share}"
""",
}


def small_repository(root: Path) -> Path:
    """Writes it below `root`, which is returned."""
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root
