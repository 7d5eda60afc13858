"""One request to the platform and its answer: protocol, published contract and vocabulary are checked here, for every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from support.drivers.api.answer import Nothing, Record, Refused, WasRefused
from support.drivers.api.contract import PublishedContract
from support.drivers.http import Answer, Http, NoAnswer
from support.drivers.journal import Exchange, Journal
from support.drivers.lost import ContractBroken, TargetLost

Kind = TypeVar("Kind", bound=Record)

CORRELATION = "x-correlation-id"
_REFUSALS = frozenset({400, 401, 403, 404, 409, 422, 429, 503})


@dataclass(frozen=True)
class Credentials:
    """What somebody logs in with."""

    username: str
    password: str = field(repr=False)


@dataclass
class Caller:
    """Somebody who asks: nobody (no token), the holder of a token, or a user whose session is renewed when it has run out."""

    name: str
    token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    credentials: Credentials | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What the caller shows with each request."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


NOBODY = Caller("nobody")


@dataclass(frozen=True)
class Request:
    """One operation: its path is a template whose `{}` are filled, percent-encoded, with `ids`."""

    method: str
    template: str
    ids: tuple[str, ...] = ()
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        """Method and path, with its parameters left open."""
        return f"{self.method} {self.template}"

    @property
    def path(self) -> str:
        """The path with its parameters."""
        return self.template.format(*(quote(part, safe="") for part in self.ids))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Transport:
    """Asks the platform on behalf of one caller and gives typed answers.

    A refusal is a value of `ask` and a WasRefused of `get`; an answer outside the contract raises ContractBroken; silence raises
    TargetLost.
    """

    def __init__(self, client: Http, contract: PublishedContract, journal: Journal, caller: Caller = NOBODY) -> None:
        self.client = client
        self.contract = contract
        self.journal = journal
        self.caller = caller

    def on_behalf_of(self, caller: Caller) -> Transport:
        """The same connection for somebody else."""
        return Transport(self.client, self.contract, self.journal, caller)

    async def ask(self, kind: type[Kind], request: Request) -> Kind | Refused:
        """The typed answer, or the refusal as a value."""
        answer, body = await self._sent(request)
        if answer.status == HTTPStatus.UNAUTHORIZED and self.caller.credentials is not None:
            await self.renew(self.caller)
            answer, body = await self._sent(request)
        self.contract.expect_kept(request.method, request.template, answer.status, body)
        if answer.status in _REFUSALS:
            return _refusal(request, answer, body)
        if not answer.is_success:
            raise ContractBroken(f"{request} was answered {answer.status}: {body}")
        if kind is Nothing:
            return kind()
        return _typed(kind, body, request)

    async def get(self, kind: type[Kind], request: Request) -> Kind:
        """The typed answer; raises WasRefused where the scenario does not reckon with a refusal."""
        answer = await self.ask(kind, request)
        if isinstance(answer, Refused):
            raise WasRefused(str(request), answer)
        return answer

    async def renew(self, caller: Caller) -> None:
        """Logs the caller in again, if it can; what comes of that shows at its next request."""
        if caller.credentials is None:
            return
        body = {"username": caller.credentials.username, "password": caller.credentials.password}
        answer, tokens = await self._sent(Request("POST", "/auth/login", body=body))
        if answer.is_success:
            caller.token, caller.refresh_token = tokens["access_token"], tokens["refresh_token"]

    async def _sent(self, request: Request) -> tuple[Answer, Any]:
        """The answer, and what it says."""
        path = request.path
        try:
            answer = await self.client.ask(request.method, path, body=request.body, query=request.query, headers=self.caller.headers)
        except NoAnswer as error:
            self.journal.exchanged(Exchange(request.method, path, request.body, None, str(error), request.operation))
            raise TargetLost(f"the platform did not answer {request} ({error})") from error
        said, correlation = _json(answer), answer.headers.get(CORRELATION)
        self.journal.exchanged(Exchange(request.method, path, request.body, answer.status, said, request.operation, correlation))
        return answer, said


def _json(answer: Answer) -> Any:  # noqa: ANN401  (JSON is whatever was sent)
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _refusal(request: Request, answer: Answer, body: Any) -> Refused:  # noqa: ANN401
    if not answer.headers.get("content-type", "").startswith("application/problem+json") or not isinstance(body, dict):
        raise ContractBroken(f"{request} was refused ({answer.status}) without a problem document: {body}")
    problem = {
        "reason": body.get("detail") or body.get("title") or "",
        "code": body.get("code", ""),
        "status": answer.status,
        "errors": body.get("errors") or (),
        "current_version": body.get("current_version"),
        "retry_after": body.get("retry_after"),
    }
    return _typed(Refused, problem, request)


def _typed(kind: type[Kind], body: Any, request: Request) -> Kind:  # noqa: ANN401
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        wrong = "\n  ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']} (was {item['input']!r:.200})" for item in error.errors()[:5])
        raise ContractBroken(f"the answer to {request} is no {kind.__name__}:\n  {wrong}") from None
