"""Parameter types of the phrases: how a business word becomes a value.

`{money}`, `{percent}` and `{duration}` give exact values that print as a reader wrote them; closed sets give the word of the domain
(`spot migration` in prose is `spot_migration` in an answer); `{count}` and `{ordinal}` give whole
numbers. Another module adds its own type by `define`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from typing import Any

from cucumber_expressions.parameter_type import ParameterType
from cucumber_expressions.parameter_type_registry import ParameterTypeRegistry

from support import words

PARAMETER_TYPES = ParameterTypeRegistry()
"""Every parameter type that a phrase may use: Cucumber's own and ours."""


class Money(Decimal):
    """An exact amount of US dollars; equal to the same Decimal, printed as `$1,234.50`."""

    def __str__(self) -> str:
        return f"${Decimal(self):,.2f}"

    def __format__(self, specifier: str, context: Context | None = None, /) -> str:
        return Decimal.__format__(self, specifier, context) if specifier else str(self)


class Percent(Decimal):
    """An exact percentage: 50 for 50%; equal to the same Decimal, printed as `50%`."""

    @property
    def ratio(self) -> Decimal:
        """The same share of one: 0.5 for 50%."""
        return Decimal(self) / 100

    def __str__(self) -> str:
        return f"{Decimal(self):f}%"

    def __format__(self, specifier: str, context: Context | None = None, /) -> str:
        return Decimal.__format__(self, specifier, context) if specifier else str(self)


