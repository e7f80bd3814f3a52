"""What every hosted recognizer does."""

import asyncio
from array import array

import pytest

from voice.adapters.openai_transcription import OpenAITranscription
from voice.audio import RATE, Audio, silence
from voice.engines import Recognizer
from voice.errors import EngineError
from voice.tests.conformance.stands import Stand, by_name, check_error, frees
from voice.tests.wire.fault import Fault
from voice.tests.wire.openai import Transcriptions, form_fields

pytestmark = pytest.mark.virtual_time

STANDS = by_name(
    [
        Stand[Recognizer, Transcriptions](
            "openai",
            OpenAITranscription,
            Transcriptions,
            lambda url, **options: OpenAITranscription(base_url=f"{url}/v1", **options),
            ("first_timeout", "delta_timeout"),
        )
    ]
)
ON = pytest.mark.parametrize("stand", STANDS)
S = Stand[Recognizer, Transcriptions]


def speech(seconds: float = 1.0) -> Audio:
    return Audio(array("h", [3000, -3000] * round(seconds * RATE / 2)).tobytes())


@ON
@pytest.mark.parametrize(
    ("text", "language"),
    [("I wrote the cache.", "en"), ("제가 캐시를 만들었습니다 🙂", "ko"), ("Naïve “cachés”", "en")],
)
async def test_words_in_any_script_and_their_language(stand: S, text: str, language: str) -> None:
    async with stand.open() as (engine, provider, _):
        provider.text = text
        heard = await engine.transcribe(speech())
    assert (heard.text, heard.language) == (text, language)
    assert 0 < heard.confidence <= 1


@ON
async def test_the_asked_language_and_the_terms_reach_the_provider(stand: S) -> None:
    async with stand.open() as (engine, _, wire):
        heard = await engine.transcribe(speech(), language="ko", terms="Kubernetes, Django")
    assert heard.language == "ko"
    fields = form_fields(wire.requests[0])
    assert fields["keywords[]"] == ["Kubernetes", "Django"]
    assert fields["language"] == ["ko"]
    assert "prompt" not in fields


@ON
async def test_silence_is_no_words_and_costs_nothing(stand: S) -> None:
    async with stand.open() as (engine, _, wire):
        assert (await engine.transcribe(silence(2.0))).text == ""
        assert (await engine.transcribe(speech(0.05))).text == ""
    assert wire.requests == []


@ON
async def test_no_words_are_no_error(stand: S) -> None:
    async with stand.open(Fault.EMPTY) as (engine, _, _wire):
        heard = await engine.transcribe(speech(), language="en")
    assert (heard.text, heard.confidence) == ("", 0.0)


@ON
async def test_a_long_answer_of_ten_thousand_words(stand: S) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.text = "word " * 9_999 + "end"
        heard = await engine.transcribe(speech(60))
    assert heard.text == provider.text
    assert len(wire.requests[0].body) > 60 * RATE * 2


@ON
async def test_one_connection_serves_many_requests(stand: S) -> None:
    async with stand.open() as (engine, _, wire):
        await engine.warm()
        await engine.transcribe(speech())
        await engine.transcribe(speech())
    assert wire.connections == 1


@ON
async def test_cancelling_hangs_up(stand: S) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.go_on.clear()
        task = asyncio.create_task(engine.transcribe(speech()))
        await provider.began.wait()
        task.cancel()
        await frees(None, wire.hung_up)
        provider.go_on.set()
        assert (await engine.transcribe(speech())).text == provider.text


@ON
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.EMPTY])
async def test_faults_have_codes(stand: S, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    async with stand.open(fault) as (engine, _, _wire):
        with pytest.raises(EngineError) as raised:
            await engine.transcribe(speech(), terms="A secret term")
    check_error(raised.value, fault, caplog.text)
    assert "A secret term" not in caplog.text


@ON
async def test_a_stream_that_is_kept_alive_and_says_nothing_has_stalled(stand: S) -> None:
    async with stand.open(Fault.STALLED) as (engine, provider, _):
        provider.murmur = b'data: {"type": "transcript.text.alive"}\n\n'
        with pytest.raises(EngineError, match="timeout"):
            async with asyncio.timeout(60):
                await engine.transcribe(speech())


@ON
async def test_words_in_another_language_are_handed_on(stand: S) -> None:
    """The interview judges them: it asks to hear the answer again."""
    async with stand.open() as (engine, provider, _):
        provider.text = "去年キャッシュを作りました。"
        heard = await engine.transcribe(speech())
    assert (heard.text, heard.language) == (provider.text, "en")


@ON
@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.RATE_LIMITED])
async def test_what_failed_before_its_first_word_is_tried_once_more(stand: S, fault: Fault) -> None:
    async with stand.open(fault) as (engine, provider, wire):
        provider.faults_left = 1
        assert (await engine.transcribe(speech())).text == provider.text
    assert len(wire.requests) == 2


@ON
@pytest.mark.parametrize(
    "fault", [Fault.UNAUTHORISED, Fault.RATE_LIMITED_FOR_A_MINUTE, Fault.DROPPED]
)
async def test_what_cannot_help_is_not_tried_again(stand: S, fault: Fault) -> None:
    async with stand.open(fault) as (engine, _, wire):
        with pytest.raises(EngineError):
            await engine.transcribe(speech())
    assert len(wire.requests) == 1


@ON
async def test_a_key_is_needed_and_a_new_one_needs_no_restart(
    stand: S, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stand.open() as (engine, _, wire):
        await engine.transcribe(speech())
        monkeypatch.setenv("OPENAI_API_KEY", "a-new-key")
        await engine.transcribe(speech())
        monkeypatch.delenv("OPENAI_API_KEY")
        with pytest.raises(EngineError, match="missing_key"):
            await engine.transcribe(speech())
    assert "a-new-key" in wire.requests[-1].headers["authorization"]


async def test_what_the_model_tells_of_language_and_certainty_counts() -> None:
    (stand,) = (param.values[0] for param in STANDS)
    async with stand.open(logprobs=True) as (engine, provider, wire):
        provider.text, provider.languages, provider.logprobs = "OK.", ["fr", "ko"], [-0.7, -0.7]
        heard = await engine.transcribe(speech())
    assert heard.language == "ko"
    assert heard.confidence == pytest.approx(0.4966, abs=1e-3)
    assert b"logprobs" in wire.requests[0].body


async def test_a_model_that_takes_no_keywords_is_given_the_terms_as_its_prompt() -> None:
    (stand,) = (param.values[0] for param in STANDS)
    async with stand.open(model="gpt-4o-transcribe") as (engine, provider, wire):
        assert (await engine.transcribe(speech(), terms=" Kubernetes, 도커 ")).text == provider.text
    fields = form_fields(wire.requests[0])
    assert fields["prompt"] == ["Kubernetes, 도커"]
    assert "keywords[]" not in fields
