"""A comparison's difference as plain data, for the API's JSON and the command's."""

from typing import Any

from events.comparison.as_text import summary
from events.comparison.difference import Difference, EventRow, Head, PageRow
from events.comparison.proposals import Proposal
from events.comparison.value_diff import Change, type_name

#: Rows of one response of the API at most.
MOST_ROWS = 500


def as_dict(difference: Difference, offset: int = 0, limit: int | None = None) -> dict[str, Any]:
    """The difference with ``limit`` of its differing events from ``offset`` on, all where ``limit`` is None.

    ``next`` is the offset of the next slice, None after the last.
    """
    rows = [(page, row) for page in difference.pages for row in page.rows if row.kinds]
    end = len(rows) if limit is None else offset + limit
    return {
        "same": difference.same,
        "summary": summary(difference),
        "counts": difference.counts(),
        "compared": {"a": difference.compared_a, "b": difference.compared_b},
        "cut": {"a": difference.cut_a, "b": difference.cut_b},
        "other_edition": difference.other_edition,
        "muted": {**difference.muted._asdict(), "groups": list(difference.muted.groups)},
        "rules": [str(rule) for rule in difference.rules],
        "proposals": [_proposal(proposal) for proposal in difference.proposals],
        "pages": [_page(page) for page in difference.pages if page.state != "same"][:MOST_ROWS],
        "differences": [_row(page, row) for page, row in rows[offset:end]],
        "next": end if end < len(rows) else None,
    }


def change_dict(change: Change) -> dict[str, Any]:
    """One differing value as plain data; ``types`` holds the JSON types before and after a change of type."""
    return {
        "kind": change.kind,
        "path": change.path,
        "path_a": change.path_a or None,
        "path_b": change.path_b or None,
        "before": change.before,
        "after": change.after,
        "types": [type_name(change.before), type_name(change.after)] if change.kind == "retyped" else None,
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {"rule": str(proposal.rule), "reason": proposal.reason, "count": proposal.count}


def _page(page: PageRow) -> dict[str, Any]:
    return {"path": page.path, "state": page.state, "events": len(page.rows)}


def _row(page: PageRow, row: EventRow) -> dict[str, Any]:
    return {
        "event_name": row.name,
        "page": page.path,
        "kinds": row.kinds,
        "a": _head(row.a),
        "b": _head(row.b),
        "verdict": {"before": row.verdict[0], "after": row.verdict[1]} if row.verdict else None,
        "delivery": {"before": row.delivery[0], "after": row.delivery[1]} if row.delivery else None,
        "gained": [one._asdict() for one in row.gained],
        "lost": [one._asdict() for one in row.lost],
        "changes": [change_dict(change) for change in row.changes],
        "ignored": [change_dict(change) for change in row.ignored],
    }


def _head(head: Head | None) -> dict[str, Any] | None:
    return head._asdict() if head else None
