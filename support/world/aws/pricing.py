"""The Pricing API: GetProducts for EC2, from the dated table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from support.world.aws.asked import Asked
from support.world.aws.errors import Declined
from support.world.aws.on_demand import price_list
from support.world.aws.services import Answer, written

LOCATIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "EU (Ireland)",
    "eu-central-1": "EU (Frankfurt)",
}
LINUX_SHARED = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "preInstalledSw": "NA",
    "licenseModel": "No License required",
}
GPU_FAMILIES = frozenset("gp")
"""With what letter the names of types with accelerators begin, of those in the table."""

_JSON = {"content-type": "application/x-amz-json-1.1"}


class Pricing:
    """Answers GetProducts of ServiceCode AmazonEC2, with filters of type TERM_MATCH, in pages of at most 100."""

    def answer(self, asked: Asked) -> Answer:
        """Carries a call out."""
        request = json.loads(asked.data or b"{}")
        if asked.action != "GetProducts":
            return self._declined(request, Declined("InvalidParameterException", f"this world's price list has no operation {asked.action}"))
        try:
            answer = products(request)
        except Declined as declined:
            return self._declined(request, declined)
        return Answer(200, _JSON, json.dumps(answer), parameters=written(request))

    def decline(self, asked: Asked, error: Declined) -> Answer:
        """The error as the JSON protocol has it."""
        return self._declined(json.loads(asked.data or b"{}"), error)

    @staticmethod
    def _declined(request: dict[str, Any], error: Declined) -> Answer:
        body = json.dumps({"__type": error.code, "message": error.message})
        return Answer(error.status, _JSON, body, error.code, written(request))


def products(request: dict[str, Any]) -> dict[str, Any]:
    """The page of products that fit the request's filters. Raises Declined."""
    if request.get("ServiceCode") != "AmazonEC2":
        raise Declined("InvalidParameterException", f"no service {request.get('ServiceCode')!r} in this price list")
    wanted = {item["Field"]: item["Value"] for item in request.get("Filters", [])}
    found = [product for product in _all() if all(product["product"]["attributes"].get(name) == value for name, value in wanted.items())]
    first, size = int(request.get("NextToken") or 0), min(int(request.get("MaxResults") or 100), 100)
    answer: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(product) for product in found[first : first + size]]}
    if first + size < len(found):
        answer["NextToken"] = str(first + size)
    return answer


def _all() -> Iterator[dict[str, Any]]:
    table = price_list()
    for region, location in LOCATIONS.items():
        for instance_type in sorted(table.prices):
            yield _product(instance_type, region, location)


def _product(instance_type: str, region: str, location: str) -> dict[str, Any]:
    table = price_list()
    sku = f"{instance_type}.{region}".upper().replace(".", "").replace("-", "")
    family = "GPU instance" if instance_type[0] in GPU_FAMILIES else "General purpose"
    attributes = {
        "instanceType": instance_type,
        "instanceFamily": family,
        "regionCode": region,
        "location": location,
        "servicecode": "AmazonEC2",
        "marketoption": "OnDemand",
    }
    dimension = {
        "unit": "Hrs",
        "beginRange": "0",
        "endRange": "Inf",
        "description": f"${table.price(instance_type, region)} per On Demand Linux {instance_type} Instance Hour",
        "rateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
        "appliesTo": [],
        "pricePerUnit": {"USD": str(table.price(instance_type, region))},
    }
    term = {
        "sku": sku,
        "offerTermCode": "JRTCKXETXF",
        "effectiveDate": f"{table.date}T00:00:00Z",
        "termAttributes": {},
        "priceDimensions": {dimension["rateCode"]: dimension},
    }
    return {
        "product": {"productFamily": "Compute Instance", "sku": sku, "attributes": {**attributes, **LINUX_SHARED}},
        "serviceCode": "AmazonEC2",
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}},
        "version": table.date.replace("-", ""),
        "publicationDate": f"{table.date}T00:00:00Z",
    }
