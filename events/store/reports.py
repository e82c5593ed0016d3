"""What keeps the page-side script from working, as it noticed itself: one row for each cause and site."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from django.db.models import F
from django.utils import timezone

from events.models import Report
from events.store.counters import Counters
from events.wire import CAUSES, ScriptReport

_MOST_SITES: Final = 500  # rows a recording may have: a page must not fill the database with names of its own


def note(counters: Counters, told: Iterable[ScriptReport]) -> None:
    """Store the script's reports; a repeated cause gets its new time and count. Each is a change to show."""
    for one in told:
        if one.code not in CAUSES:
            continue
        counters.last_change += 1
        url = one.page.url if one.page else ""
        now = timezone.now()
        known = Report.objects.filter(recording=counters.recording, code=one.code, site=_site(url))
        if known.update(count=F("count") + 1, last_at=now, detail=one.detail[:1000], page_url=url[:4000]):
            continue
        if Report.objects.filter(recording=counters.recording).count() < _MOST_SITES:
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
