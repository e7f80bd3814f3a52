from collections.abc import Iterator

import numpy as np
import pytest

from voice.adapters.silero import WINDOW, Silero
from voice.audio import RATE, WIDTH, Audio, silence
from voice.engines import Detector
from voice.errors import BadAudio, EngineError
from voice.tests.speech import spoken

SILERO: Detector = Silero()


def windows(audio: Audio) -> Iterator[bytes]:
    size = WINDOW * WIDTH
    for at in range(0, len(audio.pcm) - size + 1, size):
        yield audio.pcm[at : at + size]


def probabilities(audio: Audio) -> list[float]:
    detection = SILERO.open()
    return [detection.probability(window) for window in windows(audio)]


def test_speech_is_told_from_silence_and_noise() -> None:
    noise = np.random.default_rng(0).normal(0, 500, RATE * 2).astype(np.int16)
    heard = probabilities(spoken("leisure"))
    assert np.mean([probability > 0.5 for probability in heard]) > 0.7
    assert max(probabilities(silence(2))) < 0.1
    assert np.mean([p > 0.5 for p in probabilities(Audio(noise.tobytes()))]) < 0.05


def test_streams_do_not_hear_each_other() -> None:
    one, other = SILERO.open(), SILERO.open()
    interleaved = []
    for speech, quiet in zip(windows(spoken("young_man")), windows(silence(9)), strict=False):
        interleaved.append(one.probability(speech))
        assert other.probability(quiet) < 0.1
    assert interleaved == probabilities(spoken("young_man"))


@pytest.mark.parametrize("length", [0, 1_022, 1_026])
def test_only_whole_windows_are_judged(length: int) -> None:
    with pytest.raises(BadAudio, match=f"{length} bytes"):
        SILERO.open().probability(bytes(length))


async def test_a_missing_model_is_an_engine_error() -> None:
    with pytest.raises(EngineError) as caught:
        await Silero(model="nowhere.onnx").warm()
    assert caught.value.code == "missing_weights"


async def test_it_warms_and_closes() -> None:
    silero = Silero()
    await silero.warm()
    await silero.close()
    assert silero.open().probability(bytes(WINDOW * WIDTH)) < 0.5
