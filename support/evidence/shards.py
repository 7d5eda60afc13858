"""The parts of one run, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from support.problems import Problem

if TYPE_CHECKING:
    from support.evidence.records import RunRecord


def incomplete(runs: Sequence[RunRecord]) -> list[Problem]:
    """What is wrong with shards that are put together: one that is missing or there twice, and some that were not split alike."""
    shards = [run.shard for run in runs if run.shard]
    counts = {shard.partition("/")[2] for shard in shards}
    if not shards:
        return []
    if len(counts) > 1 or len({run.split for run in runs if run.shard}) > 1:
        remedy = "run every shard with the same --shard .../n and the same --durations-from"
        return [Problem("--evidence", 0, "", f"the shards {', '.join(sorted(shards))} are not parts of one run", remedy)]
    (count,) = counts
    wanted = [f"{number}/{count}" for number in range(1, int(count) + 1)]
    missing = [Problem("--evidence", 0, "", f"the shard {each} is missing", "name its evidence too") for each in wanted if each not in shards]
    twice = {each for each in shards if shards.count(each) > 1}
    return [*missing, *(Problem("--evidence", 0, "", f"the shard {each} is there twice", "name its evidence once") for each in sorted(twice))]
