"""Looking through the whole record for what is not as it was written, submitted or sealed.

Everything is read once, in one snapshot of the database and in an order that needs no more memory
for a larger office.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from bpmn.messages import AlurError, message
from engine import monitoring_check, seal_file, stored, values
from engine.case_check import faults_of_case, is_hash_of, one_by_one
from engine.checkpoints import Checkpoints
from engine.history import GENESIS, digest
from engine.monitoring import SIGNED
from engine.seal_check import KeyChange, SealCheck
from engine.seals import KEY_CHANGED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from bpmn.messages import Message
    from engine.database import Database
    from engine.signing import PublicKey
    from engine.stored import Row

    Progress = Callable[[str, int], None]  # a table, and how many of its rows are done

MAX_FAULTS = 20
DELETED = "instance.deleted"


@dataclass
class Verdict:
    """What was found: the first faults of each kind of place, and how much was looked at.

    ``unsealed`` are entries, of cases and of the journal, that no seal covers yet.
    """

    faults: list[Message] = field(default_factory=list)
    found: int = 0
    cases: int = 0
    entries: int = 0
    journal: int = 0
    seals: int = 0
    files: int = 0
    unsealed: int = 0
    _kinds: set[str] = field(default_factory=set)

    def add(self, kind: str, said: Message) -> None:
        """Keeps a fault; of a kind that is there already only while others have room."""
        self.found += 1
        if kind not in self._kinds or len(self.faults) < MAX_FAULTS - len(_KINDS):
            self.faults.append(said)
        self._kinds.add(kind)


_KINDS = ("journal", "seal", "definition", "case", "content", "sheet")


@dataclass
class _Office:
    """What the journal tells that the rest is measured by."""

    last: int = 0
    changes: list[KeyChange] = field(default_factory=list)
    sheets: dict[int, str] = field(default_factory=dict)  # the digest of each signed one


def verify(db: Database, key: PublicKey | None, anchor: Path | None, progress: Progress) -> Verdict:
    """Looks through the record; ``key`` is whose seals are believed, ``anchor`` a file of seals.

    Without a key that of the newest seal is believed.
    """
    verdict = Verdict()
    with closing(Checkpoints()) as points:
        if anchor is not None:  # before the snapshot, which then has all seals of the file
            points.expect(seal_file.lines(anchor))
        with db.snapshot() as connection:
            office = _journal(connection, points, verdict, progress)
            _seals(connection, points, verdict, office, key)
            _definitions(connection, verdict, progress)
            _cases(connection, points, verdict, progress)
            _contents(connection, verdict, progress)
            for said in monitoring_check.faults(_sheets(connection), office.sheets):
                verdict.add("sheet", said)
    return verdict


def _journal(
    connection: Connection, points: Checkpoints, verdict: Verdict, progress: Progress
) -> _Office:
    """The chain of the office, and what it says of deleted cases and of keys."""
    office, previous, whole = _Office(), GENESIS, True
    for row in stored.rows(connection, stored.JOURNAL, progress=_of("journal", progress)):
        expected = office.last + 1
        if whole and (said := _fault_of_journal(row, expected, previous)):
            verdict.add("journal", said)
            whole = False
        office.last, previous = expected, row["hash"]
        verdict.journal += 1
        _note(row, points, office)
    return office


def _fault_of_journal(row: Row, expected: int, previous: str) -> Message | None:
    if row["seq"] != expected:
        return message("Catatan kantor nomor {n}: hilang.", n=expected)
    if not is_hash_of(row):
        return message("Catatan kantor nomor {n}: isinya bukan yang dicatat.", n=expected)
    if row["previous"] != previous:
        return message("Catatan kantor nomor {n}: tidak menyambung ke sebelumnya.", n=expected)
    return None


def _note(row: Row, points: Checkpoints, office: _Office) -> None:
    if row["kind"] not in (DELETED, KEY_CHANGED, SIGNED):
        return
    try:
        told = values.loads(row["details"])
        if row["kind"] == DELETED:
            points.add_deleted(told["instance"], told["seq"], told["hash"])
        elif row["kind"] == SIGNED:
            office.sheets[told["sheet"]] = told["digest"]
        else:
            office.changes.append(KeyChange.told(row["seq"], told))
    except (AlurError, KeyError, TypeError, ValueError):
        return  # damaged, which its hash tells


def _seals(
    connection: Connection,
    points: Checkpoints,
    verdict: Verdict,
    office: _Office,
    key: PublicKey | None,
) -> None:
    check = SealCheck(connection, points, office.changes)
    for row in stored.rows(connection, stored.SEALS, ahead=4):
        for said in check.faults(row):
            verdict.add("seal", said)
        verdict.seals += 1
    for said in check.faults_at_the_end(key):
        verdict.add("seal", said)
    verdict.unsealed += max(0, office.last - check.journal_seq)


def _definitions(connection: Connection, verdict: Verdict, progress: Progress) -> None:
    told = _of("definition", progress)
    for row in stored.rows(connection, stored.DEFINITIONS, ahead=4, progress=told):
        if not isinstance(row["source"], bytes) or digest(row["source"]) != row["digest"]:
            said = message(
                'Proses "{key}" versi {n}: berkasnya bukan yang disimpan waktu itu.',
                key=row["key"], n=row["version"],
            )  # fmt: skip
            verdict.add("definition", said)


def _cases(
    connection: Connection, points: Checkpoints, verdict: Verdict, progress: Progress
) -> None:
    for case in one_by_one(connection, points, _of("history", progress)):
        verdict.cases += case.row is not None
        verdict.entries += len(case.entries)
        verdict.unsealed += case.unsealed
        said = next(faults_of_case(case), None)
        if said is not None:
            verdict.add("case", said)


def _contents(connection: Connection, verdict: Verdict, progress: Progress) -> None:
    """Every kept file is what it was, read piece by piece."""
    rows = stored.rows(connection, stored.CONTENTS, ahead=8, progress=_of("content_part", progress))
    for _, pieces in groupby(rows, itemgetter("id")):
        read, size, first = sha256(), 0, None
        for number, row in enumerate(pieces):
            first = first or row
            if isinstance(row["data"], bytes) and row["number"] == number:
                read.update(row["data"])
                size += len(row["data"])
        verdict.files += 1
        if first and (read.hexdigest(), size) != (first["digest"], first["size"]):
            said = message("Berkas tersimpan {n}: isinya bukan yang disimpan.", n=first["id"])
            verdict.add("content", said)


def _sheets(connection: Connection) -> Iterator[Row]:
    return stored.rows(connection, stored.MONITORING, ahead=20)


def _of(table: str, progress: Progress) -> Callable[[int], None]:
    return lambda done: progress(table, done)
