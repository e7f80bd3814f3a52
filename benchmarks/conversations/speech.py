"""What a candidate says as sound, and the truth about it: where it begins, pauses and ends.

The truth is read from the clean voice, before any room is added to it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.conversations import voices
from benchmarks.conversations.manifest import Answer, Conversation, conversations
from voice.audio import RATE
from voice.tests.speech import spoken, words

FRAME = RATE // 100
"""Samples in which loudness is looked at: 10 ms."""
QUIET = 10 ** (-30 / 20)
"""Share of the loudest frame's level below which nobody speaks."""
LEVEL = -24.0
"""dBFS of the voiced frames of everybody."""
TAIL = 0.06
"""Seconds that a voice may take to die away after its last voiced frame."""
LIBRIVOX = "librivox"
VERSION = 2
"""To be raised when the same manifest makes other sound."""

Samples = NDArray[np.float32]
"""Mono at ``RATE`` Hz, full scale 1."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence inside an answer, in seconds from its first sample."""

    kind: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Speech:
    """``onset`` and ``end`` (seconds) are the first and the last voiced moment of ``samples``."""

    text: str
    samples: Samples
    onset: float
    end: float
    pauses: tuple[Pause, ...]
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def answer(conversation: Conversation, number: int) -> Speech:
    """An answer of the set; made once, then kept under ``voices.KEPT``."""
    said = conversation.answers[number]
    lengths = conversations().lengths(conversation, number)
    key = [said.parts, said.pauses, lengths, conversation.voice, conversation.speed]
    return _kept(key, conversation.language, said, lengths, conversation.voice, conversation.speed)


def utterance(text: str, language: str, voice: str) -> Speech:
    """Something short that is no answer, such as "mm-hm"."""
    said = Answer(say=text)
    return _kept([text, voice], language, said, [], _synthetic(voice, language), 1.0)


def assembled(
    parts: Sequence[Samples], texts: Sequence[str], kinds: Sequence[str], lengths: Sequence[float]
) -> Speech:
    """``parts``, whose silence at the ends is part of the pauses between them, as one answer.

    A pause is at least as long as the silence that the voice makes there by itself.
    """
    pieces: list[Samples] = []
    pauses: list[Pause] = []
    spoken_words: list[Word] = []
    at = 0.0
    for number, part in enumerate(parts):
        begin, end = voiced(part)
        last = number == len(parts) - 1
        if number:
            began = pauses[-1].start
            missing = lengths[number - 1] - (at - began) - begin
            if missing > 0:
                pieces.append(np.zeros(round(missing * RATE), np.float32))
                at += len(pieces[-1]) / RATE
            pauses[-1] = Pause(kinds[number - 1], began, at + begin)
        spoken_words += _words(texts[number], at + begin, at + end)
        if not last:
            pauses.append(Pause(kinds[number], at + end, at + end))
        pieces.append(part[: round((end + TAIL) * RATE)] if last else part)
        at += len(pieces[-1]) / RATE
    samples = np.concatenate(pieces)
    onset, end = voiced(samples)
    return Speech(" ".join(texts), samples, onset, end, tuple(pauses), tuple(spoken_words))


def voiced(samples: Samples) -> tuple[float, float]:
    """Seconds of the first and the last voiced moment."""
    loud = np.flatnonzero(_loud(samples))
    return float(loud[0]) * FRAME / RATE, float(loud[-1] + 1) * FRAME / RATE


def _loud(samples: Samples) -> NDArray[np.bool_]:
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.sqrt(np.square(frames).mean(axis=1))
    found: NDArray[np.bool_] = levels > levels.max() * QUIET
    return found


