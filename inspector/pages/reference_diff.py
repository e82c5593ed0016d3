"""The page that shows what changed between two editions of the reference, and what it does to a recording."""

import csv
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.judging.edition import default_edition
from events.models import Recording
from events.recordings import get_recording
from events.recordings.rejudge import Preview, preview
from events.reference import Reference, editions, load
from events.reference.differences import Differences, differences
from inspector.presenters.reference_diff import groups_of, sentence_of, totals_of

_RECENT: Final = 20  # recordings to choose from
_CAUSES: Final = 8  # codes of findings that the effect names
_COLUMNS: Final = ("change", "of", "row", "before", "after", "severity", "code", "meaning")


@require_safe
def reference_diff(request: HttpRequest) -> HttpResponse:
    """The differences ``from`` one edition ``to`` another; ``only=verdicts`` those that change verdicts.

    Without ``from`` and ``to``: from the default edition to the newest. 404 for an edition that is not here.
    """
    found = _differences(request)
    groups = groups_of(found)
    only = request.GET.get("only") == "verdicts"
    recent = Recording.objects.filter(archived_at=None).order_by("-created_at")[:_RECENT]
    context = {
        "before": found.before.edition,
        "after": found.after.edition,
        "editions": editions()[::-1],
        "totals": totals_of(found),
        "sentence": sentence_of(found),
        "groups": groups_of(found, only_verdicts=True) if only else groups,
        "changing": sum(group.changes for group in groups if group.status != "new"),
        "only": only,
        "nav": _nav(found, {name for group in groups for name in group.names}),
        "recent": recent,
    }
    return render(request, "inspector/reference_diff.html", context)


@require_safe
def reference_diff_csv(request: HttpRequest) -> HttpResponse:
    """The same differences as CSV, one line for each parameter."""
    found = _differences(request)
    name = f"{found.before.edition}-{found.after.edition}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    lines = csv.writer(response)
    lines.writerow(_COLUMNS)
    for group in groups_of(found):
        for row in group.rows:
            meaning = row.meaning
            for name in row.names:
                cells = (row.kind, " ".join(group.names), name, row.before, row.after)
                lines.writerow((*cells, meaning.severity or "", meaning.code, meaning.text))
    return response


@require_safe
def reference_diff_effect(request: HttpRequest) -> HttpResponse:
    """A fragment: how the verdicts of ``recording`` would change by the edition ``to``. Writes nothing."""
    recording = get_recording(request.GET.get("recording", ""))
    edition = _edition(request, "to", editions()[-1])
    context = {"recording": recording, "after": edition} | _effect(preview(recording, edition))
    return render(request, "inspector/_reference_diff_effect.html", context)


def _effect(found: Preview) -> dict[str, Any]:
    turns: dict[tuple[str, str], int] = {}
    for (_, before, after), count in found.turns.items():
        turns[before, after] = turns.get((before, after), 0) + count
    return {
        "found": found,
        "same": found.events - found.changed,
        "turns": sorted(((*turn, count) for turn, count in turns.items()), key=lambda turn: -turn[2]),
        "gained": [(*kind, count) for kind, count in found.gained.most_common(_CAUSES)],
        "lost": [(*kind, count) for kind, count in found.lost.most_common(_CAUSES)],
    }


def _differences(request: HttpRequest) -> Differences:
    default, newest = default_edition().edition, editions()[-1]
    before: Reference = load(_edition(request, "from", default if default != newest else editions()[0]))
    return differences(before, load(_edition(request, "to", newest)))


def _edition(request: HttpRequest, name: str, otherwise: str) -> str:
    """The edition in the parameter ``name``. Raises Http404 where it is not here."""
    asked = request.GET.get(name) or otherwise
    if asked not in editions():
        raise Http404(f"There is no such edition: there is {', '.join(editions())}.")
    return asked


def _nav(found: Differences, shown: set[str]) -> list[dict[str, Any]]:
    """The sections of the list at the left: events of both editions, new and gone ones, schemas, lists."""
    both = ("changed", "same")
    sections = [
        ("Events", [each for each in found.owners if each.kind == "event" and each.status in both]),
        ("New events", [each for each in found.owners if each.kind == "event" and each.status == "new"]),
        ("Gone events", [each for each in found.owners if each.kind == "event" and each.status == "gone"]),
        ("Schemas", [each for each in found.owners if each.kind == "schema"]),
    ]
    rows = [
        (title, [_entry(each.names, each.added, each.removed) for each in owners])
        for title, owners in sections
    ]
    lists = [_entry((each.name,), len(each.added), len(each.removed)) for each in found.lists]
    return [
        {"title": title, "entries": [entry | {"linked": entry["first"] in shown} for entry in entries]}
        for title, entries in (*rows, ("Lists", lists))
        if entries
    ]


def _entry(names: tuple[str, ...], added: int, removed: int) -> dict[str, Any]:
    return {"first": names[0], "names": names, "added": added, "removed": removed}
