"""What the ORM does not: many rows written at once, and several ordered queries read as one.

``bulk_create`` and ``bulk_update`` make a model for each row and build their SQL anew for each call, which
took half of a commit's time. The statements are the same on SQLite and PostgreSQL.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Model, QuerySet


def insert(model: type[Model], names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values in the order of ``names``, fields of ``model``. Raises DatabaseError.

    The fields are texts, numbers, truth values and moments; all but the primary key are to be given.
    """
    _run(_insertion(model, names), _moments(model, names), rows)


def update(model: type[Model], names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of values in the order of ``names``, then the primary key. Raises DatabaseError."""
    _run(_updating(model, names), _moments(model, names), rows)


def values(rows: Iterable[Model], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """What ``update`` takes, of models that exist."""
    return [(*(getattr(row, name) for name in names), row.pk) for row in rows]


def all_of(parts: Sequence[QuerySet[Any, int]]) -> list[int]:
    """The numbers that ``parts`` give, each of them one column, in one statement; not in order.

    Parts may have an order and a limit of their own, which Django's ``union`` does not let SQLite have.
    """
    compiled = [part.query.sql_with_params() for part in parts]
    statement = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part" for sql, _ in compiled)  # noqa: S608  # Django's own
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in compiled for value in values])
        return [row[0] for row in cursor.fetchall()]


@cache
def _insertion(model: type[Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{_column(model, name)}"' for name in names)
    places = ", ".join(["%s"] * len(names))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608  # our models


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f'"{_column(model, name)}" = %s' for name in names)
    key = model._meta.pk.column
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{key}" = %s'  # noqa: S608  # our models


@cache
def _moments(model: type[Model], names: tuple[str, ...]) -> tuple[int, ...]:
    """At which places of ``names`` a moment stands."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return tuple(place for place, name in enumerate(names) if isinstance(fields[name], DateTimeField))


def _column(model: type[Model], name: str) -> str:
    return next(field.column for field in model._meta.concrete_fields if field.name == name)


def _run(statement: str, moments: tuple[int, ...], rows: Iterable[Sequence[Any]]) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    in_utc = _as_sqlite_has_it if connection.vendor == "sqlite" else adapt
    adapted = [list(row) for row in rows]
    for row in adapted:
        for place in moments:
            moment = row[place]
            row[place] = in_utc(moment) if moment and moment.tzinfo is UTC else adapt(moment)
    if adapted:
        with connection.cursor() as cursor:
            cursor.executemany(statement, adapted)


def _as_sqlite_has_it(moment: datetime) -> str:
    """What Django makes of a moment in UTC, which asks for its zone in several ways."""
    return str(moment.replace(tzinfo=None))
