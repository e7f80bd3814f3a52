"""This product: ``manage.py serve`` in a process of its own, over its real WebSocket."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.api import Api
from benchmarks.server import Server, serving
from benchmarks.systems import Kind, Observation, Providers, Session
from voice.audio import RATE

PLAYBACK_RATE = 24_000
PROFILE = "benchmark"

_KINDS: Mapping[str, Kind] = {
    "ai_transcript_chunk": "words",
    "ai_audio_end": "audio_end",
    "ai_audio_clear": "audio_clear",
}


class Ours:
    """With transcription by upload, or live beside it; every engine but VAD and turn model is
    an official SDK's adapter at the local providers."""

    def __init__(self, providers: Providers, stt: Literal["upload", "live"] = "upload") -> None:
        self.name = f"ours-{stt}"
        self.pids: tuple[int, ...] = ()
        self._engines = engines(providers, stt)
        self._stack = AsyncExitStack()
        self._server: Server | None = None
        self._api: Api | None = None

    async def start(self) -> None:
        self._server = await self._stack.enter_async_context(
            serving(
                engines={PROFILE: self._engines},
                seed=("-m", "benchmarks.systems.seed", PROFILE),
                OPENAI_API_KEY="none",
                ELEVENLABS_API_KEY="none",
                AUDIO_PROFILE=PROFILE,
            )
        )
        self.pids = (self._server.pid,)
        self._api = Api(self._server)
        self._stack.push_async_callback(self._api.close)
        await self._api.token("candidate")

    async def stop(self) -> None:
        self.pids = ()
        await self._stack.aclose()

    @asynccontextmanager
    async def session(self, language: str) -> AsyncGenerator[Session]:
        assert self._api is not None, "start comes first"
        interview = await self._api.new_interview(language)
        headers = {"Authorization": f"Bearer {await self._api.token('candidate')}"}
        url = self._api.socket(interview)
        async with connect(url, additional_headers=headers, compression=None) as link:
            session = OurSession(link)
            await session.begin()
            reading = asyncio.create_task(session.read())
            try:
                yield session
            finally:
                reading.cancel()
                await asyncio.wait([reading])
        await self._api.end(interview)


class OurSession:
    """The live protocol, binary playback, an open microphone."""

    def __init__(self, link: ClientConnection) -> None:
        self.events: asyncio.Queue[Observation] = asyncio.Queue()
        self._link = link
        self._utterance = ""

    async def begin(self) -> None:
        await self._tell(
            "init",
            audio={"encoding": "pcm_s16le", "sample_rate": RATE},
            playback={"transport": "binary", "sample_rate": PLAYBACK_RATE},
        )

    async def send(self, pcm: bytes) -> None:
        try:
            await self._link.send(pcm)
        except ConnectionClosed as error:
            raise ConnectionError(f"our server has hung up: {error}") from None

    async def played(self, utterance: str, seconds: float, done: bool) -> None:
        with suppress(ConnectionClosed):
            played_ms = round(seconds * 1000)
            await self._tell("playback", utterance=utterance, played_ms=played_ms, done=done)

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._link:
                at = asyncio.get_running_loop().time()
                if isinstance(frame, bytes):
                    self.events.put_nowait(
                        Observation(at, "audio", self._utterance, pcm=frame, rate=PLAYBACK_RATE)
                    )
                else:
                    self._take(at, json.loads(frame))

    def _take(self, at: float, message: dict[str, Any]) -> None:
        type_, utterance = message["type"], message.get("utterance", "")
        if type_ == "ai_audio_start":
            self._utterance = utterance
        elif type_ == "user_transcript":
            kind: Kind = "transcript" if message["is_final"] else "partial"
            self.events.put_nowait(Observation(at, kind, utterance, message["text"]))
        elif kind_ := _KINDS.get(type_):
            self.events.put_nowait(Observation(at, kind_, utterance, message.get("text", "")))

    async def _tell(self, type_: str, **fields: Any) -> None:
        await self._link.send(json.dumps({"type": type_, **fields}))


def engines(providers: Providers, stt: Literal["upload", "live"] = "upload") -> dict[str, Any]:
    """A profile of VOICE_ENGINES at the local providers."""

    def engine(backend: str, **options: Any) -> dict[str, Any]:
        return {"BACKEND": f"voice.adapters.{backend}", "OPTIONS": options}

    speech = engine("elevenlabs_speech.ElevenLabsSpeech", base_url=providers.elevenlabs)
    profile = {
        "detector": engine("silero.Silero"),
        "turn_model": engine("smart_turn.SmartTurn"),
        "recognizer": engine("openai_transcription.OpenAITranscription", base_url=providers.openai),
        "model": engine("openai_chat.OpenAIChat", model="any", base_url=providers.openai),
        "synthesizers": {"en": speech, "ko": speech},
    }
    if stt == "live":
        profile["live_recognizer"] = engine("openai_live.OpenAILive", base_url=providers.openai)
    return profile
