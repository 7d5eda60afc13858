"""Between worker processes and the one that started them: mistakes are told once, and what they tell travels light."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from queue import Queue, SimpleQueue
from typing import Any

import pytest

from support.problems import Problem

_KEY = "gherkin_problems"
_PACKED = "reads_packed_events"
_MARSHAL = 4
"""A form that every Python since 3.4 reads."""

INTERACTOR = "WorkerInteractor"
RECEIVE = "process_from_remote"
"""Where pytest-xdist sends a worker's events, and where it takes them. Without these, events are sent as it would send them."""

HELD_BACK = frozenset({"logstart", "testreport", "logfinish"})
"""Events that wait for the end of their test."""


QUEUE = "queue"
"""Where pytest-xdist's session keeps the events that it has heard and not yet handled."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this process works for another one (pytest-xdist)."""
    return hasattr(config, "workerinput")


def hand_over(config: pytest.Config, found: list[Problem]) -> None:
    """Sends what is wrong to the starting process; nothing to do in a process of its own."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_KEY] = [astuple(problem) for problem in found]


class WorkersReport:
    """Takes what the workers found; all of them find the same."""

    def __init__(self, found: list[Problem]) -> None:
        self._found = found

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's own
        """Notes the mistakes that a worker found."""
        sent = getattr(node, "workeroutput", {}).get(_KEY, [])
        self._found.extend(problem for each in sent if (problem := Problem(*each)) not in self._found)


def hear_quickly(session: object) -> None:
    """Hands events on through the interpreter's own queue: pytest-xdist's, in Python, takes as long as handling an event does."""
    if type(getattr(session, QUEUE, None)) is Queue:
        setattr(session, QUEUE, SimpleQueue())


class PackedEvents:
    """What a worker tells of a scenario crosses its channel as one message, and that as one value.

    pytest-xdist sends six messages for a test, and execnet walks every value in each of them in Python, on both sides: that costs more than
    the scenario. Both sides must have this plugin; a controller says so to its workers.
    """

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist's own
        """Reads packed events of a worker that is about to begin."""
        receive: Callable[[Any], None] | None = getattr(node, RECEIVE, None)
        if receive is not None:
            node.workerinput[_PACKED] = True
            setattr(node, RECEIVE, partial(_unpacked, receive))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Has a worker pack its events, if whom it works for reads them."""
        if is_worker(config) and getattr(config, "workerinput", {}).get(_PACKED):
            for plugin in config.pluginmanager.get_plugins():
                if type(plugin).__name__ == INTERACTOR and hasattr(plugin, "channel"):
                    plugin.channel = PackingChannel(plugin.channel)


def _unpacked(receive: Callable[[Any], None], event: Any) -> None:  # noqa: ANN401 - xdist's own
    if isinstance(event, bytes):
        for each in marshal.loads(event):  # noqa: S302 - from our own worker, as trusted as the channel that already runs its code
            receive(each)
    else:
        receive(event)


class PackingChannel:
    """A worker's channel that holds back what is told of a test until the test is over; the order of events stays."""

    def __init__(self, channel: Any) -> None:  # noqa: ANN401 - execnet's own
        self._channel = channel
        self._held: list[tuple[str, dict[str, Any]]] = []

    def send(self, event: tuple[str, dict[str, Any]]) -> None:
        """Sends the event with all that were held back, or holds it back too. What cannot be packed is sent as it is."""
        self._held.append(event)
        if event[0] in HELD_BACK:
            return
        held, self._held = self._held, []
        try:
            self._channel.send(marshal.dumps(held, _MARSHAL))
        except ValueError:
            for each in held:
                self._channel.send(each)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a channel has
        return getattr(self._channel, name)
