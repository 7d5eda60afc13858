"""A process with the whole platform and world imported, which plants each defect that it is told of in a child of its own.

A line on its stdin is the name of a defect; a line on its stdout, as JSON, is what went wrong while planting it, or nothing.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages


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
        try:
            plant()
        except BaseException:  # noqa: BLE001 - told to the test that asked, whatever it is
            os.write(childs, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(childs)
    with os.fdopen(mine, encoding="utf-8") as told:
        wrong = told.read()
    os.waitpid(child, 0)
    return wrong


if __name__ == "__main__":
    main()
