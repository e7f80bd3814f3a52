"""Where the first words of a reply may be spoken before their clause is whole; pure.

The rule is that of Liberman and Church ("Text analysis and word pronunciation in text-to-speech
synthesis", 1992): a phrase ends between a word of content and a function word that begins the
next one. Korean marks the end of a phrase at the end of the word itself. A voice falls there by
itself, so that two takes of the two halves sound like one.
"""

import re

ENGLISH_WORDS = 4
"""Fewer are too short to be said in one breath with nothing after them."""
KOREAN_WORDS = 3

_BEGINS = frozenset(
    "and but or so because since although while when where which who whom whose that if how what "
    "why after before until from to in into on onto at by with without for about of through during "
    "between among against across under over as than".split()
)
"""English words that begin a phrase."""
_BINDS = _BEGINS | frozenset(
    "a an the this these those my your our their his her its some any no every each very more most "
    "i you we they he she it there is are was were be been being am do does did have has had will "
    "would can could should may might must not".split()
)
"""English words that nothing may be broken off after."""
_KOREAN_END = re.compile(
    r"(?:는데|은데|던데|지만|니까|면서|라서|어서|아서|해서|셔서|려고|고|며|면|때|후에|전에|에서|에게|한테|"
    r"부터|까지|으로|에는|에서는|은|는|을|를|께서|도|라고|다고)$"
)
_KOREAN_BINDS = re.compile(
    r"(?:하|되|있|없|시|으시|같|싶|않|던|였)는$|(?:같은|많은|좋은|높은|작은|다른 것은)$"
)
"""Endings in 는 and 은 that describe the noun after them."""
_WORD = re.compile(r"\S+(?=\s)")


def early_break(text: str) -> int | None:
    """Where ``text``, the unfinished beginning of a reply, may be broken off; None: not yet.

    The last word counts only once white space follows it.
    """
    words = list(_WORD.finditer(text))
    for count, word in enumerate(words, start=1):
        following = words[count][0] if count < len(words) else ""
        if _ends_phrase(word[0], count, following):
            return word.end()
    return None


def _ends_phrase(last: str, count: int, following: str) -> bool:
    """Whether a phrase ends with ``last``, the ``count``-th word; ``following`` may be unknown."""
    if not last[-1].isalnum():
        return False
    if "가" <= last[-1] <= "힣":
        if count < KOREAN_WORDS or _KOREAN_BINDS.search(last):
            return False
        return bool(_KOREAN_END.search(last))
    if count < ENGLISH_WORDS or last.lower() in _BINDS:
        return False
    return following.lower().strip(",.?!") in _BEGINS
