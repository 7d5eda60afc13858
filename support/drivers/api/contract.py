"""The platform's own published contract (OpenAPI 3.1): every answer is held against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from support.drivers.lost import ContractBroken

_PARAMETER = re.compile(r"\{[^}]*\}")
MOST_VIOLATIONS = 5


class PublishedContract:
    """The document at /openapi.json. Validators are compiled once for each operation and status."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        paths = document.get("paths")
        if not isinstance(paths, Mapping) or not paths:
            raise ContractBroken("the platform publishes no OpenAPI document with operations")
        self._components = document.get("components", {})
        self._operations: dict[tuple[str, str], Mapping[str, Any]] = {
            (method.upper(), _PARAMETER.sub("{}", path)): operation
            for path, item in paths.items()
            for method, operation in item.items()
            if isinstance(operation, Mapping) and "responses" in operation
        }
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
        if validator is None:
            return
        violations = [f"{_place(error)}: {error.message[:300]}" for error in validator.iter_errors(body)][:MOST_VIOLATIONS]
        if violations:
            listed = "\n  ".join(violations)
            raise ContractBroken(f"the answer {status} to {method} {template} breaks the published document:\n  {listed}")

    def _validator(self, operation: Mapping[str, Any], method: str, template: str, status: str) -> Draft202012Validator | None:
        key = (method, template, status)
        if key not in self._validators:
            self._validators[key] = self._compiled(_response(operation, status), f"{method} {template}", status)
        return self._validators[key]

    def _compiled(self, response: Mapping[str, Any] | None, operation: str, status: str) -> Draft202012Validator | None:
        if response is None:
            raise ContractBroken(f"{operation} answered {status}, which its published document does not mention")
        if "$ref" in response:
            response = self._components["responses"][response["$ref"].rsplit("/", 1)[-1]]
        content = response.get("content", {})
        schema = next((part["schema"] for kind, part in content.items() if "json" in kind and "schema" in part), None)
        return None if schema is None else Draft202012Validator({**schema, "components": self._components})


def _response(operation: Mapping[str, Any], status: str) -> Mapping[str, Any] | None:
    responses = operation["responses"]
    found = responses.get(status) or responses.get(f"{status[0]}XX") or responses.get("default")
    return found if isinstance(found, Mapping) else None


def _place(error: ValidationError) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
