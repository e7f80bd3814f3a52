"""The engines of this process: one bundle a profile, shared by all its calls."""

import asyncio
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from voice.clips import PreparedSynthesizer
from voice.engines import Engine, Engines
from voice.failover import Failover
from voice.loading import load

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
        **{f"synthesizer.{name}": engine for name, engine in bundle.synthesizers.items()},
    }


async def warm(profile: str) -> AsyncIterator[tuple[str, float]]:
    """Load every model of a profile; yields each role and the seconds that it took.

    One after the other: side by side they fight for the same cores until one times out.
    """
    clock = asyncio.get_running_loop().time
    for role, engine in roles(profile).items():
        began = clock()
        await engine.warm()
        yield role, clock() - began
    _warm.add(profile)


def state() -> dict[str, str]:
    """``{profile: "warm" | "cold"}`` of every configured profile."""
    return {name: "warm" if name in _warm else "cold" for name in settings.VOICE_ENGINES}


def circuits() -> dict[str, dict[str, dict[str, str]]]:
    """``{profile: {role: {engine: "ok" | why it is left alone}}}``, of roles with more than one."""
    return {
        profile: {role: engine.state() for role, engine in several.items()}
        for profile in _warm & settings.VOICE_ENGINES.keys()
        if (several := _several(profile))
    }


def _several(profile: str) -> dict[str, Failover]:
    engines = {
        role: engine.synthesizer if isinstance(engine, PreparedSynthesizer) else engine
        for role, engine in roles(profile).items()
    }
    return {role: engine for role, engine in engines.items() if isinstance(engine, Failover)}
