"""The commands around the record: sealing it, looking through it, and handing it out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bpmn.messages import message
from engine import archives, event_log, export, seal_file, seals, signing, verification
from engine.errors import InvalidInput
from engine.settings import Settings
from web import operations

existing = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def history() -> None:
    """Riwayat kasus: segel, periksa, keluarkan."""


@history.command()
@click.option("--new-key", is_flag=True, help="Mulai kunci baru; kunci lama menjaminnya bila ada.")
def seal(new_key: bool) -> None:
    """Segel yang terjadi sejak segel terakhir; alur serve melakukannya setiap jam."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    if new_key:
        seals.change_key(db, settings)
    made = seals.seal(db, settings)
    fingerprint = signing.own(settings).public.fingerprint
    click.echo(f"{made} segel baru. Kunci: {fingerprint}" if made else "Tidak ada yang baru.")


@history.command()
def key() -> None:
    """Tulis kunci publik segel, untuk disimpan di tempat lain."""
    public = signing.own(Settings.from_environment()).public
    click.echo(public.pem, nl=False)
    click.echo(f"SHA-256: {public.fingerprint}", err=True)


@history.command()
@click.option("--key", "file", type=existing, help="Kunci publik yang dipercaya, PEM.")
@click.option("--seals", "anchor", type=existing, help="Salinan seals.jsonl di tempat lain.")
def verify(file: Path | None, anchor: Path | None) -> None:
    """Periksa seluruh catatan; keluar dengan 1 dan sebut yang pertama salah."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    trusted = signing.public_key(file) if file else _own_key(settings)
    own = settings.home / seal_file.NAME
    beside = anchor or (own if own.exists() else None)
    verdict = verification.verify(db, trusted, beside, operations.Signs())
    if verdict.seals and trusted is None:
        raise InvalidInput(
            message("seal.key tidak ada di sini. Beri kunci publiknya dengan --key.")
        )
    for said in verdict.faults:
        click.echo(str(said))
    if verdict.found > len(verdict.faults):
        click.echo(f"… {verdict.found - len(verdict.faults)} kesalahan lagi.")
    click.echo(
        f"{verdict.cases} kasus, {verdict.entries} kejadian, {verdict.journal} catatan kantor,"
        f" {verdict.seals} segel; {verdict.unsealed} kejadian sesudah segel terakhir."
        f" Kunci: {trusted.fingerprint if trusted else '–'}"
    )
    sys.exit(1 if verdict.found else 0)


@history.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--case", "case", type=int, help="Hanya kasus nomor ini.")
@click.option("--replace", is_flag=True, help="Ganti berkas yang sudah ada.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["record", *event_log.WRITERS]),
    default="record",
    help="Catatan yang dapat diperiksa (record), atau log kejadian untuk penambangan proses.",
)
@click.option("--process", help="Log kejadian: hanya kasus proses ini.")
@click.option("--names", is_flag=True, help="Log kejadian: nomor kasus dan NIP, bukan samaran.")
def hand_out(
    file: Path, case: int | None, replace: bool, style: str, process: str | None, names: bool
) -> None:
    """Tulis catatan yang dapat diperiksa tanpa Alur (docs/evidence.md), atau log kejadiannya."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    if style == "record":
        if process or names:
            raise InvalidInput(message("--process dan --names hanya untuk log kejadian."))
        public = _own_key(settings)
        written = export.export(db, public, file, operations.Signs(), case=case, replace=replace)
        click.echo(f"Ditulis: {written} baris ke {file}.")
        return
    if case is not None:
        raise InvalidInput(message("--case hanya untuk catatan; log kejadian memuat banyak kasus."))
    write = event_log.WRITERS[style]
    size = 0
    with db.read() as session, archives.whole(file, replace=replace) as written_file:
        batches = event_log.every_case(session, process)
        found = event_log.traces(db, session, batches, event_log.Names(real=names))
        for piece in write(found):
            size += written_file.write(piece)
    click.echo(f"Ditulis: {size} bita ke {file}.")


def _own_key(settings: Settings) -> signing.PublicKey | None:
    found = signing.existing(settings)
    return found.public if found else None
