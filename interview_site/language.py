"""The language of a WebSocket: the page's own, which ``LocaleMiddleware`` sees on HTTP alone."""

from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.utils import translation


class Localized:
    """Runs ``app`` in the language of the cookie or of ``Accept-Language``, as its page was."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        handshake = ASGIRequest({**scope, "method": "GET"}, BytesIO())
        with translation.override(translation.get_language_from_request(handshake)):
            await self.app(scope, receive, send)
