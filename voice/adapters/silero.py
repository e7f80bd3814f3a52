"""Voice activity detection by Silero v6, whose ONNX file ships inside faster-whisper (MIT)."""

import asyncio
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from voice.adapters.onnx import open_session
from voice.adapters.weights import package_file, verified
from voice.audio import WIDTH
from voice.errors import BadAudio

WINDOW = 512
"""Samples a decision, 32 ms at 16 kHz."""

CONTEXT = 64
"""Samples of the window before that the model sees again."""

SCALE = np.float32(1 / 32_768)

SHA256 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"


class Silero:
    """One session a process; a stream's state is its own, so streams share it freely.

    ``model``: path of another Silero v6 ONNX file.
    """

    def __init__(self, *, model: str = "") -> None:
        self._model = model

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        path = Path(self._model) if self._model else verified(_packaged(), SHA256)
        return open_session(path)

    def open(self) -> "Stream":
        return Stream(self._session)

    async def warm(self) -> None:
        stream = await asyncio.to_thread(self.open)
        stream.probability(bytes(WINDOW * WIDTH))

    async def close(self) -> None:
        self.__dict__.pop("_session", None)


class Stream:
    """The state of one microphone stream; a ``voice.engines.Detection``.

    The session reads and writes the stream's own arrays, bound once: two sets, for what it writes
    in one window it reads in the next.
    """

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._run = session.run_with_iobinding
        self._input = np.zeros((1, CONTEXT + WINDOW), np.float32)
        self._probability = np.zeros(1, np.float32)
        state = [np.zeros((2, 1, 1, 128), np.float32) for _ in range(2)]
        self._bindings = [
            self._bound(session, before, after) for before, after in (state, reversed(state))
        ]
        self._state = state
        """Held because the bindings only know where it lies."""

    def _bound(
        self,
        session: onnxruntime.InferenceSession,
        before: NDArray[np.float32],
        after: NDArray[np.float32],
    ) -> onnxruntime.IOBinding:
        binding = session.io_binding()
        for name, array in zip(("input", "h", "c"), (self._input, *before), strict=True):
            binding.bind_input(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        outputs = [output.name for output in session.get_outputs()]
        for name, array in zip(outputs, (self._probability, *after), strict=True):
            binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        return binding

    def probability(self, window: bytes) -> float:
        """Raises ``BadAudio`` unless ``window`` is 512 samples."""
        if len(window) != WINDOW * WIDTH:
            raise BadAudio(f"a window of {len(window)} bytes is not {WINDOW} samples")
        samples = self._input[0]
        samples[:CONTEXT] = samples[WINDOW:]
        np.multiply(np.frombuffer(window, np.int16), SCALE, out=samples[CONTEXT:])
        self._run(self._bindings[0])
        self._bindings.reverse()
        return float(self._probability[0])


def _packaged() -> Path:
    return package_file("faster-whisper", "faster_whisper/assets/silero_vad_v6.onnx")
