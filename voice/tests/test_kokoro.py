import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.adapters.kokoro import LONGEST_CLAUSE, Kokoro, clauses
from voice.adapters.whisper import Whisper
from voice.audio import RATE, Audio, resample
from voice.engines import Clip
from voice.errors import EngineError

QUESTIONS = (
    "안녕하세요, 오늘 면접을 진행할 면접관입니다.",
    "먼저 간단하게 자기소개를 부탁드립니다.",
    "가장 어려웠던 문제와 해결 방법을 말씀해 주세요.",
    "왜 우리 회사에 지원하셨는지 궁금합니다.",
)


@pytest.fixture(scope="module")
def kokoro() -> Iterator[Kokoro]:
    engine = Kokoro()
    yield engine
    asyncio.run(engine.close())


async def spoken(engine: Kokoro, text: str, voice: str = "") -> list[Clip]:
    return [clip async for clip in engine.speak(text, language="ko", voice=voice)]


def syllables(text: str) -> str:
    return "".join(filter(str.isalnum, text))


async def test_speech_is_understood(kokoro: Kokoro) -> None:
    whisper = Whisper()
    heard = []
    for question in QUESTIONS:
        clips = await spoken(kokoro, question)
        pcm = b"".join(resample(clip.audio, RATE).pcm for clip in clips)
        heard.append((await whisper.transcribe(Audio(pcm), language="ko")).text)
    await whisper.close()
    assert jiwer.cer([*map(syllables, QUESTIONS)], [*map(syllables, heard)]) <= 0.15


async def test_each_clause_is_a_clip_and_they_are_the_text(kokoro: Kokoro) -> None:
    text = "네, 반갑습니다. API 3개를 만드셨는데, 어떤 점이 어려웠나요? "
    clips = await spoken(kokoro, text)
    assert [clip.text for clip in clips] == [*clauses(text)]
    assert len(clips) >= 3
    assert "".join(clip.text for clip in clips) == text


async def test_visemes_follow_the_models_durations(kokoro: Kokoro) -> None:
    (clip,) = await spoken(kokoro, "밥 먹고 봐.")
    shapes = [viseme.shape for viseme in clip.visemes if viseme.shape != "sil"]
    assert shapes[:2] == ["PP", "aa"]
    assert shapes.count("PP") >= 3
    assert clip.audio.seconds * 0.5 < clip.visemes[-1].end <= clip.audio.seconds
    lasting = {round(v.duration / 0.025) for v in clip.visemes if v.shape in ("aa", "O")}
    assert len(lasting) > 1, "vowels of equal length were spread, not timed"


async def test_speech_starts_at_once(kokoro: Kokoro) -> None:
    (clip,) = await spoken(kokoro, "안녕하세요.")
    assert Audio(clip.audio.pcm[: 2 * (clip.audio.rate // 20)]).level > -50


async def test_voices_and_variants_sound_different(kokoro: Kokoro) -> None:
    (one,) = await spoken(kokoro, "감사합니다.", "jf_alpha")
    (other,) = await spoken(kokoro, "감사합니다.", "jm_kumo")
    (low,) = await spoken(kokoro, "감사합니다.", "jm_kumo:low")
    assert one.audio.pcm != other.audio.pcm
    assert low.audio.rate < other.audio.rate


@pytest.mark.parametrize("voice", ["joe", "jf_alpha:squeaky"])
async def test_unknown_voices_are_told(kokoro: Kokoro, voice: str) -> None:
    with pytest.raises(EngineError, match="unknown_voice"):
        await spoken(kokoro, "네.", voice)


@pytest.mark.parametrize("text", ["", " \n", "…", "漢字"])
async def test_nothing_to_say_is_no_error(kokoro: Kokoro, text: str) -> None:
    assert not any(clip.audio.pcm for clip in await spoken(kokoro, text))


async def test_closing_stops_the_synthesis(kokoro: Kokoro) -> None:
    await kokoro.warm()
    async with aclosing(
        kokoro.speak("다음 질문을 드리겠습니다. " * 100, language="ko", voice="")
    ) as clips:
        await anext(clips)
    # The executor is free for the next speaker, not busy with the other 99 sentences.
    async with asyncio.timeout(120):
        assert await spoken(kokoro, "네.")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("네.", ["네."]),
        ("네, 감사합니다.", ["네, 감사합니다."]),
        ("안녕하세요, 오늘 면접관입니다.", ["안녕하세요, 오늘 면접관입니다."]),
        ("좋은 답변 감사합니다. 네.", ["좋은 답변 감사합니다. 네."]),
        ("좋은 답변 감사합니다. 다음 질문입니다.", ["좋은 답변 감사합니다. ", "다음 질문입니다."]),
        (
            "그때 서비스를 직접 설계하셨는데 무엇이 어려웠나요?",
            ["그때 서비스를 직접 설계하셨는데 ", "무엇이 어려웠나요?"],
        ),
    ],
)
def test_clauses_are_cut_where_a_speaker_breathes(text: str, pieces: list[str]) -> None:
    assert [*clauses(text)] == pieces


@given(st.text(st.sampled_from("가나다라마바사하고는데 .,?\n"), max_size=300))
def test_clauses_are_the_text(text: str) -> None:
    pieces = [*clauses(text)]
    assert "".join(pieces) == (text if text.strip() else "")
    assert max(map(len, pieces), default=0) <= LONGEST_CLAUSE
