"""The two plain designs, as far as they think for themselves."""

from collections.abc import AsyncGenerator

from benchmarks.systems.plain import SILENCE, Segmenter
from benchmarks.systems.simple import sentences
from voice.audio import Audio
from voice.endpointing import WINDOW_BYTES, WINDOW_SECONDS


class Loud:
    """A detection by loudness."""

    def probability(self, window: bytes) -> float:
        return 1.0 if any(window) else 0.0


def windows(seconds: float, value: bytes) -> bytes:
    return value * (round(seconds / WINDOW_SECONDS) * WINDOW_BYTES)


def found(segmenter: Segmenter, *parts: bytes) -> list[str]:
    return [
        item if isinstance(item, str) else f"answer of {item.seconds:.0f} s"
        for part in parts
        for item in segmenter.feed(part)
    ]


def test_an_answer_ends_with_its_silence_and_a_shorter_one_belongs_to_it() -> None:
    segmenter = Segmenter(Loud())
    speech, short, long = (
        windows(2.0, b"\1"), windows(SILENCE - 0.1, b"\0"), windows(SILENCE + 0.1, b"\0"),
    )  # fmt: skip
    quiet = windows(3.0, b"\0")
    assert found(segmenter, quiet, speech, short, speech) == ["started"]
    (ended,) = found(segmenter, long)
    assert ended == "answer of 6 s"
    assert not segmenter.speaking


def test_a_click_is_no_speech() -> None:
    segmenter = Segmenter(Loud())
    assert found(segmenter, windows(0.1, b"\1"), windows(1.0, b"\0")) == []


def test_what_precedes_the_onset_is_kept_and_nothing_older() -> None:
    segmenter = Segmenter(Loud())
    parts = [windows(30.0, b"\0"), windows(0.5, b"\1"), windows(1.0, b"\0")]
    answers = [item for part in parts for item in segmenter.feed(part) if isinstance(item, Audio)]
    assert len(answers) == 1
    assert 1.5 < answers[0].seconds < 2.0


async def deltas(text: str) -> AsyncGenerator[str]:
    for start in range(0, len(text), 3):
        yield text[start : start + 3]


async def test_sentences_come_whole() -> None:
    text = "You mentioned cost. What did it, in the end, amount to? 비용은요?"
    assert [part async for part in sentences(deltas(text))] == [
        "You mentioned cost.",
        "What did it, in the end, amount to?",
        "비용은요?",
    ]
