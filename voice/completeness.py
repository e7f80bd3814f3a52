"""What a transcript's last words tell about whether the thought is complete; pure.

The turn model hears the melody; this reads the words. Each corrects the other's outliers. What a
recognizer puts at the end by way of punctuation is its guess, and counts for little.
"""

import re
from enum import Enum

from voice.completeness_words import (
    ANNOUNCED,
    ENUMERATION,
    FINAL_ENDINGS,
    FIRST_ITEMS,
    HALF_FINAL,
    LAST_ITEMS,
    LATER_ITEMS,
    OFTEN_OPEN,
    OPEN_ENDINGS,
    OPEN_WORDS,
    PHRASES_OF_THOUGHT,
    SUBORDINATORS,
)


class Reading(Enum):
    """How the words end."""

    FILLER = "a sound of hesitation"
    OPEN = "a word or an ending that something has to follow"
    LISTING = "a list that has been announced or begun and is not at its end"
    CLAUSE = "half a sentence: a subordinate clause that waits for the main one"
    UNCLEAR = "nothing that tells"
    SENTENCE = "a whole sentence"


NOT_YET_LISTED = 8
"""Words behind "there were two reasons" that cannot be the reasons yet."""
LONGEST_ITEM = 14
"""Words after which the first of several things has been left behind, whatever came of the rest."""
_SENTENCES = re.compile(r"(?<=[.!?。])\s+")


def reading(text: str, language: str) -> Reading:
    """How ``text``, all that was said so far in ``language`` (``en`` or ``ko``), ends."""
    if language not in OPEN_WORDS:
        return Reading.UNCLEAR
    plain = text.strip().lower()
    bare = plain.rstrip(" .,!?…·-—–\"'”’")
    if not bare:
        return Reading.UNCLEAR
    if PHRASES_OF_THOUGHT[language].search(bare):
        return Reading.FILLER
    if OPEN_WORDS[language].search(bare) or plain.endswith((",", "-", "—", "–", "...", "…")):
        return Reading.OPEN
    last = _SENTENCES.split(plain)[-1]
    stopped = plain.endswith((".", "!", "?"))
    if language == "ko":
        ending = _korean(bare)
    elif OFTEN_OPEN.search(bare):
        ending = Reading.UNCLEAR if stopped else Reading.OPEN
    elif SUBORDINATORS.match(last) and "," not in last and len(last.split()) < 9:
        ending = Reading.CLAUSE
    else:
        ending = Reading.SENTENCE if stopped else Reading.UNCLEAR
    if ending in (Reading.SENTENCE, Reading.UNCLEAR) and _lists(bare, language):
        return Reading.LISTING
    return ending


def _korean(bare: str) -> Reading:
    """A Korean sentence ends in its verb, and the verb's ending tells whether it is over."""
    if HALF_FINAL.search(bare):
        return Reading.UNCLEAR
    if FINAL_ENDINGS.search(bare):
        return Reading.SENTENCE
    if OPEN_ENDINGS.search(bare):
        return Reading.OPEN
    # One or two words may well be all: a name, a number.
    return Reading.CLAUSE if len(bare.split()) > 2 else Reading.UNCLEAR


def _lists(bare: str, language: str) -> bool:
    """Whether a list was announced or begun, of which more is to come."""
    if language == "en" and ENUMERATION.search(bare):
        return True
    if LAST_ITEMS[language].search(bare):
        return False
    if announced := ANNOUNCED[language].search(bare):
        return len(bare[announced.end() :].split()) < NOT_YET_LISTED
    first = FIRST_ITEMS[language].search(bare)
    if first is None or len(bare[first.end() :].split()) > LONGEST_ITEM:
        return False
    return not LATER_ITEMS[language].search(bare, first.end())
