"""The ASGI application: routes capture addresses, other HTTP requests and live sockets."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
pages = get_asgi_application()  # sets Django up: the imports below need models

from inspector.auth.sockets import with_login  # noqa: E402  # only once Django is set up
from inspector.live.consumer import LiveConsumer  # noqa: E402  # only once Django is set up
from inspector.live.share_consumer import ShareConsumer  # noqa: E402  # only once Django is set up
from inspector.serving.capture_app import CaptureApp, by_path  # noqa: E402  # only once Django is set up
from inspector.serving.deployment import guard_listening_address, require_safe_settings  # noqa: E402  # only once Django is set up

require_safe_settings()  # here, since servers other than manage.py serve import this module, too

sockets = URLRouter(
    [
        path("ws/recordings/<str:key>/", with_login(LiveConsumer.as_asgi())),
        path("ws/s/<str:token>/", ShareConsumer.as_asgi()),  # type: ignore[arg-type, list-item]  # the stubs know no consumers
    ]
)
application = ProtocolTypeRouter(
    {
        "http": by_path(capture=CaptureApp(), otherwise=guard_listening_address(pages)),
        "websocket": guard_listening_address(sockets),
    }
)
