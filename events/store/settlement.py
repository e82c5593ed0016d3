"""Finds the findings across events of a batch, and which findings of stored events the batch changes.

Runs in a transaction that has locked the recording's row, for captured, imported, restored and rejudged
events alike. The work for an event is bounded: in each of its chains the event before it and the one after.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from events.models import Event
from events.store.chain_cache import Ends
from events.store.chains import (
    Neighbour,
    Row,
    any_between,
    delete_rows,
    first_of,
    insert_rows,
    predecessors,
    rows_of,
    successors,
)
from events.store.stored_facts import facts_of_event
from events.verdict import StoredFinding
from events.verdict.across import (
    HEADS,
    Facts,
    Kind,
    code_of,
    entries,
    finding,
    is_twice,
    key_of,
    may_tell,
    purchases_of,
    unknown_order,
)

#: By event (its ``seq``) and code: the finding as it is now, None for none.
Changes = dict[int, dict[str, StoredFinding | None]]

MOST_IN_A_TRANSACTION: Final = 100  # stored events that one event changes; the rest is done in the background
_FIRST_PURCHASE: Final = key_of(Kind.FIRST_PURCHASE)
_REFUNDS: Final = key_of(Kind.REFUNDS)


class _Item(NamedTuple):
    kind: Kind
    row: Row


class Settlement:
    """The changes that some events of one recording bring to the findings across events.

    ``changes`` are those of the batch's events and of stored ones after ``run``; ``unsettled``: more refunds
    than may change in one transaction are to be looked at again.
    """

    def __init__(self, recording: int, ends: Ends) -> None:
        self.recording = recording
        self.changes: Changes = defaultdict(dict)
        self.unsettled = False
        self._ends = ends
        self._facts: dict[int, Facts] = {}
        self._items: list[_Item] = []
        self._gone: list[_Item] = []
        self._pairs: list[tuple[Kind, int, int]] = []  # kind, seq, seq of the event before
        self._refunds: set[int] = set()

    def add(self, seq: int, facts: Facts, *, unshared_id: bool = False) -> None:
        """Add an event. ``unshared_id``: no other event has its id."""
        self._facts[seq] = facts
        self._items += [
            _Item(entry.kind, Row(entry.key, facts.position, seq, entry.value))
            for entry in entries(facts)
            if not (unshared_id and entry.kind == Kind.ID)
        ]

    def add_id(self, seq: int, facts: Facts) -> None:
        """Add a stored event to the chain of its id, which it has begun to share."""
        self._facts[seq] = facts
        self._items += [
            _Item(entry.kind, Row(entry.key, facts.position, seq, entry.value))
            for entry in entries(facts)
            if entry.kind == Kind.ID
        ]

    def replace(self, seq: int, before: Facts, after: Facts) -> None:
        """Move a stored event from the chains of its earlier facts to those of its new ones."""
        old, new = set(entries(before)), set(entries(after))
        self._facts[seq] = after
        for entry in sorted(old - new):
            self._gone.append(_Item(entry.kind, Row(entry.key, before.position, seq, entry.value)))
        for entry in sorted(new - old):
            self._items.append(_Item(entry.kind, Row(entry.key, after.position, seq, entry.value)))

    def run(self) -> Changes:
        """Write the chains and return the changes. Raises DatabaseError."""
        self._remove()
        self._add_heads([item for item in self._items if item.kind in HEADS])
        self._add_rows([item for item in self._items if item.kind not in HEADS])
        self._judge_pairs()
        self._judge_refunds()
        return self.changes

    def _remove(self) -> None:
        """Remove rows; the event after each one now follows the one before it."""
        if not self._gone:
            return
        delete_rows(self.recording, [(item.row.key, item.row.position) for item in self._gone])
        self._ends.complete = False
        places = [(item.row.key, item.row.position) for item in self._gone]
        both = zip(
            self._gone, predecessors(self.recording, places), successors(self.recording, places), strict=True
        )
        for item, before, after in both:
            self._ends.last.pop(item.row.key, None)
            if code := code_of(item.kind):
                self.changes[item.row.seq].setdefault(code, None)
            if after is not None:
                self._compare(item.kind, after.seq, after.value, before)
            if item.kind == Kind.PURCHASE:
                self.unsettled = True  # refunds of the order that it had
            if item.kind == Kind.REFUND:
                self.changes[item.row.seq].setdefault("unknown_order", None)

    def _add_heads(self, items: list[_Item]) -> None:
        """Write the events that are now the first of their chains."""
        rows = {}
        for kind, row in sorted(items, key=lambda item: item.row.position):
            head = self._head(row.key)
            if head is not None and (head.position, head.seq) <= (row.position, row.seq):
                if kind == Kind.CHECKOUT and head.seq != row.seq:
                    self.changes[row.seq]["no_checkout"] = None
                elif kind == Kind.CHECKOUT:
                    self._compare(kind, row.seq, row.value, None)
                continue
            self._ends.first[row.key] = rows[row.key, row.position] = row
            if kind == Kind.CHECKOUT:
                self._compare(kind, row.seq, row.value, None)
                if head is not None:
                    self.changes[head.seq]["no_checkout"] = None
            else:
                until = head.position if head else None
                self._look_at(
                    rows_of(self.recording, _REFUNDS, row.position, MOST_IN_A_TRANSACTION + 1, until)
                )
        insert_rows(self.recording, rows.values())

    def _head(self, key: int) -> Row | None:
        head = self._ends.first.get(key)
        if head is None and not self._ends.complete:
            head = first_of(self.recording, key)
            if head is not None:
                self._ends.first[key] = head
        return head

    def _look_at(self, refunds: Sequence[Row]) -> None:
        if len(refunds) > MOST_IN_A_TRANSACTION:
            self.unsettled = True
        self._refunds.update(row.seq for row in refunds[:MOST_IN_A_TRANSACTION])

    def _add_rows(self, items: list[_Item]) -> None:
        chains: dict[int, list[_Item]] = defaultdict(list)
        for item in items:
            chains[item.row.key].append(item)
        late: list[_Item] = []
        for key, chain in chains.items():
            chain.sort(key=lambda item: item.row.position)
            last = self._ends.last.get(key)
            known = last is not None or self._ends.complete
            if not known or (last is not None and last.position >= chain[0].row.position):
                late += chain
                continue
            for kind, row in chain:
                apart = last and kind == Kind.TWICE and not is_twice(row.position, last.position)
                self._compare(
                    kind, row.seq, row.value, Neighbour(last.seq, last.value) if last and not apart else None
                )
                last = row
            self._ends.last[key] = chain[-1].row
        insert_rows(self.recording, [item.row for item in items])
        self._add_late(late)
        self._note_orders(items)

    def _add_late(self, items: list[_Item]) -> None:
        """Compare events with those before and after them, which are read."""
        places = [(item.row.key, item.row.position) for item in items]
        before = predecessors(self.recording, places)
        after = successors(self.recording, places)
        own = {(item.kind, item.row.key, item.row.seq) for item in items}
        for (kind, row), earlier, later in zip(items, before, after, strict=True):
            self._compare(kind, row.seq, row.value, earlier)
            if later is None:
                self._ends.last[row.key] = row
            elif (kind, row.key, later.seq) not in own:
                self._compare(kind, later.seq, later.value, Neighbour(row.seq, row.value))

    def _compare(self, kind: Kind, seq: int, value: int, earlier: Neighbour | None) -> None:
        """Note an event that follows ``earlier`` now; what they have is read later, where it matters."""
        code = code_of(kind)
        if code is None:
            return
        self.changes[seq][code] = None
        if may_tell(kind, value, earlier.value if earlier else None):
            self._pairs.append((kind, seq, earlier.seq if earlier else 0))

    def _judge_pairs(self) -> None:
        self._read({seq for _, later, earlier in self._pairs for seq in (later, earlier) if seq})
        for kind, seq, before in self._pairs:
            facts, earlier = self._facts.get(seq), self._facts.get(before)
            if facts is None or (before and earlier is None):
                continue  # a row of an event that is no longer there
            told = finding(kind, facts, earlier)
            if told is not None:
                if before:
                    told["other_seq"] = before
                self.changes[seq][told["code"]] = told

    def _read(self, seqs: set[int]) -> None:
        missing = seqs - self._facts.keys()
        if missing:
            found = Event.objects.filter(recording=self.recording, seq__in=missing)
            for event in found.select_related("page_load"):
                self._facts[event.seq] = facts_of_event(event)

    def _note_orders(self, items: list[_Item]) -> None:
        """Choose the refunds to look at: new ones, and those whose order a purchase brings."""
        new = {item.row.seq for item in items if item.kind == Kind.REFUND}
        self._refunds |= new
        if new:
            self._ends.refunds = True
        purchases = [item for item in items if item.kind == Kind.PURCHASE]
        if not purchases:
            return
        if self._ends.refunds is None:
            self._ends.refunds = first_of(self.recording, _REFUNDS) is not None
        if self._ends.refunds:
            for item in purchases:
                facts = self._facts[item.row.seq]
                self._look_at(self._refunds_with(facts.order or ""))

    def _refunds_with(self, order: str) -> list[Row]:
        return rows_of(self.recording, key_of(Kind.REFUND, order), None, MOST_IN_A_TRANSACTION + 1)

    def look_at_refunds(self, seqs: Iterable[int]) -> None:
        """Look at these stored refunds again."""
        self._refunds.update(seqs)

    def _judge_refunds(self) -> None:
        if not self._refunds:
            return
        self._read(self._refunds)
        head = self._head(_FIRST_PURCHASE)
        for seq in self._refunds:
            facts = self._facts.get(seq)
            if facts is None or facts.order is None or facts.name != "refund":
                continue
            after_one = head is not None and head.position < facts.position
            known = after_one and any_between(self.recording, *purchases_of(facts.order))
            told = unknown_order(facts) if after_one and not known else None
            self.changes[seq]["unknown_order"] = told
