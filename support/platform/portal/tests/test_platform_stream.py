"""Live events: own, ordered, complete, resumable, ended with the token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.websockets import WebSocketDisconnect

from support.platform.conftest import Somebody
from support.platform.services import Services
from support.platform.tests.clock_server import ClockServer
from support.platform.vocabulary import EventType


def url(somebody: Somebody, query: str = "", customer_id: str | None = None) -> str:
    return f"/ws/customers/{customer_id or somebody.customer_id}?token={somebody.tokens['access_token']}{query}"


def publish(services: Services, customer_id: str, count: int, event_type: EventType = "alert_raised") -> None:
    for first in range(0, count, 50):
        with services.database.session() as session:
            for number in range(first, min(first + 50, count)):
                services.events.publish(session, customer_id, event_type, "orchestrator", {"number": number})


def test_events_arrive_in_order_and_own_only(northwind: Somebody, meridian: Somebody, services: Services) -> None:
    with northwind.client.websocket_connect(url(northwind)) as socket:
        publish(services, meridian.customer_id, 3)
        publish(services, northwind.customer_id, 1200)
        seen = [socket.receive_json() for _ in range(1200)]
    assert [event["sequence"] for event in seen] == list(range(1, 1201))
    assert [event["payload"]["number"] for event in seen] == list(range(1200))
    assert set(seen[0]) == {"sequence", "type", "timestamp", "agent_type", "correlation_id", "payload"}


def test_a_change_through_the_api_causes_its_event(northwind: Somebody) -> None:
    with northwind.client.websocket_connect(url(northwind)) as socket:
        northwind.patch(f"/customers/{northwind.customer_id}", {"settings": {"preference": "savings"}})
        event = socket.receive_json()
    assert (event["type"], event["payload"]["changed"]["preference"]["new"]) == ("settings_changed", "savings")


def test_who_comes_back_gets_what_it_missed_once(northwind: Somebody, services: Services) -> None:
    publish(services, northwind.customer_id, 5)
    with northwind.client.websocket_connect(url(northwind, "&from_sequence=3")) as socket:
        publish(services, northwind.customer_id, 1)
        assert [socket.receive_json()["sequence"] for _ in range(4)] == [3, 4, 5, 6]


def test_topics_and_every_screen(northwind: Somebody, services: Services) -> None:
    with (
        northwind.client.websocket_connect(url(northwind, "&topics=savings_booked")) as one,
        northwind.client.websocket_connect(url(northwind)) as all_of_them,
    ):
        publish(services, northwind.customer_id, 2)
        publish(services, northwind.customer_id, 1, "savings_booked")
        assert one.receive_json()["sequence"] == 3
        assert [all_of_them.receive_json()["sequence"] for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?token=nonsense", 4401),
        ("", 4401),
        ("?token={foreign}", 4403),
        ("?token={own}&topics=gossip", 4400),
        ("?token={own}&from_sequence=x", 4400),
    ],
)
def test_no_entry(northwind: Somebody, meridian: Somebody, query: str, code: int) -> None:
    filled = query.format(own=northwind.tokens["access_token"], foreign=meridian.tokens["access_token"])
    with northwind.client.websocket_connect(f"/ws/customers/{northwind.customer_id}{filled}") as socket, pytest.raises(WebSocketDisconnect) as end:
        socket.receive_json()
    assert end.value.code == code


def test_absent_customers_look_like_foreign_ones(northwind: Somebody) -> None:
    for other in ("cus_aaaaaaaaaaaaaaaaaaaa", "nonsense"):
        with northwind.client.websocket_connect(url(northwind, customer_id=other)) as socket, pytest.raises(WebSocketDisconnect) as end:
            socket.receive_json()
        assert end.value.code == 4403


def test_logout_closes(northwind: Somebody) -> None:
    with northwind.client.websocket_connect(url(northwind)) as socket:
        northwind.post("/auth/logout")
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_json()
    assert end.value.code == 4401


def test_the_end_of_the_token_closes(northwind: Somebody, clock: ClockServer, services: Services) -> None:
    with northwind.client.websocket_connect(url(northwind)) as socket:
        publish(services, northwind.customer_id, 1)
        assert socket.receive_json()["sequence"] == 1
        assert clock.settle() is None
        clock.advance(timedelta(minutes=59))
        clock.advance(timedelta(minutes=1))
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_json()
    assert end.value.code == 4401


def test_a_client_that_does_not_read_delays_nobody(northwind: Somebody, services: Services) -> None:
    with northwind.client.websocket_connect(url(northwind)), northwind.client.websocket_connect(url(northwind)) as reader:
        publish(services, northwind.customer_id, 300)
        seen = [reader.receive_json()["sequence"] for _ in range(300)]
    assert seen == list(range(1, 301))
