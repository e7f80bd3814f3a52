"""What a transcript's last words tell about whether the thought is complete; pure.

The turn model hears the melody; this reads the words. Each corrects the other's outliers.
"""

import re

_UNFINISHED = {
    "en": re.compile(
        r"\b(?:and|or|but|so|because|since|although|if|when|while|that|which|who|to|of|for|with|"
        r"from|in|on|at|by|the|a|an|my|our|their|is|are|was|were|i|we|they|it|um+|uh+|er+|hmm+|"
        r"like|then|well|actually|basically|also|let me think|let me see|for example)"
        r"[\s,.…-]*$",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"(?:그래서|그런데|근데|그리고|하지만|그러니까|왜냐하면|왜냐면|또한|또|만약에?|"
        r"예를 들어서?|음+|어+|그+|저+|뭐|이제|약간|일단|"
        r"[가-힣]+(?:는데|지만|니까|면서|려고|거나|다가|아서|어서|해서|라서|"
        r"때문에|위해서?|을|를|에서|에게|한테|으로|와|과|의|고|며|면))[\s,.…-]*$"
    ),
}
_FINISHED = {
    "en": re.compile(r"[a-z0-9][.!?][\"')]*\s*$", re.IGNORECASE),
    "ko": re.compile(
        r"(?:습니다|습니까|ㅂ니다|니다|니까요|어요|아요|해요|에요|예요|이요|네요|군요|데요|거든요|죠|지요|"
        r"까요|세요|했다|이다|한다)[.!?…\s]*$"
    ),
}


def completeness(text: str, language: str) -> float | None:
    """Probability (0–1) that ``text`` ends a thought; None when its end tells nothing."""
    unfinished, finished = _UNFINISHED.get(language), _FINISHED.get(language)
    if unfinished is None or finished is None or not text.strip():
        return None
    if text.rstrip().endswith(("...", "…", ",", "-", "—")) or unfinished.search(text):
        return 0.1
    return 0.8 if finished.search(text) else None


def combined(heard: float, read: float | None) -> float:
    """The turn model's probability, corrected by what the words tell."""
    if read is None:
        return heard
    if read < 0.5:
        return min(heard, 0.35)
    return max(heard, 0.6) if heard > 0.15 else 0.4
