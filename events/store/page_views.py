"""Finds page loads that never fired page_view, for the finding no_page_view on their first event.

The page loads of one site are read in the order of their first events, by an index: a page load depends on
the one before it (a page that differs by its query alone is the same page) and on whether another follows.
"""

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from typing import Final

from events.db.bulk_statements import update, values
from events.judging.facts import site_of
from events.models import PageLoad, Recording
from events.store.chain_cache import Ends
from events.store.settlement import Changes
from events.verdict.across import digest, no_page_view
from events.wire.addresses import split_address

_SAVED: Final = ("site", "opened_at", "opened_n", "first_seq", "viewed")

#: An event of a page load: its seq, the page load, its name, time and number in the page load.
PageEvent = tuple[int, PageLoad, str, datetime, int | None]


def is_closed(recording: Recording) -> bool:
    """Whether no page load of the recording is expected to go on: it is stopped, or was imported."""
    return recording.stopped_at is not None or bool(recording.imported_from)


def note_page_views(
    recording: int,
    events: Sequence[PageEvent],
    changes: Changes,
    ends: Ends,
    *,
    closed: bool,
    fresh: Container[int] = (),
    older: bool = False,
) -> None:
    """Record what ``events`` tell of their page loads, and add to ``changes`` what follows from it.

    ``fresh`` are the primary keys of page loads without an earlier event. ``older``: the events were stored
    before, perhaps by a version without this rule, and all their page loads are judged.
    Raises DatabaseError.
    """
    moved: dict[int, PageLoad] = {}
    begun: dict[int, PageLoad] = {}
    replaced: set[int] = set()  # page loads that begin earlier than was known
    affected: dict[int, PageLoad] = {}
    for seq, page_load, name, fired_at, n in events:
        new = page_load.first_seq == 0
        if page_load.site is None and not (
            new and _begin(page_load, fresh=page_load.pk in fresh, older=older)
        ):
            continue
        _keep_last(ends, page_load)
        place = (fired_at, n or 0)
        if new:
            begun[page_load.pk] = page_load
        elif place < (page_load.opened_at, page_load.opened_n):
            changes[page_load.first_seq]["no_page_view"] = None
            if page_load.pk not in begun:
                replaced.add(page_load.pk)
                affected |= _neighbours(recording, page_load) | {page_load.pk: page_load}
                ends.pages.pop(page_load.site or 0, None)
                ends.complete = False
        if new or place < (page_load.opened_at, page_load.opened_n):
            page_load.first_seq, page_load.opened_at, page_load.opened_n = seq, *place
            moved[page_load.pk] = page_load
        if name == "page_view" and not page_load.viewed:
            page_load.viewed = True
            moved[page_load.pk] = page_load
    update(PageLoad, _SAVED, values(moved.values(), _SAVED))
    if older:
        affected |= {page_load.pk: page_load for _, page_load, *_ in events if page_load.site is not None}
    for page_load in sorted(begun.values(), key=_place):
        affected |= _follow(recording, page_load, ends)
    for page_load in list(affected.values()):
        if page_load.pk in replaced:
            affected |= _neighbours(recording, page_load)
    for page_load in {**moved, **affected, **begun}.values():
        last = ends.pages.get(page_load.site or 0)
        is_last = last is not None and last.pk == page_load.pk
        if is_last and not closed:
            if page_load.pk not in begun and not page_load.viewed:
                changes[page_load.first_seq]["no_page_view"] = None
        elif not page_load.viewed or page_load.pk in moved:
            _judge(recording, page_load, changes, closed=closed, followed=not is_last and last is not None)


def _keep_last(ends: Ends, page_load: PageLoad) -> None:
    """Let the cache hold this object, which changes, where it holds an older one of the same page load."""
    last = ends.pages.get(page_load.site or 0)
    if last is not None and last.pk == page_load.pk:
        ends.pages[page_load.site or 0] = page_load


def _follow(recording: int, page_load: PageLoad, ends: Ends) -> dict[int, PageLoad]:
    """The page loads beside a new one, which are read unless it is known to be the last of its site."""
    site = page_load.site or 0
    last = ends.pages.get(site)
    if last is None and not ends.complete:
        found = _neighbours(recording, page_load)
        if not any(_place(beside) > _place(page_load) for beside in found.values()):
            ends.pages[site] = page_load
        return found
    if last is None or _place(last) < _place(page_load):
        ends.pages[site] = page_load
        return {last.pk: last} if last is not None else {}
    return _neighbours(recording, page_load)


def _place(page_load: PageLoad) -> tuple[datetime, str]:
    return page_load.opened_at or datetime.min.replace(tzinfo=UTC), page_load.page_id


def judge_ends(recording: Recording, after: int, limit: int, changes: Changes) -> int | None:
    """Judge the last page load of each site after the site ``after``, of ``limit`` sites at most.

    Returns the site to go on after, None where there is no further one.
    """
    loads = PageLoad.objects.filter(recording=recording.pk)
    for _ in range(limit):
        site = loads.filter(site__gt=after).order_by("site").values_list("site", flat=True).first()
        if site is None:
            return None
        after = site
        last = loads.filter(site=site).order_by("-opened_at", "-page_id").first()
        if last is not None and not last.viewed:
            _judge(recording.pk, last, changes, closed=is_closed(recording))
    return after


def _begin(page_load: PageLoad, *, fresh: bool, older: bool) -> bool:
    """Let the rule look at a page load from its first event on; False where it never does."""
    host = site_of(page_load.url)
    if page_load.frame or not host or not (fresh or older):
        return False
    page_load.site = digest(host)
    return True


def _judge(
    recording: int, page_load: PageLoad, changes: Changes, *, closed: bool, followed: bool = False
) -> None:
    told = None
    if not page_load.viewed and (closed or followed or _beside(recording, page_load, after=True)):
        before = _beside(recording, page_load, after=False)
        if before is None or not differs_by_query(before.url, page_load.url):
            told = no_page_view()
    changes[page_load.first_seq]["no_page_view"] = told


def differs_by_query(one: str, other: str) -> bool:
    """Whether two addresses differ by their query and by nothing else."""
    first, second = split_address(one), split_address(other)
    if first is None or second is None:
        return False
    return first.query != second.query and first._replace(query="") == second._replace(query="")


def _neighbours(recording: int, page_load: PageLoad) -> dict[int, PageLoad]:
    found = (_beside(recording, page_load, after=after) for after in (False, True))
    return {beside.pk: beside for beside in found if beside is not None}


def _beside(recording: int, page_load: PageLoad, *, after: bool) -> PageLoad | None:
    """The page load of the same site that begins next before or after this one."""
    loads = PageLoad.objects.filter(recording=recording, site=page_load.site)
    at, page_id = page_load.opened_at, page_load.page_id
    order: Sequence[str] = ("opened_at", "page_id") if after else ("-opened_at", "-page_id")
    side = "gt" if after else "lt"
    same = loads.filter(opened_at=at, **{f"page_id__{side}": page_id}).order_by(order[1]).first()
    return same or loads.filter(**{f"opened_at__{side}": at}).order_by(*order).first()
