"""Streams an export as an HTTP response: the next slice is read once the previous one has been sent."""

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

#: The end of an incomplete file, in every format; static/js/export.js searches for it as well.
CUT_OFF: Final = b"\n*** The export was cut off here. ***\n"

logger = logging.getLogger(__name__)


def download(scope: Scope, form: Format) -> StreamingHttpResponse:
    """The exported file as a streaming attachment.

    The header ``X-Event-Count`` holds the number of events in the file, ``X-Last-Seq`` the recording's
    ``last_seq``, up to which events are exported.
    """
    response = StreamingHttpResponse(_in_turn(form.write(scope)), content_type=form.content_type)
    name = file_name(scope.text(scope.shown.name), form.extension)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Event-Count"] = str(scope.count())
    response["X-Last-Seq"] = str(scope.recording.last_seq)
    response["Cache-Control"] = "no-store"
    return response


def file_name(name: str, extension: str) -> str:
    """A file name that every system accepts: letters and digits of any script, dashes for others."""
    stem = re.sub(r"[^\w.]+", "-", name).strip("-._")[:80].rstrip("-._")
    return f"{stem or 'recording'}.{extension}"


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield ``pieces``, each made in the thread for database work.

    Django would consume a plain generator at once. After the first piece no status can report an error, and
    Daphne would leave the client waiting: the file ends with ``CUT_OFF`` instead.
    """
    following = sync_to_async(lambda: next(pieces, None))
    try:
        while (piece := await following()) is not None:
            yield piece
    except (RecordingGone, DatabaseError) as error:
        logger.warning("an export was cut off: %s", type(error).__name__)
        yield CUT_OFF
