"""An embedded target whose platform or world is started broken."""

from __future__ import annotations

from support.problems import Problem, Problems
from support.sabotage.nothing import KINDS, NULL, VARIABLE_OF_KIND
from support.sabotage.planting import VARIABLE
from support.sabotage.registry import defect_named
from support.settings import Target


def sabotaged(target: Target, name: str | None) -> Target:
    """The target with that defect planted, or with a null platform (`null-echo`) in the platform's place; unchanged for no name.

    Raises `Problems` for a name that nobody has, and for a target that is not ours to break.
    """
    if name is None:
        return target
    if target.kind != "embedded":
        raise Problems([Problem("--sabotage", 0, "", f"the target {target.name!r} is not ours to break", "leave --target out")])
    embedded = target.embedded
    if name.startswith(NULL):
        changed = {"platform_module": "support.sabotage.null"}
        variable = {VARIABLE_OF_KIND: _kind(name.removeprefix(NULL))}
    else:
        place = defect_named(name).place
        changed = {f"{place}_module": f"support.sabotage.broken_{place}"}
        variable = {VARIABLE: name}
    environment = {**embedded.environment, **variable}
    return target.model_copy(update={"embedded": embedded.model_copy(update={**changed, "environment": environment})})


def _kind(kind: str) -> str:
    if kind not in KINDS:
        known = ", ".join(NULL + each for each in KINDS)
        raise Problems([Problem("--sabotage", 0, "", f"there is no null platform {NULL}{kind}", f"the kinds are {known}")])
    return kind
