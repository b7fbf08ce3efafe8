"""Acting in somebody's place: Plh., Plt. and on leave, and what the record says of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import (
    absences,
    cases,
    clock,
    deployments,
    history,
    instances,
    journal,
    notices,
    people,
    reassignment,
    reminders,
    substitutions,
    supervision,
    values,
    worklist,
)
from engine.database import Database
from engine.errors import (
    InvalidInput,
    NoLongerOpen,
    NotAllowed,
    NotFound,
    StepFailed,
    Unfillable,
)
from engine.models import Duty, Person, Submission, Substitution
from engine.settings import Settings
from engine.substitutions import Term
from tasks import feed

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
MARKS = {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"}


@pytest.fixture(autouse=True)
def standing_still(at):
    """Nine in the morning of a Thursday."""


def actor(office, name):
    with office.db.read() as session:
        return people.actor(session, people.find(session, name).id)


def again(office, who):
    """The same person at a later request."""
    with office.db.read() as session:
        return people.actor(session, who.id)


def appoint(office, absent, substitute, capacity="plh", first=THURSDAY, last=FRIDAY, by=None):
    term = Term(capacity, first, last, "Dinas luar")
    return substitutions.appoint(
        office.db, by or office.administrator, absent.id, substitute.id, term
    )


@pytest.fixture
def second(office):
    """The other head of section, who is to stand in for the assessor."""
    return actor(office, "Kasi Contoh Dua")


@pytest.fixture
def acting(office, second):
    """The other head of section as Plh. of the assessor, yesterday's colleague."""
    appoint(office, office.assessor, second)
    return again(office, second)


def leave(office, who):
    with office.db.write() as session:
        session.get(Person, who.id).left_at = clock.now()


def entries(office, case):
    with office.db.read() as session:
        return history.of_instance(session, case)


def elements(items):
    return [item.element for item in items]


def kept(office):
    with office.db.read() as session:
        return session.scalars(select(Substitution).order_by(Substitution.id)).all()


# Setting and ending


def test_an_administrator_and_the_units_supervisor_may_set_a_substitute(office, second):
    for who in (office.administrator, office.superior, office.head):
        made = appoint(office, office.assessor, second, by=who)
        substitutions.end(office.db, who, made)


def test_nobody_else_may_set_a_substitute(office, second):
    others = (office.neighbour, office.assessor, office.staff, office.analyst, office.employee)
    for who in others:
        with pytest.raises(NotAllowed):
            appoint(office, office.assessor, second, by=who)
    assert kept(office) == []


def test_nobody_else_may_end_one_or_learn_of_it(office, second):
    made = appoint(office, office.assessor, second)
    for who in (office.neighbour, office.assessor, office.employee, again(office, second)):
        with pytest.raises(NotFound):
            substitutions.end(office.db, who, made)
    assert kept(office)[0].ended_at is None


def test_a_supervisor_passes_on_no_duty_over_units_that_are_not_theirs(office, second):
    with office.db.write() as session:
        unit = session.get(Person, office.staff.id).unit_id
        session.add(Duty(person_id=office.assessor.id, name="supervisor", unit_id=unit))
    with pytest.raises(NotAllowed, match="administrator"):
        appoint(office, office.assessor, second, by=office.superior)
    appoint(office, office.assessor, second, "leave", by=office.superior)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (THURSDAY - timedelta(days=1), FRIDAY, "sebelum hari ini"),
        (FRIDAY, THURSDAY, "sebelum hari pertama"),
        (THURSDAY, THURSDAY + timedelta(days=366), "366"),
    ],
    ids=["in the past", "backwards", "too long"],
)
def test_days_that_make_no_sense_are_refused(office, second, first, last, said):
    with pytest.raises(InvalidInput, match=said):
        appoint(office, office.assessor, second, first=first, last=last)
    assert kept(office) == []


def test_a_single_day_and_a_whole_year_are_taken(office, second):
    made = appoint(office, office.assessor, second, last=THURSDAY)
    substitutions.end(office.db, office.administrator, made)
    appoint(office, office.assessor, second, last=THURSDAY + timedelta(days=365))


