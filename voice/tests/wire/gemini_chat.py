"""Gemini's ``generateContent`` and ``streamGenerateContent``."""

import json
from typing import Any

from voice.tests.wire.fault import SECRET, STATUS, Fault
from voice.tests.wire.openai import Chat
from voice.tests.wire.server import Exchange, Request

_DETAILS: dict[Fault, list[dict[str, Any]]] = {
    Fault.UNAUTHORISED: [{"@type": "type/ErrorInfo", "reason": "API_KEY_INVALID"}],
    Fault.RATE_LIMITED_FOR_A_MINUTE: [{"@type": "type/RetryInfo", "retryDelay": "60s"}],
    Fault.OUT_OF_CREDIT: [
        {"@type": "type/QuotaFailure", "violations": [{"quotaId": "GenerateRequestsPerDay"}]}
    ],
}


class GeminiChatWire(Chat):
    """Writes ``text`` word by word, or the next of ``objects``."""

    async def answer(self, request: Request, exchange: Exchange) -> None:
        if self.fault in STATUS:
            # As Google has it, a bad key is a bad request.
            status = 400 if self.fault is Fault.UNAUTHORISED else STATUS[self.fault]
            error = {"code": status, "message": SECRET, "details": _DETAILS.get(self.fault, [])}
            body = json.dumps({"error": error}).encode()
            await exchange.send(status, "application/json", body)
        elif request.method == "GET":
            await exchange.send(200, "application/json", b'{"name": "models/m"}')
        elif self.fault is Fault.SLOW_TO_START:
            await exchange.hang()
        elif "streamGenerateContent" in request.target:
            await self.deltas(exchange)
        else:
            await self.whole(exchange)

    async def deltas(self, exchange: Exchange) -> None:
        await exchange.open_stream("text/event-stream")
        if self.fault is Fault.MALFORMED:
            await exchange.chunk(b'data: {"' + SECRET.encode() + b"\r\n\r\n")
            await exchange.end_stream()
            return
        words = self.text.split(" ")
        deltas = [*(f"{word} " for word in words[:-1]), words[-1]]
        for delta in [] if self.fault is Fault.EMPTY else deltas:
            await exchange.chunk(f"data: {json.dumps(_answer(delta))}\r\n\r\n".encode())
            await self.after_first(exchange, self.fault)
        await exchange.chunk(b'data: {"usageMetadata": {"promptTokenCount": 1}}\r\n\r\n')
        await exchange.end_stream()

    async def whole(self, exchange: Exchange) -> None:
        self.began.set()
        if self.fault is Fault.STALLED:
            await exchange.hang()
        if self.fault is Fault.DROPPED:
            exchange.drop()
        await self.go_on.wait()
        answer = "" if self.fault is Fault.EMPTY else self.objects[0]
        self.objects = self.objects[1:] or self.objects
        body = json.dumps(_answer(answer)).encode()
        body = body[:-9] if self.fault is Fault.MALFORMED else body
        await exchange.send(200, "application/json", body)


def _answer(text: str) -> dict[str, Any]:
    thought = {"text": "What only I think.", "thought": True}
    content = {"role": "model", "parts": [thought, {"text": text}]}
    return {"candidates": [{"index": 0, "content": content}]}