class Duration(timedelta):
    """A span of domain time; equal to the same timedelta, printed in its largest whole unit as `10 minutes`."""

    def __str__(self) -> str:
        seconds = self.total_seconds()
        for unit, size in reversed(_SECONDS.items()):
            if seconds and seconds % size == 0:
                count = int(seconds // size)
                return f"{count} {unit}{'' if count == 1 else 's'}"
        return f"{seconds:g} seconds"


_DETAILS = {"company name": "company_name", "e-mail address": "email", "password": "password", "plan": "plan"}
_TRIGGERS = {"bad quality": "quality", "errors": "errors", "slowness": "latency", "unknown health": "unknown_health"}
_ANNOUNCEMENTS = {
    "with two minutes' notice": "notice",
    "with a rebalance signal before its notice": "rebalance_before",
    "with a rebalance signal after its notice": "rebalance_after",
    "with a rebalance signal alone": "rebalance_alone",
    "without a word": "nothing",
}
"""How the cloud tells that it takes a spot node back; without its notice the node is gone at once."""


@dataclass(frozen=True)
class CloudAction:
    """What OptiInfra asks of the cloud, by the cloud's own names."""

    service: str
    action: str


_CLOUD_CALLS = {
    "launches": CloudAction("ec2", "RunInstances"),
    "endings of nodes": CloudAction("ec2", "TerminateInstances"),
    "new target groups": CloudAction("elbv2", "CreateTargetGroup"),
    "registrations": CloudAction("elbv2", "RegisterTargets"),
    "shifts of traffic": CloudAction("elbv2", "ModifyListener"),
    "every call": CloudAction("*", "*"),
}
_GAPS = {"missing": "missing", "not numbers": "nan"}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TOKENS = (
    "absent",
    "invented",
    "expired",
    "altered",
    "unsigned",
    "signed with another key",
    "meant for another audience",
    "issued by somebody else",
    "meant for renewal only",
    "valid",
)
"""What a token may be; all but the last must open nothing."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")


@dataclass(frozen=True)
class Vocabulary:
    """What an author may write for a parameter type: the whole closed set, or examples of an open one."""

    name: str
    closed: bool
    samples: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'one of' if self.closed else 'for example'} {', '.join(self.samples)}"


VOCABULARY: dict[str, Vocabulary] = {
    "string": Vocabulary("string", closed=False, samples=('"Northwind"',)),
    "int": Vocabulary("int", closed=False, samples=("3", "20")),
    "word": Vocabulary("word", closed=False, samples=("chat",)),
    "float": Vocabulary("float", closed=False, samples=("0.5",)),
}


def define(name: str, pattern: str, kind: type, transform: Callable[[str], Any], *, closed: bool = False, samples: tuple[str, ...]) -> None:
    """Adds a parameter type: `pattern` must hold no capturing group; `samples` is the closed set, or examples of an open one."""
    PARAMETER_TYPES.define_parameter_type(ParameterType(name, pattern, kind, transform, use_for_snippets=True))
    VOCABULARY[name] = Vocabulary(name, closed, samples)


def define_words(name: str, closed_set: tuple[str, ...]) -> None:
    """Adds a closed set of the domain's words; in prose an underscore is a space."""
    prose = {word.replace("_", " "): word for word in closed_set}
    longest_first = sorted(prose, key=len, reverse=True)
    define(name, "|".join(map(re.escape, longest_first)).replace(r"\ ", " "), str, prose.__getitem__, closed=True, samples=tuple(prose))


def _money(text: str) -> Money:
    return Money(re.sub(r"[^0-9.]", "", text))


def _percent(text: str) -> Percent:
    return Percent(text.rstrip("%"))


def _duration(text: str) -> Duration:
    number, unit = text.split(" ")
    return Duration(seconds=_count_or_one(number) * _SECONDS[unit.removesuffix("s")])


def _count_or_one(text: str) -> int:
    return 1 if text in {"a", "an"} else _count(text)


def _count(text: str) -> int:
    return _NUMBERS.index(text) if text in _NUMBERS else int(text.replace(",", ""))


def _ordinal(text: str) -> int:
    return _ORDINALS.index(text) + 1 if text in _ORDINALS else int(text[:-2])


_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COUNT = r"\d{1,3}(?:,\d{3})+|\d+|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_UNITS = "|".join(f"{unit}s?" for unit in _SECONDS)

define("money", rf"\$(?:{_AMOUNT})|(?:{_AMOUNT}) dollars?", Money, _money, samples=("$1,200", "$0.50", "1,200 dollars"))
define("percent", r"-?\d+(?:\.\d+)?%", Percent, _percent, samples=("50%", "94.9%"))
define("duration", rf"(?:an?|{_COUNT}) (?:{_UNITS})", Duration, _duration, samples=("10 minutes", "30 seconds", "48 hours", "7 days"))
define("count", _COUNT, int, _count, samples=("no", "three", "20", "1,000"))
define("ordinal", "|".join(_ORDINALS) + r"|\d+(?:st|nd|rd|th)", int, _ordinal, samples=("first", "second", "61st"))
define("gap", "|".join(_GAPS), str, _GAPS.__getitem__, closed=True, samples=tuple(_GAPS))
define("announcement", "|".join(_ANNOUNCEMENTS), str, _ANNOUNCEMENTS.__getitem__, closed=True, samples=tuple(_ANNOUNCEMENTS))
define("cloud_call", "|".join(_CLOUD_CALLS), CloudAction, _CLOUD_CALLS.__getitem__, closed=True, samples=tuple(_CLOUD_CALLS))
define("detail", "|".join(_DETAILS), str, _DETAILS.__getitem__, closed=True, samples=tuple(_DETAILS))
define("trigger", "|".join(_TRIGGERS), str, _TRIGGERS.__getitem__, closed=True, samples=tuple(_TRIGGERS))
define("instance_type", r"[a-z]\w*\.\w+", str, str, samples=("g5.12xlarge",))
define("token", "|".join(_TOKENS), str, str, closed=True, samples=_TOKENS)
define_words("agent", words.words(words.AgentType))
define_words("agent_status", words.words(words.AgentStatus))
define_words("conflict_kind", words.words(words.ConflictKind))
define_words("lifecycle", words.words(words.Lifecycle))
define_words("migration_step", words.words(words.MigrationStep))
define_words("optimization_status", words.words(words.OptimizationStatus))
define_words("plan", words.words(words.Plan))
define_words("preference", words.words(words.Preference))
define_words("recommendation", words.words(words.RecommendationType))
define_words("recommendation_status", words.words(words.RecommendationStatus))
define_words("risk", words.words(words.RiskLevel))
define_words("role", words.words(words.Role))
define_words("severity", words.words(words.Severity))
define_words("step_status", words.words(words.StepStatus))
define_words("strategy", words.words(words.ResolutionStrategy))
define_words(
    "content",
    (
        "a confidence above 1",
        "a confidence below 0",
        "a confidence of no number",
        "a negative saving",
        "an unknown risk",
        "a missing dependency",
        "an unknown node",
        "one unknown node more",
        "a confidence of 1",
        "a confidence of 0",
        "a saving of nothing",
        "an existing dependency",
    ),
)
