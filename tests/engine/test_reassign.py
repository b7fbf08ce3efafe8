"""Giving the places of running cases to others: one, and all that somebody fills."""

import pytest
from sqlalchemy import update

from engine import (
    absences,
    cases,
    deployments,
    instances,
    journal,
    ledger,
    people,
    reassignment,
    roles,
    starting,
    substitutions,
    supervision,
    values,
    worklist,
)
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Membership, Person
from engine.substitutions import Term

ASSESSOR, SUPERIOR = "Lane_PejabatPenilai", "Lane_AtasanPejabatPenilai"
EMPLOYEE = "Lane_Pegawai"
REASON = "Pindah tugas"
MARKS = {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"}


@pytest.fixture(autouse=True)
def standing_still(at):
    """Nine in the morning of a Thursday."""


@pytest.fixture
def second(office):
    """The other head of section."""
    with office.db.read() as session:
        return people.actor(session, people.find(session, "Kasi Contoh Dua").id)


def reassign(office, case, place, to, by=None, reason=REASON):
    reassignment.reassign(office.db, by or office.superior, case, place, to.id, reason)


def hand_over_all(office, holder, to, chosen, by=None):
    by = by or office.administrator
    return reassignment.hand_over_all(office.db, by, holder.id, to.id, chosen, REASON)


def held_by(office, who, by=None):
    with office.db.read() as session:
        found = reassignment.held_by(office.db, session, by or office.administrator, who.id)
    return {one.case.id: one.places for one in found}


def places(office, case):
    with office.db.read() as session:
        return {role.place: role.person_id for role in cases.roles(session, case)}


def change(office, who, **changes):
    with office.db.write() as session:
        session.execute(update(Person).where(Person.id == who.id).values(**changes))


def moved_on(office, case):
    """Where the directory differs: the place with who would fill it, or why nobody does."""
    with office.db.read() as session:
        found = cases.case(session, office.head, case)
        diagram = deployments.program_of(office.db, found).diagram
        said = roles.moved_on(session, diagram, found, cases.roles(session, case))
    return {place: one.person_id or str(one.problem) for place, one in said.items()}


# One place


def test_a_place_goes_with_its_open_task_as_it_lies(office, second, at, audit):
    case = office.start()
    item = office.until(case, "Langkah_3")
    instances.take_up(office.db, office.assessor, item.id)
    with office.db.write() as session:
        ledger.change(session, item.id, draft=values.dumps({"nilai_skp": 80}))
    before = office.item(case)
    jobs = office.jobs(case)
    at("2026-11-26T09:05")
    reassign(office, case, ASSESSOR, second)
    after = office.item(case)
    assert after.person_id == second.id
    for kept in ("id", "taken_up_at", "due_at", "deadline_at", "since", "draft", "opened_at"):
        assert getattr(after, kept) == getattr(before, kept)
    assert [(job.id, job.due) for job in office.jobs(case)] == [(job.id, job.due) for job in jobs]
    assert places(office, case)[ASSESSOR] == second.id
    with pytest.raises(NotAllowed):
        instances.complete(office.db, office.assessor, item.id, MARKS, token="t")
    instances.complete(office.db, second, item.id, MARKS, token="u")
    assert office.until(case, "Langkah_5").person_id == second.id
    assert audit(office.db) == []


def test_the_history_says_who_gave_it_to_whom_and_why(office, second):
    case = office.start()
    reassign(office, case, ASSESSOR, second)
    last = office.history(case)[-1]
    assert (last.kind, last.element, last.person_id, last.capacity) == (
        "role.reassigned", ASSESSOR, office.superior.id, "supervisor",
    )  # fmt: skip
    assert values.loads(last.details) == {
        "from": office.assessor.id, "to": second.id, "reason": REASON,
    }  # fmt: skip


def test_a_place_whose_task_is_not_open_yet_goes_too(office, second):
    case = office.start()
    reassign(office, case, ASSESSOR, second)
    assert office.until(case, "Langkah_3").person_id == second.id


def test_a_suspended_case_is_reassigned_and_goes_on_with_its_new_people(office, second, audit):
    case = office.start()
    office.until(case, "Langkah_3")
    supervision.suspend(office.db, office.superior, case, "Menunggu")
    reassign(office, case, ASSESSOR, second)
    supervision.resume(office.db, office.superior, case, "Lanjut")
    assert office.item(case).person_id == second.id
    assert audit(office.db) == []


def test_supervisors_above_the_employee_and_administrators_may(office, second):
    for by, capacity in (
        (office.superior, "supervisor"),
        (office.head, "supervisor"),
        (office.administrator, "administrator"),
    ):
        case = office.start()
        reassign(office, case, ASSESSOR, second, by)
        assert office.history(case)[-1].capacity == capacity


def test_nobody_else_may(office, second):
    case = office.start()
    before = office.rows()
    others = (office.neighbour, office.assessor, office.staff, office.employee, office.analyst)
    for by in others:
        with pytest.raises(NotAllowed):
            reassign(office, case, ASSESSOR, second, by)
    assert office.rows() == before


def test_what_makes_no_sense_is_refused_and_changes_nothing(office, second):
    case = office.start()
    office.until(case, "Langkah_3")
    before = office.rows()
    gone = Person(id=9999, name="–")
    for place, to, reason, error in (
        ("Lane_Entah", second, REASON, NotFound),
        (ASSESSOR, gone, REASON, InvalidInput),
        (ASSESSOR, second, "  ", InvalidInput),
        (ASSESSOR, office.assessor, REASON, InvalidInput),
        (EMPLOYEE, second, REASON, InvalidInput),
    ):
        with pytest.raises(error):
            reassign(office, case, place, to, reason=reason)
    with pytest.raises(NotFound):
        reassign(office, 9999, ASSESSOR, second)
    assert office.rows() == before


def test_who_has_left_gets_nothing(office, second):
    case = office.start()
    change(office, second, left_at=office.case(case).started_at)
    with pytest.raises(InvalidInput, match="sudah tidak bertugas"):
        reassign(office, case, ASSESSOR, second)


def test_an_ended_case_stays_as_it_was(office, second):
    case = office.start()
    office.finish(case)
    with pytest.raises(NoLongerOpen):
        reassign(office, case, ASSESSOR, second)


def test_distinct_places_stay_in_distinct_hands(office, second):
    case = office.start()
    for to in (office.employee, office.superior):
        with pytest.raises(InvalidInput, match="sekaligus"):
            reassign(office, case, ASSESSOR, to)
    reassign(office, case, ASSESSOR, second)
    with pytest.raises(InvalidInput, match="sekaligus"):
        reassign(office, case, SUPERIOR, second)


def test_who_has_assessed_does_not_confirm_after_giving_the_place_away(office, second):
    case = office.start()
    office.until(case, "Langkah_6")
    reassign(office, case, ASSESSOR, second)
    with pytest.raises(InvalidInput, match="sekaligus Pejabat Penilai"):
        reassign(office, case, SUPERIOR, office.assessor)
    reassign(office, case, ASSESSOR, office.assessor)  # but may come back to what they did


def test_the_head_of_the_agency_may_be_both(office):
    case = office.start()
    reassign(office, case, ASSESSOR, office.head)
    office.until(case, "Langkah_4")
    reassign(office, case, SUPERIOR, office.head)
    office.finish(case)


def test_a_groups_place_goes_to_one_of_its_members(office):
    case = office.start()
    place = office.item(case).place
    with pytest.raises(InvalidInput, match="bukan anggota"):
        reassign(office, case, place, office.outsider)
    reassign(office, case, place, office.colleague)
    item = office.item(case)
    assert (item.person_id, item.group_id is not None) == (office.colleague.id, True)
    with pytest.raises(NoLongerOpen):
        instances.claim(office.db, office.staff, item.id)
    instances.release(office.db, office.colleague, item.id)
    instances.claim(office.db, office.staff, item.id)


def test_an_act_between_reading_and_writing_is_not_written_over(office, second, before_writing):
    """The first task is done meanwhile: the next one is the new person's all the same."""
    case = office.start()
    office.until(case, "Langkah_3")
    before_writing(office.db, lambda: office.step(case))
    reassign(office, case, ASSESSOR, second)
    assert office.item(case).element == "Langkah_4"
    assert office.until(case, "Langkah_5").person_id == second.id


def test_who_acts_for_a_supervisor_says_so(office, second):
    with office.db.read() as session:
        day = absences.today(session)
    term = Term("plh", day, day, "Dinas luar")
    substitutions.appoint(office.db, office.administrator, office.superior.id, second.id, term)
    with office.db.read() as session:
        acting = people.actor(session, second.id)
    case = office.start()
    reassign(office, case, ASSESSOR, office.head, acting)
    details = values.loads(office.history(case)[-1].details)
    assert details["behalf"] == {"person": office.superior.id, "as": "plh"}


# All of a person's


def test_all_that_somebody_fills_is_listed_but_not_what_is_their_own(office, second):
    running = [office.start(), office.start(office.outsider)]
    ended = office.start()
    office.cancel(ended)
    own = starting.start(
        office.db, office.staff, "skp_collection", office.assessor.id, token=office.token()
    )
    assert held_by(office, office.assessor) == {case: ["Pejabat Penilai"] for case in running}
    assert held_by(office, office.superior)[own] == ["Pejabat Penilai"]
    assert set(held_by(office, office.assessor, office.superior)) == set(running)
    assert held_by(office, office.assessor, office.neighbour) == {}
    assert held_by(office, office.employee) == {}


def test_all_is_handed_over_and_a_second_time_nothing_is_left(office, second, audit):
    chosen = [office.start(), office.start(office.outsider)]
    outcomes = hand_over_all(office, office.assessor, second, chosen)
    assert [one.refused for one in outcomes] == [None, None]
    assert {places(office, case)[ASSESSOR] for case in chosen} == {second.id}
    assert held_by(office, office.assessor) == {}
    again = hand_over_all(office, office.assessor, second, chosen)
    assert all(one.refused is not None for one in again)
    assert audit(office.db) == []


def test_what_is_refused_stays_and_says_why(office, second):
    fine, refused = office.start(), office.start()
    reassign(office, refused, SUPERIOR, second)
    outcomes = hand_over_all(office, office.assessor, second, [fine, refused])
    assert [one.instance_id for one in outcomes if one.refused is None] == [fine]
    assert "sekaligus" in str(outcomes[1].refused)
    assert places(office, refused)[ASSESSOR] == office.assessor.id
    with office.db.read() as session:
        newest = journal.page(session)[0]
    assert (newest.kind, newest.person_id) == ("cases.reassigned", office.administrator.id)
    assert values.loads(newest.details) == {
        "person": office.assessor.id, "to": second.id, "moved": 1, "refused": 1,
    }  # fmt: skip


def test_two_places_of_one_case_go_together_or_not_at_all(office, second):
    both = {ASSESSOR: office.head.id, SUPERIOR: office.head.id}
    case = office.start(chosen=both)
    (outcome,) = hand_over_all(office, office.head, second, [case])
    assert "sekaligus" in str(outcome.refused)
    assert {place: places(office, case)[place] for place in both} == both


def test_a_supervisor_hands_over_the_cases_of_their_units_only(office, second):
    mine = office.start()
    (outcome,) = hand_over_all(office, office.assessor, second, [mine], office.neighbour)
    assert outcome.refused is not None
    assert places(office, mine)[ASSESSOR] == office.assessor.id


def test_an_end_in_the_middle_leaves_each_case_moved_or_not(office, second, monkeypatch, audit):
    chosen = [office.start() for _ in range(3)]
    seat_open_items, times = ledger.seat_open_items, []

    def killed(*given):
        times.append(given)
        if len(times) == 2:
            raise RuntimeError("killed")
        seat_open_items(*given)

    monkeypatch.setattr(ledger, "seat_open_items", killed)
    with pytest.raises(RuntimeError):
        hand_over_all(office, office.assessor, second, chosen)
    monkeypatch.undo()
    holders = [places(office, case)[ASSESSOR] for case in chosen]
    assert holders == [second.id, office.assessor.id, office.assessor.id]
    assert audit(office.db) == []
    left = list(held_by(office, office.assessor))
    assert left == chosen[1:]
    assert all(o.refused is None for o in hand_over_all(office, office.assessor, second, left))


def test_too_many_or_none_at_a_time_are_refused(office, second):
    for chosen in ([], list(range(1, reassignment.MOST + 2))):
        with pytest.raises(InvalidInput, match="500"):
            hand_over_all(office, office.assessor, second, chosen)


def test_the_list_goes_on_behind_a_case(office, monkeypatch):
    monkeypatch.setattr(reassignment, "MOST", 1)
    first, second = office.start(), office.start()
    with office.db.read() as session:
        for after, expected in ((0, [first]), (first, [second]), (second, [])):
            found = reassignment.held_by(
                office.db, session, office.administrator, office.assessor.id, after
            )
            assert [one.case.id for one in found] == expected


# Moves during the year


def test_a_case_that_agrees_with_the_directory_differs_nowhere(office):
    case = office.start()
    office.step(case)  # the group's place is taken by one of its members
    assert moved_on(office, case) == {}


def test_a_new_superior_is_said_while_the_case_keeps_its_people(office, second):
    case = office.start()
    office.until(case, "Langkah_3")
    change(office, office.employee, superior_id=second.id)
    assert moved_on(office, case) == {ASSESSOR: second.id}
    with office.db.read() as session:
        assert [i.element for i in worklist.mine(session, office.assessor)] == ["Langkah_3"]
    reassign(office, case, ASSESSOR, second)
    assert moved_on(office, case) == {}


def test_a_holder_who_has_left_is_said(office, at):
    case = office.start()
    change(office, office.assessor, left_at=at.instant)
    assert moved_on(office, case) == {ASSESSOR: "Kasi Contoh Satu sudah tidak bertugas."}


def test_a_member_who_is_no_longer_of_the_group_is_said(office):
    case = office.start()
    place = office.item(case).place
    office.step(case)
    with office.db.write() as session:
        row = session.get(Membership, (next(iter(office.staff.groups)), office.staff.id))
        session.delete(row)
    assert list(moved_on(office, case)) == [place]
