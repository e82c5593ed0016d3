"""Bulk INSERT and UPDATE statements, and UNION ALL of ordered queries, without the ORM's overhead.

Django's ``bulk_create`` and ``bulk_update`` make a model for each row and build the SQL for each call, which
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

    Values are texts, numbers, booleans and datetimes; ``names`` holds all fields except the primary key.
    """
    _run(_insertion(model, names), _moments(model, names), rows)


def update(model: type[Model], names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Update rows; each row holds values in the order of ``names``, then its primary key.

    Raises DatabaseError.
    """
    _run(_updating(model, names), _moments(model, names), rows)


def values(rows: Iterable[Model], names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows for ``update`` from models: the values of ``names``, then the primary key."""
    return [(*(getattr(row, name) for name in names), row.pk) for row in rows]


def all_of(parts: Sequence[QuerySet[Any, int]]) -> list[int]:
    """The union of the querysets ``parts``, each of one integer column, by one statement; unordered.

    Each part may have an order and a limit, which Django's ``union`` does not support on SQLite.
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
    """The indexes of the datetime fields in ``names``."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return tuple(index for index, name in enumerate(names) if isinstance(fields[name], DateTimeField))


def _column(model: type[Model], name: str) -> str:
    return next(field.column for field in model._meta.concrete_fields if field.name == name)


def _run(statement: str, moments: tuple[int, ...], rows: Iterable[Sequence[Any]]) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    in_utc = _sqlite_text if connection.vendor == "sqlite" else adapt
    adapted = [list(row) for row in rows]
    for row in adapted:
        for index in moments:
            moment = row[index]
            row[index] = in_utc(moment) if moment and moment.tzinfo is UTC else adapt(moment)
    if adapted:
        with connection.cursor() as cursor:
            cursor.executemany(statement, adapted)


def _sqlite_text(moment: datetime) -> str:
    """SQLite's text of a datetime in UTC: equal to Django's, without its several time zone lookups."""
    return str(moment.replace(tzinfo=None))
