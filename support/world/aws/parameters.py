"""The parameters of a call as moto reads them, without a look at all that the call could have had."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from botocore.model import ListShape, Shape, StructureShape
from moto.core.parse import UNDEFINED, EC2QueryParser, JSONParser, QueryParser


class Given(QueryParser):
    """The query protocol. Reads a member of a structure only where a parameter has its name or begins with it."""

    def _do_parse(self, request_dict: Any, shape: StructureShape) -> Any:  # noqa: ANN401  (moto's parameters)
        values = request_dict["values"]
        self._named = set(values)
        for name in values:
            whole, dot, _ = name.rpartition(".")
            while dot and whole not in self._named:
                self._named.add(whole)
                whole, dot, _ = whole.rpartition(".")
        return super()._do_parse(request_dict, shape)  # type: ignore[no-untyped-call]

    def _parse_structure(self, shape: StructureShape, query_params: Any, prefix: str = "") -> Any:  # noqa: ANN401
        if prefix and prefix not in self._named:
            return UNDEFINED
        parsed = {}
        for name, member, part, always in _members(cast("Any", type(self)), shape):
            place = f"{prefix}.{part}" if prefix else part
            if always or place in self._named:
                value = self._parse_shape(member, query_params, place)  # type: ignore[no-untyped-call]
                if value is not UNDEFINED:
                    parsed[name] = value
        return parsed or UNDEFINED


class GivenToEc2(Given, EC2QueryParser):
    """EC2's protocol."""


class GivenInJson(JSONParser):
    """The JSON protocol."""

    def _parse_structure(self, shape: StructureShape, value: Any) -> Any:  # noqa: ANN401
        if value is None or shape.is_document_type:
            return super()._parse_structure(shape, value)  # type: ignore[no-untyped-call]
        members = _members_in_json(shape)
        return {
            members[name][0]: self._parse_shape(members[name][1], held)  # type: ignore[no-untyped-call]
            for name, held in value.items()
            if held is not None and name in members
        }


@cache
def _members_in_json(shape: StructureShape) -> dict[str, tuple[str, Shape]]:
    """Name and shape of each member of a structure by its written name."""
    return {str(member.serialization.get("name", name)): (name, member) for name, member in shape.members.items()}


@cache
def _members(parser: type[Given], shape: StructureShape) -> tuple[tuple[str, Shape, str, bool], ...]:
    """Name, shape and written name of each member of a structure, and whether it may have a value without a parameter of its name."""
    names = parser(cast("Any", None))  # names are the same for every operation
    return tuple(
        (
            name,
            member,
            str(names._get_serialized_name(member, name)),  # type: ignore[no-untyped-call]  # noqa: SLF001
            "default" in member.metadata or (isinstance(member, ListShape) and bool(member.serialization.get("flattened"))),
        )
        for name, member in shape.members.items()
    )
