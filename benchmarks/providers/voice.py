"""The interviewer's voice: a stretch of real speech, as long as a text would take to say."""

import hashlib
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from voice.audio import WIDTH, Audio, resample
from voice.sentences import weight

RATE = 24_000
"""Sample rate of the carrier, in Hz."""
LETTERS_PER_SECOND = 15.0
"""Weight (``voice.sentences.weight``) that is spoken in a second: 15 letters, 5 syllables."""
CARRIER = (
    "The garden behind the old house was full of roses, and every morning my aunt walked along"
    " the wall with a basket on her arm. She knew the name of every one of them, and she told"
    " them to whoever would listen. In the afternoon the light came through the leaves of the"
    " walnut tree, and the whole lawn seemed to move. Nobody ever hurried there. Even the clock"
    " in the hall was slow, and when guests asked for the time she only laughed and said that it"
    " was early enough for another cup of tea."
)
"""What the voice really says, whatever the text: an interview has none of its words, so an echo
that is taken for an answer is known by them."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sound of ``text`` and, for each letter, when it begins (seconds, one more than letters)."""

    text: str
    audio: Audio
    starts: list[float]


def say(text: str, rate: int = RATE) -> Spoken:
    """The carrier, over and over, at the usual speed of speech; each text begins at a loud moment
    of its own, so that an ear can tell the echo of one from that of another."""
    starts = [0.0]
    for letter in text:
        starts.append(starts[-1] + weight(letter) / LETTERS_PER_SECOND)
    size = round(starts[-1] * rate) * WIDTH
    pcm = carrier(rate).pcm
    begin = _beginning(zlib.crc32(text.encode()), rate)
    whole = pcm[begin:] + pcm * (size // len(pcm) + 1)
    return Spoken(text, Audio(whole[:size], rate), starts)


def _beginning(number: int, rate: int) -> int:
    """The byte of a loud moment of the carrier, one for each ``number``."""
    step = rate // 100
    samples = np.frombuffer(carrier(rate).pcm, np.int16).astype(np.float32)
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    levels = np.sqrt(np.square(frames).mean(axis=1))
    loud = np.flatnonzero(levels > levels.max() / 4)
    return int(loud[number % len(loud)]) * step * WIDTH


@cache
def carrier(rate: int = RATE) -> Audio:
    """``CARRIER`` as Piper says it, pauses shortened; made once and kept beside other temporary
    files."""
    if rate != RATE:
        return resample(carrier(), rate)
    key = hashlib.sha256(CARRIER.encode()).hexdigest()[:16]
    kept = Path(gettempdir()) / f"benchmark-voice-{key}.s16le"
    if not kept.exists():
        unfinished = kept.with_suffix(f".{id(key)}")
        unfinished.write_bytes(_spoken().pcm)
        unfinished.replace(kept)
    return Audio(kept.read_bytes(), RATE)


def _spoken() -> Audio:
    import asyncio

    from voice.adapters.piper import Piper

    async def speak() -> bytes:
        piper = Piper()
        try:
            clips = [clip async for clip in piper.speak(CARRIER, language="en", voice="")]
        finally:
            await piper.close()
        return b"".join(resample(clip.audio, RATE).pcm for clip in clips)

    samples = np.frombuffer(asyncio.run(speak()), np.int16)
    step = RATE // 100
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    levels = np.sqrt(np.square(frames.astype(np.float32)).mean(axis=1))
    quiet = levels < levels.max() / 100
    # Up to 100 ms of a pause are kept: a listener must hear speech wherever a reply begins.
    run = np.zeros(len(quiet), int)
    for index in np.flatnonzero(quiet):
        run[index] = run[index - 1] + 1
    return Audio(frames[run <= 10].tobytes(), RATE)
