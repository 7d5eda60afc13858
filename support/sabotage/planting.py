"""Starting a server with a defect planted in it before its first line runs; the server knows nothing of it."""

from __future__ import annotations

import os
import runpy

from support.sabotage.registry import Place, defect_named

VARIABLE = "ACCEPTANCE_SABOTAGE"
"""The environment variable that names the defect to plant."""


def start(module: str, place: Place) -> None:
    """Plants the named defect if it belongs in this place, and becomes the server."""
    chosen = defect_named(os.environ[VARIABLE])
    if chosen.place == place:
        chosen.plant()
    runpy.run_module(module, run_name="__main__", alter_sys=True)
