"""Service tasks, which wait for their handler's answer, and messages, which nothing waits for."""

import hashlib

import pytest
from sqlalchemy import select

from engine import jobs, supervision, topics, values
from engine.errors import JobGone
from engine.models import Incident, Job
from engine.spiff.execution import Execution
from tests import leases

WORK = """
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
        <camunda:formData><camunda:formField id="perihal" type="string" /></camunda:formData>
    serviceTask v camunda:type=external camunda:topic=arsip
        property alur:gives=nomor, tanggal
    exclusiveGateway g
    userTask b camunda:candidateGroups=umum-aparatur
    endEvent e
    endEvent f
        <messageEventDefinition camunda:type="external" camunda:topic="surat" />
    s -> a -> v -> g
    g -> b if nomor == 7
    g -> e if nomor != 7
    b -> f
"""
ANSWER = {"nomor": 7, "tanggal": "2026-11-26", "rahasia": "x"}


class Handler:
    """Keeps what it was asked, and answers in turn; an answer that is an error is raised."""

    def __init__(self, *answers) -> None:
        self.orders = []
        self.answers = list(answers)

    def __call__(self, order: topics.Order):
        self.orders.append(order)
        answer = self.answers.pop(0) if self.answers else ANSWER
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def begin(office, draw, at, audit):
    """``begin()``: a case whose service task has been called; sound when the test ends."""

    def _begin(*more: str) -> int:
        office.put_into_force(draw("\n".join([WORK, *more])), "arsip", "surat")
        case = office.start(key="p")
        office.step(case, perihal="Cuti")
        return case

    yield _begin
    assert audit(office.db) == []


def data(office, case: int) -> dict:
    """The values of a case."""
    with office.db.read() as session:
        found = topics.steps.read_case(session, case)
    return Execution.load(
        topics.steps.deployments.program(office.db, found.digest), found.state
    ).data


def open_incidents(office) -> list[Incident]:
    with office.db.read() as session:
        still = select(Incident).where(Incident.resolved_at.is_(None))
        return list(session.scalars(still.order_by(Incident.id)))


def test_a_case_waits_for_the_answer_of_its_service_and_then_goes_on(office, begin):
    case = begin()
    assert office.open_items(case) == {}
    assert office.case(case).status == "running"
    assert [(e.kind, e.element) for e in office.history(case)][-1] == ("service.called", "v")
    assert office.due(arsip=Handler()) == [("service", "v")]
    assert office.item(case).element == "b"
    assert office.jobs(case) == []


def test_a_handler_is_told_what_the_case_knows_and_where(office, begin):
    case, handler = begin(), Handler()
    (job,) = office.jobs(case)
    office.due(arsip=handler)
    (order,) = handler.orders
    assert (order.key, order.topic, order.instance_id, order.element) == (
        job.task,
        "arsip",
        case,
        "v",
    )
    assert order.data["perihal"] == "Cuti"
    assert order.db is office.db


def test_only_the_names_that_the_diagram_lets_in_enter_the_case(office, begin):
    case = begin()
    office.due(arsip=Handler())
    assert data(office, case) == {"perihal": "Cuti", "nomor": 7, "tanggal": "2026-11-26"}
    (entry,) = [e for e in office.history(case) if e.kind == "service.completed"]
    given = values.dumps({"nomor": 7, "tanggal": "2026-11-26"})
    assert (entry.capacity, entry.person_id) == ("service", None)
    assert entry.payload == hashlib.sha256(given).hexdigest()


def test_a_service_that_gives_nothing_may_answer_nothing(office, draw, audit):
    office.put_into_force(
        draw("""
            startEvent s
            userTask a camunda:candidateGroups=umum-aparatur
            serviceTask v camunda:topic=arsip
            endEvent e
            s -> a -> v -> e
        """),
        "arsip",
    )
    case = office.start(key="p")
    office.step(case)
    office.due(arsip=lambda order: None)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


@pytest.mark.parametrize("answer", [None, {}, {"nomor": 7}, {"nomer": 7, "tanggal": "x"}])
def test_an_answer_that_lacks_a_name_stops_the_case_and_a_person_is_asked(office, begin, answer):
    case = begin()
    office.due(arsip=Handler(answer))
    assert [job.state for job in office.jobs(case)] == ["failed"]
    (incident,) = open_incidents(office)
    assert (incident.instance_id, incident.element) == (case, "v")
    assert "arsip" in incident.reason


def test_an_answer_that_cannot_be_kept_is_put_before_a_person_too(office, begin):
    begin()
    office.due(arsip=Handler({"nomor": object(), "tanggal": "x"}))
    assert len(open_incidents(office)) == 1


def test_an_answer_that_leads_nowhere_is_put_before_a_person_and_nothing_is_kept(office, begin):
    case = begin()
    office.due(arsip=Handler({"nomor": [], "tanggal": "x"} | {"nomor": "tujuh" * 0}))
    assert office.case(case).status == "completed"  # not seven
    other = office.start(key="p")
    office.step(other, perihal="Cuti")
    version = office.case(other).version
    office.due(arsip=Handler({"nomor": {}, "tanggal": {1}}))
    assert office.case(other).version == version


def test_a_handler_that_fails_is_asked_again_with_the_same_key(office, begin, at):
    case = begin()
    handler = Handler(OSError("rahasia"), OSError("rahasia"))
    for minute in range(3):
        at(f"2026-11-26T09:0{minute}")
        assert office.due(arsip=handler) == [("service", "v")]
    assert len({order.key for order in handler.orders}) == 1
    assert office.item(case).element == "b"
    assert "rahasia" not in repr([job.error for job in office.jobs()])


