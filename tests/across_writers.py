"""Commands of the test with two writers: create a recording, write events to it, stop it, import them."""

import json
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import django

_TOGETHER = 20  # events in one transaction


def main(command: str, *arguments: str) -> Any:
    """Do one command and return what the test is told."""
    from django.core.management import call_command  # Django is set up below

    call_command("migrate", verbosity=0)
    commands: dict[str, Any] = {"create": _create, "write": _write, "stop": _stop, "import": _import}
    return commands[command](*arguments)


def _create() -> Any:
    from events.recordings import create_recording  # Django is set up below

    return {"key": create_recording("Two writers").key}


def _write(key: str, file: str) -> Any:
    from events.models import Recording  # Django is set up below
    from tests.across import deliver  # the same

    recording = Recording.objects.get(key=key)
    events = [(one["page"], one["url"], one["event"]) for one in json.loads(Path(file).read_text())]
    count = 0
    for first in range(0, len(events), _TOGETHER):
        count += len(deliver(recording, events[first : first + _TOGETHER]))
    return {"events": count}


def _stop(key: str) -> Any:
    from events.models import Recording  # Django is set up below
    from events.recordings import Changes, change_recording  # the same
    from events.recordings.settling import settle_recordings  # the same

    recording = change_recording(Recording.objects.get(key=key), Changes(stopped=True))
    settle_recordings()
    return _findings(recording)


def _import(file: str) -> Any:
    from events.imports.import_file import import_file  # Django is set up below
    from events.recordings.settling import settle_recordings  # the same

    entries = [
        {
            "startedDateTime": "2026-01-01T00:00:00Z",
            "request": {
                "method": "POST",
                "url": "https://inspector.example/collect/abcdefghijklmnopqrstuvwxyz1",
                "postData": {
                    "text": json.dumps(
                        {"page": {"id": one["page"], "url": one["url"]}, "events": [one["event"]]}
                    )
                },
            },
        }
        for one in json.loads(Path(file).read_text())
    ]
    with TemporaryFile() as har:
        har.write(BytesIO(json.dumps({"log": {"pages": [], "entries": entries}}).encode()).read())
        har.seek(0)
        recording = import_file(har, file_name="visits.har").recording
    settle_recordings()
    return _findings(recording)


def _findings(recording: Any) -> Any:
    """The findings across events by event id, without the numbers of arrival."""
    from tests.across import told  # Django is set up below

    return {event_id: [] for event_id in recording.events.values_list("event_id", flat=True)} | told(
        recording
    )


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    django.setup()
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
