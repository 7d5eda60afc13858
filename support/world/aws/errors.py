"""Errors as AWS words them."""

from __future__ import annotations


class Declined(Exception):
    """AWS declines a call: an error code, a message, and the HTTP status that goes with them."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
