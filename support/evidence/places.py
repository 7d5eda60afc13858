"""Where a run leaves its evidence, the same answer in every process of the run; and whether what its options name can be read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from support.evidence.allure_results import RESULTS_PATH
from support.evidence.records import EVIDENCE_PATH
from support.evidence.sharding import SHARDING
from support.problems import Problem, Problems, shown
from support.writable import file_for, folder_for


def evidence_path(config: pytest.Config) -> Path:
    """The file that `--evidence` names, else the shard's own, else the usual one."""
    if config.option.evidence:
        return Path(config.option.evidence).resolve()
    sharding = config.stash.get(SHARDING, None)
    return config.rootpath / (sharding.shard.evidence_path if sharding else EVIDENCE_PATH)


def results_path(config: pytest.Config) -> Path:
    """The folder that `--alluredir` names, else the usual one."""
    given = config.option.allure_report_dir
    return Path(given).resolve() if given else config.rootpath / RESULTS_PATH


def wrong_places(config: pytest.Config) -> list[Problem]:
    """Everything that the options name and that cannot be read or written. Folders that they name are made."""
    return [problem for check in _checks(config) for problem in _found_by(check)]


def _checks(config: pytest.Config) -> Iterator[Callable[[], object]]:
    option = config.option
    if option.evidence:
        yield partial(file_for, evidence_path(config), "--evidence")
    if option.allure_report_dir or (results_path(config).exists() and not option.no_reports):
        yield partial(folder_for, results_path(config), "--alluredir")
    if option.cucumber_messages:
        yield partial(file_for, Path(option.cucumber_messages), "--cucumber-messages")
    if option.evidence_against:
        yield partial(_is_there, Path(option.evidence_against))


def _found_by(check: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        check()
    except Problems as wrong:
        return wrong.problems
    return ()


def _is_there(path: Path) -> None:
    if not path.is_file():
        raise Problems([Problem("--evidence-against", 0, "", f"there is no {shown(path)}", "name the evidence of an earlier run")])
