"""Commands about people: the directory from and to files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn.messages import message
from engine import directory_change, directory_export, directory_files, directory_import
from engine.errors import InvalidInput
from engine.settings import Settings
from web import access_commands, operations
from web.directory_words import COUNTS, place
from web.given_files import read

if TYPE_CHECKING:
    from engine.database import Database
    from engine.directory_import import Plan

SHOWN_FAULTS = 50
SIGN = 5_000  # rows between two signs of life


@click.group("people")
def people() -> None:
    """Pegawai: impor, ekspor, administrator."""


people.add_command(access_commands.administrator)
people.add_command(access_commands.give_code)


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--retire-others", is_flag=True, help="Yang tidak ada dalam berkas telah keluar.")
@click.option("--yes", is_flag=True, help="Terapkan tanpa bertanya.")
def bring_in(file: Path, retire_others: bool, yes: bool) -> None:
    """Bawa pegawai dari berkas CSV atau XLSX ke direktori; semuanya atau tidak sama sekali."""
    data = read(file)
    db = operations.opened(Settings.from_environment())
    shown = _plan(db, data, retire_others=retire_others)
    _show(shown)
    if not yes:
        click.confirm("Terapkan?", abort=True, err=True)
        now = _plan(db, data, retire_others=retire_others)
        if now.digest != shown.digest:
            raise directory_change.stale()
        shown = now
    with db.write() as session:
        directory_change.write(session, shown, hashlib.sha256(data).hexdigest(), None)
    click.echo("Diterapkan.")


@people.command("export")
@click.argument("file", type=click.Path(path_type=Path))
def hand_out(file: Path) -> None:
    """Tulis semua pegawai yang bertugas ke berkas .csv atau .xlsx."""
    style = file.suffix.lower().removeprefix(".")
    if style not in directory_export.STYLES:
        raise InvalidInput(message("Nama berkas harus berakhiran .csv atau .xlsx."))
    if file.exists():
        raise InvalidInput(message("{file} sudah ada.", file=file))
    db = operations.opened(Settings.from_environment())
    written = directory_export.export(db, style, None)
    with file.open("xb") as new:
        new.write(written)
    click.echo(f"Ditulis: {file}.")


def _plan(db: Database, data: bytes, *, retire_others: bool) -> Plan:
    """The plan of a file; ends the command with its faults when there are any."""
    table = directory_files.read(data)
    with db.read() as session:
        plan = directory_import.plan(session, table, retire_others=retire_others, tick=_sign)
    if plan.faults:
        for fault in plan.faults[:SHOWN_FAULTS]:
            click.echo(f"{place(fault.row, fault.column)}: {fault.said}", err=True)
        raise InvalidInput(message("{n} kesalahan; tidak ada yang diterapkan.", n=len(plan.faults)))
    return plan


def _sign(rows: int) -> None:
    if rows % SIGN == 0:
        click.echo(f"  {rows} baris", err=True)


def _show(plan: Plan) -> None:
    if plan.ignored:
        click.echo(f"Kolom yang diabaikan: {', '.join(plan.ignored)}")
    for name, label in COUNTS.items():
        if plan.counts[name]:
            click.echo(f"  {plan.counts[name]:>7}  {label}")
