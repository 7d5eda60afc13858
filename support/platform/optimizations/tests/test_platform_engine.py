"""Changes are carried out once, in order, and taken back when they must; a process that dies in between changes nothing of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from support.platform.optimizations import service
from support.platform.optimizations.change import Booked, Change
from support.platform.optimizations.durable import Halted
from support.platform.optimizations.ending import Ending
from support.platform.optimizations.engine import Engine
from support.platform.optimizations.failures import NothingChanged, StepFailed
from support.platform.optimizations.tests import rehearsal
from support.platform.optimizations.tests.rehearsal import PATIENCE_SECONDS, STEPS, Rehearsed, sleep_in
from support.platform.problems import Refusal
from support.platform.services import Services
from support.platform.tables import Alert, Pattern, Recommendation, ResourceLock, Saving


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rehearsed, "log", [])


@pytest.fixture
def services(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with rehearsal.house(database_url, monkeypatch) as opened:
        yield opened


def acting(monkeypatch: pytest.MonkeyPatch, act: Callable[[Change, str], None]) -> None:
    monkeypatch.setattr(Rehearsed, "act", staticmethod(act))


def failing(step: str, error: Exception) -> Callable[[Change, str], None]:
    def act(_change: Change, taken: str) -> None:
        if taken == step:
            raise error

    return act


def begin(services: Services, customer_id: str, *nodes: str) -> list[str]:
    recommendations = [rehearsal.recommendation(services, customer_id, f"chat-{node}", node) for node in nodes]
    with services.database.session() as session:
        return service.start_in_order(services, session, recommendations, trigger="approval")


def booked(services: Services) -> list[Decimal]:
    with services.database.reading() as session:
        return list(session.scalars(select(Saving.booked)))


def test_a_change_takes_its_steps_in_order_and_books_its_saving(services: Services) -> None:
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    row = rehearsal.ended(services, change)
    assert (row.status, row.result) == ("completed", {"predicted_savings": "110.00", "realized_savings": "100.00", "basis": []})
    assert Rehearsed.log == list(STEPS)
    assert booked(services) == [Decimal(100)]
    told = ["optimization_started", *["step_started", "step_completed"] * 3, "optimization_completed", "savings_booked"]
    assert rehearsal.events(services, customer_id) == told
    with services.database.reading() as session:
        assert session.scalars(select(Recommendation.status)).all() == ["completed"]
        assert session.scalars(select(Pattern.outcome)).all() == ["success"]
        assert session.scalars(select(ResourceLock)).all() == []


def test_a_failed_step_takes_everything_back_last_first(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("finish", StepFailed("the cloud refused")))
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    row = rehearsal.ended(services, change)
    assert (row.status, row.cause) == ("rolled_back", "the cloud refused")
    assert Rehearsed.log[3:] == ["undo finish", "undo watch", "undo prepare"]
    assert set(rehearsal.steps(services, change).values()) == {"undone"}
    assert booked(services) == []
    trail = [action for action, _ in rehearsal.audited(services, customer_id)]
    assert trail == ["optimization_started", "step_failed", "rollback_started", *["step_undone"] * 3, "rollback_completed"]


def test_a_defect_in_a_step_takes_everything_back_too(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("watch", KeyError("nobody thought of it")))
    (change,) = begin(services, rehearsal.customer(services), "i-1")
    row = rehearsal.ended(services, change)
    assert row.status == "rolled_back"
    assert row.cause is not None
    assert "nobody thought of it" in row.cause


def test_a_change_that_changed_nothing_has_failed_and_nothing_is_undone(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("prepare", NothingChanged("no_spot_capacity: none anywhere", "capacity")))
    (change,) = begin(services, rehearsal.customer(services), "i-1")
    row = rehearsal.ended(services, change)
    assert (row.status, row.cause) == ("failed", "no_spot_capacity: none anywhere")
    assert Rehearsed.log == ["prepare"]
    assert rehearsal.steps(services, change) == {"prepare": "failed", "watch": "pending", "finish": "pending"}


def test_a_rollback_that_cannot_complete_is_an_alarm_and_claims_nothing(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("finish", StepFailed("the cloud refused")))
    monkeypatch.setattr(Rehearsed, "undoing", staticmethod(lambda step: (_ for _ in ()).throw(StepFailed("refused")) if step == "watch" else None))
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    row = rehearsal.ended(services, change)
    assert row.status == "rollback_failed"
    assert row.result is not None
    assert row.result["restored"] is False
    assert "undo prepare" not in Rehearsed.log
    with services.database.reading() as session:
        assert session.scalars(select(Alert.kind)).all() == ["rollback_failed"]
    assert "rollback_completed" not in rehearsal.events(services, customer_id)


def test_the_customer_takes_a_running_change_back_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = threading.Event()
    acting(monkeypatch, sleep_in("watch", asleep))
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    assert asleep.wait(PATIENCE_SECONDS)
    assert service.roll_back(services, change, "usr_owner", "we changed our mind") == "rolling_back"
    service.roll_back(services, change, "usr_owner", "again")
    row = rehearsal.ended(services, change)
    assert (row.status, row.cause) == ("rolled_back", "we changed our mind")
    assert service.roll_back(services, change, "usr_owner", None) == "rolled_back"
    assert Rehearsed.log == ["prepare", "watch", "undo watch", "undo prepare"]
    assert rehearsal.audited(services, customer_id).count(("rollback_started", "usr_owner")) == 1


def test_a_wish_to_go_back_that_comes_after_the_last_step_is_heard(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def saving(change: Rehearsed) -> Booked:
        service.roll_back(services, change.record.id, "usr_owner", "we changed our mind")
        return Booked(Decimal(100))

    monkeypatch.setattr(Rehearsed, "saving", saving)
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    row = rehearsal.ended(services, change)
    assert (row.status, row.cause) == ("rolled_back", "we changed our mind")
    assert Rehearsed.log[len(STEPS) :] == [f"undo {step}" for step in reversed(STEPS)]
    assert "optimization_completed" not in rehearsal.events(services, customer_id)


def test_a_completed_change_can_still_be_taken_back_and_loses_its_saving(services: Services) -> None:
    (change,) = begin(services, rehearsal.customer(services), "i-1")
    rehearsal.ended(services, change)
    assert service.roll_back(services, change, "usr_owner", None) == "rolling_back"
    assert rehearsal.ended(services, change).status == "rolled_back"
    assert booked(services) == []
    with services.database.reading() as session:
        assert session.scalars(select(Pattern.outcome)).all() == ["rolled_back"]


def test_a_cancelled_change_is_taken_back_and_ends_cancelled(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = threading.Event()
    acting(monkeypatch, sleep_in("watch", asleep))
    (change,) = begin(services, rehearsal.customer(services), "i-1")
    assert asleep.wait(PATIENCE_SECONDS)
    service.cancel(services, change, "usr_owner", None)
    assert rehearsal.ended(services, change).status == "cancelled"
    assert Rehearsed.log[-1] == "undo prepare"


def test_what_a_step_decides_leaves_the_wish_to_go_back_as_it_is(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled_while_deciding(change: Change, step: str) -> None:
        if step == "prepare":
            assert change.plan.failure is None
            service.cancel(services, change.record.id, "usr_owner", "we changed our mind")
            change.journal.keep_decided(change.record.id, {"on_demand_hourly": {"g5.xlarge": Decimal("1.006")}})

    acting(monkeypatch, cancelled_while_deciding)
    (change,) = begin(services, rehearsal.customer(services), "i-1")
    row = rehearsal.ended(services, change)
    assert (row.status, row.cause) == ("cancelled", "we changed our mind")
    assert row.plan["on_demand_hourly"] == {"g5.xlarge": "1.006"}


def test_the_second_begins_after_the_first_has_completed(services: Services) -> None:
    first, second = begin(services, rehearsal.customer(services), "i-1", "i-2")
    assert rehearsal.ended(services, second).status == "completed"
    one, other = rehearsal.read(services, first), rehearsal.read(services, second)
    assert one.finished_at is not None
    assert other.started_at is not None
    assert one.finished_at <= other.started_at


def test_the_second_never_begins_when_the_first_did_not_complete(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("watch", StepFailed("the cloud refused")))
    _, second = begin(services, rehearsal.customer(services), "i-1", "i-2")
    row = rehearsal.ended(services, second)
    assert (row.status, row.started_at) == ("cancelled", None)
    assert Rehearsed.log.count("prepare") == 1


def test_two_changes_never_work_on_the_same_resource(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = threading.Event()
    acting(monkeypatch, sleep_in("watch", asleep))
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    assert asleep.wait(PATIENCE_SECONDS)
    with pytest.raises(Refusal) as refused:
        begin(services, customer_id, "i-1")
    assert refused.value.document.code == "resource_busy"
    service.roll_back(services, change, "usr_owner", None)
    rehearsal.ended(services, change)
    acting(monkeypatch, lambda _change, _step: None)
    (again,) = begin(services, customer_id, "i-1")
    assert rehearsal.ended(services, again).status == "completed"


def test_a_recommendation_is_carried_out_once(services: Services) -> None:
    recommended = rehearsal.recommendation(services, rehearsal.customer(services), "chat", "i-1")
    for _ in range(2):
        with services.database.session() as session:
            (change,) = service.start_in_order(services, session, [recommended], trigger="approval")
        rehearsal.ended(services, change)
    assert Rehearsed.log == list(STEPS)


def test_a_platform_that_stopped_goes_on_where_it_was(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = threading.Event()
    acting(monkeypatch, sleep_in("watch", asleep))
    with rehearsal.house(database_url, monkeypatch) as services:
        (change,) = begin(services, rehearsal.customer(services), "i-1")
        assert asleep.wait(PATIENCE_SECONDS)
    acting(monkeypatch, lambda _change, _step: None)
    with rehearsal.house(database_url, monkeypatch) as services:
        assert rehearsal.ended(services, change).status == "completed"
    assert Rehearsed.log == ["prepare", "watch", "watch again", "finish"]


def test_a_platform_that_stopped_while_going_back_finishes_the_rollback(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("finish", StepFailed("the cloud refused")))
    undoing = threading.Event()
    with rehearsal.house(database_url, monkeypatch) as services:

        def stuck(step: str) -> None:
            if step == "watch":
                undoing.set()
                services.clock.sleep(86400)

        monkeypatch.setattr(Rehearsed, "undoing", staticmethod(stuck))
        (change,) = begin(services, rehearsal.customer(services), "i-1")
        assert undoing.wait(PATIENCE_SECONDS)
    monkeypatch.setattr(Rehearsed, "undoing", staticmethod(lambda _step: None))
    with rehearsal.house(database_url, monkeypatch) as services:
        row = rehearsal.ended(services, change)
    assert (row.status, row.cause) == ("rolled_back", "the cloud refused")
    assert Rehearsed.log[3:] == ["undo finish", "undo watch", "undo prepare"]


@pytest.mark.parametrize("noting", ["step_completed", "step_undone"])
def test_what_was_noted_is_done_once_and_told_once(database_url: str, monkeypatch: pytest.MonkeyPatch, noting: str) -> None:
    """The process dies as soon as a step is on its record."""
    if noting == "step_undone":
        acting(monkeypatch, failing("finish", StepFailed("the cloud refused")))
    dead = threading.Event()
    with rehearsal.house(database_url, monkeypatch) as services:
        journal = service.engine_of(services).journal
        note = getattr(journal, noting)

        def dying(optimization_id: str, step: str, outcome: dict[str, object]) -> object:
            answered = note(optimization_id, step, outcome)
            if step == "watch":
                dead.set()
                raise Halted
            return answered

        monkeypatch.setattr(journal, noting, dying)
        customer_id = rehearsal.customer(services)
        (change,) = begin(services, customer_id, "i-1")
        assert dead.wait(PATIENCE_SECONDS)
    with rehearsal.house(database_url, monkeypatch) as services:
        rehearsal.ended(services, change)
        assert Rehearsed.log.count("watch" if noting == "step_completed" else "undo watch") == 1
        assert rehearsal.events(services, customer_id).count(noting) == len(STEPS)


def test_what_lacks_nothing_but_its_end_is_brought_to_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the last step, while the saving is worked out."""
    dead = threading.Event()

    def dying(_change: Rehearsed) -> Booked:
        dead.set()
        raise Halted

    with monkeypatch.context() as mortal, rehearsal.house(database_url, monkeypatch) as services:
        mortal.setattr(Rehearsed, "saving", dying)
        (change,) = begin(services, rehearsal.customer(services), "i-1")
        assert dead.wait(PATIENCE_SECONDS)
    with rehearsal.house(database_url, monkeypatch) as services:
        assert rehearsal.ended(services, change).status == "completed"
        assert booked(services) == [Decimal("100.00")]
    assert Rehearsed.log == list(STEPS)


