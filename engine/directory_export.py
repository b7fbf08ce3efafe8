"""Handing the directory out as a file, which is put on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import directory_files, journal, roster, spreadsheets

if TYPE_CHECKING:
    from engine.database import Database

STYLES = ("csv", "xlsx")


def export(db: Database, style: str, person_id: int | None) -> bytes:
    """Everybody who serves as a file of that style, which an import takes without a change."""
    with db.read() as session:
        rows = list(directory_files.rows_of(roster.read(session)))
    written = spreadsheets.as_xlsx(rows) if style == "xlsx" else spreadsheets.as_csv(rows)
    with db.write() as session:
        given = {"style": style, "people": len(rows) - 1}
        journal.record(session, "directory.exported", given, person_id=person_id)
    return written
