"""An OpenAI-compatible language model: deterministic answers, and failures on request."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from support.world.asking import asked

MODEL = "narrator-1"
SLOW_RETRY_AFTER_SECONDS = 30


class Message(BaseModel):
    """One turn of a conversation."""

    role: str
    content: str


class Chat(BaseModel):
    """A request for the next turn; what else it asks for is ignored."""

    messages: Annotated[list[Message], Field(min_length=1)]


class LanguageModel:
    """Answers a chat by restating what it was asked to explain: the same question has the same answer.

    `fail` answers 500. `slow` answers 504, as a gateway does when a model takes longer than anybody waits; nothing here waits in real time.
    """

    def __init__(self) -> None:
        self.mode: Literal["ok", "fail", "slow"] = "ok"

    def routes(self) -> list[BaseRoute]:
        """The routes below /llm/v1."""
        return [
            Route("/llm/v1/models", self.models),
            Route("/llm/v1/chat/completions", self.chat, methods=["POST"]),
        ]

    async def models(self, _: Request) -> Response:
        """The one model that there is."""
        return self._unless_broken({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "world"}]})

    async def chat(self, request: Request) -> Response:
        """A chat completion."""
        question = (await asked(request, Chat)).messages[-1].content
        answer = f"In short: {' '.join(question.split())[:400]}"
        return self._unless_broken(
            {
                "id": f"chatcmpl-{hashlib.blake2b(question.encode(), digest_size=8).hexdigest()}",
                "object": "chat.completion",
                "model": MODEL,
                "choices": [{"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": len(question.split()), "completion_tokens": len(answer.split())},
            }
        )

    def _unless_broken(self, answer: dict[str, Any]) -> Response:
        if self.mode == "fail":
            return JSONResponse({"error": {"message": "The model has failed.", "type": "server_error"}}, 500)
        if self.mode == "slow":
            headers = {"Retry-After": str(SLOW_RETRY_AFTER_SECONDS)}
            return JSONResponse({"error": {"message": "The model did not answer in time.", "type": "timeout"}}, 504, headers)
        return JSONResponse(answer)
