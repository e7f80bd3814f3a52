"""Where a stream of speech is cut, by a detector that hears loudness."""

import pytest

from voice.adapters.scripted import LoudnessDetector
from voice.audio import RATE, WIDTH
from voice.stretches import LONGEST, Stretch, Stretches

LOUD, QUIET = b"\x00\x10", bytes(2)


def pcm(*parts: tuple[bytes, float]) -> bytes:
    return b"".join(sample * round(seconds * RATE) for sample, seconds in parts)


def cut(audio: bytes, *, interim: bool = False, frame: int = 640) -> list[Stretch]:
    stretches = Stretches(LoudnessDetector(), interim=interim)
    found = [
        stretch
        for at in range(0, len(audio), frame)
        for stretch in stretches.feed(audio[at : at + frame])
    ]
    return [*found, *filter(None, [stretches.flush()])]


def test_each_stretch_of_speech_has_its_place_in_the_stream() -> None:
    first, second = cut(pcm((QUIET, 1), (LOUD, 2), (QUIET, 1), (LOUD, 1), (QUIET, 1)))
    assert first.start == pytest.approx(1, abs=0.4)
    assert first.end == pytest.approx(3, abs=0.3)
    assert second.start == pytest.approx(4, abs=0.4)
    assert second.end == pytest.approx(5, abs=0.3)
    assert first.is_final
    assert second.is_final


def test_silence_holds_no_stretch() -> None:
    assert cut(pcm((QUIET, 5))) == []


def test_the_frame_size_does_not_matter() -> None:
    audio = pcm((QUIET, 0.5), (LOUD, 3), (QUIET, 1), (LOUD, 12), (QUIET, 1))
    assert cut(audio, frame=2) == cut(audio, frame=65_536)


def test_speech_without_a_pause_is_cut_where_it_is_quietest_and_nothing_is_lost() -> None:
    audio = pcm((LOUD, 9), (QUIET, 0.1), (LOUD, 11), (QUIET, 1))
    stretches = cut(audio)
    assert len(stretches) == 3
    assert all(stretch.audio.seconds <= LONGEST for stretch in stretches)
    assert stretches[0].end == pytest.approx(9.1, abs=0.1)
    joined = b"".join(stretch.audio.pcm for stretch in stretches)
    assert joined == audio[: len(joined)]
    assert len(joined) / WIDTH / RATE > 20
    assert [s.end for s in stretches[:-1]] == pytest.approx([s.start for s in stretches[1:]])


def test_what_is_open_comes_each_second_if_asked_for() -> None:
    *interim, final = cut(pcm((LOUD, 3.3), (QUIET, 1)), interim=True)
    assert [round(stretch.end) for stretch in interim] == [1, 2, 3]
    assert not any(stretch.is_final for stretch in interim)
    assert final.is_final
    assert final.audio.pcm.startswith(interim[-1].audio.pcm)


def test_a_flush_ends_the_open_stretch_and_the_next_begins_anew() -> None:
    stretches = Stretches(LoudnessDetector())
    assert stretches.flush() is None
    assert list(stretches.feed(pcm((LOUD, 2)))) == []
    first = stretches.flush()
    assert first
    assert first.end == pytest.approx(2, abs=0.1)
    assert stretches.flush() is None
    (second,) = stretches.feed(pcm((QUIET, 1), (LOUD, 1), (QUIET, 1)))
    assert second.start == pytest.approx(3, abs=0.4)
