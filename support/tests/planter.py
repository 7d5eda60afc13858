"""A process with the whole platform and world imported, which plants each defect that it is told of in a child of its own.

A line on its stdin is the name of a defect; a line on its stdout, as JSON, is what went wrong while planting it, or nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages

PLANTED = 3
"""The exit code of a child in which nothing went wrong."""


def main() -> None:
    """Answers until its stdin ends."""
    from support.sabotage.registry import defects

    known = defects()
    for package in ("support.platform", "support.world"):
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if not {"tests", "conftest", "__main__"} & set(module.name.split(".")):
                import_module(module.name)
    for line in sys.stdin:
        print(json.dumps(_planted(known[line.strip()].plant)), flush=True)  # noqa: T201 - the answer


def _planted(plant: Callable[[], None]) -> str:
    """What went wrong in the child, as a traceback; nothing if nothing did."""
    mine, childs = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(childs, sys.stderr.fileno())  # where the interpreter tells of what nobody catches
        plant()
        os._exit(PLANTED)
    os.close(childs)
    with os.fdopen(mine, encoding="utf-8") as told:
        wrong = told.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "" if code == PLANTED else wrong or f"planting it ended the process with exit code {code}"


if __name__ == "__main__":
    main()
