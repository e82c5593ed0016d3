"""Defines allow-lists of the values that may be shown of a recording, its page loads and its events.

Templates that a share link can render, and the heads of exported files, are given these classes in place of
the models: a model leads to the recording's keys, and a new column of it would be shown without a decision.
These classes leave out the values that a share must not show.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import orjson

from events.models import Event, PageLoad, Recording
from events.recordings.muting import shown_verdict
from events.verdict import StoredFinding, read_findings
from events.verdict.muting import divide
from events.verdict.unknown import NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecording:
    """The values shown of a recording. ``address`` is the path of its dashboard, or of a share link."""

    name: str
    site: str
    colour: str
    edition: str
    created_at: datetime
    last_event_at: datetime | None
    stopped_at: datetime | None
    last_seq: int
    last_change: int
    sent: int
    received: int
    muted: int
    address: str
    shared: bool
    # Only on the dashboard; through a share these have their defaults.
    key: str = ""
    person: str = ""
    tags: tuple[str, ...] = ()
    strip: bool = False

    @classmethod
    def whole(cls, recording: Recording, address: str = "") -> Self:
        """The values shown on the recording's dashboard, which is at ``address``."""
        shown = cls.through_share(recording, address, str)
        return replace(
            shown,
            shared=False,
            key=recording.key,
            person=recording.person,
            tags=tuple(map(str, orjson.loads(recording.tags))),
            strip=recording.strip,
        )

    @classmethod
    def through_share(cls, recording: Recording, address: str, mask: Callable[[str], str]) -> Self:
        """The values shown through a share link at ``address``; ``mask`` masks personal values in a text."""
        return cls(
            name=mask(recording.name),
            site=mask(recording.site),
            colour=recording.colour,
            edition=recording.edition,
            created_at=recording.created_at,
            last_event_at=recording.last_event_at,
            stopped_at=recording.stopped_at,
            last_seq=recording.last_seq,
            last_change=recording.last_change,
            sent=recording.sent,
            received=recording.received,
            muted=recording.muted,
            address=address,
            shared=True,
        )


@dataclass(frozen=True, slots=True)
class ShownPageLoad:
    """The values shown of a page load. ``missing`` is the model's JSON, ``tail`` the missing last events."""

    pk: int
    url: str
    title: str
    frame: bool
    started_at: datetime
    received: int
    missing: str
    tail: tuple[int, int] | None
    tail_after: int | None

    @classmethod
    def of(cls, page_load: PageLoad, mask: Callable[[str], str] = str, *, counts: bool = True) -> Self:
        """The page load with masked texts; without ``counts`` no value reveals the number of its events."""
        return cls(
            pk=page_load.pk,
            url=mask(page_load.url),
            title=mask(page_load.title),
            frame=page_load.frame,
            started_at=page_load.started_at,
            received=page_load.received if counts else 0,
            missing=page_load.missing if counts else "[]",
            tail=page_load.tail if counts else None,
            tail_after=page_load.tail_after if counts else None,
        )


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """The values shown of an event: the columns of the model that pages read. JSON columns are text.

    ``verdict`` is the one under the ``muted`` groups; ``findings`` holds the muted findings as well.
    """

    seq: int
    n: int | None
    name: str
    verdict: str
    findings: str
    muted: int
    called: str
    sent: str
    automatic: str
    permanent: str
    unknown: str
    delivery: str
    seen: str
    sent_to: str
    container: str
    page_url: str
    call_site: str
    source: str
    fired_at: datetime
    page_load: ShownPageLoad | None

    @classmethod
    def of(cls, event: Event, page_load: ShownPageLoad | None, muted: int) -> Self:
        """The values of ``event``, unmasked, with those of its page load, while ``muted`` groups are."""
        return cls(
            event.seq,
            event.n,
            event.name,
            shown_verdict(event, muted),
            event.findings,
            muted,
            event.called,
            event.sent,
            event.automatic,
            event.permanent,
            event.unknown,
            event.delivery,
            event.seen,
            event.sent_to,
            event.container,
            event.page_url,
            event.call_site,
            event.source,
            event.fired_at,
            page_load,
        )

    def divided_findings(self) -> tuple[list[StoredFinding], list[StoredFinding]]:
        """The findings that are shown, and those that are muted."""
        return divide(read_findings(self.findings), self.muted) if self.findings != "[]" else ([], [])

    @property
    def title(self) -> str:
        """The event's name, or words for the absence of one."""
        return self.name or ("(unknown name)" if f'"{NAME}"' in self.unknown else "(no name)")

    @property
    def page_load_id(self) -> int | None:
        """The primary key of the page load; None for an event without one."""
        return self.page_load.pk if self.page_load else None
