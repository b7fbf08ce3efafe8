"""The timers of a case: when their clocks start, when they are due, and what they lead to."""

from datetime import UTC, date, datetime

import pytest

from engine import clock, firing, instances, jobs, values, worklist
from engine.errors import JobGone, StepFailed
from engine.people import Actor
from tests import leases

REMIND = '<messageEventDefinition camunda:type="external" camunda:topic="remind" />'
GROUP = "camunda:candidateGroups=umum-aparatur"
WORK = f"""
    property alur:calendar=working
    startEvent s
    userTask a {GROUP} name="Memeriksa berkas"
    endEvent e
    s -> a -> e
"""


def at_edge(*lines: str, to: str = "f", attributes: str = "cancelActivity=false") -> str:
    """A boundary event ``w`` of the task ``a`` that leads to a reminder, or elsewhere."""
    inner = "\n".join(lines)
    end = f"endEvent f\n{REMIND}" if to == "f" else ""
    return f"boundaryEvent w attachedToRef=a {attributes}\n{inner}\n{end}\nw -> {to}"


def waktu(*lines: str, duration: str = "PT10M") -> str:
    said = ("property alur:timer=waktu", f"timer timeDuration {duration}", *lines)
    return at_edge(*said, attributes='cancelActivity=false name="10 menit"')


