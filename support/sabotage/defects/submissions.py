"""Defects in the reception of recommendations that agents hand in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from support.sabotage.breaking import Broken, instead_of, loosened
from support.sabotage.registry import defect, patch

SUBMISSION = "support.platform.recommendations.schemas:Submission"


@defect("REQ-CNF-016", "what lies on a boundary is taken for out of bounds")
def boundaries_are_out() -> None:
    inside = Annotated[Decimal, Field(gt=0, lt=1, allow_inf_nan=False)]
    loosened(SUBMISSION, confidence=inside, estimated_savings=Annotated[Decimal, Field(gt=0, allow_inf_nan=False)])


@defect("REQ-CNF-016", "a risk may be called anything, and a confidence may be no number")
def words_and_figures_of_their_own() -> None:
    def broken(asked: Any) -> Any:
        from pydantic import model_validator

        def tidied(values: Any) -> Any:
            known = values.get("risk_level") in {"low", "medium", "high", "critical"}
            sure = str(values.get("confidence")).lower() != "nan"
            return values | ({} if known else {"risk_level": "low"}) | ({} if sure else {"confidence": "0.5"})

        return type(asked.__name__, (asked,), {"__module__": asked.__module__, "tidied": model_validator(mode="before")(tidied)})

    patch(SUBMISSION, broken)


@defect("REQ-CNF-016", "whatever depends on another recommendation is refused")
def dependencies_are_nonsense() -> None:
    @instead_of("support.platform.recommendations.submission:_problems")
    def strict(problems: Broken, *asked: Any) -> Iterator[Any]:
        from support.platform.problems import FieldError

        yield from problems(*asked)
        if any(getattr(each, "dependencies", None) for each in asked):
            yield FieldError(field="dependencies", rule="must be empty")
