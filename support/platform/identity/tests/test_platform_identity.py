"""Sign-up, login, sessions, tokens and roles, on both databases."""

from __future__ import annotations

import base64
import json
import logging
from datetime import timedelta
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from support.platform.conftest import PASSWORD, Somebody, log_in
from support.platform.services import Services
from support.platform.tables import AgentCredential, AuditEntry, User
from support.platform.tests.clock_server import START, ClockServer


def sign_up(client: TestClient, **changed: object) -> Response:
    body = {"email": "a@b.example", "company_name": "A", "password": PASSWORD, "plan": "pro"}
    answer: Response = client.post("/auth/signup", json={**body, **changed})
    return answer


def test_a_used_address_is_refused_like_any_refusal(client: TestClient) -> None:
    assert sign_up(client).status_code == 201
    again = sign_up(client, email="A@B.example", company_name="Other")
    assert again.status_code == 409
    assert again.json()["code"] == "signup_refused"
    assert "b.example" not in again.text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"plan": "gold"}, "plan"),
        ({"email": "nobody"}, "email"),
        ({"company_name": ""}, "company_name"),
        ({"company_name": "a\x00b"}, "company_name"),
        ({"role": "admin"}, "role"),
        ({"password": "short1"}, "password"),
        ({"password": "no digits at all"}, "password"),
        ({"password": 12345678901234}, "password"),
    ],
)
def test_a_broken_rule_is_named_and_nothing_repeated(client: TestClient, changed: dict[str, Any], field: str) -> None:
    answer = sign_up(client, **changed)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert str(changed.get("password", PASSWORD)) not in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.usefixtures("northwind")
def test_passwords_are_kept_only_as_argon2id(client: TestClient, services: Services, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    log_in(client, "owner@northwind.example")
    with services.database.reading() as session:
        kept = session.scalars(select(User.password_hash)).all()
        trail = json.dumps([entry.details for entry in session.scalars(select(AuditEntry))])
    assert len(kept) == 2
    assert all(one.startswith("$argon2id$") for one in kept)
    assert PASSWORD not in caplog.text + trail


@pytest.mark.usefixtures("northwind")
def test_five_failures_lock_and_the_right_password_does_not_open(client: TestClient, clock: ClockServer) -> None:
    def attempt(password: str) -> int:
        answer: Response = client.post("/auth/login", json={"username": "owner@northwind.example", "password": password})
        return answer.status_code

    assert [attempt("wrong password 1") for _ in range(4)] == [401] * 4
    assert attempt(PASSWORD) == 200
    assert [attempt("wrong password 1") for _ in range(5)] == [401] * 5
    assert attempt(PASSWORD) == 401
    clock.advance(timedelta(minutes=14, seconds=59))
    assert attempt(PASSWORD) == 401
    clock.advance(timedelta(seconds=1))
    assert attempt(PASSWORD) == 200


@pytest.mark.usefixtures("northwind")
def test_unknown_and_wrong_are_answered_alike(client: TestClient) -> None:
    names = ("owner@northwind.example", "nobody@x.example")
    answers = [client.post("/auth/login", json={"username": name, "password": "wrong password 1"}) for name in names]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].json() == answers[1].json()


def test_access_ends_after_sixty_minutes(northwind: Somebody, clock: ClockServer) -> None:
    path = f"/customers/{northwind.customer_id}"
    clock.advance(timedelta(minutes=30))
    assert northwind.get(path).status_code == 200
    clock.advance(timedelta(minutes=29, seconds=59))
    assert northwind.get(path).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert northwind.get(path).status_code == 401


def test_an_idle_session_cannot_be_refreshed(northwind: Somebody, clock: ClockServer) -> None:
    clock.advance(timedelta(minutes=60))
    assert northwind.client.post("/auth/refresh", json={"refresh_token": northwind.tokens["refresh_token"]}).status_code == 401


def test_a_refresh_token_works_once_and_reuse_ends_the_session(northwind: Somebody) -> None:
    def renew(token: str) -> Response:
        answer: Response = northwind.client.post("/auth/refresh", json={"refresh_token": token})
        return answer

    first = northwind.tokens["refresh_token"]
    second = renew(first)
    assert second.status_code == 200
    assert renew(first).status_code == 401
    assert renew(second.json()["refresh_token"]).status_code == 401
    assert northwind.get("/customers").status_code == 401


def test_logout_ends_both_tokens(northwind: Somebody) -> None:
    assert northwind.post("/auth/logout").status_code == 204
    assert northwind.get("/customers").status_code == 401
    assert northwind.client.post("/auth/refresh", json={"refresh_token": northwind.tokens["refresh_token"]}).status_code == 401


