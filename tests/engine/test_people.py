"""The directory: signing in, duties, units and superiors."""

import pytest
from sqlalchemy import select

from engine import passwords, people, sample
from engine.errors import InvalidInput
from engine.models import Person, Unit


@pytest.fixture
def unit_ids(office):
    with office.db.read() as session:
        return dict(session.execute(select(Unit.code, Unit.id)).all())


def sign_in(office, nip, password=sample.PASSWORD):
    with office.db.read() as session:
        found = passwords.sign_in(session, nip, password)
        return found.id if found else None


def test_a_person_signs_in_with_nip_and_password(office):
    assert sign_in(office, office.employee.nip) == office.employee.id


def test_a_nip_may_be_written_with_its_spaces_or_dots(office):
    nip = office.employee.nip
    parts = nip[:8], nip[8:14], nip[14], nip[15:]
    assert sign_in(office, " ".join(parts)) == office.employee.id
    assert sign_in(office, f" {'.'.join(parts)} ") == office.employee.id


def test_a_wrong_password_signs_nobody_in(office):
    for password in ("", "salah", "CONTOH-ALUR", "contoh-alur "):
        assert sign_in(office, office.employee.nip, password) is None


def test_an_unknown_nip_signs_nobody_in(office):
    for nip in ("", "199001012090032099", "' OR 1=1 --", "%"):
        assert sign_in(office, nip) is None


def test_who_has_no_password_does_not_sign_in(office):
    with office.db.write() as session:
        session.get(Person, office.employee.id).password_hash = None
    for password in ("", sample.PASSWORD, "nobody signs in with this"):
        assert sign_in(office, office.employee.nip, password) is None


def test_an_unknown_nip_is_answered_as_slowly_as_a_wrong_password(office, monkeypatch):
    """By the work done, not by the clock: one hash is verified in either case."""
    verified = []
    hasher = passwords._hasher()

    class Counting:
        def verify(self, stored, password):
            verified.append(stored)
            return hasher.verify(stored, password)

        hash = staticmethod(hasher.hash)

    passwords._nobody()
    monkeypatch.setattr(passwords, "_hasher", Counting)
    assert sign_in(office, "000000000000000000", "salah") is None
    assert sign_in(office, office.employee.nip, "salah") is None
    assert len(verified) == 2


def test_passwords_are_kept_as_argon2id_hashes(office):
    with office.db.read() as session:
        stored = session.scalars(select(Person.password_hash)).all()
    assert all(found.startswith("$argon2id$") for found in stored)
    assert not any(sample.PASSWORD in found for found in stored)


def test_the_actor_knows_groups_and_duties(office):
    assert office.staff.groups == office.colleague.groups != frozenset()
    assert office.employee.groups == frozenset()
    assert office.analyst.is_analyst
    assert not office.head.is_analyst


def test_nobody_acts_under_an_unknown_number(office):
    with office.db.read() as session:
        assert people.actor(session, 404) is None


def test_a_supervisor_supervises_the_units_below(office, unit_ids):
    below = frozenset({unit_ids["dinas"], unit_ids["umum"], unit_ids["layanan"]})
    assert office.head.supervises == below
    assert office.superior.supervises == {unit_ids["layanan"]}
    assert office.neighbour.supervises == {unit_ids["umum"]}
    assert office.governor.supervises == frozenset()


def test_units_below_reach_any_depth_and_leave_out_their_neighbours(office, unit_ids):
    with office.db.write() as session:
        seksi = Unit(code="seksi", name="Seksi", parent_id=unit_ids["layanan"])
        session.add(seksi)
        session.flush()
        tim = Unit(code="tim", name="Tim", parent_id=seksi.id)
        session.add(tim)
    with office.db.read() as session:
        layanan = people.units_below(session, [unit_ids["layanan"]])
        assert layanan == {unit_ids["layanan"], seksi.id, tim.id}
        everything = people.units_below(session, [unit_ids["contoh"]])
        assert everything == {*unit_ids.values(), seksi.id, tim.id}
        assert people.units_below(session, []) == frozenset()


def test_units_in_a_circle_are_walked_once(office, unit_ids):
    with office.db.write() as session:
        session.get(Unit, unit_ids["contoh"]).parent_id = unit_ids["umum"]
    with office.db.read() as session:
        assert people.units_below(session, [unit_ids["umum"]]) == frozenset(unit_ids.values())


def test_subordinates_are_counted_by_level(office):
    with office.db.read() as session:
        assert office.employee.id in people.subordinates(session, office.assessor.id, 1)
        assert office.employee.id in people.subordinates(session, office.superior.id, 2)
        assert office.employee.id not in people.subordinates(session, office.superior.id, 1)
        assert people.subordinates(session, office.employee.id, 0) == {office.employee.id}
        assert people.subordinates(session, office.employee.id, 1) == frozenset()


def test_people_are_found_by_part_of_a_name_or_nip(office):
    expected = {
        "budi": ["Budi Contoh"],
        "  BUDI ": ["Budi Contoh"],
        "19900101 209003": ["Budi Contoh"],
        "kasi": ["Kasi Contoh Dua", "Kasi Contoh Satu"],
        "%": [],
        "_": [],
        "\\": [],
        "tidak ada": [],
    }
    with office.db.read() as session:
        found = {typed: [p.name for p in people.search(session, typed)] for typed in expected}
    assert found == expected


def test_a_search_may_be_limited_to_some_people(office):
    with office.db.read() as session:
        everybody = people.search(session, "contoh")
        some = people.search(session, "contoh", [office.employee.id, office.staff.id])
        nobody = people.search(session, "", [])
    assert len(everybody) == len(sample.PEOPLE)
    assert [person.id for person in some] == [office.employee.id, office.staff.id]
    assert nobody == []


def test_the_sample_office_is_loaded_once(office):
    before = office.rows()
    assert sample.load(office.db) is False
    assert office.rows() == before


def test_the_sample_office_is_never_mixed_with_a_real_one(database):
    with database.write() as session:
        unit = Unit(code="x", name="Kantor lain")
        session.add(unit)
        session.flush()
        session.add(Person(nip="1", name="Orang lain", rank="-", position="-", unit_id=unit.id))
    with pytest.raises(InvalidInput):
        sample.load(database)
    with database.read() as session:
        assert session.scalars(select(Person.name)).all() == ["Orang lain"]
