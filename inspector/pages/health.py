"""The health check: whether database and channel layer answer."""

import asyncio
import secrets

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from events.models import Recording

_PATIENCE_SECONDS = 3


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 where the database and the channel layer answer, else 503; the body says which does not."""
    state = {"database": _database(), "channel_layer": async_to_sync(_channel_layer)()}
    healthy = all(state.values())
    return JsonResponse({"healthy": healthy, **state}, status=200 if healthy else 503)


def _database() -> bool:
    try:
        Recording.objects.exists()  # fails where the migrations were not applied, too
        return True
    except DatabaseError:
        connection.close()
        return False


async def _channel_layer() -> bool:
    """True where a message sent through the channel layer comes back in time."""
    layer = get_channel_layer()
    if layer is None:
        return False
    word = secrets.token_hex(8)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            channel = await layer.new_channel()
            await layer.send(channel, {"type": "health", "word": word})
            return bool((await layer.receive(channel))["word"] == word)
    except Exception:  # whatever the layer's library raises, the answer is the same
        return False
