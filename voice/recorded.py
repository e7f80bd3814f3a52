"""Sentences that are kept as sound, for the day on which nothing can be spoken or understood.

The files are made by ``python -m voice.adapters.recording`` with the embedded voices.
"""

import wave
from collections.abc import AsyncGenerator
from functools import cache
from pathlib import Path

from voice.audio import Audio
from voice.engines import Clip
from voice.visemes import from_text

FOLDER = Path(__file__).with_name("recordings")

SENTENCES = {
    "unheard": {
        "en": "I'm sorry, I could not take in what you just said. Your answers so far are saved. "
        "Please say it once more, or type your answer.",
        "ko": "죄송합니다. 방금 하신 말씀을 알아듣지 못했습니다. "
        "지금까지의 답변은 저장되어 있습니다. "
        "다시 한번 말씀해 주시거나, 글로 입력해 주세요.",
    },
    "voiceless": {
        "en": "My voice is not available at the moment. Please read what I write. "
        "What you say is still heard and saved.",
        "ko": "지금은 제 목소리가 나오지 않습니다. 화면의 글을 읽어 주세요. "
        "하시는 말씀은 계속 듣고 저장하고 있습니다.",
    },
}  # fmt: skip
"""Nobody can hear the candidate; nobody can speak for the interviewer."""


@cache
def recorded(name: str, language: str) -> Clip:
    """A sentence of ``SENTENCES`` as it was spoken once; English where there is no other."""
    spoken = SENTENCES[name]
    language = language if language in spoken else "en"
    with wave.open(str(FOLDER / f"{name}_{language}.wav")) as file:
        audio = Audio(file.readframes(file.getnframes()), file.getframerate())
    text = spoken[language]
    return Clip(text, audio, from_text(text, audio.seconds))


async def said(name: str, language: str) -> AsyncGenerator[Clip]:
    """For ``Reply.speech``."""
    yield recorded(name, language)
