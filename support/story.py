"""What the running scenario has established so far: a closed set of typed facts.

A step that reads a fact which nothing has established fails with the phrases that would. A refusal that no Then looked at fails the
scenario (`unread_refusal`).
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast, overload

from support import words
from support.drivers.api.agents import Hired, Routed
from support.drivers.api.answer import Answer, Refused
from support.drivers.api.audit import AuditTrail
from support.drivers.api.conflicts import Resolution
from support.drivers.api.customers import CustomerRecord
from support.drivers.api.identity import TokenPair
from support.drivers.api.optimizations import Optimization
from support.drivers.api.portal import Dashboard, MetricPoint
from support.drivers.api.recommendations import Decision, Recommendation
from support.drivers.api.transport import Caller, Credentials
from support.drivers.history import CloudCall
from support.drivers.journal import Exchange
from support.drivers.provisioning import Deployment
from support.expectation import expect
from support.gherkin import StepDefinition, definitions
from support.personas import Persona
from support.witness.exploration import Exploration
from support.witness.reclaims import TakenBack
from support.witness.state import Capture
from support.witness.traffic import Witnessed

Fact = TypeVar("Fact")


class NotEstablished(AssertionError):
    """A step needs a fact that no step before it has established."""


class _Fact(Generic[Fact]):
    """One fact of the story: typed, written by the step that establishes it, readable only afterwards."""

    def __init__(self, meaning: str) -> None:
        self._meaning = meaning
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, story: None, owner: type) -> _Fact[Fact]: ...
    @overload
    def __get__(self, story: Story, owner: type) -> Fact: ...
    def __get__(self, story: Story | None, owner: type) -> _Fact[Fact] | Fact:
        if story is None:
            return self
        if self._name not in story.facts:
            raise NotEstablished(_not_established(self._name, self._meaning))
        story.read.add(self._name)
        value: Fact = story.facts[self._name]
        return value

    def __set__(self, story: Story, value: Fact) -> None:
        story.facts[self._name] = value
        story.read.discard(self._name)


@dataclass(frozen=True)
class Company:
    """A company with what it signs up with."""

    name: str
    credentials: Credentials
    plan: words.Plan

    def __str__(self) -> str:
        return f"{self.name} on the {self.plan} plan"


@dataclass(frozen=True)
class Period:
    """A time of which the scenario knows something, both ends included."""

    begun: datetime
    ended: datetime


@dataclass(frozen=True)
class Estate:
    """A persona's cloud before anybody has heard of it: its AWS account and the deployments in it."""

    persona: Persona
    account: str
    deployments: tuple[Deployment, ...]


@dataclass(frozen=True)
class Customer:
    """A persona as a customer of the running platform: its own account, deployments, and who acts for it.

    The agents of its own have no token until somebody has asked for it.
    """

    persona: Persona
    account: str
    record: CustomerRecord
    owner: Caller
    agents: Caller
    deployments: tuple[Deployment, ...]

    @property
    def id(self) -> str:
        """The platform's name for it."""
        return self.record.id

    @property
    def name(self) -> str:
        """What people call it."""
        return self.persona.name

    @property
    def deployment(self) -> Deployment:
        """Its main deployment."""
        return self.deployments[0]


