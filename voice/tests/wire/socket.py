"""The server's end of one WebSocket, over an HTTP exchange that asked for the upgrade."""

import json
import logging
from collections.abc import AsyncGenerator
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from voice.tests.wire.server import Exchange, Request

MAX_MESSAGE = 2**24
"""Bytes."""

_QUIET = logging.getLogger(__name__)
_QUIET.setLevel(logging.WARNING)
"""What the adapter logs is under test, not what this server does."""


class Socket:
    """JSON messages either way."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._protocol = ServerProtocol(logger=_QUIET, max_size=MAX_MESSAGE)
        self._parts = bytearray()

    async def accept(self, request: Request) -> None:
        """Switch to the WebSocket protocol."""
        self._protocol.receive_data(request.head)
        for event in self._protocol.events_received():
            if isinstance(event, Handshake):
                self._protocol.send_response(self._protocol.accept(event))
        await self.flush()

    async def messages(self) -> AsyncGenerator[Any]:
        """Every message that comes, until either side has hung up."""
        while not self._protocol.close_expected():
            if not (data := await self._exchange.reader.read(65_536)):
                return
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.CONT):
                    self._parts += event.data
                    if event.fin:
                        message = json.loads(self._parts)
                        self._parts.clear()
                        yield message
            await self.flush()

    async def send(self, message: Any) -> None:
        await self.send_text(json.dumps(message).encode())

    async def send_text(self, message: bytes) -> None:
        """``message`` as it is, which need not be JSON; nothing, once either side has hung up."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(message)
        await self.flush()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._protocol.send_close(code, reason)
        await self.flush()

    async def flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                await self._exchange.write(data)
