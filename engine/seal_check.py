"""Checking the chain of seals: whole, signed, by keys that vouch for each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bpmn.messages import message
from engine import stored
from engine.history import GENESIS, digest
from engine.seals import HEAD, Body, vouching
from engine.signing import PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from bpmn.messages import Message
    from engine.checkpoints import Checkpoints
    from engine.stored import Row


@dataclass(frozen=True)
class KeyChange:
    """That one key followed another, by the journal's entry ``seq``; ``vouched`` by the former."""

    seq: int
    previous: str
    key: str
    vouched: bool

    @classmethod
    def told(cls, seq: int, details: dict[str, Any]) -> KeyChange:
        """The change that an entry tells of; raises `KeyError`, `TypeError` or `ValueError`."""
        old, new = (PublicKey(bytes.fromhex(details[name])) for name in ("previous", "key"))
        signature = bytes.fromhex(details.get("signature", ""))
        vouched = old.has_signed(signature, vouching(new))
        return cls(seq, old.raw.hex(), new.raw.hex(), vouched)


class SealCheck:
    """Takes the seals one after the other, and keeps what those after them need."""

    def __init__(
        self, connection: Connection, points: Checkpoints, changes: Sequence[KeyChange]
    ) -> None:
        self.journal_seq = 0
        self._connection = connection
        self._points = points
        self._changes = changes
        self._number, self._previous = 0, GENESIS
        self._key: str | None = None
        self._reigns: list[tuple[int, str, bool]] = []  # from which seal on which key, vouched

    def faults(self, row: Row) -> Iterator[Message]:
        """The first fault of the next seal, if any."""
        self._number += 1
        if row["number"] != self._number:
            yield _seal(self._number, message("hilang"))
            self._number = row["number"]
        number, packed = self._number, row["body"]
        known = self._points.met(number, packed)
        try:
            body = Body.of(packed)
            said = self._fault(row, body) or self._fault_of_key(number, body)
        except (ValueError, TypeError):
            body, said = None, message("isinya tidak dapat dibaca")
        if said is None and not known:
            said = message("bukan yang tertulis di seals.jsonl")
        if said is not None:
            yield _seal(number, said)
        elif body is not None:
            self._points.add_seal(number, row["heads"])
            self.journal_seq = max(self.journal_seq, body.journal_seq)
        self._previous = digest(packed) if isinstance(packed, bytes) else GENESIS

    def faults_at_the_end(self, trusted: PublicKey | None) -> Iterator[Message]:
        """What only the whole chain shows: missing seals, and keys that nobody vouches for."""
        missing = self._points.missing()
        if missing is not None:
            said = message("ada di seals.jsonl, tetapi tidak di basis data")
            yield _seal(missing, said)
        if trusted is not None and self._reigns:
            number = self._first_foreign(trusted.raw.hex())
            if number is not None:
                yield _seal(number, message("ditandatangani kunci lain"))

    def _fault(self, row: Row, body: Body) -> Message | None:
        key = PublicKey(bytes.fromhex(body.key))
        signed = key.has_signed(row["signature"], row["body"])
        columns = (body.number, datetime.fromisoformat(body.at), key.fingerprint)
        heads = row["heads"]
        n = body.journal_seq
        checks = (
            (signed, message("tanda tangannya tidak cocok")),
            (
                (row["number"], row["at"], row["key"]) == columns,
                message("barisnya bukan yang ditandatangani"),
            ),
            (
                digest(heads) == body.heads and len(heads) == HEAD.size * body.count,
                message("ujung rantainya bukan yang ditandatangani"),
            ),
            (body.previous == self._previous, message("tidak menyambung ke segel sebelumnya")),
            (
                body.journal_hash == self._hash_of_journal(n),
                message("catatan kantor sampai nomor {n} bukan yang disegel", n=n),
            ),
        )
        return next((said for holds, said in checks if not holds), None)

    def _fault_of_key(self, number: int, body: Body) -> Message | None:
        if body.key == self._key:
            return None
        old, self._key = self._key, body.key
        told = [
            change
            for change in self._changes
            if (change.previous, change.key) == (old, body.key) and change.seq <= body.journal_seq
        ]
        self._reigns.append((number, body.key, any(change.vouched for change in told)))
        if old is None or told:
            return None
        return message("ditandatangani kunci lain")

    def _hash_of_journal(self, seq: int) -> str | None:
        if seq == 0:
            return GENESIS
        return stored.hash_of_journal(self._connection, seq)

    def _first_foreign(self, trusted: str) -> int | None:
        """The first seal that the trusted key says nothing of.

        The newest seal covers those before it. Where that is of a later key, each since the
        trusted one must vouch for the next.
        """
        places = [place for place, (_, key, _) in enumerate(self._reigns) if key == trusted]
        if not places:
            return self._reigns[0][0]
        later = self._reigns[places[-1] + 1 :]
        return next((number for number, _, vouched in later if not vouched), None)


def _seal(number: int, said: Message) -> Message:
    return message("Segel {n}: {said}.", n=number, said=said)
