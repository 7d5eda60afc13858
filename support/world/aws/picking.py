"""Where the members of an AWS structure are found in moto's objects: worked out once for each class and place in the AWS model."""

from __future__ import annotations

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from botocore.model import OperationModel, Shape, StructureShape
from moto.core.serialize import AttributePickerContext, TimestampSerializer, XFormedAttributePicker
from moto.core.utils import get_value

Transformers = Mapping[str, Callable[[Any], Any]]
"""What a response class makes of a member's value, by the end of the member's path."""
Getter = Callable[[Any, str, object], Any]
Member = tuple[int, str, Callable[[Getter, Any], Any] | None]
"""A member's position, and the name under which an object has it, or how its value is found where that takes more."""
Content = TypeVar("Content")
NOTHING = object()
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


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


def moment(value: Any) -> Any:  # noqa: ANN401  (what moto takes for a time)
    """A text that is a time as AWS's clients and moto write it is that time; anything else is itself."""
    return datetime.fromisoformat(value) if isinstance(value, str) and _ISO.fullmatch(value) else value


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
        self._known: dict[tuple[object, ...], tuple[Getter, tuple[Member, ...]]] = {}

    def values(self, found: Any) -> list[tuple[int, Any]]:  # noqa: ANN401  (any object of moto's)
        """Position and value of each member that the object has."""
        kind = (type(found), *(found if type(found) is dict else getattr(found, "__dict__", ())))
        get, members = self._known.get(kind) or self._looked_up(found, kind)
        picked = []
        for position, name, among in members:
            value = get(found, name, None) if among is None else among(get, found)
            if value is not None:
                picked.append((position, value))
        return picked

    def _looked_up(self, found: Any, kind: tuple[object, ...]) -> tuple[Getter, tuple[Member, ...]]:  # noqa: ANN401
        """How to get at the members of an object of that class with these keys or attributes: those under a name that it may have."""
        picker = XFormedAttributePicker()
        names = [_names(picker, found, key, shape) for key, shape in self._members.items()]
        get: Getter = get_value
        if not any("." in name for each in names for name in each):
            of_class = () if type(found) is dict else dir(type(found))
            if type(found) is dict or not ({"__getitem__", "__getattr__"} & set(of_class)):
                names = [tuple(name for name in each if name in kind or name in of_class) for each in names]
            get = dict.get if type(found) is dict else get_value if hasattr(found, "__getitem__") else getattr
        members = tuple(
            (position, each[0], None) if len(each) == 1 and transform is None else (position, "", _first(each, transform))
            for position, (each, transform) in enumerate(zip(names, self._transforms.values(), strict=True))
            if each or transform is not None
        )
        known = self._known[kind] = (get, members)
        return known


def _names(picker: XFormedAttributePicker, found: Any, key: str, shape: Shape) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(dict.fromkeys(picker.get_possible_keys(AttributePickerContext(found, key, cast("Any", shape)))))


def _first(names: Sequence[str], transform: Callable[[Any], Any] | None) -> Callable[[Getter, Any], Any]:
    """Finds the value under the first of the names that an object has, and what is made of it."""

    def value(get: Getter, found: Any) -> Any:  # noqa: ANN401
        held = next((held for name in names if (held := get(found, name, NOTHING)) is not NOTHING), None)
        return held if transform is None else transform(held)

    return value


def _transform(path: str, transformers: Transformers) -> Callable[[Any], Any] | None:
    return next((each for ending, each in transformers.items() if path.endswith(ending)), None)
