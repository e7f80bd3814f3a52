"""The simple streaming design: 700 ms of silence, then sentence by sentence; voice interrupts."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterable
from uuid import uuid4

from benchmarks.systems import Providers
from benchmarks.systems.plain import GREETING, RATE, Conversation, PlainSystem, main
from voice.audio import Audio, resample
from voice.engines import Message

_SENTENCE = re.compile(r".*?[.!?…]+[\"')]*(?=\s)", re.DOTALL)


class Simple(PlainSystem):
    def __init__(self, providers: Providers) -> None:
        super().__init__("simple", "benchmarks.systems.simple", providers)


class SimpleConversation(Conversation):
    _audible = ""
    """The utterance of which something has been sent and that may still be heard."""

    async def greet(self) -> None:
        self.busy = asyncio.create_task(self._say(_whole(GREETING[self.language])))

    async def hear(self, pcm: bytes) -> None:
        for found in self.segmenter.feed(pcm):
            if isinstance(found, Audio):
                self.busy = asyncio.create_task(self._answer(found))
                continue
            if self.busy:
                self.busy.cancel()
            if self._audible and not self.heard_to_the_end.is_set():
                await self.tell("audio_clear", self._audible)
            self._audible = ""

    async def _answer(self, answer: Audio) -> None:
        if await self.understand(answer):
            await self._say(sentences(self.reply()))

    async def _say(self, texts: AsyncIterable[str]) -> None:
        utterance, said = str(uuid4()), []
        self.heard_to_the_end.clear()
        async for text in texts:
            speech = self.engines.speech.speak(text, language=self.language, voice="")
            # The whole sentence before any of it is sent.
            pcm = b"".join([resample(clip.audio, RATE).pcm async for clip in speech])
            self._audible = utterance
            await self.tell("words", utterance, text)
            await self.link.send(pcm)
            said.append(text)
        await self.tell("audio_end", utterance)
        self.history.append(Message("interviewer", " ".join(said)))


async def sentences(deltas: AsyncIterable[str]) -> AsyncGenerator[str]:
    """Whole sentences, each as soon as the next one begins."""
    text = ""
    async for delta in deltas:
        text += delta
        while found := _SENTENCE.match(text):
            yield found[0].strip()
            text = text[found.end() :]
    if text.strip():
        yield text.strip()


async def _whole(text: str) -> AsyncGenerator[str]:
    yield text


if __name__ == "__main__":
    main(SimpleConversation)
