"""Speech by OpenAI's speech endpoint, or any endpoint that speaks its format.

It tells no timing, so the words of a clip are estimated and its mouth shapes spread evenly.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing

from voice.adapters.openai_client import FAILURES, OpenAIClient
from voice.adapters.take import pieces
from voice.audio import WIDTH, Audio
from voice.engines import Clip
from voice.errors import EngineError
from voice.metering import Use, used
from voice.sentences import split, weight
from voice.visemes import from_text

RATE = 24_000
"""Sample rate of the endpoint's ``pcm``, in Hz."""

FIRST_CLIP = 0.4
NEXT_CLIPS = 1.0
"""Seconds of audio that make a clip: a short first one is heard early."""

SPEAKING_RATE = 15.0
"""Weight (``voice.sentences.weight``) spoken in a second: 15 letters, or 5 Hangul syllables."""

_NAME = "openai_speech"


class OpenAISpeech:
    """One request a sentence. Voices are the provider's names, such as ``marin`` or ``cedar``.

    ``instructions`` tell the model how to speak. Time-outs are seconds: to connect, to the first
    audio, between two pieces of it.
    """

    def __init__(
        self,
        *,
        model: str = "gpt-4o-mini-tts",
        voice: str = "marin",
        instructions: str = "",
        speed: float = 1.0,
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        connect_timeout: float = 3.0,
        first_timeout: float = 5.0,
        chunk_timeout: float = 3.0,
    ) -> None:
        self._model = model
        self._voice = voice
        # What a server does not know is better not sent.
        self._extra: dict[str, str | float] = {}
        if instructions:
            self._extra["instructions"] = instructions
        if speed != 1.0:
            self._extra["speed"] = speed
        self._first_timeout = first_timeout
        self._chunk_timeout = chunk_timeout
        self._client = OpenAIClient(
            _NAME,
            base_url=base_url,
            api_key_env=api_key_env,
            connect_timeout=connect_timeout,
            read_timeout=max(first_timeout, chunk_timeout),
            model=model,
        )

    async def warm(self) -> None:
        await self._client.open(self._model)

    async def close(self) -> None:
        await self._client.close()

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``quota``, ``rate_limited``,
        ``timeout``, ``unavailable``, ``rejected``, ``malformed`` or ``empty``.
        """
        for sentence in pieces(text, split(text)):
            timed = _Estimated(sentence)
            made = 0
            try:
                async with aclosing(self._audio(sentence.strip(), voice)) as chunks:
                    async for pcm in chunks:
                        made += len(pcm)
                        for clip in timed.add(pcm):
                            yield clip
            finally:
                letters, seconds = len(sentence.strip()), made / WIDTH / RATE
                used(Use("synthesizer", _NAME, self._model, characters=letters, seconds=seconds))
            yield timed.rest()

    async def _audio(self, sentence: str, voice: str) -> AsyncGenerator[bytes]:
        wait = self._first_timeout
        limit = asyncio.get_running_loop().time() + wait
        heard = False
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(limit):
                    response = await stack.enter_async_context(
                        self._client.use().audio.speech.with_streaming_response.create(
                            model=self._model,
                            voice=voice or self._voice,
                            input=sentence,
                            response_format="pcm",
                            extra_body=self._extra or None,
                        )
                    )
                # Some servers answer a failure with 200; played, it would be a loud noise.
                if response.headers.get("content-type", "").startswith(
                    ("application/json", "text/")
                ):
                    raise ValueError("no audio")
                chunks: AsyncIterator[bytes] = response.iter_bytes()
                while True:
                    async with asyncio.timeout_at(limit):
                        pcm = await anext(chunks, None)
                    if pcm is None:
                        break
                    if pcm:
                        heard = True
                        yield pcm
                    limit = asyncio.get_running_loop().time() + self._chunk_timeout
            except FAILURES as error:
                raise self._client.translated(error) from None
        if not heard:
            raise EngineError(_NAME, "empty", retryable=True)


class _Estimated:
    """Cuts the audio of ``text`` into clips; the last one has what is left of both."""

    def __init__(self, text: str) -> None:
        self._words = list(_words(text))
        self._pcm = bytearray()
        self._size = FIRST_CLIP

    def add(self, pcm: bytes) -> Iterator[Clip]:
        self._pcm += pcm
        # One clip's worth is kept back, so that the end never is a scrap without a word.
        while len(self._pcm) > (end := round(self._size * RATE) * WIDTH) + self._kept_back:
            audio = Audio(bytes(self._pcm[:end]), RATE)
            del self._pcm[:end]
            yield self._clip(self._spoken(audio.seconds), audio)
            self._size = NEXT_CLIPS

    def rest(self) -> Clip:
        pcm = bytes(self._pcm[: len(self._pcm) // WIDTH * WIDTH])
        text, self._words = "".join(self._words), []
        return self._clip(text, Audio(pcm, RATE))

    @property
    def _kept_back(self) -> int:
        return round(FIRST_CLIP / 2 * RATE) * WIDTH

    def _spoken(self, seconds: float) -> str:
        """The words that fit, at least one while more than the last one are left."""
        room, spoken = seconds * SPEAKING_RATE, ""
        while len(self._words) > 1 and (not spoken or weight(spoken + self._words[0]) <= room):
            spoken += self._words.pop(0)
        return spoken

    def _clip(self, text: str, audio: Audio) -> Clip:
        shown = text or "".join(self._words)
        return Clip(text, audio, from_text(shown.strip(), audio.seconds))


def _words(text: str) -> Iterator[str]:
    """Words with the white space around them; joined they are ``text``."""
    return pieces(text, text.split())
