"""Undoes the ways in which people hide words: leet, spaces, jamo, odd characters. Pure."""

import re
import unicodedata

from voice.hangul import CODAS, ONSETS, VOWELS, is_hangul, join, split

_LOOK_ALIKES = str.maketrans("’‘аеосрхуі", "''aeocpxyi")
_LEET = str.maketrans("013457@$!", "oieast" + "asi")
_WORD_WITH_LEET = re.compile(r"(?<![a-z0-9@$])(?=[^\s]*[a-z])[a-z0-9@$!*]*[a-z0-9$]")
_SPACED_LATIN = re.compile(r"(?<![a-z'])[a-z](?:[\s._-]{1,3}[a-z]){2,}(?![a-z'])")
_SPACED_HANGUL = re.compile(r"(?<![가-힣ㄱ-ㅣ])[가-힣ㄱ-ㅣ](?:\s+[가-힣ㄱ-ㅣ])+(?![가-힣ㄱ-ㅣ])")
_BETWEEN_HANGUL = re.compile(r"(?<=[가-힣ㄱ-ㅣ])[\d.,~!@#^*_/|+=-]{1,3}(?=[가-힣ㄱ-ㅣ])")
_JAMO = re.compile(r"([ㄱ-ㅎ])([ㅏ-ㅣ])([ㄱ-ㅎ](?![ㅏ-ㅣ]))?")
_LOOSE_CODA = re.compile(r"([가-힣])([ㄱ-ㅎ])(?![ㄱ-ㅣ])")
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


def uncovered(text: str) -> str:
    """The words that a ``plain`` text may hide. Not fit to be read: only to be searched."""
    text = _WORD_WITH_LEET.sub(lambda word: word[0].translate(_LEET), text)
    text = _SPACED_LATIN.sub(lambda run: re.sub(r"[^a-z]", "", run[0]), text)
    text = _BETWEEN_HANGUL.sub("", text)
    text = _SPACED_HANGUL.sub(lambda run: "".join(run[0].split()), text)
    text = _LOOSE_CODA.sub(_with_coda, _JAMO.sub(_composed, text))
    return _unstretched(text)


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
    """A vowel drawn out over several syllables is one: 바아알 is 발."""
    letters: list[str] = []
    for letter in text:
        if letters and is_hangul(letter) and is_hangul(letters[-1]):
            before, block = split(letters[-1]), split(letter)
            if block.onset == "ㅇ" and not before.coda and before.vowel == block.vowel:
                letters[-1] = join(before.onset, before.vowel, block.coda)
                continue
        letters.append(letter)
    return "".join(letters)
