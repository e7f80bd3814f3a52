import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.visemes import SHAPES, Viseme, from_hangul, from_phonemes, from_text, merge

SECONDS = st.floats(0.0, 2.0)
PHONEMES = st.lists(st.tuples(st.sampled_from([*"pfθtkʧsnɹaeiouʌɯː .ʰ", "?", "漢"]), SECONDS))
TOLERANCE = 1e-6


def shapes(visemes: tuple[Viseme, ...]) -> list[str]:
    return [viseme.shape for viseme in visemes]


def rounded(visemes: tuple[Viseme, ...]) -> tuple[Viseme, ...]:
    return tuple(Viseme(round(v.start, 6), round(v.duration, 6), v.shape) for v in visemes)


def assert_well_formed(visemes: tuple[Viseme, ...], seconds: float) -> None:
    at = 0.0
    for viseme in visemes:
        assert viseme.shape in SHAPES
        assert viseme.duration > 0
        assert viseme.start >= at - TOLERANCE
        at = viseme.end
    assert at <= seconds + TOLERANCE
    for one, next_one in zip(visemes, visemes[1:], strict=False):
        assert one.shape != next_one.shape or next_one.start - one.end > TOLERANCE / 2


@given(PHONEMES, st.floats(-1.0, 1.0), SECONDS)
def test_shapes_of_timed_phonemes_follow_each_other_within_the_audio(
    phonemes: list[tuple[str, float]], start: float, end: float
) -> None:
    assert_well_formed(from_phonemes(phonemes, start=start, end=end), end)


@given(st.text(max_size=40), SECONDS)
def test_shapes_of_any_text_follow_each_other_within_the_audio(text: str, seconds: float) -> None:
    assert_well_formed(from_text(text, seconds), seconds)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)), SECONDS)
def test_shapes_of_hangul_follow_each_other_within_the_audio(text: str, seconds: float) -> None:
    assert_well_formed(from_hangul(text, seconds), seconds)


def test_phonemes_keep_their_times() -> None:
    assert rounded(from_phonemes([("p", 0.1), ("a", 0.2)])) == (
        Viseme(0.0, 0.1, "PP"),
        Viseme(0.1, 0.2, "aa"),
    )


def test_what_was_trimmed_off_the_audio_is_cut() -> None:
    cut = from_phonemes([("p", 0.1), ("a", 0.2), ("s", 0.5)], start=-0.1, end=0.3)
    assert rounded(cut) == (Viseme(0.0, 0.2, "aa"), Viseme(0.2, 0.1, "SS"))


def test_marks_prolong_and_equal_neighbours_join() -> None:
    prolonged = from_phonemes([("ˈ", 0.1), ("a", 0.1), ("ː", 0.1), ("ə", 0.1)])
    assert rounded(prolonged) == (Viseme(0.0, 0.1, "sil"), Viseme(0.1, 0.3, "aa"))


def test_shapes_apart_in_time_stay_apart() -> None:
    apart = (Viseme(0.0, 0.1, "aa"), Viseme(0.5, 0.1, "aa"))
    assert merge(apart) == apart


def test_a_closed_mouth_for_korean_bilabials_and_round_for_round_vowels() -> None:
    assert shapes(from_hangul("밥", 1.0)) == ["PP", "aa", "PP"]
    assert shapes(from_hangul("무", 1.0)) == ["PP", "U"]
    # As said, not as spelled: 입니다 is 임니다, 같이 is 가치.
    assert shapes(from_hangul("같이", 1.0)) == ["kk", "aa", "CH", "I"]


def test_a_vowel_lasts_longer_than_a_consonant() -> None:
    closure, vowel = from_hangul("바", 0.3)
    assert vowel.duration == pytest.approx(2 * closure.duration)


def test_latin_text_is_spread() -> None:
    assert shapes(from_text("Pàf", 1.0)) == ["PP", "aa", "FF"]
    assert from_text("", 1.0) == ()
    assert from_text("a", 0.0) == ()
