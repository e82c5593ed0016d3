"""Whether everything is there that an event needs on its way."""

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
    """200 when the database and the channel layer answer, 503 with what is wrong when one does not."""
    state = {"database": _database(), "channel_layer": async_to_sync(_channel_layer)()}
    healthy = all(state.values())
    return JsonResponse({"healthy": healthy, **state}, status=200 if healthy else 503)


def _database() -> bool:
    try:
        Recording.objects.exists()  # a database without our tables is none
        return True
    except DatabaseError:
        connection.close()
        return False


async def _channel_layer() -> bool:
    """Send a word through the layer and wait for it."""
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
