"""Undoes the ways in which people hide words: leet, spaces, jamo, odd characters. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Set
from functools import partial
from itertools import groupby

from voice.hangul import CODAS, ONSETS, VOWELS, is_hangul, join, split

_LOOK_ALIKES = str.maketrans("’‘аеосрхуіսօ", "''aeocpxyiuo")
_LEET = [str.maketrans("0134579@$!|€¡", f"o{one}eastgasi{one}ei") for one in "il"]
"""A 1 stands for either letter: sh1t, ki11."""
_WORD_WITH_LEET = re.compile(r"(?<![a-z0-9@$])(?=[^\s]*[a-z])[a-z0-9@$!|€¡*]*[a-z0-9$](?![a-z0-9])")
_V_FOR_U = re.compile(r"(?<=[b-df-hj-np-tv-xz])v(?=[b-df-hj-np-tv-xz])")
_SPACED_LATIN = re.compile(r"(?<![a-z'])[a-z](?:[\s._*-]{1,3}[a-z]){2,}(?![a-z'])")
_PIECE = re.compile("([a-z]{1,2})[.,!?;:]*")
_SHORT = frozenset(
    "a i am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we".split()
)
_COMMON = frozenset(
    "a i it its this that these those you your yourself he she him her his they them their we us"
    " our me my myself the an is are was were be been am will would can could should may do does"
    " did dont not no so to of in on at for with from by as and or but if just really very too all"
    " now then get go going gonna wanna have has had who what why how when one up out off".split()
)
"""Words that stand between those of a phrase."""
_SPACED_HANGUL = re.compile(r"(?<![가-힣ㄱ-ㅣ])[가-힣ㄱ-ㅣ](?:\s+[가-힣ㄱ-ㅣ])+(?![가-힣ㄱ-ㅣ])")
_BETWEEN_HANGUL = re.compile(r"(?<=[가-힣ㄱ-ㅣ])[\d.,~!@#^*_/|+=-]{1,3}(?=[가-힣ㄱ-ㅣ])")
_C_FOR_SSI = re.compile(r"(?<![a-z0-9])c(?=[가-힣ㄱ-ㅎ])")
_EIGHT_FOR_PAL = re.compile(r"(?<=씨)8(?![0-9])")
_JAMO = re.compile(r"([ㄱ-ㅎ])([ㅏ-ㅣ])([ㄱ-ㅎ](?![ㅏ-ㅣ]))?")
_LOOSE_CODA = re.compile(r"([가-힣])([ㄱ-ㅎ])(?![ㄱ-ㅣ])")
_KEYS = str.maketrans(
    "qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
)
_TYPED_HANGUL = re.compile(r"(?<![a-z0-9])[a-z]{4,}(?![a-z0-9])")
_GLIDES = dict(zip("ㅑㅕㅛㅠㅘㅝㅟㅢ", "ㅏㅓㅗㅜㅏㅓㅣㅣ", strict=True))
"""How a vowel sounds when it is drawn out: 쉬이."""
_CONJOINING = {
    **{0x1100 + index: jamo for index, jamo in enumerate(ONSETS)},
    **{0x1161 + index: jamo for index, jamo in enumerate(VOWELS)},
    **{0x11A7 + index: jamo for index, jamo in enumerate(CODAS)},
}


def plain(text: str) -> str:
    """One form for what looks the same: width, case, accents, look-alike and invisible letters."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(_letter(letter) for letter in text if unicodedata.category(letter) != "Cf")
    return text.casefold().translate(_LOOK_ALIKES)


def readings(text: str, words: Set[str] = frozenset()) -> list[str]:
    """What a ``plain`` text may hide beside what it says. Not fit to be read: only to be searched.

    A run of single letters that ``words`` and common ones cover whole is taken for these words:
    "i k i l l y o u" is, "a s s e s s" is not.
    """
    found: dict[str, None] = {}
    for table in _LEET:
        read = _WORD_WITH_LEET.sub(partial(_without_leet, table), text)
        read = _V_FOR_U.sub("u", read).replace("ph", "f")
        read = _SPACED_LATIN.sub(lambda run: _split(re.sub("[^a-z]", "", run[0]), words), read)
        found |= dict.fromkeys(map(_uncovered_hangul, (read, *_mended(read))))
    found[" ".join(filter(None, map(_typed, _TYPED_HANGUL.findall(text))))] = None
    return [read for read in found if read not in ("", text)]


