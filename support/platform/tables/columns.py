"""The kinds of columns that the tables are made of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import mapped_column

from support.platform.database import ExactNumeric, UtcDateTime

Id = Annotated[str, mapped_column(String(64), primary_key=True)]
Ref = Annotated[str, mapped_column(String(64), index=True)]
CustomerId = Annotated[str, mapped_column(String(64), ForeignKey("customers.id"), index=True)]
Word = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(512))]
Prose = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Dollars = Annotated[Decimal, mapped_column(ExactNumeric(14, 4))]
Figure = Annotated[Decimal, mapped_column(ExactNumeric(18, 6))]
Object = Annotated[dict[str, Any], mapped_column(JSON)]
Array = Annotated[list[Any], mapped_column(JSON)]
Names = Annotated[list[str], mapped_column(JSON)]
