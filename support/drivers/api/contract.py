"""The platform's own published contract (OpenAPI 3.1): every answer is held against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator, Registry, ValidationError

from support.drivers.lost import ContractBroken

_PARAMETER = re.compile(r"\{[^}]*\}")
MOST_VIOLATIONS = 5
DOCUMENT = "urn:openapi"
"""Under this name validators find the document."""

Place = tuple[str, ...]
"""Where something stands in the document: the names on the way to it."""


class PublishedContract:
    """The document at /openapi.json. Validators are compiled once for each operation and status."""

    def __init__(self, document: dict[str, Any]) -> None:
        paths = document.get("paths")
        if not isinstance(paths, Mapping) or not paths:
            raise ContractBroken("the platform publishes no OpenAPI document with operations")
        self._components = document.get("components", {})
        self._places: dict[tuple[str, str], Place] = {
            (method.upper(), _PARAMETER.sub("{}", path)): ("paths", path, method)
            for path, item in paths.items()
            for method, operation in item.items()
            if isinstance(operation, Mapping) and "responses" in operation
        }
        self._operations: dict[tuple[str, str], Mapping[str, Any]] = {named: paths[path][method] for named, (_, path, method) in self._places.items()}
        self._registry = Registry([(DOCUMENT, document)])
        self._validators: dict[tuple[str, str, str], Draft202012Validator | None] = {}
        self.exercised: set[tuple[str, str]] = set()

    @property
    def operations(self) -> frozenset[tuple[str, str]]:
        """Every operation as (method, path), parameters shown as `{}`."""
        return frozenset(self._operations)

    @property
    def protected(self) -> frozenset[str]:
        """Every operation that is published as needing a token, as `GET /customers/{}`."""
        return frozenset(f"{method} {path}" for (method, path), operation in self._operations.items() if operation.get("security"))

    def requires_body(self, method: str, template: str) -> bool:
        """Whether the operation cannot be asked for without a body."""
        return bool(self._operations[method, template].get("requestBody", {}).get("required"))

    def required_fields(self, method: str, template: str) -> tuple[str, ...]:
        """The fields that its body must have, by their names."""
        content = self._operations[method, template].get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            schema = self._components["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return tuple(schema.get("required", ()))

    def expect_kept(self, method: str, template: str, status: int, body: object) -> None:
        """Raises ContractBroken when operation, status or body is not what the document says."""
        operation = self._operations.get((method, template))
        if operation is None:
            raise ContractBroken(f"the platform's published document does not know {method} {template}")
        self.exercised.add((method, template))
        validator = self._validator(operation, method, template, str(status))
        if validator is None or validator.is_valid(body):
            return
        violations = [f"{_place(error)}: {error.message[:300]}" for error in validator.iter_errors(body)][:MOST_VIOLATIONS]
        if violations:
            listed = "\n  ".join(violations)
            raise ContractBroken(f"the answer {status} to {method} {template} breaks the published document:\n  {listed}")

    def _validator(self, operation: Mapping[str, Any], method: str, template: str, status: str) -> Draft202012Validator | None:
        key = (method, template, status)
        if key not in self._validators:
            named = _named(operation["responses"], status)
            if named is None:
                raise ContractBroken(f"{method} {template} answered {status}, which its published document does not mention")
            self._validators[key] = self._compiled(operation["responses"][named], (*self._places[method, template], "responses", named))
        return self._validators[key]

    def _compiled(self, response: Mapping[str, Any], place: Place) -> Draft202012Validator | None:
        """What judges bodies of a response; the schema is read where it stands, so that what it refers to is not read again for each."""
        if "$ref" in response:
            place = ("components", "responses", response["$ref"].rsplit("/", 1)[-1])
            response = self._components["responses"][place[-1]]
        content = response.get("content", {})
        kind = next((kind for kind, part in content.items() if "json" in kind and "schema" in part), None)
        if kind is None:
            return None
        return Draft202012Validator({"$ref": _reference(*place, "content", kind, "schema")}, registry=self._registry)


def _named(responses: Mapping[str, Any], status: str) -> str | None:
    """Under which name an answer of that status is described."""
    return next((name for name in (status, f"{status[0]}XX", "default") if isinstance(responses.get(name), Mapping)), None)


def _reference(*place: str) -> str:
    """What refers to a place of the document, as a URI with a JSON pointer."""
    pointer = "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in place)
    return f"{DOCUMENT}#{quote(pointer, safe='/~')}"


def _place(error: ValidationError) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
