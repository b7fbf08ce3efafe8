"""Messages and signals from case to case: to the one that waits, to all that wait, once each."""

import pytest
from sqlalchemy import select

from engine import arrivals, jobs, subscriptions, supervision, values
from engine.errors import InvalidInput, JobGone, StepFailed, Suspended, Unawaited
from engine.models import Incident, Job
from engine.spiff.execution import Execution
from engine.steps import deployments, read_case

REASON = "Pegawai sakit"
FORM = (
    '<camunda:formData><camunda:formField id="nomor" type="long" />'
    '<camunda:formField id="isi" type="string" /></camunda:formData>'
)
# What the processes have in common: a first task that says the number of a letter.
BEGIN = f"""
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
        {FORM}
    userTask b camunda:candidateGroups=umum-aparatur
    endEvent e
    s -> a
"""
SENDER = f"""
    process id=pengirim
    {BEGIN}
    sendTask t messageRef=surat
        property alur:correlation=nomor
        property alur:sends=isi
    a -> t -> b -> e
"""
RECEIVER = f"""
    process id=penerima
    {BEGIN}
    receiveTask r messageRef=surat
        property alur:correlation=nomor
        property alur:gives=isi
    a -> r -> b -> e
"""
THROWER = f"""
    process id=pelempar
    {BEGIN}
    parallelGateway g
    intermediateCatchEvent c
        <signalEventDefinition signalRef="libur" />
    userTask k camunda:candidateGroups=umum-aparatur
    intermediateThrowEvent t
        <signalEventDefinition signalRef="libur" />
    intermediateCatchEvent l
        <signalEventDefinition signalRef="libur" />
    endEvent f
    a -> g -> c -> b -> e
    g -> k -> t -> l -> f
"""
CATCHER = f"""
    process id=penangkap
    {BEGIN}
    intermediateCatchEvent c
        <signalEventDefinition signalRef="libur" />
    a -> c -> b -> e
"""
AT_THE_EDGE = f"""
    process id=tepi
    {BEGIN}
    boundaryEvent r attachedToRef=b cancelActivity={{interrupting}}
        property alur:correlation=nomor
        property alur:gives=isi
        <messageEventDefinition messageRef="surat" />
    userTask d camunda:candidateGroups=umum-aparatur
    endEvent f
    a -> b -> e
    r -> d -> f
"""
FIRST_OF_TWO = f"""
    process id=pilihan
    {BEGIN}
    eventBasedGateway g
    intermediateCatchEvent r
        property alur:correlation=nomor
        <messageEventDefinition messageRef="surat" />
    intermediateCatchEvent w
        timer timeDuration PT1H
    userTask d camunda:candidateGroups=umum-aparatur
    endEvent f
    a -> g -> r -> b -> e
    g -> w -> d -> f
"""
SURAT = '<messageEventDefinition messageRef="surat" />'
GIVES = (
    '<extensionElements><camunda:properties><camunda:property name="alur:gives" value="isi" />'
    "</camunda:properties></extensionElements>"
)
BESIDE = f"""
    process id=samping
    {BEGIN}
    subProcess p triggeredByEvent=true
        <startEvent id="r" isInterrupting="{{interrupting}}">{GIVES}{SURAT}</startEvent>
        <userTask id="d" camunda:candidateGroups="umum-aparatur" /><endEvent id="f" />
        <sequenceFlow id="q" sourceRef="r" targetRef="d" />
        <sequenceFlow id="o" sourceRef="d" targetRef="f" />
    a -> b -> e
"""


@pytest.fixture
def begin(office, draw_events, at, audit):
    """``begin(process, nomor)``: a case whose first task is done; sound when the test ends."""
    known = {}

    def _begin(text: str, nomor: int = 7) -> int:
        if text not in known:
            known[text] = office.put_into_force(draw_events(text)).key
        case = office.start(key=known[text])
        office.step(case, nomor=nomor, isi="Cuti")
        return case

    yield _begin
    assert audit(office.db) == []


