"""Hangul -> what is spoken -> IPA; pure.

``pronounced`` respells a text the way it is said (협력 -> 혐녁), following the Standard
Pronunciation rules (표준 발음법) of the National Institute of Korean Language; ``phonemes`` turns
that into IPA. Words whose sound spelling alone cannot tell stand in ``LEXICON``. What is not
Hangul is read out by ``voice.reading`` first.
"""

import re
from pathlib import Path
from typing import NamedTuple

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

_TABLE = Path(__file__).with_name("korean_sounds.tsv").read_text(encoding="utf-8")
LEXICON = dict(line.split("\t") for line in _TABLE.splitlines() if not line.startswith("#"))
_LEXICON = re.compile(
    "|".join(
        re.sub(r"^\^", "(?<![가-힣])", word) for word in sorted(LEXICON, key=len, reverse=True)
    )
)
_SIX = re.compile(r"(?<=[십백천만억])육")
_WORD = re.compile(r"[가-힣]+")
_AFTER_ADNOMINAL = re.compile(
    r"(?:것|거|건|걸|게|수|줄|지|바|점|정도)(?:[이가은는을를도만에]|[^가-힣]|$)"
)
_NOUNS_IN_UI = re.compile(
    "(?:회|주|논|강|동|정|토|협|문|건|합|질|결|거|편|창|유|상|예|의|심|명|이|열|성|신|호|고)의"
)

