"""A channel of one's own on the channel layer, whose messages can be waited for with an end."""

import asyncio
from collections.abc import Mapping
from typing import Any

from channels.layers import get_channel_layer


class Mailbox:
    """``async with Mailbox() as box``: what others send to ``box.channel`` comes out of ``next``.

    Its receiver is cancelled without being waited for: the Redis layer may take seconds to let go
    of one.
    """

    channel: str

    def __init__(self, *, size: int = 1000) -> None:
        """Of more than ``size`` messages that nobody fetched the oldest are dropped."""
        self._layer = get_channel_layer()
        self._size = size
        self._messages: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self._receiving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Mailbox":
        self.channel = await self._layer.new_channel()
        self._receiving = asyncio.create_task(self._receive())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._receiving:
            self._receiving.cancel()

    async def next(self, within: float) -> Mapping[str, Any]:
        """The next message. Raises ``TimeoutError`` if none comes ``within`` seconds, or what
        the layer raised."""
        async with asyncio.timeout(within):
            while True:
                if not self._messages.empty():
                    return self._messages.get_nowait()
                if self._receiving and self._receiving.done():
                    self._receiving.result()
                getting = asyncio.create_task(self._messages.get())
                waited = [getting, self._receiving] if self._receiving else [getting]
                try:
                    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                    if getting.done():
                        return getting.result()
                finally:
                    getting.cancel()

    async def _receive(self) -> None:
        while True:
            message = await self._layer.receive(self.channel)
            if self._messages.qsize() >= self._size:
                self._messages.get_nowait()
            self._messages.put_nowait(message)
