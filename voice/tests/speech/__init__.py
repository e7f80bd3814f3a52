"""Human speech for tests, and its words."""

import re
import wave
from pathlib import Path

from voice.audio import Audio

NAMES = ("amiable", "leisure", "selfish", "young_man")


def spoken(name: str) -> Audio:
    with wave.open(str(Path(__file__).with_name(f"{name}.wav"))) as file:
        return Audio(file.readframes(file.getnframes()), file.getframerate())


def words(name: str) -> str:
    return plain(Path(__file__).with_name(f"{name}.txt").read_text())


def plain(text: str) -> str:
    """Text as word error rates compare it: lower case, no punctuation."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
