"""Sign-up, login and sessions."""

from __future__ import annotations

from typing import Literal

from support import words
from support.drivers.api.answer import Nothing, Record, Refused
from support.drivers.api.transport import Credentials, Request, Transport


class SignedUp(Record):
    success: Literal[True]
    customer_id: str


class TokenPair(Record):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: int


class Identity:
    """Who somebody is, and the session that proves it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def sign_up(self, company: str, credentials: Credentials, plan: words.Plan) -> SignedUp | Refused:
        """A company becomes a customer."""
        body = {"email": credentials.username, "company_name": company, "password": credentials.password, "plan": plan}
        return await self._transport.ask(SignedUp, Request("POST", "/auth/signup", body=body))

    async def log_in(self, credentials: Credentials) -> TokenPair | Refused:
        """A session begins."""
        body = {"username": credentials.username, "password": credentials.password}
        return await self._transport.ask(TokenPair, Request("POST", "/auth/login", body=body))

    async def refresh(self, refresh_token: str) -> TokenPair | Refused:
        """The session goes on under new tokens."""
        return await self._transport.ask(TokenPair, Request("POST", "/auth/refresh", body={"refresh_token": refresh_token}))

    async def add_staff(self, credentials: Credentials, role: words.Role) -> Nothing | Refused:
        """Somebody comes to work for OptiInfra itself."""
        body = {"email": credentials.username, "password": credentials.password, "role": role}
        return await self._transport.ask(Nothing, Request("POST", "/users", body=body))

    async def log_out(self) -> Nothing | Refused:
        """The caller's session ends."""
        return await self._transport.ask(Nothing, Request("POST", "/auth/logout"))
