"""Similar fleets are close, others are not."""

from __future__ import annotations

import pytest

from support.platform.learning.vectors import DIMENSIONS, SIMILAR, vector

FLEET: dict[str, str | float | bool] = {
    "instance_family": "g5",
    "model": "meta-llama/Llama-3-8B",
    "interruptible": True,
    "nodes": 20,
    "hourly_price": 5.672,
    "utilization": 0.55,
    "requests_per_second": 45,
    "discount": 0.68,
}


def cosine(one: list[float], other: list[float]) -> float:
    """Of vectors of unit length."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_a_fleet_is_most_similar_to_itself() -> None:
    assert cosine(vector(FLEET), vector(FLEET)) == pytest.approx(1)


@pytest.mark.parametrize("change", [{"nodes": 16}, {"utilization": 0.65}, {"discount": 0.6}, {"requests_per_second": 70}, {"nodes": 4}])
def test_a_fleet_that_differs_a_little_is_similar(change: dict[str, str | float | bool]) -> None:
    assert cosine(vector(FLEET), vector(FLEET | change)) > SIMILAR


@pytest.mark.parametrize("change", [{"instance_family": "p5"}, {"model": "mistralai/Mixtral-8x7B"}, {"interruptible": False}])
def test_other_hardware_another_model_or_another_tolerance_is_not_similar(change: dict[str, str | float | bool]) -> None:
    assert cosine(vector(FLEET), vector(FLEET | change)) < SIMILAR


def test_a_larger_fleet_is_not_similar_for_being_large() -> None:
    one = FLEET | {"nodes": 1, "requests_per_second": 1, "utilization": 0.05}
    many = FLEET | {"nodes": 512, "requests_per_second": 4096, "utilization": 0.95}
    assert cosine(vector(one), vector(many)) < SIMILAR


def test_unknown_features_are_neither_here_nor_there() -> None:
    assert 0 < cosine(vector({}), vector(FLEET)) < SIMILAR


def test_every_vector_is_of_unit_length_and_has_as_many_components() -> None:
    for features in (FLEET, {}):
        assert len(vector(features)) == DIMENSIONS
        assert cosine(vector(features), vector(features)) == pytest.approx(1)
