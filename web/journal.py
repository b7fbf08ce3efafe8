"""The office's own record as people read it: a sentence for each entry, names looked up."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template
from flask_login import login_required
from sqlalchemy import select

from bpmn.messages import Message, message
from engine import access, journal, values
from engine.errors import NotAllowed
from engine.models import Group, Person, Unit
from web.visit import database, me, position
from web.words import DEEDS, DUTIES, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from engine.models import JournalEntry

area = Blueprint("journal", __name__, url_prefix="/journal")
# What is in braces are names of an entry's details.
KINDS = {
    "person.added": message("{person} ditambahkan, di {unit}."),
    "person.changed": message("Data {person} diubah: {changed}."),
    "person.left": message("{person} tidak bertugas lagi."),
    "person.returned": message("{person} bertugas kembali."),
    "unit.added": message("Unit {unit} ditambahkan."),
    "unit.changed": message("Unit {unit} diubah: {changed}."),
    "group.added": message("Kelompok {group} ditambahkan."),
    "group.changed": message("Kelompok {group} diubah: {changed}."),
    "group.joined": message("{person} masuk kelompok {group}."),
    "group.left": message("{person} keluar dari kelompok {group}."),
    "duty.given": message("{person} diberi peran {duty}."),
    "duty.taken": message("Peran {duty} dicabut dari {person}."),
    "directory.imported": message(
        "Direktori diimpor: {new} pegawai baru, {changed} berubah, {retired} keluar."
    ),
    "directory.exported": message("Direktori diekspor: {people} pegawai."),
    "password.reset-given": message("Kode masuk dibuat untuk {person}."),
    "password.set": message("Kata sandi {person} diganti."),
    "sign-ins.ended": message("{person} dikeluarkan dari semua peramban."),
    "substitution.set": message("{substitute} ditetapkan sebagai pengganti {absent}."),
    "substitution.ended": message("Penggantian {absent} oleh {substitute} diakhiri."),
    "cases.reassigned": message("Tugas {person} dialihkan kepada {to}."),
    "move.ordered": message(
        "{cases} kasus {key} akan dipindahkan dari versi {old} ke versi {new} (pemindahan {move})."
    ),
    "move.done": message(
        "Pemindahan {move} selesai: {moved} kasus {key} dipindahkan, {refused} tidak."
    ),
    "mass.ordered": message("{deed}: diperintahkan untuk {cases} kasus (tindakan massal {act})."),
    "mass.done": message(
        "{deed}: tindakan massal {act} selesai, {done} kasus berhasil, {refused} tidak."
    ),
    "campaign.ordered": message(
        "Kampanye {campaign} diperintahkan: proses {process} untuk {people} pegawai."
    ),
    "campaign.paused": message("Kampanye {campaign} dijeda."),
    "campaign.resumed": message("Kampanye {campaign} dilanjutkan."),
    "campaign.cancelled": message("Kampanye {campaign} dibatalkan."),
    "campaign.retried": message("Kampanye {campaign}: {people} pegawai dicoba lagi."),
    "campaign.done": message(
        "Kampanye {campaign} selesai: {started} kasus dimulai, {refused} tidak."
    ),
    "instance.deleted": message("Kasus {instance} dihapus karena masa simpannya habis."),
    "retention.set": message("Masa simpan kasus {key} diubah."),
    "case.exported": message("Kasus {instance} diekspor."),
    "events.exported": message("Log kejadian proses {process} diunduh."),
    "register.exported": message("{cases} kasus diunduh sebagai berkas."),
    "monitoring.made": message("Lembar {sheet} ({period}) dibuat: proses {process}, {unit}."),
    "monitoring.signed": message(
        "Lembar {sheet} ({period}) ditandatangani: proses {process}, {unit}."
    ),
    "monitoring.dropped": message(
        "Rancangan lembar {sheet} ({period}) dibuang: proses {process}, {unit}."
    ),
    "process.assigned": message("Penanggung jawab proses {process} ditetapkan."),
    "process.archived": message("Proses {process} diarsipkan."),
    "process.restored": message("Proses {process} dipakai lagi."),
    "publication.asked": message("Versi {version} proses {process} diusulkan untuk berlaku."),
    "publication.planned": message("Versi {version} proses {process} dijadwalkan berlaku."),
    "publication.done": message("Versi {version} proses {process} berlaku."),
    "publication.refused": message("Versi {version} proses {process} ditolak."),
    "publication.withdrawn": message("Pemberlakuan versi {version} proses {process} ditarik."),
    "publication.failed": message("Versi {version} proses {process} gagal berlaku pada harinya."),
    "seal.key-changed": message("Kunci segel instalasi ini diganti."),
}
FIELDS = {
    "nip": message("NIP"),
    "name": message("nama"),
    "rank": message("pangkat"),
    "position": message("jabatan"),
    "unit_id": message("unit kerja"),
    "superior_id": message("atasan"),
    "is_agency_head": message("kepala instansi"),
    "email": message("alamat surel"),
    "parent_id": message("unit di atasnya"),
}
# Of what kind the numbers in the details are.
NUMBERS: dict[str, type[Person | Unit | Group]] = {
    "person": Person, "absent": Person, "substitute": Person, "to": Person, "superior_id": Person,
    "unit": Unit, "unit_id": Unit, "parent_id": Unit, "group": Group,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An entry as it is read; ``by`` is None for the system."""

    entry: JournalEntry
    said: str
    by: str | None


