"""What an upload says, looked up instead of recognised: the set's own sound is searched in it.

Sound is compared by how its spectrum changes, 40 times a second in 12 bands: loudness, a
resampler and moderate noise leave that as it is.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from benchmarks.conversations import rooms, speech
from benchmarks.conversations.manifest import conversations
from benchmarks.conversations.speech import Word
from voice.audio import RATE, WIDTH

HOP = RATE // 40
SPAN = 2 * HOP
BANDS = 12
CHUNK = 20
"""Frames that are looked for by themselves: half a second. A recording may have jumps."""
FLOOR = np.float32(0.02)
"""Power of a band below which nothing is heard of it: that of noise at some -60 dBFS."""
MOST = 6.0
FOUND = 0.5
"""Correlation from which a chunk is what was searched for."""
BEYOND_DOUBT = 0.8
"""Correlation from which a chunk is believed to be elsewhere than where its neighbour goes on."""
NEAR = 0.12
"""Seconds beside what was found in which a word still counts."""
SEVERAL = 60
"""Frames (1.5 s) of an upload on either side of where it is cut if nothing explains it well."""
SURE = 0.6
"""Correlation of a whole upload from which nothing else is looked at."""
BY_CHANCE = 0.1
"""Correlation that an echo must have beyond that of an answer."""
PLAUSIBLE = 0.35
"""Correlation of a whole upload below which it is none of what is known."""
SHORT = 50
"""Frames (1.25 s) of an upload below which chance finds its like: only what is sure counts."""
LONGEST = 2_000
"""Frames of an upload that are looked at: its last 50 seconds."""
LEAD = 40
"""Frames of silence that an upload may begin with; as many lie between two answers."""
SAID_BEFORE = 16
"""Pieces of the interviewer's speech that may still come back as an echo."""

Features = NDArray[np.float32]
"""(frames, ``BANDS``)."""


@dataclass(frozen=True, slots=True)
class _Known:
    features: Features
    words: tuple[Word, ...]


class SetEar:
    """An ``Ear`` for the conversations of the set. Not safe to share between threads."""

    def __init__(self, known: Sequence[speech.Speech]) -> None:
        self._answers = [_Known(features(item.samples), item.words) for item in known]
        self._said: deque[_Known] = deque(maxlen=SAID_BEFORE)
        lengths = [len(item.features) + LEAD for item in self._answers]
        self._begins = np.cumsum([LEAD, *lengths])
        self._size = 1 << int(self._begins[-1] + LONGEST).bit_length()
        everything = np.zeros((BANDS, self._size), np.float32)
        for begin, item in zip(self._begins, self._answers, strict=False):
            everything[:, begin : begin + len(item.features)] = item.features.T
        self._spectrum = fft.rfft(everything)
        self._power = np.cumsum(np.square(everything).sum(axis=0))

    def words(self, pcm: bytes, rate: int) -> str:
        heard = features(_samples(pcm, rate))
        if len(heard) < 4:
            return ""
        found: list[tuple[float, str]] = []
        likeness, answer = self._likeliest(heard)
        for item in [*([answer] if answer else []), *reversed(self._said)]:
            match, words = _heard_of(item, heard)
            if item is answer:
                match = max(match, likeness)
            if match > SURE:
                return words
            # Chance finds some likeness in so many words of the interviewer's.
            found.append((match if item is answer else match - BY_CHANCE, words))
        match, words = max(found, default=(0.0, ""))
        words = words if match >= PLAUSIBLE and len(heard) >= SHORT else ""
        if len(heard) > 2 * SEVERAL:
            # It may hold two answers, or an echo and an answer.
            middle = SEVERAL + int(np.abs(heard[SEVERAL:-SEVERAL]).sum(axis=1).argmin())
            size = middle * HOP * rate // RATE * WIDTH
            parts = f"{self.words(pcm[:size], rate)} {self.words(pcm[size:], rate)}".strip()
            if len(parts.split()) > len(words.split()) + 1:
                return parts
        return words

    def spoke(self, text: str, pcm: bytes, rate: int) -> None:
        samples = _samples(pcm, rate)
        shares = np.linspace(0, len(samples) / RATE, len(text.split()) + 1)
        words = tuple(
            Word(word, float(shares[i]), float(shares[i + 1]))
            for i, word in enumerate(text.split())
        )
        self._said.append(_Known(features(samples), words))

    def _likeliest(self, heard: Features) -> tuple[float, _Known | None]:
        """The answer in which ``heard`` has its place, if there is one, and how well it fits."""
        heard = heard[-LONGEST:]
        spectrum = fft.rfft(heard.T, self._size)
        matches = fft.irfft((self._spectrum * spectrum.conj()).sum(axis=0), self._size)
        own = float(np.square(heard).sum()) + 1e-6
        scores = []
        for number, (begin, end) in enumerate(pairwise(self._begins)):
            # An upload may begin before the answer does, with some silence of the room.
            at = begin - LEAD + int(matches[begin - LEAD : end - LEAD].argmax())
            inside = self._power[at + len(heard) - 1] - self._power[max(at - 1, 0)]
            scores.append((float(matches[at]) / (own * max(inside, 0.3 * own)) ** 0.5, number))
        score, number = max(scores)
        return score, self._answers[number] if score >= PLAUSIBLE else None


