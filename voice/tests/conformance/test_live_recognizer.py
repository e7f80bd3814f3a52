"""What every live recognizer does."""

import asyncio
from array import array
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voice.adapters.elevenlabs_live import ElevenLabsLive
from voice.adapters.openai_live import OpenAILive
from voice.audio import RATE
from voice.engines import Dictation, LiveRecognizer
from voice.errors import EngineError
from voice.tests.conformance.stands import Stand, by_name, check_error, frees
from voice.tests.wire.fault import SECRET, STATUS, Fault
from voice.tests.wire.live import ElevenLabsLiveWire, Live, OpenAILiveWire
from voice.tests.wire.server import Wire

pytestmark = pytest.mark.virtual_time

WAITS = ("connect_timeout", "final_timeout")
STANDS: list[Any] = by_name(
    [
        Stand[LiveRecognizer, Live](
            "openai",
            OpenAILive,
            OpenAILiveWire,
            lambda url, **options: OpenAILive(base_url=f"{url}/v1", **options),
            WAITS,
        ),
        Stand[LiveRecognizer, Live](
            "elevenlabs",
            ElevenLabsLive,
            ElevenLabsLiveWire,
            lambda url, **options: ElevenLabsLive(base_url=url, **options),
            WAITS,
        ),
    ]
)
ON = pytest.mark.parametrize("stand", STANDS)
S = Stand[LiveRecognizer, Live]
TERMS = "Backend engineer. Kubernetes and 데이터베이스. What did the cache change?"


def speech(seconds: float = 1.0) -> bytes:
    return array("h", [3000, -3000] * round(seconds * RATE / 2)).tobytes()


@asynccontextmanager
async def dictated(
    stand: S, fault: Fault | None = None, language: str | None = "en", **options: Any
) -> AsyncGenerator[tuple[Dictation, Live, Wire, list[str]]]:
    """``shown`` are the words each time that there were others."""
    async with stand.open(fault, **options) as (engine, provider, wire):
        shown: list[str] = []
        dictation = await engine.dictate(
            language=language, terms=TERMS, on_words=lambda: shown.append(dictation.words)
        )
        try:
            yield dictation, provider, wire, shown
        finally:
            await dictation.close()


async def until(condition: Any) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


@ON
async def test_words_come_before_the_end_and_are_final_after_it(stand: S) -> None:
    async with dictated(stand) as (dictation, _, wire, shown):
        dictation.hear(speech(0.5))
        await until(lambda: dictation.words)
        assert dictation.words == "I wrote"
        dictation.hear(speech(0.5))
        heard = await dictation.commit()
        assert (heard.text, heard.language) == ("I wrote the cache.", "en")
        assert 0 < heard.confidence <= 1
        assert dictation.words == ""
    assert shown[0] in ("I", "I wrote")
    assert wire.connections == 1


@ON
@pytest.mark.parametrize(
    ("text", "language"),
    [("Naïve “cachés”, 99 %", "en"), ("제가 캐시를 만들었습니다 🙂", "ko"), ("OK", "en")],
)
async def test_words_in_any_script_and_their_language(stand: S, text: str, language: str) -> None:
    async with dictated(stand, language=None) as (dictation, provider, _, _shown):
        provider.texts = [text]
        dictation.hear(speech())
        heard = await dictation.commit()
    assert (heard.text, heard.language) == (text, language)


@ON
async def test_ten_thousand_words(stand: S) -> None:
    async with dictated(stand) as (dictation, provider, _, _shown):
        provider.texts = ["word " * 9_999 + "end"]
        dictation.hear(speech(2))
        assert (await dictation.commit()).text == provider.texts[0]


@ON
async def test_all_the_audio_arrives_in_pieces_of_any_length(stand: S) -> None:
    async with dictated(stand) as (dictation, provider, _, _shown):
        pcm = speech(1.5)
        for start in range(0, len(pcm), 642):
            dictation.hear(pcm[start : start + 642])
        await dictation.commit()
        (segment,) = provider.segments
    assert len(segment) / 2 / provider.rate == pytest.approx(1.5, abs=0.01)


@ON
async def test_segments_are_told_in_the_order_of_their_commits(stand: S) -> None:
    async with dictated(stand) as (dictation, provider, _, _shown):
        provider.texts = ["First part,", "second part,", "third part."]
        provider.backwards = True
        provider.go_on.clear()
        commits = []
        for _ in range(3):
            dictation.hear(speech(0.5))
            commits.append(asyncio.create_task(dictation.commit()))
            await asyncio.sleep(0.05)
        provider.go_on.set()
        heard = [(await commit).text for commit in commits]
    assert heard == ["First part,", "second part,", "third part."]


@ON
async def test_a_sound_shorter_than_the_provider_takes_is_ended_too(stand: S) -> None:
    async with dictated(stand) as (dictation, _, _wire, _shown):
        dictation.hear(speech(0.03))
        assert (await dictation.commit()).text == "I wrote the cache."


@ON
async def test_no_words_are_no_error(stand: S) -> None:
    async with dictated(stand, Fault.EMPTY) as (dictation, _, _wire, _shown):
        dictation.hear(speech())
        heard = await dictation.commit()
    assert (heard.text, heard.confidence) == ("", 0.0)


@ON
async def test_what_is_dropped_is_not_in_what_follows(stand: S) -> None:
    async with dictated(stand) as (dictation, provider, _, _shown):
        provider.texts = ["Forget this.", "Keep this."]
        dictation.hear(speech(0.5))
        await until(lambda: dictation.words)
        dictation.drop()
        dictation.hear(speech(0.5))
        assert (await dictation.commit()).text == "Keep this."
        assert dictation.words == ""


