"""pytest in a process that is forked from one which has already imported what never changes: the libraries, and nothing of ours."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess

LIBRARIES = [
    "pytest",
    "aiohttp",
    "boto3",
    "cucumber_expressions.expression",
    "faker",
    "gherkin.parser",
    "openapi_schema_validator",
    "pydantic",
    "sqlalchemy",
    "websockets.asyncio.client",
]


class WarmRunner:
    """Starts runs of pytest about a second faster than a new interpreter would."""

    def __init__(self) -> None:
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(LIBRARIES)
        forkserver.ensure_running()

    def start(self, words: list[str], environment: Mapping[str, str]) -> BaseProcess:
        """One run with these words, in the working directory, with this added to the environment; it has begun on return."""
        process = self._processes.Process(target=_run, args=(words, dict(environment)), daemon=True)
        process.start()
        return process


def _run(words: list[str], environment: dict[str, str]) -> None:
    import pytest

    os.environ.update(environment)
    sys.exit(pytest.main(["-W", "ignore::pytest.PytestAssertRewriteWarning", *words]))
