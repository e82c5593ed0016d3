"""Two conditions on rows that enclose a query: what it may select, and what it must select.

SQL reads no JSON here: of many terms it can only tell which rows cannot match. ``may`` selects every row
that the query selects, and perhaps more; ``must`` selects only such rows, and perhaps fewer. Both are
needed, since ``-`` turns one into the other. Where they are the same condition, it is exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Q

Condition = Q | bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """The conditions ``may`` and ``must``; True selects every row, False none."""

    may: Condition
    must: Condition

    @property
    def exact(self) -> bool:
        """True where ``may`` selects what the query selects."""
        return self.may is self.must or (isinstance(self.may, bool) and self.may == self.must)

    def negated(self) -> "Bounds":
        """The bounds of what this one does not select."""
        if self.exact:
            return exactly(_not(self.may))
        return Bounds(_not(self.must), _not(self.may))


def exactly(condition: Condition) -> Bounds:
    """Bounds that are one condition."""
    return Bounds(condition, condition)


def at_most(condition: Condition) -> Bounds:
    """Bounds of a query of which ``condition`` selects everything, and perhaps more."""
    return Bounds(condition, False)


UNKNOWN = Bounds(True, False)


def all_bounds(parts: Iterable[Bounds]) -> Bounds:
    """The bounds of what all ``parts`` select."""
    found = list(parts)
    if all(part.exact for part in found):
        return exactly(all_of(part.may for part in found))
    return Bounds(all_of(part.may for part in found), all_of(part.must for part in found))


def any_bounds(parts: Iterable[Bounds]) -> Bounds:
    """The bounds of what at least one of ``parts`` selects."""
    found = list(parts)
    if all(part.exact for part in found):
        return exactly(any_of(part.may for part in found))
    return Bounds(any_of(part.may for part in found), any_of(part.must for part in found))


def as_q(condition: Condition) -> Q:
    """The condition as Django takes it."""
    if isinstance(condition, bool):
        return Q() if condition else Q(pk__in=())
    return condition


def any_of(conditions: Iterable[Condition]) -> Condition:
    """The condition that one of ``conditions`` holds."""
    found = list(conditions)
    if True in [one for one in found if isinstance(one, bool)]:
        return True
    rest = [one for one in found if isinstance(one, Q)]
    return reduce(or_, rest) if rest else False


def all_of(conditions: Iterable[Condition]) -> Condition:
    """The condition that all ``conditions`` hold."""
    found = list(conditions)
    if False in [one for one in found if isinstance(one, bool)]:
        return False
    rest = [one for one in found if isinstance(one, Q)]
    return reduce(and_, rest) if rest else True


def _not(condition: Condition) -> Condition:
    return not condition if isinstance(condition, bool) else ~condition
