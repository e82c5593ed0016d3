"""Imports a file as a new recording: an inspector's export, a HAR, or a text with events."""

from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO, Final, Literal

from django.conf import settings
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from ninja import Query, Router, Schema
from pydantic import Field

from events.api.errors import Error, Refusal
from events.api.recordings import addresses
from events.api.request_body import store_unavailable
from events.api.schemas import RecordingUrls
from events.imports.import_file import import_file
from events.imports.ingest import NotAccepted
from events.imports.refusals import Unimportable
from events.limits import file_too_large
from events.reference import editions
from events.store.writer import Busy, StoreUnavailable

router = Router(tags=["imports"])

#: For each of these types a page of another origin needs a CORS preflight, which this address refuses. So it
#: accepts neither a multipart form nor a body without a type.
_TYPES: Final = (
    "application/json",
    "application/x-ndjson",
    "application/octet-stream",
    "text/html",
    "text/javascript",
)
_CHUNK: Final = 1 << 18
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is: what it is shows in its content, whatever it is called here.",
        "content": {
            "application/json": {"schema": {"description": "A HAR file, or events in any wire shape."}},
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES[1:]},
        },
    }
}


class RefusedLine(Schema):
    """A part of the file that was not read: its line in the file, and the reason."""

    line: int
    reason: str


class ImportedRecording(Schema):
    """The new recording.

    ``refused`` names the first thousand of the ``not_read`` parts; ``duplicates`` counts events that were in
    the file more than once and are kept once; ``remarks`` are sentences for people.
    """

    key: str
    name: str
    kept: int
    duplicates: int
    not_read: int
    refused: list[RefusedLine]
    remarks: list[str]
    urls: RecordingUrls


class ImportQuery(Schema):
    """The name of the recording (without it, the file's), and the name of the file.

    ``edition`` judges the events, without it the server's default; an exported recording keeps its own.
    """

    name: Annotated[str, Field(max_length=200)] = ""
    edition: Literal["", *editions()] = ""  # type: ignore[valid-type]  # mypy knows no unpacking here
    file: Annotated[str, Field(max_length=200)] = ""


@router.post(
    "/import",
    response={201: ImportedRecording, **dict.fromkeys((400, 409, 413, 415, 503), Error)},
    openapi_extra=_BODY,
)
def import_recording(request: HttpRequest, wanted: Query[ImportQuery]) -> tuple[int, dict[str, Any]]:
    """Make a recording from a file. The answer names the parts that cannot be read; the rest is kept."""
    if request.content_type not in _TYPES:
        raise Refusal(415, "unsupported_type", f"Send the file itself, as one of {', '.join(_TYPES)}.")
    name = wanted.name.replace("\0", "")
    with TemporaryFile() as file:
        _receive(request, file)
        try:
            done = import_file(file, name=name, file_name=wanted.file, edition=wanted.edition)
        except Unimportable as error:
            raise Refusal(400, "unreadable", str(error)) from None
        except NotAccepted as error:
            raise Refusal(409, "not_taken", str(error)) from None
        except (Busy, StoreUnavailable):
            raise store_unavailable() from None
    return 201, {
        "key": done.recording.key,
        "name": done.recording.name,
        "kept": done.kept,
        "duplicates": done.duplicates,
        "not_read": done.refusals.count,
        "refused": [{"line": line, "reason": reason} for line, reason in done.refused],
        "remarks": done.remarks,
        "urls": addresses(request, done.recording),
    }


def _receive(request: HttpRequest, file: BinaryIO) -> None:
    """Write the request's body to ``file``, chunk by chunk. Raises Refusal: 400; TooLarge."""
    size = 0
    try:
        while chunk := request.read(_CHUNK):
            size += len(chunk)
            if size > settings.MAX_IMPORT_BYTES:
                raise file_too_large()
            file.write(chunk)
    except UnreadablePostError:
        raise Refusal(400, "unreadable", "The body did not arrive whole.") from None
    file.seek(0)
