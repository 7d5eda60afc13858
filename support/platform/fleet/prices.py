"""What capacity costs: on-demand prices and types from AWS's catalogue, spot prices and interruption rates from its market."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from weakref import WeakKeyDictionary

import orjson

from support.platform.cloud import AwsAccount, Cloud
from support.platform.fleet.views import Spec
from support.platform.network import Client, Unreachable
from support.platform.optimizations.pools import Pool

INFERENCE_FAMILIES = ("g4dn", "g5", "g6", "g6e", "p4d", "p4de", "p5")
"""The families among which a smaller or another node is looked for."""

ADVISOR_URL = "http://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json"
RANGE_RATES = {0: Decimal("0.05"), 1: Decimal("0.10"), 2: Decimal("0.15"), 3: Decimal("0.20"), 4: Decimal("0.30")}
"""The advisor tells ranges; the upper end is assumed, and 30% for "more than 20%"."""

CATALOGUE_AGE = timedelta(hours=24)
PRODUCT = "Linux/UNIX"
ACCELERATED = "GPU instance"
"""The price list's name for all types with accelerators."""


class PricesMissing(Exception):
    """AWS's catalogue does not know what is needed to reckon with."""


class Catalogue:
    """List prices and types, which are the same for every customer: asked once a day and region."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prices: dict[tuple[str, str], Decimal] = {}
        self._listed: dict[str, datetime] = {}
        self._specs: dict[tuple[str, str], Spec] = {}
        self._families: set[tuple[str, str]] = set()

    def specs(self, account: AwsAccount, instance_types: Iterable[str]) -> dict[str, Spec]:
        """What the inference families' types and those named are made of."""
        wanted = {*INFERENCE_FAMILIES, *(name.partition(".")[0] for name in instance_types)}
        with self._lock:
            missing = sorted(family for family in wanted if (account.region, family) not in self._families)
            if missing:
                pages = account.ec2.get_paginator("describe_instance_types").paginate(
                    Filters=[{"Name": "instance-type", "Values": [f"{family}.*" for family in missing]}]
                )
                for page in pages:
                    for told in page["InstanceTypes"]:
                        self._specs[account.region, told["InstanceType"]] = _spec(told)
                self._families.update((account.region, family) for family in missing)
            return {name: spec for (region, name), spec in self._specs.items() if region == account.region and spec.family in wanted}

    def on_demand(self, account: AwsAccount, instance_types: Iterable[str], now: datetime) -> dict[str, Decimal]:
        """USD an hour of each type that the price list knows: all types with accelerators at once, others one by one."""
        wanted = set(instance_types)
        with self._lock:
            listed = self._listed.get(account.region)
            if listed is None or now - listed >= CATALOGUE_AGE:
                self._prices |= {(account.region, name): price for name, price in _list_prices(account, "instanceFamily", ACCELERATED).items()}
                self._listed[account.region] = now
            for name in sorted(name for name in wanted if (account.region, name) not in self._prices):
                self._prices |= {(account.region, name): price for name, price in _list_prices(account, "instanceType", name).items()}
            return {name: self._prices[account.region, name] for name in wanted if (account.region, name) in self._prices}


_catalogues: WeakKeyDictionary[Cloud, Catalogue] = WeakKeyDictionary()
_catalogues_lock = threading.Lock()


def catalogue_of(cloud: Cloud) -> Catalogue:
    """The one catalogue of this platform."""
    with _catalogues_lock:
        return _catalogues.setdefault(cloud, Catalogue())


def spot_prices(account: AwsAccount, instance_types: Collection[str], now: datetime) -> dict[tuple[str, str], Decimal]:
    """The price at this moment (USD an hour) of each pool of these types, by type and zone; one call."""
    if not instance_types:
        return {}
    latest: dict[tuple[str, str], tuple[datetime, Decimal]] = {}
    pages = account.ec2.get_paginator("describe_spot_price_history").paginate(
        InstanceTypes=cast("Any", sorted(instance_types)),
        ProductDescriptions=[PRODUCT],
        StartTime=now,
        EndTime=now,
    )
    for page in pages:
        for told in page["SpotPriceHistory"]:
            pool = told["InstanceType"], told["AvailabilityZone"]
            if pool not in latest or latest[pool][0] < told["Timestamp"]:
                latest[pool] = told["Timestamp"], Decimal(told["SpotPrice"])
    return {pool: price for pool, (_, price) in latest.items()}


def interruption_rates(client: Client, region: str, wanted: Iterable[str]) -> dict[str, Decimal]:
    """The share of nodes that spot interrupts a month, by type, as AWS's spot advisor tells it. Raises Unreachable where it does not answer."""
    answered = client.get(ADVISOR_URL)
    if not answered.ok:
        raise Unreachable(f"status {answered.status}")
    told: Mapping[str, Any] = orjson.loads(answered.content)
    types: Mapping[str, Any] = told["spot_advisor"].get(region, {}).get("Linux", {})
    known = {name: types[name] for name in wanted if name in types}
    return {name: Decimal(str(entry["rate"])) if "rate" in entry else RANGE_RATES[int(entry["r"])] for name, entry in known.items()}


def pools(prices: Mapping[tuple[str, str], Decimal], rates: Mapping[str, Decimal]) -> tuple[Pool, ...]:
    """The market; a pool of unknown interruption rate is left out, because nobody can say how risky it is."""
    return tuple(Pool(name, zone, price, rates[name]) for (name, zone), price in sorted(prices.items()) if name in rates)


def _spec(told: Any) -> Spec:  # noqa: ANN401  boto3's typed dict differs by version
    gpus = told.get("GpuInfo", {}).get("Gpus", [])
    return Spec(
        instance_type=told["InstanceType"],
        accelerator=gpus[0]["Name"] if gpus else "",
        gpus=sum(gpu["Count"] for gpu in gpus),
        gpu_memory_mib=told.get("GpuInfo", {}).get("TotalGpuMemoryInMiB", 0),
        vcpus=told["VCpuInfo"]["DefaultVCpus"],
        memory_mib=told["MemoryInfo"]["SizeInMiB"],
    )


def _list_prices(account: AwsAccount, field: str, value: str) -> dict[str, Decimal]:
    """USD an hour by type: Linux, shared tenancy, nothing pre-installed, in the account's region."""
    wanted = {
        field: value,
        "regionCode": account.region,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "capacitystatus": "Used",
        "preInstalledSw": "NA",
    }
    pages = account.pricing.get_paginator("get_products").paginate(
        ServiceCode="AmazonEC2", Filters=[{"Type": "TERM_MATCH", "Field": name, "Value": wanted[name]} for name in wanted]
    )
    found: dict[str, Decimal] = {}
    for page in pages:
        for text in page["PriceList"]:
            told = json.loads(text)
            price = _hourly(told["terms"].get("OnDemand", {}))
            if price is not None:
                found[told["product"]["attributes"]["instanceType"]] = price
    return found


def _hourly(terms: Mapping[str, Any]) -> Decimal | None:
    prices = [Decimal(dimension["pricePerUnit"]["USD"]) for term in terms.values() for dimension in term["priceDimensions"].values()]
    return next((price for price in prices if price > 0), None)
