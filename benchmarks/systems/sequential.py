"""The sequential design: record until it is silent, then one stage after the other, each whole.

Nobody listens while the interviewer thinks and speaks.
"""

import asyncio
from contextlib import suppress
from uuid import uuid4

from benchmarks.systems import Providers
from benchmarks.systems.plain import GREETING, RATE, Conversation, PlainSystem, main
from voice.audio import Audio, resample
from voice.engines import Message

STRANDED = 30.0
"""Seconds after which it listens again although nobody said that the reply was heard."""


class Sequential(PlainSystem):
    def __init__(self, providers: Providers) -> None:
        super().__init__("sequential", "benchmarks.systems.sequential", providers)


class SequentialConversation(Conversation):
    async def greet(self) -> None:
        self.busy = asyncio.create_task(self._say(GREETING[self.language]))

    async def hear(self, pcm: bytes) -> None:
        if self.busy and not self.busy.done():
            return
        for found in self.segmenter.feed(pcm):
            if isinstance(found, Audio):
                self.busy = asyncio.create_task(self._answer(found))
                break

    async def _answer(self, answer: Audio) -> None:
        if await self.understand(answer):
            await self._say("".join([delta async for delta in self.reply()]))
        self.segmenter.reset()

    async def _say(self, text: str) -> None:
        speech = self.engines.speech.speak(text, language=self.language, voice="")
        pcm = b"".join([resample(clip.audio, RATE).pcm async for clip in speech])
        utterance = str(uuid4())
        self.heard_to_the_end.clear()
        await self.tell("words", utterance, text)
        await self.link.send(pcm)
        await self.tell("audio_end", utterance)
        self.history.append(Message("interviewer", text))
        with suppress(TimeoutError):
            await asyncio.wait_for(self.heard_to_the_end.wait(), STRANDED)
        self.segmenter.reset()


if __name__ == "__main__":
    main(SequentialConversation)
