"""``seals.jsonl``: every seal as a line outside the database, an anchor to be copied elsewhere."""

from __future__ import annotations

import fcntl
import os
from base64 import b64encode
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
from sqlalchemy import select

from engine import clock
from engine.models import Seal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.database import Database
    from engine.settings import Settings

NAME = "seals.jsonl"
_TAIL = 65_536  # bytes; far more than a line has


def append(db: Database, settings: Settings) -> None:
    """Brings the seals that the file does not have to its end."""
    handle = os.open(settings.home / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last_number(file)
        with db.read() as session:
            query = select(Seal).where(Seal.number > last).order_by(Seal.number)
            for seal in session.scalars(query.execution_options(yield_per=500)):
                file.write(orjson.dumps(as_line(seal), option=orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())


def as_line(seal: Seal) -> dict[str, Any]:
    """A seal without the ends of the chains, whose digest is in its body."""
    return {
        "number": seal.number, "body": seal.body.decode(), "key": seal.key,
        "signature": b64encode(seal.signature).decode(),
    }  # fmt: skip


def lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The number and body of each seal in a file; a line that was torn off is left out."""
    with file.open("rb") as content:
        for line in content:
            try:
                read = orjson.loads(line)
                yield int(read["number"]), read["body"].encode()
            except (ValueError, KeyError, TypeError, AttributeError):
                continue


def put_aside(settings: Settings) -> Path | None:
    """Gives the file of a database that has been replaced another name; None if there is none."""
    file = settings.home / NAME
    if not file.exists():
        return None
    aside = file.with_name(f"seals-{clock.now():%Y%m%dT%H%M%SZ}.jsonl")
    return file.rename(aside)


def _last_number(file: BinaryIO) -> int:
    """The number of the last whole line, behind which the file then goes on."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - _TAIL))
    tail = file.read()
    whole = tail.rfind(b"\n") + 1
    file.truncate(start + whole)  # what a killed process has begun
    file.seek(0, os.SEEK_END)
    last = tail[:whole].splitlines()[-1:]
    return int(orjson.loads(last[0])["number"]) if last else 0
