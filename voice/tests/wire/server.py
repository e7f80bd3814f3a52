"""An HTTP/1.1 server on a loopback port that notices at once when its client hangs up."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from voice.tests.wire.fault import SECRET, STATUS, Fault

MURMUR = 0.1
"""Seconds between two pieces that say nothing."""


@dataclass(frozen=True)
class Request:
    head: bytes
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Exchange:
    """One request's answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(
        self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        await self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def refuse(self, fault: Fault) -> None:
        """As both providers phrase it."""
        reason = {"message": SECRET, "status": "", "code": ""}
        if fault is Fault.OUT_OF_CREDIT:
            reason |= {"status": "quota_exceeded", "code": "insufficient_quota"}
        limited = fault is Fault.RATE_LIMITED_FOR_A_MINUTE
        body = json.dumps({"error": reason, "detail": reason}).encode()
        await self.send(
            STATUS[fault], "application/json", body, {"retry-after": "60"} if limited else None
        )

    async def open_stream(self, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
        await self.write(head.encode())

    async def chunk(self, data: bytes) -> None:
        if data:
            await self.write(b"%x\r\n%s\r\n" % (len(data), data))

    async def end_stream(self) -> None:
        await self.write(b"0\r\n\r\n")

    async def hang(self, murmur: bytes = b"") -> None:
        """Say nothing, or ``murmur`` again and again, until the client gives up."""
        while murmur:
            await self.chunk(murmur)
            await asyncio.sleep(MURMUR)
        await asyncio.get_running_loop().create_future()

    def drop(self) -> None:
        self.writer.transport.abort()

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


class Provider(Protocol):
    fault: Fault | None

    async def answer(self, request: Request, exchange: Exchange) -> None: ...


@dataclass
class Wire:
    """What a provider was asked, and whether its client has left in the middle of an answer."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


class _Reader(asyncio.StreamReader):
    """Tells when the other side has hung up, without reading ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


@asynccontextmanager
async def serve(
    provider: Provider,
    *,
    port: int = 0,
    remembers: bool = True,
    tls: ssl.SSLContext | None = None,
) -> AsyncGenerator[Wire]:
    """``port`` 0: any that is free. A wire that does not ``remember`` keeps no requests."""
    wire = Wire()
    clients: set[asyncio.Task[Any]] = set()

    async def connected(reader: _Reader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        clients.add(task)
        wire.connections += 1
        with suppress(ConnectionError, asyncio.CancelledError):
            while request := await _request(reader):
                if remembers:
                    wire.requests.append(request)
                if "upgrade" in request.headers:
                    await provider.answer(request, Exchange(reader, writer))
                    wire.hung_up.set()
                    break
                answer = asyncio.create_task(provider.answer(request, Exchange(reader, writer)))
                gone = asyncio.create_task(reader.gone.wait())
                await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
                if not answer.done():
                    wire.hung_up.set()
                gone.cancel()
                answer.cancel()
                await asyncio.wait((answer, gone))
        writer.close()
        clients.discard(task)

    def protocol() -> asyncio.StreamReaderProtocol:
        reader = _Reader()
        return asyncio.StreamReaderProtocol(reader, lambda _, writer: connected(reader, writer))

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port, ssl=tls)
    wire.url = f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        for task in tuple(clients):
            task.cancel()
        if clients:
            await asyncio.wait(tuple(clients))


async def _request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except asyncio.IncompleteReadError:
        return None
    return Request(head, method, target, headers, body)