def test_a_topic_without_a_handler_is_put_before_a_person_at_once(office, begin):
    case = begin()
    office.due()
    assert [job.state for job in office.jobs(case)] == ["failed"]
    assert "arsip" in open_incidents(office)[0].reason


def test_a_second_answer_to_the_same_call_changes_nothing(office, begin, rival):
    """The lease ended while the handler was at work, and another process called it too."""
    case = begin()

    def answers_late(order: topics.Order):
        again = Handler()
        with office.db.read() as session:
            job = session.scalars(select(Job).where(Job.task == order.key)).one()
        topics.call(rival, job, {"arsip": again})
        assert [o.key for o in again.orders] == [order.key]
        return ANSWER | {"nomor": 8}

    office.due(arsip=answers_late)
    assert data(office, case)["nomor"] == 7
    assert [e.kind for e in office.history(case)].count("service.completed") == 1


@pytest.mark.parametrize("meanwhile", ["cancelled", "suspended"])
def test_an_answer_that_comes_after_the_case_was_stopped_changes_nothing(
    office, begin, at, rival, meanwhile
):
    case = begin()
    act = {"cancelled": supervision.cancel, "suspended": supervision.suspend}[meanwhile]
    kept = []

    def answers_late(order: topics.Order):
        act(rival, office.head, case, "Salah pegawai")
        kept.append(office.rows())
        return ANSWER

    office.due(arsip=answers_late)
    assert office.rows() == kept[0]
    if meanwhile == "suspended":
        supervision.resume(office.db, office.head, case, "Sudah jelas")
        office.due(arsip=Handler())
        assert office.item(case).element == "b"


TOO_LONG = """
    boundaryEvent w attachedToRef=v
        timer timeDuration PT1H
    userTask c camunda:candidateGroups=umum-aparatur
    w -> c -> e
"""


def test_a_service_that_a_timer_has_just_ended_is_not_called(office, begin, at):
    case, handler = begin(TOO_LONG), Handler()
    (held,) = jobs.lease(office.db, {"service"}, 2 * jobs.LONGEST_PAUSE, 1)
    job = leases.begin(office.db, held)
    at("2026-11-26T10:00")
    assert office.due() == [("timer", "w")]
    with pytest.raises(JobGone):
        topics.call(office.db, job, {"arsip": handler})
    assert handler.orders == []
    assert office.open_items(case).keys() == {"c"}


def test_a_timer_takes_a_service_that_lasts_too_long_out_of_the_case(office, begin, at):
    case = begin(TOO_LONG)
    called = []

    def answers_late(order: topics.Order):
        called.append(order.key)
        at("2026-11-26T10:00")
        assert office.due() == [("timer", "w")]
        return ANSWER

    office.due(arsip=answers_late)
    assert office.open_items(case).keys() == {"c"}
    assert len(called) == 1
    assert office.jobs(case) == []


def test_a_service_whose_case_was_cancelled_is_not_called(office, begin):
    case, handler = begin(), Handler()
    office.cancel(case)
    assert office.due(arsip=handler) == []
    assert handler.orders == []


def test_a_message_is_sent_although_the_case_has_ended(office, begin):
    case, sent = begin(), Handler(None)
    office.due(arsip=Handler())
    office.step(case)
    assert office.case(case).status == "completed"
    assert office.due(surat=sent) == [("message", "f")]
    (order,) = sent.orders
    assert (order.topic, order.element, order.instance_id) == ("surat", "f", case)
    assert order.data == {}


def test_a_message_is_sent_although_the_case_was_cancelled(office, draw, audit):
    office.put_into_force(
        draw("""
            startEvent s
            sendTask k camunda:topic=surat
            userTask a camunda:candidateGroups=umum-aparatur
            endEvent e
            s -> k -> a -> e
        """),
        "surat",
    )
    case, sent = office.start(key="p"), Handler(None)
    office.cancel(case)
    assert office.due(surat=sent) == [("message", "k")]
    assert len(sent.orders) == 1
    assert audit(office.db) == []


def test_a_message_that_fails_holds_no_case_and_keeps_its_key(office, begin, at):
    case = begin()
    office.due(arsip=Handler())
    office.step(case)
    sent = Handler(OSError(), OSError(), None)
    for minute in range(3):
        at(f"2026-11-26T09:0{minute}")
        office.due(surat=sent)
    assert len({order.key for order in sent.orders}) == 1
    assert len(sent.orders) == 3
    assert office.case(case).status == "completed"


def test_two_messages_of_one_case_have_keys_of_their_own(office, begin):
    sent = Handler(None, None)
    for _ in range(2):
        case = begin() if not sent.orders else office.start(key="p")
        if office.open_items(case):
            office.step(case, perihal="Cuti")
        office.due(arsip=Handler())
        office.step(case)
        office.due(surat=sent)
    assert len({order.key for order in sent.orders}) == 2


def test_a_message_that_another_has_sent_is_finished_once(office, begin, rival):
    case = begin()
    office.due(arsip=Handler())
    office.step(case)
    (job,) = office.jobs(case)
    topics.deliver(rival, job, {"surat": Handler(None)})
    with pytest.raises(JobGone):
        topics.deliver(office.db, job, {"surat": Handler(None)})
    assert jobs.lease(office.db, {"message"}, jobs.LONGEST_PAUSE, 9) == []
