"""What a driver gives back: frozen records that fit the domain, or an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Immutable, compared by value. Fields that a newer system adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
