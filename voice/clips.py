"""Speech that is made before it is needed, and kept for the next time.

An interview's own wording is known in advance, and the machine is idle while a question is being
heard: what is likely to come next is synthesised then, and costs no time when it is wanted.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing

from voice.engines import Clip, Synthesizer

CAPACITY = 96 * 1024 * 1024
"""Bytes of PCM that are kept of one synthesizer; half an hour of speech at 24 kHz."""

_Key = tuple[str, str, str]


class PreparedSynthesizer:
    """A synthesizer that remembers whole clauses. Shared by all calls of a process.

    ``capacity`` is in bytes of PCM; the clauses that were not used for longest go first.
    ``several`` says whether it takes a voice's name for each of its engines; one that is alone
    takes the first of ``name|name of who stands by``.
    """

    def __init__(
        self, synthesizer: Synthesizer, capacity: int = CAPACITY, *, several: bool = True
    ) -> None:
        self.synthesizer = synthesizer
        self._several = several
        self._capacity = capacity
        self._size = 0
        self._clips: OrderedDict[_Key, tuple[Clip, ...]] = OrderedDict()
        self._making: dict[_Key, asyncio.Task[None]] = {}

    async def warm(self) -> None:
        await self.synthesizer.warm()

    async def close(self) -> None:
        for task in self._making.values():
            task.cancel()
        await self.synthesizer.close()

    async def prepare(self, text: str, *, language: str, voice: str) -> None:
        """Have ``text`` ready; errors are left to whoever will speak it."""
        key = (text, language, self._named(voice))
        if key in self._clips:
            return
        if key not in self._making:
            self._making[key] = task = asyncio.create_task(self._make(key))
            task.add_done_callback(lambda done: self._made(key, done))
        await asyncio.wait([self._making[key]])

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        voice = self._named(voice)
        key = (text, language, voice)
        if key in self._making:
            await asyncio.wait([self._making[key]])
        if key in self._clips:
            self._clips.move_to_end(key)
            for clip in self._clips[key]:
                yield clip
            return
        made: list[Clip] = []
        async with aclosing(self.synthesizer.speak(text, language=language, voice=voice)) as clips:
            async for clip in clips:
                made.append(clip)
                yield clip
        self._keep(key, tuple(made))

    def _named(self, voice: str) -> str:
        return voice if self._several else voice.partition("|")[0]

    async def _make(self, key: _Key) -> None:
        text, language, voice = key
        async with aclosing(self.synthesizer.speak(text, language=language, voice=voice)) as clips:
            self._keep(key, tuple([clip async for clip in clips]))

    def _made(self, key: _Key, task: "asyncio.Task[None]") -> None:
        del self._making[key]
        if not task.cancelled():
            task.exception()

    def _keep(self, key: _Key, clips: tuple[Clip, ...]) -> None:
        if key in self._clips:
            return
        self._clips[key] = clips
        self._size += _size(clips)
        while self._size > self._capacity and len(self._clips) > 1:
            _, oldest = self._clips.popitem(last=False)
            self._size -= _size(oldest)


def _size(clips: tuple[Clip, ...]) -> int:
    return sum(len(clip.audio.pcm) for clip in clips)
