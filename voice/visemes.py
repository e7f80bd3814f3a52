"""Phonemes or aligned characters -> timed mouth shapes; pure.

Every maker here returns shapes that follow each other without overlap, within the audio they
belong to, neighbours of equal shape merged.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voice import hangul

SHAPES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""Oculus viseme names, https://developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference/"""


@dataclass(frozen=True, slots=True)
class Viseme:
    """One mouth shape; ``start`` and ``duration`` in seconds on the clip's own clock."""

    start: float
    duration: float
    shape: str

    @property
    def end(self) -> float:
        return self.start + self.duration


_IPA = {
    "PP": "pbmɓ",
    "FF": "fvɸβʋ",
    "TH": "θð",
    "DD": "tdʈɖɗ",
    "kk": "kɡgxɣŋqɢχhɦç",
    "CH": "ʃʒʧʤɕʑʨʥʂʐ",
    "SS": "szʦʣ",
    "nn": "nlɲɳɴɫʎɭ",
    "RR": "rɹɾɻɽʁɚɝ",
    "aa": "aɑɐæʌɜə",
    "E": "eɛœø",
    "I": "iɪjyɯɨᵻ",
    "O": "oɔɒɤ",
    "U": "uʊwɥʉ",
}
_SHAPE_OF = {phoneme: shape for shape, phonemes in _IPA.items() for phoneme in phonemes}
_PROLONGING = frozenset("ːˑʰʲʷ̩̯̃͡ˈˌᵊʔ↓→↗↘^$_")
"""Marks without a mouth shape of their own: they prolong the one before."""

_LETTERS = {
    **dict.fromkeys("bmp", "PP"),
    **dict.fromkeys("fv", "FF"),
    **dict.fromkeys("dt", "DD"),
    **dict.fromkeys("cgkqxh", "kk"),
    "j": "CH",
    **dict.fromkeys("sz", "SS"),
    **dict.fromkeys("nl", "nn"),
    "r": "RR",
    "a": "aa",
    "e": "E",
    **dict.fromkeys("iy", "I"),
    "o": "O",
    **dict.fromkeys("uw", "U"),
}
_VOWELS = frozenset(("aa", "E", "I", "O", "U"))


def from_phonemes(
    phonemes: Iterable[tuple[str, float]], *, start: float = 0.0, end: float = float("inf")
) -> tuple[Viseme, ...]:
    """Shapes of ``(IPA symbol, seconds)`` pairs said one after another from ``start`` on.

    ``start`` is negative where the audio's beginning was trimmed; what lies outside 0–``end``
    is cut. Marks such as ``ː`` or stress prolong the shape before; unknown symbols, spaces and
    punctuation are silence.
    """
    return merge(_timed(_shapes(phonemes), start, end))


def from_hangul(text: str, seconds: float) -> tuple[Viseme, ...]:
    """Shapes of Korean ``text`` spread over ``seconds`` of speech by onset, vowel and coda.

    For engines that give no phoneme timing.
    """
    return _spread(((c, _weight(_shape(c))) for c in hangul.phonemes(text)), seconds)


def from_text(text: str, seconds: float) -> tuple[Viseme, ...]:
    """Shapes of ``text``, in Latin or Hangul letters, spread over ``seconds``: the last resort."""
    if any(map(hangul.is_hangul, text)):
        return from_hangul(text, seconds)
    plain = unicodedata.normalize("NFD", text.lower())
    pairs = ((_LETTERS.get(c, "sil"), c) for c in plain if not unicodedata.combining(c))
    weighed = [(shape, _weight(shape)) for shape, _ in pairs]
    return _scaled(weighed, seconds)


def from_letters(letters: Iterable[tuple[str, float, float]], end: float) -> tuple[Viseme, ...]:
    """Shapes of aligned ``(text, start, seconds)``, Latin or Hangul, cut at ``end``.

    For engines that tell when each letter of the text is said.
    """
    shapes: list[Viseme] = []
    at = 0.0
    for text, start, seconds in letters:
        for viseme in from_text(text, seconds):
            left, right = max(start + viseme.start, at), min(start + viseme.end, end)
            if right > left:
                shapes.append(Viseme(left, right - left, viseme.shape))
                at = right
    return merge(shapes)


def merge(visemes: Iterable[Viseme]) -> tuple[Viseme, ...]:
    """Join neighbours of equal shape that touch, and drop those without duration."""
    merged: list[Viseme] = []
    for viseme in visemes:
        if viseme.duration <= 0:
            continue
        last = merged[-1] if merged else None
        if last and last.shape == viseme.shape and viseme.start - last.end < 1e-6:
            merged[-1] = Viseme(last.start, viseme.end - last.start, last.shape)
        else:
            merged.append(viseme)
    return tuple(merged)


def _shape(phoneme: str) -> str:
    return _SHAPE_OF.get(phoneme[:1], "sil")


def _shapes(phonemes: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    shape = "sil"
    for phoneme, seconds in phonemes:
        if phoneme not in _PROLONGING:
            shape = _shape(phoneme)
        yield shape, seconds


def _weight(shape: str) -> float:
    """Vowels last about twice as long as consonants."""
    return 2.0 if shape in _VOWELS else 1.0


def _spread(phonemes: Iterable[tuple[str, float]], seconds: float) -> tuple[Viseme, ...]:
    return _scaled(list(_shapes(phonemes)), seconds)


def _scaled(weighed: list[tuple[str, float]], seconds: float) -> tuple[Viseme, ...]:
    total = sum(weight for _, weight in weighed)
    if not total or seconds <= 0:
        return ()
    scale = seconds / total
    return merge(_timed(((shape, weight * scale) for shape, weight in weighed), 0.0, seconds))


def _timed(shapes: Iterable[tuple[str, float]], start: float, end: float) -> Iterator[Viseme]:
    at = start
    for shape, seconds in shapes:
        begin, at = at, at + max(seconds, 0.0)
        left, right = max(begin, 0.0), min(at, end)
        if right > left:
            yield Viseme(left, right - left, shape)