_NEUTRAL = {
    **dict.fromkeys("ㄲㅋㄳㄺ", "ㄱ"),
    **dict.fromkeys("ㄵㄶ", "ㄴ"),
    **dict.fromkeys("ㅅㅆㅈㅊㅌㅎ", "ㄷ"),
    **dict.fromkeys("ㄼㄽㄾㅀ", "ㄹ"),
    "ㄻ": "ㅁ",
    **dict.fromkeys("ㅍㅄㄿ", "ㅂ"),
}
_CLUSTERS = {
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
_TENSE = dict(zip("ㄱㄷㅂㅅㅈ", "ㄲㄸㅃㅆㅉ", strict=True))
_ASPIRATED = dict(zip("ㄱㄷㅂㅈ", "ㅋㅌㅍㅊ", strict=True))
_AFTER_PALATAL = dict(zip("ㅑㅒㅕㅖㅛㅠ", "ㅏㅐㅓㅔㅗㅜ", strict=True))
_NASAL = dict(zip("ㄱㄷㅂ", "ㅇㄴㅁ", strict=True))


class Syllable(NamedTuple):
    """One syllable block as compatibility jamo; ``coda`` is empty when there is none."""

    onset: str
    vowel: str
    coda: str


def is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def split(block: str) -> Syllable:
    """``"한"`` -> ``("ㅎ", "ㅏ", "ㄴ")``; ValueError for anything but one precomposed syllable."""
    if len(block) != 1 or not is_hangul(block):
        raise ValueError(f"not a Hangul syllable: {block!r}")
    rest, coda = divmod(ord(block) - ord("가"), len(CODAS))
    onset, vowel = divmod(rest, len(VOWELS))
    return Syllable(ONSETS[onset], VOWELS[vowel], CODAS[coda])


def join(onset: str, vowel: str, coda: str = "") -> str:
    index = ONSETS.index(onset) * len(VOWELS) + VOWELS.index(vowel)
    return chr(ord("가") + index * len(CODAS) + CODAS.index(coda))


def pronounced(text: str) -> str:
    """Respell ``text`` as it is said; the number of syllables and all else stay as they are."""
    text = _LEXICON.sub(_respelled, _SIX.sub("뉵", text))
    text = _WORD.sub(lambda match: _without_ui(match[0]), text)
    blocks = [list(split(character)) if is_hangul(character) else None for character in text]
    for i, block in enumerate(blocks):
        if block is None:
            continue
        after = blocks[i + 1] if i + 1 < len(blocks) else None
        beyond = blocks[i + 2] if text[i + 1 : i + 2] == " " and i + 2 < len(blocks) else None
        if after is not None:
            _meet(block, after)
        elif beyond is not None:
            _meet_across_words(block, beyond, text[i + 2 :])
        else:
            block[2] = _NEUTRAL.get(block[2], block[2])
        if block[0] in "ㅈㅉㅊ":
            block[1] = _AFTER_PALATAL.get(block[1], block[1])
    return "".join(
        character if block is None else join(*block)
        for character, block in zip(text, blocks, strict=True)
    )


def _respelled(match: re.Match[str]) -> str:
    return LEXICON.get(match[0]) or LEXICON[f"^{match[0]}"]


def _without_ui(word: str) -> str:
    """ㅢ is itself at a word's start only, 에 as the possessive particle, else 이 (제5항)."""
    said = []
    for i, block in enumerate(word):
        onset, vowel, coda = split(block)
        if vowel == "ㅢ" and (i > 0 or onset != "ㅇ"):
            particle = i == len(word) - 1 and block == "의" and _is_particle(word)
            block = join(onset, "ㅔ" if particle else "ㅣ", coda)
        said.append(block)
    return "".join(said)


def _is_particle(word: str) -> bool:
    noun, longer_noun = word[-2:], word[-3:-1]
    return bool(_NOUNS_IN_UI.fullmatch(longer_noun)) or not _NOUNS_IN_UI.fullmatch(noun)


def _meet(left: list[str], right: list[str]) -> None:
    """Change ``left``'s coda and ``right``'s onset as they sound side by side in one word."""
    coda, onset, vowel = left[2], right[0], right[1]
    if not coda:
        return
    if onset == "ㅇ":
        left[2], right[0] = _liaison(coda, vowel)
        return
    if onset == "ㅎ":
        last = _CLUSTERS.get(coda, coda)[-1]
        plain = last if last in "ㄱㄷㅂㅈ" else _NEUTRAL.get(last, last)
        if plain in _ASPIRATED:
            right[0] = "ㅊ" if last in "ㄷㅌ" and vowel in "ㅣㅕ" else _ASPIRATED[plain]
            left[2] = _CLUSTERS[coda][0] if coda in _CLUSTERS else ""
            return
    if coda in "ㅎㄶㅀ":
        rest = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}[coda]
        if onset in _ASPIRATED:
            left[2], right[0] = rest, _ASPIRATED[onset]
            return
        if onset == "ㅅ":
            left[2], right[0] = rest, "ㅆ"
            return
        coda = rest or "ㄷ"
    _meet_closed(left, right, coda)


def _liaison(coda: str, vowel: str) -> tuple[str, str]:
    if coda == "ㅇ":
        return "ㅇ", "ㅇ"
    if coda in "ㅎㄶㅀ":
        return {"ㅎ": ("", "ㅇ"), "ㄶ": ("", "ㄴ"), "ㅀ": ("", "ㄹ")}[coda]
    cluster = _CLUSTERS.get(coda, coda)
    stays, moves = cluster[:-1], cluster[-1]
    if vowel in "ㅣㅕ" and moves in "ㄷㅌ":
        moves = "ㅈ" if moves == "ㄷ" else "ㅊ"
    elif stays and moves == "ㅅ":
        moves = "ㅆ"
    return stays, moves


