"""What one serving process is told, whichever ASGI server it runs."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

DRAIN_SECONDS = 6.0
"""How long the live interviews may take to be filed when the process is told to stop."""


LARGEST_FRAME = 4 * 1024 * 1024
"""Bytes of a WebSocket message beyond which the server cuts the connection; smaller ones that are
still too large for us are answered."""
BACKLOG = 512
"""Connections that may wait to be accepted."""


class PortTaken(Exception):
    """Somebody else listens there."""


@contextmanager
def reserved(host: str, port: int) -> Generator[None]:
    """Keep the port for processes that share it. Raises ``PortTaken``."""
    with _bound(host, port, shared=False):
        pass
    with _bound(host, port, shared=True):
        yield


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host.strip("[]"), port))
    except OSError:
        bound.close()
        raise PortTaken from None
    return bound


@dataclass(frozen=True, slots=True)
class Serving:
    """``warm`` is awaited on the loop that serves, before anybody may connect; ``drain`` when it
    is told to stop. ``shared``: other processes listen on the same port.
    """

    application: Any
    host: str
    port: int
    warm: Callable[[], Awaitable[None]]
    ready: Callable[[], None]
    drain: Callable[[], Awaitable[None]]
    behind_proxy: bool
    shared: bool = False

    def listen(self) -> socket.socket:
        """A listening socket. Raises ``PortTaken``."""
        listener = _bound(self.host, self.port, shared=self.shared)
        try:
            # Two that do not share may both be bound as long as neither listens.
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise PortTaken from None
        listener.setblocking(False)
        return listener

    def on_stop(self, stop: Callable[[], None]) -> None:
        """Have ``stop`` called on the running loop once it is told to and has drained: by SIGTERM,
        by SIGINT or, one of several, by the end of the process that started it.
        """
        loop = asyncio.get_running_loop()
        draining: set[asyncio.Task[None]] = set()

        async def drained() -> None:
            # Whatever becomes of it, the process ends: a connection may break while it is told,
            # and one that is stuck cannot be waited for.
            work = asyncio.ensure_future(self.drain())
            await asyncio.wait([work], timeout=DRAIN_SECONDS)
            if work.done() and (error := work.exception()):
                log.error("not every interview could be filed", exc_info=error)
            stop()

        def told() -> None:
            if not draining:
                draining.add(asyncio.ensure_future(drained()))

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told)
        if self.shared:

            def orphaned() -> None:
                if not os.read(sys.stdin.fileno(), 1):
                    loop.remove_reader(sys.stdin.fileno())
                    told()

            loop.add_reader(sys.stdin.fileno(), orphaned)