def test_forged_tokens_are_refused(northwind: Somebody) -> None:
    good = northwind.tokens["access_token"]
    claims = jwt.decode(good, options={"verify_signature": False})
    key = "k" * 40

    def attempt(token: str) -> int:
        answer: Response = northwind.client.get("/customers", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code

    header, body, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    assert attempt(jwt.encode(claims, key, "HS256")) == 200
    forged = [
        jwt.encode(claims, "x" * 40, "HS256"),
        jwt.encode(claims, key, "HS512"),
        jwt.encode({**claims, "aud": "somebody-else"}, key, "HS256"),
        jwt.encode({**claims, "iss": "https://evil.example"}, key, "HS256"),
        jwt.encode({**claims, "exp": int(START.timestamp()) - 1}, key, "HS256"),
        jwt.encode({**claims, "exp": "soon"}, key, "HS256"),
        jwt.encode({**claims, "exp": 10**20}, key, "HS256"),
        jwt.encode({name: value for name, value in claims.items() if name != "aud"}, key, "HS256"),
        jwt.encode({**claims, "sid": "ses_aaaaaaaaaaaaaaaaaaaa"}, key, "HS256"),
        f"{unsigned}.{body}.",
        f"{header}.{body}.{signature[:-2]}xx",
        "oia_" + "a" * 43,
        "not a token",
        "",
    ]
    assert [attempt(token) for token in forged] == [401] * len(forged)


def test_roles_decide(northwind: Somebody, meridian: Somebody, admin: Somebody) -> None:
    mine = f"/customers/{northwind.customer_id}"
    assert northwind.post(f"{mine}/users", {"email": "v@n.example", "password": PASSWORD, "role": "viewer"}).status_code == 201
    viewer = log_in(northwind.client, "v@n.example")
    assert viewer.get(mine).status_code == 200
    assert viewer.patch(mine, {"company_name": "X"}).json()["code"] == "role_may_not"
    assert northwind.post("/users", {"email": "s@o.example", "password": PASSWORD, "role": "support"}).status_code == 403
    assert admin.post("/users", {"email": "s@o.example", "password": PASSWORD, "role": "support"}).status_code == 201
    support = log_in(northwind.client, "s@o.example")
    assert support.get(mine).status_code == 200
    assert support.delete(mine).status_code == 403
    assert meridian.get(f"{mine}/audit").json()["code"] == "not_yours"
    assert northwind.get(f"{mine}/audit").json()["code"] == "role_may_not"


def test_foreign_and_absent_customers_are_answered_alike(northwind: Somebody, meridian: Somebody) -> None:
    for method in ("get", "delete"):
        foreign = getattr(meridian, method)(f"/customers/{northwind.customer_id}")
        absent = getattr(meridian, method)("/customers/cus_aaaaaaaaaaaaaaaaaaaa")
        assert foreign.status_code == absent.status_code == 403
        assert foreign.json() == absent.json()
    assert meridian.get("/customers/1' OR '1'='1").status_code == 404


def test_every_protected_operation_refuses_without_a_token(client: TestClient) -> None:
    free = {"/health", "/auth/signup", "/auth/login", "/auth/refresh", "/agent-runtime/connect"}
    operations = [(method, path) for path, methods in client.get("/openapi.json").json()["paths"].items() for method in methods if path not in free]
    assert len(operations) > 15
    for method, path in operations:
        answer = client.request(method.upper(), path.replace("{", "").replace("}", ""))
        assert answer.status_code == 401, (method, path)
        assert answer.json()["code"] == "token_invalid"


def test_the_sixty_first_request_is_refused_with_the_time_to_wait(northwind: Somebody, meridian: Somebody, clock: ClockServer) -> None:
    codes = [northwind.get("/customers").status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    refused = northwind.get("/customers")
    assert refused.headers["Retry-After"] == "60"
    assert meridian.get("/customers").status_code == 200
    clock.advance(timedelta(seconds=60))
    assert northwind.get("/customers").status_code == 200


def test_security_events_are_audited(northwind: Somebody, meridian: Somebody, admin: Somebody, client: TestClient) -> None:
    client.post("/auth/login", json={"username": "owner@northwind.example", "password": "wrong password 1"})
    meridian.get(f"/customers/{northwind.customer_id}")
    failed = admin.get(f"/customers/{northwind.customer_id}/audit").json()["entries"]
    refused = admin.get(f"/customers/{meridian.customer_id}/audit").json()["entries"]
    assert "login_failed" in [entry["action"] for entry in failed]
    assert "access_refused" in [entry["action"] for entry in refused]


def test_agent_tokens_are_narrow_and_kept_hashed(northwind: Somebody, runtime: Somebody, services: Services) -> None:
    token = runtime.tokens["access_token"]
    assert northwind.get(f"/customers/{northwind.customer_id}/agent-install-command").json()["agent_token"] == token
    with services.database.reading() as session:
        kept = session.scalars(select(AgentCredential)).one()
    assert token not in (kept.token_hash, kept.sealed_token)
    assert runtime.get(f"/customers/{northwind.customer_id}").status_code == 403
    assert runtime.get("/customers").status_code == 403
    assert runtime.post("/auth/logout").status_code == 401
