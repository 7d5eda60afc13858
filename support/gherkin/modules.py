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

INSTALLED = "site-packages"


def load_steps(config: pytest.Config) -> list[Problem]:
    """Imports `steps/*.py` below the root folder, in alphabetical order. What cannot be imported comes back as problems."""
    folder = config.rootpath / PACKAGE
    if not folder.is_dir():
        return []
    root = str(config.rootpath)
    if root not in sys.path:
        sys.path.insert(0, root)
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return [problem for name in names if (problem := _load(f"{PACKAGE}.{name}", config.rootpath))]


def _load(module: str, root: Path) -> Problem | None:
    try:
        importlib.import_module(module)
    except UNREADABLE as mistake:
        return mistake_of(mistake, root)
    return None


def mistake_of(error: BaseException, root: Path) -> Problem:
    """What is wrong with a module of the project that cannot be imported: told where it stands, which may be in one that the module imports."""
    if isinstance(error, SyntaxError):
        return Problem(shown(Path(error.filename or root)), error.lineno or 0, "", f"this is not Python: {error.msg}", "mend this line")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.name == "<module>" and _is_ours(Path(frame.filename), root)]
    place, line = (Path(frames[-1].filename), frames[-1].lineno or 0) if frames else (root, 0)
    return Problem(shown(place), line, "", f"this module cannot be loaded: {type(error).__name__}: {error}", "mend it")


def _is_ours(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and INSTALLED not in path.parts
