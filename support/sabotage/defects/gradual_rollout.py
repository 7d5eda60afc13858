"""Defects of the rollout: its steps, waves, watches and limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.sabotage.breaking import Broken, instead_of
from support.sabotage.registry import defect, patch

MIGRATION = "support.platform.optimizations.migration"
HEALTH = "support.platform.optimizations.health"


@defect("REQ-SPT-005", "on-demand capacity is ended one step too early")
def last_steps_swapped() -> None:
    def swapped(steps: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        *first, full, terminate = steps["spot_migration"]
        return steps | {"spot_migration": (*first, terminate, full)}

    patch("support.platform.optimizations.scripts:STEPS", swapped)


@defect("REQ-SPT-005", "a step is reported as taken and was not")
def canary_only_reported() -> None:
    def broken(take: Callable[..., Any]) -> Callable[..., Any]:
        return lambda change, step, *, resumed: {} if step == "deploy_canary" else take(change, step, resumed=resumed)

    patch(f"{MIGRATION}:SpotMigration.take", broken)


@defect("REQ-SPT-005", "the step after a failed one is begun before the change goes back")
def begun_after_failure() -> None:
    @instead_of("support.platform.optimizations.journal:Journal.step_failed")
    def failed(step_failed: Broken, journal: Any, optimization_id: str, failure: Any) -> None:
        if failure.step == "validate_canary":
            journal.step_completed(optimization_id, failure.step, {})  # with which the next one begins
        step_failed(journal, optimization_id, failure)


@defect("REQ-SPT-009", "a success rate of 94.9% passes for healthy")
def success_boundary_too_low() -> None:
    patch(f"{HEALTH}:LOWEST_SUCCESS", lambda lowest: lowest - Decimal("0.001"))


@defect("REQ-SPT-009", "a success rate of exactly 95.0% passes for unhealthy")
def success_boundary_too_high() -> None:
    patch(f"{HEALTH}:LOWEST_SUCCESS", lambda lowest: lowest + Decimal("0.0005"))


@defect("REQ-SPT-009", "99 requests are enough to call a wave healthy")
def ninety_nine_requests_suffice() -> None:
    patch(f"{HEALTH}:ENOUGH_SAMPLES", lambda _: 99)


@defect("REQ-SPT-009", "what cannot be judged passes for healthy")
def unknown_wave_promoted() -> None:
    patch(f"{HEALTH}:unknowns", lambda _: lambda _seen: ())


@defect("REQ-SPT-010", "a rollback ends the spot nodes first and moves their traffic some seconds later")
def nodes_ended_before_their_traffic() -> None:
    @instead_of(f"{MIGRATION}:SpotMigration.undo")
    def undone(undo: Broken, change: Any, step: str) -> Any:
        if step == "scale_to_50_percent":
            change.nodes.release_all()
            change.services.clock.sleep(5)
        return undo(change, step)


@defect("REQ-SPT-011", "94.9% of the baseline passes for kept quality")
def quality_floor_a_trifle_too_low() -> None:
    patch(f"{HEALTH}:degraded", lambda degraded: lambda baseline, now, floor: degraded(baseline, now, floor - Decimal("0.001")))


@defect("REQ-SPT-011", "exactly 95.0% of the baseline passes for lost quality")
def quality_floor_too_high() -> None:
    patch(f"{HEALTH}:degraded", lambda degraded: lambda baseline, now, floor: degraded(baseline, now, floor + Decimal("0.0005")))


@defect("REQ-SPT-012", "on-demand capacity is ended while it still serves half of the traffic")
def old_capacity_not_last() -> None:
    @instead_of(f"{MIGRATION}:SpotMigration.take")
    def taken(take: Broken, change: Any, step: str, *, resumed: bool) -> Any:
        if step == "full_migration":
            change.site.terminate(change.plan.affected[1:])
        return take(change, step, resumed=resumed)


@defect("REQ-SPT-012", "a node that was not replaced is ended with the others")
def one_node_too_many() -> None:
    @instead_of(f"{MIGRATION}:SpotMigration._terminate")
    def ended(terminate: Broken, change: Any) -> Any:
        done = terminate(change)
        change.site.terminate([machine.instance_id for machine in change.snapshot.machines])
        return done


@defect("REQ-SPT-012", "a migration that goes back ends on-demand nodes all the same")
def ended_on_the_way_back() -> None:
    @instead_of(f"{MIGRATION}:SpotMigration.undo")
    def undone(undo: Broken, change: Any, step: str) -> Any:
        outcome = undo(change, step)
        if step == "create_spot_instances":
            change.site.terminate(change.plan.affected)
        return outcome


@defect("REQ-SPT-021", "each wave is watched twice as long")
def watched_too_long() -> None:
    patch("support.platform.optimizations.watch:SAMPLES", lambda samples: 2 * samples)


@defect("REQ-SPT-021", "a migration that is held up goes on without limit")
def no_time_limit() -> None:
    patch(f"{MIGRATION}:TIME_LIMIT", lambda _: timedelta(days=1))


@defect("REQ-SPT-022", "a tenth of a small fleet is no node at all")
def waves_round_down() -> None:
    patch("support.platform.optimizations.waves:nodes_at", lambda _: lambda share, replaced: replaced * share // 100)


@defect("REQ-SPT-022", "half of nine nodes are four")
def second_wave_rounds_down() -> None:
    patch("support.platform.optimizations.waves:nodes_at", lambda _: lambda share, replaced: max(1, replaced * share // 100))
