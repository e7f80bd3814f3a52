"""ElevenLabs' text-to-speech sockets: one says one text, so the next is opened ahead of its use."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection
from websockets.protocol import State

from voice.errors import EngineError

Key = tuple[str, str]
"""Voice and language: both stand in a socket's address."""


@dataclass
class _Spare:
    api_key: str
    opening: asyncio.Task[ClientConnection]
    expiry: asyncio.TimerHandle


class WarmSockets:
    """Keeps one open socket for each voice in use, ``size`` at most; the least used goes first.

    The provider hangs up after a silence: a spare is replaced after ``idle`` seconds, and given
    up when its voice has not been used for ``keep`` seconds. ``api_key`` is asked each time; a
    spare that was opened with another key is not used.
    """

    def __init__(
        self,
        connect: Callable[[Key, str], Awaitable[ClientConnection]],
        api_key: Callable[[], str],
        *,
        size: int,
        idle: float,
        keep: float,
    ) -> None:
        self._connect = connect
        self._api_key = api_key
        self._size = size
        self._idle = idle
        self._keep = keep
        self._spares: OrderedDict[Key, _Spare] = OrderedDict()
        self._used: dict[Key, float] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def take(self, key: Key) -> ClientConnection:
        """An open socket, the caller's own; raises what ``api_key`` and ``connect`` raise."""
        api_key = self._api_key()
        self._used[key] = asyncio.get_running_loop().time()
        if key in self._spares and self._spares[key].api_key != api_key:
            self._drop(key)
        spare = self._spares.pop(key, None)
        socket = await self._opened(spare) if spare else None
        if socket is None:
            socket = await self._open(key, api_key)
        self.prepare(key)
        return socket

    def prepare(self, key: Key) -> None:
        """Open a spare in the background; who needs it hears of a failure."""
        if self._size < 1 or key in self._spares:
            return
        try:
            api_key = self._api_key()
        except EngineError:
            return
        loop = asyncio.get_running_loop()
        self._used.setdefault(key, loop.time())
        opening = loop.create_task(self._open(key, api_key))
        opening.add_done_callback(lambda task: task.cancelled() or task.exception())
        expiry = loop.call_later(self._idle, self._expire, key)
        self._spares[key] = _Spare(api_key, opening, expiry)
        while len(self._spares) > self._size:
            self._drop(next(iter(self._spares)))

    def discard(self, socket: ClientConnection) -> None:
        """Hang up, which frees the provider's stream; the farewell is not waited for."""
        task = asyncio.get_running_loop().create_task(socket.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        openings = [spare.opening for spare in self._spares.values()]
        for key in list(self._spares):
            self._drop(key)
        await asyncio.gather(*openings, return_exceptions=True)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _open(self, key: Key, api_key: str) -> ClientConnection:
        return await self._connect(key, api_key)

    async def _opened(self, spare: _Spare) -> ClientConnection | None:
        """The spare's socket, unless it failed or was hung up meanwhile."""
        spare.expiry.cancel()
        try:
            socket = await spare.opening
        except EngineError:
            return None
        if socket.state is State.OPEN:
            return socket
        self.discard(socket)
        return None

    def _expire(self, key: Key) -> None:
        self._drop(key)
        if asyncio.get_running_loop().time() - self._used[key] < self._keep:
            self.prepare(key)
        else:
            del self._used[key]

    def _drop(self, key: Key) -> None:
        spare = self._spares.pop(key)
        spare.expiry.cancel()
        if spare.opening.cancel() or spare.opening.cancelled() or spare.opening.exception():
            return
        self.discard(spare.opening.result())
