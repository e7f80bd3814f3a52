from typing import Any

import numpy as np
import pytest

from benchmarks.answers import FRAME, SpokenAnswer, english, voiced
from benchmarks.embedded.turns import measured
from benchmarks.figures import percentile, ratio
from voice.audio import WIDTH, Audio, silence

ANSWER = SpokenAnswer("one", "en", silence(2), "")
LATENCY = {
    "endpoint_ms": 420,
    "stt_ms": 150,
    "llm_first_token_ms": None,
    "tts_first_audio_ms": 5,
    "total_ms": 600,
}


def final(at: float, **fields: Any) -> tuple[float, dict[str, Any]]:
    return at, {"type": "user_transcript", "is_final": True, **fields}


def partial(at: float) -> tuple[float, dict[str, Any]]:
    return final(at, is_final=False)


def complete(at: float) -> tuple[float, dict[str, Any]]:
    return at, {"type": "turn_complete", "user_text": "a", "ai_text": "b", "latency": LATENCY}


def test_a_turn_is_read_from_the_moments_that_the_client_saw() -> None:
    messages = [
        complete(9.0),
        partial(10.5),
        partial(11.25),
        final(12.5),
        (12.6, {"type": "ai_audio_start"}),
        complete(16.0),
    ]
    turn = measured(ANSWER, messages, began=10.0, ended=12.0, first_sound=12.75)
    assert turn.voice_to_voice == pytest.approx(0.75)
    assert turn.first_subtitle == pytest.approx(0.5)
    assert turn.subtitle_gaps == pytest.approx([0.75, 1.25])
    assert turn.stages["endpoint"] == pytest.approx(0.42)
    assert not (turn.phrased or turn.cut_off or turn.early_final)


def test_who_is_answered_before_the_end_was_cut_off() -> None:
    messages = [final(11.0), (11.1, {"type": "ai_audio_start"}), complete(20.0)]
    turn = measured(ANSWER, messages, began=10.0, ended=12.0, first_sound=14.0)
    assert turn.cut_off
    assert turn.early_final


def test_every_answer_ends_with_voice_in_a_whole_frame() -> None:
    for answer in english(10):
        samples = np.frombuffer(answer.audio.pcm, np.int16)
        assert len(samples) % FRAME == 0
        assert np.abs(samples[-FRAME:]).max() > 200
        assert 2 < answer.audio.seconds < 13


def test_silence_around_speech_is_taken_away() -> None:
    speech = Audio(b"\x00\x10" * 4 * FRAME)
    around = Audio(silence(0.5).pcm + speech.pcm + silence(0.7).pcm)
    assert voiced(around).pcm == speech.pcm
    assert len(voiced(around).pcm) % (FRAME * WIDTH) == 0


def test_a_ratio_holds_its_interval_and_its_pairs() -> None:
    found = ratio([1.0, 1.1, 0.9, 1.0], [2.0, 2.2, 1.8, 2.0])
    assert found.of_medians == pytest.approx(0.5)
    assert found.median_of_pairs == pytest.approx(0.5)
    assert found.low <= 0.5 <= found.high
    assert percentile([], 90) is None
