import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import jiwer
import pytest

from voice.adapters.piper import Piper
from voice.adapters.whisper import Whisper
from voice.audio import RATE, Audio, resample
from voice.engines import Clip
from voice.errors import EngineError
from voice.tests.speech import plain

QUESTION = "Tell me about a project that you are proud of. What was your part in it?"


@pytest.fixture(scope="module")
def piper() -> Iterator[Piper]:
    engine = Piper()
    yield engine
    asyncio.run(engine.close())


async def spoken(engine: Piper, text: str, voice: str = "") -> list[Clip]:
    return [clip async for clip in engine.speak(text, language="en", voice=voice)]


async def test_speech_is_understood(piper: Piper) -> None:
    whisper = Whisper()
    for voice in ("joe", "joe:low"):
        clips = await spoken(piper, QUESTION, voice)
        pcm = b"".join(resample(clip.audio, RATE).pcm for clip in clips)
        heard = await whisper.transcribe(Audio(pcm), language="en")
        assert jiwer.wer(plain(QUESTION), plain(heard.text)) <= 0.2
    await whisper.close()


async def test_each_sentence_is_a_clip_and_they_are_the_text(piper: Piper) -> None:
    text = " Thank you, Dr. Kim.  That is clear!\nNext question? "
    clips = await spoken(piper, text)
    assert len(clips) >= 3
    assert "".join(clip.text for clip in clips) == text
    assert not any(clip.text.strip() == "Dr." for clip in clips)


async def test_speech_starts_at_once_and_ends_on_a_pause(piper: Piper) -> None:
    (clip,) = await spoken(piper, "Welcome.")
    start, end = clip.audio.rate // 20, clip.audio.rate // 5
    assert Audio(clip.audio.pcm[: 2 * start]).level > -50
    assert set(clip.audio.pcm[-2 * end :]) == {0}


async def test_visemes_follow_the_phonemes(piper: Piper) -> None:
    (clip,) = await spoken(piper, "Bob moved five boxes.")
    shapes = [viseme.shape for viseme in clip.visemes if viseme.shape != "sil"]
    assert shapes[:3] == ["PP", "aa", "PP"]
    assert shapes.count("FF") >= 3
    assert clip.visemes[-1].end <= clip.audio.seconds


async def test_variants_sound_different_and_keep_their_visemes_in_time(piper: Piper) -> None:
    (plain_clip,) = await spoken(piper, "Welcome to the interview.")
    (low,) = await spoken(piper, "Welcome to the interview.", "joe:low")
    (slow,) = await spoken(piper, "Welcome to the interview.", "joe:slow")
    assert low.audio.rate < plain_clip.audio.rate == slow.audio.rate
    for clip in (low, slow):
        assert clip.audio.seconds * 0.5 < clip.visemes[-1].end <= clip.audio.seconds


@pytest.mark.parametrize("voice", ["jane", "joe:squeaky"])
async def test_unknown_voices_are_told(piper: Piper, voice: str) -> None:
    with pytest.raises(EngineError, match="unknown_voice"):
        await spoken(piper, "Hello.", voice)


@pytest.mark.parametrize("text", ["", " \n", "…", "[[ ]]", "안녕"])
async def test_nothing_to_say_is_no_error(piper: Piper, text: str) -> None:
    assert "".join(clip.text for clip in await spoken(piper, text)) in (text, "")


async def test_closing_stops_the_synthesis(piper: Piper) -> None:
    await piper.warm()
    async with aclosing(piper.speak("One sentence. " * 200, language="en", voice="")) as clips:
        await anext(clips)
    # The executor is free for the next speaker, not busy with the other 199 sentences.
    async with asyncio.timeout(120):
        assert await spoken(piper, "Next.")


async def test_missing_weights_are_told(tmp_path: Path) -> None:
    engine = Piper(model=str(tmp_path / "absent.onnx"))
    with pytest.raises(EngineError, match="missing_weights"):
        await engine.warm()
    await engine.close()
