"""Tests of what AWS is sent: the form that botocore itself would send, signed as it is, in one piece."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from pydantic import SecretStr

from support.platform.cloud import SERVICES, Cloud
from support.platform.settings import Settings


class _Body:
    def stream(self) -> list[bytes]:
        return [b"<Response/>"]


def test_a_form_is_sent_as_it_was_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "platform")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sent: list[Any] = []
    signed: list[str] = []
    payload = SigV4Auth.payload

    def hashed(auth: SigV4Auth, request: Any) -> str:  # noqa: ANN401
        signed.append(request.body.decode())
        return payload(auth, request)

    def answered(request: Any, **_: Any) -> Any:  # noqa: ANN401
        sent.append(request)
        no_headers: Any = {}
        return AWSResponse(request.url, 200, no_headers, _Body())

    monkeypatch.setattr(SigV4Auth, "payload", hashed)
    time: Any = None  # without patience nobody looks at it
    cloud = Cloud(Settings(token_key=SecretStr("k" * 32), aws_endpoint_url="http://aws.example"), time)
    client: Any = cloud.client("ec2", "eu-west-1", patient=False)
    client.meta.events.register("before-send", answered)
    client.run_instances(MinCount=1, MaxCount=2, ImageId="ami-1 & ä", EbsOptimized=True, ClientToken="t")

    [body] = [request.body.decode() for request in sent]
    assert signed == [body]
    assert dict(parse_qsl(body, strict_parsing=True)) == {
        "Action": "RunInstances",
        "Version": "2016-11-15",
        "MinCount": "1",
        "MaxCount": "2",
        "ImageId": "ami-1 & ä",
        "EbsOptimized": "true",
        "ClientToken": "t",
    }
    assert sent[0].headers["Content-Type"] == b"application/x-www-form-urlencoded; charset=utf-8"
    assert sent[0].headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("service", ["sts", *SERVICES, "pricing"])
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "cn-north-1"])
def test_what_is_asked_is_asked_where_botocores_rules_say(monkeypatch: pytest.MonkeyPatch, service: str, region: str) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "platform")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    asked: list[str] = []

    def answered(request: Any, **_: Any) -> Any:  # noqa: ANN401
        asked.append(request.url)
        no_headers: Any = {}
        return AWSResponse(request.url, 400, no_headers, _Body())

    time: Any = None
    ours: Any = Cloud(Settings(token_key=SecretStr("k" * 32)), time).client(service, region, patient=False)
    botocores: Any = botocore.session.Session().create_client(service, region_name=region)
    operation = botocores.meta.service_model.operation_model(botocores.meta.service_model.operation_names[0])
    ruled = botocores._ruleset_resolver.construct_endpoint(operation, {}, {})
    ours.meta.events.register("before-send", answered)
    with pytest.raises(ClientError):
        ours._make_api_call(operation.name, {})

    assert asked == [f"{ruled.url}/"]
    assert (ruled.headers, ruled.properties) == ({}, {})
