"""Speech recognition by Whisper on CTranslate2 (faster-whisper), for short spoken answers.

Whisper is trained on windows of 30 s, and its usual runtimes fill up every shorter utterance,
so that two seconds cost what thirty do. Here the window is only as long as the utterance
needs. What that sometimes provokes, a sentence said over and over, is recognised and tried
again in the window of 30 s.
"""

import asyncio
import math
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import ParamSpec, TypeVar

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from voice.adapters import whisper_base
from voice.audio import RATE, Audio, resample
from voice.engines import Transcript
from voice.errors import EngineError
from voice.metering import Use, used

Samples = NDArray[np.float32]
P = ParamSpec("P")
T = TypeVar("T")

FRAMES_PER_SECOND = 100

FULL_WINDOW = 30 * FRAMES_PER_SECOND

SHORTEST_WINDOW = 8 * FRAMES_PER_SECOND
"""Below about 5 s of window, repetition becomes frequent; 8 s cost 40 ms more than 4 s."""

MARGIN = 1 * FRAMES_PER_SECOND
"""Quiet after the last sample, without which the model does not know that it is over."""

LONGEST_PIECE = 29 * RATE
SHORTEST_PIECE = 20 * RATE

TOKENS_PER_SECOND = 16
"""More than the fastest speech: English has some 5, Korean 10."""

TOKENS_LIMIT = 448

QUIET = -65.0
"""dBFS below which nobody is speaking into a microphone."""

REPETITION = re.compile(r"(.{8,}?)\1+")


@dataclass(frozen=True, slots=True)
class Guess:
    """What one window was understood to say; ``tokens`` weighs its ``logprob`` (mean)."""

    language: str
    text: str
    tokens: int
    logprob: float
    no_speech: float
    complete: bool

    @property
    def runs_away(self) -> bool:
        return not self.complete or REPETITION.search(f" {self.text}") is not None

    @property
    def is_speech(self) -> bool:
        """Whisper's own rule (``transcribe.py``), and repetition, which noise brings forth too."""
        doubtful = self.logprob < -1 or self.runs_away
        return bool(self.text) and not (self.no_speech > 0.6 and doubtful)


class Whisper:
    """One model and one queue a process.

    ``model``: a folder or a name that faster-whisper knows; by default the packaged weights.
    ``languages``: what to choose from when the caller does not say. ``cpu_threads``: for one
    request; ``beam_size``: readings that are followed side by side; ``compute_type`` and
    ``device`` as CTranslate2 names them.
    """

    def __init__(
        self,
        *,
        model: str = "",
        languages: Sequence[str] = ("en", "ko"),
        device: str = "cpu",
        compute_type: str = "int8",
        cpu_threads: int = 2,
        beam_size: int = 3,
    ) -> None:
        self.languages = frozenset(languages)
        self._name = model
        self._device = device
        self._compute_type = compute_type
        self._cpu_threads = cpu_threads
        self._beam_size = beam_size
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="whisper")
        self._tokenizers: dict[str, Tokenizer] = {}

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        """Raises ``EngineError`` (``unsupported_language``, ``unavailable`` …)."""
        audio = resample(audio, RATE)
        guesses: list[Guess] = []
        used(Use("recognizer", "whisper", seconds=audio.seconds))
        if audio.level > QUIET:
            samples = np.frombuffer(audio.pcm, np.int16).astype(np.float32)
            samples /= 32_768
            for piece in _pieces(samples):
                guesses.append(await self._guess(piece, language, terms))
                language = guesses[-1].language
        spoken = [guess for guess in guesses if guess.is_speech]
        tokens = sum(guess.tokens for guess in spoken)
        logprob = sum(guess.logprob * guess.tokens for guess in spoken) / max(tokens, 1)
        return Transcript(
            text=" ".join(guess.text for guess in spoken),
            language=language or min(self.languages),
            confidence=math.exp(logprob) if spoken else 0.0,
        )

    async def warm(self) -> None:
        noise = np.random.default_rng(0).normal(0, 0.01, RATE).astype(np.float32)
        await self._guess(noise, None, "")

    async def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self.__dict__.pop("_model", None)

    async def _guess(self, samples: Samples, language: str | None, terms: str) -> Guess:
        """Encoding and decoding are queued apart: a cancelled request goes no step further."""
        needed = math.ceil(len(samples) * FRAMES_PER_SECOND / RATE) + MARGIN
        for window in sorted({max(needed, SHORTEST_WINDOW), FULL_WINDOW}):
            encoded = await self._run(self._encode, samples, window)
            if language is None:
                language = await self._run(self._detect, encoded)
            limit = 8 + TOKENS_PER_SECOND * len(samples) // RATE
            guess = await self._run(self._decode, encoded, language, terms, limit)
            if not guess.runs_away:
                break
        return guess

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))

    @cached_property
    def _model(self) -> WhisperModel:
        try:
            return WhisperModel(
                self._name or str(whisper_base.folder()),
                device=self._device,
                compute_type=self._compute_type,
                cpu_threads=self._cpu_threads,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError("whisper", "unavailable") from error

    def _tokenizer(self, language: str) -> Tokenizer:
        if language not in self._tokenizers:
            if language not in self._model.supported_languages:
                raise EngineError("whisper", "unsupported_language")
            multilingual = self._model.model.is_multilingual
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer, multilingual, "transcribe", language
            )
        return self._tokenizers[language]

    def _encode(self, samples: Samples, window: int) -> ctranslate2.StorageView:
        features = self._model.feature_extractor(samples)[:, :window]
        quiet = features.min()
        features = np.pad(
            features, ((0, 0), (0, window - features.shape[1])), constant_values=quiet
        )
        return self._model.encode(features)

    def _detect(self, encoded: ctranslate2.StorageView) -> str:
        if len(self.languages) == 1:
            return min(self.languages)
        token: str
        for token, _probability in self._model.model.detect_language(encoded)[0]:
            language = token.removeprefix("<|").removesuffix("|>")
            if language in self.languages:
                return language
        raise EngineError("whisper", "unsupported_language")

    def _decode(
        self, encoded: ctranslate2.StorageView, language: str, terms: str, limit: int
    ) -> Guess:
        tokenizer = self._tokenizer(language)
        context = tokenizer.encode(f" {terms.strip()}") if terms.strip() else []
        prompt = self._model.get_prompt(tokenizer, context, without_timestamps=True)
        # CTranslate2 keeps half of max_length for new tokens, or what the prompt leaves.
        max_length = min(max(2 * limit, len(prompt) + limit), TOKENS_LIMIT)
        (result,) = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=self._beam_size,
            max_length=max_length,
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = result.sequences_ids[0]
        complete = len(tokens) < min(max_length // 2, max_length - len(prompt))
        text = tokenizer.decode(tokens)
        return Guess(
            language=language,
            text=(text if complete else REPETITION.sub(r"\1", text)).strip(),
            tokens=len(tokens),
            logprob=result.scores[0],
            no_speech=result.no_speech_prob,
            complete=complete,
        )


def _pieces(samples: Samples) -> Iterator[Samples]:
    """Stretches that fit a window, cut where it is quietest."""
    while len(samples) > LONGEST_PIECE:
        step = RATE // 10
        candidates = samples[SHORTEST_PIECE:LONGEST_PIECE].reshape(-1, step)
        quietest = int(np.argmin(np.square(candidates).mean(axis=1)))
        cut = SHORTEST_PIECE + quietest * step + step // 2
        yield samples[:cut]
        samples = samples[cut:]
    yield samples
