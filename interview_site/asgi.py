import os
import sys
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

# The loop of all calls gives up the interpreter's lock at every system call and waits this long for
# it where another thread computes: with the 5 ms that it is by itself, an answer that goes to the
# database on its way to the reply waits for it again and again.
sys.setswitchinterval(0.0005)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
django_application = get_asgi_application()

# After the app registry is ready: the consumers import models.
from interview_site.language import Localized
from interview_site.postgresql import answered_within
from interviews.routing import channel_consumers, websocket_urlpatterns

sockets = Localized(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))


async def in_time(scope: Any, receive: Any, send: Any) -> None:
    """All calls of a process ask the database one after the other: none may wait for ever."""
    with answered_within(settings.CALL_QUERY_SECONDS):
        await sockets(scope, receive, send)


# No OriginValidator around the sockets: a client with a token or a ticket may have no Origin.
# accounts.websocket.authenticate demands one from whoever comes with a cookie.
application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": in_time,
        "channel": ChannelNameRouter(channel_consumers),
    }
)
