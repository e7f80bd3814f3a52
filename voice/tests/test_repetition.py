"""What candidates say twice stands twice, although recognizers like to leave it out."""

import re
from collections.abc import Sequence

import pytest

from voice.adapters.whisper import Whisper
from voice.audio import Audio
from voice.endpointing import WINDOW_BYTES, WINDOW_SECONDS
from voice.engines import Transcript
from voice.repetition import PACE, seems_swallowed, was_swallowed
from voice.sentences import weight
from voice.tests.speech import spoken
from voice.transcription import KEEP_AFTER, Transcription

SWALLOWED = [
    ("I wrote the cache.", "I wrote the cache."),
    ("I wrote the cache.", "I wrote the cache. I wrote the cache and the tests."),
    ("We tested the release,", "we tested the release. It was late."),
    ("The load went from 2000 to 3000.", "The load went from 2000 to 3000."),
    ("It was 1999.", "It was 1999, and it was late."),
    ("캐시를 만들었습니다.", "캐시를 만들었습니다."),
    ("캐시를 만들었습니다.", "캐시를 만들었습니다. 테스트도 만들었습니다."),
    ("주문이 2000개에서 3000개로 늘었습니다.", "주문이 2000개에서 3000개로 늘었습니다."),
    ("저는 결제 서비스를", "저는 결제 서비스를 만들고 있습니다."),
]
"""What is said before and after a pause; the second begins with the first."""
NOT_REPEATED = [
    ("I wrote the cache.", "Then I tested the release."),
    ("We had five people in the team,", "and we met every week."),
    ("From two thousand", "to three thousand orders a day."),
    ("저는 결제 서비스를 만들고 있습니다.", "주로 백엔드 개발을 담당합니다."),
    ("팀에서 다섯 명과 함께 일했고", "매주 회의를 했습니다."),
    ("테스트를 먼저 작성했습니다.", "배포를 자동화했습니다."),
]


class Forgetful:
    """Understands a phrase by its number in the samples, and writes what two phrases in one piece
    of audio have in common only once, as Whisper at times does."""

    def __init__(self, phrases: Sequence[str], *, swallows: bool = True) -> None:
        self._phrases = phrases
        self._swallows = swallows
        self.requests: list[str] = []

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        windows = [audio.pcm[at] for at in range(0, len(audio.pcm), WINDOW_BYTES)]
        numbers = [number for number in dict.fromkeys(windows) if number]
        text = ""
        for number in numbers:
            phrase = self._phrases[number - 1]
            if self._swallows and text and _plain(phrase).startswith(_plain(text)):
                text = phrase[: len(text)].strip() + phrase[len(text) :]
            else:
                text = f"{text} {phrase}".strip()
        self.requests.append(text)
        return Transcript(text, language or "en", 0.9)

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def say(transcription: Transcription, number: int, phrase: str) -> None:
    for _ in range(_windows(phrase)):
        transcription.add(bytes([number]) * WINDOW_BYTES, 0.9, voiced=True)


def _windows(phrase: str) -> int:
    return max(1, round(weight(_plain(phrase)) / PACE / WINDOW_SECONDS))


def pause(transcription: Transcription, seconds: float) -> None:
    for _ in range(round(seconds / WINDOW_SECONDS)):
        transcription.add(bytes(WINDOW_BYTES), 0.0, voiced=False)


async def answer(recognizer: Forgetful, *phrases: str, silence: float = 1.5) -> Transcript:
    """The words of an answer with pauses, each of which is read as a call does."""
    transcription = Transcription(recognizer, language="en")
    for number, phrase in enumerate(phrases, 1):
        say(transcription, number, phrase)
        pause(transcription, silence)
        words = await transcription.settled()
    return words


@pytest.mark.parametrize("silence", [0.3, 1.5, 4.0])
@pytest.mark.parametrize(("first", "second"), SWALLOWED)
async def test_what_is_said_again_after_a_pause_stands_again(
    first: str, second: str, silence: float
) -> None:
    recognizer = Forgetful([first, second])
    words = await answer(recognizer, first, second, silence=silence)
    assert words.text == f"{first} {second}"


@pytest.mark.parametrize(("first", "second"), SWALLOWED)
async def test_so_it_does_when_all_comes_at_once(first: str, second: str) -> None:
    transcription = Transcription(recognizer := Forgetful([first, second]))
    say(transcription, 1, first)
    pause(transcription, 1.5)
    say(transcription, 2, second)
    pause(transcription, 0.2)
    assert (await transcription.settled()).text == f"{first} {second}"
    assert len(recognizer.requests) == 3


@pytest.mark.parametrize(("first", "second"), SWALLOWED)
async def test_what_is_said_three_times_stands_three_times(first: str, second: str) -> None:
    words = await answer(Forgetful([first, first, second]), first, first, second)
    assert words.text == f"{first} {first} {second}"


