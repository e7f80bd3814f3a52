"""What the candidate says: human English from the tests, Korean by another voice than ours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voice.adapters.kokoro import Kokoro
from voice.audio import RATE, WIDTH, Audio, resample, silence
from voice.tests.speech import spoken, words

FRAME = RATE // 50
"""Samples of 20 ms, in which a microphone sends."""
QUIET = 10 ** (-25 / 20)
"""Share of the loudest frame's level below which the end of a recording holds no voice."""
KOREAN_VOICE = "jf_nezumi"

ENGLISH: Sequence[tuple[float, tuple[str | float, ...]]] = (
    (1.0, ("leisure",)),
    (0.7, ("young_man", 0.25, "selfish")),
    (1.0, ("amiable",)),
    (0.5, ("selfish", 0.3, "amiable")),
    (1.0, ("leisure", 0.35, "young_man")),
    (0.8, ("selfish",)),
    (1.0, ("young_man",)),
    (0.6, ("leisure", 0.3, "amiable")),
    (1.0, ("young_man", 0.3, "leisure")),
    (0.9, ("selfish", 0.25, "young_man")),
)
"""Loudness and, in turn, recordings and seconds of silence."""
KOREAN = (
    "저는 결제 서버를 삼 년 동안 개발했습니다.",
    "느린 쿼리를 찾아서 인덱스를 추가했고 응답 시간이 절반으로 줄었습니다.",
    "가장 어려웠던 점은 서비스를 멈추지 않고 데이터를 옮기는 일이었습니다.",
    "그때는 팀원들과 매일 상황을 공유하면서 하나씩 해결했습니다.",
)


@dataclass(frozen=True, slots=True)
class SpokenAnswer:
    """16 kHz audio whose last sample is the last voiced one, whole in frames; and its words."""

    name: str
    language: str
    audio: Audio
    text: str


def english(count: int) -> list[SpokenAnswer]:
    """The first ``count`` of the set, which begins anew when it is through."""
    return [_english(*ENGLISH[index % len(ENGLISH)]) for index in range(count)]


async def korean(count: int) -> list[SpokenAnswer]:
    """Synthesised, because no Korean human speech may be shipped with the product."""
    kokoro, answers = Kokoro(), []
    try:
        for index in range(count):
            text = KOREAN[index % len(KOREAN)]
            clips = [clip async for clip in kokoro.speak(text, language="ko", voice=KOREAN_VOICE)]
            pcm = b"".join(resample(clip.audio, RATE).pcm for clip in clips)
            answers.append(SpokenAnswer(f"korean-{index + 1}", "ko", voiced(Audio(pcm)), text))
    finally:
        await kokoro.close()
    return answers


def voiced(audio: Audio) -> Audio:
    """``audio`` without the silence around it, begun so that it ends with a whole frame."""
    samples = np.frombuffer(audio.pcm, np.int16)
    step = FRAME // 2
    frames = samples[: len(samples) // step * step].reshape(-1, step).astype(np.float32)
    levels = np.sqrt(np.square(frames).mean(axis=1))
    loud = np.flatnonzero(levels > levels.max() * QUIET)
    speech = samples[loud[0] * step : (loud[-1] + 1) * step]
    lead = bytes(-len(speech) % FRAME * WIDTH)
    return Audio(lead + speech.tobytes())


def _english(loudness: float, parts: tuple[str | float, ...]) -> SpokenAnswer:
    names = [part for part in parts if isinstance(part, str)]
    pcm = b"".join(
        voiced(spoken(part)).pcm if isinstance(part, str) else silence(part).pcm for part in parts
    )
    samples = np.frombuffer(pcm, np.int16) * loudness
    audio = voiced(Audio(samples.astype("<i2").tobytes()))
    return SpokenAnswer("+".join(names), "en", audio, " ".join(map(words, names)))
