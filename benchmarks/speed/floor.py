"""The floor as a contestant: `python -m benchmarks.speed.floor URL CASES HOW`, of an office.

What Alur sends to the database for its completions is recorded once, statement by statement as the
product executes it, and sent again in turns to a copy of the database as it was before: no engine,
no decisions, only SQLAlchemy and the database. With HOW ``core`` each statement is executed by
SQLAlchemy's Core, with ``text`` those that Alur sends as text are sent so too.
"""

from __future__ import annotations

import gc
import shutil
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import create_engine, event, make_url, select, text

from benchmarks.speed import contests, offices, procedure
from engine import instances, jobs, ledger, statements
from engine.models import Base, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

    from benchmarks.speed.contests import Turn
    from benchmarks.speed.offices import Office

SENDING: Any = (jobs, ledger)  # modules that send statements as text
Statement = tuple[Any, Any, Any]  # with its parameters and options


@dataclass
class Transaction:
    """What was sent between the check-out of a connection and the end of its transaction."""

    statements: list[Statement] = field(default_factory=list)
    end: str = ""

    def send(self, connections: Engine) -> None:
        """Sends it all again, and reads what is answered."""
        with connections.connect() as connection:
            for statement, parameters, options in self.statements:
                _execute(connection, statement, parameters, options)
            connection.commit() if self.end == "commit" else connection.rollback()


class Recorder:
    """Takes note of what goes to a database: by transaction, and the statements that are sent."""

    def __init__(self, connections: Engine, how: str) -> None:
        self.transactions: list[Transaction] = []
        self.sent = 0
        self._connections = connections
        self._is_text = how == "text"
        self._listeners: dict[str, Callable[..., None]] = {
            "begin": lambda _: self.transactions.append(Transaction()),
            "commit": lambda _: self._ended("commit"),
            "rollback": lambda _: self._ended("rollback"),
            "before_execute": self._executed,
            "before_cursor_execute": self._sent,
        }

    def __enter__(self) -> Recorder:
        for name, listener in self._listeners.items():
            event.listen(self._connections, name, listener)
        for module in SENDING:
            module.send = partial(self._note, statements.send)
            module.send_rows = partial(self._note, statements.send_rows)
        ledger.send_together = partial(self._note, statements.send_together)  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        for name, listener in self._listeners.items():
            event.remove(self._connections, name, listener)
        for module in SENDING:
            module.send, module.send_rows = statements.send, statements.send_rows
        ledger.send_together = statements.send_together

    @property
    def commits(self) -> int:
        """How many transactions were committed."""
        return sum(transaction.end == "commit" for transaction in self.transactions)

    def _ended(self, how: str) -> None:
        self.transactions[-1].end = how

    def _executed(self, _: Connection, statement: Any, many: Any, one: Any, options: Any) -> None:
        self.transactions[-1].statements.append((statement, many or one or None, options))

    def _note(self, send: Callable[..., Any], session: Session, statement: Any, *rows: Any) -> Any:
        """A statement that is sent as text, as SQLAlchemy's Core would be given it."""
        sent = send(session, statement, *rows)
        if not self._is_text:
            given = [dict(row) for row in rows]
            self.transactions[-1].statements.append((statement, given, None))
        return sent

    def _sent(
        self, _: Connection, __: Any, statement: str, parameters: Any, context: Any, ___: bool
    ) -> None:
        self.sent += 1
        if self._is_text and context.compiled is None:
            self.transactions[-1].statements.append((statement, parameters, None))


def record(office: Office, cases: list[int], how: str) -> list[Recorder]:
    """Plays cases; what was sent for each of their completions, in order."""
    recorded = []
    for case in cases:
        for _, given in procedure.way():
            item_id, actor = office.open_item(case)
            with Recorder(office.db.connections, how) as recorder:
                instances.complete(office.db, actor, item_id, given, token=uuid4().hex)
            recorded.append(recorder)
    return recorded


@dataclass
class Floor:
    """A database as it was before the recording, and what is still to be sent to it."""

    connections: Engine
    recorded: Iterator[Recorder]

    def play(self, cases: int, turn: Turn) -> None:
        """Sends what cases have sent."""
        for _ in range(cases * procedure.TASKS):
            completion = next(self.recorded)
            with turn.one():
                for transaction in completion.transactions:
                    transaction.send(self.connections)


def main(url: str, cases: int, how: str) -> None:
    """Records, puts the database back, takes part, and compares in the end what is there."""
    office = offices.at(url)
    started = [office.start() for _ in range(cases)]
    office.db.close()
    with _put_back(url):
        recorded = record(office, started, how)
        left = _rows(office)
        office.db.close()
    gc.collect()
    gc.freeze()  # what was recorded lies in nobody's way
    floor = Floor(office.db.connections, iter(recorded))
    contests.take_part(
        floor.play,
        statements=[recorder.sent for recorder in recorded],
        commits=[recorder.commits for recorder in recorded],
    )
    done = started[: cases - len(list(floor.recorded)) // procedure.TASKS]
    assert {case: _rows(office)[case] for case in done} == {case: left[case] for case in done}


@contextmanager
def _put_back(url: str) -> Iterator[None]:
    """What is done to a database in the block is undone; it is in nobody's use before and after."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        here = Path(address.database or "")
        copy = shutil.copy(here, here.with_suffix(".before"))
        yield
        shutil.move(copy, here)
        return
    name = address.database
    beside = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with beside.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}_before TEMPLATE {name}"))
        yield
        connection.execute(text(f"DROP DATABASE {name}"))
        connection.execute(text(f"ALTER DATABASE {name}_before RENAME TO {name}"))
    beside.dispose()


def _rows(office: Office) -> dict[int, Counter[Any]]:
    """All that is kept of each case."""
    found: dict[int, Counter[Any]] = defaultdict(Counter)
    with office.db.connections.connect() as connection:
        for table in Base.metadata.sorted_tables:
            case = table.c.id if table is Instance.__table__ else table.c.get("instance_id")
            if case is not None:
                for row in connection.execute(select(case, table)):
                    found[row[0]][table.name, *row] += 1
    return found


def _execute(connection: Connection, statement: Any, parameters: Any, options: Any) -> None:
    if isinstance(statement, str):
        result = connection.exec_driver_sql(statement, parameters, options)
    else:
        result = connection.execute(statement, parameters, execution_options=options)
    if result.returns_rows:
        result.all()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
