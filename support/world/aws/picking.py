"""Where the members of an AWS structure are found in moto's objects: worked out once for each class and place in the AWS model."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast

from botocore.model import OperationModel, Shape, StructureShape
from moto.core.serialize import AttributePickerContext, TimestampSerializer, XFormedAttributePicker
from moto.core.utils import get_value

Transformers = Mapping[str, Callable[[Any], Any]]
"""What a response class makes of a member's value, by the end of the member's path."""
Getter = Callable[[Any, str, object], Any]
Content = TypeVar("Content")
NOTHING = object()


class NotUnderstood(Exception):
    """A place in the AWS model that is written as moto itself writes it: the message says why."""


class Answers(ABC, Generic[Content]):
    """The answers of one operation, in one kind of writing: made in one pass, by what was worked out when the first of them was asked for."""

    empty: Callable[[], Content]

    def __init__(self, operation: OperationModel, times: str, transformers: Transformers) -> None:
        self._times = TimestampSerializer(times)
        self._transformers = transformers
        self._output = operation.output_shape
        self._path = f"{operation.name}.{self._output.name}" if self._output is not None else ""
        self._made: Callable[[Any], Content] | None = None

    def content(self, result: Any) -> Content:  # noqa: ANN401  (any object of moto's)
        """What is in the answer. Raises NotUnderstood."""
        if self._output is None or result is None:
            return self.empty()
        if self._made is None:
            self._made = self._structure(self._output, self._path)
        return self._made(result)

    @abstractmethod
    def _structure(self, shape: StructureShape, path: str) -> Callable[[Any], Content]:
        """Makes the content from an object with the members of the shape. Raises NotUnderstood."""

    def _form_of(self, shape: Shape) -> str:
        """In which form a time is told."""
        return str(shape.serialization.get("timestampFormat", self._times.default_format)).lower()


def base64_text(value: str | bytes) -> str:
    """A blob as it is told."""
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


class Picker:
    """The values of one structure's members, as moto's own picker finds them."""

    def __init__(self, shape: StructureShape, path: str, transformers: Transformers) -> None:
        self._members = dict(shape.members)
        for member in self._members.values():
            member.parent = shape  # type: ignore[attr-defined]  # moto's picker looks for siblings there
        self._transforms = {key: _transform(f"{path}.{key}", transformers) for key in self._members}
        self._names: dict[type, tuple[Getter, tuple[tuple[int, tuple[str, ...], Callable[[Any], Any] | None], ...]]] = {}

    def values(self, found: Any) -> list[tuple[int, Any]]:  # noqa: ANN401  (any object of moto's)
        """Position and value of each member that the object has."""
        get, members = self._names.get(type(found)) or self._looked_up(found)
        picked = []
        for position, names, transform in members:
            value = None
            for name in names:
                held = get(found, name, NOTHING)
                if held is not NOTHING:
                    value = held
                    break
            if transform is not None:
                value = transform(value)
            if value is not None:
                picked.append((position, value))
        return picked

    def _looked_up(self, found: Any) -> tuple[Getter, tuple[tuple[int, tuple[str, ...], Callable[[Any], Any] | None], ...]]:  # noqa: ANN401
        picker = XFormedAttributePicker()
        members = tuple(
            (position, _names(picker, found, key, shape), self._transforms[key]) for position, (key, shape) in enumerate(self._members.items())
        )
        dotted = any("." in name for _, names, _ in members for name in names)
        get: Getter = get_value if dotted or hasattr(found, "__getitem__") else getattr
        known = self._names[type(found)] = (dict.get if type(found) is dict and not dotted else get, members)
        return known


def _names(picker: XFormedAttributePicker, found: Any, key: str, shape: Shape) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(dict.fromkeys(picker.get_possible_keys(AttributePickerContext(found, key, cast("Any", shape)))))


def _transform(path: str, transformers: Transformers) -> Callable[[Any], Any] | None:
    return next((each for ending, each in transformers.items() if path.endswith(ending)), None)