@area.get("")
@login_required
def page() -> str:
    """The record, newest first."""
    if not access.may_read_journal(me()):
        raise NotAllowed(message("Catatan kantor untuk administrator dan auditor."))
    with database().read() as session:
        found = lines(session, journal.page(session, position("before")))
    return render_template("journal.html", lines=found, size=journal.PAGE)


def lines(session: Session, entries: Sequence[JournalEntry]) -> list[Line]:
    """The entries with their sentences."""
    told = [values.loads(entry.details) for entry in entries]
    names = _names(session, told)
    return [
        Line(
            entry,
            _sentence(entry.kind, details, names),
            entry.person.name if entry.person else None,
        )
        for entry, details in zip(entries, told, strict=True)
    ]


def _names(session: Session, told: Sequence[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """What the people, units and groups are called whose numbers the details hold."""
    numbers = {(NUMBERS[key], n) for details in told for key, n in _numbers(details)}
    found = {}
    for table in {table for table, _ in numbers}:
        ids = [number for of, number in numbers if of is table]
        for number, name in session.execute(select(table.id, table.name).where(table.id.in_(ids))):
            found[table.__name__, number] = name
    return found


def _numbers(details: dict[str, Any]) -> Iterator[tuple[str, int]]:
    changed = details.get("changed")
    pairs = changed.items() if isinstance(changed, dict) else ()
    for key, given in (*details.items(), *((key, n) for key, both in pairs for n in both or ())):
        if key in NUMBERS and isinstance(given, int):
            yield key, given


def _sentence(kind: str, details: dict[str, Any], names: dict[tuple[str, int], str]) -> str:
    known = KINDS.get(kind)
    if known is None:
        return say(message("Peristiwa lain: {kind}.", kind=kind))
    asked = filter(None, (name for _, name, _, _ in Formatter().parse(known.template)))
    said: dict[str, object] = {key: _said(key, details.get(key), details, names) for key in asked}
    return say(Message(known.template, said))


def _said(key: str, given: Any, details: dict[str, Any], names: dict[tuple[str, int], str]) -> str:
    """A value of the details in words."""
    if key == "changed" and isinstance(given, dict):
        return ", ".join(_change(field, both, names) for field, both in given.items())
    if key == "duty" and given in DUTIES:
        unit = _name("unit", details.get("unit"), names) if "unit" in details else ""
        return " ".join(filter(None, (say(DUTIES[given]), unit)))
    if key == "deed" and given in DEEDS:
        return say(DEEDS[given])
    return _name(key, given, names)


def _change(field: str, both: list[Any] | None, names: dict[tuple[str, int], str]) -> str:
    label = say(FIELDS.get(field, field))
    if both is None:
        return label
    old, new = (_name(field, value, names) for value in both)
    return f"{label} {old} → {new}"


def _name(key: str, given: Any, names: dict[tuple[str, int], str]) -> str:
    if given is None:
        return "–"
    if isinstance(given, bool):
        return say(message("ya") if given else message("tidak"))
    if key == "instance" and isinstance(given, int):
        return f"{given:05d}"
    if key in NUMBERS and isinstance(given, int):
        return names.get((NUMBERS[key].__name__, given), str(given))
    return str(given)
