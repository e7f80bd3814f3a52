"""What the local language model writes: the guide's follow-up, tied to a word of the answer.

All systems get replies of the same length, whatever their prompts look like. The word comes from
the answer's beginning, so that a transcript of more or less of it leads to the same reply and its
audio can be kept from an earlier run.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from interviews.guides.document import GuideDocument, parse

GUIDE = Path(__file__).with_name("guide.yaml")

_TASK = re.compile(r".*Candidate: (?P<answer>.*)\nQuestion: (?P<question>.*)\s*$", re.DOTALL)
_TOO_COMMON = frozenset(
    "about after again because before could first which would their there these those where "
    "while thing things think really actually maybe something someone please since wrote written "
    "asked wanted not yes the and for was were are has had her his our they you who how all out "
    "that this with from what when them then than into some very".split()
)
_KOREAN_TOO_COMMON = frozenset("저는 제가 저희 저희는 저희가 우리 그때 그리고 그래서 먼저".split())
_TOKEN_LETTERS = {"en": 5, "ko": 2}
"""Letters of a token at most: sentences come to about as many tokens as with real vocabularies."""


@cache
def guide() -> GuideDocument:
    return parse(GUIDE.read_text(encoding="utf-8"), GuideDocument, source=GUIDE.name)


@cache
def probes(language: str) -> tuple[str, ...]:
    """The follow-ups of the benchmark's guide."""
    return tuple(getattr(probe, language) for probe in guide().questions[0].probes)


def reply_to(messages: Sequence[Mapping[str, str]]) -> str:
    """The reply to a chat's ``messages`` (``role`` and ``content``).

    A last message that names the question to ask (as our own prompt does) is obeyed; else the
    question is that of the guide for this turn.
    """
    last = messages[-1]["content"]
    if task := _TASK.match(last):
        answer, question = task["answer"], task["question"].strip()
    else:
        answer = last
        turn = sum(message["role"] == "user" for message in messages) - 1
        asked = probes(_language(last))
        question = asked[turn % len(asked)]
    return tied(question, answer)


def tied(question: str, answer: str) -> str:
    """``question`` after a word of ``answer``."""
    if _language(question) == "ko":
        # A syllable block without a final consonant takes 라고, one with it 이라고.
        words = [w for w in re.findall(r"[가-힣]{2,}", answer) if w not in _KOREAN_TOO_COMMON]
        word = _first(words, question) or "그 일"
        open_syllable = (ord(word[-1]) - 0xAC00) % 28 == 0
        return f"{word}{'라고' if open_syllable else '이라고'} 하셨는데요. {question}"
    words = [word for word in re.findall(r"[a-z]{3,}", answer.lower()) if word not in _TOO_COMMON]
    long = [word for word in words if len(word) > 4]
    word = _first(long, question) or _first(words, question) or "that"
    return f"You mentioned {word}. {question}"


def tokens(text: str) -> list[str]:
    """``text`` in pieces of about the size of a model's tokens; joined they are ``text``."""
    pieces: list[str] = []
    for part in re.findall(r"\s*[가-힣]+|\s*\w+|\s*[^\w\s]|\s+", text):
        letters = _TOKEN_LETTERS[_language(part)]
        space = len(part) - len(part.lstrip())
        ends = [*range(space + letters, len(part), letters), len(part)]
        pieces += [part[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    return pieces


def _first(words: Sequence[str], question: str) -> str:
    return next((word for word in words if word[:4] not in question.lower()), "")


def _language(text: str) -> str:
    return "ko" if re.search("[가-힣]", text) else "en"
