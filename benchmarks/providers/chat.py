"""OpenAI's chat completions: an interviewer's follow-ups, token by token."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from benchmarks.conversations.replies import tokens
from benchmarks.providers.latencies import Latencies
from benchmarks.providers.reply import fitting, reply
from benchmarks.providers.wire import event
from voice.tests.wire.server import Exchange, Request


class Chat:
    """``POST /v1/chat/completions``, as a stream or whole; an object where a schema asks for one.

    Tokens are sent when they are due by the clock, so that a busy machine delays none for good.
    """

    def __init__(self, latencies: Latencies) -> None:
        self._latencies = latencies

    async def answer(self, request: Request, exchange: Exchange) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._latencies.first_token
        asked = request.json
        pieces = tokens(_written(asked))
        if not asked.get("stream"):
            await asyncio.sleep(due + len(pieces) / self._latencies.tokens_per_second - loop.time())
            message = {"role": "assistant", "content": "".join(pieces)}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            body = {**_head("chat.completion", asked), "choices": [choice]}
            await exchange.send(200, "application/json", json.dumps(body).encode())
            return
        head = _head("chat.completion.chunk", asked)
        await exchange.open_stream("text/event-stream")
        for number, piece in enumerate(pieces):
            await asyncio.sleep(due + number / self._latencies.tokens_per_second - loop.time())
            await exchange.chunk(event(head | _choice({"content": piece}, None)))
        usage = {"prompt_tokens": 0, "completion_tokens": len(pieces), "total_tokens": len(pieces)}
        last = event(head | _choice({}, "stop")) + event({**head, "choices": [], "usage": usage})
        await exchange.chunk(last + b"data: [DONE]\n\n")
        await exchange.end_stream()


def _written(asked: Mapping[str, Any]) -> str:
    match asked.get("response_format") or {}:
        case {"type": "json_schema", "json_schema": {"schema": schema}}:
            return json.dumps(fitting(schema), ensure_ascii=False)
        case {"type": "json_object"}:
            return "{}"
        case _:
            return reply(asked["messages"])


def _head(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": kind,
        "created": 0,
        "model": asked.get("model", ""),
    }


def _choice(delta: Mapping[str, Any], finish: str | None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}
