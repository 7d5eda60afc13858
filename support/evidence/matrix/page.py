"""The template of the matrix's page, kept compiled beside Python's own compiled modules."""

from __future__ import annotations

import os
import sys
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined


class _Documents(Environment):
    """The page shows plain values: `claim.place` is looked for among them first, not among what every dictionary has."""

    getattr = Environment.getitem  # type: ignore[assignment]  # it takes names, and anything else


def page() -> Environment:
    """The environment of the page's templates."""
    return _Documents(
        loader=PackageLoader("support.evidence.matrix"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled(),
    )


def _compiled() -> FileSystemBytecodeCache | None:
    """Where templates are kept compiled; nowhere if Python may not keep its modules there either."""
    folder = Path(cache_from_source(__file__)).parent
    kept = not sys.dont_write_bytecode and folder.is_dir() and os.access(folder, os.W_OK)
    return FileSystemBytecodeCache(str(folder), "%s.template") if kept else None
