"""Whose account a request is about."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from support.world.accounts import Account
from support.world.world import World


def account_of(world: World, request: Request) -> Account:
    """The account that the path names; 404 for what is no account number."""
    number = str(request.path_params["account"])
    if not (number.isdigit() and len(number) == 12):
        raise HTTPException(404, f"{number!r} is not an AWS account number: twelve digits")
    return world.accounts[number]
