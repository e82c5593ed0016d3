"""Where requests enter: capture addresses, everything else over HTTP, and the live socket."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
pages = get_asgi_application()  # sets Django up: what follows may import models

from inspector.auth.sockets import with_login  # noqa: E402  # only once Django is set up
from inspector.live.consumer import LiveConsumer  # noqa: E402  # only once Django is set up
from inspector.live.share_consumer import ShareConsumer  # noqa: E402  # only once Django is set up
from inspector.serving.capture_app import CaptureApp, by_path  # noqa: E402  # only once Django is set up
from inspector.serving.deployment import expect_safe_settings, only_where_expected  # noqa: E402  # only once Django is set up

expect_safe_settings()  # here, since other servers than manage.py serve come this way too

sockets = URLRouter(
    [
        path("ws/recordings/<str:key>/", with_login(LiveConsumer.as_asgi())),
        path("ws/s/<str:token>/", ShareConsumer.as_asgi()),  # type: ignore[arg-type, list-item]  # the stubs know no consumers
    ]
)
application = ProtocolTypeRouter(
    {
        "http": by_path(capture=CaptureApp(), otherwise=only_where_expected(pages)),
        "websocket": only_where_expected(sockets),
    }
)
