"""Stores the page-side script's reports of problems that stop it from working: one row per cause and site."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from django.db.models import F
from django.utils import timezone

from events.models import Report
from events.store.counters import Counters
from events.wire import CAUSES, ScriptReport

_MOST_ROWS: Final = 500  # of one recording: a page must not fill the database with invented sites


def store_reports(counters: Counters, reports: Iterable[ScriptReport]) -> None:
    """Store the script's reports; a repeated cause gets a new time and count. Each counts as a change.

    Raises DatabaseError.
    """
    for one in reports:
        if one.code not in CAUSES:
            continue
        counters.last_change += 1
        url = one.page.url if one.page else ""
        now = timezone.now()
        known = Report.objects.filter(recording=counters.recording, code=one.code, site=_site(url))
        if known.update(count=F("count") + 1, last_at=now, detail=one.detail[:1000], page_url=url[:4000]):
            continue
        if Report.objects.filter(recording=counters.recording).count() < _MOST_ROWS:
            Report.objects.create(
                recording_id=counters.recording,
                code=one.code,
                site=_site(url),
                detail=one.detail[:1000],
                page_url=url[:4000],
                last_at=now,
            )


def _site(url: str) -> str:
    try:
        return urlsplit(url).netloc[:300]
    except ValueError:
        return ""
