"""Preserves findings about masked values: a mask cannot be judged, so the earlier findings remain. Pure."""

from typing import Any

from events.redaction.masks import MASK
from events.redaction.parameters import texts
from events.verdict.findings import StoredFinding
from events.verdict.pointer import pick, tokens_of


def holds_masks(params: Any) -> bool:
    """True where ``params`` contain a masked value, as in a file that was exported with redaction."""
    return any("‹" in text and MASK.search(text) for text in texts(params))


def beside_masks(
    judged: list[StoredFinding], previous: list[StoredFinding], params: Any
) -> list[StoredFinding]:
    """The findings ``judged``, but the ``previous`` ones about values that are masked in ``params``."""
    fresh = [finding for finding in judged if not _is_masked(params, finding["path"])]
    found: list[StoredFinding] = []
    for finding in previous:
        if _is_masked(params, finding["path"]):
            found.append(finding)
        elif finding in fresh:
            fresh.remove(finding)
            found.append(finding)
    return found + fresh


def _is_masked(params: Any, path: str) -> bool:
    value = pick(params, tokens_of(path))
    return isinstance(value, str) and MASK.search(value) is not None
