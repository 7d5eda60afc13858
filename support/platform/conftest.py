"""What the tests of the platform's rooms share: a database of each kind, a clock that they move, an application and its client."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import SecretStr
from sqlalchemy import make_url

from support.platform.app import create_app
from support.platform.services import Services, build
from support.platform.settings import Settings
from support.platform.tests.clock_server import ClockServer, clock_server
from support.postgres import own_server

PASSWORD = "correct horse 42 staple"  # noqa: S105  of people who exist in tests only


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server, without a database."""
    with own_server() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind that the platform supports."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'platform.sqlite'}"
        return
    import psycopg

    server: str = request.getfixturevalue("postgresql")
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def clock() -> Iterator[ClockServer]:
    """Time stands at 2026-03-02T09:00Z until the test moves it."""
    with clock_server() as served:
        yield served


@pytest.fixture
def settings(database_url: str, clock: ClockServer) -> Settings:
    """Quick hashing, no cloud at hand (nobody listens on that port), limits as in production."""
    return Settings(
        database_url=database_url,
        clock_url=clock.url,
        aws_endpoint_url="http://127.0.0.1:9",
        token_key=SecretStr("k" * 40),
        admin_password=SecretStr(PASSWORD),
        argon2_memory_kib=8,
        argon2_time_cost=1,
        rate_limit_per_minute=60,
    )


@pytest.fixture
def services(settings: Settings) -> Services:
    """The parts; they are started with the application."""
    return build(settings)


@dataclass
class Somebody:
    """A client that is logged in."""

    client: TestClient
    customer_id: str
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def get(self, path: str) -> Response:
        answer: Response = self.client.get(path, headers=self.headers)
        return answer

    def post(self, path: str, body: object = None) -> Response:
        answer: Response = self.client.post(path, json=body, headers=self.headers)
        return answer

    def patch(self, path: str, body: object) -> Response:
        answer: Response = self.client.patch(path, json=body, headers=self.headers)
        return answer

    def delete(self, path: str) -> Response:
        answer: Response = self.client.delete(path, headers=self.headers)
        return answer


@pytest.fixture
def client(settings: Settings, services: Services) -> Iterator[TestClient]:
    """The application, started."""
    services.clock.start()
    with TestClient(create_app(settings, services), raise_server_exceptions=False) as running:
        yield running


def log_in(client: TestClient, email: str, customer_id: str = "", password: str = PASSWORD) -> Somebody:
    """Somebody with a session of its own."""
    answer = client.post("/auth/login", json={"username": email, "password": password})
    assert answer.status_code == 200, answer.text
    return Somebody(client, customer_id, answer.json())


def signed_up(client: TestClient, name: str) -> Somebody:
    """The owner of a new customer."""
    email = f"owner@{name}.example"
    answer = client.post("/auth/signup", json={"email": email, "company_name": name.title(), "password": PASSWORD, "plan": "pro"})
    assert answer.status_code == 201, answer.text
    return log_in(client, email, answer.json()["customer_id"])


@pytest.fixture
def northwind(client: TestClient) -> Somebody:
    """The owner of one customer."""
    return signed_up(client, "northwind")


@pytest.fixture
def meridian(client: TestClient) -> Somebody:
    """The owner of another."""
    return signed_up(client, "meridian")


@pytest.fixture
def admin(client: TestClient) -> Somebody:
    """OptiInfra's administrator."""
    return log_in(client, "admin@optiinfra.example")


@pytest.fixture
def runtime(northwind: Somebody) -> Somebody:
    """Northwind's agent runtime."""
    answer = northwind.get(f"/customers/{northwind.customer_id}/agent-install-command")
    return Somebody(northwind.client, northwind.customer_id, {"access_token": answer.json()["agent_token"]})
