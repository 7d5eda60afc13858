"""CloudWatch: how busy an instance is follows the declared workload; every other metric is moto's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from support.world.aws.backends import deployment, instance, node
from support.world.aws.errors import Declined
from support.world.models.behaviour import DEFAULT
from support.world.world import World

METRICS = {("AWS/EC2", "CPUUtilization"): "cpu", ("CWAgent", "nvidia_smi_utilization_gpu"): "gpu"}
PEAK_ABOVE_AVERAGE = 10.0
MOST_DATAPOINTS = 1440


class CloudWatch(CloudWatchResponse):
    """Utilisation in percent: Average, Minimum and SampleCount are the average's, Maximum and percentiles from the 90th on are the peak's.

    An instance has datapoints for any period until now, before its launch too: a scenario's fleet is as old as the scenario needs it to be.
    """

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def get_metric_statistics(self) -> ActionResult:
        """Datapoints of one metric."""
        metric = {
            "Namespace": self._get_param("Namespace"),
            "MetricName": self._get_param("MetricName"),
            "Dimensions": self._get_param("Dimensions", []),
        }
        series = self._series(metric)
        if series is None:
            return super().get_metric_statistics()
        period = int(self._get_int_param("Period"))
        times = list(self._times(self._get_param("StartTime"), self._get_param("EndTime"), period))
        if len(times) > MOST_DATAPOINTS:
            raise Declined(
                "InvalidParameterCombination", f"You have requested {len(times)} datapoints, which exceeds the limit of {MOST_DATAPOINTS}."
            )
        statistics = [str(name) for name in self._get_param("Statistics", [])]
        points = [{"Timestamp": time, "Unit": "Percent", **{name: _value(series, name, period) for name in statistics}} for time in times]
        return ActionResult({"Label": metric["MetricName"], "Datapoints": points})

    def get_metric_data(self) -> ActionResult:
        """Several metrics at once. Expressions are moto's: they do not see the utilisation of instances."""
        asked = self._get_params()
        order = -1 if asked.get("ScanBy", "TimestampDescending") == "TimestampDescending" else 1
        times_of = cache(lambda period: list(self._times(asked["StartTime"], asked["EndTime"], period))[::order])
        results = []
        others = []
        for query in asked.get("MetricDataQueries", []):
            stat = query.get("MetricStat")
            series = self._series(stat["Metric"]) if stat else None
            if stat is None or series is None:
                others.append(query)
                continue
            period = int(stat["Period"])
            times = times_of(period)
            label = query.get("Label") or stat["Metric"]["MetricName"]
            values = [_value(series, stat["Stat"], period)] * len(times)
            results.append({"Id": query["Id"], "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete"})
        if others:
            start, end = asked["StartTime"], asked["EndTime"]
            results.extend(self.cloudwatch_backend.get_metric_data(others, start, end, asked.get("ScanBy", "TimestampDescending")))
        return ActionResult({"MetricDataResults": results, "Messages": []})

    def _series(self, metric: Any) -> tuple[float, float] | None:  # noqa: ANN401
        """The average and the peak of an instance; None where the metric is not the world's."""
        which = METRICS.get((str(metric["Namespace"]), str(metric["MetricName"])))
        named = {str(item["Name"]): str(item["Value"]) for item in metric.get("Dimensions", [])}
        if which is None or "InstanceId" not in named:
            return None
        found = instance(self.current_account, named["InstanceId"])
        if found is None:
            return None
        account = self._world.accounts[self.current_account]
        declared = account.utilization.get(found.id, {})
        workload = account.workloads.get(deployment(found) or "")
        behaviour = workload.of(node(found)) if workload is not None else DEFAULT
        average = declared.get(which, behaviour.utilization or 0.0)
        peak = (
            behaviour.peak_utilization
            if behaviour.peak_utilization is not None and which not in declared
            else min(100.0, average + PEAK_ABOVE_AVERAGE)
        )
        peak = declared.get(f"peak_{which}", peak)
        return average, max(average, peak)

    def _times(self, start: datetime, end: datetime, period: int) -> Iterator[datetime]:
        if start >= end:
            raise Declined("InvalidParameterCombination", "The parameter StartTime must be less than the parameter EndTime.")
        time, last = _floor(start, period), min(end, self._world.clock.now.replace(tzinfo=None))
        while time < last:
            yield time
            time += timedelta(seconds=period)


def _floor(moment: datetime, period: int) -> datetime:
    naive = moment.replace(tzinfo=None)
    seconds = (naive - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001  (moto's times are UTC without saying so)
    return datetime(1970, 1, 1) + timedelta(seconds=seconds // period * period)  # noqa: DTZ001


def _value(series: tuple[float, float], statistic: str, period: int) -> float:
    average, peak = series
    if statistic == "SampleCount":
        return max(1.0, period / 60)
    if statistic == "Sum":
        return average * max(1.0, period / 60)
    if statistic == "Maximum" or (statistic.startswith("p") and float(statistic[1:]) >= 90):
        return peak
    return average
