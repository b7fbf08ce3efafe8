"""Commands about campaigns: starting a process for many people, looking at it, directing it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import select

from bpmn.messages import message
from engine import campaigns, eligibility, people, scopes
from engine.campaigns import PEOPLE
from engine.eligibility import OBSTACLES, Terms
from engine.errors import InvalidInput
from engine.models import Duty, Person
from engine.settings import Settings
from tasks.forms import as_sent
from tasks.surroundings import Surroundings
from tasks.written_forms import drawn_as, form_for
from web import operations
from web.given_files import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.campaigns import Preview
    from engine.database import Database
    from engine.models import Campaign
    from engine.people import Actor
    from engine.scopes import Scope

SHOWN = 20  # people of each sort in a preview
STATES = {
    campaigns.RUNNING: "berjalan",
    campaigns.PAUSED: "dijeda",
    campaigns.CANCELLED: "dibatalkan",
    campaigns.ENDED: "selesai",
}
by = click.option(
    "--by", metavar="NIP", help="Atas nama siapa; bila tidak disebut, satu-satunya administrator."
)


@click.group("campaign")
def campaign() -> None:
    """Mulai sebuah proses untuk banyak pegawai, dan atur jalannya."""


@campaign.command("start")
@click.argument("key")
@click.option("--unit", metavar="KODE", help="Pegawai sebuah unit beserta unit di bawahnya.")
@click.option("--all", "everybody", is_flag=True, help="Seluruh direktori.")
@click.option("--file", type=click.Path(path_type=Path), help="Berkas CSV atau XLSX berkolom NIP.")
@click.option("--again", is_flag=True, help="Juga yang sudah memiliki kasus yang berjalan.")
@click.option("--data", default="{}", help="Isian formulir awal, JSON.")
@click.option("--yes", is_flag=True, help="Mulai tanpa bertanya.")
@by
def start(key: str, again: bool, data: str, yes: bool, by: str | None, **whom: Any) -> None:
    """Mulai kasus proses KEY untuk banyak pegawai; dikerjakan oleh serve atau worker."""
    if sum(bool(said) for said in whom.values()) != 1:
        raise InvalidInput(message("Sebutkan salah satu: --unit, --all atau --file."))
    given = _json(data)
    db = operations.opened(Settings.from_environment())
    with db.read() as session:
        actor = _acting(session, by)
        scope = _scope(session, actor, **whom)
        diagram = campaigns.process(db, session, key).bound.program.diagram
        beside = eligibility.newest_case(session) if again else 0
        terms = Terms(_filled_in(db, diagram, given), beside)
        found = campaigns.preview(db, session, actor, key, scope, terms)
        _show_preview(session, diagram, found)
    if not found.possible:
        raise InvalidInput(message("Tidak ada yang dapat dimulai."))
    if not yes:
        click.confirm("Mulai?", abort=True, err=True)
    made = campaigns.order(db, actor, key, scope, terms, token=uuid.uuid4().hex)
    click.echo(f"Kampanye {made} diperintahkan; dikerjakan oleh alur serve atau alur worker.")


@campaign.command("list")
@by
def listing(by: str | None) -> None:
    """Kampanye yang ada, yang terbaru dahulu."""
    db = operations.opened(Settings.from_environment())
    with db.read() as session:
        found = campaigns.listed(session, _acting(session, by))
        counts = PEOPLE.counts(session, [one.id for one in found])
    for one in found:
        click.echo(f"{_line(one)}  {_counted(counts[one.id])}")


@campaign.command("show")
@click.argument("number", type=int)
@by
def show(number: int, by: str | None) -> None:
    """Keadaan sebuah kampanye, dan siapa yang tidak dapat dimulai."""
    db = operations.opened(Settings.from_environment())
    with db.read() as session:
        found = campaigns.found(session, _acting(session, by), number)
        counts = PEOPLE.counts(session, [number])[number]
        refused = campaigns.members(session, number, "refused")
    click.echo(_line(found))
    click.echo(f"  {_counted(counts)}")
    for one in refused:
        click.echo(f"  {one.person.nip}  {one.person.name}: {one.reason}")
    if counts.get("refused", 0) > len(refused):
        click.echo(f"  … {counts['refused'] - len(refused)} lagi")


@campaign.command("pause")
@click.argument("number", type=int)
@by
def pause(number: int, by: str | None) -> None:
    """Jeda sebuah kampanye: tidak ada lagi yang dimulai sampai dilanjutkan."""
    _direct(campaigns.pause, number, by, "dijeda")


@campaign.command("resume")
@click.argument("number", type=int)
@by
def resume(number: int, by: str | None) -> None:
    """Lanjutkan sebuah kampanye yang dijeda atau terhenti."""
    _direct(campaigns.resume, number, by, "dilanjutkan")


@campaign.command("cancel")
@click.argument("number", type=int)
@by
def cancel(number: int, by: str | None) -> None:
    """Batalkan sebuah kampanye; kasus yang sudah dimulai tetap berjalan."""
    _direct(campaigns.cancel, number, by, "dibatalkan")


@campaign.command("retry")
@click.argument("number", type=int)
@by
def retry(number: int, by: str | None) -> None:
    """Coba lagi bagi semua yang tadi tidak dapat dimulai."""
    _direct(campaigns.retry, number, by, "mencoba lagi")


def _direct(
    act: Callable[[Database, Actor, int], object], number: int, by: str | None, said: str
) -> None:
    db = operations.opened(Settings.from_environment())
    with db.read() as session:
        actor = _acting(session, by)
    act(db, actor, number)
    click.echo(f"Kampanye {number} {said}.")


def _acting(session: Session, nip: str | None) -> Actor:
    """Who is to have ordered it: the person of a NIP, else the only administrator."""
    if nip is not None:
        person = people.with_nip(session, nip)
        if person is None:
            raise InvalidInput(message("Tidak ada pegawai dengan NIP {nip}.", nip=nip[:40]))
        found = [person.id]
    else:
        duty = Duty.name == people.ADMINISTRATOR, Person.left_at.is_(None)
        holders = select(Duty.person_id).join(Person, Duty.person_id == Person.id).where(*duty)
        found = list(session.scalars(holders.distinct().limit(2)))
    if len(found) != 1:
        raise InvalidInput(message("Sebutkan atas nama siapa: --by NIP."))
    actor = people.actor(session, found[0])
    if actor is None:
        raise InvalidInput(message("Pegawai itu sudah tidak bertugas."))
    return actor


def _scope(
    session: Session, actor: Actor, *, unit: str | None, everybody: bool, file: Path | None
) -> Scope:
    if everybody:
        return scopes.of_all(session, actor)
    if file is not None:
        return scopes.of_file(session, actor, file.name, read(file))
    return scopes.of_unit(session, actor, unit or "")


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        said = message("{option} bukan JSON: {reason}", option="--data", reason=error)
        raise InvalidInput(said) from error
    if not isinstance(value, dict):
        raise InvalidInput(message("{option} harus objek JSON.", option="--data"))
    return value


def _filled_in(db: Database, diagram: Diagram, given: dict[str, Any]) -> dict[str, Any]:
    """The values of the start form; raises `InvalidInput` with all that is wrong with them."""
    asked = diagram.start_form
    unknown = given.keys() - {one.id for one in (drawn_as(asked, {}).form if asked else ())}
    if unknown:
        said = message('--data: isian "{id}" tidak ada di formulir awal.', id=min(unknown)[:40])
        raise InvalidInput(said)
    if asked is None:
        return {}
    form = form_for(asked, {}, as_sent(drawn_as(asked, {}), given), around=Surroundings(db))
    if not form.validate():
        faults = "; ".join(f"{name}: {reason}" for name, reason in form.faults)
        raise InvalidInput(message("--data: {faults}", faults=faults))
    return form.values


def _show_preview(session: Session, diagram: Diagram, found: Preview) -> None:
    click.echo(f"{found.possible:>7}  akan mendapat kasus")
    for obstacle, number in found.obstacles.items():
        click.echo(f"{number:>7}  {OBSTACLES[obstacle]}")
    if found.unknown:
        click.echo(f"{len(found.unknown):>7}  NIP tidak dikenal")
    possible = [one for one in found.people if one.plan is not None][:SHOWN]
    seats = eligibility.seats(session, diagram, possible)
    for one in possible:
        filled = ", ".join(f"{place}: {who}" for place, who in seats[one.person.id])
        click.echo(f"  {one.person.nip}  {one.person.name} ({filled})")
    _more(found.possible)
    refused = [one for one in found.people if one.plan is None]
    for one in refused[:SHOWN]:
        click.echo(f"  {one.person.nip}  tidak: {one.reason}")
    _more(len(refused))
    for row, nip in found.unknown[:SHOWN]:
        click.echo(f"  baris {row}: NIP tidak dikenal: {nip}")
    _more(len(found.unknown))


def _more(number: int) -> None:
    if number > SHOWN:
        click.echo(f"  … {number - SHOWN} lagi")


def _line(one: Campaign) -> str:
    about = one.about or "seluruh direktori"
    at = f"{one.at:%Y-%m-%d %H:%M} UTC"
    return f"{one.id:>5}  {STATES[one.status]:<10}  {one.key}, {about}; {one.person.name}, {at}"


def _counted(counts: dict[str | None, int]) -> str:
    words = {"started": "dimulai", "refused": "tidak dapat", None: "menunggu",
             "cancelled": "dibatalkan"}  # fmt: skip
    return ", ".join(f"{counts[name]} {said}" for name, said in words.items() if name in counts)