@pytest.fixture
def send(office):
    """``send(key, **data)``: a message from outside, not yet delivered."""

    def _send(key: str | None = "7", **data) -> Job:
        with office.db.write() as session:
            arrivals.send(session, "surat", key, data)
        return message(office)

    return _send


def message(office, kind: str = "message") -> Job:
    """The newest message or signal that is on its way."""
    return office.jobs(None, kind)[-1]


def data(office, case: int) -> dict:
    with office.db.read() as session:
        found = read_case(session, case)
    program = deployments.program(office.db, found.digest, found.called)
    return Execution.load(program, found.state).data


def incidents(office) -> list[str]:
    with office.db.read() as session:
        still = select(Incident.reason).where(Incident.resolved_at.is_(None))
        return list(session.scalars(still.order_by(Incident.id)))


def awaited(office, case: int) -> list[str]:
    with office.db.read() as session:
        return [one.element for one in subscriptions.of_instance(session, case)]


def test_a_message_arrives_in_the_case_that_waits_for_its_name_and_key(office, begin):
    other, receiver = begin(RECEIVER, 8), begin(RECEIVER, 7)
    sender = begin(SENDER, 7)
    assert office.item(sender).element == "b"  # it does not wait for the answer
    office.due()
    assert office.item(receiver).element == "b"
    assert (awaited(office, other), awaited(office, receiver)) == (["r"], [])
    (thrown,) = [e for e in office.history(sender) if e.kind == "message.thrown"]
    (received,) = [e for e in office.history(receiver) if e.kind == "message.received"]
    assert (thrown.element, received.element, received.capacity) == ("t", "r", "message")
    assert office.jobs() == []


def test_only_the_names_that_both_diagrams_tell_go_along(office, begin, send):
    case = begin(RECEIVER)
    arrivals.deliver(office.db, send(isi="Sakit", rahasia="x"))
    assert data(office, case) == {"nomor": 7, "isi": "Sakit"}
    receiver = begin(RECEIVER)
    begin(SENDER)
    details = values.loads(message(office).details)
    assert (details["data"], details["correlation"]) == ({"isi": "Cuti"}, "7")
    office.due()
    assert data(office, receiver) == {"nomor": 7, "isi": "Cuti"}


def test_a_message_that_lacks_a_promised_name_is_put_before_a_person(office, begin, send):
    case = begin(RECEIVER)
    job = send(lain="x")
    with pytest.raises(StepFailed, match="isi"):
        arrivals.deliver(office.db, job)
    office.due()
    assert ["isi" in reason for reason in incidents(office)] == [True]
    assert awaited(office, case) == ["r"]
    assert office.history(case)[-1].kind == "task.completed"


def test_a_message_that_nobody_waits_for_is_tried_again_with_pauses(office, begin, at):
    begin(SENDER)
    office.due()
    (job,) = office.jobs()
    assert (job.state, job.attempts, incidents(office)) == ("armed", 1, [])
    assert job.ready == at("2026-11-26T09:00") + jobs.FIRST_PAUSE
    late = begin(RECEIVER)
    assert office.due() == []  # the pause is not over
    at("2026-11-26T09:01")
    office.due()
    assert office.item(late).element == "b"


def test_a_message_that_nobody_ever_waits_for_is_put_before_a_person(office, begin, at):
    begin(SENDER)
    with office.db.write() as session:
        jobs.move(session, message(office), attempts=jobs.MAX_ATTEMPTS - 1)
    assert office.due() == [("message", "t")]
    assert [job.state for job in office.jobs()] == ["failed"]
    (reason,) = incidents(office)
    assert "surat" in reason


def test_a_message_that_two_wait_for_is_put_before_a_person_and_reaches_none(office, begin):
    cases = [begin(RECEIVER), begin(RECEIVER)]
    begin(SENDER)
    office.due()
    (reason,) = incidents(office)
    assert "alur:correlation" in reason
    assert [awaited(office, case) for case in cases] == [["r"], ["r"]]


