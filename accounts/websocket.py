"""Who opens a WebSocket: an API token, a one-time ticket, or a session cookie from our pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from channels.db import database_sync_to_async
from channels.security.websocket import OriginValidator
from django.conf import settings

from accounts.models import ApiToken, Ticket, User


async def authenticate(scope: Mapping[str, Any], interview: UUID | None = None) -> User | None:
    """The user of a WebSocket ``scope``, or None.

    A client that shows a token or ticket is judged by it alone, whatever cookie it carries.
    A cookie counts only with an ``Origin`` of ours: browsers attach cookies to any page's socket.
    ``interview`` None: sockets that belong to no interview take no tickets.
    """
    headers = {name.lower(): value for name, value in scope["headers"]}
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return await _by_token(token.strip())
    if tickets := parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket"):
        if interview is None:
            return None
        return await database_sync_to_async(Ticket.redeem)(tickets[-1], interview)
    user = scope.get("user")
    if user is None or not user.is_authenticated or not allowed_origin(headers.get(b"origin")):
        return None
    return await User.objects.aget(pk=user.pk)


@database_sync_to_async
def _by_token(plain: str) -> User | None:
    token = ApiToken.objects.authenticate(plain)
    return token.user if token else None


def allowed_origin(origin: bytes | None) -> bool:
    """Whether an ``Origin`` header names one of our hosts or of WEBSOCKET_ORIGINS."""
    if not origin:
        return False
    allowed = [*settings.ALLOWED_HOSTS, *settings.WEBSOCKET_ORIGINS]
    return OriginValidator(None, allowed).valid_origin(urlsplit(origin.decode("latin-1")))
