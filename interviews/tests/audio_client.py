"""A client of ``/ws/audio/``."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.testing import WebsocketCommunicator

from interview_site.asgi import application
from interviews.tests.live_client import SOON


class AudioClient:
    def __init__(self, token: str, query: str = "", headers: Any = ()) -> None:
        bearer = [(b"authorization", f"Bearer {token}".encode())] if token else []
        self.socket = WebsocketCommunicator(
            application, f"/ws/audio/{query}", headers=[*bearer, *headers]
        )

    async def hear(self, pcm: bytes, frame: int = 32_000) -> None:
        for at in range(0, len(pcm), frame):
            await self.socket.send_to(bytes_data=pcm[at : at + frame])

    async def send(self, text: str) -> None:
        await self.socket.send_to(text_data=text)

    async def flush(self) -> None:
        await self.send('{"type": "flush"}')

    async def receive(self, seconds: float = SOON) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=seconds))
        return message

    async def receive_close(self) -> int:
        output = await self.socket.receive_output(timeout=SOON)
        assert output["type"] == "websocket.close"
        return int(output["code"])


@asynccontextmanager
async def streaming(token: str, query: str = "", **fields: Any) -> AsyncIterator[AudioClient]:
    client = AudioClient(token, query, **fields)
    accepted, _ = await client.socket.connect(timeout=SOON)
    assert accepted
    try:
        yield client
    finally:
        await client.socket.disconnect(timeout=SOON)
