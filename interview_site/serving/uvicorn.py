"""One process on uvicorn, which needs two thirds of daphne's processor time for a frame."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from socket import socket

import uvicorn

from interview_site.serving.process import LARGEST_FRAME, Serving


def serve(serving: Serving) -> None:
    """Until it is told to stop. Raises ``PortTaken``."""
    config = uvicorn.Config(
        serving.application,
        lifespan="off",
        ws="websockets-sansio",
        # Sound does not get smaller by it, and every frame would pay for the attempt.
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_FRAME,
        proxy_headers=serving.behind_proxy,
        forwarded_allow_ips="*",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    factory = config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_run(config, serving))


async def _run(config: uvicorn.Config, serving: Serving) -> None:
    await serving.warm()
    listener = serving.listen()
    server = _Server(config, serving)

    def stop() -> None:
        server.should_exit = True

    serving.on_stop(stop)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, serving: Serving) -> None:
        super().__init__(config)
        self._serving = serving

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self._serving.ready()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        # The live interviews are filed before the sockets are closed.
        yield
