"""Processes that call others: bound at the start, with lanes, rules and clocks of their own."""

import pytest
from sqlalchemy import func, select

from engine import deployments, starting, values
from engine.errors import DiagramRefused
from engine.models import Activation, Instance
from engine.spiff.execution import Execution
from engine.steps import read_case

FORM = '<camunda:formData><camunda:formField id="{}" type="long" /></camunda:formData>'
CALLER = f"""
    process id=induk
    lane Staf group:umum-aparatur: s a k b c e f x
    startEvent s
    userTask a
        {FORM.format("nomor")}
    callActivity k calledElement=anak
        <camunda:in source="nomor" target="angka" />
        <camunda:out source="hasil" target="jawaban" />
    boundaryEvent x attachedToRef=k
        <errorEventDefinition errorRef="tolak" />
    userTask b
    userTask c
    endEvent e
    endEvent f
    s -> a -> k -> b -> e
    x -> c -> f
"""
CALLED = f"""
    process id=anak
    property alur:calendar=working
    property alur:waitLimit=PT2H
    lane Atasan superior(superior(subject)): s a t g e f
    startEvent s
    userTask a name="Menilai"
        {FORM.format("hasil")}
    boundaryEvent t attachedToRef=a cancelActivity=false
        timer timeDuration PT8H
    endEvent l
    exclusiveGateway g
    endEvent e
    endEvent f
        <errorEventDefinition errorRef="tolak" />
    s -> a -> g
    t -> l
    g -> e if hasil != 0
    g -> f if hasil == 0
""".replace("g e f", "g e f l")
OTHERS = {
    "b": "process id=b\n startEvent s\n callActivity k calledElement=c\n endEvent e\n s -> k -> e",
    "c": """
        process id=c
        startEvent s
        userTask t camunda:candidateGroups=umum-aparatur
        endEvent e
        s -> t -> e
    """,
}


@pytest.fixture
def force(office, draw_events):
    """``force(text)``: puts a process into force."""
    return lambda text: office.put_into_force(draw_events(text))


@pytest.fixture
def begin(office, force, at, audit):
    """A case of the caller that has come to the called process; sound when the test ends."""

    def _begin() -> int:
        case = office.start(key="induk")
        office.step(case, nomor=7)
        return case

    force(CALLED)
    force(CALLER)
    yield _begin
    assert audit(office.db) == []


def data(office, case: int) -> dict:
    with office.db.read() as session:
        found = read_case(session, case)
    program = deployments.program(office.db, found.digest, found.called)
    return Execution.load(program, found.state).data


def bound(office, case: int) -> dict:
    """The versions that the start of a case has recorded."""
    return values.loads(office.history(case)[0].details)["called"]


def test_a_task_of_a_called_process_is_done_by_who_its_own_lane_says(office, begin):
    case = begin()
    item = office.item(case)
    assert (item.element, item.place) == ("anak:a", "anak:Atasan")
    assert item.person_id == office.superior.id
    office.step(case, hasil=1)
    assert office.item(case).element == "b"
    assert [e.element for e in office.history(case) if e.kind == "task.completed"] == [
        "a",
        "anak:a",
    ]


def test_two_lanes_of_one_name_are_two_places(office, force, draw, at, audit):
    force("""
        process id=anak
        lane Staf subject: s a e
        startEvent s
        userTask a
        endEvent e
        s -> a -> e
    """)
    force(CALLER.replace('source="hasil"', 'source="angka"'))
    case = office.start(key="induk")
    office.step(case, nomor=7)
    assert office.item(case).person_id == office.employee.id
    office.step(case)
    assert office.item(case).person_id == office.staff.id
    assert audit(office.db) == []


def test_only_what_is_passed_goes_in_and_comes_back(office, begin):
    case = begin()
    with office.db.read() as session:
        found = read_case(session, case)
    program = deployments.program(office.db, found.digest, found.called)
    execution = Execution.load(program, found.state)
    (task,) = execution.open_tasks
    assert execution.data_of(task) == {"angka": 7}
    office.step(case, hasil=3)
    assert data(office, case) == {"nomor": 7, "jawaban": 3}


def test_the_clocks_of_a_called_process_run_by_its_own_calendar(office, begin, at):
    case = begin()
    # From nine: eight working hours of a Thursday and the Friday, and not till five o'clock.
    due = office.job(case, "anak:t").due
    assert due > at("2026-11-27T08:00")
    assert office.job(case, "anak:t").clock == "working"
    assert office.job(case, "anak:a", "wait").duration == "PT2H"
    office.step(case, hasil=1)
    assert office.jobs(case) == []


def test_an_error_of_a_called_process_is_caught_at_the_edge_of_its_call(office, begin):
    case = begin()
    office.step(case, hasil=0)
    assert office.item(case).element == "c"
    assert office.jobs(case) == []
    office.finish(case)
    assert office.case(case).status == "completed"


