"""Compiled queries: querysets whose SQL is generated once and executed with new values.

Django generates the SQL of a queryset for each execution, which takes longer than the database: half of the
time of committing one event, and of reading new events. Only these two paths use compiled queries. Models are
made from their rows by Django's ``from_db``.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from typing import Any, Final, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Model, QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=Model)
Value = TypeVar("Value")

#: Markers for the values while the SQL is compiled; no queryset holds these values itself.
_NUMBER: Final = 7 * 10**18
_TEXT: Final = "\ue000"


class CompiledQuery(Generic[Row]):
    """A query for ``model``. ``make`` builds its queryset from values: numbers, texts, tuples for ``__in``.

    ``make`` must not depend on the values: only their number may change the SQL. No value may be None, which
    SQL never finds equal. A query that locks rows must run in a transaction, as Django's own must.
    """

    def __init__(self, model: type[Row], make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._model = model
        self._make = make
        self._statements: dict[tuple[int, ...], _Statement] = {}
        fields = model._meta.concrete_fields
        self._names = [field.attname for field in fields]
        self._moments = [index for index, field in enumerate(fields) if isinstance(field, DateTimeField)]

    def models(self, *values: Any) -> list[Row]:
        """Execute the query and return models. Raises DatabaseError."""
        return [self._model_of(list(row)) for row in self.rows(*values)]

    def queryset(self, *values: Any) -> QuerySet[Any, Any]:
        """The queryset for these values, uncompiled, for tests and for EXPLAIN."""
        return self._make(*(list(value) if isinstance(value, tuple) else value for value in values))

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """Execute the query and return the driver's rows.

        Raises DatabaseError, TypeError for a value that is None, TransactionManagementError for a query that
        locks rows outside a transaction.
        """
        full = [padded(value) if isinstance(value, tuple) else (value,) for value in values]
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
            cursor.execute(
                statement.sql, [flat[value] if given else value for given, value in statement.values]
            )
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _compiled(self, values: Sequence[Any], full: list[tuple[Any, ...]]) -> "_Statement":
        marks = [_mark(index, value) for index, value in enumerate(value for part in full for value in part)]
        given, used = [], 0
        for value, part in zip(values, full, strict=True):
            chosen = marks[used : used + len(part)]
            given.append(chosen if isinstance(value, tuple) else chosen[0])
            used += len(part)
        query = self._make(*given).query
        sql, params = query.sql_with_params()
        indexes = {mark: index for index, mark in enumerate(marks)}
        found = [(True, indexes[value]) if value in indexes else (False, value) for value in params]
        if {index for own, index in found if own} != set(indexes.values()):
            raise ValueError("A value of a compiled query does not reach its SQL.")
        return _Statement(sql, found, query.select_for_update)

    def _model_of(self, values: list[Any]) -> Row:
        """A model from a row. Datetimes of SQLite have no time zone: Django stores them in UTC."""
        for index in self._moments:
            if values[index] is not None and values[index].tzinfo is None:
                values[index] = values[index].replace(tzinfo=UTC)
        return self._model.from_db(connection.alias, self._names, values)


class _Statement(NamedTuple):
    """SQL with its parameters: (True, index of a given value), or (False, constant value).

    ``locks``: the statement locks the rows that it finds.
    """

    sql: str
    values: list[tuple[bool, Any]]
    locks: bool


def padded(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values, with the last one repeated up to a length of 1, 2, 4, 8 …, so that few statements exist."""
    length = 1 << (len(values) - 1).bit_length()
    return values + values[-1:] * (length - len(values))


def _mark(index: int, value: Any) -> Any:
    return f"{_TEXT}{index}" if isinstance(value, str) else _NUMBER + index


def by_key(rows: Iterable[Row]) -> dict[int, Row]:
    """The models by their primary keys."""
    return {row.pk: row for row in rows}
