"""The engines of this process: one bundle a profile, shared by all its calls."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from voice import sessions
from voice.clips import PreparedSynthesizer
from voice.engines import Engine, Engines
from voice.errors import EngineError
from voice.failover import Failover, Switch
from voice.loading import load

log = logging.getLogger(__name__)

BOTH = frozenset(("en", "ko"))
"""The languages that an interpreter speaks."""

_warm: set[str] = set()
_made: dict[str, Any] = {}
"""Every engine of this process, so that profiles share those that they configure alike."""


@cache
def engines(profile: str) -> Engines:
    """The bundle of a profile of VOICE_ENGINES; made once, its models loaded when first used."""
    if profile not in settings.VOICE_ENGINES:
        raise ImproperlyConfigured(f"VOICE_ENGINES has no profile {profile!r}.")
    return load(settings.VOICE_ENGINES[profile], _made)


def roles(profile: str) -> dict[str, Engine]:
    bundle = engines(profile)
    return {
        "detector": bundle.detector,
        "turn_model": bundle.turn_model,
        "recognizer": bundle.recognizer,
        "model": bundle.model,
        **({"speech": bundle.speech} if bundle.speech else {}),
        **({"live_recognizer": bundle.live_recognizer} if bundle.live_recognizer else {}),
        **{f"synthesizer.{name}": engine for name, engine in bundle.synthesizers.items()},
    }


def interprets(profile: str) -> bool:
    """Whether a profile can say in Korean what it hears in English, and the other way."""
    if profile not in settings.VOICE_ENGINES:
        return False
    bundle = engines(profile)
    return bundle.speech is not None or bundle.model.languages >= BOTH


def interpreting_profiles() -> list[str]:
    return [profile for profile in settings.VOICE_ENGINES if interprets(profile)]


async def warm(profile: str) -> AsyncIterator[tuple[str, float]]:
    """Load every model of a profile; yields each role and the seconds that it took.

    One after the other: side by side they fight for the same cores until one times out.
    """
    clock = asyncio.get_running_loop().time
    for role, engine in roles(profile).items():
        began = clock()
        try:
            await engine.warm()
        except EngineError as error:
            speech = engines(profile).speech
            if role != "speech" or speech is None:
                raise
            log.warning("The cascade stands in for %s: %s", role, error)
            sessions.note(speech, error)
        yield role, clock() - began
    _warm.add(profile)


def state() -> dict[str, str]:
    """``{profile: "warm" | "cold"}`` of every configured profile."""
    return {name: "warm" if name in _warm else "cold" for name in settings.VOICE_ENGINES}


def circuits() -> dict[str, dict[str, dict[str, str]]]:
    """``{profile: {role: {engine: "ok" | why it is left alone}}}``, of roles with more than one.
    For one that speaks by itself the cascade is another."""
    return {
        profile: found
        for profile in _warm & settings.VOICE_ENGINES.keys()
        if (found := _circuits(profile))
    }


def _circuits(profile: str) -> dict[str, dict[str, str]]:
    found = {role: engine.state() for role, engine in _several(profile).items()}
    if speech := engines(profile).speech:
        found["speech"] = {type(speech).__name__: sessions.state(speech)}
    return found


def _several(profile: str) -> dict[str, Failover]:
    engines = {
        role: engine.synthesizer if isinstance(engine, PreparedSynthesizer) else engine
        for role, engine in roles(profile).items()
    }
    return {role: engine for role, engine in engines.items() if isinstance(engine, Failover)}


def watch_voices(bundle: Engines, tell: Callable[[Switch], None]) -> Callable[[], None]:
    """Call ``tell`` whenever another engine begins to speak, until what is returned is called."""
    voices = [
        voice.synthesizer if isinstance(voice, PreparedSynthesizer) else voice
        for voice in bundle.synthesizers.values()
    ]
    stops = [voice.watch(tell) for voice in voices if isinstance(voice, Failover)]

    def stop() -> None:
        for each in stops:
            each()

    return stop
