"""The first plugin of a run, named in `addopts`: what only costs time before anything runs is put off, or left out.

- Whatever is imported and collected lives as long as the run: the garbage collector waits until all of it is there, and then never looks at it.
- pytest-bdd imports mako, to write step modules that nobody asks for; mako imports every lexer of pygments for web pages, to colour errors in
  templates. It does without where they are missing.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator

import pytest

COLOURS = "mako.ext.pygmentplugin"
"""The module of mako that imports the lexers. Were it named otherwise, they would be imported again, and nothing would break."""

IN_A_WORKER = "PYTEST_XDIST_WORKER"
"""Set by pytest-xdist in its workers, which read the same words and have no workers of their own."""

gc.disable()
sys.modules.setdefault(COLOURS, None)  # type: ignore[arg-type]  # as the import system has it: there is no such module


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Everything is imported, nothing is configured: the time to fork the workers that `-n` asks for."""
    yield
    count = getattr(early_config.known_args_namespace, "numprocesses", None)
    if not isinstance(count, int) or count < 1 or IN_A_WORKER in os.environ:
        return
    from support.forked_workers import ForkedWorkers, can_fork  # a run without workers needs nothing of it

    if can_fork():
        early_config.add_cleanup(ForkedWorkers(count).dismiss)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """From here on garbage is collected, among what the run itself makes."""
    gc.freeze()
    gc.enable()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish() -> Generator[None, object, object]:
    """Reports are made of everything that ran: nothing of it is garbage yet."""
    gc.disable()
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """Looks for garbage once, and sets aside what is alive: pytest looks ten times on its way out, through everything that was ever loaded."""
    gc.collect()
    gc.freeze()
    gc.enable()
