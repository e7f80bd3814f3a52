"""Every adapter of a role is in the role's suite: a new one is one file and one line there."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from typing import Any

import pytest

import voice.adapters
from voice.tests.conformance import (
    test_embedded,
    test_language_model,
    test_live_recognizer,
    test_recognizer,
    test_speech_to_speech,
    test_synthesizer,
)
from voice.tests.conformance.stands import HANG_UP, frees

pytestmark = pytest.mark.virtual_time

WORK = {
    "recognizer": ("transcribe",),
    "live recognizer": ("dictate",),
    "language model": ("reply", "structured"),
    "synthesizer": ("speak",),
    "speech to speech": ("open", "rate"),
}
"""By what an adapter of each role is known."""


def _of(stands: Iterable[Any]) -> set[type]:
    return {param.values[0].adapter for param in stands}


SUITES = {
    "recognizer": _of(test_recognizer.STANDS),
    "live recognizer": _of(test_live_recognizer.STANDS),
    "language model": _of(test_language_model.STANDS),
    "synthesizer": _of(test_synthesizer.STANDS),
    "speech to speech": set(test_speech_to_speech.ENGINES.values()),
}
EMBEDDED = _of(test_embedded.STANDS)


async def test_a_provider_that_is_told_late_is_noticed() -> None:
    freed = asyncio.Event()

    async def hang_up(after: float) -> None:
        await asyncio.sleep(after)
        freed.set()

    await frees(hang_up(HANG_UP / 10), freed)
    freed.clear()
    with pytest.raises(AssertionError, match="not told in time"):
        await frees(hang_up(HANG_UP * 20), freed)


def adapters() -> list[type]:
    found = []
    for module in pkgutil.iter_modules(voice.adapters.__path__):
        # What tests are scripted with is no provider.
        if module.name.startswith("scripted"):
            continue
        loaded = importlib.import_module(f"voice.adapters.{module.name}")
        for name, each in inspect.getmembers(loaded, inspect.isclass):
            own = each.__module__ == loaded.__name__ and not name.startswith("_")
            if own and not inspect.isabstract(each):
                found.append(each)
    return found


@pytest.mark.parametrize("role", WORK)
def test_every_adapter_of_the_role_is_in_its_suite(role: str) -> None:
    able = {each for each in adapters() if all(hasattr(each, name) for name in WORK[role])}
    assert able, "an adapter is known by other names"
    assert able <= SUITES[role] | EMBEDDED
    assert SUITES[role] <= able
