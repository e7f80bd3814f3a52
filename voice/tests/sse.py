"""A chat endpoint on a loopback port that speaks the wire format of server-sent events."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Endpoint:
    """What the server was asked, and whether its client has hung up."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    connections: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def endpoint(script: Script) -> AsyncGenerator[Endpoint]:
    """Serve ``script`` as the answer to every request."""
    facts = Endpoint()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        facts.connections += 1
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
                facts.headers.append(head)
                facts.requests.append(json.loads(await reader.readexactly(length)))
                await script(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            facts.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    facts.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield facts
    finally:
        server.close()


async def send(writer: asyncio.StreamWriter, status: int, content_type: str, body: bytes) -> None:
    writer.write(
        b"HTTP/1.1 %d X\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s"
        % (status, content_type.encode(), len(body), body)
    )
    await writer.drain()


async def open_stream(writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    await writer.drain()


async def event(writer: asyncio.StreamWriter, data: str) -> None:
    body = f"data: {data}\n\n".encode()
    writer.write(b"%x\r\n%s\r\n" % (len(body), body))
    await writer.drain()


async def ping(writer: asyncio.StreamWriter) -> None:
    """A comment, as servers send to keep an idle stream open."""
    writer.write(b"8\r\n: ping\n\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.01)


async def end_stream(writer: asyncio.StreamWriter) -> None:
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def delta(text: str) -> str:
    return json.dumps({"id": "1", "choices": [{"index": 0, "delta": {"content": text}}]})
