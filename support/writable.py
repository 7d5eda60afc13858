"""Places that a user names to be written to, tried before any work is done for them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from support.problems import Problem, Problems, shown


def folder_for(path: Path, option: str) -> Path:
    """The folder that the option names, made if it is not there; raises Problems where nothing can be written into it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=path).close()
    except OSError as refused:
        what = f"nothing can be written into {shown(path)} ({refused.strerror})"
        raise Problems([Problem(option, 0, "", what, "name another place")]) from None
    return path


def file_for(path: Path, option: str) -> Path:
    """The file that the option names, its folder made if it is not there; raises Problems where it cannot be written."""
    if path.is_dir():
        raise Problems([Problem(option, 0, "", f"{shown(path)} is a folder", "name a file")])
    folder_for(path.parent, option)
    return path
