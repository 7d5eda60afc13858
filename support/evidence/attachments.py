"""What a scenario leaves to look at: `attach` at any time, `on_failure` only if it fails.

Every text is masked, and cut to a budget: a report that cannot be mailed is not read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from support.evidence.masking import Masking
from support.evidence.records import Attachment

LARGEST = 64 * 1024
"""The most characters that one attachment keeps: its end, where the newest lines of a log are."""

BUDGET = 256 * 1024
"""The most characters that the attachments of one scenario keep together."""

Provider = Callable[[], Mapping[str, object]]


class EvidenceUnavailable(Exception):
    """Raised by a provider that cannot deliver; the reason is attached in its place."""


@dataclass
class Collected:
    """The attachments of one scenario, within its budget, and the platform's operations that it has exercised."""

    masking: Masking
    spent: int = 0
    operations: set[str] = field(default_factory=set)
    providers: list[Provider] = field(default_factory=list)

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
        providers, self.providers = self.providers, []
        return tuple(attachment for provider in providers for attachment in self._delivered(provider))

    def _delivered(self, provider: Provider) -> Iterator[Attachment]:
        try:
            found = provider()
        except (EvidenceUnavailable, OSError, RuntimeError, ValueError, LookupError) as refused:
            found = {"evidence that is not available": str(refused)}
        for name, content in found.items():
            yield self.attachment(name, content, "text/plain")


class _Sink:
    """Where attachments of the running scenario go; nowhere while none runs."""

    attach: Callable[[str, object, str], None] | None = None
    collected: Collected | None = None


SINK = _Sink()


def attach(name: str, content: object, media_type: str = "text/plain") -> None:
    """Attaches a text, or values as JSON, to the running step; without a running scenario it does nothing."""
    if SINK.attach is not None:
        SINK.attach(name, content, media_type)


def exercised(operations: Iterable[str]) -> None:
    """Notes operations of the platform, as `GET /customers/{}`, that the running scenario had carried out."""
    if SINK.collected is not None:
        SINK.collected.operations.update(operations)


def on_failure(provider: Provider) -> None:
    """If the running scenario fails, the provider is asked at that moment and what it returns, by name, is attached to the failed step.

    A provider must not await; it raises `EvidenceUnavailable` where it has nothing.
    """
    if SINK.collected is not None:
        SINK.collected.providers.append(provider)
