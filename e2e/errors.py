"""How much of what was said a transcript gets wrong, regardless of case and punctuation."""

import jiwer

_PLAIN = [
    jiwer.ToLowerCase(),
    jiwer.SubstituteRegexes({"-": " "}),
    jiwer.RemovePunctuation(),
    jiwer.RemoveMultipleSpaces(),
    jiwer.Strip(),
]
_WORDS = jiwer.Compose([*_PLAIN, jiwer.ReduceToListOfListOfWords()])
# Where Korean puts its spaces is a matter of taste.
_LETTERS = jiwer.Compose([*_PLAIN, jiwer.RemoveWhiteSpace(), jiwer.ReduceToListOfListOfChars()])


def word_error_rate(said: str, written: str) -> float:
    return float(jiwer.wer(said, written, _WORDS, _WORDS))


def letter_error_rate(said: str, written: str) -> float:
    return float(jiwer.cer(said, written, _LETTERS, _LETTERS))
