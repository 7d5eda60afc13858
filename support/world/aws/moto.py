"""moto as the world uses it: loaded quickly, told the world's time, with one image of our own in each account.

What is replaced at start-up, and why, is all here; moto itself is not changed. Regions: those of `REGIONS` (others are unknown to this world).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1")
FAMILIES = ("g4dn.", "g5.", "g6.", "g6e.", "p4d.", "p4de.", "p5.", "c6i.", "m6i.", "c5.", "m5.", "t3.")
SERVICES = ("ec2", "elbv2", "ssm", "cloudwatch", "iam", "sts", "resourcegroupstaggingapi")
"""What moto answers here, by boto3's names."""
IMAGE = "ami-0acceptance"
"""An image that each account has; moto's own catalogue costs seconds per account."""


class _Session:
    """What moto asks of a boto3 session while it loads: the regions. The real one reads megabytes to answer."""

    def get_available_regions(self, _service: str, partition_name: str = "aws", **_: Any) -> list[str]:  # noqa: ANN401
        return list(REGIONS) if partition_name == "aws" else []

    def get_available_partitions(self) -> list[str]:
        return ["aws"]


def load() -> None:
    """Imports the parts of moto that the world serves. Call once, before any other import of moto."""
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    import boto3
    import moto.utilities.utils as utilities

    original_load = utilities.load_resource

    def load_resource(resource: str) -> Any:  # noqa: ANN401  (JSON)
        if "instance_type_offerings" in resource:
            region = resource.rsplit("/", 1)[-1].split(".")[0]
            if region not in REGIONS:
                return []
            return [offering for offering in original_load(resource) if offering["InstanceType"].startswith(FAMILIES)]
        found = original_load(resource)
        if resource.endswith("ec2/resources/instance_types.json"):
            return {name: spec for name, spec in found.items() if name.startswith(FAMILIES)}
        return found

    original_session = boto3.Session
    utilities.load_resource = load_resource
    boto3.Session = _Session  # type: ignore[assignment, misc]
    try:
        _import_services()
    finally:
        boto3.Session = original_session  # type: ignore[misc]
    _share_regions()
    _answer_faster()
    _read_models()
    _give_image()


def _import_services() -> None:
    import moto.autoscaling.models
    import moto.cloudwatch.responses
    import moto.ec2.responses
    import moto.elbv2.responses
    import moto.events.models
    import moto.iam.access_control
    import moto.iam.responses
    import moto.resourcegroupstaggingapi.responses
    import moto.ssm.responses
    import moto.sts.responses  # noqa: F401


def _share_regions() -> None:
    from moto.core.base_backend import AccountSpecificBackend

    session = _Session()
    AccountSpecificBackend.get_session = classmethod(lambda _: session)  # type: ignore[method-assign, assignment]


def _answer_faster() -> None:
    from support.world.aws.moto_speed import apply

    apply()


def _read_models() -> None:
    """AWS's descriptions of the services, of which the largest alone takes longer to read than a hundred calls."""
    from moto.core.utils import get_service_model

    for service in SERVICES:
        get_service_model(service)


def give_time(now: Callable[[], datetime]) -> None:
    """Lets what is loaded of moto see the world's time. Call once."""
    import moto.core.utils as utils

    original = utils.utcnow

    def utcnow() -> datetime:
        return now().replace(tzinfo=None)

    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and getattr(module, "utcnow", None) is original:
            module.utcnow = utcnow  # type: ignore[attr-defined]


def _give_image() -> None:
    from moto.ec2.models.amis import AMIS

    AMIS[:] = [
        {
            "ami_id": IMAGE,
            "name": "inference-node-2026.02",
            "description": "An inference node's image",
            "owner_id": "801119661308",
            "public": True,
            "virtualization_type": "hvm",
            "architecture": "x86_64",
            "state": "available",
            "image_type": "machine",
            "hypervisor": "xen",
            "root_device_type": "ebs",
            "root_device_name": "/dev/xvda",
        }
    ]
    from moto.ec2.models.amis import Ami, AmiBackend

    def load_ours(backend: Any) -> None:  # noqa: ANN401
        backend.amis[IMAGE] = Ami(backend, **AMIS[0])

    AmiBackend._load_amis = load_ours  # type: ignore[method-assign, assignment]  # noqa: SLF001
