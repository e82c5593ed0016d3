"""Making and finding recordings, and what can be said about one without reading its events."""

from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from events import reference
from events.models import Recording, capture_digest, new_capture_key
from events.verdict import Verdict

VERDICTS: tuple[Verdict, ...] = ("invalid", "warning", "valid")


def create_recording(name: str = "") -> Recording:
    """A new, empty recording; without a name it is called after its time."""
    capture_key = new_capture_key()
    return Recording.objects.create(
        name=name.strip()[:200] or f"Recording of {timezone.now():%-d %B, %H:%M}",
        capture_key=capture_key,
        capture_digest=capture_digest(capture_key),
        edition=reference.LATEST,
    )


def get_recording(key: str) -> Recording:
    """The one gate to a recording by the key in its address. Raises Http404."""
    # PostgreSQL takes no NUL, not even to look for it.
    recording = Recording.objects.filter(key=key).first() if "\0" not in key else None
    if recording is None:
        raise Http404("There is no such recording.")
    return recording


def newest_recording() -> Recording:
    """The recording made last; the first one is made here."""
    return Recording.objects.order_by("-created_at").first() or create_recording()


@dataclass(frozen=True, slots=True)
class Counts:
    """Tallies of one recording: by verdict, and by event name and verdict; ``missing`` never arrived."""

    verdicts: dict[str, int]
    names: dict[str, dict[str, int]]
    sent: int
    received: int

    @property
    def missing(self) -> int:
        """How many events the pages numbered that are not here."""
        return max(self.sent - self.received, 0)


def counts(recording: Recording) -> Counts:
    """The recording's tallies as they stand; one query, whatever the number of events."""
    verdicts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
    names: dict[str, dict[str, int]] = {}
    for name, verdict, count in recording.tallies.order_by("name").values_list("name", "verdict", "count"):
        verdicts[verdict] += count
        names.setdefault(name, dict.fromkeys(VERDICTS, 0))[verdict] += count
    return Counts(verdicts, names, recording.sent, recording.received)
