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
    if name.startswith(NULL):
        changes = _null(name.removeprefix(NULL))
    else:
        broken = "world_module" if defect_named(name).place == "world" else "platform_module"
        changes = {broken: f"support.sabotage.broken_{broken.partition('_')[0]}", "environment": {VARIABLE: name}}
    embedded = target.embedded
    merged = {**changes, "environment": {**embedded.environment, **changes["environment"]}}
    return target.model_copy(update={"embedded": embedded.model_copy(update=merged)})


def _null(kind: str) -> dict[str, object]:
    if kind not in KINDS:
        raise Problems(
            [Problem("--sabotage", 0, "", f"there is no null platform {NULL}{kind}", f"the kinds are {', '.join(NULL + each for each in KINDS)}")]
        )
    return {"platform_module": "support.sabotage.null", "environment": {VARIABLE_OF_KIND: kind}}
