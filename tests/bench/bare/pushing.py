"""The bare consumer: pushes each body through the channel layer to every open socket, then answers 202."""

import os
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

from tests.bench.bare import Receive, Send, answer, read

_REDIS_URL = os.environ["REDIS_URL"]
_GROUP = f"bare-{os.getpid()}"  # other processes may use the same Redis
#: Above the default: a full channel would drop messages, and so save the consumer work.
_LAYER: dict[str, Any] = {"capacity": 10_000}
if _REDIS_URL:
    _LAYER["hosts"] = [{"address": _REDIS_URL, "socket_timeout": 30}]
_BACKEND = "channels_redis.core.RedisChannelLayer" if _REDIS_URL else "channels.layers.InMemoryChannelLayer"
settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": _BACKEND, "CONFIG": _LAYER}})


class PushingConsumer(AsyncWebsocketConsumer):
    """One open socket, which gets a first frame as soon as it has joined the group."""

    groups = [_GROUP]

    async def connect(self) -> None:
        await self.accept()
        await self.send(text_data="connected")

    async def body_came(self, message: dict[str, Any]) -> None:
        """Send the body as a frame."""
        await self.send(text_data=message["text"])


async def push(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request."""
    layer = get_channel_layer()
    assert layer is not None
    body = await read(receive)
    await layer.group_send(_GROUP, {"type": "body_came", "text": body.decode()})
    await answer(send)


app = ProtocolTypeRouter({"http": push, "websocket": PushingConsumer.as_asgi()})
