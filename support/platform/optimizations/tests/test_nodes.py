"""Nodes come into service however often the process that puts them there is killed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from support.platform.optimizations.documents import Node
from support.platform.optimizations.failures import NotRegistered
from support.platform.optimizations.nodes import Nodes

GROUP = "chat-spot"


class Site:
    """A load balancer that finds healthy what is registered."""

    def __init__(self, *registered: str) -> None:
        self.registered = set(registered)
        self.awaited: list[str] = []

    def expect_answering(self, addresses: Mapping[str, str]) -> None:
        """All of them do."""
        self.awaited += addresses.values()

    def register(self, _group: str, instance_ids: Collection[str]) -> None:
        """Keeps them."""
        self.registered |= set(instance_ids)

    def expect_healthy(self, _group: str, instance_ids: Collection[str]) -> None:
        """As the real one where all that is alive answers."""
        if absent := set(instance_ids) - self.registered:
            raise NotRegistered(absent)


def node(name: str, wave: int) -> Node:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return Node(
        instance_id=name,
        instance_type="g5.xlarge",
        availability_zone="us-east-1a",
        lifecycle="spot",
        private_ip=f"ip of {name}",
        wave=wave,
        launched_at=moment,
    )


def nodes(site: Site, *serving: Node) -> Nodes:
    work = SimpleNamespace(optimization_id="opt_1")
    return Nodes(cast("Any", SimpleNamespace(journal=None, work=work, site=site, record=SimpleNamespace(serving=serving))))


def test_a_wave_brings_its_own_nodes_into_service() -> None:
    site = Site("i-1")
    nodes(site, node("i-1", 1), node("i-2", 2)).enrol(GROUP, 2)
    assert (site.registered, site.awaited) == ({"i-1", "i-2"}, ["ip of i-2"])


def test_a_node_that_nobody_lived_to_register_is_registered() -> None:
    site = Site("i-1")
    nodes(site, node("i-1", 1), node("i-2", 1)).expect_healthy(GROUP)
    assert (site.registered, site.awaited) == ({"i-1", "i-2"}, ["ip of i-2"])


def test_a_node_that_cannot_be_registered_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    monkeypatch.setattr(site, "register", lambda *_asked: None)
    with pytest.raises(NotRegistered, match="i-1 is absent"):
        nodes(site, node("i-1", 1)).expect_healthy(GROUP)
