"""The local speech-to-speech providers count what a conversation costs: read by the adapters."""

import ssl
from array import array
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.costs.counting import GEMINI, HEARD, SPOKEN, CountingGemini, CountingRealtime
from voice.adapters.gemini_live import GeminiLive
from voice.adapters.openai_realtime import OpenAIRealtime
from voice.audio import RATE
from voice.engines import Brief, SpeechSession
from voice.metering import Use, metered
from voice.tests.wire import tls
from voice.tests.wire.conversation import LETTER, Model
from voice.tests.wire.server import serve

pytestmark = pytest.mark.virtual_time

SECONDS = 2.0
ANSWER = "I measured it before and after."
QUESTION = "What did you measure?"


@pytest.fixture
async def realtime(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIRealtime]:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    async with serve(CountingRealtime(model=Model(hears=[ANSWER]))) as wire:
        engine = OpenAIRealtime(base_url=wire.url)
        yield engine
        await engine.close()


@pytest.fixture
async def gemini(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[GeminiLive]:
    certificate = tls.certificate(tmp_path)
    monkeypatch.setenv("GEMINI_API_KEY", "any")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    encrypted: ssl.SSLContext = tls.context(certificate)
    async with serve(CountingGemini(model=Model(hears=[ANSWER])), tls=encrypted) as wire:
        yield GeminiLive(base_url=wire.url)


async def exchange(session: SpeechSession) -> None:
    session.listen()
    # 400 Hz, which resampling leaves alone; 20 ms.
    loud = array("h", ([4000] * 20 + [-4000] * 20) * (RATE // 50 // 40)).tobytes()
    for _ in range(round(SECONDS * 50)):
        session.hear(loud)
    assert (await session.understood()).text == ANSWER
    async with aclosing(session.respond(f"Ask: «{QUESTION}»")) as pieces:
        async for _ in pieces:
            pass


async def talked(engine: Any) -> list[Use]:
    uses: list[Use] = []
    with metered(uses.append):
        session = await engine.open(Brief("You are an interviewer."))
        for _ in range(2):
            await exchange(session)
        await session.close()
    return uses


async def test_openai_reads_the_conversation_again_for_every_response(
    realtime: OpenAIRealtime,
) -> None:
    uses = await talked(realtime)
    first, second = (use for use in uses if use.role == "speech")
    spoken = pytest.approx(len(QUESTION) * LETTER * SPOKEN, abs=2)
    assert first.model == "gpt-realtime-2.1" and first.input_tokens > 0
    assert first.audio_output_tokens == second.audio_output_tokens == spoken
    assert first.audio_input_tokens == pytest.approx(SECONDS * HEARD, abs=2)
    assert second.audio_input_tokens == pytest.approx(
        2 * first.audio_input_tokens + first.audio_output_tokens, abs=3
    )
    assert second.cached_audio_tokens == 0
    written = [use for use in uses if use.role == "recognizer"]
    assert {use.model for use in written} == {"gpt-transcribe"}
    assert sum(use.seconds for use in written) == pytest.approx(2 * SECONDS, rel=0.1)


async def test_its_cache_serves_at_most_what_was_read_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    provider = CountingRealtime(model=Model(hears=[ANSWER]))
    provider.caches = True
    async with serve(provider) as wire:
        engine = OpenAIRealtime(base_url=wire.url)
        first, second = (use for use in await talked(engine) if use.role == "speech")
        await engine.close()
    assert first.cached_audio_tokens == 0
    read = first.audio_input_tokens + first.audio_output_tokens
    assert second.cached_audio_tokens == pytest.approx(read, abs=2)
    assert second.cached_audio_tokens < second.audio_input_tokens
    # The directions stand in the conversation, and are read again with it.
    assert second.cached_tokens == first.input_tokens < second.input_tokens


async def test_what_is_taken_out_of_the_conversation_is_read_and_cached_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    provider = CountingRealtime(model=Model(hears=[ANSWER]))
    provider.caches = True
    uses: list[Use] = []
    async with serve(provider) as wire:
        engine = OpenAIRealtime(base_url=wire.url)
        with metered(uses.append):
            session = await engine.open(Brief("You are an interviewer."))
            await exchange(session)
            session.heard("", 0.0)
            await exchange(session)
            await session.close()
        await engine.close()
    first, second = (use for use in uses if use.role == "speech")
    assert second.input_tokens == first.input_tokens
    assert second.audio_input_tokens == pytest.approx(2 * first.audio_input_tokens, abs=2)
    assert second.cached_tokens < first.input_tokens
    assert second.cached_audio_tokens == pytest.approx(first.audio_input_tokens, abs=1)


async def test_gemini_does_so_too(gemini: GeminiLive) -> None:
    first, second = await talked(gemini)
    assert first.model == "gemini-3.8-live"
    assert first.audio_output_tokens == pytest.approx(len(QUESTION) * LETTER * GEMINI, abs=2)
    assert second.audio_input_tokens == pytest.approx(
        2 * first.audio_input_tokens + first.audio_output_tokens, abs=3
    )
    assert second.input_tokens > first.input_tokens > 0
