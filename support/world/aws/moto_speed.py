"""moto, made faster: what it works out again for each call, or for each attribute of each answer, and which is the same every time."""

from __future__ import annotations

import fnmatch
import itertools
from abc import abstractmethod
from datetime import UTC, datetime
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, cast

from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.parse import default_timestamp_parser
from moto.core.responses import BaseResponse
from moto.core.serialize import EC2Serializer, JSONSerializer, QuerySerializer, ResponseDict, ResponseSerializer
from moto.core.utils import get_value
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix
from moto.moto_api._internal import mock_random

from support.world.aws.json_answers import JsonAnswers
from support.world.aws.networks import ADDRESSES
from support.world.aws.parameters import Given, GivenInJson, GivenToEc2
from support.world.aws.picking import Answers, NotUnderstood, moment
from support.world.aws.xml_answers import XmlAnswers, element

PROLOG = '<?xml version="1.0" encoding="utf-8"?>\n'
_WILD = frozenset("*?[")
_numbers = itertools.count(1)

_known: dict[tuple[object, ...], Answers[Any]] = {}
"""The answers of each operation, by kind, operation, form of times and transformers."""


class _Quick(ResponseSerializer):
    """Writes in one pass what moto's serializer writes; what is not understood, as moto does."""

    answers: type[Answers[Any]]

    def _serialize_result(self, resp: ResponseDict, result: Any) -> ResponseDict:  # noqa: ANN401
        try:
            content = _of(self.answers, self).content(result)
        except NotUnderstood:
            return super()._serialize_result(resp, result)
        return self._with(content, resp, result)

    @abstractmethod
    def _with(self, content: Any, resp: ResponseDict, result: Any) -> ResponseDict:  # noqa: ANN401
        """The response with that content."""


class QuickQuery(_Quick, QuerySerializer):
    """The query protocol."""

    answers = XmlAnswers

    def _with(self, content: str, resp: ResponseDict, result: Any) -> ResponseDict:  # noqa: ANN401, ARG002
        shape = self.operation_model.output_shape
        if shape is not None:
            content = element(shape.serialization.get("resultWrapper", f"{shape.name}Result"), content)
        metadata = element("ResponseMetadata", element("RequestId", str(self.context.request_id)))
        return _answered(self, resp, content + metadata)


class QuickEc2(_Quick, EC2Serializer):
    """EC2's protocol."""

    answers = XmlAnswers

    def _with(self, content: str, resp: ResponseDict, result: Any) -> ResponseDict:  # noqa: ANN401, ARG002
        return _answered(self, resp, content + element("requestId", str(self.context.request_id)), PROLOG)


class QuickJson(_Quick, JSONSerializer):
    """The JSON protocol."""

    answers = JsonAnswers

    def _with(self, content: dict[str, Any], resp: ResponseDict, result: Any) -> ResponseDict:  # noqa: ANN401
        return self._serialized_result_to_response(resp, result, cast("Any", self.operation_model.output_shape), content)


QUICK: dict[type[ResponseSerializer], type[ResponseSerializer]] = {
    QuerySerializer: QuickQuery,
    EC2Serializer: QuickEc2,
    JSONSerializer: QuickJson,
}


def _of(kind: type[Answers[Any]], serializer: ResponseSerializer) -> Answers[Any]:
    transformers: dict[str, Any] = serializer._value_picker.response_transformers  # noqa: SLF001
    place = (kind, serializer.operation_model, serializer.DEFAULT_TIMESTAMP_FORMAT, tuple(transformers.items()))
    known = _known.get(place)
    if known is None:
        known = _known[place] = kind(serializer.operation_model, serializer.DEFAULT_TIMESTAMP_FORMAT, transformers.copy())
    return known


def _answered(serializer: ResponseSerializer, resp: ResponseDict, content: str, prolog: str = "") -> ResponseDict:
    operation = serializer.operation_model
    resp["body"] = prolog + element(f"{operation.name}Response", content, operation.metadata.get("xmlNamespace"))
    resp["headers"]["Content-Type"] = serializer.CONTENT_TYPE
    return resp


