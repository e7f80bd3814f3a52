"""Answers with pauses inside, made reproducibly: what has been said at every moment is known.

The texts are in ``pausing_answers.tsv``: language, expected kind of answer, words; ``{c}`` marks a
pause and its kind. What is fitted is fitted on these; ``benchmarks.conversations`` is held out.
"""

import asyncio
import hashlib
import math
import pickle
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.answers import voiced
from benchmarks.conversations import rooms, speech
from benchmarks.conversations.manifest import conversations
from benchmarks.conversations.voices import KEPT
from voice.adapters.kokoro import Kokoro
from voice.adapters.piper import Piper
from voice.audio import RATE, WIDTH, Audio, resample
from voice.engines import Synthesizer

TEXTS = Path(__file__).with_name("pausing_answers.tsv")
KINDS = {
    "c": "after a conjunction",
    "f": "after a filler",
    "l": "before a list item",
    "u": "unfinished clause",
    "w": "within a clause",
    "s": "between sentences",
}
CONVERSATION_KINDS = {
    "conjunction": "c",
    "filler": "f",
    "list": "l",
    "restart": "u",
    "clause": "w",
    "sentence": "s",
}
SHORTEST, LONGEST = 0.4, 2.5
"""Seconds of a pause; drawn so that its logarithm is even."""
VOICES = {
    "en": ("joe", "joe:low", "joe:brisk", "joe:deep"),
    "ko": ("jf_alpha", "jm_kumo:low", "jf_nezumi", "jf_tebukuro:brisk"),
}
"""The first two speak every other text, the others the rest."""
NOISE_DB = (-65, -50, -60, -45)
"""Of the room, relative to full scale, for each of the voices."""
VERSION = 1
"""To be raised when the same texts make other sound."""
AFTER = 4.0
"""Seconds of room noise after the true end."""


@dataclass(frozen=True, slots=True)
class Pause:
    kind: str
    """A key of ``KINDS``."""
    start: float
    """Seconds from the beginning of the audio to the last voiced sample before it."""
    end: float
    text: str
    """The words before it, as a recognizer would have them by then."""


@dataclass(frozen=True, slots=True)
class PausingAnswer:
    """``audio`` at 16 kHz; ``end`` is its true end in seconds, after which there is only noise."""

    name: str
    voice: str
    language: str
    expects: str
    audio: Audio
    text: str
    pauses: tuple[Pause, ...]
    end: float
    spoken: tuple[tuple[float, str], ...] = ()
    """Each word with the second in which it begins, where that is known."""

    def words(self, at: float) -> str:
        """What has been said at the second ``at``."""
        for pause in self.pauses:
            if pause.start - 0.1 <= at < pause.end + 0.1:
                return pause.text
        if self.spoken and at < self.end:
            return " ".join(word for start, word in self.spoken if start < at)
        return next((pause.text for pause in self.pauses if at < pause.end), self.text)


def training_set() -> list[PausingAnswer]:
    """Every text in two voices, each time with other pauses; made once, then kept."""
    name = hashlib.sha256(TEXTS.read_bytes() + bytes([VERSION])).hexdigest()[:24]
    path = KEPT / "pauses" / f"{name}.pickle"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(asyncio.run(_made())))
    return cast(list[PausingAnswer], pickle.loads(path.read_bytes()))


async def _made() -> list[PausingAnswer]:
    voices: dict[str, Synthesizer] = {"en": Piper(), "ko": Kokoro()}
    made = []
    try:
        for number, line in enumerate(TEXTS.read_text().splitlines()):
            language, expects, marked = line.split("\t")
            for which in (2, 3) if number % 2 else (0, 1):
                voice = VOICES[language][which]
                made.append(
                    await _answer(
                        voices[language],
                        f"{language}-{number + 1}-{voice}",
                        language,
                        expects,
                        marked,
                        voice,
                        NOISE_DB[which],
                    )  # fmt: skip
                )
    finally:
        for synthesizer in voices.values():
            await synthesizer.close()
    return made


def conversation_set() -> list[PausingAnswer]:
    """The answers of ``benchmarks.conversations`` in their rooms, without what is mixed in of the
    interviewer: nothing was fitted on them."""
    found = []
    for conversation in conversations().conversations:
        bed = rooms.bed(conversation)
        for number in range(len(conversation.answers)):
            spoken = speech.answer(conversation, number)
            after = np.zeros(round(AFTER * RATE), np.float32)
            samples = np.concatenate([after[: RATE // 2], spoken.samples, after])
            samples += np.resize(bed, len(samples))
            chance = random.Random(f"{conversation.id} {number}")
            before = 0.5
            pauses = tuple(
                Pause(
                    CONVERSATION_KINDS[pause.kind], before + pause.start, before + pause.end,
                    _recognized(
                        " ".join(w.text for w in spoken.words if w.start < pause.start - 0.05),
                        CONVERSATION_KINDS[pause.kind], chance,
                    ),
                )
                for pause in spoken.pauses
            )  # fmt: skip
            audio = Audio((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
            found.append(
                PausingAnswer(
                    f"{conversation.id}-{number + 1}",
                    conversation.id,
                    conversation.language,
                    "experience",
                    audio,
                    _recognized(spoken.text, "s", chance),
                    pauses,
                    before + spoken.end,
                    tuple((before + w.start, w.text) for w in spoken.words),
                )  # fmt: skip
            )
    return found


async def _answer(
    synthesizer: Synthesizer, name: str, language: str, expects: str, marked: str, voice: str,
    noise_db: int,
) -> PausingAnswer:  # fmt: skip
    chance = random.Random(name)
    samples: list[np.ndarray] = []
    length, said, pauses = RATE // 2, "", []
    samples.append(np.zeros(length, np.int16))
    for piece, kind in _pieces(marked):
        said = f"{said} {piece}".strip()
        text = piece if kind in ("", "s") else piece.rstrip(",") + ","
        clips = [c async for c in synthesizer.speak(text, language=language, voice=voice)]
        pcm = voiced(Audio(b"".join(resample(clip.audio, RATE).pcm for clip in clips))).pcm
        samples.append(np.frombuffer(pcm, np.int16))
        length += len(pcm) // WIDTH
        if kind:
            seconds = math.exp(chance.uniform(math.log(SHORTEST), math.log(LONGEST)))
            start = length / RATE
            pauses.append(Pause(kind, start, start + seconds, _recognized(said, kind, chance)))
            samples.append(np.zeros(round(seconds * RATE), np.int16))
            length += len(samples[-1])
    end = length / RATE
    samples.append(np.zeros(round(AFTER * RATE), np.int16))
    clean = np.concatenate(samples).astype(np.float32)
    room = np.random.default_rng(len(clean)).normal(0, 10 ** (noise_db / 20) * 32_768, len(clean))
    noisy = np.clip(clean * 0.8 + room, -32_768, 32_767).astype("<i2").tobytes()
    whole = _recognized(said, "s", chance)
    return PausingAnswer(name, voice, language, expects, Audio(noisy), whole, tuple(pauses), end)


def _pieces(marked: str) -> Iterator[tuple[str, str]]:
    """The texts between the marks, each with the kind of the pause behind it."""
    parts = re.split(r"\s*\{(\w)\}\s*", marked)
    yield from zip(parts[0::2], [*parts[1::2], ""], strict=True)


def _recognized(said: str, kind: str, chance: random.Random) -> str:
    """As recognizers write what may not be over: with a full stop or without, rightly or not."""
    bare = said.rstrip(" ,.")
    return bare + "." if chance.random() < (0.7 if kind == "s" else 0.3) else bare
