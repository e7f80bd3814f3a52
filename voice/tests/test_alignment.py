from array import array

from hypothesis import given
from hypothesis import strategies as st

from voice.alignment import AlignedSpeech, Letter
from voice.engines import Clip

RATE = 24_000
LONG = 0.1


def pcm(seconds: float) -> bytes:
    return array("h", [500] * round(seconds * RATE)).tobytes()


def chunk(text: str, start: float = 0.0) -> tuple[bytes, list[Letter]]:
    letters = [Letter(c, start + LONG * i, LONG) for i, c in enumerate(text)]
    return pcm(LONG * len(text)), letters


def said(text: str, *parts: str) -> list[Clip]:
    speech = AlignedSpeech(text, RATE)
    clips = [speech.add(*chunk(part)) for part in parts]
    return [clip for clip in (*clips, speech.rest()) if clip]


def test_a_clip_ends_where_a_word_does() -> None:
    clips = said("Tell me more.", "Tell m", "e mor", "e.")
    assert [clip.text for clip in clips] == ["Tell ", "me ", "more."]
    assert [round(clip.audio.seconds, 3) for clip in clips] == [0.5, 0.3, 0.5]


def test_mouth_shapes_are_on_the_clips_own_clock() -> None:
    _, second = said("Tell me", "Tell m", "e")
    assert [(v.shape, round(v.start, 3)) for v in second.visemes] == [("PP", 0.0), ("E", 0.1)]


def test_hangul_is_split_into_its_sounds() -> None:
    (clip,) = said("밤", "밤")
    assert [viseme.shape for viseme in clip.visemes] == ["PP", "aa", "PP"]
    assert clip.visemes[-1].end <= clip.audio.seconds + 1e-6


def test_times_on_the_clock_of_the_whole_stream_are_understood() -> None:
    speech = AlignedSpeech("Tell me more now", RATE)
    first = speech.add(*chunk("Tell "))
    second = speech.add(*chunk("me more ", start=0.5))
    third = speech.add(*chunk("now", start=1.3))
    clips = [clip for clip in (first, second, third) if clip]
    assert [clip.text for clip in clips] == ["Tell ", "me more ", "now"]
    assert [round(clip.audio.seconds, 3) for clip in clips] == [0.5, 0.8, 0.3]
    assert third and third.visemes[0].start < LONG


def test_letters_that_are_spoken_otherwise_do_not_lose_the_place() -> None:
    clips = said("We had 2 caches, really.", "We had ", "two caches", ", really.")
    assert "".join(clip.text for clip in clips) == "We had 2 caches, really."


def test_audio_without_letters_is_kept_until_the_end() -> None:
    speech = AlignedSpeech("Yes, go on.", RATE)
    assert speech.add(pcm(0.4), []) is None
    clip = speech.rest()
    assert clip and clip.text == "Yes, go on." and clip.audio.seconds == 0.4 and clip.visemes


@given(
    text=st.text(alphabet="ab 가나 .🙂\n", max_size=30),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=9),
    absolute=st.booleans(),
)
def test_no_word_and_no_sample_is_lost(text: str, sizes: list[int], absolute: bool) -> None:
    speech = AlignedSpeech(text, RATE)
    clips: list[Clip | None] = []
    at = 0
    while at < len(text):
        part = text[at : at + sizes[at % len(sizes)]]
        clips.append(speech.add(*chunk(part, LONG * at if absolute else 0.0)))
        at += len(part)
    clips.append(speech.rest())
    made = [clip for clip in clips if clip]
    assert "".join(clip.text for clip in made) == text
    assert b"".join(clip.audio.pcm for clip in made) == pcm(LONG) * len(text)
    for clip in made:
        ends = [0.0, *(viseme.end for viseme in clip.visemes)]
        assert ends == sorted(ends) and ends[-1] <= clip.audio.seconds + 1e-6
