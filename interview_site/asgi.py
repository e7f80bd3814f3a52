import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
django_application = get_asgi_application()

# After the app registry is ready: the consumers import models.
from interview_site.language import Localized
from interviews.routing import channel_consumers, websocket_urlpatterns

# No OriginValidator around the sockets: a client with a token or a ticket may have no Origin.
# accounts.websocket.authenticate demands one from whoever comes with a cookie.
application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": Localized(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "channel": ChannelNameRouter(channel_consumers),
    }
)
