"""Whatever JSON a provider sends, an adapter gives what it is there for or an ``EngineError``: any
other exception would be logged with its traceback, which may quote the answer."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from voice.adapters.openai_moderation import OpenAIModeration
from voice.errors import EngineError
from voice.tests.conformance import (
    test_language_model,
    test_live_recognizer,
    test_recognizer,
    test_speech_to_speech,
    test_structured,
    test_synthesizer,
)
from voice.tests.conformance.stands import KEY, Stand
from voice.tests.conformance.test_speech_to_speech import trusted
from voice.tests.wire.fault import SECRET
from voice.tests.wire.openai import Moderations
from voice.tests.wire.server import Exchange
from voice.tests.wire.socket import Socket

__all__ = ["trusted"]  # The fixture of that name is for the module that it is imported into.
pytestmark = pytest.mark.virtual_time

ODD: list[Any] = [None, -1, float("nan"), True, SECRET, [], [None], {"a": SECRET}]
WHOLE = [
    b"null", b"1", b'"text"', b'{"error": null}', b'{"error": "text"}', b"[" * 50_000,
    b'{"error": {"message": "text", "code": ["x"]}}', b'{"type": "error", "error": "text"}',
]  # fmt: skip
"""Answers in place of a whole one."""


class Spoiler:
    """Has the wire servers send ``spoil(document)`` in place of their ``number``-th document."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.spoil: Callable[[Any], bytes] | None = None
        self.number = 0
        self.sent: list[Any] = []
        chunk, send, send_text = Exchange.chunk, Exchange.send, Socket.send_text

        async def bad_chunk(exchange: Exchange, data: bytes) -> None:
            await chunk(exchange, self(data))

        async def bad_answer(exchange: Exchange, status: int, kind: str, body: bytes) -> None:
            await send(exchange, status, kind, self(body))

        async def bad_message(socket: Socket, message: bytes) -> None:
            await send_text(socket, self(message))

        patch.setattr(Exchange, "chunk", bad_chunk)
        patch.setattr(Exchange, "send", bad_answer)
        patch.setattr(Socket, "send_text", bad_message)

    def __call__(self, data: bytes) -> bytes:
        body = data.removeprefix(b"data: ").strip()
        try:
            document = json.loads(body)
        except ValueError:
            return data
        self.sent.append(document)
        if self.spoil is None or len(self.sent) - 1 != self.number:
            return data
        return data.replace(body, self.spoil(document))


def places(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a document, the first of each list standing for all of it."""
    inner = document.items() if isinstance(document, dict) else ()
    for key, value in inner if not isinstance(document, list) else enumerate(document[:1]):
        yield (*before, key)
        yield from places(value, (*before, key))


def replaced(place: tuple[Any, ...], value: Any) -> Callable[[Any], bytes]:
    def spoil(document: Any) -> bytes:
        spoilt = inner = copy.deepcopy(document)
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        return json.dumps(spoilt).encode()

    return spoil


async def reply(stand: Any) -> None:
    async with stand.open() as (engine, _, _wire):
        await test_language_model.written(engine)


async def structured(stand: Any) -> None:
    async with stand.open() as (engine, provider, _):
        provider.objects = [json.dumps(test_structured.FITS)]
        await test_structured.found(engine)


async def transcribe(stand: Any) -> None:
    async with stand.open() as (engine, _, _wire):
        await engine.transcribe(test_recognizer.speech())


async def dictate(stand: Any) -> None:
    async with test_live_recognizer.dictated(stand, language=None) as (dictation, *_):
        dictation.hear(test_live_recognizer.speech())
        await dictation.commit()


async def speak(stand: Any) -> None:
    async with stand.open() as (engine, _, _wire):
        clips = await test_synthesizer.spoken(engine, "Go on, please.")
    test_synthesizer.check("Go on, please.", clips)


async def converse(stand: Any) -> None:
    async with stand.open() as (engine, _), test_speech_to_speech.session_of(engine) as session:
        test_speech_to_speech.speak(session)
        await session.understood()
        await test_speech_to_speech.said(session)


async def judge(stand: Any) -> None:
    async with stand.open() as (engine, _, _wire):
        await engine.judge("Hello.", "en")


MODERATION: Stand[Any, Any] = Stand(
    "openai",
    OpenAIModeration,
    Moderations,
    lambda url, **options: OpenAIModeration(model="m", base_url=url, **options),
    (),
)
WORK = [
    *((reply, param) for param in test_language_model.STANDS),
    *((structured, param) for param in test_language_model.STANDS),
    *((transcribe, param) for param in test_recognizer.STANDS),
    *((dictate, param) for param in test_live_recognizer.STANDS),
    *((speak, param) for param in test_synthesizer.IN_JSON.args[1]),
    *(
        (converse, pytest.param(test_speech_to_speech.Stand(*pair), id=pair[1].__name__))
        for pair in test_speech_to_speech.ENGINES.items()
    ),
    (judge, pytest.param(MODERATION, id="openai")),
]


@pytest.mark.parametrize(
    ("work", "stand"),
    [pytest.param(work, *param.values, id=f"{work.__name__}-{param.id}") for work, param in WORK],
)
async def test_an_answer_that_is_none(
    work: Any,
    stand: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoiler = Spoiler(monkeypatch)
    await work(stand)
    bad: list[tuple[int, Callable[[Any], bytes]]] = []
    shapes = set()
    for number, document in enumerate(spoiler.sent):
        shape = str([document.get("type"), *places(document)])
        if shape not in shapes:
            shapes.add(shape)
            bad += [(number, lambda _, whole=whole: whole) for whole in WHOLE]  # type: ignore[misc]
            bad += [(number, replaced(p, odd)) for p in places(document) for odd in ODD]
    assert len(bad) > len(WHOLE) + len(ODD)
    # Every other of many is enough for a run.
    for spoiler.number, spoiler.spoil in bad[:: 1 + len(bad) // 200]:
        spoiler.sent.clear()
        try:
            await work(stand)
        except EngineError as error:
            assert SECRET not in str(error)
    told = caplog.text + "".join(capsys.readouterr())
    assert SECRET not in told and KEY not in told
