"""Cancelling a case."""

import pytest

from engine import instances, supervision, values, worklist
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound

REASON = "Pegawai pindah tugas"


def test_a_cancelled_case_has_ended_and_its_work_is_gone(office, audit):
    case = office.start()
    item = office.until(case, "Langkah_3")
    supervision.cancel(office.db, office.staff, case, REASON)
    ended = office.case(case)
    assert ended.status == "cancelled"
    gone = office.work(case)[-1]
    assert (gone.id, gone.status, gone.closed_at) == (item.id, "cancelled", ended.ended_at)
    assert gone.closed_by == office.staff.id
    with office.db.read() as session:
        assert not worklist.mine(session, office.assessor)
    assert audit(office.db) == []


def test_all_parallel_tasks_go(office, side_by_side, audit):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    instances.complete(office.db, office.employee, office.open_items(case)["Isi"].id, {}, token="t")
    supervision.cancel(office.db, office.staff, case, REASON)
    assert {item.element: item.status for item in office.work(case)} == {
        "Periksa": "cancelled",
        "Catat": "cancelled",
        "Isi": "completed",
    }
    assert audit(office.db) == []


def test_the_reason_and_who_gave_it_are_recorded(office):
    case = office.start()
    supervision.cancel(office.db, office.staff, case, f"  {REASON}\n")
    entry = office.history(case)[-1]
    assert (entry.kind, entry.person_id, entry.capacity) == (
        "instance.cancelled",
        office.staff.id,
        "starter",
    )
    assert values.loads(entry.details) == {"reason": REASON}


@pytest.mark.parametrize("part", ["head", "superior"])
def test_a_supervisor_above_the_employee_may_cancel(office, part):
    case = office.start()
    supervision.cancel(office.db, getattr(office, part), case, REASON)
    assert office.history(case)[-1].capacity == "supervisor"


@pytest.mark.parametrize(
    "part", ["employee", "assessor", "colleague", "analyst", "neighbour", "outsider", "governor"]
)
def test_nobody_else_may_cancel(office, part):
    case = office.start()
    before = office.rows()
    with pytest.raises(NotAllowed):
        supervision.cancel(office.db, getattr(office, part), case, REASON)
    assert office.rows() == before


@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_a_reason_is_needed(office, reason):
    case = office.start()
    with pytest.raises(InvalidInput):
        supervision.cancel(office.db, office.staff, case, reason)
    assert office.case(case).status == "running"


def test_an_unknown_case_is_not_found(office):
    with pytest.raises(NotFound):
        supervision.cancel(office.db, office.staff, 404, REASON)


def test_an_ended_case_cannot_be_cancelled(office):
    completed, cancelled = office.start(), office.start()
    office.finish(completed)
    supervision.cancel(office.db, office.staff, cancelled, REASON)
    before = office.rows()
    for case in (completed, cancelled):
        with pytest.raises(NoLongerOpen):
            supervision.cancel(office.db, office.staff, case, REASON)
    assert office.rows() == before


def test_nothing_can_be_done_in_a_cancelled_case(office):
    case = office.start()
    item = office.item(case)
    supervision.cancel(office.db, office.staff, case, REASON)
    before = office.rows()
    with pytest.raises(NoLongerOpen):
        instances.complete(office.db, office.staff, item.id, {}, token="t")
    for act in (instances.claim, instances.release, instances.take_up):
        with pytest.raises(NoLongerOpen):
            act(office.db, office.staff, item.id)
    assert office.rows() == before


def test_what_was_done_before_stays(office):
    case = office.start()
    office.until(case, "Langkah_4")
    before = office.rows()["submission"]
    supervision.cancel(office.db, office.staff, case, REASON)
    assert office.rows()["submission"] == before
    assert [item.status for item in office.work(case)] == ["completed"] * 3 + ["cancelled"]


def test_other_cases_go_on(office):
    case, other = office.start(), office.start()
    supervision.cancel(office.db, office.staff, case, REASON)
    office.finish(other)
    assert office.case(other).status == "completed"


def test_a_cancellation_is_one_commit(office, statements):
    case = office.start()
    statements.clear()
    supervision.cancel(office.db, office.staff, case, REASON)
    assert statements.commits == 1
