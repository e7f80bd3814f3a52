"""What every engine on this machine does; there is no wire to look at, so its work is timed."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from voice.adapters.kokoro import Kokoro
from voice.adapters.llama import Llama
from voice.adapters.piper import Piper
from voice.adapters.whisper import Whisper
from voice.audio import Audio, silence
from voice.engines import Message
from voice.tests.speech import NAMES, spoken

ENGLISH = "We kept the index in memory, because it was small. "
KOREAN = "색인은 크기가 작아서 메모리에 두었습니다. "


@dataclass(frozen=True)
class Stand:
    """``work`` is some of it, ``once`` or so long that giving it up must be felt; ``texts`` are
    in any script; ``options`` give a busy machine time."""

    adapter: type
    work: Callable[[Any, bool], AsyncGenerator[Any]]
    texts: Callable[[Any], list[AsyncGenerator[Any]]]
    options: Mapping[str, float] = field(default_factory=dict)


def _speaks(language: str, text: str, *others: str) -> Any:
    def speak(engine: Any, words: str) -> AsyncGenerator[Any]:
        made: AsyncGenerator[Any] = engine.speak(words, language=language, voice="")
        return made

    return (
        lambda engine, once: speak(engine, text if once else text * 5),
        lambda engine: [speak(engine, other) for other in others],
    )


def _write(engine: Llama, once: bool) -> AsyncGenerator[str]:
    asked = Message("candidate", "Tell me a long story about a warehouse.")
    return engine.reply([asked], max_tokens=2 if once else 60, temperature=0.0)


def _written(engine: Llama) -> list[AsyncGenerator[str]]:
    many = "I wrote the cache and I measured it. " * 40
    texts = ("제가 캐시를 만들었습니다 🙂", "Naïve “cachés”, 99 %", many)
    return [
        engine.reply([Message("candidate", text)], max_tokens=8, temperature=0.0) for text in texts
    ]


async def _hear(engine: Whisper, once: bool) -> AsyncGenerator[str]:
    names = NAMES[:1] if once else NAMES * 3
    pcm = b"".join(spoken(name).pcm + silence(0.4).pcm for name in names)
    yield (await engine.transcribe(Audio(pcm), language="en")).text


def _heard(engine: Whisper) -> list[AsyncGenerator[str]]:
    return [_hear(engine, True)]


PATIENT = {"first_timeout": 120.0, "delta_timeout": 120.0}
STANDS = [
    pytest.param(Stand(Piper, *_speaks("en", ENGLISH, "Naïve “cachés” 🙂", "Yes")), id="piper"),
    pytest.param(Stand(Kokoro, *_speaks("ko", KOREAN, "API를 씁니다 🙂", "네")), id="kokoro"),
    pytest.param(Stand(Llama, _write, _written, PATIENT), id="llama"),
    pytest.param(Stand(Whisper, _hear, _heard), id="whisper"),
]
ON = pytest.mark.parametrize("stand", STANDS)


async def seconds(work: AsyncGenerator[Any]) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    assert [piece async for piece in work]
    return clock() - began


@ON
async def test_work_that_is_given_up_is_not_in_the_way(stand: Stand) -> None:
    """What comes next is served long before the rest of it would have been done; at least once,
    since a machine that holds the process up is slow by itself."""
    engine = stand.adapter(**stand.options)
    await engine.warm()
    for _ in range(3):
        if freed := await _out_of_the_way(engine, stand):
            break
    assert freed
    await engine.close()


async def _out_of_the_way(engine: Any, stand: Stand) -> bool:
    whole = await seconds(stand.work(engine, False))
    given_up = asyncio.create_task(seconds(stand.work(engine, False)))
    await asyncio.sleep(whole / 20)
    given_up.cancel()
    following = await seconds(stand.work(engine, True))
    return given_up.cancelled() and following < whole * 0.7


@ON
async def test_any_script(stand: Stand) -> None:
    engine = stand.adapter(**stand.options)
    for work in stand.texts(engine):
        await seconds(work)
    await engine.close()
