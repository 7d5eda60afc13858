"""Where a run leaves its evidence: the same answer in every process of the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence.records import EVIDENCE_PATH
from support.evidence.sharding import SHARDING


def evidence_path(config: pytest.Config) -> Path:
    """The file that `--evidence` names, else the shard's own, else the usual one."""
    if config.option.evidence:
        return Path(config.option.evidence).resolve()
    sharding = config.stash.get(SHARDING, None)
    return config.rootpath / (sharding.shard.evidence_path if sharding else EVIDENCE_PATH)