def test_an_end_that_its_workflow_did_not_note_is_found_out_and_not_repeated(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the booking, and before the workflow engine has heard of it; nothing else is left to do."""
    dead, again = threading.Event(), threading.Event()
    with rehearsal.house(database_url, monkeypatch) as services:
        journal = service.engine_of(services).journal
        close = journal.close

        def dying(optimization_id: str, write: Ending) -> None:
            close(optimization_id, write)
            dead.set()
            raise Halted

        monkeypatch.setattr(journal, "close", dying)
        customer_id = rehearsal.customer(services)
        (change,) = begin(services, customer_id, "i-1")
        assert dead.wait(PATIENCE_SECONDS)
    carry_out = Engine.carry_out

    def going_on(engine: Engine, optimization_id: str) -> None:
        carry_out(engine, optimization_id)
        again.set()

    monkeypatch.setattr(Engine, "carry_out", going_on)
    with rehearsal.house(database_url, monkeypatch) as services:
        assert again.wait(PATIENCE_SECONDS)
        assert rehearsal.read(services, change).status == "completed"
        assert booked(services) == [Decimal("100.00")]
        assert rehearsal.events(services, customer_id).count("savings_booked") == 1


def test_the_cool_down_lasts_seven_days(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, failing("watch", StepFailed("the cloud refused")))
    customer_id = rehearsal.customer(services)
    (change,) = begin(services, customer_id, "i-1")
    finished = rehearsal.ended(services, change).finished_at
    assert finished is not None
    until = finished + service.COOL_DOWN
    with services.database.reading() as session:
        assert service.cooling_down(session, customer_id, "spot chat-i-1", finished) == until
        assert service.cooling_down(session, customer_id, "spot chat-i-1", until) is None
        assert service.cooling_down(session, customer_id, "spot other", finished) is None


def test_the_workflows_are_kept_beside_the_platforms_own_database(tmp_path: Path) -> None:
    from support.platform.optimizations.durable import store_of

    assert store_of(f"sqlite:///{tmp_path}/a.sqlite") == f"sqlite:///{tmp_path}/a.sqlite.workflows"
    assert store_of("postgresql+psycopg://u:p@h/db") == "postgresql+psycopg://u:p@h/db"
