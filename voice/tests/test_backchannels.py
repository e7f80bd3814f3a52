import pytest

from voice.backchannels import is_backchannel, is_remark


@pytest.mark.parametrize(
    "text",
    ["", "Mm-hm.", "Yeah.", "Okay, right.", "I see.", "네.", "네네", "아, 네.", "Thank you."],
)
def test_listening_is_not_speaking(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    ["Wait.", "Sorry, one question.", "No.", "Yes, I built it with Redis.", "잠시만요.", "아니요.",
     "네, 제가 담당했습니다.", "Stop.", "What?"],
)  # fmt: skip
def test_speaking_is(text: str) -> None:
    assert not is_backchannel(text)


SAID = "Now, that is a good plan. How did you go about it?"


@pytest.mark.parametrize(
    "text",
    [
        "Wait.",
        "Sorry?",
        "No, no.",
        "Hold on.",
        "잠깐만요.",
        "아니요.",
        "저기요",
        "죄송한데요",
        "They would have to know",
        "한 가지 더요",
    ],
)
def test_a_request_is_one_alone_and_so_are_several_words(text: str) -> None:
    assert is_remark(text, SAID)


@pytest.mark.parametrize(
    "text",
    ["", "Mm-hm.", "you go", "the plan", "How?", "네.", "말하지", "Yeah.", "Now that is good."],
)
def test_any_other_short_sound_does_not(text: str) -> None:
    """Recognizers have written each of these for a hum, a "yes" or a cough."""
    assert not is_remark(text, SAID)
