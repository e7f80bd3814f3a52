"""OpenAI's file transcription, by a given ear."""

import asyncio
import json
import re
import wave
from io import BytesIO

from benchmarks.providers.latencies import Latencies
from benchmarks.providers.wire import event, form
from benchmarks.systems import Ear
from voice.audio import WIDTH
from voice.tests.wire.server import Exchange, Request


class Uploads:
    """``POST /v1/audio/transcriptions`` of a WAV file, answered whole or as a stream of deltas."""

    def __init__(self, ear: Ear, latencies: Latencies) -> None:
        self._ear = ear
        self._latencies = latencies

    async def answer(self, request: Request, exchange: Exchange) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self._latencies.upload
        fields = form(request)
        with wave.open(BytesIO(fields["file"])) as file:
            pcm, rate = file.readframes(file.getnframes()), file.getframerate()
        text = self._ear.words(pcm, rate)
        await asyncio.sleep(due - loop.time())
        if fields.get("stream", b"").lower() != b"true":
            usage = {"type": "duration", "seconds": round(len(pcm) / WIDTH / rate)}
            body = json.dumps({"text": text, "usage": usage}).encode()
            await exchange.send(200, "application/json", body)
            return
        deltas = [
            {"type": "transcript.text.delta", "delta": delta}
            for delta in re.findall(r"\s*\S+", text)
        ]
        events = [*map(event, deltas), event({"type": "transcript.text.done", "text": text})]
        await exchange.open_stream("text/event-stream")
        await exchange.chunk(b"".join(events) + b"data: [DONE]\n\n")
        await exchange.end_stream()
