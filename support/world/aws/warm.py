"""Makes the first calls of every kind, so that no customer's call pays for reading AWS's service models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from support.world.accounts import NOBODY
from support.world.aws.app import AwsApp
from support.world.aws.asked import Asked, read

FORM = "application/x-www-form-urlencoded; charset=utf-8"
_IMAGE = "ImageId=ami-0acceptance&InstanceType=g5.xlarge&MinCount=1&MaxCount=1"
CALLS = (
    ("ec2", FORM, "", f"Action=RunInstances&Version=2016-11-15&{_IMAGE}"),
    ("ec2", FORM, "", "Action=DescribeInstances&Version=2016-11-15"),
    ("ec2", FORM, "", "Action=DescribeSubnets&Version=2016-11-15"),
    ("elasticloadbalancing", FORM, "", "Action=DescribeLoadBalancers&Version=2015-12-01"),
    ("elasticloadbalancing", FORM, "", "Action=DescribeTargetGroups&Version=2015-12-01"),
    ("ssm", "application/x-amz-json-1.1", "AmazonSSM.GetParametersByPath", '{"Path": "/vllm"}'),
    ("monitoring", FORM, "", "Action=ListMetrics&Version=2010-08-01"),
    ("iam", FORM, "", "Action=ListRoles&Version=2010-05-08"),
)


def warm(app: AwsApp, loop: asyncio.AbstractEventLoop) -> None:
    """Makes the calls one at a time, letting the loop serve others in between. They belong to an account of nobody's."""
    _next(app, iter(CALLS), loop)


def _next(app: AwsApp, calls: Iterator[tuple[str, str, str, str]], loop: asyncio.AbstractEventLoop) -> None:
    call = next(calls, None)
    if call is not None:
        app.answer(_asked(*call))
        loop.call_soon(_next, app, calls, loop)


def _asked(service: str, content_type: str, target: str, body: str) -> Asked:
    scope = f"{NOBODY}/20260302/us-east-1/{service}/aws4_request"
    headers = {
        "content-type": content_type,
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "x-amz-target": target,
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return read({"method": "POST", "path": "/", "query_string": b"", "headers": raw}, body.encode(), lambda _: (NOBODY, None))
