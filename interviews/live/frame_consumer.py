"""Channels' consumer without what it does for each frame: 50 come in a second of every call.

``AsyncConsumer`` makes a task for each message that arrives and, before handling it, sends a job
to the thread of the database to close connections that have grown old. Here one loop reads the
socket and one task the channel layer; ``database_sync_to_async``, through which all work on the
database goes, closes such connections by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from autobahn.exception import Disconnected
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

LAYER_SECONDS = 1.0
"""Between two looks whether a channel layer that was lost is there again."""
Receive = Callable[[], Awaitable[dict[str, Any]]]


class FrameConsumer(AsyncWebsocketConsumer):
    """Handles one message at a time, wherever it comes from, as Channels does."""

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        self.scope = scope
        self._send_frame = send
        self.base_send = self._send_if_there
        self.channel_layer = get_channel_layer(self.channel_layer_alias)
        self.channel_name = await self.channel_layer.new_channel()
        self._handling = asyncio.Lock()
        async with asyncio.TaskGroup() as tasks:
            layer: asyncio.Task[None] | None = None
            try:
                while True:
                    await self.dispatch(await receive())
                    # Once connected: what is said because of the layer is said in the language,
                    # and logged with the interview, that ``connect`` has found out.
                    layer = layer or tasks.create_task(self._read_layer())
            except StopConsumer:
                # Where several wait for Redis at once, its layer may lose a cancellation.
                while layer and not layer.done():
                    layer.cancel()
                    await asyncio.wait([layer], timeout=LAYER_SECONDS)

    async def dispatch(self, message: dict[str, Any]) -> None:
        handler = getattr(self, get_handler_name(message), None)
        if handler is None:
            raise ValueError(f"no handler for {message['type']}")
        async with self._handling:
            await handler(message)

    async def _send_if_there(self, frame: dict[str, Any]) -> None:
        # Between the client's going and the message that tells of it; daphne has an error of its
        # own where ASGI says OSError.
        with suppress(OSError, Disconnected):
            await self._send_frame(frame)

    async def _read_layer(self) -> None:
        while True:
            try:
                message = await self.channel_layer.receive(self.channel_name)
            except (RedisError, OSError) as error:
                # What comes this way is news; the conversation itself does not need it.
                log.warning("the channel layer is not there: %s", type(error).__name__)
                await asyncio.sleep(LAYER_SECONDS)
            else:
                await self.dispatch(message)
