"""What the commands work with: the database, and signs of life."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bpmn.messages import message
from engine import installation, occupancy
from engine.database import Database
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from engine.settings import Settings

SHOWN = 50_000  # rows between two signs of life


def connect(settings: Settings) -> Database:
    """The database, which nobody restores until the command ends; see `engine.occupancy`."""
    db = database(settings)
    click.get_current_context().with_resource(occupancy.serving(db))
    return db


def opened(settings: Settings) -> Database:
    """The same, with tables when it is new; raises `WrongRelease` when it does not fit."""
    db = connect(settings)
    if db.revision is None:
        db.migrate()
    installation.require(db)
    return db


def database(settings: Settings) -> Database:
    """The same for who is going to restore it; it is closed when the command ends."""
    settings.make_home()
    try:
        db = Database(settings.database_url, settings.zone)
    except ValueError as error:  # a port that is no number
        raise InvalidInput(message("ALUR_DATABASE_URL tidak dapat dibaca.")) from error
    click.get_current_context().call_on_close(db.close)
    return db


class Signs:
    """Says on stderr how far a long work has come."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def __call__(self, table: str, rows: int) -> None:
        if rows - self._said.get(table, 0) >= SHOWN:
            self._said[table] = rows
            click.echo(f"  {table}: {rows} baris", err=True)
