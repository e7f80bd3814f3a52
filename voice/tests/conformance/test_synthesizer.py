"""What every synthesizer does; the embedded and the scripted one stand for those without a wire."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from voice.adapters.elevenlabs_speech import ElevenLabsSpeech
from voice.adapters.openai_speech import OpenAISpeech
from voice.adapters.piper import Piper
from voice.adapters.scripted import ScriptedSynthesizer
from voice.engines import Clip, Synthesizer
from voice.errors import EngineError
from voice.tests.conformance.stands import Stand, by_name, check_error, frees
from voice.tests.wire.elevenlabs import ElevenLabs
from voice.tests.wire.fault import Fault
from voice.tests.wire.openai import Speech

pytestmark = pytest.mark.virtual_time

WAITS = ("first_timeout", "chunk_timeout")
STANDS: list[Any] = by_name(
    [
        Stand[Synthesizer, Speech](
            "openai",
            OpenAISpeech,
            Speech,
            lambda url, **options: OpenAISpeech(base_url=f"{url}/v1", **options),
            WAITS,
        ),
        Stand[Synthesizer, ElevenLabs](
            "elevenlabs-socket",
            ElevenLabsSpeech,
            ElevenLabs,
            lambda url, **options: ElevenLabsSpeech(base_url=url, **options),
            WAITS,
        ),
        Stand[Synthesizer, ElevenLabs](
            "elevenlabs-http",
            ElevenLabsSpeech,
            lambda: ElevenLabs(sockets=False),
            lambda url, **options: ElevenLabsSpeech(base_url=url, spares=0, **options),
            WAITS,
        ),
    ]
)
ON = pytest.mark.parametrize("stand", STANDS)
IN_JSON = pytest.mark.parametrize("stand", [p for p in STANDS if p.id != "openai"])
"""Those whose sound is not all that they send."""
EMBEDDED = [pytest.param(ScriptedSynthesizer, id="scripted"), pytest.param(Piper, id="piper")]
S = Stand[Synthesizer, Any]

TEXT = "Thank you. What did the second cache change, and how did you measure it?"
LONG = "What did the second cache change and how did you measure it in the end?"
"""One sentence: too long for the first piece of audio."""
TEXTS = [
    (TEXT, "en"),
    ("  Well …  that is “naïve” 🙂, isn't it?\n", "en"),
    ("안녕하세요. 두 번째 캐시는 무엇을 바꾸었나요? API로 재 보셨나요?", "ko"),
    ("Yes", "en"),
]


def check(text: str, clips: list[Clip]) -> None:
    """The clips say the text, and every mouth shape lies within its audio."""
    assert "".join(clip.text for clip in clips) == text
    assert sum(clip.audio.seconds for clip in clips) > 0.1
    for clip in clips:
        assert len(clip.audio.pcm) % 2 == 0
        at = 0.0
        for viseme in clip.visemes:
            assert viseme.start >= at - 1e-6
            assert viseme.duration > 0
            at = viseme.end
        assert at <= clip.audio.seconds + 1e-6


async def spoken(engine: Synthesizer, text: str, language: str = "en") -> list[Clip]:
    return [clip async for clip in engine.speak(text, language=language, voice="")]


@ON
@pytest.mark.parametrize(("text", "language"), TEXTS)
async def test_the_clips_say_the_text(stand: S, text: str, language: str) -> None:
    async with stand.open() as (engine, _, _wire):
        clips = await spoken(engine, text, language)
    check(text, clips)
    assert any(clip.visemes for clip in clips)
    # A clip is shown by itself: it must not end within a word.
    for clip, following in zip(clips, clips[1:], strict=False):
        assert not clip.text or clip.text[-1].isspace() or not following.text


@pytest.mark.parametrize("make", EMBEDDED)
async def test_the_clips_of_an_embedded_engine_say_the_text(make: type[Synthesizer]) -> None:
    engine = make()
    check(TEXT, await spoken(engine, TEXT))
    await engine.close()


@ON
async def test_the_first_clip_comes_before_the_last_audio(stand: S) -> None:
    async with stand.open() as (engine, provider, _):
        provider.go_on.clear()
        async with aclosing(engine.speak(TEXT, language="en", voice="")) as clips:
            first = await asyncio.wait_for(anext(clips), 5)
            assert TEXT.startswith(first.text) and first.text
            provider.go_on.set()
            check(TEXT, [first, *[clip async for clip in clips]])


@ON
async def test_closing_hangs_up(stand: S) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.go_on.clear()
        clips = engine.speak(LONG, language="en", voice="")
        await anext(clips)
        assert not wire.hung_up.is_set() or stand.name == "elevenlabs-http"
        wire.hung_up.clear()
        await frees(clips.aclose(), wire.hung_up)
        provider.go_on.set()
        check("Yes, go on.", await spoken(engine, "Yes, go on."))


@ON
async def test_cancelling_hangs_up(stand: S) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.go_on.clear()
        task = asyncio.create_task(spoken(engine, LONG))
        await provider.began.wait()
        wire.hung_up.clear()
        task.cancel()
        await frees(None, wire.hung_up)


@ON
async def test_ten_thousand_words(stand: S) -> None:
    text = "We kept the index in memory, because it was small. " * 1_000
    async with stand.open() as (engine, provider, _):
        provider.letter, provider.size = 0.005, 600
        check(text, await spoken(engine, text))


@ON
@pytest.mark.parametrize("fault", list(Fault))
async def test_faults_have_codes(stand: S, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    async with stand.open(fault) as (engine, _, _wire):
        with pytest.raises(EngineError) as raised:
            await spoken(engine, TEXT)
    check_error(raised.value, fault, caplog.text)
    assert "second cache" not in caplog.text


@IN_JSON
async def test_sound_that_is_none(stand: S, caplog: pytest.LogCaptureFixture) -> None:
    async with stand.open() as (engine, provider, _):
        provider.bad_sound = True
        with pytest.raises(EngineError) as raised:
            await spoken(engine, TEXT)
    check_error(raised.value, Fault.MALFORMED, caplog.text)


@IN_JSON
async def test_a_stream_that_is_kept_alive_and_says_nothing_has_stalled(stand: S) -> None:
    async with stand.open(Fault.STALLED) as (engine, provider, _):
        provider.murmurs = True
        with pytest.raises(EngineError, match="timeout"):
            async with asyncio.timeout(60):
                await spoken(engine, TEXT)


@ON
async def test_what_failed_once_is_spoken_later(stand: S) -> None:
    async with stand.open(Fault.DROPPED) as (engine, provider, _):
        with pytest.raises(EngineError):
            await spoken(engine, TEXT)
        provider.fault = None
        check(TEXT, await spoken(engine, TEXT))


@ON
async def test_without_a_key(stand: S, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("ELEVENLABS_API_KEY")
    async with stand.open() as (engine, _, wire):
        with pytest.raises(EngineError, match="missing_key"):
            await spoken(engine, TEXT)
    assert wire.requests == []


@ON
async def test_a_new_key_needs_no_restart(stand: S, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it wait for a connection that was opened ahead of its use with the old one."""
    async with stand.open() as (engine, _, wire):
        await spoken(engine, "Hello.")
        await asyncio.sleep(1)
        asked = len(wire.requests)
        for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY"):
            monkeypatch.setenv(name, "a-new-key")
        await spoken(engine, "Go on.")
        await asyncio.sleep(1)
        for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY"):
            monkeypatch.delenv(name)
        with pytest.raises(EngineError, match="missing_key"):
            await spoken(engine, "Go on.")
    assert len(wire.requests) > asked
    assert all("a-new-key" in str(request.headers) for request in wire.requests[asked:])


@ON
async def test_the_voice_is_the_one_that_was_asked_for(stand: S) -> None:
    async with stand.open() as (engine, _, wire):
        [_ async for _ in engine.speak("Hello.", language="en", voice="somebody")]
    assert any("somebody" in r.target or b"somebody" in r.body for r in wire.requests)
