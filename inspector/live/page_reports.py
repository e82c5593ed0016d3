"""The reports of page-side scripts that cannot work on their page, as sentences."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from events.models import Recording, Report
from inspector.live.visible_recording import VisibleRecording
from inspector.script.problems import TROUBLES

_RECENT: Final = timedelta(minutes=15)  # an older report hardly explains the events on screen
_SHOWN: Final = 20
_ABOVE_THE_TIMELINE: Final = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause on one site: what is wrong, and the remedy."""

    code: str
    sentence: str
    remedy: str
    site: str
    detail: str
    count: int
    last_at: datetime


def reports(recording: Recording) -> list[Trouble]:
    """The latest reports of a recording, newest first."""
    return [_trouble(report) for report in recording.reports.order_by("-last_at")[:_SHOWN]]


def recent_reports(visible: VisibleRecording) -> list[Trouble]:
    """The reports of the last minutes, for the space above the timeline; none where a share is partial."""
    if visible.partial:
        return []
    since = timezone.now() - _RECENT
    recent = [
        trouble for trouble in reports(visible.recording)[:_ABOVE_THE_TIMELINE] if trouble.last_at > since
    ]
    return [replace(one, site=visible.text(one.site), detail=visible.text(one.detail)) for one in recent]


def _trouble(report: Report) -> Trouble:
    sentence, remedy = TROUBLES[report.code]
    return Trouble(report.code, sentence, remedy, report.site, report.detail, report.count, report.last_at)
