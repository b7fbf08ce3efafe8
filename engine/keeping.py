"""How the directory is kept: by administrators, one at a time, and never over another's change."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from bpmn.messages import Message, message
from engine import access, history, values
from engine.database import one_at_a_time
from engine.errors import InvalidInput, NotAllowed, StaleDirectory
from engine.people import MAX_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.people import Actor


@contextmanager
def keeping(db: Database, actor: Actor) -> Iterator[Session]:
    """A transaction in which nobody else keeps the directory.

    Raises `NotAllowed`, and `StaleDirectory` when an import came between.
    """
    if not access.may_administer(actor):
        raise NotAllowed(message("Direktori diatur oleh administrator."))
    try:
        with db.write() as session:
            one_at_a_time(session)
            yield session
    except IntegrityError as error:
        said = message("Direktori baru saja diubah orang lain. Periksa, lalu ulangi.")
        raise StaleDirectory(said) from error


def seen(record: Any) -> str:
    """A digest of what a form shows of a record, which tells whether it has changed since."""
    return history.digest(values.dumps(asdict(record)))


def require_as_shown(record: Any, shown: str) -> None:
    """Raises `StaleDirectory` when a form shows something else than the record is now."""
    if seen(record) != shown:
        raise StaleDirectory(message("Data ini baru saja diubah orang lain. Periksa, lalu ulangi."))


def differences(before: Any, after: Any, personal: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The changed fields, each with its old and new value, or None where that is personal.

    Raises `InvalidInput` when there are none.
    """
    old, new = asdict(before), asdict(after)
    changed = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    if not changed:
        raise InvalidInput(message("Tidak ada yang berubah."))
    return {name: None if name in personal else both for name, both in changed.items()}


def named(text: str, what: Message, longest: int = MAX_NAME) -> str:
    """A text as it is kept: one line, not empty; ``what`` it is called. Raises `InvalidInput`."""
    name = " ".join(text.split())
    if not name:
        raise InvalidInput(message("{what} wajib diisi.", what=what))
    if len(name) > longest:
        raise InvalidInput(message("{what} paling banyak {n} huruf.", what=what, n=longest))
    return name
