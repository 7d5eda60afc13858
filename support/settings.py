"""The target of a run: read once from its TOML file, immutable afterwards, every mistake in it told at once.

A target file holds no secret: where one is needed it names the environment variable that holds it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from support.capabilities import CAPABILITIES, Capability
from support.problems import Problem, Problems, shown

TARGETS = Path(__file__).parent / "targets"

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "clock_control": ("clock",),
    "market_control": ("control",),
    "workload_control": ("control",),
    "faults": ("control",),
    "history": ("control",),
    "traffic": ("network",),
    "language_model": ("control",),
}
"""Which address a deployed target must give for a capability that it declares."""

PLATFORM, WORLD = "support.platform", "support.world"

LIBRARIES = (
    "anyio._backends._asyncio",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "fastapi",
    "sqlite3",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.orm",
    "pydantic_settings",
    "urllib3",
    "websockets.sync.client",
    "jwt",
    "argon2",
    "botocore.session",
    "dbos",
    "dbos._sys_db_sqlite",
)
"""What the reference platform imports before it answers, and nothing of itself: whoever starts it often imports these once."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Addresses(_Section):
    """Where the parts of a deployed target answer; None where there is no such part (real AWS, real time, no proxy)."""

    platform: str = ""
    aws: str | None = None
    control: str | None = None
    network: str | None = None
    clock: str | None = None


class Secrets(_Section):
    """Names of the environment variables that hold a deployed target's secrets."""

    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None
    aws_session_token: str | None = None
    database_url: str | None = None
    admin_password: str | None = None
    token_key: str | None = None

    def named(self) -> dict[str, str]:
        """The variables that are named, by the secret that they hold."""
        return {field: name for field, name in self.model_dump().items() if name is not None}


class Embedding(_Section):
    """What is started for an embedded target; the defaults are the reference platform and the world beside it."""

    platform_module: str = PLATFORM
    world_module: str = WORLD
    platform_libraries: tuple[str, ...] = LIBRARIES
    environment: dict[str, str] = Field(default_factory=dict)

    @property
    def platform_preloaded(self) -> tuple[str, ...]:
        """What may be imported before the platform is started: its libraries, and all of it where it is the reference platform as it stands."""
        return (*self.platform_libraries, *_itself(self.platform_module))

    @property
    def world_preloaded(self) -> tuple[str, ...]:
        """What may be imported before the world is started."""
        return _itself(self.world_module)


def _itself(module: str) -> tuple[str, ...]:
    """A defect, or whatever else somebody has started in its place, must be there before anything of it is imported."""
    return (f"{module}.preload",) if module in {PLATFORM, WORLD} else ()


class PatienceScale(_Section):
    """`scale` stretches every wait of the suite alike; 1 is the domain's own time."""

    scale: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(1)


class _Head(_Section):
    kind: Literal["embedded", "deployed"]
    capabilities: frozenset[Capability] = frozenset()


class _File(_Section):
    target: _Head
    addresses: Addresses = Addresses()
    secrets: Secrets = Secrets()
    embedded: Embedding = Embedding()
    patience: PatienceScale = PatienceScale()


class Target(_Section):
    """One target, ready to be started (embedded) or to be asked (deployed)."""

    name: str
    path: Path
    kind: Literal["embedded", "deployed"]
    capabilities: frozenset[Capability]
    addresses: Addresses
    secrets: Secrets
    embedded: Embedding
    scale: Decimal

    def declares(self, capability: str) -> bool:
        """Whether the target says that it has the capability."""
        return capability in self.capabilities

    def secret(self, name: str) -> str | None:
        """The value of a secret, from the environment; None where the target names no variable for it."""
        variable = self.secrets.named().get(name)
        return None if variable is None else os.environ.get(variable)


def load_target(name: str) -> Target:
    """The target of that name (a file below support/targets) or at that path; raises Problems with everything that is wrong in it."""
    path = _path_of(name)
    document = _parsed(path)
    try:
        file = _File.model_validate(document)
    except ValidationError as error:
        raise Problems([_problem(path, details) for details in error.errors()]) from None
    found = [*_address_problems(path, file), *_secret_problems(path, file)]
    if found:
        raise Problems(found)
    return Target(
        name=path.stem,
        path=path,
        kind=file.target.kind,
        capabilities=file.target.capabilities,
        addresses=file.addresses,
        secrets=file.secrets,
        embedded=file.embedded,
        scale=file.patience.scale,
    )


