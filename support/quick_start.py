"""The first plugin of a run, named in `addopts`: what only costs time before anything runs is put off, or left out. Ctrl-C ends it at once.

- Whatever is imported and collected lives as long as the run: the garbage collector waits until all of it is there, and then never looks at it.
- pytest-bdd imports mako, to write step modules that nobody asks for: it is imported when somebody does. mako in turn imports every lexer of
  pygments for web pages, to colour errors in templates; it does without where they are missing.
- Before the session begins there is nothing to report and nothing to end: Ctrl-C does what it does to any program, without a traceback.
- pytest reads what every installed package says of itself once for each `-p`, and again in each worker: they are asked once.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterable
from functools import cache, cached_property
from importlib.metadata import Distribution, EntryPoints, PathDistribution
from types import ModuleType
from typing import Any

import pytest

COLOURS = "mako.ext.pygmentplugin"
"""The module of mako that imports the lexers. Were it named otherwise, they would be imported again, and nothing would break."""

TEMPLATES = "mako.lookup"
"""The module that pytest-bdd imports from mako, for its class `TemplateLookup`."""

IN_A_WORKER = "PYTEST_XDIST_WORKER"
"""Set by pytest-xdist in its workers, which read the same words and have no workers of their own."""

GARBAGE_AFTER = 50_000
"""New objects before the collector looks for cycles; at its default of 700 it takes a twentieth of a worker's time."""


class LaterTemplates:
    """mako's `TemplateLookup`, imported when something is asked of it."""

    def __init__(self, *places: Any, **options: Any) -> None:  # noqa: ANN401 - whatever mako takes
        self._asked = places, options

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever mako has
        if isinstance(sys.modules.get(TEMPLATES), _Later):
            del sys.modules[TEMPLATES]
        places, options = self._asked
        return getattr(importlib.import_module(TEMPLATES).TemplateLookup(*places, **options), name)


class _Later(ModuleType):
    TemplateLookup = LaterTemplates


class _Asked(PathDistribution):
    """An installed package that was asked for its entry points."""

    @cached_property
    def entry_points(self) -> EntryPoints:
        return super().entry_points


_discover = importlib.metadata.distributions


@cache
def _installed(_path: tuple[str, ...]) -> list[Distribution]:
    found = list(_discover())
    for each in found:
        if type(each) is PathDistribution:
            each.__class__ = _Asked
    return found


def distributions(**narrowed: Any) -> Iterable[Distribution]:  # noqa: ANN401 - as the original
    """What is installed: found once for one path of modules; a search for something is left to the original."""
    return _discover(**narrowed) if narrowed else iter(_installed(tuple(sys.path)))


def _let_hear_ctrl_c(by: Any, instead_of: Any) -> None:  # noqa: ANN401 - as signal has it
    """Whoever set something else, or is no main thread, is left alone."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is instead_of:
        signal.signal(signal.SIGINT, by)


gc.disable()
_let_hear_ctrl_c(signal.SIG_DFL, instead_of=signal.default_int_handler)
sys.modules.setdefault(COLOURS, None)  # type: ignore[arg-type]  # as the import system has it: there is no such module
sys.modules.setdefault(TEMPLATES, _Later(TEMPLATES))
importlib.metadata.distributions = distributions


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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """From here on pytest hears of Ctrl-C, ends what was begun and reports."""
    _let_hear_ctrl_c(signal.default_int_handler, instead_of=signal.SIG_DFL)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """From here on garbage is collected, among what the run itself makes, and not after each few hundred objects."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
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
