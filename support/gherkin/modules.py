"""Loading the step modules: every module of the steps package, each mistake in one told with its line."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from pathlib import Path

import pytest

from support.problems import Problem, shown

PACKAGE = "steps"

UNREADABLE = (SyntaxError, ImportError, NameError, AttributeError, TypeError, ValueError, LookupError)
"""What a module with a mistake in it raises when it is imported."""


def load_steps(config: pytest.Config) -> list[Problem]:
    """Imports `steps/*.py` below the root folder, in alphabetical order. What cannot be imported comes back as problems."""
    folder = config.rootpath / PACKAGE
    if not folder.is_dir():
        return []
    root = str(config.rootpath)
    if root not in sys.path:
        sys.path.insert(0, root)
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return [problem for name in names if (problem := _load(f"{PACKAGE}.{name}", folder / f"{name}.py"))]


def _load(module: str, path: Path) -> Problem | None:
    try:
        importlib.import_module(module)
    except SyntaxError as error:
        return Problem(shown(Path(error.filename or path)), error.lineno or 0, "", f"this is not Python: {error.msg}", "mend this line")
    except UNREADABLE as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = frames[-1].lineno if frames else 0
        return Problem(shown(path), line or 0, "", f"the step module cannot be loaded: {type(error).__name__}: {error}", "mend it")
    return None
