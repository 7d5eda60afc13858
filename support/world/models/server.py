"""A model server as HTTP sees it: health, models, completions, chat and metrics of one node."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson

from support.world.accounts import Account
from support.world.aws.backends import deployment, node
from support.world.models.behaviour import Behaviour, Workload
from support.world.models.engines import engine_settings
from support.world.models.exposition import exposition
from support.world.models.knowledge import answers
from support.world.models.latency import Spread
from support.world.models.meters import spread_of
from support.world.models.prompts import Malformed, json_object, prompts, usage
from support.world.models.settings import EngineSettings
from support.world.world import World

GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def reply(status: int, answer: Any) -> Reply:  # noqa: ANN401  (JSON)
    """An answer in JSON."""
    return Reply(status, orjson.dumps(answer))


def error(status: int, message: str, kind: str) -> Reply:
    """An error as vLLM words it."""
    return reply(status, {"error": {"message": message, "type": kind, "code": status}})


class ModelServer:
    """The server on one running instance of a deployment, for one request. It follows the deployment's engine settings without a restart."""

    def __init__(self, world: World, account: Account, found: Any) -> None:  # noqa: ANN401  (moto's instance)
        self._world = world
        self._account = account
        self._found = found
        self._deployment = deployment(found) or ""

    @cached_property
    def behaviour(self) -> Behaviour:
        """How this node behaves."""
        return self._workload.of(node(self._found))

    @property
    def starting(self) -> bool:
        """Whether this node still loads its model."""
        since, needed = self._account.usage.since(str(self._found.id)), self.behaviour.startup_seconds
        return bool(needed) and since is not None and self._world.clock.now < since + timedelta(seconds=needed or 0)

    @cached_property
    def spread(self) -> Spread:
        """This node's latencies."""
        return spread_of(self._workload, self.behaviour, self._settings)

    @cached_property
    def _workload(self) -> Workload:
        return self._account.workloads[self._deployment]

    @cached_property
    def _settings(self) -> EngineSettings:
        return engine_settings(self._account.number, self._deployment, self._found)

    def answer(self, method: str, path: str, body: bytes, way: str = "directly") -> Reply:
        """Answers a request that came directly or through the front door."""
        if not self._deployment:
            return error(404, "there is no model server on this instance", "not_found")
        route = (method, path)
        if self.starting:
            return error(503, "the engine is starting", "service_unavailable")
        if method == "POST" and not self.behaviour.answering:
            return error(503, "the engine takes no requests", "service_unavailable")
        if route == ("GET", "/health"):
            return Reply(200, b"", "text/plain")
        if route == ("GET", "/v1/models"):
            return reply(200, {"object": "list", "data": [{"id": self._settings.model, "object": "model", "owned_by": "vllm"}]})
        if route == ("GET", "/metrics"):
            return self._metrics()
        if route == ("POST", "/v1/completions"):
            return self._completions(body, way)
        if route == ("POST", "/v1/chat/completions"):
            return self._chat(body, way)
        return error(404, f"{method} {path} is not served", "not_found")

    def _metrics(self) -> Reply:
        meter = self._world.meter(self._account, str(self._found.id))
        return Reply(200, exposition(meter, self.behaviour, self.spread, self._settings).encode(), "text/plain; version=0.0.4; charset=utf-8")

    def _completions(self, body: bytes, way: str) -> Reply:
        try:
            asked = prompts(body)
        except Malformed as wrong:
            return error(400, str(wrong), "invalid_request_error")
        answered = asked.answered(self._right(len(asked.texts), way))
        return self._served({"object": "text_completion", "model": self._settings.model, "choices": answered.choices, "usage": answered.usage})

    def _chat(self, body: bytes, way: str) -> Reply:
        messages = json_object(body).get("messages")
        if not isinstance(messages, list) or not messages or not all(isinstance(each, dict) for each in messages):
            return error(400, "messages must be a list of messages", "invalid_request_error")
        prompt = str(messages[-1].get("content", ""))
        (right,) = self._right(1, way)
        text = answers(prompt)[right]
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return self._served({"object": "chat.completion", "model": self._settings.model, "choices": [choice], "usage": usage([prompt], [text])})

    def _right(self, count: int, way: str) -> list[bool]:
        """Which of the next so many answers are right."""
        settings = self._settings
        accuracy = self.behaviour.accuracy if self.behaviour.accuracy is not None else Decimal(1)
        reference = (self._workload.reference or settings).accuracy()
        kind = (self._deployment, node(self._found).lifecycle, way)
        return self._account.answers.right(count, kind, min(accuracy * settings.accuracy() / reference, Decimal(1)))

    def _served(self, answer: dict[str, Any]) -> Reply:
        number = self._account.next_answer()
        latency = self.spread.at((number * GOLDEN) % 1.0)
        answer = {"id": f"cmpl-{number}", "created": int(self._world.clock.now.timestamp()), **answer}
        return Reply(200, orjson.dumps(answer), headers={"x-simulated-latency-ms": f"{latency:.3f}"})
