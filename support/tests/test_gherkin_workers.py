"""What is replaced where pytest-xdist starts workers and hears from them: each does what the original does, and its ground still stands."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from queue import LifoQueue, Queue, SimpleQueue

from execnet import gateway_io, multi
from execnet.xspec import XSpec
from xdist import dsession, remote, workermanage

from support import forked_workers
from support.forked_workers import can_fork
from support.gherkin.workers import HELD_BACK, INTERACTOR, RECEIVE, PackingChannel, _unpacked, hear_quickly
from support.tests.gherkin_project import Project

WHERE = """
import os
import sys

os.register_at_fork(before=lambda: print("FORKED", file=sys.__stderr__))

def pytest_collection_finish(session):
    if hasattr(session.config, "workerinput"):
        os.write(2, b"BEGUN anew\\n" if sys.argv[:1] == ["-c"] else b"BEGUN forked\\n")  # whole, whoever else writes
"""
CRASHING = """
@given("a fleet")
def fleet_present():
    pass

@given("a crash")
def crashed():
    import os
    os._exit(3)
"""


def test_workers_are_forked_and_those_in_place_of_a_crashed_one_are_not(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + WHERE)
    project.steps(CRASHING)
    project.feature("".join(f"  Scenario: Number {number}\n    Given a {'crash' if number == 3 else 'fleet'}\n\n" for number in range(9)))
    ran = project.run("-p", "support.quick_start", "-n", "2")
    assert "1 failed, 8 passed" in ran.text, ran.text
    assert "crashed while running" in ran.text
    assert ran.text.count("BEGUN forked") == 2, ran.text
    assert ran.text.count("BEGUN anew") == 1
    assert ran.text.count("FORKED") == 2


def test_execnet_starts_processes_where_forked_ones_take_their_place() -> None:
    assert can_fork() is (sys.platform == "linux")
    assert list(inspect.signature(gateway_io.create_io).parameters) == ["spec", "execmodel"]
    assert gateway_io.popen_bootstrapline == "import sys;exec(eval(sys.stdin.readline()))"
    assert "gateway_io.create_io(spec, execmodel=" in inspect.getsource(multi.Group.makegateway)
    assert set(forked_workers.MISSING) <= set(vars(XSpec))


BREAKING = """
@given("a fleet")
def fleet_present():
    pass

@given("it breaks")
def broken():
    raise ValueError("broken")
"""
CHANNEL = """
import sys

def pytest_sessionfinish(session):
    for plugin in session.config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "WorkerInteractor":
            sys.__stderr__.write(f"CHANNEL {type(plugin.channel).__name__}\\n")
"""


def test_the_events_of_a_scenario_travel_as_one(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("conftest.py", 'pytest_plugins = ["support.gherkin.plugin"]\n' + CHANNEL)
    project.steps(BREAKING)
    project.feature("  Scenario: One\n    Given a fleet\n\n  Scenario: Two\n    Given it breaks\n")
    ran = project.run("-n", "2", "-v")
    assert ran.text.count("CHANNEL PackingChannel") == 2, ran.text
    assert "1 failed, 1 passed" in ran.text
    assert "ValueError: broken" in ran.text


class Wire:
    """What was sent, and what came of it on the other side."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.received: list[object] = []

    def send(self, event: object) -> None:
        """Sends it."""
        self.sent.append(event)
        _unpacked(self.received.append, event)


def test_packed_events_keep_their_order_and_what_cannot_be_packed_is_sent_alone() -> None:
    report, warning, over = (
        ("testreport", {"data": {"when": "call"}}),
        ("warning_recorded", {"when": "runtest"}),
        ("runtest_protocol_complete", {"item_index": 0}),
    )
    strange = ("testreport", {"data": Path()})
    wire = Wire()
    channel = PackingChannel(wire)
    for event in (report, warning, report, report, over, strange, over):
        channel.send(event)
    assert wire.received == [report, warning, report, report, over, strange, over]
    assert [type(each) for each in wire.sent] == [bytes, bytes, tuple, tuple]


def test_xdist_tells_of_tests_where_events_are_packed() -> None:
    assert remote.WorkerInteractor.__name__ == INTERACTOR
    assert "self.channel.send((name, kwargs))" in inspect.getsource(remote.WorkerInteractor.sendevent)
    begins = inspect.getsource(workermanage.WorkerController.setup)
    assert begins.index("pytest_configure_node") < begins.index(f"setcallback(self.{RECEIVE}")
    for event in HELD_BACK:
        assert f'"{event}"' in inspect.getsource(workermanage.WorkerController.process_from_remote)


def test_xdist_hands_events_on_through_a_queue_that_can_be_another() -> None:
    uses = [line.strip() for line in inspect.getsource(dsession).splitlines() if "self.queue" in line or "Empty" in line]
    assert uses == [
        "from queue import Empty",
        "self.queue: Queue[tuple[str, dict[str, Any]]] = Queue()",
        "The nodes are setup to put their events onto self.queue.  As",
        "nodes = self.nodemanager.setup_nodes(putevent=self.queue.put)",
        "eventcall = self.queue.get(timeout=2.0)",
        "except Empty:",
        "clone = self.nodemanager.setup_node(spec, self.queue.put)",
    ]


class Session:
    """What keeps events in a queue."""

    def __init__(self, queue: object) -> None:
        self.queue = queue


def test_another_queue_than_the_usual_one_is_left_alone() -> None:
    usual, special = Session(Queue()), Session(LifoQueue())
    hear_quickly(usual)
    hear_quickly(special)
    assert type(usual.queue) is SimpleQueue
    assert type(special.queue) is LifoQueue
