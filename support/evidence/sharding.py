"""`--shard i/n`: one machine of several takes its part of the run, of about the same duration as every other part.

What a scenario takes is read from the evidence of an earlier run. A scenario without a record counts as the mean of the others; without any
record, steps are counted. So the same features and the same records always give the same parts; the parts' evidence says which records
those were, and only parts that were split alike are put together again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from support.evidence.recording import identity_of_item
from support.evidence.records import EVIDENCE_PATH, SCHEMA, identity_of
from support.gherkin.collection import ScenarioItem
from support.problems import Problem, Problems, shown

_SENT = "scenario_durations"


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count`, both as counted by people: from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def evidence_path(self) -> Path:
        """Where its evidence goes unless another file is named: beside that of whole runs, which it must not replace."""
        return EVIDENCE_PATH.with_name(f"evidence-{self.number}-of-{self.count}.jsonl")

    @classmethod
    def read(cls, text: str) -> Shard:
        """The shard that the option names; raises `Problems` if it names none."""
        number, slash, count = text.partition("/")
        if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise Problems([Problem("--shard", 0, "", f"{text!r} names no part of a run", "write it as 2/4: the second part of four")])
        return cls(int(number), int(count))


def split_of(durations: Mapping[str, float]) -> str:
    """A fingerprint of the records by which a run was split."""
    return hashlib.sha256(json.dumps(durations, sort_keys=True).encode()).hexdigest()[:16]


def dealt(weights: Mapping[str, float], count: int) -> Mapping[str, int]:
    """The part, from 1, of each name: the heaviest first, each to the part that has least so far."""
    loads = [0.0] * count
    parts = {}
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        least = loads.index(min(loads))
        loads[least] += weights[name]
        parts[name] = least + 1
    return parts


class Sharding:
    """Takes from what was collected the part that this run is to carry out."""

    def __init__(self, config: pytest.Config, shard: Shard) -> None:
        self.shard = shard
        worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.durations: Mapping[str, float] = _recorded(config) if worker is None else worker[_SENT]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist's own
        """Every worker, on whatever host, splits by the records of the host that controls the run."""
        node.workerinput[_SENT] = dict(self.durations)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves the part's items in their order; what `-k` and `-m` left out is not dealt."""
        parts = dealt(self._weights(items), self.shard.count)
        others = [item for item in items if parts[item.nodeid] != self.shard.number]
        items[:] = [item for item in items if parts[item.nodeid] == self.shard.number]
        if others:
            config.hook.pytest_deselected(items=others)

    def _weights(self, items: Sequence[pytest.Item]) -> dict[str, float]:
        known = {item.nodeid: self.durations[name] for item in items if (name := identity_of_item(item)) in self.durations}
        if not known:
            return {item.nodeid: float(len(item.planned.template.steps)) if isinstance(item, ScenarioItem) else 1.0 for item in items}
        usual = mean(known.values())
        return {item.nodeid: known.get(item.nodeid, usual) for item in items}


def _recorded(config: pytest.Config) -> Mapping[str, float]:
    given = config.getoption("durations_from", None)
    path = Path(given).resolve() if given else config.rootpath / EVIDENCE_PATH
    return _durations_in(path) if given or path.is_file() else {}


def _durations_in(path: Path) -> Mapping[str, float]:
    """Seconds by identity of each scenario, the longest of its attempts; raises `Problems` for a file that is no evidence."""
    if not path.is_file():
        raise Problems([Problem(shown(path), 0, "", "there is no evidence of a run here", "name the evidence of an earlier run")])
    found: dict[str, float] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                values = json.loads(line)
                if values["kind"] == "scenario":
                    name = identity_of(values["file"], values["rule"], values["title"], values["row"])
                    found[name] = max(found.get(name, 0.0), float(values["duration"]))
            except (ValueError, KeyError, TypeError) as refused:
                raise Problems([Problem(shown(path), number, "", f"this is no evidence record ({refused})", f"the form is {SCHEMA}")]) from refused
    return found


SHARDING = pytest.StashKey[Sharding]()
"""On the config, if the run is a part of one."""


def share_out(config: pytest.Config) -> None:
    """Notes the part that `--shard` names, if it does; raises Problems where it names none or the records cannot be read."""
    if text := config.getoption("shard", None):
        config.stash[SHARDING] = Sharding(config, Shard.read(text))