def ear() -> SetEar:
    """The ear that knows every answer and every listening sound of the set."""
    known = []
    for conversation in conversations().conversations:
        for number, answer in enumerate(conversation.answers):
            known.append(speech.answer(conversation, number))
            known += [rooms.sound(sound.sound, conversation) for sound in answer.backchannels]
    unique = {item.samples.tobytes(): item for item in known if item.text}
    return SetEar(list(unique.values()))


def _heard_of(item: _Known, heard: Features) -> tuple[float, str]:
    """How well ``heard`` is explained by ``item``, and the words of it that sound in it."""
    chunks = _chunks(item.features, heard)
    spans = [
        (begin / RATE * HOP, end / RATE * HOP) for begin, end, match, _ in chunks if match >= FOUND
    ]
    words = " ".join(
        word.text
        for word in item.words
        if any(start - NEAR <= (word.start + word.end) / 2 <= end + NEAR for start, end in spans)
    )
    loudness = sum(loud for *_, loud in chunks) + 1e-6
    return sum(match * loud for *_, match, loud in chunks) / loudness, words


def features(samples: speech.Samples) -> Features:
    """How much louder (natural logarithm) each band becomes from the frame before to that after."""
    count = max(0, (len(samples) - SPAN) // HOP + 1)
    changes = np.zeros((count, BANDS), np.float32)
    if count > 2:
        frames = np.lib.stride_tricks.sliding_window_view(samples, SPAN)[::HOP] * _window()
        level = np.log(np.square(np.abs(fft.rfft(frames))) @ _bands() + FLOOR)
        changes[1:-1] = level[2:] - level[:-2]
        # What is sudden counts, but a single stroke must not count for everything.
        size = np.sqrt(np.square(changes).sum(axis=1, keepdims=True)) + 1e-6
        changes *= np.minimum(1, MOST / size)
    return changes


@cache
def _window() -> NDArray[np.float32]:
    return np.hanning(SPAN).astype(np.float32)


@cache
def _bands() -> NDArray[np.float32]:
    """(bins, ``BANDS``): triangles evenly spaced on the mel scale, 150 Hz to 3.6 kHz."""
    mel = np.linspace(2_595 * np.log10(1 + 150 / 700), 2_595 * np.log10(1 + 3_600 / 700), BANDS + 2)
    edges = 700 * (10 ** (mel / 2_595) - 1)
    bins = np.fft.rfftfreq(SPAN, 1 / RATE)[:, None]
    rising: NDArray[np.float64] = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(rising, falling), 0).astype(np.float32)


def _chunks(known: Features, heard: Features) -> list[tuple[int, int, float, float]]:
    """Where each half second of ``heard`` lies in ``known``: first frame, last, correlation, and
    how much happens in it."""
    size = min(CHUNK, len(heard))
    if size < 4:
        return []
    # Half of a chunk may be the silence before it or behind it.
    known = np.pad(known, ((size, size), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(known, (size, BANDS))[:, 0].reshape(
        -1, size * BANDS
    )
    power = np.square(windows).sum(axis=1)
    step = max(1, size // 2)
    starts = list(range(0, len(heard) - size + 1, step))
    if starts[-1] + size < len(heard):
        starts.append(len(heard) - size)
    chunks = np.stack([heard[start : start + size].ravel() for start in starts])
    norms = np.sqrt(np.outer(power, np.square(chunks).sum(axis=1))) + 1e-6
    matches = np.asarray(windows @ chunks.T / norms)
    # A window that is nearly silent would match anything.
    silent = power < 0.1 * power.max()
    matches[silent] = 0
    best = matches.argmax(axis=0)
    # From the likeliest on in both directions: where it goes on from its neighbour, unless it is
    # found elsewhere beyond doubt. The silence before an answer would be taken for a later one,
    # and what follows that for words that have not been said yet.
    likeliest = int(matches.max(axis=0).argmax())
    order = [*range(likeliest + 1, len(starts)), *range(likeliest - 1, -1, -1)]
    for number in order:
        neighbour = number - 1 if number > likeliest else number + 1
        if matches[best[number], number] >= BEYOND_DOUBT:
            continue
        expected = int(best[neighbour]) + starts[number] - starts[neighbour]
        around = slice(max(0, expected - 2), max(0, expected + 3))
        if matches[around, number].size:
            best[number] = around.start + int(matches[around, number].argmax())
        else:
            best[number] = np.flatnonzero(silent)[0] if silent.any() else 0
            matches[best[number], number] = 0
    found = matches[best, np.arange(len(starts))]
    return [
        (int(at) - size, int(at), float(match), float(loud))
        for at, match, loud in zip(best, found, np.square(chunks).sum(axis=1), strict=True)
    ]


def _samples(pcm: bytes, rate: int) -> speech.Samples:
    samples = (np.frombuffer(pcm, "<i2") / 32_768).astype(np.float32)
    return samples if rate == RATE else speech.resampled(samples, rate)