def _enriched(headers: dict[str, Any], body: Any) -> tuple[dict[str, Any], Any]:  # noqa: ANN401
    """Numbers the request in its answer: where XML has a place for that, else in the head, where AWS's clients then look."""
    if "status" in headers:
        headers["status"] = str(headers["status"])
    number = f"{next(_numbers):020d}"
    for opened in ("<RequestId>", "<requestId>") if isinstance(body, str) else ():
        before, found, after = body.rpartition(opened)
        if found:
            return headers, f"{before}{opened}{number}{after[after.index('<') :]}"
    headers["x-amzn-requestid"] = number
    return headers, body


def _resource_id(size: int = 8) -> str:
    """An id as moto draws it, in one draw."""
    return f"{mock_random.getrandbits(4 * size):0{size}x}"


def _matches(value: str, pattern: str) -> bool:
    """As `fnmatch`, which works out a regular expression for each pattern, and most patterns are ids."""
    return value == pattern or (not _WILD.isdisjoint(pattern) and fnmatch.fnmatchcase(value, pattern))


def _look_up_at_once() -> None:
    """An account's and a region's backend, once made, without listing all there are."""
    make_account, make_region = BackendDict.__getitem__, AccountSpecificBackend.__getitem__

    def of_account(backends: Any, number: str) -> Any:  # noqa: ANN401
        found = dict.get(backends, number)
        return make_account(backends, number) if found is None else found

    def of_region(backends: Any, name: str) -> Any:  # noqa: ANN401
        found = dict.get(backends, name)
        return make_region(backends, name) if found is None else found

    BackendDict.__getitem__ = of_account  # type: ignore[method-assign]
    AccountSpecificBackend.__getitem__ = of_region  # type: ignore[method-assign]


def _time(value: Any) -> datetime:  # noqa: ANN401  (what a caller gives as a time)
    """A time in UTC without saying so, as moto reads it; one as AWS's clients write it without a look at every other way."""
    read = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else moment(value)
    return read.astimezone(UTC).replace(tzinfo=None) if isinstance(read, datetime) else default_timestamp_parser(value)


def _parameter(handler: BaseResponse, name: str, if_none: Any = None) -> Any:  # noqa: ANN401
    """A parameter of a call: in none of our protocols are there any in a path."""
    return get_value(handler.params, name, if_none)


def _tags_of(resource: Any) -> list[dict[str, str]]:  # noqa: ANN401  (moto's model)
    """A resource's tags, without a look at everybody's."""
    tags = resource.ec2_backend.tags.get(resource.id, {})
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "") if tags else ""
    return [{"resource_id": resource.id, "key": key, "value": value, "resource_type": kind} for key, value in tags.items()]


def apply() -> None:
    """Puts these in the place of moto's, for the whole process."""
    import moto.core.parse as parse
    import moto.core.responses as responses
    import moto.core.utils as utils
    import moto.ec2.models.subnets as subnets
    import moto.ec2.models.vpcs as vpcs
    import moto.ec2.utils as ec2

    vars(utils)["create_loader"] = cache(vars(utils)["create_loader"])  # one that lists botocore's folders once
    vars(parse)["default_timestamp_parser"] = _time
    parse.PROTOCOL_PARSERS.update({"query": Given, "ec2": GivenToEc2, "json": GivenInJson})
    vars(ec2)["random_resource_id"] = _resource_id
    vars(ec2)["fnmatch"] = SimpleNamespace(fnmatch=_matches, translate=fnmatch.translate)
    vars(subnets)["ipaddress"] = vars(vpcs)["ipaddress"] = ADDRESSES
    names = vars(responses)
    moto_s = names["get_serializer_class"]
    names["get_serializer_class"] = cache(lambda service, protocol: QUICK.get(found := moto_s(service, protocol), found))
    BaseResponse._get_param = _parameter  # type: ignore[method-assign, assignment]  # noqa: SLF001
    BaseResponse._enrich_response = staticmethod(_enriched)  # type: ignore[method-assign]  # noqa: SLF001
    TaggedEC2Resource.get_tags = _tags_of  # type: ignore[method-assign, assignment]
    _look_up_at_once()
    # moto lists the methods of a class of 600 at each call; they do not change.
    names["method_names_from_class"] = cache(lambda kind: frozenset(name for name in dir(kind) if callable(getattr(kind, name, None))))
    names["camelcase_to_underscores"] = lru_cache(2048)(names["camelcase_to_underscores"])
