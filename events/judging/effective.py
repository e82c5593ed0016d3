"""Computes the effective event, which is judged, from the payloads of an event. Pure.

The effective parameters are the called ones, over the permanent properties that the page had set before with
``setProperty``, plus parameters that the client was observed to add. Of the latter only those count that the
reference marks as automatic, and only where the page left them out (reading of the reference, decided point
1): ``user.consent_categories`` for every event, and the automatic rows of the event itself.

Where the client's request was seen, it takes precedence over what the client is expected to do: permanent
properties count only as far as the request has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from events.judging.permanent import PermanentMerge
from events.judging.unread import UNSEEN, Marked, is_mark, resolve
from events.reference import Reference

_USER: Final = "user"  # the parameter of type User, in every event that has one
_NO_MARKS: Final[Marked] = {}


@dataclass(slots=True)
class Payloads:
    """The parameters of one event by origin. ``called`` is None where no page call was seen.

    ``sent`` is None where no request was seen, ``automatic`` holds the parameters that the page-side script
    observed the client to add, and ``permanent`` those set with ``setProperty`` before the event was fired.
    ``marked``: some values may be marks of ``events.judging.unread``. ``came_on`` is the day on which the
    event came, by UTC, None for today; ``in_query``: its parameters are a query string's, which holds texts
    alone.
    ``unknown`` are the JSON Pointers of
    values in the effective event that pasted code does not tell (``events.verdict.unknown``).
    """

    called: Any = None
    sent: Any = None
    automatic: dict[str, Any] = field(default_factory=dict)
    permanent: dict[str, Any] = field(default_factory=dict)
    marked: bool = False
    unknown: Sequence[str] = ()
    came_on: date | None = None
    in_query: bool = False


class Effective(NamedTuple):
    """The parameters to judge, and the JSON Pointers of the automatic and permanent ones among them.

    ``unsent_permanent`` are the permanent properties that the client's request lacks, and which are absent
    therefore; ``marks`` the values that the script could not read (see ``events.judging.unread``), ``untold``
    the pointers of values that pasted code does not tell. ``from_request``: no call was seen, so that the
    parameters are those of a request.
    """

    params: Any
    automatic: list[str]
    permanent: list[str]
    unsent_permanent: list[str] = []
    marks: Marked = _NO_MARKS
    untold: Sequence[str] = ()
    from_request: bool = False

    @property
    def unread(self) -> list[str]:
        """The JSON Pointers of the values that the script could not read, known by the request or not."""
        return list(self.marks)

    @property
    def unknown(self) -> list[str]:
        """The JSON Pointers of the values that nothing tells; see ``events.verdict.unknown``."""
        return [*(path for path, known in self.marks.items() if not known), *self.untold]


def effective(name: Any, given: Payloads, reference: Reference) -> Effective:
    """The effective event; where only the request was seen, the parameters that were sent."""
    called, sent = given.called, given.sent
    if called is None and sent is not None:
        return Effective(sent, [], [], untold=given.unknown, from_request=True)
    request = sent if isinstance(sent, dict) else UNSEEN
    if given.marked and is_mark(called):
        return _of_request(request)
    if called is not None and not isinstance(called, dict):
        return Effective(called, [], [], untold=given.unknown)
    params: dict[str, Any] = dict(called or {})
    merge = PermanentMerge(request, given.marked)
    if given.permanent:
        merge.merge(params, given.permanent)
    marks: Marked = {}
    if given.marked:
        params = resolve(params, request, marks)
    automatic: list[str] = []
    for observed in (given.automatic, sent):
        if observed and isinstance(observed, dict):
            automatic += _fill_automatic(name, params, observed, reference)
    if given.marked and automatic:
        params = resolve(params, request, marks)
    return Effective(params, automatic, merge.filled, merge.unsent, marks, given.unknown)


def _of_request(request: Any) -> Effective:
    """The effective event of a call whose parameters are one mark: what was sent, or nothing known."""
    seen = request is not UNSEEN
    return Effective(request if seen else {}, [], [], marks={"": seen})


def _fill_automatic(
    name: Any, params: dict[str, Any], observed: dict[str, Any], reference: Reference
) -> list[str]:
    rows = _automatic_rows(name, reference)
    paths = [f"/{key}" for key in rows if key != _USER and _fill(params, observed, key)]
    client, user = observed.get(_USER), params.get(_USER)
    if user == {} and _may_be_empty(name, reference):
        user = None
    # Where an event has no user row (decided point 3), consent alone does not make it have a user.
    wanted = isinstance(user, dict) or (user is None and _USER in rows)
    if isinstance(client, dict) and wanted:
        user = dict(user or {})
        filled = [key for key in _automatic_in_user(reference) if _fill(user, client, key)]
        if filled:
            params[_USER] = user
            paths += [f"/{_USER}/{key}" for key in filled]
    return paths


@cache
def _automatic_in_user(reference: Reference) -> tuple[str, ...]:
    """The names of the user properties that the client fills, such as ``consent_categories``."""
    return tuple(row.name for row in reference.schemas["User"].parameters if row.automatic)


def _may_be_empty(name: Any, reference: Reference) -> bool:
    """Whether an empty user of the event counts as absent."""
    spec = reference.events.get(name) if isinstance(name, str) else None
    row = spec.parameter(_USER) if spec else None
    return row is not None and row.may_be_empty


def _automatic_rows(name: Any, reference: Reference) -> list[str]:
    """The names of the rows that the client fills, and ``user`` where the event has it: filled in part."""
    spec = reference.events.get(name) if isinstance(name, str) else None
    rows = spec.parameters if spec else ()
    return [row.name for row in rows if row.automatic or (row.name == _USER and row.listed)]


def _fill(params: dict[str, Any], observed: dict[str, Any], key: str) -> bool:
    if params.get(key) in (None, "") and observed.get(key) is not None:
        params[key] = observed[key]
        return True
    return False
