"""The plugin with which a judge's pytest carries out orders instead of every scenario once."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

import pytest

from support.evidence.recording import claims_of, identity_of_item
from support.evidence.records import as_line, scenario_from
from support.gherkin.collection import ScenarioItem
from support.sabotage.findings import notice_of
from support.sabotage.judge import Order
from support.sabotage.target import sabotaged
from support.targeting import LAUNCH

LAST = "slow"
"""The tag of scenarios that are asked only when no other has noticed."""


class Judge:
    """The plugin that takes the place of pytest's own loop over the items."""

    def __init__(self, orders: Iterable[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers
        self._records: list[dict[str, Any]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Carries out orders for as long as any come."""
        if session.testsfailed:
            return None
        items = {identity_of_item(item): item for item in session.items if isinstance(item, ScenarioItem)}
        self._tell({"scenarios": {name: claims_of(item.tags) for name, item in items.items()}})
        launch = session.config.stash[LAUNCH]
        healthy = launch.target
        for line in self._orders:
            order = Order.read(line)
            launch.replace(sabotaged(healthy, order.defect))
            self._tell(self._answer(session, order, items))
            if session.shouldstop:
                break  # the target was lost under the defect, and pytest lets nobody go on after that: the next judge does
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes the record of the scenario that has just ended."""
        found = getattr(report, "evidence", None)
        if found is not None:
            self._records.append(json.loads(found["line"]))

    def _answer(self, session: pytest.Session, order: Order, items: Mapping[str, ScenarioItem]) -> dict[str, Any]:
        asked = in_turn(order, {name: item.tags for name, item in items.items()})
        records = []
        while asked and not session.shouldstop:
            item = items[asked.pop(0)]
            record = self._carried_out(item, items[asked[0]] if asked else None)
            records.append(record)
            notice = notice_of(order.requirement, scenario_from(record))
            if notice and notice.verifies and not order.everybody:
                break
        _end(session)
        return {"defect": order.defect, "records": records, "left_out": asked, "last": bool(session.shouldstop)}

    def _carried_out(self, item: ScenarioItem, following: ScenarioItem | None) -> dict[str, Any]:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self._records.pop()

    def _tell(self, values: Mapping[str, Any]) -> None:
        self._answers.write(f"{as_line(values)}\n")
        self._answers.flush()


def in_turn(order: Order, tags: Mapping[str, Sequence[str]]) -> list[str]:
    """The scenarios that claim the requirement: those to be asked first, then the others as they stand in the files, slow ones last."""
    claiming = [name for name in tags if order.requirement in tags[name]]

    def turn(name: str) -> tuple[bool, int]:
        return LAST in tags[name], order.first.index(name) if name in order.first else len(order.first)

    return sorted(claiming, key=turn)


def _end(session: pytest.Session) -> None:
    """Closes what the scenarios shared, and lets go of it at once: clients of AWS weigh megabytes, and a judge lives long."""
    session._setupstate.teardown_exact(None)  # noqa: SLF001 - as pytest's own loop does after its last item
    gc.collect()
