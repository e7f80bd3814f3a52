"""A client of the live protocol, as a phone app or a script would be one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from channels.testing import WebsocketCommunicator

from interview_site.asgi import application

SOON = 60.0
"""Seconds for which something is waited for that comes at once, but on a busy machine."""
LOUD = b"\x00\x10" * 16_000
QUIET = bytes(32_000)
"""One second of microphone each."""


class LiveClient:
    """Keeps every message and the interviewer's sound; reads in the background."""

    def __init__(self, interview_id: Any, token: str = "", **scope: Any) -> None:
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        headers += scope.get("headers", [])
        query = scope.get("query", "")
        self.socket = WebsocketCommunicator(
            application, f"/ws/interviews/{interview_id}/{query}", headers=headers
        )
        self.messages: list[dict[str, Any]] = []
        self.sound = bytearray()
        self.close_code: int | None = None
        self._arrived = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> Self:
        accepted, _ = await self.socket.connect(timeout=SOON)
        assert accepted
        self._reader = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        while self.close_code is None:
            frame = await self.socket.output_queue.get()
            if frame["type"] == "websocket.close":
                self.close_code = frame.get("code", 1000)
            elif frame.get("bytes") is not None:
                self.sound += frame["bytes"]
            else:
                self.messages.append(json.loads(frame["text"]))
            self._arrived.set()

    async def close(self) -> None:
        if self._reader:
            self._reader.cancel()
        await self.socket.disconnect(timeout=SOON)

    async def send(self, type_: str, **fields: Any) -> None:
        await self.socket.send_to(text_data=json.dumps({"type": type_, **fields}))

    async def init(self, **fields: Any) -> dict[str, Any]:
        """PCM in, binary out, unless told otherwise; gives ``connected``."""
        pcm = {"encoding": "pcm_s16le", "sample_rate": 16_000}
        binary = {"transport": "binary", "sample_rate": 24_000}
        await self.send("init", **{"audio": pcm, "playback": binary, **fields})
        return await self.expect("connected")

    async def speak(self, seconds: int = 1, silence: int = 2) -> None:
        """Microphone audio at once; endpointing counts audio, not time."""
        for _ in range(seconds):
            await self.socket.send_to(bytes_data=LOUD)
        for _ in range(silence):
            await self.socket.send_to(bytes_data=QUIET)

    async def expect(self, type_: str, seconds: float = SOON, **fields: Any) -> dict[str, Any]:
        """The first message of this type with these fields, now or soon."""
        async with asyncio.timeout(seconds):
            while True:
                for message in self.messages:
                    if message["type"] == type_ and fields.items() <= message.items():
                        return message
                self._arrived.clear()
                await self._arrived.wait()

    async def expect_count(self, type_: str, count: int, seconds: float = SOON) -> None:
        async with asyncio.timeout(seconds):
            while len(self.of(type_)) < count:
                self._arrived.clear()
                await self._arrived.wait()

    async def expect_text(self, text: str, seconds: float = SOON, *, since: int = 1) -> str:
        """The interviewer's utterance, from the ``since``-th on, that holds ``text``."""
        async with asyncio.timeout(seconds):
            while True:
                said: dict[str, str] = {}
                for chunk in self.of("ai_transcript_chunk"):
                    utterance = chunk["utterance"]
                    said[utterance] = said.get(utterance, "") + chunk["text"]
                for utterance, words in list(said.items())[since - 1 :]:
                    if text in words:
                        return utterance
                self._arrived.clear()
                await self._arrived.wait()

    async def expect_close(self, seconds: float = SOON) -> int:
        async with asyncio.timeout(seconds):
            while self.close_code is None:
                self._arrived.clear()
                await self._arrived.wait()
        return self.close_code

    def of(self, type_: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == type_]


@asynccontextmanager
async def connected(interview_id: Any, token: str, **init: Any) -> AsyncIterator[LiveClient]:
    """A client that has said ``init`` and got ``connected``."""
    client = await LiveClient(interview_id, token).open()
    try:
        await client.init(**init)
        yield client
    finally:
        await client.close()
