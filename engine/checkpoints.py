"""What seals and the journal say of cases, sorted on the disk: there may be more than fits memory.

An SQLite database of its own in a temporary file, which is gone with the process.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import seals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE head (instance INTEGER, seq INTEGER, hash TEXT, seal INTEGER);
    CREATE TABLE seal (number INTEGER PRIMARY KEY, body BLOB);
"""
DELETED = 0  # in the place of a seal's number


@dataclass(frozen=True)
class Checkpoint:
    """The end of a case's chain as a ``seal`` has it, or as it was when it was deleted."""

    seq: int
    hash: str
    seal: int


class Checkpoints:
    """Collected first, then read in the order of cases."""

    def __init__(self) -> None:
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.executescript(_TABLES)
        self._store.execute("BEGIN")

    def add_seal(self, number: int, heads: bytes) -> None:
        """Keeps the ends of chains that a seal covers."""
        self._add((*seals.HEAD.unpack(head), number) for head in seals.unpacked(heads))

    def add_deleted(self, instance_id: int, seq: int, hashed: str) -> None:
        """Keeps the end of the chain of a case that was deleted for its age."""
        self._add([(instance_id, seq, bytes.fromhex(hashed), DELETED)])

    def by_case(self) -> Iterator[tuple[int, Checkpoint]]:
        """All of them, in the order of cases and entries."""
        rows = self._store.execute(
            "SELECT instance, seq, hash, seal FROM head ORDER BY instance, seq, seal"
        )
        return ((case, Checkpoint(seq, hashed, seal)) for case, seq, hashed, seal in rows)

    def expect(self, sealed: Iterable[tuple[int, bytes]]) -> None:
        """Keeps the bodies of seals that must be in the database."""
        self._store.executemany("INSERT OR IGNORE INTO seal VALUES (?, ?)", sealed)

    def met(self, number: int, body: bytes) -> bool:
        """Whether a seal of the database is as expected; False for another body."""
        found = self._store.execute("SELECT body FROM seal WHERE number = ?", (number,)).fetchone()
        self._store.execute("DELETE FROM seal WHERE number = ?", (number,))
        return found is None or found[0] == body

    def missing(self) -> int | None:
        """The first seal that was expected and not met."""
        row = self._store.execute("SELECT min(number) FROM seal").fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        """Gives the file back."""
        self._store.close()

    def _add(self, rows: Iterable[tuple[int, int, bytes, int]]) -> None:
        named = ((case, seq, hashed.hex(), seal) for case, seq, hashed, seal in rows)
        self._store.executemany("INSERT INTO head VALUES (?, ?, ?, ?)", named)
