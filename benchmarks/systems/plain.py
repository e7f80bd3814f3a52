"""What the two plain designs share: a WebSocket server in a process of its own, voice activity,
the engines, and the client of it.

Frames: microphone PCM to the server, speech PCM from it; JSON for everything else. Speech
belongs to the utterance named last.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.systems import Kind, Observation, Providers, Session
from interview_site.env import BASE_DIR
from voice.adapters.elevenlabs_speech import ElevenLabsSpeech
from voice.adapters.openai_chat import OpenAIChat
from voice.adapters.openai_transcription import OpenAITranscription
from voice.adapters.silero import Silero
from voice.audio import WIDTH, Audio
from voice.endpointing import WINDOW_BYTES, WINDOW_SECONDS
from voice.engines import Detection, LanguageModel, Message, Recognizer, Synthesizer

SILENCE = 0.7
"""Seconds after which an answer is taken as complete."""
ONSET = 0.2
"""Seconds of voice that are speech."""
PRE_ROLL = 0.4
THRESHOLD, RELEASE = 0.5, 0.35
TOKENS = 80
START_SECONDS = 60.0
RATE = 24_000
"""Sample rate of the speech that is sent, in Hz."""
PROMPT = "You are an interviewer. Ask one short follow-up to what the candidate has said."
GREETING = {
    "en": "Hello, and welcome to this interview. To begin with, please tell me about your work.",
    "ko": "안녕하세요, 면접에 오신 것을 환영합니다. 먼저, 하고 계신 일을 말씀해 주세요.",
}


@dataclass(frozen=True, slots=True)
class Engines:
    detector: Silero
    recognizer: Recognizer
    model: LanguageModel
    speech: Synthesizer


class Segmenter:
    """Cuts the microphone's stream into answers that end with ``SILENCE``."""

    def __init__(self, detection: Detection) -> None:
        self._detection = detection
        self._buffer = bytearray()
        self._audio = bytearray()
        self._voiced = self._silent = 0.0
        self.speaking = False

    def feed(self, pcm: bytes) -> Iterator[Literal["started"] | Audio]:
        self._buffer += pcm
        while len(self._buffer) >= WINDOW_BYTES:
            window = bytes(self._buffer[:WINDOW_BYTES])
            del self._buffer[:WINDOW_BYTES]
            probability = self._detection.probability(window)
            self._audio += window
            if self.speaking:
                self._silent = 0.0 if probability >= RELEASE else self._silent + WINDOW_SECONDS
                if self._silent >= SILENCE:
                    yield Audio(bytes(self._audio))
                    self.reset()
                continue
            self._voiced = self._voiced + WINDOW_SECONDS if probability >= THRESHOLD else 0.0
            if self._voiced >= ONSET:
                self.speaking = True
                yield "started"
            else:
                # What precedes the onset that is looked for, and the voice that may be one.
                del self._audio[: -round((PRE_ROLL + ONSET) * 16_000) * WIDTH]

    def reset(self) -> None:
        self._audio.clear()
        self._voiced = self._silent = 0.0
        self.speaking = False


class Conversation(ABC):
    """One connection to the server."""

    def __init__(self, link: ServerConnection, engines: Engines, language: str) -> None:
        self.link = link
        self.engines = engines
        self.language = language
        self.history = [Message("system", PROMPT)]
        self.segmenter = Segmenter(engines.detector.open())
        self.heard_to_the_end = asyncio.Event()
        self.busy: asyncio.Task[None] | None = None
        """The reply that is being made or said."""

    @abstractmethod
    async def greet(self) -> None: ...

    @abstractmethod
    async def hear(self, pcm: bytes) -> None:
        """Microphone audio; returns at once."""

    async def run(self) -> None:
        await self.greet()
        async for frame in self.link:
            if isinstance(frame, bytes):
                await self.hear(frame)
            elif json.loads(frame)["done"]:
                self.heard_to_the_end.set()

    async def stop(self) -> None:
        if self.busy:
            self.busy.cancel()
            await asyncio.wait([self.busy])

    async def tell(self, kind: Kind, utterance: str, text: str = "") -> None:
        message = {"kind": kind, "utterance": utterance, "text": text}
        await self.link.send(json.dumps(message, ensure_ascii=False))

    async def understand(self, answer: Audio) -> str:
        """What was said; told to the client and kept, unless it was nothing."""
        words = await self.engines.recognizer.transcribe(answer, language=self.language)
        if words.text:
            self.history.append(Message("candidate", words.text))
            await self.tell("transcript", str(uuid4()), words.text)
        return words.text

    def reply(self) -> AsyncGenerator[str]:
        return self.engines.model.reply(self.history, max_tokens=TOKENS)