def test_oneself_an_unknown_person_and_an_unknown_capacity_are_refused(office, second):
    with pytest.raises(InvalidInput, match="orang lain"):
        appoint(office, office.assessor, office.assessor)
    with pytest.raises(InvalidInput, match="Plh"):
        appoint(office, office.assessor, second, "king")
    term = Term("plh", THURSDAY, FRIDAY, "Dinas luar")
    for pair in ((office.assessor.id, 9999), (9999, second.id)):
        with pytest.raises(InvalidInput, match="tidak dikenal"):
            substitutions.appoint(office.db, office.administrator, *pair, term)
    with pytest.raises(InvalidInput, match="Alasan"):
        substitutions.appoint(
            office.db,
            office.administrator,
            office.assessor.id,
            second.id,
            Term("plh", THURSDAY, FRIDAY, " "),
        )
    assert kept(office) == []


def test_who_has_left_stands_in_for_nobody_and_is_followed_by_a_plt_only(office, second):
    leave(office, office.assessor)
    with pytest.raises(InvalidInput, match="tidak bertugas"):
        appoint(office, office.employee, office.assessor)
    for capacity in ("plh", "leave"):
        with pytest.raises(InvalidInput, match="Plt"):
            appoint(office, office.assessor, second, capacity)
    appoint(office, office.assessor, second, "plt")


def test_on_one_day_a_person_has_one_substitute(office, second):
    appoint(office, office.assessor, second)
    with pytest.raises(InvalidInput, match=r"Kasi Contoh Dua dari 26-11-2026 sampai 27-11-2026"):
        appoint(office, office.assessor, office.superior, first=FRIDAY, last=FRIDAY)
    appoint(office, office.assessor, office.superior, first=FRIDAY + timedelta(days=1),
            last=FRIDAY + timedelta(days=3))  # fmt: skip
    assert len(kept(office)) == 2


def test_what_was_ended_leaves_its_days_free(office, second):
    made = appoint(office, office.assessor, second)
    substitutions.end(office.db, office.administrator, made)
    appoint(office, office.assessor, office.superior)
    with pytest.raises(NoLongerOpen):
        substitutions.end(office.db, office.administrator, made)


def test_of_two_that_are_set_at_once_one_is_refused(office, at_once, second):
    def set_one(substitute):
        term = Term("plh", THURSDAY, FRIDAY, "Dinas luar")
        return lambda db: substitutions.appoint(
            db, office.administrator, office.assessor.id, substitute.id, term
        )

    told = at_once(set_one(second), set_one(office.superior))
    assert sorted(type(one).__name__ for one in told) == ["InvalidInput", "int"]
    assert len(kept(office)) == 1


def test_setting_and_ending_stand_in_the_journal_without_the_reason(office, second):
    made = appoint(office, office.assessor, second)
    substitutions.end(office.db, office.superior, made)
    with office.db.read() as session:
        ended, begun = journal.page(session)[:2]
    assert (begun.kind, ended.kind) == ("substitution.set", "substitution.ended")
    assert (begun.person_id, ended.person_id) == (office.administrator.id, office.superior.id)
    assert values.loads(begun.details) == {
        "substitution": made, "absent": office.assessor.id, "substitute": second.id,
        "capacity": "plh", "first": THURSDAY, "last": FRIDAY,
    }  # fmt: skip


def test_a_refused_one_leaves_no_trace(office, second):
    appoint(office, office.assessor, second)
    before = office.rows()
    with pytest.raises(InvalidInput):
        appoint(office, office.assessor, office.superior)
    assert office.rows() == before


# What it lasts


@pytest.mark.parametrize(
    ("local", "holds"),
    [
        ("2026-11-26T00:00", False), ("2026-11-26T23:59", False), ("2026-11-27T00:00", True),
        ("2026-11-28T23:59", True), ("2026-11-29T00:00", False),
    ],
)  # fmt: skip
def test_both_days_count_in_the_offices_zone(office, second, at, local, holds):
    appoint(office, office.assessor, second, first=FRIDAY, last=FRIDAY + timedelta(days=1))
    at(local)
    expected = {office.assessor.id: "plh"} if holds else {}
    assert again(office, second).stands_in == expected


def test_the_zone_is_the_offices_own(office, second, monkeypatch):
    appoint(office, office.assessor, second, first=FRIDAY, last=FRIDAY)
    almost_midnight = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)  # 23.30 there, 01.30 further east
    monkeypatch.setattr(clock, "now", lambda: almost_midnight)
    assert again(office, second).stands_in == {}
    east = Database(office.db.url, "Asia/Jayapura")
    with east.read() as session:
        assert people.actor(session, second.id).stands_in == {office.assessor.id: "plh"}
    east.close()


