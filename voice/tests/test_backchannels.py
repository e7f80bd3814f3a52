import pytest

from voice.backchannels import is_backchannel


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
