"""The platform and the world for exploring by hand: started, filled with a persona's fleet, described, and ended."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from botocore.session import Session

from support.capabilities import CAPABILITIES
from support.drivers.api.platform import Platform
from support.drivers.api.transport import Transport
from support.drivers.aws import REGION
from support.drivers.cloud import Cloud
from support.drivers.embedded import Embedded, Running
from support.drivers.journal import Journal
from support.drivers.live import Live
from support.drivers.simulator import FaultKind, Simulator
from support.newcomers import Newcomers
from support.personas import PERSONAS, Persona
from support.problems import Problem, Problems
from support.settings import Target
from support.story import Customer
from support.undo import Undo

FAULTY_SERVICES = ("ec2", "elbv2", "cloudwatch", "ssm", "pricing", "resourcegroupstaggingapi", "sts", "iam")
"""The services that the world simulates, in boto3's names."""

NOT_WHEN_SERVED = frozenset({"process_control"})
"""What only the run that started a platform can do: kill it and start it again."""

SECRETS = {
    "aws_access_key_id": "SERVED_AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "SERVED_AWS_SECRET_ACCESS_KEY",
    "database_url": "SERVED_DATABASE_URL",
    "admin_password": "SERVED_ADMIN_PASSWORD",
    "token_key": "SERVED_TOKEN_KEY",
}
"""The environment variable for each secret of the target file."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the cloud from the beginning, for ever or `times` times."""

    kind: FaultKind
    service: str
    action: str
    times: int | None

    def __str__(self) -> str:
        often = "" if self.times is None else ", once" if self.times == 1 else f", {self.times} times"
        return f"{self.service}:{self.action}: {self.kind.replace('_', ' ')}{often}"


def fault_from(text: str) -> Fault:
    """The fault in `kind:service:action[:times]`, as `throttle:ec2:RunInstances:3`; raises `Problems`."""
    parts = text.split(":")
    kinds = get_args(FaultKind)
    if len(parts) not in {3, 4} or parts[0] not in kinds or (len(parts) == 4 and not parts[3].isdigit()):
        instead = f"write kind:service:action[:times], as throttle:ec2:RunInstances:3; the kinds are {', '.join(kinds)}"
        raise Problems([Problem("--fault", 0, "", f"{text!r} is no fault", instead)])
    kind, service, action, *times = parts
    _known_action(service, action)
    return Fault(next(known for known in kinds if known == kind), service, action, int(times[0]) if times else None)


def _known_action(service: str, action: str) -> None:
    """AWS has this action, as boto3 spells both; raises `Problems` naming what is near."""
    if service not in FAULTY_SERVICES:
        raise Problems([Problem("--fault", 0, "", f"{service!r} is no service of the world", f"the services are {', '.join(FAULTY_SERVICES)}")])
    actions = Session().get_service_model(service).operation_names
    if action != "*" and action not in actions:
        near = get_close_matches(action, actions, 3)
        instead = f"did you mean {' or '.join(near)}?" if near else "write it as AWS does, as RunInstances, or * for every action"
        raise Problems([Problem("--fault", 0, "", f"{service} has no action {action!r}", instead)])


def persona_named(name: str) -> Persona:
    """The persona; raises `Problems` naming those that exist."""
    if name not in PERSONAS:
        raise Problems([Problem("--persona", 0, "", f"{name!r} is nobody", f"the personas are {', '.join(PERSONAS)}")])
    return PERSONAS[name]


def start(target: Target, port: int) -> Embedded:
    """The target's processes, the platform at this port (0: any); raises `Problems` where the port is taken or not ours to take."""
    try:
        return Embedded(target, port=port)
    except OSError as refused:
        raise Problems([Problem("--port", 0, "", f"{port} cannot be used: {refused.strerror}", "choose another, or 0 for any")]) from None


async def settle_in(live: Live, persona: Persona, faults: Sequence[Fault]) -> Customer:
    """The persona as a customer of the running platform, its fleet discovered as far as the faults allow."""
    journal = Journal(live.secrets)
    simulator = Simulator(live.world_client, live.running.addresses.control or "")
    platform = Platform(Transport(live.client, live.contract, journal))
    customer = await Newcomers(live, platform, Cloud(live.aws, journal), simulator, Undo()).join(persona)
    for fault in faults:
        await simulator.break_cloud(customer.account, fault.service, fault.action, fault.kind, fault.times)
    await live.clock.settled()
    return customer


def described(live: Live, customer: Customer) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """What a visitor needs, in groups of name and value; secrets are shown, because they are of this demonstration only."""
    addresses = live.running.addresses
    credentials = customer.owner.credentials
    yield (
        "Platform",
        (
            ("address", addresses.platform),
            ("API page", f"{addresses.platform}/docs"),
            ("health", f"{addresses.platform}/health"),
            ("administrator", f"admin@optiinfra.example / {live.running.admin_password}"),
        ),
    )
    if credentials is not None:
        login = json.dumps({"username": credentials.username, "password": credentials.password})
        yield (
            f"{customer.name}, its owner",
            (
                ("login", f"{credentials.username} / {credentials.password}"),
                ("customer", customer.id),
                ("token", f"curl -s {addresses.platform}/auth/login -H 'content-type: application/json' -d '{login}'"),
                ("dashboard", f"{addresses.platform}/portal/customers/{customer.id}/dashboard"),
                ("live events", f"{addresses.platform.replace('http', 'ws', 1)}/ws/customers/{customer.id}"),
            ),
        )
    yield (
        "World",
        (
            ("control", addresses.control or ""),
            ("time passes", f"curl -s {addresses.clock}/advance -H 'content-type: application/json' -d '{{\"seconds\": 600}}'"),
        ),
    )


def aws_settings(live: Live, customer: Customer) -> Mapping[str, str]:
    """Environment variables with which the AWS CLI works in the customer's account, as its administrator."""
    keys = live.aws.administrator_of(customer.account)
    return {
        "AWS_ENDPOINT_URL": live.running.addresses.aws or "",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.token or "",
    }


def write_target(path: Path, running: Running) -> Path:
    """A target file for `pytest --target`, and beside it a file of the secrets that it names, readable by its owner only; that file."""
    capabilities = ", ".join(json.dumps(name) for name in CAPABILITIES if name not in NOT_WHEN_SERVED)
    addresses = "\n".join(f"{name} = {json.dumps(url)}" for name, url in running.addresses.model_dump().items() if url)
    named = "\n".join(f"{secret} = {json.dumps(variable)}" for secret, variable in SECRETS.items())
    text = f'[target]\nkind = "deployed"\ncapabilities = [{capabilities}]\n\n[addresses]\n{addresses}\n\n[secrets]\n{named}\n'
    path.write_text(text, encoding="utf-8")
    secrets = path.with_suffix(".env")
    with os.fdopen(os.open(secrets, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"export {name}='{value}'\n" for name, value in environment_for(running).items())
    return secrets


def environment_for(running: Running) -> dict[str, str]:
    """The environment that a target file of `write_target` asks for."""
    values = {
        "aws_access_key_id": running.aws_keys[0],
        "aws_secret_access_key": running.aws_keys[1],
        "database_url": running.database_url or "",
        "admin_password": running.admin_password or "",
        "token_key": running.token_key or "",
    }
    return {SECRETS[secret]: value for secret, value in values.items()}
