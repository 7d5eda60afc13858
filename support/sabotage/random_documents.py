"""A platform that answers with random documents, each of which fits the published contract: a contract alone proves nothing."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime
from typing import Any, Self

Schema = dict[str, Any]
DEEPEST = 6


class RandomPlatform:
    """Answers every operation of an OpenAPI document with its first successful status and a random document, from a seed."""

    def __init__(self, contract: Schema, seed: int = 1) -> None:
        self.contract = contract
        self.random = random.Random(seed)  # noqa: S311 - nothing secret is made of it
        self.operations = [(method.upper(), _pattern(path), answers) for path, method, answers in _operations(contract)]

    @classmethod
    def of_the_reference(cls) -> Self:
        """With the contract that the reference platform publishes."""
        from support.platform.app import create_app
        from support.platform.services import build
        from support.platform.settings import Settings

        settings = Settings()
        return cls(create_app(settings, build(settings)).openapi())

    def answer(self, method: str, path: str, _body: bytes) -> tuple[int, bytes]:
        """A random answer; the contract itself is told truly."""
        if path == "/openapi.json":
            return 200, json.dumps(self.contract).encode()
        for known, pattern, answers in self.operations:
            if known == method and pattern.fullmatch(path):
                status = min(int(code) for code in answers if code.startswith("2"))
                content = answers[str(status)].get("content", {})
                schema = next((form.get("schema") for form in content.values()), None)
                return status, json.dumps(self.document(schema)).encode() if schema else b""
        return 404, b'{"title": "Not Found", "status": 404}'

    def document(self, schema: Schema, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
        """A random value that fits the schema."""
        if "$ref" in schema:
            return self.document(self._referred(schema["$ref"]), depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.document(self.random.choice(schema[several]), depth + 1)
        if "allOf" in schema:
            return {key: value for part in schema["allOf"] for key, value in self.document(part, depth).items()}
        return self._typed(schema, depth)

    def _typed(self, schema: Schema, depth: int) -> Any:  # noqa: ANN401 - any JSON value
        match schema.get("type", "object"):
            case "object":
                values = {name: self.document(part, depth + 1) for name, part in schema.get("properties", {}).items()}
                extra = schema.get("additionalProperties")
                return values if values or not isinstance(extra, dict) or depth > DEEPEST else {"any": self.document(extra, depth + 1)}
            case "array":
                least = schema.get("minItems", 0)
                count = least if depth > DEEPEST else max(least, self.random.randint(0, 3))
                return [self.document(schema.get("items", {"type": "null"}), depth + 1) for _ in range(count)]
            case "integer":
                return self.random.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 1000)))
            case "number":
                return round(self.random.uniform(schema.get("minimum", 0), schema.get("maximum", 1000)), 3)
            case "boolean":
                return self.random.random() < 0.5
            case "null":
                return None
        return self._text(schema)

    def _text(self, schema: Schema) -> str:
        if schema.get("format") == "date-time":
            return datetime.fromtimestamp(self.random.randint(1_700_000_000, 1_800_000_000), UTC).isoformat()
        pattern = schema.get("pattern", "")
        if "\\d" in pattern or "[0-9]" in pattern:
            return f"{self.random.randint(0, 99999)}.{self.random.randint(10, 99)}"
        return "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=max(12, schema.get("minLength", 0))))

    def _referred(self, reference: str) -> Schema:
        found: Any = self.contract
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)


def _operations(contract: Schema) -> list[tuple[str, str, Schema]]:
    return [
        (path, method, operation["responses"])
        for path, methods in contract.get("paths", {}).items()
        for method, operation in methods.items()
        if any(code.startswith("2") for code in operation.get("responses", {}))
    ]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
