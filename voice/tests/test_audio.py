import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import RATE, Audio, PcmDecoder, resample, silence
from voice.errors import BadAudio


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> bytes:
    time = np.arange(round(rate * seconds)) / rate
    return (np.sin(2 * np.pi * hertz * time) * 16_384).astype(np.int16).tobytes()


def loudest_hertz(pcm: bytes, rate: int = RATE) -> float:
    samples = np.frombuffer(pcm, np.int16)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


def test_silence_lasts_as_long_as_asked_and_is_silent() -> None:
    pause = silence(0.25, 24_000)
    assert pause.seconds == 0.25
    assert pause.level <= -100


def test_level_is_relative_to_full_scale() -> None:
    assert Audio(tone(RATE)).level == pytest.approx(-9.03, abs=0.01)
    assert Audio(b"").level <= -100


@pytest.mark.parametrize("rate", [8_000, 22_050, 24_000, 48_000])
def test_resampling_keeps_duration_and_pitch(rate: int) -> None:
    there = resample(Audio(tone(RATE)), rate)
    back = resample(there, RATE)
    assert there.rate == rate
    assert there.seconds == pytest.approx(1, abs=0.001)
    assert loudest_hertz(back.pcm) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_a_stream_of_pcm_comes_out_at_the_calls_rate(rate: int) -> None:
    decoder = PcmDecoder(rate)
    pcm = tone(rate)
    frame = rate // 50 * 2
    heard = b"".join(decoder.feed(pcm[at : at + frame]) for at in range(0, len(pcm), frame))
    assert 0.93 < Audio(heard).seconds <= 1
    assert loudest_hertz(heard) == pytest.approx(440, abs=2)


def test_half_a_sample_is_refused_and_the_stream_goes_on() -> None:
    decoder = PcmDecoder(RATE)
    with pytest.raises(BadAudio, match="3 bytes"):
        decoder.feed(b"abc")
    assert decoder.feed(b"abcd") == b"abcd"


@pytest.mark.parametrize("rate", [0, -1, 7_999, 48_001])
def test_a_rate_no_microphone_has_is_refused(rate: int) -> None:
    with pytest.raises(BadAudio, match="sample rate"):
        PcmDecoder(rate)


@given(st.integers(8_000, 48_000), st.lists(st.binary(max_size=2_000), max_size=8))
def test_any_bytes_decode_or_are_bad_audio(rate: int, messages: list[bytes]) -> None:
    decoder = PcmDecoder(rate)
    fed = 0
    heard = b""
    for message in messages:
        if len(message) % 2:
            with pytest.raises(BadAudio):
                decoder.feed(message)
        else:
            fed += len(message)
            heard += decoder.feed(message)
    assert len(heard) <= fed * RATE / rate + 2