@dataclass
class Story:
    """The facts of one scenario. Assigning establishes a fact; each has one type for the whole suite."""

    facts: dict[str, Any] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    customers: dict[str, Customer] = field(default_factory=dict)
    hired: list[Hired] = field(default_factory=list)
    owned: dict[str, Any] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)

    company = _Fact[Company]("the company that signs up")
    rival = _Fact[Company]("another company that signs up after it")
    estate = _Fact[Estate]("the cloud of a company that is no customer yet")
    customer = _Fact[Customer]("whose fleet the scenario is about")
    users = _Fact[Witnessed]("what the customer's users have seen")
    before = _Fact[Capture]("the fleet's state before the change")
    noted = _Fact[Capture]("what OptiInfra keeps of the fleet before the change")
    calls = _Fact[tuple[CloudCall, ...]]("what the cloud had been asked before the last action")
    recommendation = _Fact[Recommendation]("the recommendation that the scenario is about")
    recommendations = _Fact[tuple[Recommendation, ...]]("the recommendations that the scenario is about")
    resolution = _Fact[Resolution]("what the orchestrator has decided between recommendations")
    optimization = _Fact[Optimization]("the change that is carried out")
    agent = _Fact[Hired]("the customer's own agent that the scenario is about")
    task = _Fact[str]("the work that the scenario is about")
    figures = _Fact[tuple[MetricPoint, ...]]("the figures that the customer looks at")
    dashboard = _Fact[Dashboard]("what the dashboard showed before the change")
    answers = _Fact[tuple[Decision | Refused, ...]]("what the platform answered to each of several decisions")
    held = _Fact[Mapping[str, Any]]("what OptiInfra held of a customer at first")
    asked = _Fact[tuple[Any, ...]]("everything that was asked for, and what came of it")
    asked_twice = _Fact[tuple[Any, ...]]("what was asked about a real thing and about none, and what came of it")
    seen = _Fact[Mapping[str, str]]("what somebody was shown, by where it was shown")
    password = _Fact[str]("a password that was used")
    mistaken = _Fact[tuple[Any, ...]]("requests that break the contract, and what came of them")
    trail = _Fact[AuditTrail]("the audit trail that was read")
    changes = _Fact[tuple[Exchange, ...]]("what the platform has done at somebody's request so far")
    session = _Fact[TokenPair]("a session of the owner beside the usual one")
    former_session = _Fact[TokenPair]("that session before it was renewed")
    followed = _Fact[dict[str, int]]("how many events each customer had been told when it began to follow")
    taken_back = _Fact[tuple[TakenBack, ...]]("the spot nodes that the cloud has taken back, each time that it did")
    exploration = _Fact[Exploration]("what was found by trying different orders")
    outcome = _Fact[Any]("what the platform answered to the last action")

    def customer_named(self, name: str) -> Customer:
        """One of the scenario's customers; raises NotEstablished for a name that no step has introduced."""
        if name not in self.customers:
            raise NotEstablished(f"no step has introduced customer {name!r}; introduced: {', '.join(self.customers) or 'none'}")
        return self.customers[name]

    def introduce(self, customer: Customer) -> None:
        """A customer enters the scenario; the one that entered last is the one that is meant."""
        self.customers[customer.name] = customer
        self.customer = customer

    def belongings_of(self, name: str) -> Any:  # noqa: ANN401  (Belongings, which know of customers themselves)
        """One of everything that the customer owns; raises NotEstablished where no step has given it that."""
        if name not in self.owned:
            raise NotEstablished(f"no step has given {name!r} anything of its own; those that own something: {', '.join(self.owned) or 'none'}")
        return self.owned[name]

    def agent_on(self, host: str) -> Hired:
        """The agent on that host; raises NotEstablished where no step has registered one."""
        hosts = {agent.description.hostname: agent for agent in self.hired}
        if host not in hosts:
            raise NotEstablished(f"no step has registered an agent on {host!r}; there are agents on: {', '.join(hosts) or 'no host'}")
        return hosts[host]

    def employ(self, agent: Hired) -> None:
        """An agent enters the scenario; the one that entered last is the one that is meant."""
        self.hired.append(agent)
        self.agent = agent

    @property
    def work_id(self) -> str:
        """The work that the scenario is about: the one that is established, or the one that the last request has become."""
        return self.task if "task" in self.facts else self.success(Routed).task_id

    @property
    def change_id(self) -> str:
        """The optimization that the scenario is about: the one that is established, or the one that the last approval has started."""
        if "optimization" in self.facts:
            return self.optimization.id
        decision = self.success(Decision)
        expect(decision.optimization_id is not None, lambda: f"the approval should have started an optimization, but: {decision}")
        return str(decision.optimization_id)

    @property
    def unread_refusal(self) -> Refused | None:
        """The platform's last refusal, when no step has looked at it since."""
        outcome = self.facts.get("outcome")
        return outcome if isinstance(outcome, Refused) and "outcome" not in self.read else None

    def refusal(self) -> Refused:
        """The refusal that the scenario is about; AssertionError when the platform did what was asked."""
        outcome = self.outcome
        expect(isinstance(outcome, Refused), lambda: f"the platform should have refused, but it answered: {outcome}")
        return cast("Refused", outcome)

    def success(self, kind: type[Answer]) -> Answer:
        """The outcome of the last action, of this kind; AssertionError when the platform refused."""
        outcome = self.outcome
        expect(isinstance(outcome, kind), lambda: f"the platform should have done it, but: {outcome}")
        return cast("Answer", outcome)


def _not_established(name: str, meaning: str) -> str:
    phrases = sorted(f'{definition.keyword.capitalize()} "{definition.phrase}"' for definition in definitions() if _establishes(definition, name))
    listed = "; ".join(phrases) or "no phrase yet"
    return f"nothing has established {name.replace('_', ' ')} ({meaning}); it is established by: {listed}"


def _establishes(definition: StepDefinition, name: str) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(definition.function)))
    stored = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    entering = {"customer": "introduce", "agent": "employ", "before": "keep_fleet"}.get(name)
    introduces = any(isinstance(node, ast.Attribute) and node.attr == entering for node in ast.walk(tree))
    return name in stored or introduces
