"""Who sees which case."""

import contextlib
from itertools import chain

import pytest

from engine import cases, instances, people, register, supervision, worklist
from engine.errors import NotAllowed, NotFound, StepFailed
from engine.models import Duty, Person
from engine.register import Sought

ABOVE = {"regional_secretary", "governor"}  # above the employee, and in no unit's service here
EVERYBODY = (
    "governor regional_secretary head superior neighbour assessor staff colleague analyst employee"
    " outsider".split()
)


@pytest.fixture
def seen_by(office):
    """The parts whose people may open a case."""

    def look(case):
        return {part for part in EVERYBODY if _may_open(office, getattr(office, part), case)}

    return look


def _may_open(office, actor, case):
    with office.db.read() as session:
        try:
            return cases.case(session, actor, case).id == case
        except NotFound:
            return False


def test_a_case_is_seen_by_who_takes_part_and_by_those_above(office, seen_by):
    assert seen_by(office.start()) == ABOVE | {
        "employee",
        "assessor",
        "superior",
        "staff",
        "colleague",  # whose group still has the place
        "head",
    }


def test_once_one_of_the_group_has_the_place_the_others_no_longer_see_it(office, seen_by):
    case = office.start()
    instances.claim(office.db, office.staff, office.item(case).id)
    assert seen_by(case) == ABOVE | {"employee", "assessor", "superior", "staff", "head"}


def test_the_starter_still_sees_a_case_that_a_colleague_took(office, seen_by):
    case = office.start(by=office.staff)
    instances.claim(office.db, office.colleague, office.item(case).id)
    assert {"staff", "colleague"} <= seen_by(case)


def test_a_supervisor_of_another_unit_sees_nothing_of_it(office, seen_by):
    """The head of general affairs assesses their own staff, but not the other division's."""
    assert "neighbour" not in seen_by(office.start())
    own = office.start(office.analyst)
    assert {"neighbour", "analyst", "head"} <= seen_by(own)
    assert not {"superior", "assessor", "employee"} & seen_by(own)


def test_a_chosen_person_sees_the_case_and_the_replaced_one_does_not(office, seen_by):
    case = office.start(office.analyst, chosen={"Lane_PejabatPenilai": office.outsider.id})
    assert "outsider" in seen_by(case)
    other = office.start(office.analyst, chosen={"Lane_PejabatPenilai": office.superior.id})
    assert "outsider" not in seen_by(other)


def test_a_superior_sees_the_cases_of_all_below_and_of_nobody_else(office, seen_by):
    """Also the assessor who was replaced, being the employee's superior."""
    case = office.start(chosen={"Lane_PejabatPenilai": office.outsider.id})
    assert {"assessor", "superior", "head"} | ABOVE <= seen_by(case)
    assert not {"assessor", "superior"} & seen_by(office.start(office.analyst))


def test_who_is_their_own_superior_by_mistake_is_no_endless_chain(office):
    with office.db.write() as session:
        session.get_one(Person, office.head.id).superior_id = office.assessor.id
    with office.db.read() as session:
        above = people.superiors(session, office.employee.id)
    assert above == {office.assessor.id, office.superior.id, office.head.id}


def test_an_auditor_sees_and_lists_every_case(office):
    case, other = office.start(), office.start(office.analyst)
    with office.db.write() as session:
        session.add(Duty(person_id=office.outsider.id, name=people.AUDITOR))
    with office.db.read() as session:
        auditor = people.actor(session, office.outsider.id)
        assert cases.case(session, auditor, case).id == case
        assert [found.id for found in register.page(session, auditor, Sought())] == [other, case]


def test_an_ended_case_stays_visible_to_its_people(office, seen_by):
    case = office.start()
    office.finish(case)
    assert seen_by(case) == ABOVE | {"employee", "assessor", "superior", "staff", "head"}


def test_a_case_one_may_not_see_is_as_good_as_none(office):
    case = office.start()
    with office.db.read() as session:
        with pytest.raises(NotFound) as hidden:
            cases.case(session, office.outsider, case)
        with pytest.raises(NotFound) as missing:
            cases.case(session, office.outsider, 404)
    assert str(hidden.value) == str(missing.value)


