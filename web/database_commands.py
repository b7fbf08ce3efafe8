"""The commands of an administrator: the schema, a backup, putting one back, and a message."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click
import orjson

from bpmn.messages import message
from engine import arrivals, backup, installation, seal_file
from engine.errors import InvalidInput
from engine.settings import Settings
from web import operations

archive_file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
def migrate() -> None:
    """Bawa basis data ke susunan rilis ini, juga selagi Alur melayani."""
    db = operations.connect(Settings.from_environment())
    if installation.is_ahead(db):
        installation.require(db)
    else:
        db.migrate()
    click.echo("Basis data siap.")


@click.command("backup")
@archive_file
@click.option("--replace", is_flag=True, help="Ganti berkas yang sudah ada.")
def back_up(file: Path, replace: bool) -> None:
    """Cadangkan basis data ke satu berkas, juga selagi Alur melayani."""
    db = operations.connect(Settings.from_environment())
    taken = backup.back_up(db, file, operations.Signs(), replace=replace)
    click.echo(f"Dicadangkan: {taken.rows} baris ke {file}.")


@click.command()
@archive_file
@click.option("--replace", is_flag=True, help="Ganti seluruh isi basis data yang ada.")
def restore(file: Path, replace: bool) -> None:
    """Pulihkan basis data dari sebuah cadangan; Alur tidak boleh sedang melayani."""
    settings = Settings.from_environment()
    db = operations.database(settings)
    taken = backup.restore(db, file, operations.Signs(), replace=replace)
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
    db = operations.connect(Settings.from_environment())
    with db.write() as session:
        arrivals.send(session, name, key, given)
    click.echo(f'Pesan "{name}" dikirim.')
