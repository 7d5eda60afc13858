"""Orders: what happens at the same time, begun now in this order and now in that."""

from __future__ import annotations

from support.deeds.exploring import Orders
from support.gherkin import given, then, when
from support.personas import persona
from support.story import Story


@given("customers like {string} run one node on demand and one on spot")
async def customers_gathered(orders: Orders, name: str) -> None:
    """As many as are tried side by side; in a failure others take their place."""
    await orders.gather(persona(name))


@when("approvals, resolutions, analyses and reclaims happen in {count} different orders")
async def orders_tried(story: Story, orders: Orders, count: int) -> None:
    """Each order about fresh recommendations of one customer; what must be true is looked at after each."""
    story.exploration = await orders.explore(count)


@then("no two changes have worked on one resource at once, in any order", verifies="REQ-CNF-013")
async def one_change_at_a_time(story: Story) -> None:
    """By what the customer was told of each change's beginning and end."""
    story.exploration.expect_kept("one change at a time")


@then("each disagreement had at most one winner", verifies="REQ-CNF-015")
async def one_winner(story: Story) -> None:
    """Each side was decided once, and what a resolution dropped was not carried out."""
    story.exploration.expect_kept("one winner")


@then("nothing that was accepted got lost", verifies="REQ-CNF-014")
async def no_lost_update(story: Story) -> None:
    """Each accepted approval, rejection and revision is on record, and none was taken on what had been revised."""
    story.exploration.expect_kept("no lost update")


@then("nothing waited for ever", verifies="REQ-CNF-012")
async def no_deadlock(story: Story) -> None:
    """Every request was answered, and everything that was begun came to an end."""
    story.exploration.expect_kept("no deadlock")
