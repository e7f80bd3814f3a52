"""All endpoints on one port, in this process or in one of their own."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import Protocol
from urllib.parse import urlsplit

from benchmarks.providers import voice
from benchmarks.providers.chat import Chat
from benchmarks.providers.latencies import Latencies
from benchmarks.providers.live import Live
from benchmarks.providers.speech import Speech
from benchmarks.providers.uploads import Uploads
from benchmarks.systems import Ear, Providers
from interview_site.env import BASE_DIR
from voice.tests.wire.fault import Fault
from voice.tests.wire.server import Exchange, Request, serve

HANDSHAKES = 3
"""Round trips before the first request of a new connection: one for TCP, two for TLS."""
START_SECONDS = 60.0


class _Endpoint(Protocol):
    async def answer(self, request: Request, exchange: Exchange) -> None: ...


class Endpoints:
    """Finds the endpoint for a request; a ``voice.tests.wire.server.Provider``."""

    def __init__(self, ear: Ear, latencies: Latencies) -> None:
        self.fault: Fault | None = None
        self.counts: Counter[str] = Counter()
        self._latencies = latencies
        self._known: set[object] = set()
        self._endpoints: dict[str, _Endpoint] = {
            "/v1/audio/transcriptions": Uploads(ear, latencies),
            "/v1/realtime": Live(ear, latencies),
            "/v1/chat/completions": Chat(latencies),
            "/v1/text-to-speech": Speech(ear, latencies),
        }

    async def answer(self, request: Request, exchange: Exchange) -> None:
        path = urlsplit(request.target).path
        if path == "/counts":
            await exchange.send(200, "application/json", json.dumps(self.counts).encode())
            return
        if network := self._latencies.network:
            new = exchange.writer not in self._known
            self._known.add(exchange.writer)
            await asyncio.sleep(2 * network * (1 + HANDSHAKES * new))
        if path.startswith("/v1/models"):
            await exchange.send(200, "application/json", b'{"id": "m", "object": "model"}')
            return
        for name, endpoint in self._endpoints.items():
            if path.startswith(name):
                self.counts[name] += 1
                await endpoint.answer(request, exchange)
                return
        await exchange.send(404, "application/json", b'{"error": {"message": "no such path"}}')


@asynccontextmanager
async def serving(
    ear: Ear, latencies: Latencies | None = None, port: int = 0
) -> AsyncGenerator[Providers]:
    """In this process and its event loop; ``port`` 0: any that is free."""
    await asyncio.to_thread(voice.carrier)
    endpoints = Endpoints(ear, latencies or Latencies())
    async with serve(endpoints, port=port, remembers=False) as wire:
        yield Providers(openai=f"{wire.url}/v1", elevenlabs=wire.url)


@asynccontextmanager
async def in_a_process(
    ear: str, latencies: Latencies | None = None, port: int = 0
) -> AsyncGenerator[tuple[Providers, int]]:
    """In a process of its own, whose id comes with it; ``ear`` names a callable that makes one,
    as ``module:name``. Raises ``RuntimeError`` if it does not come up.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.providers", "--ear", ear, "--port", str(port),
        *(latencies or Latencies()).arguments(),
        cwd=BASE_DIR, stdout=asyncio.subprocess.PIPE,
        # Threads that spin for a few milliseconds' work would take the cores from the systems.
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = b""
        with suppress(TimeoutError):
            line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if not line:
            raise RuntimeError("the providers did not start")
        openai, elevenlabs = line.decode().split()
        yield Providers(openai, elevenlabs), process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def made(ear: str) -> Ear:
    """The ear that ``module:name`` makes."""
    module, _, name = ear.partition(":")
    found: Ear = getattr(import_module(module), name)()
    return found
