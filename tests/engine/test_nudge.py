"""A supervisor reminds whoever has an open task."""

from datetime import timedelta

import pytest

from engine import nudges, supervision, values
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound, Suspended

REASON = "Rapat penilaian besok pagi"


@pytest.fixture
def case(office, audit):
    """A case of the office whose third step is open; sound at the end."""
    begun = office.start()
    office.until(begun, "Langkah_3")
    yield begun
    assert audit(office.db) == []


@pytest.fixture
def nudge(office):
    def _nudge(case: int, who: str = "superior", reason: str = REASON) -> None:
        nudges.nudge(office.db, getattr(office, who), case, office.item(case).id, reason)

    return _nudge


def told(office, case: int) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in office.told(case) if kind == "nudged"]


def test_its_person_is_told_and_the_record_says_by_whom_and_why(office, case, nudge):
    nudge(case)
    assert told(office, case) == [(office.assessor.name, "nudged")]
    entry = office.history(case)[-1]
    assert (entry.kind, entry.element, entry.person_id, entry.capacity) == (
        "task.nudged", "Langkah_3", office.superior.id, "supervisor",
    )  # fmt: skip
    assert values.loads(entry.details) == {"reason": REASON, "told": [office.assessor.id]}


def test_of_a_task_that_nobody_has_yet_the_whole_group_is_told(office, nudge):
    case = office.start()
    nudge(case)
    assert {name for name, _ in told(office, case)} == {office.staff.name, office.colleague.name}


def test_within_the_hour_it_is_not_done_again(office, case, nudge, later):
    nudge(case)
    later(timedelta(minutes=59))
    with pytest.raises(InvalidInput, match="lagi dalam 1 menit"):
        nudge(case)
    later(timedelta(minutes=1))
    nudge(case)
    assert len(told(office, case)) == 2


def test_what_is_done_or_stands_still_asks_for_nobody(office, case):
    item = office.item(case)
    supervision.suspend(office.db, office.superior, case, "Menunggu")
    with pytest.raises(Suspended):
        nudges.nudge(office.db, office.superior, case, item.id, REASON)
    supervision.resume(office.db, office.superior, case, "Lanjut")
    office.until(case, "Langkah_4")
    with pytest.raises(NoLongerOpen):
        nudges.nudge(office.db, office.superior, case, item.id, REASON)
    with pytest.raises(NotFound):
        nudges.nudge(office.db, office.superior, case + 1, item.id, REASON)
    assert told(office, case) == []


@pytest.mark.parametrize("who", ["employee", "assessor", "staff", "neighbour", "administrator"])
def test_others_than_a_supervisor_of_the_employee_do_not(office, case, nudge, who):
    with pytest.raises(NotAllowed):
        nudge(case, who)
    assert told(office, case) == []


def test_a_reason_is_given_and_no_novel(case, nudge):
    for reason in (" ", "x" * 1001):
        with pytest.raises(InvalidInput):
            nudge(case, reason=reason)
