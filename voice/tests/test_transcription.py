import asyncio

import pytest

from voice.audio import Audio
from voice.endpointing import WINDOW_BYTES
from voice.engines import Transcript
from voice.transcription import LONGEST_TAIL, Transcription


class Seconds:
    """Understands how many windows it was given, when it is told to."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.given_up = 0

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        try:
            await self.told.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return Transcript(str(len(audio.pcm) // WINDOW_BYTES), "en", 1.0)

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


def hear(transcription: Transcription, windows: int) -> None:
    for _ in range(windows):
        transcription.add(bytes(WINDOW_BYTES), 0.9, voiced=True)


async def test_the_last_reading_does_not_wait_for_a_subtitle() -> None:
    recognizer = Seconds()
    transcription = Transcription(recognizer)
    hear(transcription, 10)
    partial = asyncio.create_task(transcription.partial())
    await asyncio.sleep(0)
    hear(transcription, 5)
    settled = asyncio.create_task(transcription.settled())
    with pytest.raises(asyncio.CancelledError):
        await partial
    assert recognizer.given_up == 1
    recognizer.told.set()
    assert (await settled).text == "15"


async def test_a_subtitle_that_covers_the_last_word_is_the_last_reading() -> None:
    recognizer = Seconds()
    transcription = Transcription(recognizer)
    hear(transcription, 10)
    partial = asyncio.create_task(transcription.partial())
    await asyncio.sleep(0)
    transcription.add(bytes(WINDOW_BYTES), 0.0, voiced=False)
    settled = asyncio.create_task(transcription.settled())
    await asyncio.sleep(0)
    recognizer.told.set()
    assert (await partial).text == (await settled).text == "10"
    assert recognizer.given_up == 0


async def test_a_reading_that_is_kept_is_never_given_up() -> None:
    recognizer = Seconds()
    transcription = Transcription(recognizer)
    tail = round(LONGEST_TAIL / 0.032) + 1
    hear(transcription, tail)
    partial = asyncio.create_task(transcription.partial())
    await asyncio.sleep(0)
    hear(transcription, 5)
    settled = asyncio.create_task(transcription.settled())
    await asyncio.sleep(0)
    recognizer.told.set()
    await partial
    assert sum(map(int, (await settled).text.split())) == tail + 5
    assert recognizer.given_up == 0