def wib(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+07:00").astimezone(UTC)


@pytest.fixture
def begin(office, draw_events, at, audit):
    """``begin(text, …)``: a case of the procedure drawn so; it is sound when the test ends."""

    def _begin(*text: str, by: Actor | None = None, topics: tuple[str, ...] = ()) -> int:
        office.put_into_force(draw_events("\n".join(text)), *topics)
        return office.start(key="p", by=by)

    yield _begin
    assert audit(office.db) == []


def fired(office, case: int) -> list[str]:
    """The elements of the timers that have fired, in order."""
    return [e.element for e in office.history(case) if e.kind == "timer.fired"]


def test_a_waktu_starts_when_the_task_is_claimed_and_not_before(office, begin, at):
    case = begin(WORK, waktu())
    at("2026-11-26T15:50")
    item = office.item(case)
    assert office.jobs(case) == []
    assert item.due_at is None
    instances.claim(office.db, office.staff, item.id)
    job = office.job(case, "w")
    assert (job.due, job.since, job.duration) == (wib("2026-11-26T16:00"), clock.now(), "PT10M")
    assert office.item(case).due_at == job.due


def test_a_waktu_starts_when_the_performer_begins(office, begin, at):
    theirs = WORK.replace(GROUP, f"camunda:assignee={office.employee.nip}")
    case = begin(theirs, waktu(), by=office.employee)
    at("2026-11-27T11:25")
    instances.take_up(office.db, office.employee, office.item(case).id)
    assert office.job(case, "w").due == wib("2026-11-27T13:05")  # the break of a Friday


def test_looking_at_a_task_starts_nothing(office, begin):
    case = begin(WORK, waktu())
    before = office.rows()
    with office.db.read() as session:
        worklist.item(session, office.staff, office.item(case).id)
        worklist.of_my_groups(session, office.staff)
    assert office.rows() == before


def test_a_task_that_is_given_back_keeps_its_start(office, begin, at):
    case = begin(WORK, waktu())
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    begun = office.job(case, "w")
    at("2026-11-26T09:05")
    instances.release(office.db, office.staff, item.id)
    instances.claim(office.db, office.colleague, item.id)
    assert office.job(case, "w").due == begun.due == wib("2026-11-26T09:10")
    assert office.job(case, "w").id == begun.id


def test_a_task_that_is_completed_at_once_never_had_a_waktu(office, begin, at):
    case = begin(WORK, waktu())
    office.step(case)
    at("2026-12-26T09:00")
    assert office.due() == []
    assert fired(office, case) == []


def test_a_waktu_may_start_with_the_task(office, begin, at):
    case = begin(WORK, waktu("property alur:clock=arrival"))
    job = office.job(case, "w")
    assert job.due == office.item(case).due_at == wib("2026-11-26T09:10")
    instances.claim(office.db, office.staff, office.item(case).id)
    assert office.job(case, "w").id == job.id


def test_a_waktu_that_is_over_reminds_its_performer_once_and_the_work_goes_on(office, begin, at):
    case = begin(WORK, waktu())
    instances.claim(office.db, office.staff, office.item(case).id)
    at("2026-11-26T09:09")
    assert office.due() == []
    at("2026-11-26T09:10")
    assert office.due() == [("timer", "w"), ("message", "f")]
    assert office.told(case) == [(office.staff.name, "due")]
    assert fired(office, case) == ["w"]
    assert office.jobs(case) == []
    at("2026-12-26T09:10")
    assert office.due() == []
    office.finish(case)


def test_a_task_that_is_done_in_time_takes_its_timer_along(office, begin, at):
    case = begin(WORK, waktu())
    instances.claim(office.db, office.staff, office.item(case).id)
    office.step(case)
    assert office.jobs(case) == []
    at("2026-12-26T09:00")
    assert office.due() == []


def test_a_legal_period_ends_with_its_last_day(office, at, audit):
    """Step 4 of the SOP: 14 calendar days from the arrival of the result, to 24:00."""
    case = office.start()
    at("2026-11-26T14:20")
    item = office.until(case, "Langkah_4")
    (job,) = office.jobs(case, "timer")
    assert (job.element, job.clock, job.end_of_day) == ("Batas_4", "elapsed", True)
    assert job.due == item.deadline_at == wib("2026-12-11T00:00")
    at("2026-12-11T00:00")
    begun = [one for one in office.due() if one[0] != "document"]
    assert begun == [("timer", "Batas_4"), ("message", "PengingatBatas_4")]
    assert office.told(case) == [(office.employee.name, "deadline")]
    assert audit(office.db) == []


def test_a_timer_that_interrupts_takes_the_task_and_goes_its_way(office, begin, at):
    second = f"userTask b {GROUP}\nb -> e"
    case = begin(WORK, second, at_edge("timer timeDuration PT1H", to="b", attributes=""))
    item = office.item(case)
    assert item.deadline_at == wib("2026-11-26T10:00")
    at("2026-11-26T10:00")
    assert office.due() == [("timer", "w")]
    gone, new = office.work(case)
    assert (gone.status, gone.closed_at, gone.closed_by) == ("cancelled", clock.now(), None)
    assert (new.element, new.status) == ("b", "open")
    assert [e.capacity for e in office.history(case) if e.kind == "timer.fired"] == ["timer"]
    office.finish(case)


def test_a_timer_that_lets_the_work_go_on_opens_more_beside_it(office, begin, at):
    second = f"userTask b {GROUP}\nendEvent g\nb -> g"
    case = begin(WORK, second, at_edge("timer timeDuration PT1H", to="b"))
    at("2026-11-26T10:00")
    office.due()
    assert office.open_items(case).keys() == {"a", "b"}
    office.finish(case)


def test_a_timer_on_the_way_lets_the_case_go_on_when_it_is_due(office, begin, at):
    pause = "intermediateCatchEvent c\ntimer timeDuration PT1H"
    case = begin(WORK.replace("s -> a -> e", "s -> c -> a -> e"), pause)
    assert office.open_items(case) == {}
    at("2026-11-26T10:00")
    office.due()
    assert office.item(case).element == "a"
    assert office.item(case).opened_at == clock.now()


def test_of_two_timers_behind_an_event_based_gateway_the_first_ends_the_other(office, begin, at):
    events = f"""
        eventBasedGateway g
        intermediateCatchEvent c
            timer timeDuration PT2H
        intermediateCatchEvent d
            timer timeDuration PT1H
        userTask b {GROUP}
        s -> g
        g -> c -> a -> e
        g -> d -> b -> e
    """
    case = begin(WORK.replace("s -> a -> e", ""), events)
    assert [job.element for job in office.jobs(case)] == ["d", "c"]
    at("2026-11-26T10:00")
    office.due()
    assert office.open_items(case).keys() == {"b"}
    at("2026-11-27T10:00")
    assert office.due() == []
    office.finish(case)
    assert fired(office, case) == ["d"]


def test_a_cycle_comes_as_often_as_it_says(office, begin, at):
    case = begin(WORK, at_edge("timer timeCycle R3/PT1H"))
    for hour in (10, 11, 12):
        at(f"2026-11-26T{hour}:00")
        assert office.due() == [("timer", "w"), ("message", "f")]
    at("2026-11-28T09:00")
    assert office.due() == []
    assert office.told(case) == [
        (name, "deadline") for _ in range(3) for name in (office.staff.name, office.colleague.name)
    ]
    office.finish(case)


def test_a_cycle_that_was_missed_is_made_up_for_as_often_as_it_says(office, begin, at):
    begin(WORK, at_edge("timer timeCycle R3/PT1H"))
    at("2026-11-28T09:00")
    assert [kind for kind, _ in office.due()].count("timer") == 3


def test_an_endless_cycle_leaves_out_what_it_has_missed(office, begin, at):
    case = begin(WORK, at_edge("property alur:calendar=elapsed", "timer timeCycle R/PT1H"))
    at("2026-11-26T13:30")
    assert office.due() == [("timer", "w"), ("message", "f")]
    assert office.job(case, "w").due == wib("2026-11-26T14:00")
    at("2026-11-26T14:00")
    assert office.due() == [("timer", "w"), ("message", "f")]
    office.finish(case)


def test_a_cycle_that_ends_with_its_task_leaves_no_job(office, begin):
    case = begin(WORK, at_edge("timer timeCycle R/PT1H"))
    office.step(case)
    assert office.jobs(case) == []


def test_a_waktu_that_repeats_is_armed_again_each_time(office, begin, at):
    repeating = at_edge("property alur:timer=waktu", "timer timeCycle R2/PT10M")
    case = begin(WORK, repeating)
    instances.claim(office.db, office.staff, office.item(case).id)
    for minute in (10, 20):
        at(f"2026-11-26T09:{minute}")
        assert office.due() == [("timer", "w"), ("message", "f")]
    assert office.jobs(case) == []


def test_a_cycle_with_a_start_comes_first_then(office, begin, at):
    drawn = "timer timeCycle R2/2026-11-26T11:00+07:00/P1D"
    case = begin(WORK, at_edge("property alur:calendar=elapsed", drawn))
    at("2026-11-26T11:00")
    assert office.due() == [("timer", "w"), ("message", "f")]
    assert office.job(case, "w").due == wib("2026-11-27T11:00")


def test_an_endless_cycle_of_the_past_keeps_its_step(office, begin):
    drawn = "timer timeCycle R/2026-09-01T08:00+07:00/P1M"
    case = begin(WORK, at_edge("property alur:calendar=elapsed", drawn))
    assert office.job(case, "w").due == wib("2026-12-01T08:00")


def test_an_endless_cycle_of_the_far_past_begins_anew(office, begin, at):
    drawn = "timer timeCycle R/1970-01-01T00:00Z/PT1M"
    case = begin(WORK, at_edge("property alur:calendar=elapsed", drawn))
    assert office.job(case, "w").due == wib("2026-11-26T09:01")


def test_a_date_is_that_date_whatever_the_calendar(office, begin, at):
    sunday = "timer timeDate 2026-11-29T08:00:00+07:00"
    case = begin(WORK, at_edge(sunday))
    job = office.job(case, "w")
    assert (job.due, job.clock, job.duration) == (wib("2026-11-29T08:00"), None, None)
    at("2026-11-29T08:00")
    assert office.due() == [("timer", "w"), ("message", "f")]


def test_a_date_may_mean_the_whole_of_its_day(office, begin):
    drawn = "property alur:due=endOfDay", "timer timeDate 2026-11-30T08:00:00+07:00"
    case = begin(WORK, at_edge(*drawn))
    assert office.job(case, "w").due == wib("2026-12-01T00:00")


def test_of_tasks_side_by_side_only_the_one_whose_time_is_over_is_told(
    office, side_by_side, at, audit
):
    """Each time that the timer comes again."""
    timer = (
        '<boundaryEvent id="Batas" attachedToRef="Isi" cancelActivity="false">'
        "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>"
        f'</boundaryEvent><endEvent id="Ingat">{REMIND}</endEvent>'
        '<sequenceFlow id="F" sourceRef="Batas" targetRef="Ingat" /></process>'
    )
    drawn = side_by_side.decode().replace("</process>", timer)
    lane = "<flowNodeRef>Isi</flowNodeRef>"
    own = "<flowNodeRef>Batas</flowNodeRef><flowNodeRef>Ingat</flowNodeRef>"
    office.put_into_force(drawn.replace(lane, lane + own).encode())
    case = office.start(key="berdampingan")
    for hour in (10, 11):
        at(f"2026-11-26T{hour}:00")
        assert office.due() == [("timer", "Batas"), ("message", "Ingat")]
    assert office.told(case) == [(office.employee.name, "deadline")] * 2
    assert audit(office.db) == []


@pytest.mark.parametrize(
    ("kind", "value", "due"),
    [
        ("timeDuration", "PT4H", "2026-11-26T14:00"),
        ("timeDate", date(2026, 12, 1), "2026-12-01T00:00"),
        ("timeDate", datetime(2026, 12, 1, 8, 0), "2026-12-01T08:00"),
        ("timeDate", wib("2026-12-01T08:00"), "2026-12-01T08:00"),
        ("timeDate", "2026-12-01T08:00+08:00", "2026-12-01T07:00"),
        ("timeCycle", "R3/PT1H", "2026-11-26T10:00"),
    ],
)
def test_an_expression_says_the_time_from_the_data_of_the_case(office, begin, kind, value, due):
    case = asked(office, begin, kind)
    instances.complete(office.db, office.staff, office.item(case).id, {"batas": value}, token="t")
    assert office.job(case, "w").due == wib(due)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("timeDuration", value) for value in ("", "besok", 3, None, "P999999Y", "R3/PT1H")),
        *(("timeDate", value) for value in ("besok", "2026-12-01", 5, None)),
        *(("timeCycle", value) for value in ("PT1H", "R/PT1S", None)),
    ],
)
def test_an_expression_that_gives_no_time_keeps_the_task_open(office, begin, kind, value):
    case = asked(office, begin, kind)
    item = office.item(case)
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.staff, item.id, {"batas": value}, token="t")
    kept = office.item(case)
    assert (kept.id, values.loads(kept.draft)) == (item.id, {"batas": value})


