"""Taking a group's task, giving it back, and beginning it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, instances, worklist
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Role

STAFF = "Lane_StafPelaksana"


@pytest.fixture
def later(monkeypatch):
    """Moves the server's time on by minutes, and answers what it is then."""
    moment = clock.now()

    def move(minutes):
        nonlocal moment
        moment += timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    move(0)
    return move


@pytest.fixture
def holder(office):
    """Who has the staff's place in a case."""

    def look(case):
        with office.db.read() as session:
            place = Role.instance_id == case, Role.place == STAFF
            return session.scalar(select(Role.person_id).where(*place))

    return look


def test_claiming_takes_the_task_and_the_place(office, holder):
    case = office.start()
    item = office.item(case)
    assert instances.claim(office.db, office.colleague, item.id) == case
    taken = office.item(case)
    assert (taken.person_id, taken.group_id) == (office.colleague.id, item.group_id)
    assert holder(case) == office.colleague.id
    entry = office.history(case)[-1]
    assert (entry.kind, entry.element, entry.person_id, entry.capacity) == (
        "task.claimed",
        "Langkah_1",
        office.colleague.id,
        STAFF,
    )


def test_claiming_ones_own_task_again_changes_nothing(office):
    case = office.start()
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    before = office.rows()
    assert instances.claim(office.db, office.staff, item.id) == case
    assert office.rows() == before


def test_a_claimed_task_cannot_be_claimed_or_completed_by_a_colleague(office):
    case = office.start()
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    before = office.rows()
    with pytest.raises(NoLongerOpen, match=office.staff.name):
        instances.claim(office.db, office.colleague, item.id)
    with pytest.raises(NotAllowed):
        instances.complete(office.db, office.colleague, item.id, {}, token="t")
    assert office.rows() == before


@pytest.mark.parametrize("part", ["employee", "assessor", "head", "analyst"])
def test_who_is_not_of_the_group_cannot_claim(office, part):
    case = office.start()
    with pytest.raises(NotAllowed):
        instances.claim(office.db, getattr(office, part), office.item(case).id)


def test_a_closed_task_cannot_be_claimed_released_or_begun(office):
    case = office.start()
    item = office.item(case)
    office.step(case)
    for act in (instances.claim, instances.release, instances.take_up):
        with pytest.raises(NoLongerOpen, match=office.staff.name):
            act(office.db, office.staff, item.id)


def test_an_unknown_task_is_not_found(office):
    for act in (instances.claim, instances.release, instances.take_up):
        with pytest.raises(NotFound):
            act(office.db, office.staff, 404)


def test_who_first_claims_keeps_the_lane_for_the_case(office):
    case, other = office.start(), office.start()
    instances.claim(office.db, office.colleague, office.item(case).id)
    office.step(case)
    assert office.item(case).element == "Langkah_2"
    assert office.item(case).person_id == office.colleague.id
    assert office.item(other).person_id is None


def test_who_completes_without_claiming_keeps_the_lane_too(office, holder):
    case = office.start()
    instances.complete(office.db, office.colleague, office.item(case).id, {}, token="t")
    assert holder(case) == office.colleague.id
    assert office.item(case).person_id == office.colleague.id


def test_claiming_one_of_two_parallel_tasks_takes_both_of_the_lane(office, side_by_side):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    instances.claim(office.db, office.colleague, office.open_items(case)["Periksa"].id)
    have = {element: item.person_id for element, item in office.open_items(case).items()}
    assert have == {
        "Periksa": office.colleague.id,
        "Catat": office.colleague.id,
        "Isi": office.employee.id,
    }


def test_releasing_gives_task_and_place_back_to_the_group(office, holder):
    case = office.start()
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    assert instances.release(office.db, office.staff, item.id) == case
    free = office.item(case)
    assert (free.person_id, free.group_id) == (None, item.group_id)
    assert holder(case) is None
    assert office.kinds(case)[-2:] == ["task.claimed", "task.released"]
    with office.db.read() as session:
        assert [w.id for w in worklist.of_my_groups(session, office.colleague)] == [item.id]
    instances.claim(office.db, office.colleague, item.id)
    assert holder(case) == office.colleague.id


def test_the_second_task_of_a_lane_can_be_released_as_well(office, holder):
    case = office.start()
    office.step(case)
    instances.release(office.db, office.staff, office.item(case).id)
    instances.complete(office.db, office.colleague, office.item(case).id, {}, token="t")
    assert holder(case) == office.colleague.id
    assert [item.closed_by for item in office.work(case)[:2]] == [
        office.staff.id,
        office.colleague.id,
    ]


def test_only_who_has_a_task_can_release_it(office):
    case = office.start()
    item = office.item(case)
    with pytest.raises(NotAllowed):
        instances.release(office.db, office.staff, item.id)
    instances.claim(office.db, office.staff, item.id)
    with pytest.raises(NotAllowed):
        instances.release(office.db, office.colleague, item.id)
    assert office.item(case).person_id == office.staff.id


def test_a_task_that_came_from_no_group_cannot_be_released(office):
    case = office.start()
    item = office.until(case, "Langkah_3")
    with pytest.raises(InvalidInput):
        instances.release(office.db, office.assessor, item.id)
    assert office.item(case).person_id == office.assessor.id


