import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from voice.adapters.onnx import open_session
from voice.adapters.smart_turn import SmartTurn, _packaged
from voice.audio import RATE, WIDTH, Audio, resample, silence
from voice.errors import EngineError
from voice.tests.speech import spoken


@pytest.fixture
async def smart_turn() -> AsyncIterator[SmartTurn]:
    engine = SmartTurn()
    yield engine
    await engine.close()


def until(audio: Audio, seconds: float) -> Audio:
    return Audio(audio.pcm[: round(seconds * RATE) * WIDTH])


@pytest.mark.parametrize(("name", "seconds"), [("leisure", 1.8), ("selfish", 2.6)])
async def test_a_finished_sentence_is_told_from_one_cut_short(
    smart_turn: SmartTurn, name: str, seconds: float
) -> None:
    sentence = spoken(name)
    assert await smart_turn.finished(sentence) > 0.8
    assert await smart_turn.finished(until(sentence, seconds)) < 0.3


async def test_only_the_last_eight_seconds_count(smart_turn: SmartTurn) -> None:
    speech = Audio(spoken("leisure").pcm + spoken("selfish").pcm)
    last = Audio(speech.pcm[-8 * RATE * WIDTH :])
    assert await smart_turn.finished(speech) == await smart_turn.finished(last)


async def test_a_float_softmax_hears_much_the_same(smart_turn: SmartTurn) -> None:
    """One reading may differ by more than another: processors round eight bits differently."""
    exported = SmartTurn()
    exported.__dict__["_session"] = open_session(_packaged())
    speech = Audio(spoken("selfish").pcm + spoken("leisure").pcm)
    heard = [until(speech, seconds) for seconds in (1.0, 1.5, 2.0, 2.6, 3.5, 4.0, 4.8, 6.0, 8.0)]
    read = np.array([[await each.finished(a) for each in (exported, smart_turn)] for a in heard])
    was, became = np.log(read / (1 - read)).T
    assert np.median(abs(was - became)) < 1
    assert np.max(abs(was - became)) < 2.5
    await exported.close()


async def test_audio_of_another_rate_is_resampled(smart_turn: SmartTurn) -> None:
    assert await smart_turn.finished(resample(spoken("selfish"), 48_000)) > 0.8


@pytest.mark.parametrize("seconds", [0, 0.01, 8, 20])
async def test_silence_of_any_length_has_a_probability(
    smart_turn: SmartTurn, seconds: float
) -> None:
    assert 0 <= await smart_turn.finished(silence(seconds)) <= 1


class Counted(SmartTurn):
    decisions = 0

    def probability(self, audio: Audio) -> float:
        self.decisions += 1
        return super().probability(audio)


async def test_a_cancelled_decision_is_never_made() -> None:
    engine = Counted()
    gate = threading.Event()
    engine._executor.submit(gate.wait)
    decisions = [asyncio.create_task(engine.finished(silence(1))) for _ in range(3)]
    await asyncio.sleep(0)
    for decision in decisions:
        decision.cancel()
    await asyncio.wait(decisions)
    gate.set()
    await engine.finished(silence(1))
    assert engine.decisions == 1
    await engine.close()


async def test_a_missing_model_is_an_engine_error() -> None:
    with pytest.raises(EngineError) as caught:
        await SmartTurn(model="nowhere.onnx").warm()
    assert caught.value.code == "missing_weights"
