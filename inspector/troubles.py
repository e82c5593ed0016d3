"""What keeps events from arriving, in words: one sentence for each cause, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from events.models import Recording, Report

#: By cause (events.reports.CAUSES; a test holds the two equal): what is the matter, and the remedy.
TROUBLES: Final[dict[str, tuple[str, str]]] = {
    "policy": (
        "The page's content security policy forbids posts to the inspector.",
        "Use the browser extension, or allow this inspector in connect-src.",
    ),
    "mixed_content": (
        "The page is on https, this inspector on plain http: browsers block that.",
        "Open the inspector as localhost, serve it over https, or use the browser extension.",
    ),
    "local_network": (
        "The browser keeps the page from reaching an inspector on this machine or network.",
        "Allow “local network access” in the site's settings, or use the browser extension.",
    ),
    "away": (
        "The inspector did not answer for a while; the page kept its events and has sent them now.",
        "Look whether the inspector was stopped, or the network was down.",
    ),
    "no_container": (
        "No container loads: calls wait in the queue, and nothing is sent to Commanders Act.",
        "Check the container's address, the consent it waits for, and ad blockers.",
    ),
    "fake_container": (
        "Something answers cact but never sends: most likely an ad blocker's stand-in for the container.",
        "Switch the ad blocker off for this site.",
    ),
    "request_failed": (
        "The browser did not let the client's own request out.",
        "Switch off what blocks it: an ad blocker, a privacy setting, or the page's content security policy.",
    ),
    "second_script": (
        "The inspector's script is in the page twice; the second copy does nothing.",
        "Take one away: the page's own, the tag manager's, or the extension's.",
    ),
}
_RECENT: Final = timedelta(minutes=15)  # what is older says little about what a person looks at now
_SHOWN: Final = 20


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


def recent_reports(recording: Recording) -> list[Trouble]:
    """What pages reported a short while ago."""
    since = timezone.now() - _RECENT
    return [trouble for trouble in reports(recording) if trouble.last_at > since]


def _trouble(report: Report) -> Trouble:
    sentence, remedy = TROUBLES[report.code]
    return Trouble(report.code, sentence, remedy, report.site, report.detail, report.count, report.last_at)