def levelled(samples: Samples) -> Samples:
    """At ``LEVEL`` while voiced."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    power = float(np.square(frames[_loud(samples)]).mean())
    gain = 10 ** (LEVEL / 20) / power**0.5
    return np.clip(samples * gain, -1, 1).astype(np.float32)


def _make(
    language: str, said: Answer, lengths: Sequence[float], voice: str, speed: float
) -> Speech:
    if said.recorded:
        texts = [words(name) for name in said.parts]
        sounds = [_trimmed(_samples(spoken(name).pcm)) for name in said.parts]
        level = levelled(np.concatenate(sounds))
        ends = np.cumsum([len(sound) for sound in sounds])
        return assembled(np.split(level, ends[:-1]), texts, said.pauses, lengths)
    texts = said.parts
    # A comma in speech is a melody that goes on; inside a clause there is not even that.
    marked = [
        text if kind in ("clause", "sentence") or text[-1] in ",.?!" else f"{text},"
        for text, kind in zip(texts, [*said.pauses, "sentence"], strict=True)
    ]
    take = voices.read(marked, language, voice, speed)
    samples = resampled(take.samples, take.rate)
    cuts = [_quietest(samples, *(round(x * RATE / take.rate) for x in gap)) for gap in take.gaps]
    sounds = [_faded(part) for part in np.split(levelled(samples), cuts)]
    sounds[0] = _trimmed(sounds[0])
    return assembled(sounds, texts, said.pauses, lengths)


def _quietest(samples: Samples, begin: int, end: int) -> int:
    """Where to cut between two words: the quietest 10 ms around the space between them."""
    around = RATE // 33
    spans = range(max(0, begin - around), max(begin + around, end) + around - FRAME, FRAME // 2)
    return min(spans, key=lambda at: float(np.square(samples[at : at + FRAME]).sum())) + FRAME // 2


def _faded(part: Samples) -> Samples:
    """Without a click at either end."""
    ramp = np.linspace(0, 1, min(FRAME, len(part) // 2), dtype=np.float32)
    part = part.copy()
    part[: len(ramp)] *= ramp
    part[len(part) - len(ramp) :] *= ramp[::-1]
    return part


def _trimmed(samples: Samples) -> Samples:
    begin, end = voiced(samples)
    return samples[max(0, round((begin - 0.02) * RATE)) : round((end + TAIL) * RATE)]


def _words(text: str, start: float, end: float) -> list[Word]:
    """Each word's share of the time, by its letters."""
    shares = np.cumsum([0, *(len(word) + 1 for word in text.split())])
    times = start + (end - start) * shares / max(1, shares[-1])
    return [Word(word, float(times[i]), float(times[i + 1])) for i, word in enumerate(text.split())]


def resampled(samples: Samples, rate: int) -> Samples:
    found: Samples = soxr.resample(samples, rate, RATE)
    return found


def _samples(pcm: bytes) -> Samples:
    return (np.frombuffer(pcm, np.int16) / 32_768).astype(np.float32)


def _synthetic(voice: str, language: str) -> str:
    """The human reader has recorded no listening sounds: somebody like them makes these."""
    return "af_sarah" if voice == LIBRIVOX else voice


def _kept(
    key: list[object],
    language: str,
    said: Answer,
    lengths: Sequence[float],
    voice: str,
    speed: float,
) -> Speech:
    name = hashlib.sha256(json.dumps([VERSION, language, key]).encode()).hexdigest()[:24]
    path = voices.KEPT / "speech" / f"{name}.npz"
    if not path.exists():
        made = _make(language, said, lengths, voice, speed)
        _write(path, made)
    with np.load(path) as kept:
        facts = json.loads(str(kept["facts"]))
        return Speech(
            facts["text"],
            kept["samples"].astype(np.float32) / 32_767,
            facts["onset"],
            facts["end"],
            tuple(Pause(**pause) for pause in facts["pauses"]),
            tuple(Word(**word) for word in facts["words"]),
        )


def _write(path: Path, speech: Speech) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "text": speech.text,
        "onset": speech.onset,
        "end": speech.end,
        "pauses": [asdict(pause) for pause in speech.pauses],
        "words": [asdict(word) for word in speech.words],
    }
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, samples=(speech.samples * 32_767).astype("<i2"), facts=json.dumps(facts))
    unfinished.replace(path)
