"""The candidates' voices: Kokoro-82M with the styles that ship in the npm package ``kokoro-js``.

None of them is the interviewer's. English is read by espeak (within Piper) and turned into
Kokoro's phonemes, Korean by our own ``voice.hangul``.
"""

import hashlib
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from piper.phonemize_espeak import EspeakPhonemizer

from interview_site.env import VAR_DIR
from voice import hangul, reading
from voice.adapters.kokoro import RATE, KokoroModel

PACKAGE = "kokoro-js@1.2.1"
SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
KEPT = VAR_DIR / "benchmarks"
"""What is made once: the voices and the speech."""

_TO_KOKORO = {
    "aɪ": "I", "aʊ": "W", "eɪ": "A", "oʊ": "O", "ɔɪ": "Y", "dʒ": "ʤ", "tʃ": "ʧ", "ɜː": "ɜɹ",
    "ʲ": "", "ɚ": "əɹ", "ɐ": "ə", "ɾ": "T", "ː": "", "r": "ɹ", "e": "A",
}  # fmt: skip
"""espeak's American English in the letters that Kokoro was trained on."""
_LISTENING = {"mm-hm": "mːhˈmː", "uh-huh": "ˈʌhˌʌ"}
"""Sounds that no dictionary knows."""


@dataclass(frozen=True, slots=True)
class Take:
    """One reading: ``samples`` at ``rate`` Hz, and between which of them each part may be cut.

    ``gaps`` holds, for each boundary between two parts, the span (samples) of its punctuation
    and space.
    """

    samples: NDArray[np.float32]
    rate: int
    gaps: list[tuple[int, int]]


def phonemes(text: str, language: str) -> str:
    if known := _LISTENING.get(text.lower().rstrip(".")):
        return known
    if language == "ko":
        return hangul.phonemes(reading.read(text))
    spoken = " ".join("".join(sentence) for sentence in _espeak().phonemize("en-us", text))
    for theirs, ours in _TO_KOKORO.items():
        spoken = spoken.replace(theirs, ours)
    return spoken


def read(parts: list[str], language: str, voice: str, speed: float) -> Take:
    """Say ``parts`` in one breath, as one melody, so that a pause put between them later sounds
    like somebody who means to go on."""
    model = _model()
    spoken = [model.known(phonemes(part, language)).strip() for part in parts]
    model.styles[voice] = style(voice)
    take = model.run(" ".join(spoken), voice, speed)
    ends = np.cumsum([seconds for _, seconds in take.phonemes])
    gaps, position = [], 1  # The first symbol is the model's own begin.
    for part in spoken[:-1]:
        position += len(part)
        last = position - 1 if not part[-1].isalpha() else position
        gaps.append((round(ends[last - 1] * RATE), round(ends[position] * RATE)))
        position += 1
    return Take(np.asarray(take.samples, np.float32), RATE, gaps)


def style(voice: str) -> NDArray[np.float32]:
    """(510, 1, 256): a style for each number of phonemes. Raises ``FileNotFoundError``."""
    return np.fromfile(_package() / "voices" / f"{voice}.bin", np.float32).reshape(-1, 1, 256)


@cache
def _model() -> KokoroModel:
    return KokoroModel.load(threads=2)


@cache
def _espeak() -> EspeakPhonemizer:
    return EspeakPhonemizer()


@cache
def _package() -> Path:
    """The unpacked package. Raises ``RuntimeError`` if it is not what it was."""
    target = KEPT / PACKAGE
    if not target.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        name = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE],
            cwd=KEPT, check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        archive = KEPT / name
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise RuntimeError(f"{archive} is not the package that this set was made with")
        with tarfile.open(archive) as packed:
            packed.extractall(target, filter="data")
        archive.unlink()
    return target / "package"
