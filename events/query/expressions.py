"""Conditions on text columns in SQL, of equal meaning on SQLite and PostgreSQL."""

import re
from functools import reduce
from operator import or_
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.sql.compiler import SQLCompiler

from events.query.folding import like_patterns


class _OfColumn(Func):
    """A condition on a column and a text. The templates, and what stands between column and text."""

    output_field = BooleanField()
    sqlite = ""
    postgresql = ""
    joiner = (", ", ", ")

    def __init__(self, column: str, text: str) -> None:
        super().__init__(F(column), Value(text))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.sqlite, arg_joiner=self.joiner[0], **more)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.postgresql, arg_joiner=self.joiner[1], **more)


class Contains(_OfColumn):
    """The column contains exactly the text."""

    sqlite = "(INSTR(%(expressions)s) > 0)"
    postgresql = "(STRPOS(%(expressions)s) > 0)"


class Like(_OfColumn):
    """The column matches the pattern of ``folding.like_patterns``; ASCII letters without case."""

    sqlite = "(%(expressions)s ESCAPE '\\')"
    # In the collation C lower() knows ASCII alone, as SQLite's LIKE does; other ones cost five times as much.
    postgresql = "(LOWER(%(expressions)s)"
    joiner = (" LIKE ", ' COLLATE "C") LIKE ')


def any_like(column: str, text: str) -> tuple[Q, bool]:
    """The condition that the column contains the text without case; False where it may select more."""
    patterns, exact = like_patterns(text)
    return reduce(or_, (Q(Like(column, pattern)) for pattern in patterns)), exact


class Glob(Func):
    """The column matches a pattern in which ``*`` stands for anything, with the case of letters."""

    output_field = BooleanField()

    def __init__(self, column: str, pattern: str) -> None:
        glob = pattern.replace("[", "[[]").replace("?", "[?]")
        like = re.sub(r"[\\%_]", r"\\\g<0>", pattern).replace("*", "%")
        super().__init__(F(column), Value(glob), Value(like))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        column, glob, _ = self.source_expressions
        return _joined(compiler, column, " GLOB ", glob)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        column, _, like = self.source_expressions
        return _joined(compiler, column, ' COLLATE "C" LIKE ', like)


def _joined(compiler: SQLCompiler, left: Any, operator: str, right: Any) -> tuple[str, list[Any]]:
    (left_sql, left_params), (right_sql, right_params) = map(compiler.compile, (left, right))
    return f"({left_sql}{operator}{right_sql})", [*left_params, *right_params]
