"""The commands around the record: sealing it, looking through it, and handing it out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bpmn.messages import message
from engine import export, seal_file, seals, signing, verification
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
def hand_out(file: Path, case: int | None, replace: bool) -> None:
    """Tulis catatan ke berkas JSON lines yang dapat diperiksa tanpa Alur (docs/evidence.md)."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    public = _own_key(settings)
    written = export.export(db, public, file, operations.Signs(), case=case, replace=replace)
    click.echo(f"Ditulis: {written} baris ke {file}.")


def _own_key(settings: Settings) -> signing.PublicKey | None:
    found = signing.existing(settings)
    return found.public if found else None
