"""Defects of resilience."""

from __future__ import annotations

from secrets import token_hex

from support.sabotage.registry import defect, patch


@defect("REQ-RES-001", "nodes that were launched just before the end are forgotten, and others launched")
def last_launch_forgotten() -> None:
    patch("support.platform.optimizations.nodes:Nodes.adopt", lambda _: lambda _self: None)
    patch("support.platform.optimizations.launching:Order.token", lambda _: property(lambda _self: token_hex(20)))
