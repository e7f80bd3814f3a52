"""A candidate's client of the live protocol that notes when everything arrives."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.embedded.microphone import Microphone
from voice.audio import RATE, WIDTH

PLAYBACK_RATE = 24_000
REPORT_EVERY = 0.25


class Client:
    """One connection. ``messages`` and ``sounds`` hold (arrival on the loop's clock, content)."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.microphone = Microphone(socket.send)
        self.messages: list[tuple[float, dict[str, Any]]] = []
        self.sounds: list[tuple[float, int]] = []
        self._arrived = asyncio.Event()
        self._utterance = ""
        self._playhead = 0.0
        self._received = 0.0
        self._complete = True

    @property
    def over(self) -> bool:
        """The interview has said its last word."""
        return any(message["type"] == "interview_ended" for _, message in self.messages)

    @property
    def playing(self) -> bool:
        return not self._complete or asyncio.get_running_loop().time() < self._playhead

    async def first(self, type_: str, *, after: float, seconds: float, **fields: Any) -> float:
        """When the first such message arrived later than ``after``. Raises ``TimeoutError``."""
        async with asyncio.timeout(seconds):
            while True:
                for at, message in self.messages:
                    if (
                        at > after
                        and message["type"] == type_
                        and fields.items() <= message.items()
                    ):
                        return at
                self._arrived.clear()
                await self._arrived.wait()

    async def first_sound(self, after: float) -> float:
        """When the first sound of the first reply that began later than ``after`` arrived."""
        begun = await self.first("ai_audio_start", after=after, seconds=30)
        async with asyncio.timeout(10):
            while not (sounds := [at for at, _ in self.sounds if at >= begun]):
                self._arrived.clear()
                await self._arrived.wait()
        return sounds[0]

    async def quiet(self) -> None:
        """The interviewer has been heard to the end, or the interview is over."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(60):
            while self.playing and not self.over:
                left = self._playhead - loop.time()
                await asyncio.sleep(max(0.05, left))

    async def send(self, type_: str, **fields: Any) -> None:
        await self._socket.send(json.dumps({"type": type_, **fields}))

    async def read(self) -> None:
        try:
            async for frame in self._socket:
                at = asyncio.get_running_loop().time()
                if isinstance(frame, bytes):
                    self.sounds.append((at, len(frame)))
                    seconds = len(frame) / WIDTH / PLAYBACK_RATE
                    self._playhead = max(self._playhead, at) + seconds
                    self._received += seconds
                else:
                    self._take(at, json.loads(frame))
                self._arrived.set()
        except ConnectionClosed:
            pass

    def _take(self, at: float, message: dict[str, Any]) -> None:
        self.messages.append((at, message))
        match message["type"]:
            case "ai_audio_start":
                self._utterance, self._received = message["utterance"], 0.0
                self._playhead, self._complete = at, False
            case "ai_audio_end":
                self._complete = True
            case "ai_audio_clear":
                self._playhead, self._complete = at, True

    async def report_playback(self) -> None:
        """As the page does: every 250 ms while playing, and at the end."""
        reported = ""
        while not self.over:
            await asyncio.sleep(REPORT_EVERY)
            utterance, done = self._utterance, not self.playing
            if not utterance or utterance == reported:
                continue
            left = max(0.0, self._playhead - asyncio.get_running_loop().time())
            played = round(max(0.0, self._received - left) * 1000)
            await self.send("playback", utterance=utterance, played_ms=played, done=done)
            reported = utterance if done else reported


@asynccontextmanager
async def connected(url: str, token: str) -> AsyncIterator[Client]:
    """A client with an open microphone that has said ``init``; its interview ends with it."""
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers, compression=None) as socket:
        client = Client(socket)
        tasks = [asyncio.create_task(client.read())]
        try:
            await client.send(
                "init",
                audio={"encoding": "pcm_s16le", "sample_rate": RATE},
                playback={"transport": "binary", "sample_rate": PLAYBACK_RATE},
            )
            await client.first("connected", after=0, seconds=30)
            tasks.append(asyncio.create_task(client.report_playback()))
            tasks.append(asyncio.create_task(client.microphone.run()))
            yield client
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
