"""What pages reported to keep them from working, in words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from events.models import Recording, Report
from inspector.live.visible_recording import Lens
from inspector.script.problems import TROUBLES

_RECENT: Final = timedelta(minutes=15)  # what is older says little about what a person looks at now
_SHOWN: Final = 20
_ABOVE_THE_TIMELINE: Final = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause on one site, in words."""

    code: str
    sentence: str
    remedy: str
    site: str
    detail: str
    count: int
    last_at: datetime


def reports(recording: Recording) -> list[Trouble]:
    """Everything that pages reported to ``recording``, the latest first."""
    return [_trouble(report) for report in recording.reports.order_by("-last_at")[:_SHOWN]]


def recent_reports(lens: Lens) -> list[Trouble]:
    """The latest that pages reported a short while ago: a few, since they stand above the timeline."""
    if lens.partial:
        return []
    since = timezone.now() - _RECENT
    recent = [trouble for trouble in reports(lens.recording)[:_ABOVE_THE_TIMELINE] if trouble.last_at > since]
    return [replace(one, site=lens.text(one.site), detail=lens.text(one.detail)) for one in recent]


def _trouble(report: Report) -> Trouble:
    sentence, remedy = TROUBLES[report.code]
    return Trouble(report.code, sentence, remedy, report.site, report.detail, report.count, report.last_at)
