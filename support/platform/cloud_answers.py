"""AWS's answers, read by what they have, with the same result as botocore's own reading.

botocore looks in each structure for all that AWS's description knows of it: for a machine sixty members, and as many of its network interfaces,
most of which are not there. And it makes a parser for each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from botocore.parsers import (
    PROTOCOL_PARSERS,
    BaseXMLResponseParser,
    EC2QueryParser,
    JSONParser,
    QueryParser,
    ResponseParser,
    ResponseParserFactory,
)

Reader = Callable[[Any, Any], Any]
"""Reads an element, or a value, of a shape."""
_ELSEWHERE = frozenset({"location", "eventheader", "xmlAttribute", "flattened"})
"""What says that a member is not simply an element of its structure."""


class _Lists(ResponseParser):
    """Knows how to read a list's items before it reads them."""

    def _handle_list(self, shape: ListShape, node: Any) -> list[Any]:  # noqa: ANN401  (botocore's own)
        member = shape.member
        read = self._reader_of(member)
        if read is _as_it_is:
            return list(node)
        return [None if item is None else read(member, item) for item in node]

    def _reader_of(self, shape: Shape) -> Reader:
        reader: Reader = getattr(self, f"_handle_{shape.type_name}", None) or _as_it_is
        return reader


def _as_it_is(_shape: Shape, value: Any) -> Any:  # noqa: ANN401
    return value


class _Xml(BaseXMLResponseParser, _Lists):
    """Looks in a structure for nothing that is not there."""

    def __init__(self, **how: Any) -> None:  # noqa: ANN401  (as botocore's)
        super().__init__(**how)
        self._members = cache(self._listed)

    def _node_tag(self, node: Any) -> str:  # noqa: ANN401
        return _local(node.tag)

    def _handle_structure(self, shape: StructureShape, node: Any) -> Any:  # noqa: ANN401
        members = self._members(shape)
        if members is None or isinstance(node, list):
            return super()._handle_structure(shape, node)  # type: ignore[misc, unused-ignore]
        parsed = {}
        for element in node:
            member = members.get(_local(element.tag))
            if member is not None:
                name, of, read = member
                parsed[name] = read(of, element)
        return parsed

    def _handle_string(self, _shape: Shape, node: Any) -> str:  # noqa: ANN401
        return node.text or ""

    def _listed(self, shape: StructureShape) -> Mapping[str, tuple[str, Shape, Reader]] | None:
        """The members of a structure by the names of their elements; None where reading takes more than that."""
        members = shape.members.items()
        if shape.metadata.get("exception") or shape.is_tagged_union or any(_ELSEWHERE & member.serialization.keys() for _, member in members):
            return None
        return {str(member.serialization.get("name", name)): (name, member, self._reader_of(member)) for name, member in members}


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


class _Query(_Xml, QueryParser):
    """The query protocol."""


class _Ec2(_Xml, EC2QueryParser):
    """EC2's protocol."""


class _Json(JSONParser, _Lists):
    """The JSON protocol."""


_KINDS: Mapping[str, Any] = {**PROTOCOL_PARSERS, "query": _Query, "ec2": _Ec2, "json": _Json}


class Parsers(ResponseParserFactory):
    """Makes one parser for each protocol, which keeps nothing of an answer: threads may share it."""

    def __init__(self, timestamp_parser: Callable[[Any], Any]) -> None:
        super().__init__()
        self._timestamp_parser = timestamp_parser
        self._made: dict[str, ResponseParser] = {}

    def create_parser(self, protocol_name: str) -> ResponseParser:
        """The parser of that protocol's answers."""
        made = self._made.get(protocol_name)
        if made is None:
            made = self._made[protocol_name] = _KINDS[protocol_name](timestamp_parser=self._timestamp_parser)
        return made
