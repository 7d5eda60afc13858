"""What a scenario leaves to look at: `attach` at any time, `on_failure` only if it fails.

Every text is masked, and cut to a budget: a report that cannot be mailed is not read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from support.evidence.masking import Masking
from support.evidence.records import Attachment

LARGEST = 64 * 1024
"""The most characters that one attachment keeps: its end, where the newest lines of a log are."""

BUDGET = 256 * 1024
"""The most characters that the attachments of one scenario keep together."""

Provider = Callable[[], object]


class EvidenceUnavailable(Exception):
    """Raised by a provider that cannot deliver; the reason is attached in its place."""


@dataclass
class Collected:
    """The attachments of one scenario, within its budget."""

    masking: Masking
    spent: int = 0
    providers: dict[str, tuple[Provider, str]] = field(default_factory=dict)

    def attachment(self, name: str, content: object, media_type: str) -> Attachment:
        """What is kept of it: texts as they are, anything else as JSON."""
        if not isinstance(content, str) and media_type == "text/plain":
            media_type = "application/json"
        text = content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False, default=str)
        text = self.masking(text)
        room = min(LARGEST, max(BUDGET - self.spent, 0))
        if len(text) > room:
            text = f"[cut: the last {room} of {len(text)} characters]\n{text[len(text) - room :]}"
        self.spent += len(text)
        return Attachment(self.masking(name), media_type, text)

    def on_failure(self) -> tuple[Attachment, ...]:
        """What every provider delivers now; each is asked once."""
        providers, self.providers = self.providers, {}
        return tuple(self._delivered(name, provider, media_type) for name, (provider, media_type) in providers.items())

    def _delivered(self, name: str, provider: Provider, media_type: str) -> Attachment:
        try:
            return self.attachment(name, provider(), media_type)
        except (EvidenceUnavailable, OSError, RuntimeError, ValueError, LookupError) as refused:
            return self.attachment(name, f"not available: {refused}", "text/plain")


class _Sink:
    """Where attachments of the running scenario go; nowhere while none runs."""

    attach: Callable[[str, object, str], None] | None = None
    collected: Collected | None = None


SINK = _Sink()


def attach(name: str, content: object, media_type: str = "text/plain") -> None:
    """Attaches a text, or values as JSON, to the running step; without a running scenario it does nothing."""
    if SINK.attach is not None:
        SINK.attach(name, content, media_type)


def on_failure(name: str, provider: Provider, media_type: str = "text/plain") -> None:
    """If the running scenario fails, the provider is asked at that moment and what it returns is attached to the failed step.

    A provider must not await. It raises `EvidenceUnavailable` where it has nothing; a second provider of the same name replaces the first.
    """
    if SINK.collected is not None:
        SINK.collected.providers[name] = (provider, media_type)