def test_claiming_takes_the_task_up(office, later):
    case = office.start()
    at = later(5)
    instances.claim(office.db, office.staff, office.item(case).id)
    assert office.item(case).taken_up_at == at


def test_mulai_takes_a_persons_task_up_and_is_recorded(office, later):
    case = office.start()
    item = office.until(case, "Langkah_3")
    assert item.taken_up_at is None
    at = later(30)
    assert instances.take_up(office.db, office.assessor, item.id) == case
    assert office.item(case).taken_up_at == at
    entry = office.history(case)[-1]
    assert (entry.kind, entry.element, entry.at) == ("task.taken-up", "Langkah_3", at)


def test_beginning_twice_changes_nothing(office, later):
    case = office.start()
    item = office.until(case, "Langkah_3")
    instances.take_up(office.db, office.assessor, item.id)
    before = office.rows()
    later(10)
    instances.take_up(office.db, office.assessor, item.id)
    assert office.rows() == before


def test_a_groups_task_must_be_claimed_before_it_is_begun(office):
    case = office.start()
    with pytest.raises(NotAllowed):
        instances.take_up(office.db, office.staff, office.item(case).id)
    assert office.item(case).taken_up_at is None


def test_others_cannot_begin_a_persons_task(office):
    case = office.start()
    item = office.until(case, "Langkah_3")
    for other in (office.employee, office.staff, office.head):
        with pytest.raises(NotAllowed):
            instances.take_up(office.db, other, item.id)
    assert office.item(case).taken_up_at is None


def test_completing_counts_as_taking_up_what_nobody_has_begun(office, later):
    case = office.start()
    at = later(20)
    office.step(case)
    done = office.work(case)[0]
    assert done.taken_up_at == done.closed_at == at


def test_completing_keeps_when_the_work_was_begun(office, later):
    case = office.start()
    item = office.until(case, "Langkah_3")
    begun = later(7)
    instances.take_up(office.db, office.assessor, item.id)
    done_at = later(12)
    office.step(case)
    done = office.work(case)[2]
    assert (done.taken_up_at, done.closed_at) == (begun, done_at)


def test_viewing_does_not_take_up(office):
    case = office.start()
    item = office.until(case, "Langkah_3")
    before = office.rows()
    with office.db.read() as session:
        assert worklist.item(session, office.assessor, item.id).taken_up_at is None
        worklist.mine(session, office.assessor)
    assert office.rows() == before


def test_releasing_and_claiming_again_keep_the_first_beginning(office, later):
    case = office.start()
    item = office.item(case)
    begun = later(1)
    instances.claim(office.db, office.staff, item.id)
    later(2)
    instances.release(office.db, office.staff, item.id)
    assert office.item(case).taken_up_at == begun
    later(3)
    instances.claim(office.db, office.colleague, item.id)
    assert office.item(case).taken_up_at == begun


def test_claiming_one_parallel_task_takes_up_only_that_one(office, side_by_side):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    instances.claim(office.db, office.staff, office.open_items(case)["Periksa"].id)
    begun = {e for e, item in office.open_items(case).items() if item.taken_up_at is not None}
    assert begun == {"Periksa"}


def test_a_new_visit_is_to_be_taken_up_anew(office):
    case = office.start()
    office.until(case, "Langkah_4")
    office.step(case, keputusan="tidak_setuju", alasan="Keliru")
    again = office.item(case)
    assert (again.element, again.visit, again.taken_up_at) == ("Langkah_3", 2, None)


def test_all_of_it_leaves_a_sound_record(office, audit):
    case = office.start()
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    instances.take_up(office.db, office.staff, item.id)
    instances.release(office.db, office.staff, item.id)
    instances.claim(office.db, office.colleague, item.id)
    office.finish(case)
    assert audit(office.db) == []


def test_completing_a_groups_task_takes_the_lanes_other_open_tasks_too(office, side_by_side):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    items = office.open_items(case)
    instances.complete(office.db, office.staff, items["Periksa"].id, {}, token="t")
    assert office.open_items(case)["Catat"].person_id == office.staff.id
    with pytest.raises(NotAllowed):
        instances.complete(office.db, office.colleague, items["Catat"].id, {}, token="u")


def test_a_person_who_must_differ_cannot_take_a_groups_place(office, skp):
    lanes = b"Lane_PejabatPenilai,Lane_Pegawai,Lane_AtasanPejabatPenilai"
    office.put_into_force(skp.replace(lanes, lanes + b",Lane_StafPelaksana"))
    case = office.start(office.staff, by=office.staff)
    item = office.item(case)
    before = office.rows()
    for act in (
        lambda: instances.claim(office.db, office.staff, item.id),
        lambda: instances.complete(office.db, office.staff, item.id, {}, token="t"),
    ):
        with pytest.raises(NotAllowed, match=office.staff.name):
            act()
    assert office.rows() == before
    instances.complete(office.db, office.colleague, item.id, {}, token="t")


def test_who_has_no_part_in_a_case_is_not_told_who_did_its_work(office):
    case = office.start()
    item = office.item(case)
    instances.complete(office.db, office.staff, item.id, {}, token="t")
    with pytest.raises(NotAllowed):
        instances.complete(office.db, office.outsider, item.id, {}, token="u")
    with pytest.raises(NoLongerOpen, match=office.staff.name):
        instances.complete(office.db, office.colleague, item.id, {}, token="u")
