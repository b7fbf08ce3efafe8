"""How often one may try to sign in: guessing is slowed down, and nobody is locked out for long.

A try counts for the browser, where this person has signed in at it before. Any other counts for
the account and for the address it comes from: what strangers do there never hinders a browser that
is known. Tries are counted before the password is looked at, so that many at once are no way round.
"""

from __future__ import annotations

import hmac
import math
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bpmn.messages import message
from engine import clock
from engine.errors import TooManyAttempts
from engine.models import Throttle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

# Failures without a wait. An office sits behind one address.
FREE = {"device": 5, "account": 5, "request": 2, "address": 50}
LONGEST_WAIT = 60  # seconds
MEMORY = timedelta(minutes=15)
SWEPT = 100  # rows at a time

Places = dict[str, str]  # kind of place to its bucket


def places(key: bytes, **of: str) -> Places:
    """The buckets of a device, account, request or address: keyed digests that name nobody."""
    return {kind: _bucket(key, kind, value) for kind, value in of.items()}


def count(session: Session, tried: Mapping[str, str]) -> None:
    """Counts a try as failed until `succeeded` says otherwise.

    Raises `TooManyAttempts`, and has then counted nothing: waiting grows by failures alone.
    """
    now = clock.now()
    kinds = {bucket: kind for kind, bucket in tried.items()}
    rows = sorted(_locked(session, kinds, now), key=lambda row: row.bucket)
    _require_no_wait(rows, now)
    for row in rows:
        failures = 1 if row.last_at < now - MEMORY else row.failures + 1
        until = now + _wait(failures - FREE[kinds[row.bucket]])
        mine = update(Throttle).where(Throttle.bucket == row.bucket)
        session.execute(mine.values(failures=failures, last_at=now, until=until))
    _sweep(session, now)


def succeeded(session: Session, tried: Mapping[str, str]) -> None:
    """Takes a counted try back; who it was is known now, but not who else is at the address."""
    # In the order in which tries are counted, so that two never wait for each other.
    mine = select(Throttle.bucket).where(Throttle.bucket.in_(tried.values()))
    session.execute(mine.order_by(Throttle.bucket).with_for_update())
    known = [bucket for kind, bucket in tried.items() if kind != "address"]
    session.execute(delete(Throttle).where(Throttle.bucket.in_(known)))
    shared = Throttle.bucket == tried.get("address"), Throttle.failures > 0
    session.execute(update(Throttle).where(*shared).values(failures=Throttle.failures - 1))


def _bucket(key: bytes, kind: str, value: str) -> str:
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()


def _locked(session: Session, buckets: Mapping[str, str], now: datetime) -> list[Throttle]:
    """The rows of these buckets, made where they are missing; nobody else counts there now."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[session.get_bind().dialect.name].insert
    new = {"failures": 0, "last_at": now, "until": now}
    # Always in the same order, so that two never wait for each other.
    once = insert(Throttle).values([{"bucket": bucket, **new} for bucket in sorted(buckets)])
    # Doing nothing at a conflict would neither lock nor give the row.
    same = once.on_conflict_do_update(
        index_elements=["bucket"], set_={"bucket": once.excluded.bucket}
    )
    return list(session.scalars(same.returning(Throttle)))


def _require_no_wait(rows: list[Throttle], now: datetime) -> None:
    longest = max((row.until - now).total_seconds() for row in rows)
    if longest > 0:
        seconds = math.ceil(longest)
        said = message("Terlalu banyak percobaan. Coba lagi dalam {n} detik.", n=seconds)
        raise TooManyAttempts(said, seconds)


def _wait(beyond: int) -> timedelta:
    """1, 2, 4 … seconds for the failures beyond the free ones."""
    if beyond <= 0:
        return timedelta(0)
    return timedelta(seconds=min(LONGEST_WAIT, 2 ** min(beyond - 1, 6)))


def _sweep(session: Session, now: datetime) -> None:
    """Deletes some of what is forgotten, and waits for nobody who is just counting there."""
    old = select(Throttle.bucket).where(Throttle.last_at < now - MEMORY).limit(SWEPT)
    forgotten = session.scalars(old.with_for_update(skip_locked=True)).all()
    if forgotten:
        session.execute(delete(Throttle).where(Throttle.bucket.in_(forgotten)))
