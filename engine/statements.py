"""Statements that every step sends: compiled once for a kind of database, and sent as text.

SQLAlchemy would look each up in its cache and prepare it anew, which takes as long as SQLite needs
to carry it out: a tenth of a completion. Names, types and what is executed are still SQLAlchemy's.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam

from engine.database import line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import CursorResult, Dialect, Insert
    from sqlalchemy.orm import Session
    from sqlalchemy.sql.dml import UpdateBase

    Row = Mapping[str, Any]
    Spelling = Callable[[Row], Any]  # a row as the driver takes it

TOGETHER = 50  # rows in one statement, whose text grows with them
_COMPILED: dict[tuple[str, UpdateBase, tuple[str, ...]], tuple[str, Spelling]] = {}


def send(session: Session, statement: UpdateBase, *rows: Row) -> CursorResult[Any]:
    """Executes a statement, which is made once, for each of these rows of the same names.

    A name that is no parameter of it is a column that it writes.
    """
    connection = line(session)
    key = connection.dialect.name, statement, tuple(rows[0])
    if key not in _COMPILED:
        _COMPILED[key] = _compiled(connection.dialect, *key[1:])
    text, spelling = _COMPILED[key]
    given = [spelling(row) for row in rows]
    return connection.exec_driver_sql(text, given if len(given) > 1 else given[0])


def send_rows(session: Session, statement: Insert, *rows: Row) -> None:
    """Executes an INSERT that returns nothing for each of these rows.

    PostgreSQL is sent them in one: row by row, a completion takes a tenth longer there.
    """
    if line(session).dialect.name == "sqlite":
        send(session, statement, *rows)
    else:
        send_together(session, statement, *rows)


def send_together(session: Session, statement: Insert, *rows: Row) -> list[Any]:
    """Executes an INSERT for all of these rows in one; gives what it returns, in any order."""
    names = tuple(rows[0])
    returned: list[Any] = []
    for begin in range(0, len(rows), TOGETHER):
        some = rows[begin : begin + TOGETHER]
        given = {f"{name}_{i}": row[name] for i, row in enumerate(some) for name in names}
        sent = send(session, _together(statement, names, len(some)), given)
        returned += sent if sent.returns_rows else []
    return returned


@cache
def _together(statement: Insert, names: tuple[str, ...], rows: int) -> Insert:
    # Of a row after the first SQLAlchemy would not see which column a value is for, and its type.
    columns = statement.table.c
    values: list[dict[str, Any]] = [
        {name: bindparam(f"{name}_{i}", type_=columns[name].type) for name in names}
        for i in range(rows)
    ]
    return statement.values(values)


def _compiled(
    dialect: Dialect, statement: UpdateBase, names: tuple[str, ...]
) -> tuple[str, Spelling]:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)
    binds = compiled.binds.items()
    preset = {name: bind.value for name, bind in binds if not bind.required}
    preset |= {column.key: column.default.arg for column in compiled.insert_prefetch}
    types = {name: bind.type.dialect_impl(dialect) for name, bind in binds}
    processors = {name: known.bind_processor(dialect) for name, known in types.items()}

    order = [(name, processors[name]) for name in compiled.positiontup or processors]

    def values(row: Row) -> tuple[Any, ...]:
        given = {**preset, **row}
        return tuple([way(given[name]) if way else given[name] for name, way in order])

    def named(row: Row) -> dict[str, Any]:
        return dict(zip(processors, values(row), strict=True))

    return compiled.string, values if compiled.positional else named
