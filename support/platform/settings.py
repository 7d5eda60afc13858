"""The platform's settings, read once from the environment (prefix `OPTIINFRA_`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Address = Annotated[str, Field(pattern=r"^https?://[^/\s]+")]


class Settings(BaseSettings):
    """Everything that may differ between deployments. Secrets have no default."""

    model_config = SettingsConfigDict(env_prefix="OPTIINFRA_", extra="ignore", frozen=True)

    database_url: str = Field(
        default="sqlite:///optiinfra.sqlite",
        pattern=r"^(sqlite:///|postgresql\+psycopg://).+$",
        description="sqlite:///file or postgresql+psycopg://user:password@host:port/name",
    )
    vector_store: Literal["embedded", "pgvector"] = Field(default="embedded", description="Where what was learnt is kept; pgvector needs PostgreSQL.")
    aws_endpoint_url: Address | None = Field(default=None, description="Where AWS answers; none is the real AWS.")
    aws_region: str = Field(default="us-east-1", description="Region of the platform's own calls (STS).")
    clock_url: Address | None = Field(default=None, description="A clock service; none is the system's clock.")
    network_proxy: Address | None = Field(default=None, description="Forward proxy into the customers' networks; none is direct.")
    llm_url: Address | None = Field(default=None, description="An OpenAI-compatible endpoint; none is no language model.")
    token_key: SecretStr = Field(min_length=32, description="Signs access tokens (HS256) and seals agent tokens; at least 32 characters.")
    token_issuer: str = Field(default="https://optiinfra.example", description="Who signs access tokens.")
    token_audience: str = Field(default="optiinfra-api", description="Whom access tokens are for.")
    access_token_seconds: int = Field(default=3600, gt=0)
    idle_session_seconds: int = Field(default=3600, gt=0)
    admin_password: SecretStr | None = Field(default=None, description="Makes the administrator admin@optiinfra.example on first start.")
    public_url: Address | None = Field(default=None, description="The address that customers and agents use; default: where it listens.")
    argon2_memory_kib: int = Field(default=65536, ge=8)
    argon2_time_cost: int = Field(default=3, ge=1)
    rate_limit_per_minute: int = Field(default=60, ge=1, description="Requests of one customer in one minute; the next is answered 429.")
    password_min_length: int = Field(default=12, ge=8)
    failed_logins_to_lock: int = Field(default=5, ge=1)
    lock_seconds: int = Field(default=900, gt=0)

    @field_validator("vector_store")
    @classmethod
    def _kept_by_the_database(cls, store: str, info: ValidationInfo) -> str:
        if store == "pgvector" and not str(info.data.get("database_url", "")).startswith("postgresql"):
            raise ValueError("pgvector needs PostgreSQL: name it as OPTIINFRA_DATABASE_URL, or leave the store embedded")
        return store
