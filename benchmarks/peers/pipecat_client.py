"""Pipecat as a system of the benchmark: its server's process, and a client of it."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.peers import protobuf
from benchmarks.systems import Observation, Providers, Session
from interview_site.env import BASE_DIR
from voice.audio import RATE

PYTHON = BASE_DIR / ".venv-peers" / "bin" / "python"
SERVER = Path(__file__).with_name("pipecat_server.py")
START_SECONDS = 90.0


class Pipecat:
    """Version 1.14 with its documented defaults; ``stt``: by upload, or live.

    Raises ``RuntimeError`` from ``start`` where ``make peers`` has not been run.
    """

    def __init__(self, providers: Providers, stt: Literal["upload", "live"] = "upload") -> None:
        self.name = f"pipecat-{stt}"
        self.pids: tuple[int, ...] = ()
        """Of the server's processes, while it runs."""
        self._providers = providers
        self._stt = stt
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0
        """Where it listens, while it runs."""

    async def start(self) -> None:
        if not PYTHON.exists():
            raise RuntimeError("there is no Pipecat: run make peers")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process = await asyncio.create_subprocess_exec(
            PYTHON, "-P", SERVER, "--port", str(self.port), "--stt", self._stt,
            "--openai", self._providers.openai, "--elevenlabs", self._providers.elevenlabs,
            cwd=SERVER.parent.parent,
        )  # fmt: skip
        self.pids = (self._process.pid,)
        try:
            async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as http:
                while not await self._ready(http):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            # The first conversation imports and loads what the server needs besides.
            async with self.session("en") as session:
                await asyncio.wait_for(session.events.get(), START_SECONDS)
        except TimeoutError:
            await self.stop()
            raise RuntimeError(f"{self.name} did not come up") from None

    async def _ready(self, http: httpx.AsyncClient) -> bool:
        assert self._process is not None
        if self._process.returncode is not None:
            raise RuntimeError(f"{self.name} ended with {self._process.returncode}")
        with suppress(httpx.HTTPError):
            answer = await http.get(f"http://127.0.0.1:{self.port}/ready")
            return answer.is_success
        return False

    async def stop(self) -> None:
        process, self._process = self._process, None
        self.pids = ()
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()

    @asynccontextmanager
    async def session(self, language: str) -> AsyncGenerator[Session]:
        url = f"ws://127.0.0.1:{self.port}/ws?language={language}"
        async with connect(url, compression=None, ping_interval=None, max_size=None) as link:
            session = PipecatSession(link)
            reading = asyncio.create_task(session.read())
            try:
                yield session
            finally:
                reading.cancel()
                await asyncio.wait([reading])


class PipecatSession:
    """Frames of Pipecat's protobuf serializer; its RTVI messages tell words and transcripts.

    The candidate's utterance is known by its number, for the transport has no name for it.
    """

    def __init__(self, link: ClientConnection) -> None:
        self.events: asyncio.Queue[Observation] = asyncio.Queue()
        self._link = link
        self._spoken = 0
        self._heard = 0
        self._partial = ""
        self._open = False

    async def send(self, pcm: bytes) -> None:
        try:
            await self._link.send(protobuf.audio(pcm, RATE))
        except ConnectionClosed:
            raise ConnectionError("Pipecat has hung up") from None

    async def played(self, utterance: str, seconds: float, done: bool) -> None:
        """Its transport has no such report."""

    async def read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._link:
                at = asyncio.get_running_loop().time()
                if isinstance(frame, bytes):
                    self._take(at, protobuf.read(frame))

    def _take(self, at: float, received: protobuf.Received) -> None:
        match received.kind:
            case protobuf.AUDIO:
                self._begin()
                self._put(at, "audio", pcm=received.data, rate=received.rate)
            case protobuf.INTERRUPTION:
                self._end(at, "audio_clear")
            case protobuf.MESSAGE:
                message = json.loads(received.data)
                self._tell(at, message.get("type", ""), message.get("data") or {})

    def _tell(self, at: float, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "bot-stopped-speaking":
                self._end(at, "audio_end")
            case "bot-tts-text":
                self._begin()
                self._put(at, "words", text=data["text"])
            case "user-transcription" if data["final"]:
                self._partial = ""
                self._put(at, "transcript", f"candidate-{self._heard}", text=data["text"])
            case "user-transcription":
                # What its OpenAI service hands on is what has been added.
                self._partial += data["text"]
                self._put(at, "partial", f"candidate-{self._heard}", text=self._partial)
            case "user-stopped-speaking":
                self._heard += 1

    def _begin(self) -> None:
        if not self._open:
            self._open = True
            self._spoken += 1

    def _end(self, at: float, kind: Literal["audio_end", "audio_clear"]) -> None:
        if self._open:
            self._put(at, kind)
            self._open = False

    def _put(self, at: float, kind: Any, utterance: str = "", **fields: Any) -> None:
        name = utterance or f"interviewer-{self._spoken}"
        self.events.put_nowait(Observation(at, kind, name, **fields))
