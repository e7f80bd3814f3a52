"""End-of-turn detection from the sound alone by Smart Turn v3.2 (BSD-2).

https://github.com/pipecat-ai/smart-turn; its ONNX file ships inside pipecat-ai, whose
``local_smart_turn_v3.py`` is the reference for what happens to the audio before the model.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from faster_whisper.feature_extractor import FeatureExtractor

from voice.adapters.onnx import open_session, weights
from voice.adapters.smart_turn_graph import with_float_softmax
from voice.adapters.weights import package_file, verified
from voice.audio import RATE, WIDTH, Audio, resample, silence

SECONDS = 8
"""What the model hears: the end of the audio, with silence before it when there is less."""

FILE = "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx"
SHA256 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"


class SmartTurn:
    """One session and one thread a process.

    ``model``: path of another Smart Turn v3 ONNX file; ``cpu_threads``: per decision.
    """

    def __init__(self, *, model: str = "", cpu_threads: int = 1) -> None:
        self._model = model
        self._cpu_threads = cpu_threads
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="smart-turn")
        self._features = FeatureExtractor(chunk_length=SECONDS)

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        path = Path(self._model) if self._model else verified(_packaged(), SHA256)
        return open_session(with_float_softmax(weights(path)), threads=self._cpu_threads)

    async def finished(self, audio: Audio) -> float:
        # Cancelling the awaiting task takes a decision that has not begun out of the queue.
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, self.probability, audio
        )

    async def warm(self) -> None:
        await self.finished(silence(1))

    async def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self.__dict__.pop("_session", None)

    def probability(self, audio: Audio) -> float:
        """The same at once, on the calling thread."""
        pcm = resample(audio, RATE).pcm[-SECONDS * RATE * WIDTH :]
        samples = np.zeros(SECONDS * RATE, np.float32)
        if pcm:
            samples[-(len(pcm) // WIDTH) :] = np.frombuffer(pcm, np.int16)
        # The model's own scale is full scale 1, at which its 1e-7 is what silence divides by.
        samples /= 32_768
        samples = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
        features = self._features(samples, padding=0)[np.newaxis].astype(np.float32)
        (probability,) = self._session.run(None, {"input_features": features})
        return float(probability.item())


def _packaged() -> Path:
    return package_file("pipecat-ai", FILE)