def test_a_supervisor_lists_the_cases_of_their_unit_and_those_below(office):
    layanan, umum = office.start(office.employee), office.start(office.analyst)
    division = office.start(office.superior)
    agency = office.start(office.head)
    listed = {}
    with office.db.read() as session:
        for part in EVERYBODY:
            with contextlib.suppress(NotAllowed):
                found = register.page(session, getattr(office, part), Sought())
                listed[part] = [case.id for case in found]
    assert listed == {
        "head": [agency, division, umum, layanan],
        "superior": [division, layanan],
        "neighbour": [umum],
    }


def test_ones_own_cases_are_those_one_takes_part_in(office):
    about, by = office.start(), office.start(office.analyst, by=office.colleague)
    office.step(by)  # done by the staff, who so has the place
    with office.db.read() as session:
        mine = {p: [c.id for c in cases.mine(session, getattr(office, p))] for p in EVERYBODY}
    assert mine["employee"] == mine["assessor"] == mine["superior"] == [about]
    assert mine["staff"] == [by, about]
    assert mine["colleague"] == mine["analyst"] == mine["neighbour"] == [by]
    assert mine["outsider"] == mine["governor"] == mine["head"] == []


def test_pages_of_cases_go_back_in_time_without_gap_or_overlap(office, monkeypatch):
    monkeypatch.setattr(cases, "PAGE", 2)
    started = [office.start() for _ in range(5)]
    pages, before = [], None
    with office.db.read() as session:
        while page := cases.mine(session, office.employee, before):
            pages.append([case.id for case in page])
            before = pages[-1][-1]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert list(chain.from_iterable(pages)) == started[::-1]


def test_open_work_of_a_page_of_cases_is_given_by_case(office, side_by_side):
    office.put_into_force(side_by_side)
    linear, parallel, ended = office.start(), office.start(key="berdampingan"), office.start()
    supervision.cancel(office.db, office.staff, ended, "Salah")
    with office.db.read() as session:
        found = cases.open_work(session, cases.mine(session, office.staff))
    assert {case: sorted(i.element for i in items) for case, items in found.items()} == {
        linear: ["Langkah_1"],
        parallel: ["Catat", "Isi", "Periksa"],
    }


def test_the_work_of_a_case_is_in_the_order_it_opened(office):
    case = office.start()
    office.finish(case)
    with office.db.read() as session:
        work = cases.work(session, case)
        assert [item.element for item in work] == [f"Langkah_{n}" for n in range(1, 9)]
        assert work[0].closer.name == office.staff.name


def test_the_places_of_a_case_come_with_their_people(office):
    case = office.start()
    with office.db.read() as session:
        filled = {
            role.place: (role.person or role.group).name for role in cases.roles(session, case)
        }
    assert filled["Lane_Pegawai"] == office.employee.name
    assert filled["Lane_StafPelaksana"] == "Staf Sub Bagian Umum dan Aparatur"


def test_failures_are_listed_with_their_case_only(office):
    case, other = office.start(), office.start()
    item = office.until(case, "Langkah_4")
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.employee, item.id, {}, token="t")
    with office.db.read() as session:
        assert [incident.work_item_id for incident in cases.incidents(session, case)] == [item.id]
        assert cases.incidents(session, other) == []


def test_who_has_done_a_step_keeps_the_case_after_giving_the_next_one_away(office):
    case = office.start(by=office.colleague)
    instances.complete(office.db, office.staff, office.item(case).id, {}, token="t")
    step = office.item(case)
    instances.release(office.db, office.staff, step.id)
    instances.claim(office.db, office.colleague, step.id)
    with office.db.read() as session:
        assert cases.case(session, office.staff, case).id == case
        assert case in [found.id for found in cases.mine(session, office.staff)]
        done = office.work(case)[0]
        assert worklist.item(session, office.staff, done.id).id == done.id
        with pytest.raises(NotAllowed):
            worklist.item(session, office.staff, step.id)