def test_a_message_for_a_suspended_case_arrives_after_it_goes_on(office, begin, send, at):
    case = begin(RECEIVER)
    supervision.suspend(office.db, office.superior, case, REASON)
    job = send(isi="x")
    with pytest.raises(Unawaited):
        arrivals.deliver(office.db, job)
    office.due()
    assert awaited(office, case) == ["r"]
    supervision.resume(office.db, office.superior, case, REASON)
    at("2026-11-26T09:01")
    office.due()
    assert office.item(case).element == "b"


def test_a_message_from_outside_needs_a_name_and_a_key_that_is_awaited(office, begin, send):
    case = begin(RECEIVER)
    for key in ("8", None):
        with pytest.raises(Unawaited):
            arrivals.deliver(office.db, send(key, isi="x"))
    for name in ("", "x" * 256):
        with office.db.write() as session, pytest.raises(InvalidInput):
            arrivals.send(session, name, "7", {})
    arrivals.deliver(office.db, send(isi="x"))
    assert office.item(case).element == "b"


def test_a_message_that_is_handed_out_twice_arrives_once(
    office, begin, send, rival, before_writing
):
    """As it is when a worker is killed after its write, or its lease has ended."""
    case, job = begin(RECEIVER), send(isi="x")
    before_writing(office.db, lambda: arrivals.deliver(rival, job))
    with pytest.raises(Unawaited):
        arrivals.deliver(office.db, job)
    assert office.kinds(case).count("message.received") == 1
    jobs.failed(office.db, job, Unawaited(REASON))  # as a worker says, of what is gone
    assert (office.jobs(), incidents(office)) == ([], [])


