"""Keeping the directory: people, duties, units and groups, and what the record says of each act."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine import (
    calendars,
    clock,
    deployments,
    directory,
    history,
    journal,
    keeping,
    organisation,
    passwords,
    people,
    roles,
    sample,
    starting,
    values,
)
from engine.directory import Particulars
from engine.errors import InvalidInput, NotAllowed, NotFound, StaleDirectory, Unfillable
from engine.models import Duty, Group, JournalEntry, Membership, Person, Reset, SignIn, Unit
from engine.office_hours import RAMADAN_WEEK
from engine.organisation import GroupFacts, UnitFacts

NIP = "19880808 201203 2 001"


def person_of(office, person_id):
    with office.db.read() as session:
        return directory.of_id(session, person_id)


def particulars(office, actor):
    return directory.particulars(person_of(office, actor.id))


def change(office, actor, **fields):
    """Changes a person from what the directory says now."""
    before = particulars(office, actor)
    given = replace(before, **fields)
    directory.change(office.db, office.administrator, actor.id, given, keeping.seen(before))


def newcomer(unit_id=4, **fields):
    given = Particulars(
        nip=NIP, name=" Gita  Contoh ", rank="iii/a", position="Arsiparis", unit_id=unit_id
    )
    return replace(given, **fields)


def record(office):
    """The journal: (kind, details, by whom)."""
    with office.db.read() as session:
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
    return [(entry.kind, values.loads(entry.details), entry.person_id) for entry in entries]


def unit_id(office, code):
    with office.db.read() as session:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def refused(act, sentence, error=InvalidInput):
    with pytest.raises(error) as told:
        act()
    assert str(told.value) == sentence


def duty_of(office, actor, name):
    with office.db.read() as session:
        found = select(Duty.id).where(Duty.person_id == actor.id, Duty.name == name)
        return session.scalars(found).one()


def acts(office):
    """Every writer of the directory, with something it could do."""
    db, who, group = office.db, office.employee.id, next(iter(office.staff.groups))
    duty = duty_of(office, office.analyst, people.ANALYST)
    return {
        "add": lambda actor: directory.add(db, actor, newcomer()),
        "change": lambda actor: directory.change(db, actor, who, newcomer(), ""),
        "leave": lambda actor: directory.leave(db, actor, who),
        "come_back": lambda actor: directory.come_back(db, actor, who),
        "give_duty": lambda actor: directory.give_duty(db, actor, who, people.ANALYST),
        "take_duty": lambda actor: directory.take_duty(db, actor, office.analyst.id, duty),
        "add_unit": lambda actor: organisation.add_unit(db, actor, "x", UnitFacts("X")),
        "change_unit": lambda actor: organisation.change_unit(db, actor, 1, UnitFacts("X"), ""),
        "add_group": lambda actor: organisation.add_group(db, actor, "x", GroupFacts("X")),
        "change_group": lambda actor: organisation.change_group(
            db, actor, group, GroupFacts("X"), ""
        ),
        "join": lambda actor: organisation.join(db, actor, group, who),
        "part": lambda actor: organisation.part(db, actor, group, office.staff.id),
    }


def test_only_administrators_keep_the_directory(office):
    before = office.rows()
    for act in acts(office).values():
        for actor in (office.employee, office.analyst, office.auditor, office.head):
            refused(lambda: act(actor), "Direktori diatur oleh administrator.", NotAllowed)  # noqa: B023
    assert office.rows() == before


# People


def test_a_person_is_added_as_typed_and_tidied(office):
    person_id = directory.add(
        office.db,
        office.administrator,
        newcomer(superior_id=office.assessor.id, email=" gita@kantor.example "),
    )
    person = person_of(office, person_id)
    kept = person.nip, person.name, person.kind, person.rank, person.email, person.superior_id
    assert kept == (
        "198808082012032001", "Gita Contoh", "pns", "III/a Penata Muda", "gita@kantor.example",
        office.assessor.id,
    )  # fmt: skip
    assert person.password_hash is None
    assert record(office) == [
        ("person.added", {"person": person_id, "unit": 4}, office.administrator.id)
    ]


def test_a_person_on_a_contract_is_known_by_their_nip(office):
    pppk = newcomer(nip="198808082023212001", rank="ix")
    person = person_of(office, directory.add(office.db, office.administrator, pppk))
    assert (person.kind, person.rank) == ("pppk", "Golongan IX")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"nip": "123"}, "NIP terdiri dari 18 angka."),
        ({"nip": sample.PEOPLE[0][0]}, "NIP itu sudah milik Gubernur Contoh."),
        ({"name": "  "}, "Nama wajib diisi."),
        ({"name": "x" * 256}, "Nama paling banyak 255 huruf."),
        ({"position": ""}, "Jabatan wajib diisi."),
        ({"rank": "V/z"}, "Pangkat PNS ditulis seperti III/a Penata Muda (I/a–IV/e)."),
        ({"unit_id": 404}, "Pilih unit kerja."),
        ({"email": "gita"}, "Tulis alamat surel sebagai nama@kantor.go.id."),
    ],
)
def test_what_is_wrong_of_a_person_is_said_and_nothing_is_kept(office, fields, sentence):
    before = office.rows()
    given = newcomer(**fields)
    refused(lambda: directory.add(office.db, office.administrator, given), sentence)
    assert office.rows() == before


def test_an_unknown_superior_is_refused(office):
    given = newcomer(superior_id=404)
    refused(
        lambda: directory.add(office.db, office.administrator, given),
        "Pegawai tidak dikenal.",
        NotFound,
    )


def test_a_nip_that_came_meanwhile_is_no_crash(office, monkeypatch):
    """As when an import, which takes no turns, has it in a transaction that nobody sees yet."""
    taken = newcomer(nip=office.employee.nip)
    monkeypatch.setattr(people, "with_nip", lambda *_: None)
    before = office.rows()
    refused(
        lambda: directory.add(office.db, office.administrator, taken),
        "Direktori baru saja diubah orang lain. Periksa, lalu ulangi.",
        StaleDirectory,
    )
    assert office.rows() == before


def test_a_change_is_on_record_without_what_is_personal(office):
    umum = unit_id(office, "umum")
    change(
        office, office.employee,
        name="Budi Baru", position="Analis", rank="III/b", email="budi@kantor.example",
        unit_id=umum, superior_id=office.neighbour.id, is_agency_head=True,
    )  # fmt: skip
    person = person_of(office, office.employee.id)
    assert (person.name, person.rank, person.unit_id) == (
        "Budi Baru",
        "III/b Penata Muda Tk I",
        umum,
    )
    ((kind, details, by),) = record(office)
    assert (kind, by) == ("person.changed", office.administrator.id)
    assert details == {
        "person": office.employee.id,
        "changed": {
            "name": None, "position": None, "rank": None, "email": None,
            "unit_id": [unit_id(office, "layanan"), umum],
            "superior_id": [office.assessor.id, office.neighbour.id],
            "is_agency_head": [False, True],
        },
    }  # fmt: skip


def test_a_changed_nip_decides_of_the_kind_again(office):
    change(office, office.employee, nip="199001012023212012", rank="IX")
    assert person_of(office, office.employee.id).kind == "pppk"


def test_nothing_changed_is_not_on_record(office):
    refused(lambda: change(office, office.employee), "Tidak ada yang berubah.")
    assert record(office) == []


def test_a_form_from_before_anothers_change_does_not_overwrite_it(office):
    before = particulars(office, office.employee)
    change(office, office.employee, position="Analis")
    given = replace(before, name="Budi Baru")
    refused(
        lambda: directory.change(
            office.db, office.administrator, office.employee.id, given, keeping.seen(before)
        ),
        "Data ini baru saja diubah orang lain. Periksa, lalu ulangi.",
        StaleDirectory,
    )
    person = person_of(office, office.employee.id)
    assert (person.name, person.position) == ("Budi Contoh", "Analis")


def test_of_two_changes_at_once_one_is_told(office, rival):
    """The second waits for the first, and then finds that the record is another."""
    before = particulars(office, office.employee)
    inside, go_on, told = threading.Event(), threading.Event(), []

    def first():
        with keeping.keeping(rival, office.administrator) as session:
            directory.of_id(session, office.employee.id).name = "Budi Pertama"
            session.flush()
            inside.set()
            go_on.wait(20)

    def second():
        try:
            directory.change(
                office.db, office.administrator, office.employee.id,
                replace(before, name="Budi Kedua"), keeping.seen(before),
            )  # fmt: skip
        except StaleDirectory as error:
            told.append(error)

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(20)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert len(told) == 1
    assert person_of(office, office.employee.id).name == "Budi Pertama"


def test_nobody_stands_above_themselves(office):
    for superior in (office.superior, office.assessor, office.employee):
        with pytest.raises(InvalidInput) as told:
            change(office, office.superior, superior_id=superior.id)
        assert "berada di bawah Kabid Contoh: atasan tidak boleh melingkar." in str(told.value)
    assert record(office) == []


def test_a_superior_may_be_another_or_nobody(office):
    change(office, office.employee, superior_id=office.superior.id)
    change(office, office.employee, superior_id=None)
    assert person_of(office, office.employee.id).superior_id is None


def test_who_has_left_becomes_nobodys_superior_but_may_stay_one(office):
    directory.leave(office.db, office.administrator, office.assessor.id)
    change(office, office.outsider, position="X")
    refused(
        lambda: change(office, office.staff, superior_id=office.assessor.id),
        "Kasi Contoh Satu sudah tidak bertugas.",
    )


# Leaving and coming back


def test_who_has_left_signs_in_no_more_and_acts_no_more(office):
    now = clock.now()
    with office.db.write() as session:
        session.get_one(Person, office.employee.id).feed = "x"
        session.add(SignIn(person_id=office.employee.id, secret="s", at=now, seen_at=now, agent=""))
        session.add(Reset(person_id=office.employee.id, secret="r", at=now, expires_at=now))
        session.add(SignIn(person_id=office.staff.id, secret="t", at=now, seen_at=now, agent=""))
    directory.leave(office.db, office.administrator, office.employee.id)
    with office.db.read() as session:
        assert people.actor(session, office.employee.id) is None
        assert passwords.sign_in(session, office.employee.nip, sample.PASSWORD) is None
        assert session.scalars(select(SignIn.person_id)).all() == [office.staff.id]
        assert session.scalars(select(Reset.id)).all() == []
        assert session.get_one(Person, office.employee.id).feed is None
    assert record(office) == [
        ("person.left", {"person": office.employee.id}, office.administrator.id)
    ]


def test_who_has_left_is_not_found_unless_asked_for(office):
    directory.leave(office.db, office.administrator, office.employee.id)
    with office.db.read() as session:
        assert people.search(session, "budi") == []
        assert people.find(session, "Budi Contoh") is None
        assert people.find(session, office.employee.nip) is None
        assert [person.id for person in people.search(session, "budi", left=True)] == [
            office.employee.id
        ]


def test_who_comes_back_is_as_before(office):
    directory.leave(office.db, office.administrator, office.analyst.id)
    directory.come_back(office.db, office.administrator, office.analyst.id)
    with office.db.read() as session:
        assert people.actor(session, office.analyst.id) == office.analyst
        assert passwords.sign_in(session, office.analyst.nip, sample.PASSWORD) is not None
    assert record(office)[-1][:2] == ("person.returned", {"person": office.analyst.id})


def test_nobody_leaves_or_comes_back_twice(office):
    who = office.employee.id
    refused(
        lambda: directory.come_back(office.db, office.administrator, who),
        "Budi Contoh masih bertugas.",
    )
    directory.leave(office.db, office.administrator, who)
    refused(
        lambda: directory.leave(office.db, office.administrator, who),
        "Budi Contoh sudah tidak bertugas.",
    )
    assert len(record(office)) == 1


def test_running_cases_keep_who_has_left(office):
    case = office.start()
    directory.leave(office.db, office.administrator, office.assessor.id)
    with office.db.read() as session:
        assert directory.count_running(session, office.assessor.id) == 1
        assert directory.count_subordinates(session, office.assessor.id) == 2
    office.step(case)
    office.step(case)
    assert office.item(case).person_id == office.assessor.id
    office.cancel(case)
    with office.db.read() as session:
        assert directory.count_running(session, office.assessor.id) == 0


def test_a_place_is_not_filled_with_who_has_left(office, draw):
    named = office.put_into_force(
        draw(f"""
            lane Staf person:{office.colleague.nip}: s a e
            startEvent s
            userTask a name="Memeriksa berkas"
            endEvent e
            s -> a -> e
        """)
    )
    for gone in (office.assessor, office.colleague):
        directory.leave(office.db, office.administrator, gone.id)
    with office.db.read() as session:
        skp = deployments.in_force(session, "skp_collection")
        diagram = deployments.binding(office.db, session, skp).program.diagram
        filled = roles.resolve(session, diagram, office.employee.id, office.staff.id)
        assert (
            str(filled["Lane_PejabatPenilai"].problem) == "Kasi Contoh Satu sudah tidak bertugas."
        )
        assert filled["Lane_AtasanPejabatPenilai"].person_id == office.superior.id
        drawn = deployments.binding(office.db, session, named).program.diagram
        (place,) = roles.resolve(session, drawn, office.employee.id, office.staff.id).values()
        assert str(place.problem) == "Umi Contoh sudah tidak bertugas."
    with pytest.raises(Unfillable):
        office.start()


def test_who_has_left_is_not_chosen_for_a_place(office):
    directory.leave(office.db, office.administrator, office.outsider.id)
    refused(
        lambda: office.start(chosen={"Lane_PejabatPenilai": office.outsider.id}),
        "Dewi Contoh sudah tidak bertugas.",
        Unfillable,
    )


def test_a_group_all_of_whom_have_left_is_empty(office):
    with office.db.read() as session:
        group = people.group_named(session, sample.GROUP[0]).id
    for gone in (office.staff, office.colleague):
        directory.leave(office.db, office.administrator, gone.id)
    with office.db.read() as session:
        assert people.group_members(session, group) == frozenset()
        assert [person.id for person in organisation.members(session, group)] == [
            office.staff.id, office.colleague.id,
        ]  # fmt: skip
    with pytest.raises(Unfillable):
        starting.start(
            office.db, office.staff, "skp_collection", office.employee.id, token=office.token()
        )


# Duties


def test_a_duty_is_given_and_taken(office):
    directory.give_duty(office.db, office.administrator, office.employee.id, people.AUDITOR)
    umum = unit_id(office, "umum")
    directory.give_duty(
        office.db, office.administrator, office.employee.id, people.SUPERVISOR, umum
    )
    with office.db.read() as session:
        actor = people.actor(session, office.employee.id)
    assert (actor.is_auditor, actor.supervises) == (True, {umum})
    for name in (people.AUDITOR, people.SUPERVISOR):
        duty = duty_of(office, office.employee, name)
        directory.take_duty(office.db, office.administrator, office.employee.id, duty)
    with office.db.read() as session:
        assert people.actor(session, office.employee.id) == office.employee
    who = office.employee.id
    assert [(kind, details) for kind, details, _ in record(office)] == [
        ("duty.given", {"person": who, "duty": "auditor"}),
        ("duty.given", {"person": who, "duty": "supervisor", "unit": umum}),
        ("duty.taken", {"person": who, "duty": "auditor"}),
        ("duty.taken", {"person": who, "duty": "supervisor", "unit": umum}),
    ]


def test_only_supervisors_have_a_unit(office):
    directory.give_duty(office.db, office.administrator, office.employee.id, people.ANALYST, 1)
    with office.db.read() as session:
        duty = session.get_one(Duty, duty_of(office, office.employee, people.ANALYST))
        assert duty.unit_id is None


@pytest.mark.parametrize(
    ("name", "unit", "sentence"),
    [
        ("", None, "Pilih peran yang diberikan."),
        ("root", None, "Pilih peran yang diberikan."),
        ("supervisor", None, "Pilih unit kerja."),
        ("supervisor", 404, "Pilih unit kerja."),
        ("analyst", None, "Analis Contoh sudah memegang peran itu."),
    ],
)
def test_a_wrong_duty_is_refused(office, name, unit, sentence):
    refused(
        lambda: directory.give_duty(office.db, office.administrator, office.analyst.id, name, unit),
        sentence,
    )
    assert record(office) == []


def test_a_duty_is_taken_from_whose_it_is(office):
    duty = duty_of(office, office.analyst, people.ANALYST)
    for who, number in ((office.employee.id, duty), (office.analyst.id, 404)):
        refused(
            lambda: directory.take_duty(office.db, office.administrator, who, number),  # noqa: B023
            "Peran itu sudah tidak dipegang.",
            NotFound,
        )
    assert record(office) == []


LAST = "Administrator terakhir tidak dapat dilepas; angkat yang lain."


def test_the_last_administrator_stays(office):
    me, duty = office.administrator, duty_of(office, office.administrator, people.ADMINISTRATOR)
    refused(lambda: directory.leave(office.db, me, me.id), LAST)
    refused(lambda: directory.take_duty(office.db, me, me.id, duty), LAST)
    assert record(office) == []


def test_another_administrator_lets_one_go(office):
    me = office.administrator
    directory.give_duty(office.db, me, office.employee.id, people.ADMINISTRATOR)
    directory.take_duty(office.db, me, me.id, duty_of(office, me, people.ADMINISTRATOR))
    with office.db.read() as session:
        other = people.actor(session, office.employee.id)
    refused(lambda: directory.leave(office.db, other, other.id), LAST)


def test_an_administrator_who_cannot_sign_in_or_has_left_is_no_other(office):
    me = office.administrator
    new = directory.add(office.db, me, newcomer())
    directory.give_duty(office.db, me, new, people.ADMINISTRATOR)
    refused(lambda: directory.leave(office.db, me, me.id), LAST)
    directory.give_duty(office.db, me, office.employee.id, people.ADMINISTRATOR)
    directory.leave(office.db, me, office.employee.id)
    refused(lambda: directory.leave(office.db, me, me.id), LAST)


def test_two_last_administrators_do_not_leave_at_once(office, rival):
    """Each would find the other still there, if they did not take turns."""
    me = office.administrator
    directory.give_duty(office.db, me, office.employee.id, people.ADMINISTRATOR)
    start, told = threading.Barrier(2), []

    def go(db, person_id):
        start.wait(20)
        try:
            directory.leave(db, me, person_id)
        except InvalidInput as error:
            told.append(str(error))

    pairs = ((office.db, me.id), (rival, office.employee.id))
    threads = [threading.Thread(target=go, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert told == [LAST]


# Units


def change_unit(office, code, name=None, parent=None):
    number = unit_id(office, code)
    with office.db.read() as session:
        before = organisation.unit_facts(organisation.unit_of(session, number))
    after = UnitFacts(name or before.name, unit_id(office, parent) if parent else before.parent_id)
    organisation.change_unit(office.db, office.administrator, number, after, keeping.seen(before))


def test_a_unit_is_added_renamed_and_moved(office):
    me = office.administrator
    seksi = organisation.add_unit(
        office.db, me, "seksi", UnitFacts("Seksi", unit_id(office, "umum"))
    )
    change_unit(office, "seksi", name="Seksi Baru", parent="layanan")
    with office.db.read() as session:
        unit = organisation.unit_of(session, seksi)
        assert (unit.name, unit.parent_id) == ("Seksi Baru", unit_id(office, "layanan"))
    assert [(kind, details) for kind, details, _ in record(office)] == [
        ("unit.added", {"unit": seksi}),
        ("unit.changed", {
            "unit": seksi,
            "changed": {
                "name": ["Seksi", "Seksi Baru"],
                "parent_id": [unit_id(office, "umum"), unit_id(office, "layanan")],
            },
        }),
    ]  # fmt: skip


def test_units_do_not_stand_in_a_circle(office):
    for below in ("contoh", "dinas", "umum"):
        with pytest.raises(InvalidInput) as told:
            change_unit(office, "contoh", parent=below)
        assert "unit tidak boleh melingkar" in str(told.value)
    assert record(office) == []


def test_a_moved_unit_has_the_calendar_of_where_it_is_now(office):
    """Working times are kept in memory: they are read anew, and armed timers computed again."""
    umum, layanan = unit_id(office, "umum"), unit_id(office, "layanan")
    with office.db.read() as session:
        rules = replace(calendars.own_rules(session, umum)[0], week=RAMADAN_WEEK)
    calendars.save(office.db, office.administrator, umum, rules, 0)
    with office.db.read() as session:
        assert calendars.of_unit(session, layanan) != calendars.of_unit(session, umum)
    change_unit(office, "layanan", parent="umum")
    with office.db.read() as session:
        assert calendars.of_unit(session, layanan) == calendars.of_unit(session, umum)
    assert [kind for kind, _ in office.due()] == ["recompute", "recompute"]


@pytest.mark.parametrize(
    ("code", "facts", "sentence", "error"),
    [
        ("", UnitFacts("X"), "Kode wajib diisi.", InvalidInput),
        ("x" * 101, UnitFacts("X"), "Kode paling banyak 100 huruf.", InvalidInput),
        ("umum", UnitFacts("X"), 'Kode "umum" sudah dipakai.', InvalidInput),
        ("x", UnitFacts(" "), "Nama wajib diisi.", InvalidInput),
        ("x", UnitFacts("X", 404), "Unit itu tidak ada.", NotFound),
    ],
)
def test_a_wrong_unit_is_refused(office, code, facts, sentence, error):
    refused(
        lambda: organisation.add_unit(office.db, office.administrator, code, facts),
        sentence,
        error,
    )
    assert record(office) == []


def test_a_stale_form_of_a_unit_is_told(office):
    stale = keeping.seen(UnitFacts("Lama", None))
    refused(
        lambda: organisation.change_unit(office.db, office.administrator, 1, UnitFacts("X"), stale),
        "Data ini baru saja diubah orang lain. Periksa, lalu ulangi.",
        StaleDirectory,
    )


def test_units_are_counted_without_who_has_left(office):
    with office.db.read() as session:
        before = organisation.headcounts(session)
    directory.leave(office.db, office.administrator, office.employee.id)
    with office.db.read() as session:
        after = organisation.headcounts(session)
    layanan = unit_id(office, "layanan")
    assert (before[layanan], after[layanan]) == (7, 6)


# Groups


def test_a_group_is_added_renamed_joined_and_left(office):
    me = office.administrator
    group = organisation.add_group(office.db, me, "tim-skp", GroupFacts("Tim SKP"))
    before = keeping.seen(GroupFacts("Tim SKP"))
    organisation.change_group(office.db, me, group, GroupFacts("Tim SKP 2026"), before)
    organisation.join(office.db, me, group, office.employee.id)
    with office.db.read() as session:
        actor = people.actor(session, office.employee.id)
        assert [one.name for one in organisation.groups_of(session, office.employee.id)] == [
            "Tim SKP 2026"
        ]
        counted = {one.code: n for one, n in organisation.groups(session)}
    assert actor.group_codes == {"tim-skp"}
    assert counted == {"tim-skp": 1, "umum-aparatur": 2}
    organisation.part(office.db, me, group, office.employee.id)
    with office.db.read() as session:
        assert people.group_members(session, group) == frozenset()
    assert [(kind, details) for kind, details, _ in record(office)] == [
        ("group.added", {"group": group}),
        ("group.changed", {"group": group, "changed": {"name": ["Tim SKP", "Tim SKP 2026"]}}),
        ("group.joined", {"group": group, "person": office.employee.id}),
        ("group.left", {"group": group, "person": office.employee.id}),
    ]


@pytest.mark.parametrize(
    ("code", "name", "sentence"),
    [
        ("", "X", "Kode wajib diisi."),
        ("umum-aparatur", "X", 'Kode "umum-aparatur" sudah dipakai.'),
        ("tim skp", "X", None),
        ("tim)", "X", None),
        ("x", "", "Nama wajib diisi."),
    ],
)
def test_a_group_has_a_code_that_a_diagram_can_name(office, code, name, sentence):
    said = "Kode kelompok terdiri dari huruf, angka, titik, garis bawah dan strip."
    refused(
        lambda: organisation.add_group(office.db, office.administrator, code, GroupFacts(name)),
        sentence or said,
    )
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Group)) == 1


def test_a_wrong_membership_is_refused(office):
    me, group = office.administrator, next(iter(office.staff.groups))
    refused(
        lambda: organisation.join(office.db, me, group, office.staff.id),
        "Umar Contoh sudah anggota Staf Sub Bagian Umum dan Aparatur.",
    )
    refused(
        lambda: organisation.join(office.db, me, 404, office.staff.id),
        "Kelompok itu tidak ada.",
        NotFound,
    )
    refused(
        lambda: organisation.join(office.db, me, group, 404), "Pegawai tidak dikenal.", NotFound
    )
    refused(
        lambda: organisation.part(office.db, me, group, office.employee.id),
        "Keanggotaan itu sudah tidak ada.",
        NotFound,
    )
    directory.leave(office.db, me, office.employee.id)
    refused(
        lambda: organisation.join(office.db, me, group, office.employee.id),
        "Budi Contoh sudah tidak bertugas.",
    )
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Membership)) == 2


# Looking


def test_a_list_of_people_goes_on_where_it_stopped(office, monkeypatch):
    monkeypatch.setattr(people, "PAGE", 4)
    found, after = [], None
    with office.db.read() as session:
        everybody = [p.id for p in session.scalars(select(Person).order_by(Person.name, Person.id))]
        while page := people.search(session, "contoh", after=after):
            found += [person.id for person in page]
            after = page[-1].id
    assert found == everybody


def test_a_list_may_be_of_some_units(office):
    with office.db.read() as session:
        umum = people.search(session, "", units=[unit_id(office, "umum")])
    assert [person.name for person in umum] == [
        "Analis Contoh", "Kasubbag Contoh", "Umar Contoh", "Umi Contoh",
    ]  # fmt: skip


def test_what_was_done_about_a_person_is_found_in_the_record(office):
    me, who = office.administrator, office.employee.id
    directory.leave(office.db, me, who)
    directory.leave(office.db, me, office.outsider.id)
    organisation.join(office.db, me, next(iter(office.staff.groups)), office.assessor.id)
    directory.come_back(office.db, me, who)
    with office.db.write() as session:
        journal.record(session, "substitution.set", {"absent": who, "substitute": 9})
        journal.record(session, "x", {"person": who * 10 + 1, "changed": {"unit_id": [who, who]}})
    with office.db.read() as session:
        about = journal.about(session, who)
        assert [entry.kind for entry in about] == [
            "substitution.set", "person.returned", "person.left",
        ]  # fmt: skip
        assert [e.kind for e in journal.about(session, who, about[1].seq)] == ["person.left"]


def test_the_record_of_the_directory_is_one_chain(office):
    change(office, office.employee, position="Analis")
    directory.leave(office.db, office.administrator, office.employee.id)
    with office.db.read() as session:
        entries = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
    assert [entry.previous for entry in entries] == [history.GENESIS, entries[0].hash]
