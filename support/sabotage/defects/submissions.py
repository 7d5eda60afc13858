"""Defects in the reception of recommendations that agents hand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from support.sabotage.registry import defect, patch

SUBMISSION = "support.platform.recommendations.schemas:Submission"


@defect("REQ-CNF-016", "what lies on a boundary is taken for out of bounds")
def boundaries_are_out() -> None:
    inside = Annotated[Decimal, Field(gt=0, lt=1, allow_inf_nan=False)]
    _takes(confidence=inside, estimated_savings=Annotated[Decimal, Field(gt=0, allow_inf_nan=False)])


@defect("REQ-CNF-016", "a risk may be called anything, and a confidence may be no number")
def words_and_figures_of_their_own() -> None:
    def broken(asked: Any) -> Any:  # noqa: ANN401 - the class of the request
        from pydantic import model_validator

        def tidied(values: Any) -> Any:  # noqa: ANN401 - whatever was sent
            known = values.get("risk_level") in {"low", "medium", "high", "critical"}
            sure = str(values.get("confidence")).lower() != "nan"
            return values | ({} if known else {"risk_level": "low"}) | ({} if sure else {"confidence": "0.5"})

        return type(asked.__name__, (asked,), {"__module__": asked.__module__, "tidied": model_validator(mode="before")(tidied)})

    patch(SUBMISSION, broken)


@defect("REQ-CNF-016", "whatever depends on another recommendation is refused")
def dependencies_are_nonsense() -> None:
    def broken(problems: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def strict(*asked: Any) -> Iterator[Any]:  # noqa: ANN401 - as the original
            from support.platform.problems import FieldError

            yield from problems(*asked)
            if any(getattr(each, "dependencies", None) for each in asked):
                yield FieldError(field="dependencies", rule="must be empty")

        return strict

    patch("support.platform.recommendations.submission:_problems", broken)


def _takes(**parts: Any) -> None:  # noqa: ANN401 - types as pydantic reads them
    """Recommendations are handed in with parts of other types."""

    def broken(asked: Any) -> Any:  # noqa: ANN401 - the class of the request
        return type(asked.__name__, (asked,), {"__annotations__": parts, "__module__": asked.__module__})

    patch(SUBMISSION, broken)
