"""Sounds of listening – "mm-hm", "네" – which are no wish to speak; pure."""

import re

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
