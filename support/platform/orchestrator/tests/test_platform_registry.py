"""Agents and their work: registration, silence, return, routing, time limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from support.platform.conftest import Somebody
from support.platform.tests.clock_server import ClockServer


def register(runtime: Somebody, hostname: str, **changed: object) -> Response:
    body = {"agent_type": "cost", "version": "1.0.0", "capabilities": ["gpu_audit"], "hostname": hostname}
    return runtime.post("/orchestrator/agents/register", {**body, **changed})


def beat(runtime: Somebody, agent_id: str, load: str = "0.1", status: str = "active") -> Response:
    return runtime.post(f"/orchestrator/agents/{agent_id}/heartbeat", {"status": status, "current_tasks": 1, "load": load})


def agent(runtime: Somebody, agent_id: str) -> dict[str, Any]:
    agents = runtime.get("/orchestrator/agents").json()["agents"]
    return next(one for one in agents if one["agent_id"] == agent_id)


def ask(owner: Somebody, capability: str = "gpu_audit", **more: object) -> Response:
    return owner.post("/orchestrator/analyze", {"customer_id": owner.customer_id, "analysis_type": capability, **more})


def task(owner: Somebody, task_id: str) -> dict[str, Any]:
    answer = owner.get(f"/orchestrator/tasks/{task_id}").json()
    assert isinstance(answer, dict)
    return answer


def test_registering_gives_an_identity_once(runtime: Somebody) -> None:
    first = register(runtime, "gpu-1").json()
    assert (first["registered"], first["heartbeat_seconds"]) == (True, 30)
    assert register(runtime, "gpu-1", version="2.0.0").json()["agent_id"] == first["agent_id"]
    assert register(runtime, "gpu-2").json()["agent_id"] != first["agent_id"]
    assert len([one for one in runtime.get("/orchestrator/agents").json()["agents"] if one["hostname"] == "gpu-1"]) == 1
    found = agent(runtime, first["agent_id"])
    assert (found["status"], found["version"], found["capabilities"], found["hostname"]) == ("active", "2.0.0", ["gpu_audit"], "gpu-1")


@pytest.mark.parametrize("changed", [{"agent_type": "wizard"}, {"agent_type": "orchestrator"}, {"capabilities": []}, {"capabilities": [""]}])
def test_unknown_agents_are_refused(runtime: Somebody, changed: dict[str, Any]) -> None:
    assert register(runtime, "gpu-1", **changed).status_code == 422
    assert [one["hostname"] for one in runtime.get("/orchestrator/agents").json()["agents"]] == ["optiinfra"] * 4


def test_agents_of_the_platform_live_as_long_as_it(runtime: Somebody, clock: ClockServer) -> None:
    own = register(runtime, "gpu-1").json()["agent_id"]
    begun = agent(runtime, own)["last_heartbeat"]
    clock.advance(timedelta(hours=1))
    agents = runtime.get("/orchestrator/agents").json()["agents"]
    assert {one["status"] for one in agents if one["agent_id"] != own} == {"active"}
    assert {one["last_heartbeat"] > begun for one in agents if one["agent_id"] != own} == {True}
    assert (agent(runtime, own)["status"], agent(runtime, own)["last_heartbeat"]) == ("unavailable", begun)


def test_three_missed_heartbeats_and_a_return(northwind: Somebody, runtime: Somebody, clock: ClockServer) -> None:
    agent_id = register(runtime, "gpu-1").json()["agent_id"]
    assert beat(runtime, agent_id, "0.25").status_code == 200
    assert (agent(runtime, agent_id)["load"], agent(runtime, agent_id)["current_tasks"]) == ("0.25", 1)
    clock.advance(timedelta(seconds=89))
    assert agent(runtime, agent_id)["status"] == "active"
    clock.advance(timedelta(seconds=1))
    assert agent(runtime, agent_id)["status"] == "unavailable"
    refused = ask(northwind)
    assert (refused.status_code, refused.json()["code"]) == (503, "no_capable_agent")
    assert refused.json()["detail"] == "Every agent with the capability gpu_audit is unavailable."
    assert beat(runtime, agent_id).json()["status"] == "active"
    assert ask(northwind).json()["routed_to_agent"] == agent_id


def test_the_least_loaded_capable_agent_gets_the_work(northwind: Somebody, runtime: Somebody) -> None:
    busy, idle = register(runtime, "gpu-1").json()["agent_id"], register(runtime, "gpu-2").json()["agent_id"]
    other = register(runtime, "gpu-3", capabilities=["other"]).json()["agent_id"]
    beat(runtime, busy, "0.7")
    beat(runtime, idle, "0.2")
    beat(runtime, other, "0.0")
    routed = ask(northwind)
    assert (routed.status_code, routed.json()["routed_to_agent"]) == (202, idle)
    beat(runtime, idle, "0.1", "degraded")
    assert ask(northwind).json()["routed_to_agent"] == busy
    refused = ask(northwind, "unheard_of")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_capable_agent")


def test_the_work_of_an_agent_that_goes_is_moved(northwind: Somebody, runtime: Somebody, clock: ClockServer) -> None:
    first = register(runtime, "gpu-1").json()["agent_id"]
    task_id = ask(northwind, time_limit_seconds=300).json()["task_id"]
    assert [one["id"] for one in runtime.get(f"/orchestrator/agents/{first}/tasks").json()["tasks"]] == [task_id]
    assert runtime.post(f"/orchestrator/agents/{first}/leave").status_code == 204
    assert (task(northwind, task_id)["status"], task(northwind, task_id)["agent_id"]) == ("pending", None)
    second = register(runtime, "gpu-2").json()["agent_id"]
    assert (task(northwind, task_id)["status"], task(northwind, task_id)["agent_id"]) == ("running", second)
    third = register(runtime, "gpu-3").json()["agent_id"]
    clock.advance(timedelta(seconds=60))
    beat(runtime, third)
    clock.advance(timedelta(seconds=30))
    assert task(northwind, task_id)["agent_id"] == third
    assert runtime.post(f"/orchestrator/tasks/{task_id}/result", {"status": "completed"}).json()["status"] == "completed"
    assert beat(runtime, first).json()["code"] == "agent_left"


def test_reported_failures_and_outlasted_limits_are_failures(northwind: Somebody, runtime: Somebody, clock: ClockServer) -> None:
    register(runtime, "gpu-1")
    reported, late = ask(northwind).json()["task_id"], ask(northwind).json()["task_id"]
    result = {"status": "failed", "error": "out of memory"}
    assert runtime.post(f"/orchestrator/tasks/{reported}/result", result).status_code == 200
    assert runtime.post(f"/orchestrator/tasks/{reported}/result", result).status_code == 200
    assert runtime.post(f"/orchestrator/tasks/{reported}/result", {"status": "completed"}).status_code == 409
    assert (task(northwind, reported)["status"], task(northwind, reported)["error"]) == ("failed", "out of memory")
    clock.advance(timedelta(seconds=29))
    assert task(northwind, late)["status"] == "running"
    clock.advance(timedelta(seconds=1))
    assert task(northwind, late)["status"] == "failed"
    assert "30 s" in task(northwind, late)["error"]


def test_limits_above_five_minutes_are_refused(northwind: Somebody, runtime: Somebody) -> None:
    register(runtime, "gpu-1")
    assert ask(northwind, time_limit_seconds=300).status_code == 202
    assert ask(northwind, time_limit_seconds=301).status_code == 422


def test_other_customers_agents_are_out_of_reach(northwind: Somebody, meridian: Somebody, runtime: Somebody) -> None:
    agent_id = register(runtime, "gpu-1").json()["agent_id"]
    task_id = ask(northwind).json()["task_id"]
    token = meridian.get(f"/customers/{meridian.customer_id}/agent-install-command").json()["agent_token"]
    stranger = Somebody(northwind.client, meridian.customer_id, {"access_token": token})
    assert beat(stranger, agent_id).json() == beat(stranger, "agt_aaaaaaaaaaaaaaaaaaaa").json()
    assert beat(stranger, agent_id).status_code == 403
    assert stranger.post(f"/orchestrator/tasks/{task_id}/result", {"status": "completed"}).status_code == 403
    assert meridian.get(f"/orchestrator/tasks/{task_id}").json() == meridian.get("/orchestrator/tasks/tsk_aaaaaaaaaaaaaaaaaaaa").json()
    assert agent_id not in [one["agent_id"] for one in stranger.get("/orchestrator/agents").json()["agents"]]
    assert ask(meridian).json()["code"] == "no_capable_agent"
