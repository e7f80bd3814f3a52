"""Words that are no wish to speak: sounds of listening – "mm-hm", "네" – and our own, come back
from the candidate's loudspeaker; pure."""

import re
from difflib import SequenceMatcher

_WORDS = {
    "en": frozenset(
        "mm mmm hm hmm mhm mm-hm mm-hmm mhmm uh-huh uhhuh uh huh ah oh aha yeah yep yup yes ok "
        "okay right sure alright all good great nice cool wow i see got it really thank thanks "
        "you so"
        .split()
    ),
    "ko": frozenset(
        "네 넵 넹 예 아 어 음 응 흠 오 아하 그렇군요 그렇죠 그쵸 맞아요 맞습니다 알겠습니다 "
        "좋습니다 좋아요 감사합니다 고맙습니다 아네 아예"
        .split()
    ),
}  # fmt: skip
_REQUESTS = {
    "en": frozenset(
        "wait stop no nope sorry excuse pardon hold hang what question but actually repeat".split()
    ),
    "ko": ("잠깐", "잠시", "아니", "그만", "멈", "죄송", "실례", "저기", "질문", "다시", "뭐",
           "무슨", "근데", "그런데"),
}  # fmt: skip
"""Words that ask for the floor by themselves; Korean by how they begin."""
LONGEST = 4
"""An utterance of more words is a wish to speak, whatever they are."""


def is_backchannel(text: str) -> bool:
    """Whether an utterance into somebody's speech only says "I am listening", or nothing at all.

    A recogniser makes words like "thank you" or "you" of a cough; they count as listening too.
    """
    words = re.findall(r"[a-z가-힣-]+", text.lower())
    known = _WORDS["en"] | _WORDS["ko"]
    return len(words) <= LONGEST and all(
        word in known or set(word) <= _WORDS["ko"] for word in words
    )


OWN_LETTERS = 10
"""Letters (Hangul: half as many) of words beyond those of listening and ours that are a remark."""


def is_remark(text: str, said: str) -> bool:
    """Whether a short sound into ``said`` is meant to stop it.

    Of half a second a recogniser makes any words, often ours; a request is believed, and what is
    long enough to be more than that.
    """
    words = re.findall(r"[a-z가-힣]+", text.lower())
    if any(word in _REQUESTS["en"] or word.startswith(_REQUESTS["ko"]) for word in words):
        return True
    ours = set(re.findall(r"[a-z가-힣]+", said.lower()))
    own = "".join(word for word in words if word not in ours and not is_backchannel(word))
    return _weight(own) >= OWN_LETTERS


SHORTEST_ECHO = 6
"""Letters (Hangul: half as many) below which the same words may well be the candidate's own."""
ECHOED = 0.8
"""Share of an utterance's letters that must be found in what was said, in longer pieces."""


def is_echo(text: str, said: str) -> bool:
    """Whether ``text`` is, but for what a recogniser mishears, a part of ``said``."""
    heard, ours = _letters(text), _letters(said)
    if _weight(heard) < SHORTEST_ECHO or not ours:
        return False
    matcher = SequenceMatcher(None, ours, heard, autojunk=False)
    pieces = [block for block in matcher.get_matching_blocks() if block.size >= 3]
    if not pieces:
        return False
    span = pieces[-1].a + pieces[-1].size - pieces[0].a
    found = sum(block.size for block in pieces)
    return found >= ECHOED * len(heard) and span <= 1.5 * len(heard)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _weight(letters: str) -> int:
    return len(letters) + sum(letter >= "가" for letter in letters)
