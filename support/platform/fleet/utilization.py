"""How busy nodes were, from CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from support.platform.cloud import AwsAccount

PERIOD = timedelta(days=14)
"""A peak that comes once a week is seen twice."""

DAY_SECONDS = 86_400
QUERIES_PER_CALL = 500
GPU = "CWAgent", "nvidia_smi_utilization_gpu"
CPU = "AWS/EC2", "CPUUtilization"
FIGURES = (("gpu", GPU, "Average"), ("peak", GPU, "Maximum"), ("cpu", CPU, "Average"), ("cpupeak", CPU, "Maximum"))


@dataclass(frozen=True)
class Load:
    """Percent over the period; None where nothing was measured. The accelerator's figures where there are any, otherwise the processor's."""

    average: Decimal | None = None
    peak: Decimal | None = None
    cpu: Decimal | None = None


def loads(account: AwsAccount, instance_ids: Sequence[str], now: datetime) -> dict[str, Load]:
    """The load of each node over the last fortnight; 125 nodes a call."""
    figures: dict[str, dict[str, Decimal]] = {name: {} for name in instance_ids}
    queries = list(_queries(instance_ids))
    for start in range(0, len(queries), QUERIES_PER_CALL):
        pages = account.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=cast("Any", queries[start : start + QUERIES_PER_CALL]), StartTime=now - PERIOD, EndTime=now + timedelta(minutes=1)
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                kind, _, position = result["Id"].partition("_")
                values = [Decimal(str(value)) for value in result["Values"]]
                if values:
                    peak = kind.endswith("peak")
                    figures[instance_ids[int(position)]][kind] = max(values) if peak else sum(values, Decimal(0)) / len(values)
    return {name: _load(found) for name, found in figures.items()}


def _queries(instance_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    for position, instance_id in enumerate(instance_ids):
        for kind, (namespace, metric), statistic in FIGURES:
            yield {
                "Id": f"{kind}_{position}",
                "MetricStat": {
                    "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": [{"Name": "InstanceId", "Value": instance_id}]},
                    "Period": DAY_SECONDS,
                    "Stat": statistic,
                },
            }


def _load(found: dict[str, Decimal]) -> Load:
    return Load(found.get("gpu", found.get("cpu")), found.get("peak", found.get("cpupeak")), found.get("cpu"))
