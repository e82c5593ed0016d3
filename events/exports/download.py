"""An export as an answer that streams: a slice is read when the one before it is on its way."""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Final

from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from events.exports.formats import Format
from events.exports.scope import RecordingGone, Scope

#: How a file ends that could not be finished, in every format; static/js/export.js knows it too.
CUT_OFF: Final = b"\n*** The export was cut off here. ***\n"

logger = logging.getLogger(__name__)


def download(scope: Scope, form: Format) -> StreamingHttpResponse:
    """The file as an attachment.

    ``X-Event-Count`` says how many events are to come, ``X-Last-Seq`` up to which number they are looked for.
    """
    response = StreamingHttpResponse(_in_turn(form.write(scope)), content_type=form.content_type)
    name = file_name(scope.text(scope.shown.name), form.extension)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Event-Count"] = str(scope.count())
    response["X-Last-Seq"] = str(scope.recording.last_seq)
    response["Cache-Control"] = "no-store"
    return response


def file_name(name: str, extension: str) -> str:
    """A name that every system takes: letters and digits of any script, dashes for all else."""
    stem = re.sub(r"[^\w.]+", "-", name).strip("-._")[:80].rstrip("-._")
    return f"{stem or 'recording'}.{extension}"


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """``pieces``, each made in the thread for database work. A generator as it is would be consumed whole.

    What fails on the way cannot be told by a status any more, and Daphne would leave the client waiting: the
    file says itself that it is not whole.
    """
    following = sync_to_async(lambda: next(pieces, None))
    try:
        while (piece := await following()) is not None:
            yield piece
    except (RecordingGone, DatabaseError) as error:
        logger.warning("an export was cut off: %s", type(error).__name__)
        yield CUT_OFF
