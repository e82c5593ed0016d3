"""The import page: imports dropped or chosen files, judges and imports pasted text."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Final

import orjson
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from events.imports.import_file import Imported, Progress, add_pasted, import_file, read_text
from events.imports.ingest import NotAccepted
from events.imports.refusals import Unimportable
from events.judging.edition import default_edition, edition_of
from events.limits import file_too_large
from events.models import Recording
from events.recordings import counts, create_recording, get_recording
from events.recordings.owners import Person
from events.reference import Reference, load
from events.store.writer import Busy, StoreUnavailable
from inspector.auth.owner_cookie import person_of
from inspector.pages import edition_choice
from inspector.presenters.preview import judged
from inspector.serving.htmx_request import HtmxHttpRequest
from inspector.serving.uploads import was_too_large

_MOST_JUDGED: Final = 50  # events judged for display; all are stored
_MOST_LINES: Final = 100  # refused lines shown
_RECENT: Final = 50  # recordings to choose from
_STREAM: Final = "application/x-ndjson"
_AWAY: Final = "The database did not answer: try again."


@dataclass(slots=True)
class Outcome:
    """The result of one file, for its message: ``done`` where it was imported, else the ``problem``."""

    file_name: str
    done: Imported | None = None
    problem: str = ""
    verdicts: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[Any]:
        """The first refused lines."""
        return self.done.refused[:_MOST_LINES] if self.done else []

    @property
    def more_lines(self) -> int:
        """How many refused lines ``lines`` leaves out."""
        return self.done.refusals.count - len(self.lines) if self.done else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for: the recording's name ("": the file's own), owner and edition ("": default)."""

    name: str
    person: Person
    edition: str


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponseBase:
    """The form; POST imports each file into a recording of its own.

    With ``Accept: application/x-ndjson`` the answer streams lines of progress, the last one with the outcome
    as an HTML fragment.
    """
    if request.method != "POST":
        return render(request, "inspector/import.html", _context(request))
    files: list[UploadedFile] = request.FILES.getlist("file")
    name = request.POST.get("name", "").replace("\0", "")[:200]
    if was_too_large(request):
        return _page(request, [Outcome("", problem=str(file_too_large()))], 413)
    if not files:
        return _page(request, [Outcome("", problem="No file was chosen.")], 400)
    wanted = Wanted(name, person_of(request), edition_choice.asked(request))
    response: HttpResponseBase
    if _STREAM in request.headers.get("Accept", ""):
        lines = _progress_lines(files[0], wanted)
        headers = {"Cache-Control": "no-store"}
        response = StreamingHttpResponse(lines, content_type=_STREAM, headers=headers)
    else:
        outcomes = [_import(file, wanted if len(files) == 1 else replace(wanted, name="")) for file in files]
        response = _page(request, outcomes, 200 if any(outcome.done for outcome in outcomes) else 400)
    edition_choice.remember(response, request)
    return response


@require_POST
def import_text(request: HtmxHttpRequest) -> HttpResponse:
    """Judge the events in a pasted text; with ``do=keep`` also store them."""
    text = request.POST.get("text", "")
    context = _context(request) | {"text": text}
    status = 200
    try:
        edition = _edition(request)
        pasted = read_text(text.encode(errors="replace"), edition)
        context["judged"] = [judged(event, edition) for event in pasted.delivery.events[:_MOST_JUDGED]]
        context["more_judged"] = len(pasted.delivery.events) - len(context["judged"])
        context["notes"], context["unread"] = pasted.notes[:_MOST_LINES], pasted.unread
        if request.POST.get("do") == "keep" and pasted.delivery.events:
            context["kept"] = add_pasted(pasted, _chosen(request))
    except (Unimportable, NotAccepted) as error:
        context["problem"], status = str(error), 400
    except (Busy, StoreUnavailable):
        context["problem"], status = _AWAY, 503
    if request.htmx:  # htmx swaps no answer with an error status
        response = render(request, "inspector/_import_judged.html", context)
    else:
        response = render(request, "inspector/import.html", context, status=status)
    edition_choice.remember(response, request)
    return response


def _edition(request: HttpRequest) -> Reference:
    """The edition of the recording that the person chose, or that for a new one. Raises Http404."""
    key = request.POST.get("into", "")
    if key:
        return edition_of(get_recording(key))
    asked = edition_choice.asked(request)
    return load(asked) if asked else default_edition()


def _chosen(request: HttpRequest) -> Recording:
    """The recording chosen in the form, or a new one. Raises Http404."""
    key = request.POST.get("into", "")
    if key:
        return get_recording(key)
    return create_recording("Pasted events", person_of(request), edition_choice.asked(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    into = request.POST.get("into", request.GET.get("into", ""))
    recent = Recording.objects.filter(archived_at=None, stopped_at=None).order_by("-created_at")
    most = settings.MAX_IMPORT_BYTES // 1_000_000
    context = {"recent": recent[:_RECENT], "into": into, "max_mb": most} | edition_choice.offered(request)
    if asked := edition_choice.asked(request):
        context["edition_chosen"] = asked
    return context


def _page(request: HttpRequest, outcomes: list[Outcome], status: int) -> HttpResponse:
    if _STREAM in request.headers.get("Accept", ""):
        return HttpResponse(_last_line(outcomes[0]), content_type=_STREAM)
    return render(request, "inspector/import.html", _context(request) | {"outcomes": outcomes}, status=status)


async def _progress_lines(file: UploadedFile, wanted: Wanted) -> AsyncIterator[bytes]:
    """Lines of progress while a thread imports the file, then the line with the outcome."""
    loop = asyncio.get_running_loop()
    shares: asyncio.Queue[float | None] = asyncio.Queue()

    def report(share: float | None) -> None:
        loop.call_soon_threadsafe(shares.put_nowait, share)

    def work() -> bytes:
        try:
            return _last_line(_import(file, wanted, report))
        finally:
            connection.close()
            report(None)

    working = asyncio.ensure_future(sync_to_async(work, thread_sensitive=False)())
    yield b'{"progress":0}\n'
    while (share := await shares.get()) is not None:
        yield orjson.dumps({"progress": round(share, 3)}, option=orjson.OPT_APPEND_NEWLINE)
    yield await working


def _import(file: UploadedFile, wanted: Wanted, progress: Progress = lambda _: None) -> Outcome:
    outcome = Outcome(file.name or "")
    try:
        opened: BinaryIO = file.file  # type: ignore[assignment]  # a file on disk: see inspector.serving.uploads
        done = import_file(
            opened,
            name=wanted.name,
            file_name=outcome.file_name,
            person=wanted.person,
            edition=wanted.edition,
            progress=progress,
        )
    except (Unimportable, NotAccepted) as error:
        outcome.problem = str(error)
    except (Busy, StoreUnavailable):
        outcome.problem = _AWAY
    else:
        outcome.done, outcome.verdicts = done, counts(done.recording).verdicts
    return outcome


def _last_line(outcome: Outcome) -> bytes:
    html = render_to_string("inspector/_import_outcome.html", {"outcome": outcome})
    return orjson.dumps({"html": html, "ok": outcome.done is not None}, option=orjson.OPT_APPEND_NEWLINE)
