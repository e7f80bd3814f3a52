"""What a session of a speech-to-speech engine leaves in its provider's conversation."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from voice.adapters.gemini_live import GeminiLive
from voice.adapters.openai_realtime import OpenAIRealtime
from voice.engines import Brief, Message, SpeechSession
from voice.tests.wire import tls
from voice.tests.wire.gemini_live import Gemini
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import serve

LOUD = (b"\x00\x10" * 40 + b"\x00\xf0" * 40) * 200
"""One second of microphone."""
WAITS = ("connect_timeout", "words_timeout", "first_timeout", "piece_timeout")
PATIENT: dict[str, Any] = dict.fromkeys(WAITS, 60.0)
"""With a machine that is busy."""


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("GEMINI_API_KEY", "any")


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tls.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@asynccontextmanager
async def openai(provider: Realtime) -> AsyncGenerator[SpeechSession]:
    async with serve(provider) as wire:
        engine = OpenAIRealtime(base_url=wire.url, **PATIENT)
        session = await engine.open(Brief("You are Sora."))
        try:
            yield session
        finally:
            await session.close()
            await engine.close()


@asynccontextmanager
async def gemini(
    provider: Gemini, certificate: Path, **options: Any
) -> AsyncGenerator[tuple[GeminiLive, SpeechSession]]:
    async with serve(provider, tls=tls.context(certificate)) as wire:
        engine = GeminiLive(base_url=wire.url, **PATIENT | options)
        session = await engine.open(Brief("You are Sora."))
        try:
            yield engine, session
        finally:
            await session.close()


async def said(session: SpeechSession, directive: str) -> str:
    return "".join([piece.text async for piece in session.respond(directive)]).strip()


async def eventually(what: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not what():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def kinds(provider: Realtime) -> list[str]:
    return [event["type"].removeprefix("conversation.") for event in provider.events]


async def test_a_directive_stands_beside_the_sessions_instructions() -> None:
    provider = Realtime()
    async with openai(provider) as session:
        async for _ in session.respond("Ask: «Why?»"):
            pass
    assert provider.sessions[0].settings["instructions"] == "You are Sora."
    assert provider.model.directives == ["Ask: «Why?»"]
    [asked] = provider.of("response.create")
    assert "instructions" not in asked["response"]


async def test_what_is_being_made_is_stopped_before_it_is_cut() -> None:
    provider = Realtime()
    provider.go_on.clear()
    async with openai(provider) as session:
        pieces = session.respond("Ask: «What broke first?»")
        await anext(pieces)
        await provider.began.wait()
        session.heard("What", 0.1)
        await pieces.aclose()
        await eventually(lambda: provider.sessions[0].truncated)
    assert kinds(provider)[-2:] == ["response.cancel", "item.truncate"]
    assert kinds(provider).count("response.cancel") == 1


async def test_a_cut_is_never_behind_the_end() -> None:
    provider = Realtime()
    # A letter's sound is no whole number of milliseconds.
    provider.model.letter = 0.0506
    async with openai(provider) as session:
        sound = b"".join([piece.pcm async for piece in session.respond("Ask: «Why not?»")])
        session.heard("Why not?", 60.0)
        await eventually(lambda: provider.sessions[0].truncated)
    [milliseconds] = provider.sessions[0].truncated.values()
    assert 0 <= len(sound) / 48 - milliseconds < 1


@pytest.mark.parametrize("begun", [False, True])
async def test_a_draft_that_nobody_heard_leaves_nothing(begun: bool) -> None:
    provider = Realtime()
    provider.speaks_after = 0.2
    provider.go_on.clear()
    async with openai(provider) as session:
        pieces = session.respond("Ask: «What broke first?»")
        if begun:
            await anext(pieces)
        else:
            waiting = asyncio.ensure_future(anext(pieces))
            await eventually(lambda: provider.model.directives)
            waiting.cancel()
            await asyncio.wait([waiting])
        await pieces.aclose()
        session.heard("", 0.0)
        provider.go_on.set()
        await eventually(lambda: not provider.sessions[0].items)
        [text] = [p.text async for p in session.respond("Ask: «Why?»") if p.text]
        assert text == "Why?"


async def test_words_of_a_noise_are_no_part_of_the_next_utterance() -> None:
    provider = Realtime()
    provider.model.hears = ["Ahem.", "I wrote the cache."]
    async with openai(provider) as session:
        session.listen()
        session.hear(LOUD)
        noise = asyncio.ensure_future(session.understood())
        # The commit is on its way, and unanswered, when somebody speaks.
        await asyncio.sleep(0)
        session.listen()
        session.hear(LOUD)
        assert (await session.understood()).text == "I wrote the cache."
        noise.cancel()
        await asyncio.wait([noise])


async def test_nobody_waits_until_gemini_takes_a_reply_to_be_played(certificate: Path) -> None:
    provider = Gemini()
    provider.plays = 3600.0
    async with gemini(provider, certificate, piece_timeout=5.0) as (_, session):
        assert await said(session, "Ask: «What broke first?»") == "What broke first?"
        assert await said(session, "Ask: «And now?»") == "And now?"
        assert session.failure is None


async def test_a_connection_that_goes_on_knows_what_the_one_before_was_not_told_yet(
    certificate: Path,
) -> None:
    provider = Gemini()
    async with gemini(provider, certificate) as (engine, session):
        await said(session, "Ask: «What broke first?»")
        await eventually(lambda: session.handle)  # type: ignore[attr-defined]
        session.heard("What broke", 0.5)
        session.tell(Message("candidate", "I typed this."))
        following = await engine.open(Brief("You are Sora."), session)
        await said(following, "Ask: «And now?»")
        await following.close()
    assert provider.sessions[1].resumed_from is provider.sessions[0]
    told = provider.model.directives[1]
    assert "only this was heard: «What broke»" in told and "«I typed this.»" in told


async def test_a_handle_is_used_up_by_the_next_directive(certificate: Path) -> None:
    """It goes on from before that: then the conversation is told in words."""
    provider = Gemini()
    async with gemini(provider, certificate) as (engine, session):
        await said(session, "Ask: «What broke first?»")
        await eventually(lambda: session.handle)  # type: ignore[attr-defined]
        provider.go_on.clear()
        pieces = session.respond("Ask: «What broke first?»")
        await anext(pieces)
        history = (Message("candidate", "The cache."),)
        following = await engine.open(Brief("You are Sora.", history=history), session)
        await eventually(lambda: provider.sessions[1].history)
        await following.close()
        await pieces.aclose()
    assert provider.sessions[1].resumed_from is None


async def test_words_that_came_late_are_waited_for_from_then_on(certificate: Path) -> None:
    provider = Gemini()
    provider.hesitates = 0.5
    async with gemini(provider, certificate) as (_, session):
        session.listen()
        session.hear(LOUD)
        assert (await session.understood()).text == "I wrote the"
        await eventually(lambda: session.partial.text == "I wrote the cache.")
        await said(session, "Ask: «Why?»")
        # Less late than the first time, by as much as a busy machine may add.
        provider.hesitates = 0.3
        session.listen()
        session.hear(LOUD)
        assert (await session.understood()).text == "I wrote the cache."


@pytest.mark.parametrize("secured", [False, True], ids=["openai", "gemini"])
async def test_a_session_that_is_not_waited_for_is_not_left_open(
    secured: bool, certificate: Path
) -> None:
    provider: Any = Gemini() if secured else Realtime()
    provider.silent = True
    async with serve(provider, tls=tls.context(certificate) if secured else None) as wire:
        make: Any = GeminiLive if secured else OpenAIRealtime
        engine = make(base_url=wire.url, connect_timeout=60.0)
        opening = asyncio.create_task(engine.open(Brief("You are Sora.")))
        await eventually(lambda: provider.sessions and provider.sessions[0].asked.is_set())
        opening.cancel()
        await asyncio.wait([opening])
        assert opening.cancelled()
        async with asyncio.timeout(60):
            await provider.sessions[0].closed.wait()
        await engine.close()