def asked(office, begin, kind: str) -> int:
    """A case whose first task asks for ``batas``, which the timer of the second counts by."""
    form = '<camunda:formData><camunda:formField id="batas" type="string" /></camunda:formData>'
    first = f"userTask q {GROUP}\n{form}"
    drawn = WORK.replace("s -> a", "s -> q -> a")
    return begin(drawn, first, at_edge(f"timer {kind} batas"))


def test_a_timer_whose_task_has_gone_does_nothing(office, begin, at):
    case = begin(WORK, waktu())
    instances.claim(office.db, office.staff, office.item(case).id)
    at("2026-11-26T09:10")
    (held,) = jobs.lease(office.db, {"timer"}, jobs.SHORT_PAUSE, 1)
    job = leases.begin(office.db, held)
    office.step(case)
    before = office.rows()
    with pytest.raises(JobGone):
        firing.fire(office.db, job)
    assert office.rows() == before


def test_a_timer_of_a_cancelled_case_does_nothing(office, begin, at):
    case = begin(WORK, waktu())
    instances.claim(office.db, office.staff, office.item(case).id)
    at("2026-11-26T09:10")
    (held,) = jobs.lease(office.db, {"timer"}, jobs.SHORT_PAUSE, 1)
    job = leases.begin(office.db, held)
    office.cancel(case)
    before = office.rows()
    with pytest.raises(JobGone):
        firing.fire(office.db, job)
    assert office.rows() == before


