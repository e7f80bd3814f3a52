"""What candidates say: people's voices in English; in Korean Kokoro's, another than the
interviewer's, because no package carries Korean recordings of people under a free licence."""

import asyncio
import base64
import io
import wave
from dataclasses import dataclass
from pathlib import Path

from e2e.server import ROOT
from voice.adapters.kokoro import Kokoro

RECORDINGS = ROOT / "voice" / "tests" / "speech"
LEAD_SECONDS = 0.2
KOREAN_VOICE = "jf_nezumi"
"""The Korean interviewers of the short interview speak with ``jf_alpha``."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    wav: bytes

    @property
    def base64(self) -> str:
        return base64.b64encode(self.wav).decode()


def recorded(name: str) -> Sentence:
    """A person's sentence from ``RECORDINGS``."""
    path = RECORDINGS / f"{name}.wav"
    return Sentence(path.with_suffix(".txt").read_text().strip(), Path(path).read_bytes())


def korean(*texts: str) -> list[Sentence]:
    return asyncio.run(_korean(texts))


async def _korean(texts: tuple[str, ...]) -> list[Sentence]:
    kokoro = Kokoro()
    try:
        return [Sentence(text, await _spoken(kokoro, text)) for text in texts]
    finally:
        await kokoro.close()


async def _spoken(kokoro: Kokoro, text: str) -> bytes:
    clips = [clip async for clip in kokoro.speak(text, language="ko", voice=KOREAN_VOICE)]
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clips[0].audio.rate)
        file.writeframes(bytes(2 * int(LEAD_SECONDS * clips[0].audio.rate)))
        for clip in clips:
            file.writeframes(clip.audio.pcm)
    return sound.getvalue()