def test_an_ended_one_holds_no_longer(office, second):
    made = appoint(office, office.assessor, second)
    substitutions.end(office.db, office.administrator, made)
    assert again(office, second).stands_in == {}


def test_it_is_not_transitive(office, second, acting):
    appoint(office, second, office.outsider)
    assert again(office, office.outsider).stands_in == {second.id: "plh"}
    case = office.start()
    item = office.until(case, "Langkah_3")
    with pytest.raises(NotAllowed):
        instances.complete(office.db, again(office, office.outsider), item.id, MARKS, token="t")


@pytest.mark.parametrize(
    ("capacity", "passed_on"), [("plh", True), ("plt", True), ("leave", False)]
)
def test_a_plh_and_a_plt_supervise_but_not_who_stands_in_during_leave(
    office, second, capacity, passed_on
):
    appoint(office, office.superior, second, capacity)
    acting = again(office, second)
    assert acting.supervises == (office.superior.supervises if passed_on else frozenset())
    assert set(acting.supervises_for.values()) == ({office.superior.id} if passed_on else set())


def test_no_duty_but_that_over_units_is_taken_over(office, second):
    for absent in (office.administrator, office.analyst):
        appoint(office, absent, second)
    acting = again(office, second)
    assert (acting.is_administrator, acting.is_analyst, acting.is_auditor) == (False,) * 3
    assert acting.groups == frozenset()


def test_who_acts_as_supervisor_says_for_whom(office, second):
    appoint(office, office.superior, second)
    case = office.start()
    supervision.suspend(office.db, again(office, second), case, "Menunggu berkas")
    last = entries(office, case)[-1]
    assert (last.kind, last.person_id, last.capacity) == (
        "instance.suspended",
        second.id,
        "supervisor",
    )
    assert values.loads(last.details)["behalf"] == {"person": office.superior.id, "as": "plh"}


def test_who_supervises_themselves_acts_for_nobody(office):
    appoint(office, office.superior, office.head)
    case = office.start()
    supervision.suspend(office.db, again(office, office.head), case, "Menunggu berkas")
    assert "behalf" not in values.loads(entries(office, case)[-1].details)


# Doing the work


def test_a_substitute_finds_takes_up_and_completes_the_task(office, acting, audit):
    case = office.start()
    item = office.until(case, "Langkah_3")
    with office.db.read() as session:
        assert elements(worklist.in_place_of(session, acting)) == ["Langkah_3"]
        assert elements(worklist.mine(session, acting)) == []
        assert worklist.item(session, acting, item.id).id == item.id
        assert cases.case(session, acting, case).id == case
    instances.take_up(office.db, acting, item.id)
    instances.complete(office.db, acting, item.id, MARKS, token="t")
    done = next(work for work in office.work(case) if work.id == item.id)
    assert (done.closed_by, done.person_id) == (acting.id, office.assessor.id)
    with office.db.read() as session:
        assert (
            session.scalar(select(Submission.person_id).where(Submission.work_item_id == item.id))
            == acting.id
        )
        places = {role.place: role.person_id for role in cases.roles(session, case)}
    assert places["Lane_PejabatPenilai"] == office.assessor.id
    assert audit(office.db) == []


def test_every_fact_done_in_someones_place_says_so(office, acting):
    case = office.start()
    item = office.until(case, "Langkah_3")
    before = len(entries(office, case))
    instances.take_up(office.db, acting, item.id)
    instances.complete(office.db, acting, item.id, MARKS, token="t")
    new = entries(office, case)[before:]
    assert [entry.kind for entry in new] == [
        "task.taken-up", "task.completed", "document.ordered", "task.opened",
    ]  # fmt: skip
    behalf = {"person": office.assessor.id, "as": "plh"}
    assert [values.loads(entry.details)["behalf"] for entry in new] == [behalf] * 4
    assert {(entry.person_id, entry.capacity) for entry in new} == {
        (acting.id, "Lane_PejabatPenilai")
    }


def test_what_one_does_oneself_says_nothing_of_it(office, acting):
    case = office.start()
    office.until(case, "Langkah_4")
    assert not any("behalf" in values.loads(e.details) for e in entries(office, case))


