"""Who may assume which role, and the role that a customer's stack makes."""

from __future__ import annotations

import json
from typing import Any

from support.world.aws.errors import Declined

ADMINISTRATOR = "OrganizationAccountAccessRole"
PLATFORM = "arn:aws:iam::999999999999:root"


def check(role_arn: str, external_id: str | None) -> str:
    """The account of the role, if it may be assumed with that external id. Raises Declined as STS does, whatever the reason."""
    parts = role_arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/") or not (parts[4].isdigit() and len(parts[4]) == 12):
        raise Declined("ValidationError", f"{role_arn} is invalid")
    name = parts[5].rsplit("/", 1)[-1]
    if name != ADMINISTRATOR and not _trusts(parts[4], name, external_id):
        raise Declined("AccessDenied", f"User: {PLATFORM} is not authorized to perform: sts:AssumeRole on resource: {role_arn}", 403)
    return parts[4]


def is_administrator(principal: str | None) -> bool:
    """Whether somebody acts for the account's owner, whom no fault strikes: the owner has to see the account while it is broken for others."""
    return f":assumed-role/{ADMINISTRATOR}/" in (principal or "")


def make_role(account: str, name: str, external_id: str) -> str:
    """Makes the role of a customer's stack, or renews its trust policy; its ARN."""
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": PLATFORM},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
                }
            ],
        }
    )
    backend = _iam(account)
    role = _role(account, name)
    if role is None:
        role = backend.create_role(name, policy, "/", None, "Lets OptiInfra observe and change the inference fleet", [], None)
    else:
        role.assume_role_policy_document = policy
    return f"arn:aws:iam::{account}:role/{name}"


def _trusts(account: str, name: str, external_id: str | None) -> bool:
    role = _role(account, name)
    if role is None:
        return False
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    return any(_allows(statement, external_id) for statement in (statements if isinstance(statements, list) else [statements]))


def _allows(statement: dict[str, Any], external_id: str | None) -> bool:
    wanted = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
    accepted = wanted if isinstance(wanted, list) else [wanted]
    return statement.get("Effect") == "Allow" and (wanted is None or external_id in accepted)


def _role(account: str, name: str) -> Any:  # noqa: ANN401  (moto's model)
    return next((role for role in _iam(account).roles.values() if role.name == name), None)


def _iam(account: str) -> Any:  # noqa: ANN401  (moto's backend)
    from moto.iam.models import iam_backends

    return iam_backends[account]["aws"]
