"""An office with many open tasks: some that were really started, all others copies of their rows.

Copies are made by SQL, since starting a million cases would take too long. Each is a case of its
own and of another person: an office grows by more people, and not by more work for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, func, insert, literal, literal_column, select, text, true

from benchmarks.speed import procedure
from engine import instances
from engine.models import HistoryEntry, Instance, Job, Person, Role, WorkItem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from benchmarks.speed.offices import Office

STARTED = 200  # open tasks that are no copies, as many at each step
COPIED = 25  # of them, those at the first step: one person's
TABLES = Person, Instance, Role, WorkItem, HistoryEntry, Job


def start(office: Office) -> None:
    """The cases that are no copies; those which will be copied come first."""
    for number in range(STARTED):
        case = office.start()
        for _, given in procedure.way()[: number * procedure.TASKS // STARTED]:
            item_id, actor = office.open_item(case)
            instances.complete(office.db, actor, item_id, given, token=f"{case}-{item_id}")


def grow(office: Office, wanted: int) -> None:
    """Fills an office, where nothing else has happened yet, up to so many open tasks."""
    times = (wanted - STARTED) // COPIED
    with office.db.connections.begin() as connection:
        most = {
            table: connection.scalar(select(func.max(table.id))) or 0
            for table in TABLES
            if hasattr(table, "id")
        }
        for table in TABLES:
            _copy(connection, table, most, times, office.starter.id)
    _settle(office)


def _copy(
    connection: Connection, table: Any, most: dict[Any, int], times: int, person: int
) -> None:
    """Copies the rows of one table: what was of the starter is of a new person in each copy."""
    first = select(literal_column("1").label("n")).cte("copies", recursive=True)
    copies = first.union_all(select(first.c.n + 1).where(first.c.n < times))
    columns = {column.key: getattr(table, column.key) for column in table.__table__.columns}
    owners = {"id": table, "instance_id": Instance, "work_item_id": WorkItem}
    for name in owners.keys() & columns.keys():
        columns[name] += copies.c.n * most[owners[name]]
    for name in ("person_id", "subject_id", "starter_id"):
        if name in columns:
            columns[name] = literal(person) + copies.c.n * most[Person]
    if table is Instance:
        columns["token"] = table.token + cast(copies.c.n, String)
    if table is Person:
        columns["nip"] = cast(literal(10**17) + copies.c.n, String)
    chosen = Person.id == person if table is Person else _case_of(table) <= COPIED
    copied = select(*columns.values()).select_from(table).join(copies, true()).where(chosen)
    connection.execute(insert(table).from_select(list(columns), copied))
    if connection.dialect.name == "postgresql" and "id" in columns:
        newest = func.pg_get_serial_sequence(table.__tablename__, "id")
        connection.execute(
            select(func.setval(newest, select(func.max(table.id)).scalar_subquery()))
        )


def _case_of(table: Any) -> Any:
    return table.id if table is Instance else table.instance_id


def _settle(office: Office) -> None:
    """What a database does by itself in time, it does now."""
    with office.db.connections.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
