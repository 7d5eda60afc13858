"""What a test needs of Node: a package or two, installed for it alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

needs_node = pytest.mark.skipif(shutil.which("npm") is None, reason="Node and npm are not here")


def npm(folder: Path, *packages: str) -> Path:
    """Where the packages are, now that they are installed below the folder; where npm cannot, the test fails with what npm says."""
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), *packages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - npm, with names of ours
    assert done.returncode == 0, f"npm could not install {', '.join(packages)}: {done.stderr.strip()[-400:]}"
    return folder / "node_modules"