def _without_leet(table: dict[int, int], word: re.Match[str]) -> str:
    return word[0].translate(table)


def _uncovered_hangul(text: str) -> str:
    text = _EIGHT_FOR_PAL.sub("팔", _C_FOR_SSI.sub("씨", _BETWEEN_HANGUL.sub("", text)))
    text = _SPACED_HANGUL.sub(lambda run: "".join(run[0].split()), text)
    text = _LOOSE_CODA.sub(_with_coda, _JAMO.sub(_composed, text))
    return _unstretched(text)


def _split(run: str, words: Set[str]) -> str:
    """``run`` as words, if it is nothing but words, the longest first."""
    ends: dict[int, str] = {0: ""}
    for end in range(1, len(run) + 1):
        for start in sorted(ends):
            word = run[start:end]
            if word in _COMMON or (len(word) > 3 and word in words):
                ends[end] = f"{ends[start]} {word}".strip()
                break
    return ends.get(len(run), run)


def _mended(text: str) -> Iterator[str]:
    """Words that a space was put into ("fuc k", "sh ut"), read in three ways: the pieces belong
    together, or to the word before them, or to the one behind."""
    words = text.split()
    runs: list[tuple[int, int]] = []
    for is_piece, group in groupby(range(len(words)), lambda index: _is_piece(words[index])):
        if is_piece:
            run = list(group)
            runs.append((run[0], run[-1]))
    if not runs:
        return
    for before, behind in ((0, 0), (1, 0), (0, 1)):
        glued: set[int] = set()
        for first, last in runs:
            other = words[first - before] if before and first else ""
            other = words[last + 1] if behind and last + 1 < len(words) else other
            is_letter = last == first and len(words[first].strip(".,!?;:")) == 1
            if other[-1:].isascii() and not (is_letter and other in _SHORT):
                glued.update(range(first - before + 1, last + behind + 1))
        yield "".join(
            ("" if index in glued or not index else " ") + word for index, word in enumerate(words)
        )


def _is_piece(word: str) -> bool:
    piece = _PIECE.fullmatch(word)
    return piece is not None and piece[1] not in _SHORT


def _typed(word: str) -> str:
    """Korean typed with the keyboard left at English ("tlqkf" is 시발), or nothing."""
    typed = _JAMO.sub(_composed, word.translate(_KEYS))
    return typed if all(map(is_hangul, typed)) else ""


def _letter(letter: str) -> str:
    if "ㄱ" <= letter <= "ㆎ":
        return letter
    widened = unicodedata.normalize("NFKC", letter).translate(_CONJOINING)
    return unicodedata.normalize("NFD", widened)[0] if "À" <= widened < "ɐ" else widened


def _composed(match: re.Match[str]) -> str:
    onset, vowel, coda = match[1], match[2], match[3] or ""
    if onset not in ONSETS:
        return match[0]
    return join(onset, vowel, coda) if coda in CODAS else join(onset, vowel) + coda


def _with_coda(match: re.Match[str]) -> str:
    block = split(match[1])
    if block.coda or match[2] not in CODAS:
        return match[0]
    return join(block.onset, block.vowel, match[2])


def _unstretched(text: str) -> str:
    """A vowel drawn out over several syllables is one: 바아알 is 발, and so is 시ㅣ."""
    letters: list[str] = []
    for letter in text:
        if letters and "ㅏ" <= letter <= "ㅣ" and is_hangul(letters[-1]):
            block = split(letters[-1])
            if not block.coda and letter in (block.vowel, _GLIDES.get(block.vowel)):
                continue
        if letters and is_hangul(letter) and is_hangul(letters[-1]):
            before, block = split(letters[-1]), split(letter)
            same = block.vowel in (before.vowel, _GLIDES.get(before.vowel))
            if block.onset == "ㅇ" and not before.coda and same:
                letters[-1] = join(before.onset, before.vowel, block.coda)
                continue
        letters.append(letter)
    return "".join(letters)
