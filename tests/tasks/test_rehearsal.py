"""A case in memory on a clock of its own: what may be done, when timers ring, and keeping it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bpmn.elements import diagrams
from bpmn.reading import read
from engine.checking import check
from engine.errors import NoLongerOpen, StateDamaged, StepFailed
from engine.spiff.programs import compile_diagram
from tasks.rehearsal import MAX_RINGS, Rehearsal

BEGAN = datetime(2026, 1, 5, 2, tzinfo=UTC)  # a Monday, 9.00 in Pontianak
SKP = (Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn").read_bytes()


@pytest.fixture(scope="module")
def program():
    return check(SKP).programs[0]


@pytest.fixture
def case(program):
    return Rehearsal.start(program, {}, BEGAN)


def the_task(case):
    (task,) = case.execution.open_tasks
    return task


def elements(case):
    return list(case.execution.open_tasks.values())


def test_its_clock_stands_still_until_it_is_moved(case):
    case.complete(the_task(case), {})
    case.complete(the_task(case), {})
    assert case.now == BEGAN
    assert [one.element for one in case.played] == ["Langkah_1", "Langkah_2"]


def test_a_timer_rings_when_the_clock_comes_to_it(case):
    assert case.due[case.next_timer] == BEGAN + timedelta(minutes=10)
    case.ring()
    assert case.now == BEGAN + timedelta(minutes=10)
    assert [(one.kind, one.at) for one in case.played] == [("timer", case.now)]
    assert case.due == {}
    with pytest.raises(NoLongerOpen):
        case.ring()


def test_all_that_ring_on_the_way_ring_in_their_order(program):
    case = Rehearsal.start(program, {}, BEGAN)
    for given in ({}, {}, {"penilaian": None}):
        case.complete(the_task(case), given)
    assert elements(case) == ["Langkah_4"]
    case.wait_until(BEGAN + timedelta(days=30))
    assert [one.kind for one in case.played[3:]] == ["timer", "timer"]
    assert case.played[3].at < case.played[4].at < case.now == BEGAN + timedelta(days=30)
    assert elements(case) == ["Langkah_4"]


def test_the_clock_does_not_go_back(case):
    case.wait_until(BEGAN - timedelta(days=1))
    assert case.now == BEGAN


def test_what_is_kept_goes_on_as_if_it_had_never_stopped(program, case):
    case.complete(the_task(case), {"catatan_berkas": "Lengkap"})
    again = Rehearsal.load(program, case.save())
    assert (again.now, again.due, again.played) == (case.now, case.due, case.played)
    assert again.trace == case.trace
    assert again.save() == case.save()
    again.complete(the_task(again), {})
    assert elements(again) == ["Langkah_3"]
    assert again.execution.data["catatan_berkas"] == "Lengkap"


def test_what_nobody_kept_is_no_case(program):
    with pytest.raises(StateDamaged):
        Rehearsal.load(program, b"rusak")


def test_a_task_that_is_done_is_not_done_again(case):
    task = the_task(case)
    case.complete(task, {})
    with pytest.raises(NoLongerOpen):
        case.complete(task, {})
    assert len(case.played) == 1


def test_a_diagram_whose_timers_never_end_is_given_up():
    lap = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
        b'<process id="p" isExecutable="true"><startEvent id="a"/><intermediateCatchEvent id="t">'
        b"<timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition>"
        b'</intermediateCatchEvent><exclusiveGateway id="g"/><sequenceFlow id="a_g" sourceRef="a"'
        b' targetRef="g"/><sequenceFlow id="g_t" sourceRef="g" targetRef="t"/>'
        b'<sequenceFlow id="t_g" sourceRef="t" targetRef="g"/></process></definitions>'
    )
    case = Rehearsal.start(compile_diagram(diagrams(read(lap))[0]), {}, BEGAN)
    with pytest.raises(StepFailed, match=str(MAX_RINGS)):
        case.wait_until(BEGAN + timedelta(days=365))
