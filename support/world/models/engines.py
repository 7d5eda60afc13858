"""Which engine settings a node runs with: the deployment's SSM parameter, or its target group's own, as they are at this moment."""

from __future__ import annotations

from typing import Any

from support.world.models.settings import EngineSettings, read


def engine_settings(account: str, deployment: str, found: Any) -> EngineSettings:  # noqa: ANN401  (moto's instance)
    """The node's settings. A parameter of a target group that the node belongs to wins over the deployment's."""
    region = str(found.region_name)
    base = f"/vllm/{deployment}/engine-args"
    groups = [f"{base}/{name}" for name in _groups_of(account, region, str(found.id))]
    texts = (_parameter(account, region, name) for name in (*groups, base))
    return read(next((text for text in texts if text is not None), None))


def _groups_of(account: str, region: str, instance_id: str) -> list[str]:
    from moto.elbv2.models import elbv2_backends

    backend = elbv2_backends[account][region]
    return [group.name for group in list(backend.target_groups.values()) if instance_id in group.targets]


def _parameter(account: str, region: str, name: str) -> str | None:
    from moto.ssm.models import ssm_backends

    store: Any = ssm_backends[account][region]._parameters  # noqa: SLF001  (moto has no look-up that tells absence without an error document)
    found = store.get(name, None)
    return None if not found else str(found[-1].value)
