"""When an answer may not be judged."""

import pytest

from interviews.conversation.validity import Flaw, flaw, size

ENGLISH = "I rewrote the importer and it took half the time after that."
KOREAN = "제가 가져오기 기능을 다시 작성했고 시간이 절반으로 줄었습니다."
MIXED = "저는 Kubernetes 클러스터에서 Postgres replication 지연을 줄이는 일을 맡았습니다."


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (ENGLISH, "en", None),
        (KOREAN, "ko", None),
        (MIXED, "ko", None),
        (MIXED, "auto", None),
        (ENGLISH, "auto", None),
        (KOREAN, "auto", None),
        (KOREAN, "en", Flaw.WRONG_LANGUAGE),
        (ENGLISH, "ko", Flaw.WRONG_LANGUAGE),
        ("私は去年キャッシュを作りました。とても速くなりました。", "auto", Flaw.WRONG_LANGUAGE),
        ("Yes, I did.", "en", Flaw.TOO_SHORT),
        ("네, 했습니다.", "ko", Flaw.TOO_SHORT),
        ("", "en", Flaw.TOO_SHORT),
        ("thank you for watching " * 6, "en", Flaw.GARBLED),
        ("Well, I did it again and again and again, and then it worked at last.", "en", None),
    ],
)
def test_language_length_and_loops(text: str, language: str, expected: Flaw | None) -> None:
    assert flaw(text, expected_language=language) == expected


def test_what_the_recognizer_doubts_is_not_judged_but_typed_words_always_are() -> None:
    assert flaw(ENGLISH, expected_language="en", confidence=0.2) == Flaw.LOW_CONFIDENCE
    assert flaw(ENGLISH, expected_language="en", confidence=0.8) is None
    assert flaw(ENGLISH, expected_language="en", confidence=None) is None


def test_the_interviewers_own_words_are_an_echo() -> None:
    question = "Thank you. Tell me about a time when you had to change a plan at the last moment."
    echo = "tell me about a time when you had to change a plan"
    assert flaw(echo, expected_language="en", before=question) == Flaw.ECHO
    own = "There was a time when we had to change a plan: a supplier failed and I found another."
    assert flaw(own, expected_language="en", before=question) is None


def test_lost_sound_comes_before_everything() -> None:
    assert flaw(ENGLISH, expected_language="en", lost=True) == Flaw.LOST


def test_pauses_and_pace_are_no_flaw() -> None:
    assert flaw("um so ... er ... " + ENGLISH, expected_language="en") is None


def test_korean_words_weigh_more() -> None:
    assert size("제가 만들었습니다") == 3.0
    assert size("I built it") == 3.0