def test_a_message_that_was_not_written_is_delivered_again(office, begin, send, monkeypatch):
    case, job = begin(RECEIVER), send(isi="x")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(jobs, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            arrivals.deliver(office.db, job)
    assert awaited(office, case) == ["r"]
    arrivals.deliver(office.db, job)
    assert office.kinds(case).count("message.received") == 1


def test_a_message_does_not_enter_a_case_that_is_cancelled_meanwhile(
    office, begin, send, rival, before_writing
):
    case, job = begin(RECEIVER), send(isi="x")
    before_writing(office.db, lambda: supervision.cancel(rival, office.head, case, REASON))
    with pytest.raises(Unawaited):
        arrivals.deliver(office.db, job)
    assert (office.case(case).status, office.open_items(case)) == ("cancelled", {})
    assert [found.id for found in office.jobs()] == [job.id]


def test_cancelling_takes_away_what_a_case_waits_for(office, begin, send):
    case = begin(RECEIVER)
    office.cancel(case)
    assert awaited(office, case) == []
    with pytest.raises(Unawaited):
        arrivals.deliver(office.db, send(isi="x"))


def test_a_signal_reaches_all_that_wait_and_its_own_case_where_it_waited(office, begin):
    thrower, others = begin(THROWER), [begin(CATCHER), begin(CATCHER)]
    office.complete(office.open_items(thrower)["k"])
    # Its own c was waiting when it was thrown; l began to wait only then.
    assert (office.open_items(thrower).keys(), awaited(office, thrower)) == ({"b"}, ["l"])
    late = begin(CATCHER)
    assert [kind for kind, _ in office.due()] == ["signal", "event", "event", "event"]
    assert [office.item(case).element for case in (*others, late)] == ["b"] * 3
    assert awaited(office, thrower) == ["l"]


def test_a_signal_that_nobody_waits_for_is_over(office, begin):
    thrower = begin(THROWER)
    office.complete(office.open_items(thrower)["k"])
    assert office.due() == [("signal", "t")]
    assert (office.jobs(), incidents(office)) == ([], [])


def test_a_signal_that_is_handed_out_twice_arrives_once(office, begin, rival, before_writing):
    thrower, case = begin(THROWER), begin(CATCHER)
    office.complete(office.open_items(thrower)["k"])
    thrown = message(office, "signal")
    before_writing(office.db, lambda: arrivals.broadcast(rival, thrown))
    with pytest.raises(JobGone):
        arrivals.broadcast(office.db, thrown)
    (arriving,) = office.jobs(case, "event")
    before_writing(office.db, lambda: arrivals.signal(rival, arriving))
    with pytest.raises(JobGone):
        arrivals.signal(office.db, arriving)
    assert office.kinds(case).count("signal.received") == 1


def test_a_signal_waits_as_long_as_its_case_is_suspended(office, begin, at):
    thrower, case = begin(THROWER), begin(CATCHER)
    supervision.suspend(office.db, office.superior, case, REASON)
    office.complete(office.open_items(thrower)["k"])
    for minute in range(10, 10 + 2 * jobs.MAX_ATTEMPTS):
        at(f"2026-11-26T09:{minute}")
        office.due()
    assert (office.jobs(case, "event")[0].attempts, incidents(office)) == (0, [])
    supervision.resume(office.db, office.superior, case, REASON)
    at("2026-11-26T10:00")
    office.due()
    assert office.item(case).element == "b"


def test_a_signal_that_was_on_its_way_is_held_with_its_case(office, begin):
    thrower, case = begin(THROWER), begin(CATCHER)
    office.complete(office.open_items(thrower)["k"])
    arrivals.broadcast(office.db, message(office, "signal"))
    (arriving,) = office.jobs(case, "event")
    supervision.suspend(office.db, office.superior, case, REASON)
    with pytest.raises(Suspended):
        arrivals.signal(office.db, arriving)
    assert [job.state for job in office.jobs(case, "event")] == ["held"]
    supervision.resume(office.db, office.superior, case, REASON)
    office.due()
    assert office.item(case).element == "b"


def test_a_message_at_the_edge_of_a_task_may_interrupt_it(office, begin, send):
    case = begin(AT_THE_EDGE.format(interrupting="true"))
    arrivals.deliver(office.db, send(isi="x"))
    assert {i.element: i.status for i in office.work(case)} == {
        "a": "completed", "b": "cancelled", "d": "open",
    }  # fmt: skip
    assert awaited(office, case) == []
    office.finish(case)
    assert office.case(case).status == "completed"


def test_a_message_at_the_edge_of_a_task_may_leave_it_open_and_come_again(office, begin, send):
    case = begin(AT_THE_EDGE.format(interrupting="false"))
    for _ in range(2):
        arrivals.deliver(office.db, send(isi="x"))
    opened = [(i.element, i.status) for i in office.work(case)]
    assert sorted(opened[1:]) == [("b", "open"), ("d", "open"), ("d", "open")]
    assert awaited(office, case) == ["r"]
    office.complete(office.open_items(case)["b"])
    assert awaited(office, case) == []


def test_a_task_that_is_completed_takes_the_message_at_its_edge_along(office, begin, send):
    case = begin(AT_THE_EDGE.format(interrupting="true"))
    office.step(case)
    assert (office.case(case).status, awaited(office, case)) == ("completed", [])
    with pytest.raises(Unawaited):
        arrivals.deliver(office.db, send(isi="x"))


def test_a_message_that_comes_first_takes_the_timer_beside_it_along(office, begin, send, at):
    case = begin(FIRST_OF_TWO)
    timer = office.job(case, "w")
    arrivals.deliver(office.db, send())
    assert (office.item(case).element, office.jobs(case, "timer")) == ("b", [])
    at("2026-11-26T11:00")
    assert office.due() == []
    assert timer.task not in awaited(office, case)


def test_a_timer_that_comes_first_takes_the_message_beside_it_along(office, begin, send, at):
    case = begin(FIRST_OF_TWO)
    at("2026-11-26T10:00")
    office.due()
    assert (office.item(case).element, awaited(office, case)) == ("d", [])
    with pytest.raises(Unawaited):
        arrivals.deliver(office.db, send())


@pytest.mark.parametrize(
    ("interrupting", "left", "listening"), [("true", {"d"}, []), ("false", {"b", "d"}, ["r"])]
)
def test_a_message_sets_off_an_event_subprocess(office, begin, send, interrupting, left, listening):
    case = begin(BESIDE.format(interrupting=interrupting))
    arrivals.deliver(office.db, send(None, isi="Sakit"))
    assert office.open_items(case).keys() == left
    assert awaited(office, case) == listening
    office.finish(case)
    assert (office.case(case).status, awaited(office, case)) == ("completed", [])
