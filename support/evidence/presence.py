"""What a pytest session has seen of the project's features, whatever of it was chosen: the measure of what a run leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from support.evidence.left_out import Present
from support.gherkin.session import session_of

_PRESENT = "features_present"
_OPTIONS = {"keyword": "-k", "markexpr": "-m", "deselect": "--deselect", "lf": "--lf", "maxfail": "--maxfail"}


def chosen_by(config: pytest.Config) -> tuple[str, ...]:
    """What on the command line chose among the scenarios, as it was written."""
    paths = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
    given = [(name, config.getoption(option, None)) for option, name in _OPTIONS.items()]
    return (*paths, *(name if value is True else f"{name} {_written(value)}" for name, value in given if value))


def _written(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def present(config: pytest.Config) -> dict[str, int | None]:
    """What this process has seen of the project's features."""
    root = config.rootpath.resolve()
    folders = [root / name for name in config.getini("testpaths")]
    found: dict[str, int | None] = {path.relative_to(root).as_posix(): None for folder in folders for path in folder.rglob("*.feature")}
    for path, (document, _) in session_of(config).documents.items():
        if path.resolve().is_relative_to(root):
            found[path.resolve().relative_to(root).as_posix()] = sum(len(planned.instances) for planned in document.scenarios)
    return dict(sorted(found.items()))


def hand_over(config: pytest.Config) -> None:
    """Sends it to the process that controls the run; nothing to do in a process of its own."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_PRESENT] = present(config)


class WorkersPresent:
    """Takes what the workers have seen: each of them has seen the same."""

    def __init__(self) -> None:
        self.features: Present = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's own
        """A worker that has ended says it."""
        self.features = getattr(node, "workeroutput", {}).get(_PRESENT, self.features)