def _meet_closed(left: list[str], right: list[str], coda: str) -> None:
    """Tensing, neutralisation, nasals and laterals: a coda before a consonant."""
    onset = right[0]
    stop = _NEUTRAL.get(coda, coda)
    if coda == "ㄺ" and onset == "ㄱ":
        stop = "ㄹ"
    elif coda == "ㄼ" and left[:2] == ["ㅂ", "ㅏ"]:
        stop = "ㅂ"
    if onset in _TENSE and (stop in _NASAL or coda in "ㄺㄼㄾㄵㄻ"):
        right[0] = _TENSE[onset]
    elif stop in _NASAL and onset in "ㄴㅁㄹ":
        stop = _NASAL[stop]
        right[0] = "ㄴ" if onset == "ㄹ" else onset
    elif stop in "ㅁㅇ" and onset == "ㄹ":
        right[0] = "ㄴ"
    elif stop + onset in ("ㄴㄹ", "ㄹㄴ"):
        stop = right[0] = "ㄹ"
    left[2] = stop


def _meet_across_words(left: list[str], right: list[str], following: str) -> None:
    """Between words of one breath only nasals and the future adnominal -ㄹ change anything."""
    stop = _NEUTRAL.get(left[2], left[2])
    if stop in _NASAL and right[0] in "ㄴㅁ":
        stop = _NASAL[stop]
    elif left[2] == "ㄹ" and _AFTER_ADNOMINAL.match(following) and right[0] in _TENSE:
        right[0] = _TENSE[right[0]]
    left[2] = stop


# --- IPA -------------------------------------------------------------------------------------

_PLAIN = dict(zip("ㄱㄷㅂㅈ", ("k", "t", "p", "ʨ"), strict=True))
_VOICED = dict(zip("ㄱㄷㅂㅈ", ("ɡ", "d", "b", "ʥ"), strict=True))
_ONSET_IPA = _PLAIN | {
    "ㄲ": "k", "ㄸ": "t", "ㅃ": "p", "ㅉ": "ʨ", "ㅋ": "kʰ", "ㅌ": "tʰ", "ㅍ": "pʰ", "ㅊ": "ʨʰ",
    "ㄴ": "n", "ㅁ": "m", "ㄹ": "ɾ", "ㅅ": "s", "ㅆ": "s", "ㅇ": "", "ㅎ": "h",
}  # fmt: skip
VOWEL_IPA = {
    "ㅏ": "a", "ㅐ": "ɛ", "ㅓ": "ʌ", "ㅔ": "e", "ㅗ": "o", "ㅚ": "we", "ㅜ": "u", "ㅟ": "wi",
    "ㅡ": "ɯ", "ㅢ": "ɯi", "ㅣ": "i", "ㅑ": "ja", "ㅒ": "jɛ", "ㅕ": "jʌ", "ㅖ": "je", "ㅛ": "jo",
    "ㅠ": "ju", "ㅘ": "wa", "ㅙ": "wɛ", "ㅝ": "wʌ", "ㅞ": "we",
}  # fmt: skip
_CODA_IPA = {"": "", "ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ŋ"}
_SONORANT_CODAS = ("", "ㄴ", "ㄹ", "ㅁ", "ㅇ")


def phonemes(text: str) -> str:
    """IPA of a Korean ``text``, word and punctuation marks kept; what is not Hangul is kept too."""
    said = pronounced(text)
    ipa = "".join(
        _ipa(split(character), said[i - 1] if i else "") if is_hangul(character) else character
        for i, character in enumerate(said)
    )
    # A stop before ㅅ is no stop: it makes the hiss longer, where "ts" would be heard as ㅉ.
    return ipa.replace("ts", "ss").replace("tɕ", "ɕɕ")


def _ipa(block: Syllable, before: str) -> str:
    onset, vowel, coda = block
    sound = _ONSET_IPA[onset]
    vowel_sound = VOWEL_IPA[vowel]
    coda_before = split(before).coda if is_hangul(before) else None
    if onset in _VOICED and coda_before in _SONORANT_CODAS:
        sound = _VOICED[onset]
    elif onset in "ㅅㅆ" and (vowel_sound[0] in "ij" or vowel == "ㅟ"):
        sound = "ɕ"
    elif onset == "ㄹ" and coda_before == "ㄹ":
        sound = "l"
    return sound + vowel_sound + _CODA_IPA[coda]
