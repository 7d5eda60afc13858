"""What agents of the customer put forward: a scenario's table as recommendations that are really submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from support import words
from support.drivers.api.answer import accepted
from support.drivers.api.platform import Platform
from support.drivers.api.recommendations import Recommendation
from support.drivers.time import ControlledClock
from support.story import Customer
from support.vocabulary import Duration

COLUMNS = ("agent", "recommendation", "about", "saving", "confidence", "risk", "needs", "later")
"""What a table may say of a recommendation; the first two must be there. `later` is how long after the one before it was made."""

ABOUT = re.compile(
    r"(?:the )?(first|second|third|fourth|fifth) node|the first (two|three|four) nodes|the whole fleet|the other fleet|a node of each fleet"
)
OTHER, EACH = "the other fleet", "a node of each fleet"
"""Of a customer with two fleets: the second one whole; and what stands in both."""
_COUNTED = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "two": 2, "three": 3, "four": 4}

CHANGES: Mapping[str, Mapping[str, Any]] = {
    "kv_cache_tuning": {"setting_changes": {"kv_cache_dtype": "fp8"}},
    "batch_tuning": {"setting_changes": {"max_num_seqs": 512}},
    "quantization": {"setting_changes": {"quantization": "fp8"}},
    "rightsizing": {"target_instance_type": "g4dn.xlarge"},
}
"""What a recommendation of that type would change, where the type alone does not say it."""


class Unwritable(ValueError):
    """A scenario's table says what no agent can recommend; the message says what may stand there."""


async def runtime_of(platform: Platform, customer: Customer) -> Platform:
    """The platform as the customer's own agents use it. Their token, which stays the same, is asked for once."""
    if customer.agents.token is None:
        customer.agents.token = (await platform.customers.install_command(customer.id)).agent_token
    return platform.acting_as(customer.agents)


async def put_forward(platform: Platform, customer: Customer, table: Sequence[Sequence[str]], clock: ControlledClock) -> tuple[Recommendation, ...]:
    """Has the customer's agents recommend what the table says, row by row; raises Unwritable for a table that cannot be meant."""
    agents = await runtime_of(platform, customer)
    made: list[Recommendation] = []
    for row in _rows(table):
        if row.get("later"):
            await clock.advance(_duration(row["later"]))
        made.append(accepted(await agents.recommendations.submit(customer.id, _proposal(row, customer, made))))
    return tuple(made)


def proposal(agent: str, kind: str, resources: Sequence[str], **more: object) -> dict[str, Any]:
    """A sound recommendation of that agent, of medium risk and saving $500 a month, as far as `more` does not say otherwise."""
    return {
        "type": kind,
        "agent_type": agent,
        "title": f"{kind.replace('_', ' ').capitalize()}, says the {agent} agent",
        "risk_level": "medium",
        "estimated_savings": "500.00",
        "confidence": "0.80",
        "affected_resources": list(resources),
        "dependencies": [],
        "details": dict(CHANGES.get(kind, {})),
        **more,
    }


def side(recommendations: Sequence[Recommendation], agent: str, kind: str) -> Recommendation:
    """The one of that agent and type; raises Unwritable that names what there is."""
    found = [each for each in recommendations if each.agent_type == agent and each.type == kind]
    if len(found) != 1:
        raise Unwritable(f"the scenario should have one {_prose(kind)} of the {agent} agent, but it has: {'; '.join(map(str, recommendations))}")
    return found[0]


def named(recommendation: Recommendation) -> str:
    """How people speak of it."""
    return f"the {recommendation.agent_type} agent's {_prose(recommendation.type)}"


def _rows(table: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    head, *body = table
    unknown = [column for column in head if column not in COLUMNS]
    if unknown or list(head[:2]) != list(COLUMNS[:2]):
        raise Unwritable(f"the columns are {', '.join(COLUMNS)}, the first two always; the table has {', '.join(head)}")
    return [dict(zip(head, row, strict=True)) for row in body]


def _proposal(row: Mapping[str, str], customer: Customer, made: Sequence[Recommendation]) -> dict[str, Any]:
    kind = _word(row["recommendation"], words.words(words.RecommendationType), "recommendation")
    agent = _word(row["agent"], words.words(words.AgentType), "agent")
    told: dict[str, Any] = {}
    if row.get("saving"):
        told["estimated_savings"] = row["saving"].replace("$", "").replace(",", "")
    if row.get("confidence"):
        told["confidence"] = row["confidence"]
    if row.get("risk"):
        told["risk_level"] = _word(row["risk"], words.words(words.RiskLevel), "risk")
    if row.get("needs"):
        needed = _word(row["needs"], tuple(each.type for each in made), "needs (what an earlier row recommends)")
        told["dependencies"] = [each.id for each in made if each.type == needed]
    return proposal(agent, kind, _about(row.get("about") or "first node", customer), **told)


def _about(text: str, customer: Customer) -> tuple[str, ...]:
    found = ABOUT.fullmatch(text)
    if found is None:
        raise Unwritable(
            f"{text!r} is nothing to recommend about; write: first node, second node, the first two nodes, the whole fleet, {OTHER}, {EACH}"
        )
    if text == OTHER:
        return (f"deployment:{customer.deployments[1].name}",)
    if text == EACH:
        return tuple(deployment.instance_ids[0] for deployment in customer.deployments)
    nodes = customer.deployment.instance_ids
    one, several = found.groups()
    if one:
        return (nodes[_COUNTED[one] - 1],)
    return nodes[: _COUNTED[several]] if several else (f"deployment:{customer.deployment.name}", *nodes)


def _word(text: str, allowed: Sequence[str], column: str) -> str:
    word = text.replace(" ", "_")
    if word not in allowed:
        raise Unwritable(f"{text!r} stands under {column}, which takes: {', '.join(map(_prose, allowed))}")
    return word


def _prose(word: str) -> str:
    return word.replace("_", " ")


def _duration(text: str) -> Duration:
    from support.vocabulary import PARAMETER_TYPES

    kind = PARAMETER_TYPES.lookup_by_type_name("duration")
    assert kind is not None
    try:
        return Duration(seconds=kind.transform([text]).total_seconds())
    except (ValueError, KeyError):
        raise Unwritable(f"{text!r} stands under later, which takes a duration such as 1 minute") from None
