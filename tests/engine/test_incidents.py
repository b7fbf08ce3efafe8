"""Incidents: what failed and stands still, who sees it, and how it is overcome."""

import pytest
from sqlalchemy import select

from bpmn.messages import message
from engine import incidents, instances, supervision, values
from engine.errors import (
    InvalidInput,
    NoLongerOpen,
    NotAllowed,
    NotFound,
    StepFailed,
    Suspended,
)
from engine.models import Incident, Job

REASON = "Arsip sedang dipindahkan"
WORK = """
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
        <camunda:formData><camunda:formField id="lama" type="string" /></camunda:formData>
    %s
    endEvent e
    endEvent f
        <messageEventDefinition camunda:type="external" camunda:topic="surat" />
    boundaryEvent y attachedToRef=a cancelActivity=false
        timer timeDuration P9D
    boundaryEvent z attachedToRef=a cancelActivity=false
        timer timeDuration P9D
    y -> e
    z -> f
"""
SERVICE = """
    serviceTask v camunda:topic=arsip
        property alur:gives=nomor
    userTask b camunda:candidateGroups=umum-aparatur
    s -> a -> v -> b -> f
"""
NEEDED = """
    serviceTask v camunda:topic=arsip
        property alur:gives=nomor
    exclusiveGateway g
    s -> a -> v -> g
    g -> e if nomor > 7
    g -> f if nomor <= 7
"""
MESSAGE = "s -> a -> f"
# A timer in the way, and one at the edge of a task, whose way fails when it fires.
IN_THE_WAY = """
    intermediateCatchEvent c
        timer timeDuration PT1H
    exclusiveGateway g
    s -> a -> c -> g
    g -> e if lama > 7
    g -> f if lama <= 7
"""
AT_THE_EDGE = """
    boundaryEvent w attachedToRef=a cancelActivity=false
        timer timeDuration PT1H
    exclusiveGateway g
    s -> a -> e
    w -> g
    g -> f if 1 / 0 > 7
    g -> e if 1 / 0 <= 7
"""


@pytest.fixture
def begin(office, draw, at, audit):
    """``begin(drawn)``: a case of a procedure of which nothing works; sound at the end."""

    def _begin(drawn: str, *, step: bool = True) -> int:
        office.put_into_force(draw(WORK % drawn), "arsip", "surat")
        case = office.start(key="p")
        if step:
            office.step(case, lama="x")
        at("2026-11-26T10:00")
        office.due(arsip=broken, surat=broken)
        return case

    yield _begin
    assert audit(office.db) == []


def broken(order):
    raise StepFailed(message("Arsip tidak dapat dihubungi."))


def answer(order):
    return {"nomor": 7}


def the_incident(office) -> Incident:
    """The one open incident."""
    with office.db.read() as session:
        return session.scalars(select(Incident).where(Incident.resolved_at.is_(None))).one()


def outcome(office, incident: Incident):
    with office.db.read() as session:
        found = session.get(Incident, incident.id)
    return found.outcome, found.resolved_by


def seen(office, actor) -> list[int]:
    with office.db.read() as session:
        return [incident.id for incident in incidents.unresolved(session, actor)]


def resolve(office, incident: Incident, *, by=None) -> None:
    incidents.resolve(office.db, by or office.superior, incident.id, REASON)


def test_what_is_tried_again_with_success_is_overcome(office, begin):
    case = begin(SERVICE)
    incident = the_incident(office)
    incidents.retry(office.db, office.superior, incident.id)
    assert outcome(office, incident) == ("retried", office.superior.id)
    assert office.due(arsip=answer) == [("service", "v")]
    assert office.item(case).element == "b"


def test_what_is_tried_again_in_vain_is_an_incident_again(office, begin):
    begin(SERVICE)
    first = the_incident(office)
    incidents.retry(office.db, office.superior, first.id)
    office.due(arsip=broken)
    second = the_incident(office)
    assert second.id != first.id
    assert second.job_id == first.job_id


def test_what_is_tried_again_has_all_its_attempts_before_it(office, begin):
    case = begin(SERVICE)
    incidents.retry(office.db, office.superior, the_incident(office).id)
    (job,) = office.jobs(case)
    assert (job.state, job.attempts, job.error) == ("armed", 0, None)


