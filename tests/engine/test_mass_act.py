"""The same act for many cases: foreseen, ordered, done by a job, and told of in each case."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from engine import (
    clock,
    deployments,
    fates,
    handovers,
    incidents,
    instances,
    jobs,
    mass_acts,
    mass_previews,
    nudges,
    postponement,
    reassignment,
    shifts,
    supervision,
    values,
    verification,
)
from engine.deeds import Cancel, Remind, Resume, Retry, Suspend
from engine.errors import InvalidInput, NoHandler, NotAllowed, NotFound, StaleInstance
from engine.models import Duty, Incident, Job, JournalEntry, MassAct, Person
from engine.shifts import Postpone

REASON = "Cuti bersama"
ASSESSOR = "Lane_PejabatPenilai"
DAY = timedelta(days=1)
_tokens = count()


@pytest.fixture(autouse=True)
def _at_nine(at, office, skp):
    """An office whose tasks have a waiting limit too."""
    at("2026-11-26T09:00")
    limit = b'<camunda:property name="alur:waitLimit" value="P1D" />'
    first = b'<camunda:property name="sop:keterkaitan.1"'
    office.put_into_force(skp.replace(first, limit + first))


@pytest.fixture
def three(office, audit):
    """Three cases that wait for the assessor, who has taken up the first; sound at the end."""
    begun = [office.start() for _ in range(3)]
    for case in begun:
        office.until(case, "Langkah_3")
    instances.take_up(office.db, office.assessor, office.item(begun[0]).id)
    yield begun
    assert audit(office.db) == []
    assert verification.verify(office.db, None, None, lambda _what, _done: None).faults == []


@pytest.fixture
def order(office):
    """``order(deed, cases, part)``: the id of what was ordered by the supervisor."""

    def _order(deed, cases, part="superior", token=None):
        who = getattr(office, part)
        token = token or f"t{next(_tokens)}"
        return mass_acts.order(office.db, who, deed, cases, REASON, token=token)

    return _order


@pytest.fixture
def foresee(office):
    """``foresee(deed, cases, part)``: what is shown before."""

    def _foresee(deed, cases, part="superior"):
        who = getattr(office, part)
        with office.db.read() as session:
            seen = mass_previews.see(office.db, session, who, cases)
            return mass_previews.preview(session, who, deed, seen, cases)

    return _foresee


def outcomes(office, act_id):
    """What came of each case: its outcome, and why."""
    with office.db.read() as session:
        rows = mass_acts.CASES.page(session, act_id, 0)
    return {row.instance_id: (row.outcome, row.reason) for row in rows}


def told(preview):
    """The same of a preview."""
    return {one.instance_id: one.refused and str(one.refused) for one in preview.cases}


def journal(office, kind):
    with office.db.read() as session:
        of_kind = select(JournalEntry).where(JournalEntry.kind == kind).order_by(JournalEntry.seq)
        rows = session.scalars(of_kind).all()
    return [(row.person_id, values.loads(row.details)) for row in rows]


def entry(office, case):
    """The last entry of a case, without what is its own."""
    last = office.history(case)[-1]
    return last.kind, last.element, last.person_id, last.capacity, values.loads(last.details)


def fail(office, case):
    """A job of a case fails for good; its incident."""
    job = office.jobs(case)[0]
    with office.db.write() as session:
        session.get_one(Job, job.id).ready = clock.now()
    jobs.failed(office.db, office.job(case, job.element, job.kind), NoHandler("x"))
    with office.db.read() as session:
        return session.scalars(select(Incident).where(Incident.instance_id == case)).one()


def singly(office, three):
    """Each deed with the same act on one case."""
    db, who, item = office.db, office.superior, office.item(three[0])
    job = office.job(three[0], "Waktu_3")
    to, later = office.outsider.id, job.due + DAY
    return {
        "remind": (Remind(), lambda: nudges.nudge(db, who, three[0], item.id, REASON)),
        "reassign": (
            handovers.Reassign(ASSESSOR, to),
            lambda: reassignment.reassign(db, who, three[0], ASSESSOR, to, REASON),
        ),
        "postpone": (
            Postpone(shifts.WAKTU, until=later),
            lambda: postponement.postpone(db, who, three[0], job.task, later, REASON),
        ),
        "suspend": (Suspend(), lambda: supervision.suspend(db, who, three[0], REASON)),
        "cancel": (Cancel(), lambda: supervision.cancel(db, who, three[0], REASON)),
    }


@pytest.mark.parametrize("name", ["remind", "reassign", "postpone", "suspend", "cancel"])
def test_each_case_tells_of_it_as_of_the_act_on_one(office, three, order, foresee, name):
    deed, single = singly(office, three)[name]
    if name == "postpone":
        instances.take_up(office.db, office.assessor, office.item(three[1]).id)
    assert told(foresee(deed, three[:2])) == {three[0]: None, three[1]: None}
    act = order(deed, three[1:2])
    office.due()
    assert outcomes(office, act) == {three[1]: ("done", None)}
    single()
    assert entry(office, three[1]) == entry(office, three[0])


def test_what_was_suspended_together_goes_on_together(office, three, order, foresee):
    before = [(item.due_at, item.wait_due_at) for case in three for item in [office.item(case)]]
    supervision.suspend(office.db, office.superior, three[2], "Sakit")
    act = order(Suspend(), three)
    office.due()
    refused = "Kasus ini tidak sedang berjalan."
    assert outcomes(office, act)[three[2]] == ("refused", refused)
    assert [office.case(case).status for case in three] == ["suspended"] * 3
    assert foresee(Suspend(), three).possible == 0
    assert foresee(Resume(), three).possible == 3
    act = order(Resume(), three)
    office.due()
    assert set(outcomes(office, act).values()) == {("done", None)}
    after = [(item.due_at, item.wait_due_at) for case in three for item in [office.item(case)]]
    assert after == before
    assert journal(office, "mass.done")[-1] == (
        None, {"act": act, "deed": "resume", "done": 3, "refused": 0},
    )  # fmt: skip


def test_the_preview_writes_nothing_and_groups_what_is_refused(office, three, foresee):
    supervision.suspend(office.db, office.superior, three[1], "Sakit")
    office.cancel(three[2])
    foreign = office.start(office.analyst)
    before = office.rows()
    found = foresee(Suspend(), [*three, foreign, 99_999])
    assert office.rows() == before
    assert found.possible == 1
    assert [(str(reason), n) for reason, n in found.reasons] == [
        ("Kasus ini tidak sedang berjalan.", 2),
        ("Kasus itu tidak ada, atau bukan untuk Anda.", 2),
    ]
    assert [one.seen is None for one in found.cases] == [False] * 3 + [True] * 2


def test_what_is_foreseen_is_what_comes(office, three, order, foresee):
    """Of every deed, for cases in every state."""
    supervision.suspend(office.db, office.superior, three[1], "Sakit")
    office.cancel(three[2])
    ended, failing = office.start(), office.start()
    office.finish(ended)
    fail(office, failing)
    nudges.nudge(office.db, office.superior, three[0], office.item(three[0]).id, "Segera")
    cases, later = [*three, ended, failing], clock.now() + 3 * DAY
    for deed in (
        Remind(), handovers.Reassign(ASSESSOR, office.outsider.id), Postpone(shifts.WAKTU, later),
        Postpone(shifts.TRAY, length="PT3H"), Postpone(shifts.DEADLINE, later), Retry(), Suspend(),
        Resume(), Cancel(),
    ):  # fmt: skip
        expected = told(foresee(deed, cases))
        act = order(deed, cases)
        for job in office.jobs(None, "mass"):
            mass_acts.run(office.db, job)
        came = {case: why for case, (_, why) in outcomes(office, act).items()}
        assert came == expected, deed


def test_a_day_of_work_later_is_counted_by_the_calendar(office, three, order, foresee, at):
    at("2026-11-27T15:30")  # a Friday
    instances.take_up(office.db, office.assessor, office.item(three[1]).id)
    due = office.item(three[1]).due_at
    deed = Postpone(shifts.WAKTU, length="P1D")
    (one, *_) = foresee(deed, [three[1]]).cases
    (shift,) = one.shifts
    assert (shift.before, shift.after.astimezone().weekday()) == (due, 0)
    order(deed, [three[1]])
    mass_acts.run(office.db, office.jobs(None, "mass")[0])
    assert office.item(three[1]).due_at == shift.after
    assert office.job(three[1], "Waktu_3").due == shift.after


def test_clocks_of_another_sort_run_on(office, three, order):
    waiting, running = office.item(three[1]).wait_due_at, office.item(three[0]).due_at
    act = order(Postpone(shifts.TRAY, length="PT2H"), three[:2])
    mass_acts.run(office.db, office.jobs(None, "mass")[0])
    none = "Tidak ada batas waktu seperti itu yang sedang berjalan."
    assert outcomes(office, act) == {three[0]: ("refused", none), three[1]: ("done", None)}
    assert office.item(three[0]).due_at == running
    assert office.item(three[1]).wait_due_at > waiting


def test_who_may_not_have_the_place_gets_none(office, three, foresee, order):
    for deed, said in (
        (handovers.Reassign(ASSESSOR, office.assessor.id), "sudah memegang peran itu"),
        (handovers.Reassign(ASSESSOR, office.employee.id), "tidak boleh sekaligus"),
        (handovers.Reassign("Lane_StafPelaksana", office.employee.id), "bukan anggota"),
        (handovers.Reassign("Lane_Pegawai", office.outsider.id), "melekat pada orangnya"),
        (handovers.Reassign("Lane_Lain", office.outsider.id), "tidak ada dalam kasus ini"),
    ):
        found = foresee(deed, three)
        act = order(deed, three)
        office.due()
        assert {case: why for case, (_, why) in outcomes(office, act).items()} == told(found)
        ((reason, n),) = found.reasons
        assert said in str(reason)
        assert n == 3


def test_nobody_is_no_person_to_give_it_to(office, three, order, foresee):
    with pytest.raises(InvalidInput, match="tidak dikenal"):
        order(handovers.Reassign(ASSESSOR, 99_999), three)
    with pytest.raises(InvalidInput, match="tidak dikenal"):
        foresee(handovers.Reassign(ASSESSOR, 99_999), three)


def test_what_failed_is_tried_again_with_the_reason(office, order, foresee):
    failing, sound = office.start(), office.start()
    incident = fail(office, failing)
    assert told(foresee(Retry(), [failing, sound])) == {
        failing: None, sound: "Tidak ada insiden yang dapat dicoba lagi.",
    }  # fmt: skip
    order(Retry(), [failing, sound])
    mass_acts.run(office.db, office.jobs(None, "mass")[0])
    with office.db.read() as session:
        kept = session.get_one(Incident, incident.id)
        assert session.get_one(Job, incident.job_id).state == "armed"
        assert incidents.failed(session, [failing])[failing] == []
    assert (kept.outcome, kept.note, kept.resolved_by) == ("retried", REASON, office.superior.id)


def test_a_token_orders_once(office, three, order):
    first = order(Suspend(), three, token="sama")
    assert order(Suspend(), three, token="sama") == first
    assert len(office.jobs(None, "mass")) == 1
    with office.db.read() as session:
        assert len(session.scalars(select(MassAct)).all()) == 1
    assert journal(office, "mass.ordered") == [
        (office.superior.id, {"act": first, "cases": 3, "deed": "suspend"})
    ]
    # Another's token is no business of theirs.
    assert order(Suspend(), three, part="head", token="sama") != first


@pytest.mark.parametrize("part", ["auditor", "employee", "assessor", "administrator", "analyst"])
def test_who_supervises_nobody_orders_and_foresees_nothing(office, three, order, foresee, part):
    before = office.rows()
    with pytest.raises(NotAllowed):
        order(Suspend(), three, part=part)
    with pytest.raises(NotAllowed):
        foresee(Suspend(), three, part=part)
    assert office.rows() == before


def test_another_units_supervisor_reaches_none_of_the_cases(office, three, order, foresee):
    before = office.rows()
    assert foresee(Suspend(), three, part="neighbour").possible == 0
    with pytest.raises(InvalidInput):
        order(Suspend(), three, part="neighbour")
    assert office.rows() == before


def test_a_supervisor_who_audits_too_acts_on_their_own_cases_alone(office, three, order, foresee):
    with office.db.write() as session:
        session.add(Duty(person_id=office.neighbour.id, name="auditor"))
    both = replace(office.neighbour, is_auditor=True)
    with office.db.read() as session:
        seen = mass_previews.see(office.db, session, both, three)
        found = mass_previews.preview(session, both, Suspend(), seen, three)
    ((reason, n),) = found.reasons
    assert (str(reason), n) == ("Ini untuk pengawas unit pegawai yang bersangkutan.", 3)
    act = mass_acts.order(office.db, both, Suspend(), three, REASON, token="x")
    office.due()
    assert {outcome for outcome, _ in outcomes(office, act).values()} == {"refused"}
    assert [office.case(case).status for case in three] == ["running"] * 3


def test_whoever_has_lost_the_duty_or_left_has_nothing_done(office, three, order):
    act = order(Suspend(), three)
    with office.db.write() as session:
        session.execute(
            Duty.__table__.delete().where(Duty.__table__.c.person_id == office.superior.id)
        )
    office.due()
    assert {why for _, why in outcomes(office, act).values()} == {
        "Ini untuk pengawas unit pegawai yang bersangkutan."
    }
    act = order(Suspend(), three)
    with office.db.write() as session:
        session.execute(
            update(Person).where(Person.id == office.superior.id).values(left_at=clock.now())
        )
    office.due()
    assert {why for _, why in outcomes(office, act).values()} == {
        "Yang memerintahkan sudah tidak bertugas."
    }
    assert [office.case(case).status for case in three] == ["running"] * 3


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_without_a_reason_or_a_case_nothing_is_ordered(office, three, reason):
    before = office.rows()
    for cases, why in ((three, reason), ([], REASON), (range(1, mass_acts.MOST + 2), REASON)):
        with pytest.raises(InvalidInput):
            mass_acts.order(office.db, office.superior, Suspend(), cases, why, token="x")
    assert office.rows() == before


def test_only_who_ordered_it_and_auditors_read_what_came(office, three, order):
    act = order(Suspend(), three)
    with office.db.read() as session:
        for part in ("superior", "auditor"):
            assert mass_acts.found(session, getattr(office, part), act).id == act
            assert [one.id for one in mass_acts.ordered(session, getattr(office, part))] == [act]
        for part in ("head", "neighbour", "employee", "administrator"):
            with pytest.raises(NotFound):
                mass_acts.found(session, getattr(office, part), act)
            assert mass_acts.ordered(session, getattr(office, part)) == []


def test_many_cases_are_done_a_page_at_a_time(office, order, monkeypatch):
    monkeypatch.setattr(fates, "PAGE", 2)
    cases = [office.start() for _ in range(5)]
    act = order(Suspend(), cases)
    mass_acts.run(office.db, office.jobs(None, "mass")[0])
    assert [outcome for outcome, _ in outcomes(office, act).values()].count("done") == 2
    office.due()
    with office.db.read() as session:
        assert mass_acts.CASES.counts(session, [act]) == {act: {"done": 5}}
        assert session.get_one(MassAct, act).ended_at is not None
    assert [office.kinds(case).count("instance.suspended") for case in cases] == [1] * 5


def test_one_that_just_changes_is_tried_again_and_stops_no_other(
    office, three, order, rival, monkeypatch
):
    """A step comes between, twice; the others go on, and it follows."""
    act, suspending = order(Suspend(), three), supervision.suspending
    ahead = [office.outsider.id, office.colleague.id]

    def too_late(db, session, actor, instance_id, reason):
        write = suspending(db, session, actor, instance_id, reason)
        if instance_id == three[0] and ahead:
            to = ahead.pop()
            reassignment.reassign(rival, office.head, instance_id, ASSESSOR, to, "Dinas luar")
        return write

    monkeypatch.setattr(supervision, "suspending", too_late)
    mass_acts_job = office.jobs(None, "mass")[0]
    with pytest.raises(StaleInstance):
        mass_acts.run(office.db, mass_acts_job)
    assert [outcome for outcome, _ in outcomes(office, act).values()] == [None, "done", "done"]
    office.due()
    assert {outcome for outcome, _ in outcomes(office, act).values()} == {"done"}
    assert [office.kinds(case).count("instance.suspended") for case in three] == [1] * 3


def test_the_preview_asks_as_little_for_many_cases_as_for_few(office, statements, foresee):
    few = [office.start() for _ in range(2)]
    many = [*few, *(office.start() for _ in range(30))]
    foresee(Suspend(), many)  # what is known of versions and calendars from then on
    for deed in (
        Suspend(), Resume(), Cancel(), Remind(), Retry(), Postpone(shifts.TRAY, length="P1D"),
        handovers.Reassign(ASSESSOR, office.outsider.id),
    ):  # fmt: skip
        foresee(deed, few)
        asked = []
        for cases in (few, many):
            statements.clear()
            foresee(deed, cases)
            asked.append(len(statements.sent))
        assert asked[0] == asked[1] <= 9, deed


def test_a_version_that_was_replaced_is_foreseen_too(office, three, foresee, skp):
    newer = deployments.deploy(office.db, skp.replace(b"PT15M", b"PT45M"))
    deployments.activate(office.db, newer.id)
    assert foresee(Suspend(), [*three, office.start()]).possible == 4
