"""What a share link shows of its recording: a part or all of the events, masked as the share says."""

import copy

from events.models import Recording, Share
from events.recordings.shares import masked_kinds, reread, shared_events
from events.redaction import Redactor
from events.redaction.per_recording import redactor_for
from inspector.live.visible_recording import ReadVisible, VisibleRecording


def visible_through_share(share: Share, address: str) -> VisibleRecording:
    """What ``share`` shows, at the address of its link. Its recording must be freshly read."""
    redactor = redactor_for(share.recording, masked_kinds(share))
    shown = _without_keys(share.recording, address, redactor)
    return VisibleRecording(share.recording, shown, address, shared_events(share), redactor)


def share_reader(share: int, address: str) -> ReadVisible:
    """Reads what the share with this id shows; raises ShareOver once the link has ended."""
    return lambda: visible_through_share(reread(share), address)


def _without_keys(recording: Recording, address: str, redactor: Redactor) -> Recording:
    """A copy for templates: nothing in it leads to the recording itself."""
    shown = copy.copy(recording)
    shown.key = shown.capture_key = shown.capture_digest = ""
    shown.person = shown.imported_from = ""
    shown.tags = "[]"
    shown.name, shown.site = redactor.text(recording.name), redactor.text(recording.site)
    vars(shown)["shown_at"] = address
    return shown
