"""The commands of an administrator: the schema, a backup, and putting one back."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson

from bpmn.messages import message
from engine import arrivals, backup, occupancy, seal_file
from engine.database import Database
from engine.errors import InvalidInput
from engine.settings import Settings

SHOWN = 50_000  # rows between two signs of life
archive_file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
def migrate() -> None:
    """Bawa basis data ke susunan rilis ini, juga selagi Alur melayani."""
    db = connect(Settings.from_environment())
    db.migrate()
    db.close()
    click.echo("Basis data siap.")


@click.command("backup")
@archive_file
@click.option("--replace", is_flag=True, help="Ganti berkas yang sudah ada.")
def back_up(file: Path, replace: bool) -> None:
    """Cadangkan basis data ke satu berkas, juga selagi Alur melayani."""
    db = connect(Settings.from_environment())
    taken = backup.back_up(db, file, Signs(), replace=replace)
    db.close()
    click.echo(f"Dicadangkan: {taken.rows} baris ke {file}.")


@click.command()
@archive_file
@click.option("--replace", is_flag=True, help="Ganti seluruh isi basis data yang ada.")
def restore(file: Path, replace: bool) -> None:
    """Pulihkan basis data dari sebuah cadangan; Alur tidak boleh sedang melayani."""
    settings = Settings.from_environment()
    db = _database(settings)
    taken = backup.restore(db, file, Signs(), replace=replace)
    db.close()
    at = taken.at.astimezone(ZoneInfo(settings.zone))
    click.echo(f"Dipulihkan: {taken.rows} baris, dicadangkan {at:%d-%m-%Y %H:%M}.")
    if (aside := seal_file.put_aside(settings)) is not None:
        click.echo(f"Segel basis data yang lama dipindahkan ke {aside}.")


@click.command("message")
@click.argument("name")
@click.option("--key", help="Nilai alur:correlation dari yang menunggu.")
@click.option("--data", default="{}", help="Yang dibawa pesan itu, JSON.")
def send_message(name: str, key: str | None, data: str) -> None:
    """Kirim pesan dari luar kepada kasus yang menunggunya; dikerjakan oleh serve atau worker."""
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(message("{option} bukan JSON.", option="--data")) from error
    if not isinstance(given, dict):
        raise InvalidInput(message("{option} harus objek JSON.", option="--data"))
    db = connect(Settings.from_environment())
    with db.write() as session:
        arrivals.send(session, name, key, given)
    db.close()
    click.echo(f'Pesan "{name}" dikirim.')


def opened(settings: Settings) -> Database:
    """The same, with tables when it is new; raises `InvalidInput` when it is out of date."""
    db = connect(settings)
    if db.revision is None:
        db.migrate()
    if not db.is_current:
        raise InvalidInput(message("Basis data bukan dari rilis ini. Jalankan: alur migrate"))
    return db


def read(file: Path) -> bytes:
    """What is in a file that a command was given; raises `InvalidInput`."""
    try:
        return file.read_bytes()
    except OSError as error:
        said = message("{file} tidak dapat dibaca: {reason}", file=file, reason=error.strerror)
        raise InvalidInput(said) from error


def connect(settings: Settings) -> Database:
    """The database, which nobody restores until the command ends; see `engine.occupancy`."""
    db = _database(settings)
    click.get_current_context().with_resource(occupancy.serving(db))
    return db


def _database(settings: Settings) -> Database:
    settings.make_home()
    try:
        return Database(settings.database_url, settings.zone)
    except ValueError as error:  # a port that is no number
        raise InvalidInput(message("ALUR_DATABASE_URL tidak dapat dibaca.")) from error


class Signs:
    """Says on stderr how far a long work has come."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def __call__(self, table: str, rows: int) -> None:
        if rows - self._said.get(table, 0) >= SHOWN:
            self._said[table] = rows
            click.echo(f"  {table}: {rows} baris", err=True)
