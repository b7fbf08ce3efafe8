"""A person's data as files, written piece by piece: labels in Indonesian, whatever the page's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import orjson

from bpmn.messages import message
from engine import (
    attachments,
    cases,
    civil_service,
    comments,
    corrections,
    courses,
    deployments,
    instruments,
    own_data,
    people,
    spreadsheets,
)
from engine.instruments import Period
from engine.punctuality import done_at
from tasks import tables
from tasks.digest import REASONS
from tasks.persons import Directory, Person
from web import record
from web.words import CAPACITIES, DUTIES, STANDS_IN, STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.database import Database
    from engine.models import Attachment, Comment, Instance, Notice, Substitution
    from engine.own_data import Held, Look
    from tasks.forms import Shown

Pieces = Iterator[bytes]
One = TypeVar("One")
ACTS = {
    "viewed": message("Melihat"),
    "worked": message("Mengerjakan"),
    "changed": message("Mengubah"),
}
SUPERIOR = message("Atasan")
NOBODY = "–"


def steps_of(db: Database, session: Session, case: Instance) -> list[record.Step]:
    """What was submitted in a case, as its page shows it."""
    diagram = deployments.program_of(db, case).diagram
    submitted = corrections.answers(session, case.id)
    corrected = corrections.of_case(session, case.id)
    course = courses.of_case(session, case.id, diagram)
    return record.steps(course, cases.work(session, case.id), submitted, corrected)


def place_names(db: Database, case: Instance, places: Sequence[str]) -> list[str | Message]:
    """What the places of a case are called in its diagram; who started it has none there."""
    names = deployments.program_of(db, case).diagram.names
    called: dict[str, str | Message] = {**CAPACITIES, **names}
    found = {str(name): name for name in (called.get(place, place) for place in places)}
    return [found[name] for name in sorted(found)]


def capacity(db: Database, look: Look) -> list[str | Message]:
    """As what somebody processed the data, by their places in the case and their duties now."""
    found: list[str | Message] = []
    if look.case is not None:
        found += place_names(db, look.case, look.places)
    if look.is_superior:
        found.append(SUPERIOR)
    return found + [DUTIES[name] for name in look.duties if name in DUTIES]


def as_json(db: Database, person_id: int) -> Pieces:
    """Everything that is held of a person; lists go on as they are read."""
    zone = ZoneInfo(db.zone)
    with db.read() as session:
        held = own_data.held(session, person_id)
        above = people.superiors(session, person_id)
    yield b'{"Pegawai":' + _json(_person(held))
    yield b',"Kelompok":' + _json(list(held.groups))
    duties = [" ".join(filter(None, (str(DUTIES.get(n, n)), unit))) for n, unit in held.duties]
    yield b',"Peran":' + _json(duties)
    yield b',"Penggantian":' + _json([_substitution(one) for one in held.substitutions])
    signed_in = [
        {
            "Masuk": _moment(one.at, zone), "Terakhir terlihat": _moment(one.seen_at, zone),
            "Peramban": one.agent,
        }
        for one in held.sign_ins
    ]  # fmt: skip
    yield b',"Sesi masuk":' + _json(signed_in)
    yield from _list(b',"Kasus tentang saya":', _cases(db, person_id, zone))
    yield from _list(b',"Kasus yang saya ikuti":', _parts(db, person_id))
    yield from _list(b',"Komentar saya":', _comments(db, person_id, zone))
    yield from _list(b',"Berkas dari saya":', _files(db, person_id, zone))
    yield from _list(b',"Lembar monitoring yang saya tanda tangani":', _sheets(db, person_id, zone))
    yield from _list(b',"Pemberitahuan":', _notices(db, person_id, zone))
    yield from _list(b',"Pemrosesan data saya":', _looks(db, person_id, above))
    yield b"}"


def as_csv(db: Database, person_id: int) -> Pieces:
    """Who processed a person's data, newest first, for a spreadsheet."""
    heading = ["Hari", "Nama", "Jabatan", "Sebagai", "Perbuatan", "Kasus"]
    with db.read() as session:
        above = people.superiors(session, person_id)
    yield b"\xef\xbb\xbf" + _line(heading)  # a mark by which spreadsheets know UTF-8
    for look in _looks(db, person_id, above):
        yield _line([spreadsheets.guarded(look[name]) for name in heading])


def _person(held: Held) -> dict[str, Any]:
    person = held.person
    return {
        "Nama": person.name, "NIP": civil_service.spaced(person.nip), "Status": person.kind.upper(),
        "Pangkat": person.rank, "Jabatan": person.position, "Unit kerja": person.unit.name,
        "Kepala instansi": person.is_agency_head,
        "Atasan langsung": held.superior.name if held.superior else None,
        "Alamat surel": person.email, "Memakai kalender tugas": person.feed is not None,
    }  # fmt: skip


def _substitution(one: Substitution) -> dict[str, Any]:
    return {
        "Yang digantikan": one.absent.name, "Pengganti": one.substitute.name,
        "Sebagai": str(STANDS_IN.get(one.capacity, one.capacity)), "Dari": _day(one.first_day),
        "Sampai": _day(one.last_day), "Alasan": one.reason,
        "Diakhiri lebih awal": one.ended_at is not None,
    }  # fmt: skip


