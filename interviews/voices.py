"""The voices of a persona: which engines speak in a profile, what they know, and a sample."""

import asyncio
import io
import wave
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from interview_site.env import HOSTED_PROFILES, missing_keys, ready_profiles
from interviews.engines import engines
from voice.adapters.take import VARIANTS
from voice.audio import WIDTH
from voice.clips import PreparedSynthesizer
from voice.directed import exactly
from voice.engines import Brief, Engines, SpeechToSpeech, Synthesizer
from voice.errors import EngineError
from voice.failover import Failover
from voice.loading import load

LANGUAGES = ("en", "ko")
SAMPLES = {
    "en": "Hello, I am your interviewer today. Which part of your work do you enjoy most?",
    "ko": "안녕하세요, 오늘 면접을 맡은 면접관입니다. 어떤 일을 할 때 가장 즐거우신가요?",
}
SAMPLE_SECONDS = 30.0
"""Within which a sample has to be spoken; the first of an embedded engine loads its model."""
LONGEST_SAMPLE = 30.0
"""Seconds of sound that are taken of it."""

# As the providers document them; both take others as well (custom voices, new ones).
SUGGESTIONS: Mapping[str, tuple[str, ...]] = {
    "OpenAIRealtime": (
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse",
    ),
    "GeminiLive": (
        "Achernar", "Achird", "Algenib", "Algieba", "Alnilam", "Aoede", "Autonoe", "Callirrhoe",
        "Charon", "Despina", "Enceladus", "Erinome", "Fenrir", "Gacrux", "Iapetus", "Kore",
        "Laomedeia", "Leda", "Orus", "Puck", "Pulcherrima", "Rasalgethi", "Sadachbia",
        "Sadaltager", "Schedar", "Sulafat", "Umbriel", "Vindemiatrix", "Zephyr", "Zubenelgenubi",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One of the engines that speak in a profile and language, in the order of their names.

    ``names`` are all that it knows, () where it takes any; ``suggestions`` are offered.
    """

    engine: str
    names: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        voice, _, variant = name.partition(":")
        return not name or not self.names or (voice in self.names and variant in VARIANTS)


def profiles() -> list[str]:
    """Those of this process, and the ready-made ones that still lack a key."""
    return list({**settings.VOICE_ENGINES, **_ready()})


def parts(profile: str, language: str) -> tuple[Part, ...]:
    """Whose names a persona's voice holds, separated by ``|``; () for an unknown profile."""
    bundle = _bundle(profile)
    if bundle is None:
        return ()
    speaking: list[Any] = [bundle.speech] if bundle.speech else []
    if language in bundle.synthesizers:
        speaking += _synthesizers(bundle.synthesizers[language]).values()
    return tuple(map(_part, speaking))


def lacking(profile: str) -> list[str]:
    """The variables without which this process does not have a ready-made profile."""
    if profile in settings.VOICE_ENGINES:
        return []
    if profile in HOSTED_PROFILES:
        return missing_keys(profile)
    return ["REDIS_URL"] if profile == "worker" else []


async def sample(profile: str, language: str, voice: str) -> bytes:
    """A sentence in the voice of that name, as a WAV file; only by the engine that it is a voice
    of, never by one that stands by.

    Raises ``EngineError``, with ``timeout`` if it takes too long.
    """
    bundle = engines(profile)
    name = voice.partition("|")[0]
    try:
        async with asyncio.timeout(SAMPLE_SECONDS):
            if bundle.speech:
                return await _session_sample(bundle.speech, language, name)
            synthesizer = next(iter(_synthesizers(bundle.synthesizers[language]).values()))
            return await _synthesizer_sample(synthesizer, language, name)
    except TimeoutError:
        raise EngineError(profile, "timeout", retryable=True) from None


async def _synthesizer_sample(engine: Synthesizer, language: str, name: str) -> bytes:
    pcm, rate = bytearray(), 0
    speech = engine.speak(SAMPLES[language], language=language, voice=name)
    async with aclosing(speech) as clips:
        async for clip in clips:
            pcm, rate = pcm + clip.audio.pcm, clip.audio.rate
            if len(pcm) > LONGEST_SAMPLE * rate * WIDTH:
                break
    return _wav(bytes(pcm), rate)


async def _session_sample(engine: SpeechToSpeech, language: str, name: str) -> bytes:
    session = await engine.open(Brief("You read out what you are given.", name, language))
    try:
        pcm = bytearray()
        async with aclosing(session.respond(exactly(SAMPLES[language], language))) as pieces:
            async for piece in pieces:
                pcm += piece.pcm
                if len(pcm) > LONGEST_SAMPLE * engine.rate * WIDTH:
                    break
        return _wav(bytes(pcm), engine.rate)
    finally:
        await session.close()


def _wav(pcm: bytes, rate: int) -> bytes:
    if not pcm:
        raise EngineError("sample", "empty", retryable=True)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(WIDTH)
        out.setframerate(rate)
        out.writeframes(pcm)
    return file.getvalue()


def _synthesizers(engine: Any) -> dict[str, Synthesizer]:
    """Behind what keeps clips and what fails over: who speaks, and who stands by."""
    inner = engine.synthesizer if isinstance(engine, PreparedSynthesizer) else engine
    return inner.engines if isinstance(inner, Failover) else {type(inner).__name__: inner}


def _part(engine: Any) -> Part:
    kind = type(engine).__name__
    names = tuple(getattr(engine, "names", ()))
    variants = tuple(
        f"{name}:{variant}".removesuffix(":") for name in names for variant in VARIANTS
    )
    return Part(kind, names, variants or SUGGESTIONS.get(kind, ()))


def _bundle(profile: str) -> Engines | None:
    if profile in settings.VOICE_ENGINES:
        return engines(profile)
    return _unconfigured(profile) if profile in _ready() else None


@cache
def _ready() -> dict[str, Any]:
    return ready_profiles()


@cache
def _unconfigured(profile: str) -> Engines:
    """What a ready-made profile would be; nothing is loaded or connected for it."""
    return load(_ready()[profile])
