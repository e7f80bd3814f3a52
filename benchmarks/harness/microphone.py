"""A microphone that is always open, in a room: the candidate, the noise, and our own echo."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np

from benchmarks.conversations.rooms import echo_path
from benchmarks.conversations.speech import Samples
from voice.audio import RATE

FRAME = RATE // 50
SECONDS = FRAME / RATE


class Microphone:
    """Sends 20 ms frames in real time. What the loudspeaker plays in a frame is heard in the
    same frame, as late as the room's way is long.

    ``echo``: dB by which the loudspeaker comes back weaker; None: not at all.
    """

    def __init__(
        self,
        send: Callable[[bytes], Awaitable[None]],
        loudspeaker: Callable[[int], Samples],
        bed: Samples,
        echo: float | None,
    ) -> None:
        self._send = send
        self._loudspeaker = loudspeaker
        self._bed = bed
        self._path = None if echo is None else echo_path() * np.float32(10 ** (-echo / 20))
        self._played = np.zeros(len(echo_path()) - 1, np.float32)
        self._voice = np.zeros(0, np.float32)
        self._count = 0
        self._began = 0.0
        self._done = asyncio.Event()
        self.lateness: list[float] = []

    def say(self, samples: Samples) -> float:
        """Begin to say ``samples``; gives the moment of their first one."""
        if self._voice.size:
            raise RuntimeError("the candidate has one mouth")
        self._voice = samples
        self._done = asyncio.Event()
        # The next frame is sent one step later, and holds what was captured until then.
        return self._began + self._count * SECONDS

    async def said(self) -> None:
        """What was begun has been said."""
        await self._done.wait()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        while True:
            self._count += 1
            due = self._began + self._count * SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))
            self.lateness.append(loop.time() - due)
            await self._send(self.frame())

    def frame(self) -> bytes:
        """The next 20 ms as PCM s16le."""
        at = self._count * FRAME % (len(self._bed) - FRAME)
        mixed = self._bed[at : at + FRAME].copy()
        played = self._loudspeaker(FRAME)
        if self._path is not None:
            around = np.concatenate([self._played, played])
            mixed += np.convolve(around, self._path, "valid")
            self._played = around[FRAME:]
        if self._voice.size:
            part, self._voice = self._voice[:FRAME], self._voice[FRAME:]
            mixed[: len(part)] += part
            if not self._voice.size:
                self._done.set()
        return (np.clip(mixed, -1, 1) * 32_767).astype("<i2").tobytes()
