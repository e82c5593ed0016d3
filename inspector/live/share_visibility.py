"""What a share link shows of its recording: a part or all of the events, masked as the share says."""

from events.models import Share
from events.recordings.shares import masked_kinds, reread, shared_events
from events.recordings.shown import ShownRecording
from events.redaction.per_recording import redactor_for
from inspector.live.visible_recording import ReadVisible, VisibleRecording


def visible_through_share(share: Share, address: str) -> VisibleRecording:
    """What ``share`` shows, at the address of its link. Its recording must be freshly read."""
    redactor = redactor_for(share.recording, masked_kinds(share))
    shown = ShownRecording.through_share(share.recording, address, redactor.text)
    return VisibleRecording(share.recording, shown, shared_events(share), redactor)


def share_reader(share: int, address: str) -> ReadVisible:
    """Reads what the share with this id shows; raises ShareOver once the link has ended."""
    return lambda: visible_through_share(reread(share), address)
