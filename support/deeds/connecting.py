"""Agent runtimes that want to connect, and what must be true of them then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.drivers.api.answer import Refused
from support.drivers.api.customers import RuntimeConnected
from support.drivers.api.platform import Platform
from support.expectation import expect
from support.story import Customer, Story

if TYPE_CHECKING:
    from support.drivers.records import Records

HOST = "gpu-host-7"


async def own_token(platform: Platform, customer: Customer) -> str:
    """The token in the customer's install command."""
    return (await platform.acting_as(customer.owner).customers.install_command(customer.id)).agent_token


def altered(token: str) -> str:
    """The same token with another last character."""
    return token[:-1] + ("A" if token[-1] != "A" else "B")


async def connect(platform: Platform, customer: Customer, token: str) -> RuntimeConnected | Refused:
    """What the platform answers to a runtime of the customer that shows this token."""
    return await platform.customers.connect_runtime(customer.id, token, HOST)


async def expect_connected(records: Records, story: Story) -> None:
    """AssertionError when the runtime is not on record as what it was answered to be."""
    connected = story.success(RuntimeConnected)
    kept = [(row["id"], row["hostname"]) for row in await records.of("agent_runtimes", customer_id=story.customer.id)]
    wanted = [(connected.runtime_id, HOST)]
    expect(kept == wanted, lambda: f"the runtime should be on record as {wanted}, but there is {kept}")


async def expect_turned_away(records: Records, story: Story) -> None:
    """AssertionError when the runtime was let in, was told more than that its token is wrong, or is on record."""
    refusal = story.refusal()
    expect(refusal.code == "runtime_token_wrong", lambda: f"the refusal should be about the token alone, but: {refusal}")
    kept = await records.of("agent_runtimes", customer_id=story.customer.id)
    expect(not kept, lambda: f"a runtime that was turned away should not be on record, but there is {kept}")


async def expect_complete_command(platform: Platform, story: Story) -> None:
    """AssertionError when the install command does not name the customer and carry its token, or differs from one asking to the next."""
    first, again = [await platform.customers.install_command(story.customer.id) for _ in range(2)]
    parts = first.install_command.split()
    expect(
        first == again and {story.customer.id, first.agent_token} <= set(parts),
        lambda: "the install command should name the customer and carry its token, the same each time it is asked for",
    )
