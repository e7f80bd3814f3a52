"""OpenAI's transcription, speech and chat endpoints, as far as an interview needs them."""

import asyncio
import json
import re
from array import array
from typing import Any

from voice.tests.wire.fault import SECRET, STATUS, Fault
from voice.tests.wire.server import Exchange, Request

_FIELD = re.compile(rb'name="([^"]*)"\r\n\r\n(.*?)\r\n--', re.DOTALL)


def form_fields(request: Request) -> dict[str, list[str]]:
    """The fields of a multipart form besides its file."""
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(request.body):
        fields.setdefault(name.decode(), []).append(value.decode())
    return fields


class _Endpoint:
    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.faults_left = 1_000
        """How many requests fail before the provider has recovered."""
        self.go_on = asyncio.Event()
        """Until it is set, nothing follows the first piece of an answer."""
        self.go_on.set()
        self.began = asyncio.Event()
        """The first piece of an answer is out."""
        self.murmur = b""
        """What comes again and again while an answer has stalled, and says nothing."""

    async def answer(self, request: Request, exchange: Exchange) -> None:
        if request.method == "GET":
            await exchange.send(200, "application/json", b'{"id": "m", "object": "model"}')
            return
        fault, self.faults_left = self.fault if self.faults_left else None, self.faults_left - 1
        if fault in STATUS:
            await exchange.refuse(fault)
        elif fault is Fault.SLOW_TO_START:
            await exchange.hang()
        else:
            await self.stream(request, exchange, fault)

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        raise NotImplementedError

    async def after_first(self, exchange: Exchange, fault: Fault | None) -> None:
        self.began.set()
        if fault is Fault.STALLED:
            await exchange.hang(self.murmur)
        if fault is Fault.DROPPED:
            exchange.drop()
        await self.go_on.wait()


class _Events(_Endpoint):
    """Server-sent events."""

    def events(self, request: Request) -> list[Any]:
        raise NotImplementedError

    def nothing(self) -> list[Any]:
        return []

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        await exchange.open_stream("text/event-stream")
        if fault is Fault.MALFORMED:
            await exchange.chunk(b'data: {"' + SECRET.encode() + b"\n\n")
            await exchange.end_stream()
            return
        events = self.nothing() if fault is Fault.EMPTY else self.events(request)
        for event in events:
            await exchange.chunk(f"data: {json.dumps(event)}\n\n".encode())
            await self.after_first(exchange, fault)
        await exchange.chunk(b"data: [DONE]\n\n")
        await exchange.end_stream()


class Transcriptions(_Events):
    """``POST /audio/transcriptions``; hears ``text`` in every file.

    Keywords are refused unless the model is ``gpt-transcribe``.
    """

    def __init__(self, fault: Fault | None = None, text: str = "I wrote the cache.") -> None:
        super().__init__(fault)
        self.text = text
        self.languages: list[str] = []
        self.logprobs: list[float] = []

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        fields = form_fields(request)
        if "keywords[]" in fields and fields["model"] != ["gpt-transcribe"]:
            body = json.dumps({"error": {"message": SECRET, "code": "unsupported"}}).encode()
            await exchange.send(400, "application/json", body)
            return
        await super().stream(request, exchange, fault)

    def events(self, request: Request) -> list[Any]:
        words = self.text.split(" ")
        deltas = [{"type": "transcript.text.delta", "delta": f"{word} "} for word in words]
        return [*deltas, self._done(self.text)]

    def nothing(self) -> list[Any]:
        return [self._done("")]

    def _done(self, text: str) -> dict[str, Any]:
        return {
            "type": "transcript.text.done",
            "text": text,
            "languages": [{"code": code} for code in self.languages],
            "logprobs": [{"token": "t", "logprob": value} for value in self.logprobs],
        }


class Chat(_Events):
    """``POST /chat/completions``; writes ``text`` word by word, or the next of ``objects`` at once.

    ``knows_schemas`` False refuses a ``json_schema``, as older servers do.
    """

    def __init__(self, fault: Fault | None = None, text: str = "What did you learn?") -> None:
        super().__init__(fault)
        self.text = text
        self.objects = ["{}"]
        self.knows_schemas = True

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        if request.json.get("stream"):
            await super().stream(request, exchange, fault)
            return
        if request.json["response_format"]["type"] == "json_schema" and not self.knows_schemas:
            body = json.dumps({"error": {"message": SECRET, "code": "unsupported"}}).encode()
            await exchange.send(400, "application/json", body)
            return
        self.began.set()
        if fault is Fault.STALLED:
            await exchange.hang()
        if fault is Fault.DROPPED:
            exchange.drop()
        await self.go_on.wait()
        answer = "" if fault is Fault.EMPTY else self.objects[0]
        self.objects = self.objects[1:] or self.objects
        message = {"role": "assistant", "content": answer}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode()
        await exchange.send(
            200, "application/json", body[:-9] if fault is Fault.MALFORMED else body
        )

    def events(self, request: Request) -> list[Any]:
        words = self.text.split(" ")
        deltas = [*(f"{word} " for word in words[:-1]), words[-1]]
        return [{"id": "1", "choices": [{"index": 0, "delta": {"content": d}}]} for d in deltas]


class Speech(_Endpoint):
    """``POST /audio/speech``; hums every letter of the input for ``letter`` seconds."""

    letter = 0.05

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        if fault is Fault.MALFORMED:
            await exchange.send(200, "application/json", json.dumps({"error": SECRET}).encode())
            return
        await exchange.open_stream("application/octet-stream")
        samples = 0 if fault is Fault.EMPTY else self._samples(request)
        pcm = array("h", [600] * samples).tobytes()
        # An odd size, as networks cut.
        for start in range(0, len(pcm), 32_001):
            await exchange.chunk(pcm[start : start + 32_001])
            if start:
                await self.after_first(exchange, fault)
        await exchange.end_stream()

    def _samples(self, request: Request) -> int:
        return round(len(request.json["input"]) * self.letter * 24_000)


class Moderations(_Endpoint):
    """``POST /moderations``; gives ``scores`` to every input, and 0 for what they do not name."""

    categories = (
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit",
        "illicit/violent", "self-harm", "self-harm/instructions", "self-harm/intent", "sexual",
        "sexual/minors", "violence", "violence/graphic",
    )  # fmt: skip

    def __init__(self, fault: Fault | None = None) -> None:
        super().__init__(fault)
        self.scores: dict[str, float] = {}

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        if fault is Fault.DROPPED:
            exchange.drop()
        if fault is Fault.STALLED:
            await exchange.hang()
        if fault is Fault.MALFORMED:
            await exchange.send(200, "application/json", json.dumps({"error": SECRET}).encode())
            return
        scores = dict.fromkeys(self.categories, 0.0001) | self.scores
        result = {
            "flagged": any(score > 0.5 for score in scores.values()),
            "categories": {name: score > 0.5 for name, score in scores.items()},
            "category_applied_input_types": {name: ["text"] for name in scores},
            "category_scores": scores,
        }
        results = [] if fault is Fault.EMPTY else [result]
        answer = {"id": "modr-1", "model": request.json["model"], "results": results}
        await exchange.send(200, "application/json", json.dumps(answer).encode())
