"""A quote is found however its letters are encoded and spaced, and never where it was not said."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.scoring.evidence import locate

SAID = "Well, I built a cache — it didn't last: “pages” were 40 % faster, I'd say…"
KOREAN = "제가 작년에 캐시를 만들었고, 페이지가 사십 퍼센트 빨라졌습니다."


@pytest.mark.parametrize(
    ("quote", "said", "found"),
    [
        ("I built a cache", SAID, "I built a cache"),
        ("i  BUILT\u00a0a\ncache.", SAID, "I built a cache"),
        ("I built a cache – it didn’t last", SAID, "I built a cache — it didn't last"),
        ('last: "pages" were', SAID, "last: “pages” were"),
        ("“pages were 40 % faster”", SAID, "pages” were 40 % faster"),
        ("Ｉ built a\u200b cache", SAID, "I built a cache"),
        ("I built a cache", "I\u200b bu\u00adilt a cache", "I\u200b bu\u00adilt a cache"),
        ("a café in Málaga", unicodedata.normalize("NFD", "in a café in Málaga"), None),
        ("캐시를 만들었고, 페이지가", KOREAN, "캐시를 만들었고, 페이지가"),
        ("캐시를 만들었고, 페이지가", unicodedata.normalize("NFD", KOREAN), None),
        ("페이지가 사십 퍼센트 빨라졌", KOREAN, "페이지가 사십 퍼센트 빨라졌"),
    ],
)
def test_the_same_words_are_found(quote: str, said: str, found: str | None) -> None:
    span = locate(quote, said)
    assert span
    there = said[slice(*span)]
    assert there == (found or unicodedata.normalize("NFD", quote))


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("I build a cache", SAID),
        ("uilt a cache", SAID),
        ("I built the cache", SAID),
        ("I built a cache pages were faster", SAID),
        ("제가 캐시를 만들었고", KOREAN),
        ("가 작년에 캐시를 만들었고", KOREAN),
        ("캐시를 지웠고, 페이지가", KOREAN),
        ("캐시는 만들었고, 페이지가", KOREAN),
        ("캐시를 만들", KOREAN),  # Too short to be evidence.
        ("\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b", SAID),
        ("\"' “” .,!? ………", SAID),
        ("", SAID),
    ],
)
def test_other_words_are_not(quote: str, said: str) -> None:
    assert locate(quote, said) is None


@given(st.text(max_size=60), st.integers(0, 40), st.integers(8, 40))
def test_whatever_is_found_says_the_same(said: str, start: int, length: int) -> None:
    quote = said[start : start + length]
    span = locate(quote, said)
    if span:
        first, last = span
        assert 0 <= first < last <= len(said)
        assert locate(said[first:last], said) is not None
