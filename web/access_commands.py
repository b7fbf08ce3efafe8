"""The commands that let people in: the first administrator, and codes to set a password with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bpmn.messages import message
from engine import civil_service, journal, people, resets
from engine.errors import InvalidInput, NotFound
from engine.models import Duty, Person, Unit
from engine.settings import Settings
from web import operations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command()
@click.argument("nip")
@click.option("--name", help="Nama, bila direktori masih kosong.")
@click.option("--unit", metavar="KODE:NAMA", help="Unit tertinggi, bila direktori masih kosong.")
def administrator(nip: str, name: str | None, unit: str | None) -> None:
    """Jadikan seorang pegawai administrator, dan buatkan kode masuknya."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    with db.write() as session:
        if people.is_empty(session):
            person = _first(session, nip, name, unit)
        elif name or unit:
            raise InvalidInput(message("--name dan --unit hanya untuk direktori yang kosong."))
        else:
            person = _of_nip(session, nip)
        _give_duty(session, person.id)
        code = _give_code(session, person.id)
    click.echo("Administrator ditetapkan.")
    _show(settings, code)


@click.command("code")
@click.argument("nip")
def give_code(nip: str) -> None:
    """Buat kode masuk bagi seorang pegawai, untuk kata sandi barunya."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    with db.write() as session:
        code = _give_code(session, _of_nip(session, nip).id)
    _show(settings, code)


def _first(session: Session, nip: str, name: str | None, unit: str | None) -> Person:
    code, _, title = (part.strip() for part in (unit or "").partition(":"))
    if not (name and name.strip() and code and title):
        said = message("Direktori masih kosong: berikan juga --name NAMA dan --unit KODE:NAMA.")
        raise InvalidInput(said)
    digits = civil_service.nip(nip)
    office = Unit(code=code, name=title)
    session.add(office)
    session.flush()
    person = Person(
        nip=digits, kind=civil_service.kind_of(digits), name=name.strip(),
        rank=civil_service.NO_RANK, position="Administrator", unit_id=office.id,
    )  # fmt: skip
    session.add(person)
    session.flush()
    details = {"person": person.id, "unit": office.id}
    journal.record(session, "unit.added", {"unit": office.id})
    journal.record(session, "person.added", details)
    return person


def _of_nip(session: Session, nip: str) -> Person:
    person = people.with_nip(session, nip)
    if person is None:
        raise NotFound(message("Tidak ada pegawai dengan NIP itu."))
    if person.left_at is not None:
        raise InvalidInput(message("Pegawai ini tidak bertugas lagi, dan tidak dapat masuk."))
    return person


def _give_duty(session: Session, person_id: int) -> None:
    given = people.actor(session, person_id)
    if given is None or not given.is_administrator:
        session.add(Duty(person_id=person_id, name=people.ADMINISTRATOR))
        details = {"person": person_id, "duty": people.ADMINISTRATOR}
        journal.record(session, "duty.given", details)


def _give_code(session: Session, person_id: int) -> str:
    journal.record(session, "password.reset-given", {"person": person_id})
    return resets.give(session, person_id)


def _show(settings: Settings, code: str) -> None:
    click.echo(f"Kode masuk, berlaku 24 jam dan satu kali: {code}")
    click.echo(f"Kata sandi dibuat di {settings.public_url}/reset")