def test_what_follows_is_the_absent_persons_and_the_substitutes_next_task(office, acting):
    case = office.start()
    item = office.until(case, "Langkah_5")
    first = instances.complete(office.db, acting, item.id, {}, token="t")
    assert first.next_item is None
    office.until(case, "Langkah_7")
    assert office.item(case).person_id == office.assessor.id


def test_the_next_task_of_the_same_place_follows_by_itself(office, side_by_side):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    instances.claim(office.db, office.staff, office.open_items(case)["Periksa"].id)
    appoint(office, office.staff, office.outsider)
    acting = again(office, office.outsider)
    for element in ("Periksa", "Catat"):
        instances.complete(
            office.db, acting, office.open_items(case)[element].id, {}, token=element
        )
    office.complete(office.item(case))  # the employee's, who has no substitute
    item = office.item(case)
    assert (item.element, item.person_id) == ("Arsip", office.staff.id)


def test_a_resent_request_of_a_substitute_is_the_same_completion(office, acting):
    item = office.until(office.start(), "Langkah_3")
    first = instances.complete(office.db, acting, item.id, MARKS, token="t")
    assert instances.complete(office.db, acting, item.id, MARKS, token="t") == first


def test_both_may_act_and_who_comes_second_is_told_who_was_first(office, acting):
    item = office.until(office.start(), "Langkah_3")
    instances.complete(office.db, acting, item.id, MARKS, token="t")
    with pytest.raises(NoLongerOpen, match="Kasi Contoh Dua"):
        instances.complete(office.db, office.assessor, item.id, MARKS, token="u")
    other = office.until(office.start(), "Langkah_3")
    instances.complete(office.db, office.assessor, other.id, MARKS, token="v")
    with pytest.raises(NoLongerOpen, match="Kasi Contoh Satu"):
        instances.complete(office.db, acting, other.id, MARKS, token="w")


def test_when_both_act_at_once_one_wins(office, acting, at_once):
    item = office.until(office.start(), "Langkah_3")

    def complete(who, token):
        return lambda db: instances.complete(db, who, item.id, MARKS, token=token)

    told = at_once(complete(acting, "t"), complete(office.assessor, "u"))
    assert sorted(type(one).__name__ for one in told) == ["Completion", "NoLongerOpen"]


def test_without_a_substitution_another_is_refused(office, second):
    case = office.start()
    item = office.until(case, "Langkah_3")
    for act in (instances.take_up, instances.claim):
        with pytest.raises(NotAllowed):
            act(office.db, second, item.id)
    with pytest.raises(NotAllowed):
        instances.complete(office.db, second, item.id, MARKS, token="t")
    with office.db.read() as session, pytest.raises(NotFound):
        cases.case(session, second, case)


def test_afterwards_one_sees_what_one_has_done_and_no_more(office, acting, at):
    case, other = office.start(), office.start()
    item, untouched = office.until(case, "Langkah_3"), office.until(other, "Langkah_3")
    instances.complete(office.db, acting, item.id, MARKS, token="t")
    at("2026-11-28T09:00")
    gone = again(office, acting)
    with office.db.read() as session:
        assert cases.case(session, gone, case).id == case
        assert worklist.item(session, gone, item.id).id == item.id
        with pytest.raises(NotFound):
            cases.case(session, gone, other)
        with pytest.raises(NotAllowed):
            worklist.item(session, gone, untouched.id)


def test_a_groups_tasks_are_not_the_substitutes(office, second):
    appoint(office, office.staff, second)
    acting, case = again(office, second), office.start()
    item = office.item(case)
    for act in (instances.claim, instances.take_up):
        with pytest.raises(NotAllowed):
            act(office.db, acting, item.id)
    with pytest.raises(NotAllowed):
        instances.complete(office.db, acting, item.id, {}, token="t")
    with office.db.read() as session:
        assert elements(worklist.in_place_of(session, acting)) == []


def test_a_claimed_task_is_done_but_neither_taken_over_nor_given_back(office, second):
    appoint(office, office.staff, second)
    acting, case = again(office, second), office.start()
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    with pytest.raises(NoLongerOpen, match="Umar Contoh"):
        instances.claim(office.db, acting, item.id)
    with pytest.raises(NotAllowed):
        instances.release(office.db, acting, item.id)
    instances.complete(office.db, acting, item.id, {}, token="t")
    assert office.item(case).person_id == office.staff.id


