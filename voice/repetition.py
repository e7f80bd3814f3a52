"""Whether a recognizer has swallowed words because the speaker had just said the same. Pure.

Whisper is wary of text that repeats itself, its own failing, and so leaves out what a speaker
really says twice: of "I wrote the cache … I wrote the cache" it reads one, and of "I made the
cache … I made the cache. I made the tests" at times no tests either. What comes after a pause,
read by itself, tells; but it is worth a second reading only where words seem to be missing, for
read by themselves the parts of a sentence are understood less well than the whole.
"""

from difflib import SequenceMatcher

from voice.sentences import weight

TOO_FEW = 0.65
"""Less than this share of what was to be expected is suspicious. The reply waits for a second
reading, and people speak now faster and now slower: of 35 pieces of speech behind a pause, all
read rightly, three fell below it; below 0.7 of what the speaker's pace alone foretold fell nine."""
PACE = 14.0
"""Weight (``voice.sentences.weight``) of what anybody may be expected to say in a second: it counts
as much as the first second of what was said before the pause."""
SHORTEST = 0.6
"""Seconds of new speech from which letters can be expected at all."""
MISSING = 0.3
"""What is left out is at least this share of what a second reading finds after the pause …"""
SAME = 5
"""… and of its letters at least so many in a row stand before the pause too."""
SAME_SHARE = 0.3
"""… and at least this share of what is left out."""


def letters(text: str) -> str:
    """What is left when spelling, which changes from reading to reading, is taken away."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def seems_swallowed(before: str, seconds_before: float, whole: str, seconds_after: float) -> bool:
    """Whether ``whole``, read over a pause, has too few words for what was said after it.

    ``before`` was read at the pause; ``seconds_before`` and ``seconds_after`` are those with a
    voice.
    """
    if not before or seconds_before <= 0 or seconds_after < SHORTEST:
        return False
    known = weight(letters(before))
    expected = (known + PACE) / (seconds_before + 1) * seconds_after
    return weight(letters(whole)) - known < TOO_FEW * expected


def was_swallowed(before: str, whole: str, after: str) -> bool:
    """Whether ``whole`` lacks words of ``after``, read by itself, that repeat those ``before``."""
    first, second = letters(before), letters(after)
    missing = len(first) + len(second) - len(letters(whole))
    if missing < max(SAME, MISSING * len(second)):
        return False
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    return match.size >= max(SAME, SAME_SHARE * missing)
