"""How values look on the wire: money, ratios, moments, and the two kinds of models."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

CENT = Decimal("0.01")


def money_text(amount: Decimal) -> str:
    """US dollars with two places: `1234.50`."""
    return format(amount.quantize(CENT, ROUND_HALF_EVEN), "f")


def ratio_text(value: Decimal) -> str:
    """A decimal without superfluous zeros: `0.87`, `0`, `45`."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def moment_text(moment: datetime) -> str:
    """ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()


Money = Annotated[Decimal, PlainSerializer(money_text, return_type=str, when_used="json")]
"""US dollars; on the wire a string with two places."""

Ratio = Annotated[Decimal, PlainSerializer(ratio_text, return_type=str, when_used="json")]
"""A share, a factor or a measured figure; on the wire a decimal string."""

Moment = Annotated[datetime, PlainSerializer(moment_text, return_type=str, when_used="json")]
"""A point in time; on the wire ISO 8601 in UTC."""


class Ask(BaseModel):
    """What a caller sends: unknown fields are refused, text is stripped of surrounding blanks."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=4096)


class Answer(BaseModel):
    """What the platform answers; made from records by attribute."""

    model_config = ConfigDict(from_attributes=True)