async def converse(kind: type[Conversation], port: int, providers: Providers) -> None:
    """Serve until SIGTERM."""
    engines = Engines(
        Silero(),
        OpenAITranscription(base_url=providers.openai),
        OpenAIChat(model="any", base_url=providers.openai),
        ElevenLabsSpeech(base_url=providers.elevenlabs),
    )
    everything = (engines.detector, engines.recognizer, engines.model, engines.speech)
    for engine in everything:
        await engine.warm()

    async def connected(link: ServerConnection) -> None:
        assert link.request is not None
        conversation = kind(link, engines, link.request.path.rpartition("=")[2])
        with suppress(ConnectionClosed):
            await conversation.run()
        await conversation.stop()

    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with serve(connected, "127.0.0.1", port, compression=None, ping_interval=None):
        print("ready", flush=True)
        await over.wait()
    for engine in everything:
        await engine.close()


def main(kind: type[Conversation]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--openai", required=True)
    parser.add_argument("--elevenlabs", required=True)
    given = parser.parse_args()
    providers = Providers(given.openai, given.elevenlabs)
    asyncio.run(converse(kind, given.port, providers))


class PlainSystem:
    """A design that runs as ``python -m module``."""

    def __init__(self, name: str, module: str, providers: Providers) -> None:
        self.name = name
        self.pids: tuple[int, ...] = ()
        self._module = module
        self._providers = providers
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0

    async def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module, "--port", str(self._port),
            "--openai", self._providers.openai, "--elevenlabs", self._providers.elevenlabs,
            cwd=BASE_DIR, stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"OPENAI_API_KEY": "none", "ELEVENLABS_API_KEY": "none"},
        )  # fmt: skip
        assert self._process.stdout is not None
        self.pids = (self._process.pid,)
        line = b""
        with suppress(TimeoutError):
            line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
        if line != b"ready\n":
            await self.stop()
            raise RuntimeError(f"{self.name} did not come up")

    async def stop(self) -> None:
        process, self._process = self._process, None
        self.pids = ()
        if process is not None and process.returncode is None:
            process.terminate()
            await process.wait()

    @asynccontextmanager
    async def session(self, language: str) -> AsyncGenerator[Session]:
        url = f"ws://127.0.0.1:{self._port}/?language={language}"
        async with connect(url, compression=None, ping_interval=None) as link:
            session = PlainSession(link)
            reading = asyncio.create_task(session.read())
            try:
                yield session
            finally:
                reading.cancel()
                await asyncio.wait([reading])


class PlainSession:
    def __init__(self, link: ClientConnection) -> None:
        self.events: asyncio.Queue[Observation] = asyncio.Queue()
        self._link = link
        self._utterance = ""

    async def send(self, pcm: bytes) -> None:
        try:
            await self._link.send(pcm)
        except ConnectionClosed:
            raise ConnectionError("the server has hung up") from None

    async def played(self, utterance: str, seconds: float, done: bool) -> None:
        with suppress(ConnectionClosed):
            report = {"utterance": utterance, "seconds": seconds, "done": done}
            await self._link.send(json.dumps(report))

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._link:
                at = asyncio.get_running_loop().time()
                if isinstance(frame, bytes):
                    seen = Observation(at, "audio", self._utterance, pcm=frame, rate=RATE)
                else:
                    told = json.loads(frame)
                    if told["kind"] == "words":
                        self._utterance = told["utterance"]
                    seen = Observation(at, told["kind"], told["utterance"], told["text"])
                self.events.put_nowait(seen)
