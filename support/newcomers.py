"""How a persona becomes a customer: a fleet in an account of its own, a real sign-up, a role, and an onboarding."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from support import words
from support.drivers.api.answer import Nothing, Refused, accepted
from support.drivers.api.identity import SignedUp
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Caller, Credentials
from support.drivers.aws import REGION
from support.drivers.cloud import Cloud
from support.drivers.live import Live
from support.drivers.provisioning import provision
from support.drivers.simulator import Simulator
from support.patience import Patience
from support.personas import Persona
from support.story import Company, Customer, Estate
from support.undo import Undo
from support.waiting import eventually


@dataclass(frozen=True)
class Newcomers:
    """Brings personas to the running platform. Everything made here is undone at the end of the scenario."""

    live: Live
    platform: Platform
    cloud: Cloud
    simulator: Simulator
    undo: Undo

    async def build(self, persona: Persona, nodes: int | None = None) -> Estate:
        """The persona's fleet in a fresh AWS account, its main deployment with `nodes` nodes; OptiInfra knows nothing of it yet."""
        account = self.live.fresh_account()
        counts = (nodes, *(None for _ in persona.fleets[1:]))
        built = [await provision(self.simulator, account, trait, count) for trait, count in zip(persona.fleets, counts, strict=True)]
        return Estate(persona, account, tuple(built))

    def company(self, name: str, plan: words.Plan, account: str | None = None) -> Company:
        """A company with an e-mail address and a password that nobody else has."""
        number = account or self.live.fresh_account()
        password = f"{secrets.token_urlsafe(16)}-a7"  # a letter and a digit, whatever chance brings
        self.live.secrets.keep(password)
        return Company(name, Credentials(f"owner.of.{number}@example.com", password), plan)

    async def enrol(self, company: Company, owner: Caller | None = None) -> SignedUp | Refused:
        """The company signs up. One that is let in leaves again at the end, by its owner."""
        answer = await self.platform.identity.sign_up(company.name, company.credentials, company.plan)
        if isinstance(answer, SignedUp):
            leaving = owner or Caller(f"the owner of {company.name}", credentials=company.credentials)
            self.undo.push(lambda: self._leave(leaving, answer.customer_id))
        return answer

    async def greet(self, persona: Persona) -> Customer:
        """The persona signs up and logs in; it has a cloud account of its own, with nothing in it."""
        return await self.sign_up(Estate(persona, self.live.fresh_account(), ()))

    async def sign_up(self, estate: Estate) -> Customer:
        """The persona signs up and logs in; the platform facade acts for its owner from now on."""
        persona, account = estate.persona, estate.account
        company = self.company(persona.name, persona.plan, account)
        owner = Caller(f"the owner of {persona.name}", credentials=company.credentials)
        signed_up = accepted(await self.enrol(company, owner))
        tokens = accepted(await self.platform.identity.log_in(company.credentials))
        owner.token, owner.refresh_token = tokens.access_token, tokens.refresh_token
        self.platform.become(owner)
        if persona.settings:
            record = accepted(await self.platform.customers.change_settings(signed_up.customer_id, **persona.settings))
        else:
            record = await self.platform.customers.get(signed_up.customer_id)
        return Customer(persona, account, record, owner, Caller(f"an agent of {persona.name}"), estate.deployments)

    async def grant_access(self, customer: Customer) -> str:
        """The customer runs OptiInfra's stack in its account: a role to assume, and events from its cloud. The role's ARN."""
        install = await self.platform.customers.install_command(customer.id)
        customer.agents.token = install.agent_token
        return await self.simulator.install_stack(customer.account, customer.record.external_id, customer.record.event_delivery, install.agent_token)

    async def bring(self, estate: Estate) -> Customer:
        """Sign-up, role and onboarding for a fleet that exists. Discovery may still be under way on return."""
        customer = await self.sign_up(estate)
        role = await self.grant_access(customer)
        accepted(await self.platform.customers.onboard(customer.id, REGION, role))
        return customer

    async def join(self, persona: Persona, nodes: int | None = None) -> Customer:
        """The whole way, from the building of the fleet on."""
        return await self.bring(await self.build(persona, nodes))

    async def harden(self, estate: Estate, nodes: int) -> None:
        """So many nodes of the main deployment, the last ones, tolerate no interruption: their owner has marked them so."""
        marked, tag = estate.deployments[0].instance_ids[-nodes:], {"Key": "optiinfra:interruptible", "Value": "false"}
        await self.cloud.account(estate.account).call("ec2", "create_tags", Resources=list(marked), Tags=[tag])

    async def _leave(self, owner: Caller, customer_id: str) -> None:
        platform = self.platform.acting_as(owner)
        left: Nothing | Refused = await platform.customers.leave(customer_id)
        if isinstance(left, Refused):
            await self._stop_changes(platform, customer_id)
            left = await platform.customers.leave(customer_id)
        accepted(left)

    async def _stop_changes(self, platform: Platform, customer_id: str) -> None:
        """Nobody may leave while changes are under way: they are called off, and what they did is undone."""
        under_way = [change for change in await platform.optimizations.of(customer_id) if not change.ended]
        for change in under_way:
            await platform.optimizations.cancel(change.id)  # refused to one that has ended meanwhile
        await eventually(
            lambda: platform.optimizations.of(customer_id),
            holds=lambda changes: all(change.ended for change in changes),
            within=Patience.measured_by(self.live.clock, self.live.target.scale).rollback,
            because="the changes that a scenario left under way should end when they are called off",
        )