def test_a_case_keeps_the_called_version_that_was_in_force_at_its_start(office, force, begin):
    case, waiting = begin(), office.start(key="induk")
    force(CALLED.replace("userTask a", "userTask z").replace("s -> a -> g", "s -> z -> g")
          .replace("attachedToRef=a", "attachedToRef=z").replace("s a t", "s z t"))  # fmt: skip
    assert office.item(case).element == "anak:a"
    office.step(waiting, nomor=8)
    assert office.item(waiting).element == "anak:a"
    office.step(case, hasil=1)
    office.finish(case)
    later = begin()
    assert office.item(later).element == "anak:z"


def test_the_history_tells_which_versions_a_case_may_call(office, force, begin):
    version = force(CALLED.replace("Menilai", "Menilai ulang"))
    case = begin()
    assert bound(office, case) == {"anak": {"version": version.version, "digest": version.digest}}


def test_processes_that_are_called_by_called_ones_are_bound_too(office, force, at, audit):
    force(OTHERS["c"])
    force(OTHERS["b"])
    force(
        CALLER.replace("calledElement=anak", "calledElement=b")
        .replace('source="hasil"', 'source="nomor"')
        .replace('source="nomor" target="angka"', 'source="nomor" target="nomor"')
    )
    case = office.start(key="induk")
    office.step(case, nomor=7)
    assert bound(office, case).keys() == {"b", "c"}
    assert office.item(case).element == "c:t"
    office.finish(case)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_a_process_that_calls_one_not_in_force_is_not_put_into_force(office, force):
    with pytest.raises(DiagramRefused, match="anak"):
        force(CALLER)
    with office.db.read() as session:
        assert deployments.in_force(session, "induk") is None


def test_a_process_that_would_call_in_a_circle_is_not_put_into_force(office, force):
    force(OTHERS["c"])
    force(OTHERS["b"])
    with pytest.raises(DiagramRefused, match="c → b → c"):
        force(OTHERS["b"].replace("id=b", "id=c").replace("calledElement=c", "calledElement=b"))


def test_a_start_form_that_is_called_is_not_asked_and_gets_its_data_from_the_call(office, force):
    asked = FORM.format("angka").replace(
        'type="long" />',
        'type="long"><camunda:validation><camunda:constraint name="required" />'
        "</camunda:validation></camunda:formField>",
    )
    force(CALLED.replace("    startEvent s\n", f"    startEvent s\n        {asked}\n"))
    with pytest.raises(DiagramRefused, match="angka"):
        force(CALLER.replace('target="angka"', 'target="lain"'))
    force(CALLER)
    case = office.start(key="induk")
    office.step(case, nomor=7)
    assert office.item(case).element == "anak:a"
    assert [item.element for item in office.work(case)] == ["a", "anak:a"]


@pytest.mark.parametrize("length", [100, 101])
def test_ids_of_called_parts_that_are_too_long_together_are_refused(office, force, length):
    """The key of the process, a colon, and the id of the longest part, which is a flow."""
    name = "t" * (length - len("c:s_"))
    force(OTHERS["c"].replace("userTask t", f"userTask {name}").replace("-> t ->", f"-> {name} ->"))
    if length > deployments.MAX_ID:
        with pytest.raises(DiagramRefused, match=name[:20]):
            force(OTHERS["b"])
    else:
        force(OTHERS["b"])


def start(office, key: str) -> None:
    with pytest.raises(DiagramRefused) as refused:
        starting.start(office.db, office.staff, key, office.employee.id, token="t")
    assert str(refused.value)
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 0


def test_a_circle_that_came_about_later_is_refused_at_the_start(office, force, draw_events):
    """Put into force where nothing looked, as by a backup of another release."""
    force(OTHERS["c"])
    force(OTHERS["b"])
    circle = OTHERS["b"].replace("id=b", "id=c").replace("calledElement=c", "calledElement=b")
    put_in_by_force(office, draw_events(circle))
    start(office, "b")


def test_a_called_process_that_is_missing_is_refused_at_the_start(office, draw_events):
    put_in_by_force(office, draw_events(CALLER))
    start(office, "induk")


def test_ids_that_became_too_long_are_refused_at_the_start(office, force):
    """The called process was put into force anew after the one that calls it."""
    force(OTHERS["c"])
    force(OTHERS["b"])
    name = "t" * (deployments.MAX_ID - len("s_"))
    force(OTHERS["c"].replace("userTask t", f"userTask {name}").replace("-> t ->", f"-> {name} ->"))
    start(office, "b")


def put_in_by_force(office, source: bytes) -> None:
    version = deployments.deploy(office.db, source)
    with office.db.write() as session:
        session.add(Activation(key=version.key, definition_id=version.id, at=version.deployed_at))
