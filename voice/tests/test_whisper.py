import asyncio
import threading
from collections.abc import Iterator

import ctranslate2
import jiwer
import numpy as np
import pytest

from voice.adapters.whisper import FULL_WINDOW, Guess, Samples, Whisper, _pieces
from voice.audio import RATE, Audio, resample, silence
from voice.errors import EngineError
from voice.tests.speech import NAMES, plain, spoken, words


@pytest.fixture(scope="module")
def whisper() -> Iterator[Whisper]:
    engine = Whisper()
    yield engine
    asyncio.run(engine.close())


def error_rate(expected: str, text: str) -> float:
    return float(jiwer.wer(expected, plain(text)))


def one_after_the_other(*names: str, pause: float = 0.4) -> Audio:
    return Audio(b"".join(spoken(name).pcm + silence(pause).pcm for name in names))


@pytest.mark.parametrize("name", NAMES)
async def test_human_speech_is_understood(whisper: Whisper, name: str) -> None:
    heard = await whisper.transcribe(spoken(name))
    assert error_rate(words(name), heard.text) <= 0.3
    assert heard.language == "en"
    assert heard.confidence > 0.6


@pytest.mark.parametrize("rate", [8_000, 48_000])
async def test_audio_of_another_rate_is_resampled(whisper: Whisper, rate: int) -> None:
    heard = await whisper.transcribe(resample(spoken("leisure"), rate), language="en")
    assert error_rate(words("leisure"), heard.text) <= 0.3


async def test_more_than_thirty_seconds_are_heard_to_the_end(whisper: Whisper) -> None:
    order = NAMES + NAMES
    speech = one_after_the_other(*order)
    assert speech.seconds > 35
    heard = await whisper.transcribe(speech, language="en")
    assert error_rate(" ".join(map(words, order)), heard.text) <= 0.3


def test_long_speech_is_cut_in_its_pauses() -> None:
    speech = one_after_the_other(*NAMES, *NAMES, *NAMES, *NAMES)
    samples = np.frombuffer(speech.pcm, np.int16).astype(np.float32)
    pieces = list(_pieces(samples))
    assert np.array_equal(np.concatenate(pieces), samples)
    assert all(20 * RATE <= len(piece) <= 29 * RATE for piece in pieces[:-1])
    for piece in pieces[:-1]:
        assert Audio(piece[-RATE // 50 :].astype(np.int16).tobytes()).level < -50


@pytest.mark.parametrize("language", ["en", "ko", None])
@pytest.mark.parametrize("loudness", [0, 30, 300, 3_000])
async def test_noise_says_nothing(whisper: Whisper, loudness: int, language: str | None) -> None:
    noise = np.random.default_rng(0).normal(0, loudness, 3 * RATE).astype(np.int16)
    heard = await whisper.transcribe(Audio(noise.tobytes()), language=language)
    assert heard.text == ""
    assert heard.confidence == 0


@pytest.mark.parametrize("pcm", [b"", b"\x00\x40", b"\x00\x40" * 300])
async def test_a_click_says_nothing(whisper: Whisper, pcm: bytes) -> None:
    assert (await whisper.transcribe(Audio(pcm))).text == ""


async def test_terms_spell_what_sounds_alike(whisper: Whisper) -> None:
    plainly = await whisper.transcribe(spoken("leisure"), language="en")
    told = await whisper.transcribe(spoken("leisure"), language="en", terms="Jon Dashwoode")
    assert "Dashwood " in plainly.text
    assert "Dashwoode" in told.text


async def test_terms_of_any_length_are_taken(whisper: Whisper) -> None:
    heard = await whisper.transcribe(
        spoken("leisure"), language="en", terms="Kubernetes, PostgreSQL, 쿠버네티스. " * 200
    )
    assert error_rate(words("leisure"), heard.text) <= 0.3


async def test_an_unknown_language_is_an_engine_error(whisper: Whisper) -> None:
    with pytest.raises(EngineError) as caught:
        await whisper.transcribe(spoken("young_man"), language="tlh")
    assert caught.value.code == "unsupported_language"


async def test_a_model_that_does_not_exist_is_an_engine_error() -> None:
    with pytest.raises(EngineError) as caught:
        await Whisper(model="no-such-model").warm()
    assert caught.value.code == "unavailable"


async def test_a_language_is_chosen_from_those_configured() -> None:
    engine = Whisper(languages=("ko", "ja"))
    assert (await engine.transcribe(spoken("young_man"))).language in {"ko", "ja"}
    await engine.close()


class Counted(Whisper):
    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[int] = []

    def _encode(self, samples: Samples, window: int) -> ctranslate2.StorageView:
        self.encoded.append(window)
        return super()._encode(samples, window)


async def test_cancelled_requests_are_never_worked_on() -> None:
    engine = Counted()
    gate = threading.Event()
    engine._executor.submit(gate.wait)
    requests = [asyncio.create_task(engine.transcribe(spoken("leisure"))) for _ in range(3)]
    await asyncio.sleep(0)
    for request in requests:
        request.cancel()
    await asyncio.wait(requests)
    gate.set()
    await engine.transcribe(spoken("young_man"), language="en")
    assert len(engine.encoded) == 1
    await engine.close()


class Stuttering(Counted):
    """Says everything over and over unless it hears 30 s, as the model at times does."""

    def _decode(
        self, encoded: ctranslate2.StorageView, language: str, terms: str, limit: int
    ) -> Guess:
        if self.encoded[-1] < FULL_WINDOW:
            return Guess(language, "I like it. I like it. I like it.", 12, -0.1, 0.0, True)
        return super()._decode(encoded, language, terms, limit)


async def test_what_runs_away_is_heard_again_in_a_full_window() -> None:
    engine = Stuttering()
    heard = await engine.transcribe(spoken("young_man"), language="en")
    assert error_rate(words("young_man"), heard.text) <= 0.3
    assert engine.encoded[-1] == FULL_WINDOW
    await engine.close()