def test_the_nearest_of_several_deadlines_is_the_tasks(office, begin):
    others = "\n".join(
        f"boundaryEvent {name} attachedToRef=a cancelActivity=false\n"
        f"timer timeDuration {length}\n{name} -> f"
        for name, length in (("x", "PT3H"), ("y", "PT1H"))
    )
    case = begin(WORK, waktu(), others)
    item = office.item(case)
    assert (item.due_at, item.deadline_at) == (None, wib("2026-11-26T10:00"))


def test_what_is_sent_on_the_way_is_a_job_of_its_own_and_the_case_goes_on(office, begin):
    sent = f"""
        intermediateThrowEvent i
            {REMIND}
        intermediateThrowEvent j
            <signalEventDefinition signalRef="libur" />
        sendTask k camunda:type=external camunda:topic=surat
    """
    drawn = WORK.replace("s -> a", "s -> i -> j -> k -> a")
    case = begin(drawn, sent, topics=("surat",))
    assert office.item(case).element == "a"
    assert [(job.kind, job.element, job.task) for job in office.jobs(case)] == [
        ("message", "i", None),
        ("signal", "j", None),
        ("message", "k", None),
    ]
    assert [(e.kind, e.element) for e in office.history(case)][1:4] == [
        ("message.thrown", "i"),
        ("signal.thrown", "j"),
        ("message.thrown", "k"),
    ]
