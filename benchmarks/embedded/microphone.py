"""A microphone that is always open: room noise, and what it is given to say, in real time."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np

from benchmarks.answers import FRAME
from voice.audio import RATE, WIDTH, Audio

SECONDS = FRAME / RATE
NOISE = 10 ** (-62 / 20) * 32_768
"""Level of the room's noise."""


class Microphone:
    """Sends a frame of PCM every 20 ms, as it would have been captured just before."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        self._send = send
        noise = np.random.default_rng(1).normal(0, NOISE, RATE)
        self._room = noise.astype(np.int16)
        self._speech = np.zeros(0, np.int16)
        self._spoken: asyncio.Future[float] | None = None

    async def say(self, audio: Audio) -> float:
        """Say ``audio`` (16 kHz, whole frames); gives the loop's time when its last sample left."""
        self._speech = np.frombuffer(audio.pcm, np.int16)
        self._spoken = asyncio.get_running_loop().create_future()
        return await self._spoken

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        while True:
            sent += 1
            await asyncio.sleep(max(0.0, began + sent * SECONDS - loop.time()))
            start = sent * FRAME % (RATE - FRAME)
            frame = self._room[start : start + FRAME]
            if self._speech.size:
                frame = np.clip(frame + self._speech[:FRAME].astype(np.int32), -32_768, 32_767)
                self._speech = self._speech[FRAME:]
            await self._send(frame.astype("<i2").tobytes()[: FRAME * WIDTH])
            if not self._speech.size and self._spoken and not self._spoken.done():
                self._spoken.set_result(loop.time())
