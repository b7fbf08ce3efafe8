"""A sample office with plainly fictitious people, for a first look and for tests.

Its NIPs are of the valid form, with an appointment year no real person can have. It can be made
larger by further divisions, for a past of many cases (`tasks.past`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bpmn.messages import message
from engine import passwords, people
from engine.errors import InvalidInput
from engine.models import Duty, Group, Membership, Person, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from engine.database import Database

PASSWORD = "contoh-alur"  # noqa: S105  (of the sample office alone, printed by `alur demo`)
UNITS = (
    ("contoh", "Pemerintah Provinsi Contoh", None),
    ("dinas", "Dinas Contoh", "contoh"),
    ("umum", "Sub Bagian Umum dan Aparatur", "dinas"),
    ("layanan", "Bidang Layanan Contoh", "dinas"),
)
# (NIP, name, rank, position, unit, place of the superior in this list)
PEOPLE = (
    ("196001012090031001", "Gubernur Contoh", "–", "Gubernur", "contoh", None),
    ("196502022090032002", "Sekda Contoh", "IV/e Pembina Utama", "Sekretaris Daerah", "contoh", 0),
    ("197003032090031003", "Kadis Contoh", "IV/d Pembina Utama Madya", "Kepala Dinas", "dinas", 1),
    ("197104042090032004", "Sari Contoh", "IV/b Pembina Tk I", "Sekretaris Dinas", "dinas", 2),
    ("197205052090031005", "Kabid Contoh", "IV/a Pembina", "Kepala Bidang Layanan", "layanan", 2),
    ("197806062090032006", "Kasubbag Contoh", "III/d Penata Tk I",
     "Kepala Sub Bagian Umum dan Aparatur", "umum", 3),
    ("198007072090031007", "Kasi Contoh Satu", "III/d Penata Tk I", "Kepala Seksi I", "layanan", 4),
    ("198108082090032008", "Kasi Contoh Dua", "III/c Penata", "Kepala Seksi II", "layanan", 4),
    ("198509092090031009", "Umar Contoh", "III/a Penata Muda", "Pengelola Pegawai", "umum", 5),
    ("198610102090032010", "Umi Contoh", "II/d Pengatur Tk I", "Pengadministrasi Umum", "umum", 5),
    ("198711112090031011", "Analis Contoh", "III/b Penata Muda Tk I", "Analis SOP", "umum", 5),
    ("199001012090032012", "Budi Contoh", "III/a Penata Muda", "Pranata Komputer", "layanan", 6),
    ("199102022090031013", "Dewi Contoh", "II/c Pengatur", "Pengelola Layanan", "layanan", 6),
    ("199203032090032014", "Eka Contoh", "III/a Penata Muda", "Analis Layanan", "layanan", 7),
    ("199304042090031015", "Fajar Contoh", "II/c Pengatur", "Petugas Layanan", "layanan", 7),
    ("198212122090032016", "Auditor Contoh", "III/d Penata Tk I", "Auditor", "dinas", 2),
)  # fmt: skip
GROUP = ("umum-aparatur", "Staf Sub Bagian Umum dan Aparatur", (8, 9))
AGENCY_HEAD = 2
ANALYSTS = (10,)
ADMINISTRATORS = (3,)
AUDITORS = (15,)
SUPERVISORS = ((5, "umum"), (4, "layanan"), (2, "dinas"))
EMPLOYEES = (11, 12, 13, 14)  # who are assessed
SECTIONS, STAFF = 4, 15  # of a further division, and of each of its sections
MOST_DIVISIONS = 17
# Who to try first: the four people of one employee's SKP, the analyst, a supervisor, and so on.
CAST = {
    "staff": PEOPLE[8], "employee": PEOPLE[11], "assessor": PEOPLE[6], "superior": PEOPLE[4],
    "analyst": PEOPLE[10], "supervisor": PEOPLE[2], "colleague": PEOPLE[9],
    "administrator": PEOPLE[3], "auditor": PEOPLE[15],
}  # fmt: skip


def load(db: Database) -> bool:
    """Loads the sample office into an empty directory; False when it is there already.

    Raises `InvalidInput` when the directory holds other people: an office is never mixed with it.
    """
    with db.write() as session:
        if session.scalar(select(func.count()).select_from(Person)):
            if session.scalar(select(Person.id).where(Person.nip == PEOPLE[0][0])) is None:
                raise InvalidInput(message("Basis data ini sudah memuat pegawai kantor lain."))
            return False
        units = _units(session)
        ids = _people(session, units)
        group = Group(code=GROUP[0], name=GROUP[1])
        session.add(group)
        session.flush()
        session.add_all(Membership(group_id=group.id, person_id=ids[i]) for i in GROUP[2])
        session.add_all(Duty(person_id=ids[i], name=people.ANALYST) for i in ANALYSTS)
        session.add_all(Duty(person_id=ids[i], name=people.ADMINISTRATOR) for i in ADMINISTRATORS)
        session.add_all(Duty(person_id=ids[i], name=people.AUDITOR) for i in AUDITORS)
        session.add_all(
            Duty(person_id=ids[i], name=people.SUPERVISOR, unit_id=units[unit])
            for i, unit in SUPERVISORS
        )
    return True


def _units(session: Session) -> dict[str, int]:
    ids: dict[str, int] = {}
    for code, name, above in UNITS:
        unit = Unit(code=code, name=name, parent_id=ids[above] if above else None)
        session.add(unit)
        session.flush()
        ids[code] = unit.id
    return ids


def _people(session: Session, units: dict[str, int]) -> list[int]:
    password = passwords.hash_password(PASSWORD)
    ids: list[int] = []
    for place, (nip, name, rank, position, unit, above) in enumerate(PEOPLE):
        person = Person(
            nip=nip, name=name, rank=rank, position=position, unit_id=units[unit],
            superior_id=None if above is None else ids[above],
            is_agency_head=place == AGENCY_HEAD, password_hash=password,
        )  # fmt: skip
        session.add(person)
        session.flush()
        ids.append(person.id)
    return ids


# A larger office


def enlarge(db: Database, employees: int) -> None:
    """Adds divisions until as many employees can be assessed; never more than `MOST_DIVISIONS`."""
    wanted = min(-(-employees // (SECTIONS * STAFF)), MOST_DIVISIONS)
    password = passwords.hash_password(PASSWORD)
    with db.write() as session:
        known = frozenset(session.scalars(select(Unit.code)))
        for number in range(1, wanted + 1):
            if _division_code(number) not in known:
                _add_division(session, number, password)


def assessed(session: Session) -> Sequence[Person]:
    """The employees without anybody below them, in order."""
    first = Person.nip.in_([PEOPLE[place][0] for place in EMPLOYEES])
    further = Person.position == _EMPLOYEE
    return session.scalars(select(Person).where(first | further).order_by(Person.id)).all()


_EMPLOYEE, _HEAD, _SECTION_HEAD = "Pelaksana", "Kepala Bidang", "Kepala Seksi"


def heads(session: Session) -> list[list[int]]:
    """The ids of the heads of further divisions, and of their sections; who may stand in."""
    query = select(Person.id).order_by(Person.id)
    return [
        list(session.scalars(query.where(Person.position == position)))
        for position in (_HEAD, _SECTION_HEAD)
    ]


def _division_code(number: int) -> str:
    return f"bidang-{number:02}"


def _add_division(session: Session, number: int, password: str) -> None:
    """A division with its head, sections and their people, and one more of the staff's group."""
    agency, office = (session.scalars(select(Unit).where(Unit.code == c)).one() for c in _ABOVE)
    head_of_agency, head_of_office = (people.with_nip(session, PEOPLE[i][0]) for i in (2, 5))
    numbers = iter(range(number * 100, number * 100 + 100))

    def person(name: str, rank: str, position: str, unit: Unit, above: Person | None) -> Person:
        added = Person(
            nip=_nip(next(numbers)), name=name, rank=rank, position=position, unit_id=unit.id,
            superior_id=above and above.id, is_agency_head=False, password_hash=password,
        )  # fmt: skip
        session.add(added)
        return added

    division = Unit(
        code=_division_code(number), name=f"Bidang Contoh {number:02}", parent_id=agency.id
    )
    session.add(division)
    session.flush()
    head = person(f"Kabid Contoh {number:02}", "IV/a Pembina", _HEAD, division, head_of_agency)
    clerk = person(
        f"Staf Contoh {number:02}", "III/a Penata Muda", "Pengelola Pegawai", office, head_of_office
    )
    session.flush()
    group = people.group_named(session, GROUP[0])
    session.add(Membership(group_id=group.id if group else 0, person_id=clerk.id))
    session.add(Duty(person_id=head.id, name=people.SUPERVISOR, unit_id=division.id))
    for place, section in enumerate(_sections(session, division, number), start=1):
        name = f"Kasi Contoh {number:02}.{place}"
        chief = person(name, "III/d Penata Tk I", _SECTION_HEAD, section, head)
        session.flush()
        first = ((number - 1) * SECTIONS + place - 1) * STAFF
        for one in range(first + 1, first + STAFF + 1):
            person(f"Pegawai Contoh {one:04}", "III/a Penata Muda", _EMPLOYEE, section, chief)


_ABOVE = ("dinas", "umum")


def _sections(session: Session, division: Unit, number: int) -> Iterator[Unit]:
    for place in range(1, SECTIONS + 1):
        section = Unit(
            code=f"seksi-{number:02}-{place}", name=f"Seksi Contoh {number:02}.{place}",
            parent_id=division.id,
        )  # fmt: skip
        session.add(section)
        session.flush()
        yield section


def _nip(number: int) -> str:
    born = date(1970, 1, 1) + timedelta(days=number * 7919 % 9000)
    month, serial = divmod(number, 900)
    return f"{born:%Y%m%d}2090{4 + month:02}{1 + number % 2}{100 + serial:03}"
