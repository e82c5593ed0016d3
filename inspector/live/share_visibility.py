"""The lens of a share: what its link lets people see."""

import copy

from events.models import Recording, Share
from events.recordings.filter import Filter, filter_of
from events.recordings.shares import masked_kinds, reread
from events.redaction import Redactor
from events.redaction.per_recording import redactor_for
from inspector.live.visible_recording import Lens, Look


def lens_of(share: Share, address: str) -> Lens:
    """What ``share`` shows, at ``address``. Its recording must be freshly read."""
    redactor = redactor_for(share.recording, masked_kinds(share))
    limits = Filter(seq=share.seq) if share.seq is not None else filter_of(share.query)
    shown = _without_keys(share.recording, address, redactor)
    return Lens(share.recording, shown, address, limits, redactor)


def look_of(share: int, address: str) -> Look:
    """What the share with this id shows, as long as it does. Raises ShareOver."""
    return lambda: lens_of(reread(share), address)


def _without_keys(recording: Recording, address: str, redactor: Redactor) -> Recording:
    """A copy for templates: nothing in it leads to the recording itself."""
    shown = copy.copy(recording)
    shown.key = shown.capture_key = shown.capture_digest = ""
    shown.person = shown.imported_from = ""
    shown.tags = "[]"
    shown.name, shown.site = redactor.text(recording.name), redactor.text(recording.site)
    vars(shown)["shown_at"] = address
    return shown
