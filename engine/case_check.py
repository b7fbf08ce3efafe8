"""Checking one case after the other: its chain, its beginning, its submissions, its seals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from bpmn.messages import AlurError, message
from engine import correction_check, document_check, remark_check, stored, values
from engine.checkpoints import DELETED, Checkpoint
from engine.history import GENESIS, MOVED, SUBMITTING, digest, entry_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection

    from bpmn.messages import Message
    from engine.checkpoints import Checkpoints
    from engine.stored import Row

_NO_NUMBER = 2**63  # sorts behind all cases what is no number


@dataclass(frozen=True)
class OneCase:
    """All that is stored of a case; ``row`` is None where it has vanished."""

    id: int
    row: Row | None
    entries: list[Row]
    submissions: list[Row]
    corrections: list[Row] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    signatures: list[Row] = field(default_factory=list)
    points: list[Checkpoint] = field(default_factory=list)

    @property
    def deleted(self) -> Checkpoint | None:
        """The end of its chain when it was deleted for its age, as the journal has it."""
        return next((point for point in self.points if point.seal == DELETED), None)

    @property
    def unsealed(self) -> int:
        """How many of its entries no seal covers."""
        sealed = max((point.seq for point in self.points), default=0)
        return max(0, len(self.entries) - sealed)


def one_by_one(
    connection: Connection, points: Checkpoints, progress: Callable[[int], None]
) -> Iterator[OneCase]:
    """Every case that anything is stored of, in order."""
    streams = (
        _by_case(stored.rows(connection, stored.CASES), "id"),
        _by_case(stored.rows(connection, stored.ENTRIES, progress=progress), "instance_id"),
        _by_case(stored.rows(connection, stored.SUBMISSIONS), "instance_id"),
        _by_case(stored.rows(connection, stored.CORRECTIONS), "instance_id"),
        _by_case(stored.rows(connection, stored.COMMENTS), "instance_id"),
        _by_case(stored.rows(connection, stored.ATTACHMENTS), "instance_id"),
        _by_case(stored.rows(connection, stored.DOCUMENTS, ahead=20), "instance_id"),
        _by_case(stored.rows(connection, stored.SIGNATURES), "instance_id"),
        _points(points.by_case()),
    )
    for case, (found, *parts) in _side_by_side(streams):
        yield OneCase(case, next(iter(found), None), *parts)


def faults_of_case(case: OneCase) -> Iterator[Message]:
    """What is wrong with a case, beginning with its first bad entry."""
    if case.row is None:
        yield from _faults_of_vanished(case)
        return
    if case.deleted is not None:
        yield message("Kasus {case}: masih ada, padahal tercatat dihapus.", case=_number(case))
    yield from _faults_of_chain(case, case.row)
    yield from _faults_of_seals(case)
    yield from _faults_of_beginning(case, case.row)
    yield from _faults_of_submissions(case)
    for seq, said in correction_check.faults(case.entries, case.corrections):
        yield _entry(case, seq, said) if seq else _of_case(case, said)
    yield from _faults_of_remarks(case)
    for seq, said in document_check.faults(case.entries, case.documents):
        yield _entry(case, seq, said)
    for seq, said in document_check.faults_of_signatures(case.entries, case.signatures):
        yield _entry(case, seq, said)


def _faults_of_vanished(case: OneCase) -> Iterator[Message]:
    end = case.deleted
    left = (
        case.entries, case.submissions, case.corrections, case.comments, case.attachments,
        case.documents, case.signatures,
    )  # fmt: skip
    if end is None or any(left):
        yield message("Kasus {case}: kasusnya hilang.", case=_number(case))
        return
    for point in case.points:
        if point.seq > end.seq or (point.seq == end.seq and point.hash != end.hash):
            yield message(
                "Kasus {case}: dihapus dengan riwayat yang bukan riwayat yang disegel (segel {n}).",
                case=_number(case), n=point.seal,
            )  # fmt: skip


def _faults_of_chain(case: OneCase, row: Row) -> Iterator[Message]:
    previous = GENESIS
    for expected, entry in enumerate(case.entries, start=1):
        if entry["seq"] != expected:
            yield _entry(case, expected, message("hilang"))
            return
        if not is_hash_of(entry):
            yield _entry(case, expected, message("isi atau sambungannya bukan yang dicatat"))
        if entry["previous"] != previous:
            yield _entry(case, expected, message("tidak menyambung ke yang sebelumnya"))
        previous = entry["hash"]
    last = len(case.entries)
    if row["last_seq"] == last and row["last_hash"] == previous:
        return
    if isinstance(row["last_seq"], int) and row["last_seq"] > last:
        yield _entry(case, last + 1, message("hilang"))
    else:
        yield _entry(case, last, message("bukan yang terakhir menurut kasusnya"))


def _faults_of_seals(case: OneCase) -> Iterator[Message]:
    for point in case.points:
        if point.seq > len(case.entries):
            yield _entry(case, len(case.entries) + 1, message("hilang"))
        elif case.entries[point.seq - 1]["hash"] != point.hash:
            said = message("riwayat sampai di sini bukan yang disegel (segel {n})", n=point.seal)
            yield _entry(case, point.seq, said)


def _faults_of_beginning(case: OneCase, row: Row) -> Iterator[Message]:
    first = case.entries[0] if case.entries else {}
    try:
        begun = values.loads(first["details"])
        begun["called"] = {key: one["digest"] for key, one in begun.get("called", {}).items()}
        told = begun | _version_since(case, begun)
        same = (
            (first["kind"], first["person_id"], first["at"], told["subject"])
            == ("instance.started", row["starter_id"], row["started_at"], row["subject_id"])
            and (told["process"], told["version"], told["digest"])
            == (row["key"], row["version"], row["digest"])
            and told["called"] == (values.loads(row["called"]) if row["called"] else {})
        )
    except (AlurError, KeyError, TypeError, AttributeError):
        same = False
    if not same:
        said = message("pegawai, pemulai, saat atau proses kasusnya bukan yang dicatat")
        yield _entry(case, 1, said)


def _version_since(case: OneCase, begun: dict[str, Any]) -> dict[str, Any]:
    """The version that a case follows since it was moved, each time from that before."""
    followed = {name: begun[name] for name in ("version", "digest", "called")}
    for entry in case.entries:
        if entry["kind"] == MOVED:
            told = values.loads(entry["details"])
            if {"called": {}} | told["old"] != followed:
                raise KeyError("old")
            followed = {"called": {}} | told["new"]
    return followed


def _faults_of_submissions(case: OneCase) -> Iterator[Message]:
    """Every completed task and start form has what was submitted, and nothing else was."""
    kept = Counter(_deed(row, row["digest"]) for row in case.submissions if _is_digested(row))
    told = [entry for entry in case.entries if entry["kind"] in SUBMITTING]
    for entry in told:
        if entry["payload"] is not None:
            deed = _deed(entry, entry["payload"])
            if not kept[deed]:
                said = message("isian yang diserahkan hilang atau bukan yang dicatat")
                yield _entry(case, entry["seq"], said)
            kept[deed] -= 1
    if len(case.submissions) > sum(entry["payload"] is not None for entry in told):
        yield message("Kasus {case}: ada isian yang tidak tercatat.", case=_number(case))


def _faults_of_remarks(case: OneCase) -> Iterator[Message]:
    """Comments and files are those that the chain, and what was submitted, tell of."""
    for seq, said in remark_check.faults(case.entries, case.comments, case.attachments):
        yield _entry(case, seq, said) if seq else _of_case(case, said)
    for said in remark_check.faults_of_answers(case.submissions, case.attachments):
        yield _of_case(case, said)


def is_hash_of(entry: Row) -> bool:
    """Whether an entry is what its hash covers."""
    try:
        return bool(entry_hash(entry) == entry["hash"])
    except (AlurError, ValueError, TypeError, AttributeError):
        return False


def _is_digested(row: Row) -> bool:
    return isinstance(row["data"], bytes) and digest(row["data"]) == row["digest"]


def _deed(row: Row, payload: Any) -> tuple[Any, ...]:
    return row["element"], row["person_id"], row["at"], payload


def _number(case: OneCase) -> str:
    return f"{case.id:05d}"


def _entry(case: OneCase, seq: int, said: Message) -> Message:
    return message("Kasus {case}, kejadian {n}: {said}.", case=_number(case), n=seq, said=said)


def _of_case(case: OneCase, said: Message) -> Message:
    return message("Kasus {case}: {said}.", case=_number(case), said=said)


def _by_case(rows: Iterable[Row], column: str) -> Iterator[tuple[int, list[Any]]]:
    def case(row: Row) -> int:
        return row[column] if isinstance(row[column], int) else _NO_NUMBER

    return ((key, list(group)) for key, group in groupby(rows, case))


def _points(found: Iterable[tuple[int, Checkpoint]]) -> Iterator[tuple[int, list[Any]]]:
    for case, group in groupby(found, itemgetter(0)):
        yield case, [point for _, point in group]


def _side_by_side(
    streams: Iterable[Iterator[tuple[int, list[Any]]]],
) -> Iterator[tuple[int, list[list[Any]]]]:
    """What each stream has of a case, case by case; an empty list where it has nothing."""
    streams = list(streams)
    ahead = [next(stream, None) for stream in streams]
    while any(ahead):
        case = min(one[0] for one in ahead if one)
        yield case, [one[1] if one and one[0] == case else [] for one in ahead]
        ahead = [
            next(stream, None) if one and one[0] == case else one
            for stream, one in zip(streams, ahead, strict=True)
        ]