@pytest.mark.parametrize(("first", "second"), NOT_REPEATED)
async def test_what_is_not_said_again_is_read_as_one_sentence(first: str, second: str) -> None:
    recognizer = Forgetful([first, second])
    words = await answer(recognizer, first, second)
    assert words.text == f"{first} {second}"
    assert recognizer.requests == [first, words.text]


@pytest.mark.parametrize(("first", "second"), SWALLOWED)
async def test_a_repetition_that_is_read_is_not_read_again(first: str, second: str) -> None:
    recognizer = Forgetful([first, second], swallows=False)
    words = await answer(recognizer, first, second)
    assert words.text == f"{first} {second}"
    assert recognizer.requests == [first, words.text]


@pytest.mark.parametrize(("name", "words"), [("amiable", "himself"), ("selfish", "unless")])
async def test_a_person_says_the_same_again(name: str, words: str) -> None:
    whisper = Whisper()
    transcription = Transcription(whisper, language="en")
    for _ in range(2):
        pcm = spoken(name).pcm
        for at in range(0, len(pcm) - WINDOW_BYTES, WINDOW_BYTES):
            transcription.add(pcm[at : at + WINDOW_BYTES], 0.9, voiced=True)
        pause(transcription, 1.5)
        heard = await transcription.settled()
    assert heard.text.lower().count(words) == 2
    await whisper.close()


async def test_a_sound_without_words_repeats_nothing() -> None:
    transcription = Transcription(recognizer := Forgetful(["I wrote the cache.", "Um."]))
    say(transcription, 1, "I wrote the cache.")
    pause(transcription, 1.0)
    await transcription.settled()
    for _ in range(40):
        transcription.add(b"\2" * WINDOW_BYTES, 0.9, voiced=True)
    pause(transcription, 0.2)
    assert (await transcription.settled()).text == "I wrote the cache. Um."
    assert recognizer.requests[-1] == "Um."


async def test_nothing_is_said_twice_for_a_seam_in_what_is_kept() -> None:
    first, second = "x" * round(KEEP_AFTER * PACE), "I wrote the cache."
    recognizer = Forgetful([first, second, second])
    words = await answer(recognizer, first, second, second)
    assert words.text == f"{first} {second} {second}"


async def test_the_subtitle_has_it_too() -> None:
    phrases = ["I wrote the cache.", "I wrote the cache and the tests."]
    transcription = Transcription(Forgetful(phrases), language="en")
    say(transcription, 1, phrases[0])
    pause(transcription, 1.0)
    await transcription.settled()
    say(transcription, 2, phrases[1])
    assert (await transcription.partial()).text == " ".join(phrases)


@pytest.mark.parametrize(
    ("whole", "seconds_after", "expected"),
    [
        ("I wrote the cache.", 1.4, True),
        ("I wrote the cache.", 0.4, False),
        ("I wrote the cache and the tests.", 2.2, True),
        ("I wrote the cache. I wrote the cache and the tests.", 2.2, False),
        ("I wrote the cache. Then I tested it.", 1.4, False),
    ],
)
def test_too_few_letters_are_suspicious(whole: str, seconds_after: float, expected: bool) -> None:
    assert seems_swallowed("I wrote the cache.", 1.4, whole, seconds_after) is expected


def test_without_words_before_nothing_is_expected() -> None:
    assert not seems_swallowed("", 1.0, "", 1.0)
    assert not seems_swallowed("Yes.", 0.0, "Yes.", 1.0)


@pytest.mark.parametrize(
    ("before", "whole", "after", "expected"),
    [
        ("I wrote the cache.", "I wrote the cache.", "I wrote the cash.", True),
        ("데스튜를 먼저 작성했습니다.", "데스트를 먼저 작성했습니다. 배포했습니다.",
         "데스타를 먼저 작성했습니다. 배포했습니다.", True),
        ("개시로 만들었습니다.", "개시로 만들었습니다.",
         "대시를 만들었습니다. 테스트도 만들었습니다.", True),
        # Other words, or words that are all there, are not said again.
        ("I wrote the cache.", "I wrote the cache.", "Thank you for watching.", False),
        ("저는 개발자입니다.", "저는 개발자입니다.", "감사합니다.", False),
        ("I wrote the cache.", "I wrote the cache. I wrote it well.", "I wrote it well.", False),
        ("I wrote the cache.", "I wrote the cache.", "Um.", False),
        ("I wrote the cache.", "I wrote the cache.", "", False),
    ],
)  # fmt: skip
def test_a_second_reading_tells(before: str, whole: str, after: str, expected: bool) -> None:
    assert was_swallowed(before, whole, after) is expected