def test_a_failed_step_of_a_substitute_keeps_the_draft_with_the_task(office, acting):
    case = office.start()
    item = office.until(case, "Langkah_3")
    with pytest.raises(StepFailed):
        instances.complete(office.db, acting, item.id, {"nilai_skp": {1}}, token="t")
    kept = office.item(case)
    assert (kept.person_id, kept.status) == (office.assessor.id, "open")
    assert kept.draft is not None


def test_a_substitutes_completion_costs_one_statement_more(office, acting, statements):
    case = office.start()
    item = office.until(case, "Langkah_5")
    statements.clear()
    instances.complete(office.db, acting, item.id, {}, token="t")
    assert (len(statements.sent), statements.commits) == (6, 1)


def test_who_acts_is_known_by_one_statement(office, acting, statements):
    statements.clear()
    again(office, office.staff)
    assert len(statements.sent) == 1


# What is about oneself, and what must be somebody else's


def test_what_a_case_asks_of_its_own_employee_nobody_does_for_them(office, second, acting):
    appoint(office, office.employee, office.outsider)
    acting, case = again(office, office.outsider), office.start()
    item = office.until(case, "Langkah_4")
    with pytest.raises(NotAllowed):
        instances.complete(office.db, acting, item.id, {"keputusan": "setuju"}, token="t")
    with office.db.read() as session:
        assert elements(worklist.in_place_of(session, acting)) == []
        with pytest.raises(NotFound):
            cases.case(session, acting, case)
        assert list(reminders.performers(session, item)) == [office.employee.id]


def test_an_employee_who_stands_in_for_their_assessor_does_not_assess_themselves(office):
    appoint(office, office.assessor, office.employee)
    acting, case = again(office, office.employee), office.start()
    item = office.until(case, "Langkah_3")
    for act in (
        lambda: instances.complete(office.db, acting, item.id, MARKS, token="t"),
        lambda: instances.take_up(office.db, acting, item.id),
    ):
        with pytest.raises(NotAllowed, match="sekaligus Pegawai dan Pejabat Penilai"):
            act()
    assert office.item(case).taken_up_at is None
    other = office.start(office.outsider)  # about somebody else they may
    instances.complete(office.db, acting, office.until(other, "Langkah_3").id, MARKS, token="u")


def test_nor_does_the_superior_of_the_assessor_act_for_the_assessor(office):
    appoint(office, office.assessor, office.superior)
    item = office.until(office.start(), "Langkah_3")
    with pytest.raises(NotAllowed, match="sekaligus Atasan Pejabat Penilai dan Pejabat Penilai"):
        instances.complete(office.db, again(office, office.superior), item.id, MARKS, token="t")


def test_who_has_assessed_for_one_does_not_confirm_for_another(office, second):
    appoint(office, office.assessor, second)
    appoint(office, office.superior, second)
    acting, case = again(office, second), office.start()
    instances.complete(office.db, acting, office.until(case, "Langkah_3").id, MARKS, token="t")
    item = office.until(case, "Langkah_6")
    with pytest.raises(NotAllowed, match="sekaligus Pejabat Penilai dan Atasan Pejabat Penilai"):
        instances.complete(office.db, acting, item.id, {}, token="u")
    other = office.start()  # where the assessor did it, they may
    instances.complete(office.db, acting, office.until(other, "Langkah_6").id, {}, token="v")


def test_who_stands_in_for_the_head_does_both_of_the_heads_steps(office, second):
    """Whoever may be both is followed in both."""
    appoint(office, office.head, second)
    chosen = {"Lane_PejabatPenilai": office.head.id, "Lane_AtasanPejabatPenilai": office.head.id}
    acting, case = again(office, second), office.start(chosen=chosen)
    instances.complete(office.db, acting, office.until(case, "Langkah_3").id, MARKS, token="t")
    instances.complete(office.db, acting, office.until(case, "Langkah_6").id, {}, token="u")
    assert office.item(case).element == "Langkah_7"


def test_what_one_may_not_do_one_does_not_see_either(office):
    appoint(office, office.assessor, office.employee)
    acting = again(office, office.employee)
    item = office.until(office.start(), "Langkah_3")
    with office.db.read() as session:
        found = cases.case(session, acting, item.instance_id)
        diagram = deployments.program_of(office.db, found).diagram
        with pytest.raises(NotAllowed, match="sekaligus"):
            worklist.require_apart(session, acting, item, diagram)
        worklist.require_apart(session, office.assessor, item, diagram)


