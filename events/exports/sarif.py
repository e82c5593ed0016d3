"""Writes SARIF 2.1.0 for pipelines: the finding codes as rules, each finding as a result.

Each rule is tagged with its group. Muted findings are no results; the run's properties count them.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from events.exports.json_stream import LIST, stream
from events.exports.scope import Scope
from events.recordings.public_event import PublicEvent
from events.verdict import CODES, PublicFinding
from events.verdict.code_descriptions import MEANINGS
from events.verdict.groups import group_of
from events.verdict.muting import groups_in

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_NUMBERS: Final = {code: number for number, code in enumerate(CODES)}


def write(scope: Scope) -> Iterator[bytes]:
    """The file, a slice at a time. Raises RecordingGone."""
    driver = {"name": "Cact Inspector", "version": "1", "rules": [_rule(code) for code in CODES]}
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": LIST}
    if scope.muting.groups:
        run["properties"] = {
            "mutedGroups": groups_in(scope.muting.groups),
            "mutedFindings": scope.muted_findings(),
        }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    results = (
        [result for event in events for result in _results(scope.public(event))] for events in scope.slices()
    )
    yield from stream(document, results)


def _rule(code: str) -> dict[str, Any]:
    level = next(_LEVELS[severity] for severity in _LEVELS if severity in CODES[code])
    return {
        "id": code,
        "name": "".join(word.title() for word in code.split("_")),
        "shortDescription": {"text": code.replace("_", " ").capitalize()},
        "fullDescription": {"text": MEANINGS[code]},
        "help": {"text": MEANINGS[code]},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [group_of(code)]},
    }


def _results(event: PublicEvent) -> Iterator[dict[str, Any]]:
    """A result for each finding of an event in its public form."""
    for finding in event["findings"]:
        yield {
            "ruleId": finding["code"],
            "ruleIndex": _NUMBERS.get(finding["code"], -1),  # -1: the code is not among the rules
            "level": _LEVELS[finding["severity"]],
            "message": {"text": finding["message"]},
            "locations": [_location(event, finding["path"])],
            "partialFingerprints": {"cactFinding/v1": _fingerprint(event, finding)},
            "properties": {
                "seq": event["seq"],
                "verdict": event["verdict"],
                "expected": finding["expected"],
                "got": finding["got"],
            },
        }


def _location(event: PublicEvent, path: str) -> dict[str, Any]:
    name = event["event_name"] or "(no name)"
    logical = {"name": name, "fullyQualifiedName": f"{name}#{path}", "kind": "property" if path else "object"}
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if event["page_url"]:
        uri = quote(event["page_url"], safe=":/?#[]@!$&'()*+,;=%~")
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}}
    return location


def _fingerprint(event: PublicEvent, finding: PublicFinding) -> str:
    """A fingerprint, equal for the same finding about the same event on the same page in any recording."""
    page = event["page_url"].partition("?")[0]
    identity = "\n".join((page, event["event_name"], finding["code"], finding["path"]))
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