def _cases(db: Database, person_id: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for case in _paged(db, lambda s, b: own_data.cases_about(s, person_id, b), lambda c: c.id):
        with db.read() as session:
            done = steps_of(db, session, case)
            said = comments.of_case(session, case.id)
            attached = attachments.attached(session, case.id)
        yield {
            "Nomor": case.number, "Proses": case.definition.name,
            "Versi": case.definition.version, "Keadaan": str(STATUSES[case.status]),
            "Dimulai": _moment(case.started_at, zone), "Berakhir": _moment(case.ended_at, zone),
            "Yang diisi": [_step(db, step, zone) for step in done],
            "Komentar": [{"Oleh": one.person.name} | _comment(one, zone) for one in said],
            "Lampiran": [_file(one, zone) for one in attached if one.removed_at is None],
        }  # fmt: skip


def _step(db: Database, step: record.Step, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "Langkah": step.name, "Oleh": step.item.closer.name if step.item.closer else None,
        "Dikerjakan": _moment(done_at(step.item), zone),
        "Selesai": _moment(step.item.closed_at, zone),
        "Isian": _answers(db, step.answers),
        "Koreksi": [
            {
                "Oleh": one.by, "Pada": _moment(one.at, zone), "Alasan": one.reason,
                "Semula": _answers(db, one.old), "Menjadi": _answers(db, one.new),
            }
            for one in step.corrections
        ],
    }  # fmt: skip


def _answers(db: Database, shown: Sequence[tuple[Any, Shown]]) -> list[dict[str, Any]]:
    return [{"Isian": label, "Nilai": _answer(db, value)} for label, value in shown]


def _answer(db: Database, value: Shown) -> Any:
    if isinstance(value, tables.Answer):
        headings = [str(heading) for heading in value.headings]
        rows = [[_answer(db, cell) for cell in row] for row in value.rows]
        return [dict(zip(headings, row, strict=True)) for row in rows]
    return Directory(db).shown(value) if isinstance(value, Person) else str(value)


def _parts(db: Database, person_id: int) -> Iterator[dict[str, Any]]:
    pages = _paged(db, lambda s, b: own_data.parts_taken(s, person_id, b), lambda part: part[0].id)
    for case, places in pages:
        names = [str(name) for name in place_names(db, case, places)]
        yield {"Nomor": case.number, "Proses": case.definition.name, "Sebagai": names}


def _comments(db: Database, person_id: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for one in _paged(db, lambda s, b: own_data.comments(s, person_id, b), lambda c: c.id):
        yield {"Kasus": _number(one.instance_id)} | _comment(one, zone)


def _files(db: Database, person_id: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for one in _paged(db, lambda s, b: own_data.files(s, person_id, b), lambda f: f.id):
        yield {"Kasus": _number(one.instance_id)} | _file(one, zone)


def _sheets(db: Database, person_id: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for one in _paged(db, lambda s, b: own_data.sheets(s, person_id, b), lambda row: row.id):
        yield {
            "Lembar": one.id, "Jenis": str(instruments.KINDS[one.kind]), "Proses": one.key,
            "Unit": one.unit.name, "Masa": str(Period(one.kind, one.first).name),
            "Ditandatangani": _moment(one.signed_at, zone),
        }  # fmt: skip


def _comment(one: Comment, zone: ZoneInfo) -> dict[str, Any]:
    return {"Komentar": one.text, "Pada": _moment(one.at, zone)}


def _file(one: Attachment, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "Nama": one.name, "Ukuran": one.content.size, "SHA-256": one.content.digest,
        "Pada": _moment(one.at, zone),
    }  # fmt: skip


def _notices(db: Database, person_id: int, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for one in _paged(db, lambda s, b: own_data.notices(s, person_id, b), lambda n: n.id):
        yield {
            "Kasus": one.instance.number, "Langkah": _step_name(db, one),
            "Hal": str(REASONS[one.kind]), "Pada": _moment(one.at, zone),
            "Dibaca": _moment(one.read_at, zone),
        }  # fmt: skip


def _step_name(db: Database, one: Notice) -> str | None:
    if one.work_item is None:
        return None
    diagram = deployments.program_of(db, one.instance).diagram
    with db.read() as session:
        return courses.name(session, one.instance_id, diagram, one.work_item.element)


def _looks(db: Database, person_id: int, above: frozenset[int]) -> Iterator[dict[str, str]]:
    pages = _paged(
        db, lambda s, b: own_data.looks(s, person_id, above, b), lambda look: look.noted.id
    )
    for look in pages:
        noted = look.noted
        yield {
            "Hari": _day(noted.day), "Nama": look.by.name, "Jabatan": look.by.position,
            "Sebagai": ", ".join(map(str, capacity(db, look))) or NOBODY,
            "Perbuatan": str(ACTS.get(noted.act, noted.act)),
            "Kasus": _number(noted.instance_id) if noted.instance_id else NOBODY,
        }  # fmt: skip


def _paged(
    db: Database,
    page: Callable[[Session, int | None], Sequence[One]],
    key: Callable[[One], int],
) -> Iterator[One]:
    """All of a list, a page at a time, no connection held in between."""
    before: int | None = None
    while True:
        with db.read() as session:
            found = page(session, before)
        yield from found
        if len(found) < own_data.PAGE:
            return
        before = key(found[-1])


def _list(name: bytes, entries: Iterator[dict[str, Any]]) -> Pieces:
    yield name + b"["
    for number, entry in enumerate(entries):
        yield (b"," if number else b"") + _json(entry)
    yield b"]"


def _number(instance_id: int) -> str:
    return f"{instance_id:05d}"


def _json(value: Any) -> bytes:
    return orjson.dumps(value)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _day(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def _moment(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return instant.astimezone(zone).strftime("%d-%m-%Y %H.%M %Z") if instant else None
