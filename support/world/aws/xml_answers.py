"""XML as moto answers it, written in one pass over moto's objects.

moto describes each answer in dictionaries, member by member of the AWS model, and writes these then; what it works out on the way depends on the
place in the model alone, and is worked out here once for each place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from botocore.model import ListShape, Shape, StructureShape

from support.world.aws.picking import Answers, NotUnderstood, Picker, base64_text, moment

Writer = Callable[[Any], str]
"""Writes an element from its value."""
PLAIN: dict[str, Writer] = {
    "boolean": lambda value: "true" if value is True or str(value).lower() == "true" else "false",
    "integer": lambda value: str(int(value)),
    "long": lambda value: str(int(value)),
    "float": lambda value: str(float(value)),
    "double": lambda value: str(float(value)),
    "blob": base64_text,
}


class XmlAnswers(Answers[str]):
    """The answers of one operation: what stands between the tags of the answer's element."""

    empty = str

    def _structure(self, shape: StructureShape, path: str) -> Writer:
        """Writes the members of a structure, one after the other."""
        picker = Picker(shape, path, self._transformers)
        members = list(shape.members.items())
        names = [_item_name(member, key) if isinstance(member, ListShape) and _flat(member) else _name(member, key) for key, member in members]
        if len(set(names)) < len(names):
            raise NotUnderstood(f"{path} has members of the same name")
        writers: list[Writer | None] = [None] * len(members)

        def write(value: Any) -> str:  # noqa: ANN401
            parts = []
            for position, held in picker.values(value):
                writer = writers[position]
                if writer is None:
                    key, member = members[position]
                    writer = writers[position] = self._element(member, key, f"{path}.{key}")
                parts.append(writer(held))
            return "".join(parts)

        return write

    def _element(self, shape: Shape, key: str, path: str) -> Writer:
        """Writes a member."""
        if {"xmlNamespace", "xmlAttribute"} & shape.serialization.keys():
            raise NotUnderstood(f"{path} has an attribute")
        if isinstance(shape, ListShape):
            return self._list(shape, key, path)
        return self._single(shape, _name(shape, key), path)

    def _single(self, shape: Shape, name: str, path: str) -> Writer:
        if isinstance(shape, StructureShape):
            return _wrapped(name, self._structure(shape, path))
        if shape.type_name == "timestamp":
            return _wrapped(name, self._time(shape))
        if shape.type_name == "string":
            return _string(name)
        if shape.type_name not in PLAIN:
            raise NotUnderstood(f"{path} is a {shape.type_name}")
        return _wrapped(name, PLAIN[shape.type_name])

    def _list(self, shape: ListShape, key: str, path: str) -> Writer:
        member = shape.member
        if isinstance(member, ListShape) or {"xmlNamespace", "xmlAttribute"} & member.serialization.keys():
            raise NotUnderstood(f"{path} is a list of lists, or of what has attributes")
        item_name = _item_name(shape, key)
        item = self._single(member, item_name, f"{path}.{member.name}")
        nothing = f"<{item_name}/>" if isinstance(member, StructureShape) else None

        def write(values: Any) -> str:  # noqa: ANN401
            written = [item(value) for value in values if value is not None or nothing is None]
            return "".join(each for each in written if each != nothing)  # as in moto, a structure without members is left out

        return write if _flat(shape) else _wrapped(_name(shape, key), write)

    def _time(self, shape: Shape) -> Callable[[Any], str]:
        form = self._form_of(shape)

        def text(value: Any) -> str:  # noqa: ANN401
            found = moment(value)
            if isinstance(found, datetime) and form == "iso8601_zeroed":
                return f"{found.isoformat()[:19]}.000Z"
            return escape(str(self._times._convert_timestamp_to_str(found, form)))  # noqa: SLF001

        return text


def element(name: str, content: str, namespace: str | None = None) -> str:
    """An element of an answer."""
    opened = name if namespace is None else f"{name} xmlns={quoteattr(namespace)}"
    return f"<{opened}>{content}</{name}>" if content else f"<{opened}/>"


def _string(name: str) -> Writer:
    opening, closing, empty = f"<{name}>", f"</{name}>", f"<{name}/>"

    def write(value: Any) -> str:  # noqa: ANN401
        text = str(value)
        if "&" in text or "<" in text or ">" in text:
            text = escape(text)
        return f"{opening}{text}{closing}" if text else empty

    return write


def _wrapped(name: str, content: Writer) -> Writer:
    opening, closing, empty = f"<{name}>", f"</{name}>", f"<{name}/>"

    def write(value: Any) -> str:  # noqa: ANN401
        inside = content(value)
        return f"{opening}{inside}{closing}" if inside else empty

    return write


def _name(shape: Shape, key: str) -> str:
    return str(shape.serialization.get("name", key))


def _flat(shape: ListShape) -> bool:
    return bool(shape.serialization.get("flattened", False))


def _item_name(shape: ListShape, key: str) -> str:
    return _name(shape.member, _name(shape, key) if _flat(shape) else "member")
