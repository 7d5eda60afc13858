"""Tests of the reading of AWS's answers: whatever botocore's own parsers read, ours read as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape
from botocore.parsers import PROTOCOL_PARSERS

from support.platform.cloud_answers import Parsers

DEEPEST = 6
TEXTS = {"timestamp": "2026-03-02T09:00:00Z", "boolean": "true", "integer": "17", "long": "18", "float": "1.5", "double": "2.5", "blob": "AA=="}
OPERATIONS = [
    *(("ec2", name) for name in ("DescribeInstances", "RunInstances", "DescribeSpotPriceHistory", "DescribeInstanceAttribute", "TerminateInstances")),
    *(("elbv2", name) for name in ("DescribeListeners", "DescribeTargetHealth", "DescribeTags", "DescribeTargetGroups", "DeregisterTargets")),
    *(("sts", name) for name in ("AssumeRole", "GetCallerIdentity")),
]


def _content(shape: Shape, depth: int = 0) -> str:
    """Every member of a shape, lists with two items, and a member that the description does not know."""
    if isinstance(shape, StructureShape):
        members = "" if depth > DEEPEST else "".join(_members(shape, depth))
        return f"{members}<newInAws><item>x</item></newInAws>"
    if isinstance(shape, ListShape):
        name = shape.member.serialization.get("name", "member")
        return f"<{name}>{_content(shape.member, depth + 1)}</{name}>" * 2
    return TEXTS.get(shape.type_name, "a &amp; b")


def _members(shape: StructureShape, depth: int) -> Iterator[str]:
    for name, member in shape.members.items():
        written = member.serialization.get("name", name)
        yield f"<{written}>{_content(member, depth + 1)}</{written}>"


def _both(protocol: str, body: str, shape: Any, status: int = 200) -> tuple[Any, Any]:  # noqa: ANN401  (a shape, or none)
    answer = {"headers": {"Content-Type": "text/xml"}, "status_code": status, "body": body.encode()}
    own = Parsers(str).create_parser(protocol)
    of_botocore: Any = PROTOCOL_PARSERS[protocol]
    return own.parse(answer, shape), of_botocore(timestamp_parser=str).parse(answer, shape)


def _described(service: str, operation: str) -> Any:  # noqa: ANN401  (botocore's model)
    return botocore.session.Session().get_service_model(service).operation_model(operation)


def _document(service: str, operation: str, content: str) -> str:
    metadata = "<requestId>1</requestId>" if service == "ec2" else "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
    inside = content if service == "ec2" else f"<{operation}Result>{content}</{operation}Result>"
    return f'<{operation}Response xmlns="http://example.com/doc/2016-11-15/">{inside}{metadata}</{operation}Response>'


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_answer_with_everything_is_read_as_botocore_reads_it(service: str, operation: str) -> None:
    shape = _described(service, operation).output_shape
    own, botocores = _both("ec2" if service == "ec2" else "query", _document(service, operation, _content(shape) if shape else ""), shape)
    assert own == botocores
    assert own["ResponseMetadata"]["RequestId"] == "1"


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_answer_with_nothing_is_read_as_botocore_reads_it(service: str, operation: str) -> None:
    own, botocores = _both("ec2" if service == "ec2" else "query", _document(service, operation, ""), _described(service, operation).output_shape)
    assert own == botocores


def test_empty_elements_are_empty_texts_lists_and_structures() -> None:
    content = "<reservationSet><item><reservationId/><instancesSet/></item><item/></reservationSet>"
    own, botocores = _both("ec2", _document("ec2", "DescribeInstances", content), _described("ec2", "DescribeInstances").output_shape)
    assert own == botocores
    assert own["Reservations"] == [{"ReservationId": "", "Instances": []}, {}]


def test_an_error_is_read_as_botocore_reads_it() -> None:
    error = "<Response><Errors><Error><Code>InvalidId</Code><Message>No such id</Message></Error></Errors><RequestID>1</RequestID></Response>"
    own, botocores = _both("ec2", error, None, 400)
    assert own == botocores
    assert own["Error"]["Code"] == "InvalidId"


def test_json_is_read_as_botocore_reads_it() -> None:
    answer = {"MetricDataResults": [{"Id": "a", "Timestamps": [1772409600, 1772323200.5], "Values": [1.0, None], "New": {}}, {}], "Messages": None}
    own, botocores = _both("json", json.dumps(answer), _described("cloudwatch", "GetMetricData").output_shape)
    assert own == botocores
    assert own["MetricDataResults"][0]["Timestamps"] == ["1772409600", "1772323200.5"]


def test_the_parser_of_a_protocol_is_made_once() -> None:
    parsers = Parsers(str)
    assert parsers.create_parser("ec2") is parsers.create_parser("ec2")
    assert parsers.create_parser("ec2") is not parsers.create_parser("query")
