"""What an interpretation must be before it is spoken: the same, in the other language; pure."""

import re
from collections.abc import Mapping

from voice.sentences import weight

OTHER: Mapping[str, str] = {"en": "ko", "ko": "en"}
LONGER, SHORTER = 3.0, 0.3
"""How much longer or shorter than its original an interpretation may be, in weight as speech."""
SLACK = 24
"""Weight by which a short one may be longer all the same."""

_META = re.compile(
    r"^(?:sure|certainly|of course|here(?:'s| is))\b.*:|\btranslat(?:ion|ed|e)\b.*:|"
    r"\bas an ai\b|\blanguage model\b|\bi (?:cannot|can't) (?:translate|assist|help)\b|"
    r"[<>{}#*_`]|번역\s*:|통역\s*:|번역하면|(?:물론|네)[,.]? .*번역",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[?？]\s*[\"'”’]?\s*$|(?:까요?|나요|가요|니|냐|을래|ㄹ래|지요|죠)[.。]?\s*$"
)
_ASKS_IN_ENGLISH = re.compile(
    r"^(?:who|what|when|where|why|which|how|do|does|did|is|are|was|were|can|could|would|will|"
    r"should|have|has|may)\b",
    re.IGNORECASE,
)


def spoken(text: str, told: str) -> str:
    """The language of ``text`` by its letters, else what a recognizer ``told``, who hears too
    little of a short word to know."""
    hangul = len(re.findall(r"[가-힣]", text))
    latin = len(re.findall(r"[A-Za-z]", text))
    if hangul + latin:
        return "ko" if hangul * 2 > latin else "en"
    return told if told in OTHER else "en"


def objection(original: str, interpretation: str, language: str) -> str:
    """Why ``interpretation`` into ``language`` must not be spoken, in a word for the log; empty if
    it may."""
    text = interpretation.strip()
    if not text:
        return "empty"
    if reason := objection_so_far(original, text, language):
        return reason
    said, made = weight(original), weight(text)
    if made > said * LONGER + SLACK or made < said * SHORTER - SLACK:
        return "length"
    if asks(original) and not asks(text):
        return "answers instead of asking"
    if "?" in text and not asks(original) and "?" not in original:
        return "asks what was not asked"
    if not numbers(text) <= numbers(original) and numbers(original):
        return "numbers"
    return ""


def objection_so_far(original: str, begun: str, language: str) -> str:
    """The same of an interpretation that is still being written."""
    hangul = len(re.findall(r"[가-힣]", begun))
    latin = len(re.findall(r"[A-Za-z]", begun))
    if hangul + latin and (hangul * 2 > latin) != (language == "ko"):
        return "language"
    if _META.search(begun):
        return "more than the interpretation"
    if weight(begun) > weight(original) * LONGER + SLACK:
        return "length"
    return ""


def asks(text: str) -> bool:
    """Whether somebody is asked something at the end."""
    last = re.split(r"(?<=[.!?。？！])\s+", text.strip())[-1]
    return bool(_QUESTION.search(last)) or bool(
        last.endswith("?") or (_ASKS_IN_ENGLISH.match(last) and not last.endswith((".", "!")))
    )


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text.replace(",", "")))