def _path_of(name: str) -> Path:
    candidate = Path(name)
    if candidate.suffix == ".toml" or candidate.parent != Path():
        if candidate.is_file():
            return candidate
        raise Problems([Problem(name, 0, "", "there is no such target file", "give --target a name or the path of a TOML file")])
    path = TARGETS / f"{name}.toml"
    if path.is_file():
        return path
    known = ", ".join(sorted(file.stem for file in TARGETS.glob("*.toml")))
    raise Problems([Problem("--target", 0, "", f"there is no target {name!r}", f"use one of: {known}, or the path of a TOML file")])


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise Problems([Problem(shown(path), 1, "", "this is not UTF-8 text", "save the target file as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        line = _line_in(str(error))
        raise Problems([Problem(shown(path), line, "", f"this is not TOML: {error}", "mend the syntax at that place")]) from None


def _line_in(message: str) -> int:
    words = message.replace(",", " ").split()
    return next((int(after) for word, after in pairwise(words) if word == "line" and after.isdigit()), 1)


def _problem(path: Path, details: Any) -> Problem:  # noqa: ANN401  (pydantic's ErrorDetails)
    location = [str(part) for part in details["loc"]]
    key = next((part for part in reversed(location) if not part.isdigit()), "")
    wrong = details["input"]
    if details["type"] == "extra_forbidden":
        return Problem(shown(path), _line_of(path, key), "", f"unknown key {'.'.join(location)!r}", "remove it or mend its spelling")
    if details["type"] == "missing":
        return Problem(shown(path), 0, "", f"{'.'.join(location)!r} is missing", "add it; support/targets/embedded.toml shows the form")
    if "capabilities" in location:
        return Problem(shown(path), _line_of(path, str(wrong)), "", f"unknown capability {wrong!r}", f"use some of: {', '.join(CAPABILITIES)}")
    return Problem(shown(path), _line_of(path, key), "", f"{'.'.join(location)} = {wrong!r}: {details['msg'].lower()}", "give a value that fits")


def _line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if text and text in line.split("#")[0]), 0)


def _address_problems(path: Path, file: _File) -> list[Problem]:
    given = {name: url for name, url in file.addresses.model_dump().items() if url}
    if file.target.kind == "embedded":
        return [
            Problem(shown(path), _line_of(path, name), "", f"an embedded target is started by the suite and has no address {name!r}", "remove it")
            for name in given
        ]
    found = [
        Problem(shown(path), _line_of(path, name), "", f"{name} = {url!r} is not an address", "write http://host:port or https://host")
        for name, url in given.items()
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname
    ]
    needed = {"platform": "a deployed target"} | {
        address: f"the capability {capability!r}" for capability in sorted(file.target.capabilities) for address in _NEEDS.get(capability, ())
    }
    found += [
        Problem(shown(path), 0, "", f"{reason} needs the address {address!r}", f"add {address} = ... under [addresses]")
        for address, reason in needed.items()
        if address not in given
    ]
    if "process_control" in file.target.capabilities:
        found.append(Problem(shown(path), 0, "", "only an embedded target has 'process_control'", "remove it from capabilities"))
    return found


def _secret_problems(path: Path, file: _File) -> list[Problem]:
    named = file.secrets.named()
    needs = {"records": "database_url", "administration": "admin_password", "signing": "token_key"} if file.target.kind == "deployed" else {}
    missing = [
        Problem(shown(path), 0, "", f"the capability {capability!r} needs the secret {secret!r}", "name its variable under [secrets]")
        for capability, secret in needs.items()
        if capability in file.target.capabilities and secret not in named
    ]
    unset = [
        Problem(shown(path), _line_of(path, variable), "", f"the environment variable {variable} ({secret}) is not set", f"export {variable}=...")
        for secret, variable in named.items()
        if not os.environ.get(variable)
    ]
    return [*missing, *unset]
