"""Customers, their people, their sessions and the agents that work for them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.platform.database import Base
from support.platform.tables.columns import CustomerId, Figure, Id, Line, Moment, Names, Object, Prose, Ref, Word


class Customer(Base):
    """A company. `version` counts changes of its settings."""

    __tablename__ = "customers"

    id: Mapped[Id]
    company_name: Mapped[Line]
    plan: Mapped[Word]
    status: Mapped[Word]
    status_reason: Mapped[Prose | None]
    external_id: Mapped[Word]
    cloud_provider: Mapped[Word | None]
    region: Mapped[Word | None]
    iam_role_arn: Mapped[Line | None]
    account_id: Mapped[Word | None]
    settings: Mapped[Object]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Moment]
    deleted_at: Mapped[Moment | None]


class User(Base):
    """Somebody who logs in. Staff belong to no customer."""

    __tablename__ = "users"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId | None]
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[Line]
    role: Mapped[Word]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[Moment | None]
    created_at: Mapped[Moment]


class AuthSession(Base):
    """One login until its logout. `refresh_hash` belongs to the only refresh token that may still be used; `family` names the login."""

    __tablename__ = "auth_sessions"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(String(64), ForeignKey("users.id"), index=True)
    family: Mapped[Ref]
    refresh_hash: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class AgentCredential(Base):
    """The token of a customer's install command: hashed for checking, sealed for showing the same command again."""

    __tablename__ = "agent_credentials"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_token: Mapped[Prose]
    created_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class AgentRuntime(Base):
    """A host on which the customer installed the runtime."""

    __tablename__ = "agent_runtimes"
    __table_args__ = (UniqueConstraint("customer_id", "hostname"),)

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    hostname: Mapped[Line]
    version: Mapped[Word]
    connected_at: Mapped[Moment]


class Agent(Base):
    """A registered agent; without customer it is built in and works for all."""

    __tablename__ = "agents"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId | None]
    agent_type: Mapped[Word]
    version: Mapped[Word]
    capabilities: Mapped[Names]
    hostname: Mapped[Line]
    status: Mapped[Word]
    current_tasks: Mapped[int] = mapped_column(default=0)
    load: Mapped[Figure]
    last_heartbeat: Mapped[Moment]
    registered_at: Mapped[Moment]
    left_at: Mapped[Moment | None]


class Task(Base):
    """A piece of analysis routed to an agent, to be done before its deadline."""

    __tablename__ = "tasks"

    id: Mapped[Id]
    customer_id: Mapped[CustomerId]
    analysis_type: Mapped[Word]
    agent_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("agents.id"), index=True)
    status: Mapped[Word]
    error: Mapped[Prose | None]
    created_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    time_limit_seconds: Mapped[int]
    deadline: Mapped[Moment]
    finished_at: Mapped[Moment | None]