def test_a_service_that_was_done_by_hand_counts_as_done(office, begin):
    case = begin(SERVICE)
    incident = the_incident(office)
    resolve(office, incident)
    assert office.item(case).element == "b"
    assert outcome(office, incident) == ("dropped", office.superior.id)
    told = [e for e in office.history(case) if e.kind in ("incident.resolved", "service.completed")]
    assert [(e.kind, e.element, e.person_id, e.capacity) for e in told] == [
        ("incident.resolved", "v", office.superior.id, "supervisor"),
        ("service.completed", "v", office.superior.id, "supervisor"),
    ]
    assert values.loads(told[0].details) == {"reason": REASON, "job": "service"}
    assert office.jobs(case) == []


def test_a_service_whose_answer_decides_cannot_be_counted_as_done(office, begin):
    begin(NEEDED)
    before = office.rows()
    with pytest.raises(StepFailed):
        resolve(office, the_incident(office))
    assert office.rows() == before


def test_a_timer_that_decides_the_way_cannot_be_left_out(office, begin):
    case = begin(IN_THE_WAY)
    incident, before = the_incident(office), office.rows()
    assert incident.element == "c"
    with pytest.raises(InvalidInput):
        resolve(office, incident)
    assert office.rows() == before
    assert office.open_items(case) == {}


def test_a_timer_at_the_edge_of_a_task_can_be_left_out(office, begin):
    case = begin(AT_THE_EDGE, step=False)
    incident = the_incident(office)
    assert incident.element == "w"
    resolve(office, incident)
    assert {job.element for job in office.jobs(case)} == {"y", "z"}
    office.finish(case)
    assert office.case(case).status == "completed"


def test_a_message_of_a_case_that_has_ended_can_be_left_out(office, begin, at):
    case = begin(MESSAGE)
    ended, incident = office.case(case), the_incident(office)
    at("2026-11-27T10:00")
    resolve(office, incident)
    assert office.jobs(case) == []
    kept = office.case(case)
    assert (kept.status, kept.ended_at) == ("completed", ended.ended_at)
    assert office.kinds(case).count("instance.completed") == 1
    assert office.kinds(case)[-1] == "incident.resolved"


def test_a_message_of_a_suspended_case_can_be_tried_again_and_left_out(office, begin):
    drawn = """
        sendTask k camunda:topic=surat
        s -> k -> a -> e
    """
    case = begin(drawn, step=False)
    supervision.suspend(office.db, office.superior, case, REASON)
    incidents.retry(office.db, office.superior, the_incident(office).id)
    assert office.due(surat=broken) == [("message", "k")]
    resolve(office, the_incident(office))
    assert office.jobs(case, "message") == []


def test_a_step_of_a_person_is_overcome_by_completing_it(office, begin):
    case = failed_step(office, begin)
    incident = the_incident(office)
    with pytest.raises(InvalidInput):
        incidents.retry(office.db, office.superior, incident.id)
    resolve(office, incident)
    assert outcome(office, incident) == ("dropped", office.superior.id)
    assert office.item(case).element == "a"
    office.step(case, lama=9)


def failed_step(office, begin) -> int:
    """A case whose one task fails with what was entered."""
    drawn = """
        exclusiveGateway g
        s -> a -> g
        g -> e if lama > 7
        g -> f if lama <= 7
    """
    case = begin(drawn, step=False)
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.staff, office.item(case).id, {"lama": "x"}, token="t")
    return case


def test_cancelling_a_case_overcomes_what_failed_in_it(office, begin):
    case = begin(SERVICE)
    incident = the_incident(office)
    office.cancel(case)
    assert outcome(office, incident)[0] == "done"
    assert office.jobs(case) == []


