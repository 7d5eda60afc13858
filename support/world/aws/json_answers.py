"""JSON as moto answers it, described in one pass over moto's objects; see `xml_answers`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from support.world.aws.picking import Answers, NotUnderstood, Picker, base64_text

Describer = Callable[[Any], Any]
"""Describes a value as JSON has it."""


def _text(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Enum):
        value = value.value
    return str(value) if value not in (None, {}, []) else value


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (moto's times are UTC without saying so)
PLAIN: dict[str, Describer] = {
    "string": _text,
    "boolean": lambda value: value,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "blob": base64_text,
}


class JsonAnswers(Answers[dict[str, Any]]):
    """The answers of one operation."""

    empty = dict

    def _structure(self, shape: StructureShape, path: str) -> Callable[[Any], dict[str, Any]]:
        if shape.is_document_type:
            raise NotUnderstood(f"{path} is a document")
        picker = Picker(shape, path, self._transformers)
        members = [(str(member.serialization.get("name", key)), member, f"{path}.{key}") for key, member in shape.members.items()]
        if len({name for name, _, _ in members}) < len(members):
            raise NotUnderstood(f"{path} has members of the same name")
        describers: list[Describer | None] = [None] * len(members)

        def describe(value: Any) -> dict[str, Any]:  # noqa: ANN401
            described = {}
            for position, held in picker.values(value):
                name, member, place = members[position]
                describer = describers[position]
                if describer is None:
                    describer = describers[position] = self._value(member, place)
                described[name] = describer(held)
            return described

        return describe

    def _value(self, shape: Shape, path: str) -> Describer:
        if isinstance(shape, StructureShape):
            return self._structure(shape, path)
        if isinstance(shape, ListShape):
            return self._list(shape, path)
        if isinstance(shape, MapShape):
            return self._map(shape, path)
        if shape.type_name == "timestamp":
            return self._time(shape)
        if shape.type_name not in PLAIN:
            raise NotUnderstood(f"{path} is a {shape.type_name}")
        return PLAIN[shape.type_name]

    def _list(self, shape: ListShape, path: str) -> Describer:
        if "name" in shape.member.serialization:
            raise NotUnderstood(f"{path} names its items")
        item = self._value(shape.member, f"{path}.{shape.member.name}")
        if isinstance(shape.member, StructureShape):
            return lambda values: [None if value is None else item(value) for value in values]
        return lambda values: [item(value) for value in values]

    def _map(self, shape: MapShape, path: str) -> Describer:
        if self._transformers or isinstance(shape.value, StructureShape) or "name" in shape.value.serialization:
            raise NotUnderstood(f"{path} is a map of more than plain values")
        held = self._value(shape.value, path)
        return lambda values: {key: held(value) for key, value in values.items()}

    def _time(self, shape: Shape) -> Describer:
        form = self._form_of(shape)

        def describe(value: Any) -> Any:  # noqa: ANN401
            if isinstance(value, datetime) and form == "unixtimestamp":
                return _seconds(value)
            return self._times._convert_timestamp_to_str(value, form)  # noqa: SLF001

        return describe


@lru_cache(maxsize=4096)
def _seconds(moment: datetime) -> int | float:
    """Whole seconds since 1970, or with milliseconds, and no finer."""
    since = moment.replace(tzinfo=None) - _EPOCH
    whole = since.days * 86_400 + since.seconds
    return whole + since.microseconds // 1000 / 1000 if since.microseconds else whole
