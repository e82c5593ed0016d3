"""Queries that are compiled once and then only given their values.

Django makes the SQL of a query anew each time, which takes longer than the database does: half of a commit of
one event, and of a look at what is new. So the queries of these two ways are made once, out of ordinary
querysets; the models that they read are made by Django's own ``from_db``.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from typing import Any, Final, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Model, QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=Model)

#: What a query is made with in the place of its values: nothing that a queryset has of its own.
_NUMBER: Final = 7 * 10**18
_TEXT: Final = "\ue000"


class Prepared(Generic[Row]):
    """A query of ``model``, made by ``make`` of its values: numbers, texts, and tuples of them for ``__in``.

    ``make`` must not look at the values: it gives the same queryset whatever they are. No value may be None,
    which SQL never finds equal, and a query that locks rows must run in a transaction, as Django's own must.
    """

    def __init__(self, model: type[Row], make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._model = model
        self._make = make
        self._statements: dict[tuple[int, ...], _Statement] = {}
        fields = model._meta.concrete_fields
        self._names = [field.attname for field in fields]
        self._moments = [place for place, field in enumerate(fields) if isinstance(field, DateTimeField)]

    def models(self, *values: Any) -> list[Row]:
        """What it finds, as models. Raises as ``rows``."""
        return [self._made(list(row)) for row in self.rows(*values)]

    def queryset(self, *values: Any) -> QuerySet[Any, Any]:
        """The same as Django asks it, made anew."""
        return self._make(*(list(value) if isinstance(value, tuple) else value for value in values))

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """What it finds, as the database's driver gives it.

        Raises DatabaseError, TypeError for a value that is None, TransactionManagementError for a query that
        locks rows outside a transaction.
        """
        full = [_padded(value) if isinstance(value, tuple) else (value,) for value in values]
        flat = [value for part in full for value in part]
        if None in flat:
            raise TypeError("A compiled query cannot look for None.")
        key = tuple(map(len, full))
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._compiled(values, full)
        if statement.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A query that locks rows must run in a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, [flat[place] if own else place for own, place in statement.values])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _compiled(self, values: Sequence[Any], full: list[tuple[Any, ...]]) -> "_Statement":
        marks = [_mark(place, value) for place, value in enumerate(value for part in full for value in part)]
        given, used = [], 0
        for value, part in zip(values, full, strict=True):
            chosen = marks[used : used + len(part)]
            given.append(chosen if isinstance(value, tuple) else chosen[0])
            used += len(part)
        query = self._make(*given).query
        sql, params = query.sql_with_params()
        places = {mark: place for place, mark in enumerate(marks)}
        found = [(True, places[value]) if value in places else (False, value) for value in params]
        if {place for own, place in found if own} != set(places.values()):
            raise ValueError("A value of a compiled query does not reach its SQL.")
        return _Statement(sql, found, query.select_for_update)

    def _made(self, values: list[Any]) -> Row:
        """A model. SQLite's moments have no time zone: they are in UTC, as Django wrote them."""
        for place in self._moments:
            if values[place] is not None and values[place].tzinfo is None:
                values[place] = values[place].replace(tzinfo=UTC)
        return self._model.from_db(connection.alias, self._names, values)


class _Statement(NamedTuple):
    """SQL, and for each of its parameters the place of a given value (True), or what it always is (False).

    ``locks``: it locks the rows that it finds.
    """

    sql: str
    values: list[tuple[bool, Any]]
    locks: bool


def _padded(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, the last one repeated until there are 1, 2, 4, 8 …: few lengths, so few statements."""
    length = 1 << (len(values) - 1).bit_length()
    return values + values[-1:] * (length - len(values))


def _mark(place: int, value: Any) -> Any:
    return f"{_TEXT}{place}" if isinstance(value, str) else _NUMBER + place


def by_key(rows: Iterable[Row]) -> dict[int, Row]:
    """The models by their primary keys."""
    return {row.pk: row for row in rows}