def test_a_timer_that_takes_a_task_out_overcomes_what_failed_in_it(office, begin, at):
    interrupting = """
        exclusiveGateway g
        boundaryEvent w attachedToRef=a
            timer timeDuration P2D
        s -> a -> g
        w -> e
        g -> e if lama > 7
        g -> f if lama <= 7
    """
    case = begin(interrupting, step=False)
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.staff, office.item(case).id, {"lama": "x"}, token="t")
    incident = the_incident(office)
    at("2026-11-28T09:00")
    office.due()
    assert office.case(case).status == "completed"
    assert outcome(office, incident) == ("done", None)


def test_nothing_is_tried_in_a_suspended_case(office, begin):
    case = begin(SERVICE)
    incident = the_incident(office)
    supervision.suspend(office.db, office.superior, case, REASON)
    before = office.rows()
    for act in (
        lambda: incidents.retry(office.db, office.superior, incident.id),
        lambda: resolve(office, incident),
    ):
        with pytest.raises(Suspended):
            act()
    assert office.rows() == before
    supervision.resume(office.db, office.superior, case, REASON)
    incidents.retry(office.db, office.superior, incident.id)
    office.due(arsip=answer)
    assert office.item(case).element == "b"


def test_an_incident_is_overcome_once(office, begin, rival, before_writing):
    begin(SERVICE)
    incident = the_incident(office)
    before_writing(office.db, lambda: incidents.retry(rival, office.superior, incident.id))
    for act in (
        lambda: incidents.retry(office.db, office.superior, incident.id),
        lambda: resolve(office, incident),
    ):
        with pytest.raises(NoLongerOpen):
            act()


def test_supervisors_above_the_employee_and_administrators_see_incidents(office, begin):
    begin(SERVICE)
    number = the_incident(office).id
    for part in ("superior", "head", "administrator"):
        assert seen(office, getattr(office, part)) == [number]
    for part in ("staff", "employee", "assessor", "neighbour", "analyst", "outsider", "governor"):
        assert seen(office, getattr(office, part)) == []


def test_nobody_else_may_mend_what_failed(office, begin):
    begin(SERVICE)
    incident, before = the_incident(office), office.rows()
    for part in ("staff", "employee", "assessor", "neighbour", "analyst", "outsider", "governor"):
        with pytest.raises(NotAllowed):
            incidents.retry(office.db, getattr(office, part), incident.id)
        with pytest.raises(NotAllowed):
            resolve(office, incident, by=getattr(office, part))
    assert office.rows() == before
    incidents.retry(office.db, office.administrator, incident.id)


def test_what_belongs_to_no_case_is_the_administrators(office):
    number = homeless(office)
    assert seen(office, office.administrator) == [number]
    assert seen(office, office.head) == []
    with pytest.raises(NotAllowed):
        incidents.retry(office.db, office.head, number)
    incidents.resolve(office.db, office.administrator, number, REASON)
    assert office.jobs() == []
    assert seen(office, office.administrator) == []


def homeless(office) -> int:
    """The incident of a failed job that is of no case."""
    now = office.case(office.start()).started_at
    with office.db.write() as session:
        job = Job(kind="rearm", due=now, ready=now, state="failed")
        session.add(job)
        session.flush()
        incident = Incident(job_id=job.id, at=now, reason="Keadaan kasus rusak.")
        session.add(incident)
    return incident.id


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001], ids=["none", "blank", "a novel"])
def test_a_reason_is_needed_to_leave_something_out(office, begin, reason):
    begin(SERVICE)
    with pytest.raises(InvalidInput):
        incidents.resolve(office.db, office.superior, the_incident(office).id, reason)


def test_an_unknown_incident_is_not_found(office):
    with pytest.raises(NotFound):
        incidents.retry(office.db, office.administrator, 404)


def test_incidents_come_in_pages_the_newest_first(office, begin, monkeypatch):
    begin(SERVICE)
    for _ in range(2):
        case = office.start(key="p")
        office.step(case, lama="x")
    office.due(arsip=broken)
    every = seen(office, office.superior)
    assert every == sorted(every, reverse=True)
    assert len(every) == 3
    monkeypatch.setattr(incidents, "PAGE", 2)
    with office.db.read() as session:
        page = incidents.unresolved(session, office.superior)
        rest = incidents.unresolved(session, office.superior, page[-1].id)
    assert [i.id for i in [*page, *rest]] == every