@ON
async def test_a_commit_that_nobody_waits_for_leaves_the_order(stand: S) -> None:
    async with dictated(stand) as (dictation, provider, _, _shown):
        provider.texts = ["First.", "Second."]
        provider.go_on.clear()
        dictation.hear(speech(0.5))
        first = asyncio.create_task(dictation.commit())
        await provider.began.wait()
        first.cancel()
        dictation.hear(speech(0.5))
        second = asyncio.create_task(dictation.commit())
        await asyncio.sleep(0.05)
        provider.go_on.set()
        assert (await second).text == "Second."


@ON
async def test_closing_hangs_up(stand: S) -> None:
    async with dictated(stand) as (dictation, provider, wire, _):
        provider.go_on.clear()
        dictation.hear(speech())
        commit = asyncio.create_task(dictation.commit())
        await provider.began.wait()
        closing = asyncio.create_task(dictation.close())
        await frees(None, wire.hung_up)
        with pytest.raises(EngineError, match="closed"):
            await commit
        await closing
    assert provider.open_sockets == 0


@ON
async def test_connecting_that_is_given_up_hangs_up(stand: S) -> None:
    async with stand.open(Fault.SLOW_TO_START, connect_timeout=9.0) as (engine, provider, wire):
        engine = stand.make(wire.url)
        opening = asyncio.create_task(
            engine.dictate(language=None, terms="", on_words=lambda: None)
        )
        await until(lambda: provider.open_sockets)
        opening.cancel()
        await frees(None, wire.hung_up)


@ON
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.EMPTY])
async def test_faults_have_codes(stand: S, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(EngineError) as raised:
        async with dictated(stand, fault) as (dictation, _, _wire, shown):
            assert fault not in STATUS and fault is not Fault.SLOW_TO_START
            dictation.hear(speech())
            try:
                await dictation.commit()
            finally:
                assert dictation.error
                shown.clear()
                with pytest.raises(EngineError):
                    await dictation.commit()
    check_error(raised.value, fault, caplog.text)
    assert "Kubernetes" not in caplog.text


@ON
async def test_a_line_that_breaks_tells_so_at_once(stand: S) -> None:
    async with dictated(stand, Fault.DROPPED) as (dictation, _, _wire, shown):
        dictation.hear(speech())
        with pytest.raises(EngineError):
            await dictation.commit()
        assert dictation.error and dictation.error.code == "unavailable"
        assert shown
        dictation.hear(speech())
        dictation.drop()


@ON
async def test_another_language_than_those_expected_is_no_answer(stand: S) -> None:
    async with dictated(stand, language=None) as (dictation, provider, _, _shown):
        provider.texts = ["これはテストです。"]
        dictation.hear(speech())
        with pytest.raises(EngineError, match="wrong_language"):
            await dictation.commit()


@pytest.mark.parametrize(
    ("name", "word", "code", "retryable"),
    [
        ("openai", "insufficient_quota", "quota", False),
        ("openai", "server_error", "unavailable", True),
        ("openai", "rate_limit_exceeded", "rate_limited", True),
        ("openai", "something_new", "rejected", False),
        ("elevenlabs", "quota_exceeded", "quota", False),
        ("elevenlabs", "auth_error", "unauthorised", False),
        ("elevenlabs", "session_time_limit_exceeded", "unavailable", True),
        ("elevenlabs", "rate_limited", "rate_limited", True),
        ("elevenlabs", "input_error", "rejected", False),
    ],
)
async def test_the_providers_own_words(
    name: str, word: str, code: str, retryable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    stand = next(param.values[0] for param in STANDS if param.id == name)
    async with dictated(stand) as (dictation, provider, _, _shown):
        provider.word = word
        dictation.hear(speech())
        with pytest.raises(EngineError) as raised:
            await dictation.commit()
    assert (raised.value.code, raised.value.retryable) == (code, retryable)
    assert SECRET not in capsys.readouterr().out


@ON
async def test_a_key_is_needed_and_a_new_one_needs_no_restart(
    stand: S, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stand.open() as (engine, _, wire):
        await engine.warm()
        for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY"):
            monkeypatch.setenv(name, "a-new-key")
        await engine.warm()
        for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY"):
            monkeypatch.delenv(name)
        with pytest.raises(EngineError, match="missing_key"):
            await engine.warm()
    assert "a-new-key" in str(wire.requests[-1].headers)
    assert len(wire.requests) == 2


async def test_openai_is_asked_in_the_shape_that_is_current() -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "openai")
    async with dictated(stand, language=None) as (dictation, provider, wire, _):
        dictation.expect("Frontend. Accessibility.")
        dictation.expect("Frontend. Accessibility.")
        dictation.hear(speech(0.2))
        await dictation.commit()
    assert "intent=transcription" in wire.requests[0].target
    assert "model" not in wire.requests[0].target
    first, second = (m["session"] for m in provider.messages if m["type"] == "session.update")
    assert first["type"] == "transcription"
    heard = first["audio"]["input"]
    assert heard["format"] == {"type": "audio/pcm", "rate": 24_000}
    assert heard["turn_detection"] is None
    assert heard["transcription"]["languages"] == ["en", "ko"]
    assert {"Kubernetes", "데이터베이스"} <= set(heard["transcription"]["keywords"])
    assert second["audio"]["input"]["transcription"]["keywords"] == ["Frontend", "Accessibility"]


async def test_elevenlabs_is_asked_for_commits_by_hand() -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "elevenlabs")
    async with dictated(stand, language="ko") as (_, _provider, wire, _shown):
        target = wire.requests[0].target
    for part in ("commit_strategy=manual", "language_code=ko", "audio_format=pcm_16000"):
        assert part in target
    assert "keyterms=Kubernetes" in target
