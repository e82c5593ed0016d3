"""Pushes each body, as it came, through the channel layer to every open socket, then answers 202."""

import os
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from tests.bench.bare import Receive, Send, answer, read

_REDIS_URL = os.environ["REDIS_URL"]
_GROUP = f"bare-{os.getpid()}"  # other processes may use the same Redis
settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": _REDIS_URL, "socket_timeout": 30}]},
        }
        if _REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    }
)


class PushingConsumer(AsyncWebsocketConsumer):
    """One open socket. It is sent an empty frame as soon as it is in the group."""

    groups = [_GROUP]

    async def connect(self) -> None:
        await self.accept()
        await self.send(text_data="")

    async def body_came(self, message: dict[str, Any]) -> None:
        """Push a body."""
        await self.send(text_data=message["text"])


async def push(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request."""
    layer = get_channel_layer()
    assert layer is not None
    body = await read(receive)
    await layer.group_send(_GROUP, {"type": "body_came", "text": body.decode()})
    await answer(send)


app = ProtocolTypeRouter({"http": push, "websocket": PushingConsumer.as_asgi()})