# Starting, and the directory


def test_a_case_started_meanwhile_still_names_the_absent_superior(office, acting):
    case = office.start()
    with office.db.read() as session:
        places = {role.place: role.person_id for role in cases.roles(session, case)}
    assert places["Lane_PejabatPenilai"] == office.assessor.id


def test_a_superior_who_has_left_fills_the_place_while_a_plt_holds_the_post(office, second, at):
    leave(office, office.assessor)
    with pytest.raises(Unfillable, match="Kasi Contoh Satu sudah tidak bertugas"):
        office.start()
    appoint(office, office.assessor, second, "plt")
    case = office.start()
    item = office.until(case, "Langkah_3")
    assert item.person_id == office.assessor.id
    instances.complete(office.db, again(office, second), item.id, MARKS, token="t")
    at("2026-11-28T09:00")
    with pytest.raises(Unfillable):
        office.start()


def test_a_plt_who_has_left_too_holds_no_post(office, second):
    leave(office, office.assessor)
    appoint(office, office.assessor, second, "plt")
    leave(office, second)
    with pytest.raises(Unfillable):
        office.start()


# Being told


def test_reminders_reach_the_substitute_too(office, acting):
    case = office.start()
    item = office.until(case, "Langkah_3")
    with office.db.read() as session:
        told = list(reminders.performers(session, item))
        above = reminders.superiors(session, item)
    assert told == [office.assessor.id, acting.id]
    assert above[0] == office.superior.id
    with office.db.write() as session:
        notices.tell(session, item, "due", "tanda", told, clock.now())
    for who in (office.assessor, acting):
        with office.db.read() as session:
            assert notices.unread(session, who.id) == 1
    instances.complete(office.db, acting, item.id, MARKS, token="t")
    for who in (office.assessor, acting):
        with office.db.read() as session:
            assert notices.unread(session, who.id) == 0


def test_a_notice_matters_no_longer_when_one_no_longer_stands_in(office, acting, at):
    item = office.until(office.start(), "Langkah_3")
    with office.db.write() as session:
        notices.tell(session, item, "due", "tanda", [acting.id], clock.now())
    at("2026-11-28T09:00")
    with office.db.read() as session:
        assert notices.unread(session, acting.id) == 0


def test_the_calendar_feed_holds_the_tasks_one_does_for_another(office, acting, tmp_path):
    item = office.until(office.start(), "Langkah_3")
    instances.take_up(office.db, office.assessor, item.id)
    written = feed.calendar(office.db, Settings(tmp_path, office.db.url), acting.id)
    assert f"/tasks/{item.id}".encode() in written.replace(b"\r\n ", b"")


# The lists


def test_each_sees_the_ones_they_keep_by_when_they_hold(office, second, at):
    now = appoint(office, office.assessor, second)
    coming = appoint(office, office.staff, office.colleague, first=FRIDAY)
    with office.db.read() as session:

        def ids(who, when):
            return [one.id for one in substitutions.page(session, who, when)]

        assert ids(office.administrator, "present") == [now]
        assert ids(office.administrator, "coming") == [coming]
        assert ids(office.superior, "present") == [now]
        assert ids(office.superior, "coming") == []
        assert ids(office.neighbour, "coming") == [coming]
    substitutions.end(office.db, office.administrator, coming)
    at("2026-11-28T09:00")
    with office.db.read() as session:
        found = [one.id for one in substitutions.page(session, office.administrator, "past")]
        assert found == [coming, now]
        assert substitutions.page(session, office.administrator, "past", coming)[0].id == now


def test_a_person_knows_what_concerns_them(office, second):
    made = appoint(office, office.assessor, second)
    with office.db.read() as session:
        for who in (office.assessor, second):
            assert [one.id for one in absences.present(session, [who.id])] == [made]
            assert [one.id for one in substitutions.ahead(session, who.id)] == [made]
        assert list(absences.present(session, [office.staff.id])) == []


def test_who_has_acted_for_one_does_not_get_the_place_of_another(office, second, acting):
    case = office.start()
    instances.complete(office.db, acting, office.until(case, "Langkah_3").id, MARKS, token="t")
    with pytest.raises(InvalidInput, match="sekaligus"):
        reassignment.reassign(
            office.db, office.head, case, "Lane_AtasanPejabatPenilai", second.id, "Pindah"
        )
