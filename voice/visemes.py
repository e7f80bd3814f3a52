"""Phonemes or aligned characters -> timed mouth shapes; pure."""

from dataclasses import dataclass

SHAPES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""Oculus viseme names, https://developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference/"""


@dataclass(frozen=True, slots=True)
class Viseme:
    """One mouth shape; ``start`` and ``duration`` in seconds on the clip's own clock."""

    start: float
    duration: float
    shape: str
