"""Seals: checkpoints signed by the installation's key, over the ends of all chains.

A seal covers the cases that have changed since the one before. `docs/evidence.md` describes the
format, and what it proves.
"""

from __future__ import annotations

import logging
import struct
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, insert, select

from bpmn.messages import message
from engine import clock, jobs, journal, seal_file, signing
from engine.database import one_at_a_time
from engine.errors import SealRefused
from engine.history import GENESIS, digest
from engine.models import HistoryEntry, Instance, JournalEntry, Seal
from engine.signing import PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.models import Job
    from engine.settings import Settings
    from engine.signing import SigningKey

KIND = "seal"
EVERY = timedelta(hours=1)
MARGIN = timedelta(minutes=15)  # a step's instant is read some time before it is committed
MAX_HEADS = 100_000  # of one seal: 4.4 MB
PAGE = 50
KEY_CHANGED = "seal.key-changed"
HEAD = struct.Struct(">QI32s")  # the end of a case's chain: its number, the entry, its hash
log = logging.getLogger("alur.seals")


@dataclass(frozen=True)
class Body:
    """What a seal signs, as JSON with sorted keys.

    ``until`` says of which instant on entries may not be sealed yet (ISO 8601; None: of the
    beginning), ``heads`` is the digest of as many ends of chains as ``count`` says, ``previous``
    that of the body before, ``key`` the public key, ``highest`` the newest case's number.
    """

    number: int
    at: str
    until: str | None
    heads: str
    count: int
    previous: str
    journal_seq: int
    journal_hash: str
    key: str
    highest: int
    format: int = 1

    def packed(self) -> bytes:
        """The bytes that are signed."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)

    @classmethod
    def of(cls, packed: bytes) -> Body:
        """The body of these bytes; raises `ValueError` when they are none."""
        try:
            body = cls(**orjson.loads(packed))
        except TypeError as error:
            raise ValueError(error) from error
        if body.packed() != packed:
            raise ValueError(packed)
        return body


def run(db: Database, job: Job, settings: Settings) -> None:
    """The hourly round of a worker."""
    try:
        seal(db, settings)
    except SealRefused as error:
        log.warning("not sealed: %s", type(error).__name__)
    jobs.come_again(db, job, EVERY)


def seal(db: Database, settings: Settings) -> int:
    """Seals what has changed since the last seal; how many seals that took.

    Raises `SealRefused` when the last one is of another key.
    """
    key, made, begun = signing.own(settings), 0, clock.now()
    with db.read() as session:
        last = newest(session)
        changed = None if last is None else _unsealed(session, last, begun)
    after: int | None = 0
    while after is not None:
        with db.read() as session:
            heads, after = _heads(session, changed, after, known=_known(session, last))
        with db.write() as session:
            made += _seal(session, key, heads, begun if after is None else None)
    seal_file.append(db, settings)
    return made


def change_key(db: Database, settings: Settings) -> PublicKey:
    """Gives the installation a new key, for which the old one vouches if it is still there."""
    old, new = signing.existing(settings), signing.SigningKey(signing.make())
    with db.write() as session:
        one_at_a_time(session)
        last = newest(session)
        if last is not None:  # before the first seal there is nothing to vouch for
            details = {"key": new.public.raw.hex(), "previous": Body.of(last.body).key}
            if old is not None and old.public.raw.hex() == details["previous"]:
                details["signature"] = old.sign(vouching(new.public)).hex()
            journal.record(session, KEY_CHANGED, details)
    with settings.written(signing.FILE, new.pem) as made:
        made.replace(settings.home / signing.FILE)
    return new.public


def vouching(key: PublicKey) -> bytes:
    """What the old key signs to make a new one its successor."""
    return b"alur seal key " + key.raw


def newest(session: Session) -> Seal | None:
    """The last seal."""
    return session.scalar(select(Seal).order_by(Seal.number.desc()).limit(1))


def page(session: Session, before: int | None = None) -> Sequence[Seal]:
    """The newest seals, or those before one."""
    query = select(Seal).order_by(Seal.number.desc()).limit(PAGE)
    return session.scalars(query if before is None else query.where(Seal.number < before)).all()


def count_unsealed(session: Session) -> int:
    """About how many entries of cases no seal covers: those since it was last made."""
    last = newest(session)
    query = select(func.count()).select_from(HistoryEntry)
    until = Body.of(last.body).until if last else None
    if until is not None:
        query = query.where(HistoryEntry.at >= datetime.fromisoformat(until))
    return session.scalar(query) or 0


def _unsealed(session: Session, last: Seal, now: datetime) -> Any:
    """The condition of cases that may have changed since the last seal; None for all."""
    until = Body.of(last.body).until
    if until is None:
        return None
    # A clock that went back must not hide what was done since.
    since = min(datetime.fromisoformat(until), now) - MARGIN
    return Instance.id.in_(select(HistoryEntry.instance_id).where(HistoryEntry.at >= since))


def _known(session: Session, last: Seal | None) -> frozenset[bytes]:
    if last is None:
        return frozenset()
    packed = session.scalar(select(Seal.heads).where(Seal.number == last.number)) or b""
    return frozenset(unpacked(packed))


def _heads(
    session: Session, changed: Any, after: int, *, known: frozenset[bytes]
) -> tuple[list[bytes], int | None]:
    """The ends of up to `MAX_HEADS` chains behind a case, and behind which to go on, if any."""
    query = select(Instance.id, Instance.last_seq, Instance.last_hash).where(Instance.id > after)
    if changed is not None:
        query = query.where(changed)
    rows = session.execute(query.order_by(Instance.id).limit(MAX_HEADS + 1)).all()
    more, rows = rows[MAX_HEADS:], rows[:MAX_HEADS]
    packed = (HEAD.pack(i, seq, bytes.fromhex(hashed)) for i, seq, hashed in rows)
    heads = [head for head in packed if head not in known]
    return heads, rows[-1].id if more else None


def unpacked(heads: bytes) -> Iterator[bytes]:
    """The packed ends of chains, one by one."""
    return (heads[at : at + HEAD.size] for at in range(0, len(heads), HEAD.size))


def _seal(session: Session, key: SigningKey, heads: list[bytes], until: datetime | None) -> bool:
    """Makes the next seal, unless there is nothing that the last one does not say."""
    one_at_a_time(session)  # and none appends to the journal or seals meanwhile
    last, office, public = newest(session), journal.head_of(session), key.public
    before = Body.of(last.body) if last else None
    if before and before.key != public.raw.hex():
        _require_change(session, before, public)
    elif before and not heads and before.journal_seq == office.seq:
        return False
    packed = b"".join(heads)
    body = Body(
        number=before.number + 1 if before else 1,
        at=clock.now().astimezone(UTC).isoformat(),
        until=until.isoformat() if until else before.until if before else None,
        heads=digest(packed),
        count=len(heads),
        previous=digest(last.body) if last else GENESIS,
        journal_seq=office.seq,
        journal_hash=office.hash,
        key=public.raw.hex(),
        highest=session.scalar(select(func.max(Instance.id))) or 0,
    )
    signed = body.packed()
    row = {
        "number": body.number, "at": datetime.fromisoformat(body.at), "body": signed,
        "heads": packed, "key": public.fingerprint, "signature": key.sign(signed),
    }  # fmt: skip
    session.execute(insert(Seal).values(**row))
    return True


def _require_change(session: Session, before: Body, public: PublicKey) -> None:
    changes = select(JournalEntry.details).where(JournalEntry.kind == KEY_CHANGED)
    newest_change = session.scalar(changes.order_by(JournalEntry.seq.desc()).limit(1))
    told = orjson.loads(newest_change) if newest_change else {}
    if (told.get("key"), told.get("previous")) != (public.raw.hex(), before.key):
        raise SealRefused(
            message(
                "Segel terakhir dibuat dengan kunci lain ({key}). Salin seal.key itu ke sini,"
                " atau mulai kunci baru dengan: alur history seal --new-key",
                key=PublicKey(bytes.fromhex(before.key)).fingerprint[:12],
            )
        )
