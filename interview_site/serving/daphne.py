"""One process on daphne, the ASGI server that Channels brings."""

from daphne.server import Server, reactor, twisted_loop
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from interview_site.serving.process import LARGEST_FRAME, PortTaken, Serving


class _Protocol(WebSocketProtocol):
    """Closes with any code of the protocol: daphne's own refuses 1013, "try again later"."""

    def serverClose(self, code: int | None = None) -> None:
        self.sendCloseFrame(code=code or 1000, isReply=False)


def serve(serving: Serving) -> None:
    """Until it is told to stop. Raises ``PortTaken``."""
    # The engines' clients belong to one event loop: the one that will serve.
    twisted_loop.run_until_complete(serving.warm())
    listener = serving.listen()

    async def watch() -> None:
        serving.on_stop(reactor.stop)

    twisted_loop.run_until_complete(watch())
    WebSocketFactory.protocol = _Protocol
    server = Server(
        application=serving.application,
        endpoints=[f"fd:fileno={listener.detach()}"],
        ready_callable=serving.ready,
        signal_handlers=False,
        websocket_max_message_size=LARGEST_FRAME,
        websocket_max_frame_size=LARGEST_FRAME,
        proxy_forwarded_address_header="X-Forwarded-For" if serving.behind_proxy else None,
    )
    server.run()
    if server.abort_start:
        raise PortTaken
