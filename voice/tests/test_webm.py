import io
import random

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio import RATE, Audio
from voice.errors import BadAudio
from voice.webm import WebmOpusDecoder


class Unseekable(io.BytesIO):
    """MediaRecorder never goes back to fill in sizes, and neither can a muxer that writes here."""

    def seekable(self) -> bool:
        return False


def recording(hertz: float = 440.0, seconds: float = 2.0, channels: int = 1) -> bytes:
    """What MediaRecorder makes of a tone: live WebM with unknown sizes, 48 kHz Opus."""
    time = np.arange(round(48_000 * seconds)) / 48_000
    samples = (np.sin(2 * np.pi * hertz * time) * 8_000).astype(np.int16)
    layout = "stereo" if channels == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(np.repeat(samples, channels)[None], "s16", layout)
    frame.sample_rate = 48_000
    file = Unseekable()
    options = {"live": "1", "cluster_time_limit": "500"}
    with av.open(file, "w", format="webm", options=options) as container:
        stream = container.add_stream("libopus", rate=48_000, layout=layout)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


TONE = recording()


def loudest_hertz(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, np.int16)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * RATE / len(samples))


def cut(data: bytes, seed: int, longest: int = 900) -> list[bytes]:
    random_ = random.Random(seed)
    chunks = []
    while data:
        length = random_.randint(1, longest)
        chunks.append(data[:length])
        data = data[length:]
    return chunks


@pytest.mark.parametrize("channels", [1, 2])
def test_a_recording_is_heard_whole(channels: int) -> None:
    heard = WebmOpusDecoder().feed(recording(channels=channels))
    assert Audio(heard).seconds == pytest.approx(2, abs=0.05)
    assert loudest_hertz(heard) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("seed", range(5))
def test_where_the_chunks_are_cut_makes_no_difference(seed: int) -> None:
    decoder = WebmOpusDecoder()
    assert b"".join(map(decoder.feed, cut(TONE, seed))) == WebmOpusDecoder().feed(TONE)


def test_single_bytes_are_chunks_too() -> None:
    decoder = WebmOpusDecoder()
    heard = b"".join(decoder.feed(TONE[at : at + 1]) for at in range(len(TONE)))
    assert heard == WebmOpusDecoder().feed(TONE)


def test_audio_comes_out_as_it_comes_in() -> None:
    decoder = WebmOpusDecoder()
    fed, heard = 0, 0.0
    for chunk in cut(TONE, seed=1, longest=400):
        fed += len(chunk)
        heard += Audio(decoder.feed(chunk)).seconds
        assert heard >= 2 * fed / len(TONE) - 0.25


def test_a_damaged_size_does_not_swallow_what_follows() -> None:
    decoder = WebmOpusDecoder()
    second = TONE.index(b"\x1fC\xb6u", TONE.index(b"\x1fC\xb6u") + 1)
    heard = decoder.feed(TONE[:second])
    a_minute_at_32_kbit = b"\xec" + (0x20_0000 | 240_000).to_bytes(3)
    with pytest.raises(BadAudio):
        decoder.feed(a_minute_at_32_kbit)
    heard += decoder.feed(TONE[second:])
    assert Audio(heard).seconds == pytest.approx(2, abs=0.05)


def test_a_recording_that_starts_again_is_heard_from_its_start() -> None:
    decoder = WebmOpusDecoder()
    decoder.feed(TONE[: len(TONE) // 2])
    heard = decoder.feed(recording(hertz=880))
    assert Audio(heard).seconds == pytest.approx(2, abs=0.05)
    assert loudest_hertz(heard) == pytest.approx(880, abs=2)


def test_a_damaged_chunk_costs_one_error_and_its_own_audio() -> None:
    decoder = WebmOpusDecoder()
    chunks = cut(TONE, seed=2)
    bad = len(chunks) // 2
    seconds = 0.0
    errors = 0
    for index, chunk in enumerate(chunks):
        try:
            heard = decoder.feed(bytes(2_000) if index == bad else chunk)
        except BadAudio:
            errors += 1
        else:
            seconds += Audio(heard).seconds
    assert errors == 1
    assert seconds > 2 - 0.4


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"RIFF\x00\x00\x00\x00WAVEfmt ", id="a wav file"),
        pytest.param(b'{"type": "audio_end"}', id="text"),
        pytest.param(b"\xa3\x84\x81\x00\x00\x80", id="a block before any track"),
        pytest.param(b"\x1aE\xdf\xa3\x80\xec\x08\x7f\xff\xff\xff\xff\xff\xff", id="a huge element"),
        pytest.param(
            b"\x1aE\xdf\xa3\x80\xae\x80\xd7\x81\x01\x86\x86A_OPUS\x63\xa2\x83abc"
            b"\x1fC\xb6u\x80\xa3\x85\x81\x00\x00\x80\xfc",
            id="a malformed Opus header",
        ),
    ],
)
def test_what_is_not_webm_is_bad_audio_and_a_recording_is_still_heard(data: bytes) -> None:
    decoder = WebmOpusDecoder()
    with pytest.raises(BadAudio):
        decoder.feed(data)
    assert Audio(decoder.feed(TONE)).seconds == pytest.approx(2, abs=0.05)


def test_a_small_message_cannot_decode_to_hours() -> None:
    header = TONE[: TONE.index(b"\x1fC\xb6u")]
    # The one byte of such a packet announces 60 ms, which the codec makes up.
    blocks = b"\xa3\x85\x81\x00\x00\x80\x18" * 9_000
    decoder = WebmOpusDecoder()
    with pytest.raises(BadAudio, match="more than 60 s"):
        decoder.feed(header + b"\x1fC\xb6u\xff" + blocks)


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=600), max_size=6))
def test_any_bytes_are_decoded_or_bad_audio(messages: list[bytes]) -> None:
    survive(messages)


@settings(max_examples=200)
@given(st.data())
def test_any_damage_to_a_recording_is_decoded_or_bad_audio(data: st.DataObject) -> None:
    damaged = bytearray(TONE[:4_000])
    places = st.integers(0, len(damaged) - 1)
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=40)):
        damaged[at] = value
    survive(cut(bytes(damaged), data.draw(st.integers(0, 1_000))))


def survive(messages: list[bytes]) -> None:
    decoder = WebmOpusDecoder()
    for message in messages:
        try:
            assert len(decoder.feed(message)) % 2 == 0
        except BadAudio:
            continue
    assert Audio(decoder.feed(TONE)).seconds == pytest.approx(2, abs=0.05)
