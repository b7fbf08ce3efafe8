"""One case in memory: its way through the process, its timers, and its state as bytes."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from bpmn.elements import diagrams
from bpmn.reading import read
from engine import values
from engine.checking import check
from engine.errors import NoLongerOpen, StateDamaged, StepFailed
from engine.spiff.execution import Execution
from engine.spiff.programs import Program, compile_diagram

OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">'
)
ASSESSED = {"nilai_skp": Decimal("91.5"), "nilai_perilaku": 85, "catatan_penilai": "Baik"}
AGREED = {"keputusan": "setuju"}
DISAGREED = {"keputusan": "tidak_setuju", "alasan": "Nilai perilaku"}
RECEIVED = {"tanggal_diterima": date(2026, 1, 31)}
HAPPY = [1, 2, 3, 4, 5, 6, 7, 8]
AGAIN = [1, 2, 3, 4, 3, 4, 5, 6, 7, 8]


@pytest.fixture
def skp_program(skp) -> Program:
    (program,) = check(skp).programs
    return program


def flow(source: str, target: str, condition: str | None = None) -> str:
    said = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
    return (
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{said if condition is not None else ''}</sequenceFlow>"
    )


def node(kind: str, name: str, inner: str = "") -> str:
    return f'<{kind} id="{name}">{inner}</{kind}>'


def compiled(*elements: str) -> Program:
    """The program of a process from ``s`` to ``e``, of which these are the elements."""
    ends = node("startEvent", "s"), node("endEvent", "e")
    drawn = "".join([*ends, *elements])
    source = f'{OPEN}<process id="p" isExecutable="true">{drawn}</process></definitions>'
    (program,) = check(source.encode()).programs
    return program


def stored(case: Execution) -> Execution:
    return Execution.load(case.program, case.save())


def kept(case: Execution) -> Execution:
    return case


def open_nodes(case: Execution) -> list[str]:
    return sorted(case.open_tasks.values())


def complete(case: Execution, name: str, **given) -> None:
    (task,) = (task for task, element in case.open_tasks.items() if element == name)
    case.complete(task, given)


def play(program: Program, steps: list[int], between) -> tuple[Execution, list[str], list[dict]]:
    """The SKP procedure by its steps; the nodes completed, and what each task saw."""
    case = between(Execution.start(program, {"pegawai": "Budi"}))
    done, seen = ["Mulai"], []
    for place, step in enumerate(steps):
        (task,) = case.open_tasks
        assert case.open_tasks[task] == f"Langkah_{step}"
        assert not case.ended
        seen.append(case.data_of(task))
        agreed = AGREED if 3 not in steps[place:] else DISAGREED
        before = len(case.completed)
        case.complete(task, {3: ASSESSED, 4: agreed, 8: RECEIVED}.get(step, {}))
        done += case.completed[before:]
        case = between(case)
    return case, done, seen


@pytest.mark.parametrize("between", [kept, stored])
@pytest.mark.parametrize("steps", [HAPPY, AGAIN, [1, 2, 3, 4, 3, 4, 3, 4, 5, 6, 7, 8]])
def test_the_procedure_goes_its_steps_to_its_end(skp_program, steps, between):
    case, done, _ = play(skp_program, steps, between)
    assert case.ended
    assert case.open_tasks == {}
    assert [n for n in done if n.startswith("Langkah")] == [f"Langkah_{step}" for step in steps]
    assert done[-1] == "Selesai"
    last = AGREED if steps == HAPPY else {**DISAGREED, **AGREED}
    assert case.data == {"pegawai": "Budi", **ASSESSED, **last, **RECEIVED}


@pytest.mark.parametrize("steps", [HAPPY, AGAIN])
def test_storing_after_every_step_changes_nothing(skp_program, steps):
    kept_case, kept_done, kept_seen = play(skp_program, steps, kept)
    case, done, seen = play(skp_program, steps, stored)
    assert (case.data, done, seen) == (kept_case.data, kept_done, kept_seen)
    assert case.ended == kept_case.ended
    assert case.visits("Langkah_3") == kept_case.visits("Langkah_3") == steps.count(3)


def test_the_state_is_the_same_bytes_however_often_it_is_loaded(skp, skp_program):
    case = Execution.start(skp_program, {"mulai": datetime(2026, 1, 31, 8), "b": 1, "a": [None]})
    for name in ("Langkah_1", "Langkah_2"):
        complete(case, name)
    state = case.save()
    assert case.save() == state
    assert stored(stored(case)).save() == state
    (compiled_again,) = check(skp).programs
    assert Execution.load(compiled_again, state).save() == state


def test_the_state_holds_no_part_of_the_procedure(skp_program):
    state = Execution.start(skp_program, {}).save()
    assert b"Langkah" not in state
    assert len(state) < 3000


def test_a_running_case_is_not_changed_by_what_its_starter_does_to_the_data(skp_program):
    data = {"daftar": [1]}
    case = Execution.start(skp_program, data)
    data["daftar"].append(2)
    (task,) = case.open_tasks
    assert case.data_of(task) == {"daftar": [1]}
    case.data_of(task)["lain"] = 1
    assert case.data_of(task) == {"daftar": [1]}


def test_values_of_one_number_but_of_other_types_are_kept_apart():
    program = compiled(
        node("userTask", "a"), node("userTask", "b"), flow("s", "a"), flow("a", "b"), flow("b", "e")
    )
    case = stored(Execution.start(program, {"x": 1, "y": [1], "z": {"n": 0}, "hilang": 1}))
    complete(case, "a", x=True, y=[Decimal(1)], z={"n": False})
    (task,) = stored(case).open_tasks
    found = stored(case).data_of(task)
    assert repr(found) == repr(case.data_of(task))
    assert found["x"] is True
    assert found["z"] == {"n": False}
    assert type(found["y"][0]) is Decimal


@pytest.mark.parametrize("between", [kept, stored])
def test_parallel_ways_wait_for_each_other_and_bring_their_data_together(between):
    program = compiled(
        node("parallelGateway", "f"),
        *(node("userTask", name) for name in "abc"),
        node("parallelGateway", "j"),
        *(flow(*ends) for ends in ("sf", "fa", "fb", "aj", "bj", "jc", "ce")),
    )
    case = between(Execution.start(program, {"awal": 0}))
    assert open_nodes(case) == ["a", "b"]
    complete(case, "b", dari_b=2)
    case = between(case)
    assert open_nodes(case) == ["a"]
    complete(case, "a", dari_a=1)
    case = between(case)
    assert open_nodes(case) == ["c"]
    (task,) = case.open_tasks
    assert case.data_of(task) == {"awal": 0, "dari_a": 1, "dari_b": 2}
    complete(case, "c")
    assert case.ended
    assert case.completed[-1] == "e"


@pytest.mark.parametrize("between", [kept, stored])
def test_two_ends_of_parallel_ways_end_the_case_together(between):
    program = compiled(
        node("parallelGateway", "f"),
        *(node("userTask", name) for name in "ab"),
        node("endEvent", "g"),
        *(flow(*ends) for ends in ("sf", "fa", "fb", "ae", "bg")),
    )
    case = between(Execution.start(program, {}))
    complete(case, "a")
    case = between(case)
    assert not case.ended
    assert open_nodes(case) == ["b"]
    complete(case, "b")
    assert between(case).ended


def test_a_script_task_calculates_and_goes_on():
    script = "jumlah = harga * 2\nmahal = jumlah &gt; 10"
    program = compiled(
        node("scriptTask", "a", f"<script>{script}</script>"), flow("s", "a"), flow("a", "e")
    )
    case = Execution.start(program, {"harga": Decimal("7.60")})
    assert case.ended
    assert case.completed == ["s", "a", "e"]
    assert case.data == {"harga": Decimal("7.60"), "jumlah": Decimal("15.20"), "mahal": True}


@pytest.mark.parametrize("line", ["x = tidak_ada", "x = 1 / 0", "x = [1][5]"])
def test_a_script_that_fails_fails_the_step(line):
    program = compiled(
        node("userTask", "a"),
        node("scriptTask", "b", f"<script>{line}</script>"),
        flow("s", "a"),
        flow("a", "b"),
        flow("b", "e"),
    )
    case = Execution.start(program, {})
    state = case.save()
    with pytest.raises(StepFailed):
        complete(case, "a")
    assert open_nodes(Execution.load(program, state)) == ["a"]


def test_an_undefined_task_is_passed_through():
    program = compiled(node("task", "a"), flow("s", "a"), flow("a", "e"))
    case = Execution.start(program, {})
    assert case.completed == ["s", "a", "e"]
    assert case.ended


def test_a_manual_task_waits_for_its_person():
    program = compiled(node("manualTask", "a"), flow("s", "a"), flow("a", "e"))
    case = Execution.start(program, {})
    assert open_nodes(case) == ["a"]
    complete(case, "a")
    assert case.ended


def decision(default: str = "") -> Program:
    """``x`` decides between the ends ``e`` (1) and ``f`` (2)."""
    gateway = f'<exclusiveGateway id="g" {default} />'
    ways = flow("g", "e", "${x == 1}"), flow("g", "f", None if default else "${x == 2}")
    return compiled(gateway, node("endEvent", "f"), flow("s", "g"), *ways)


@pytest.mark.parametrize(("x", "end"), [(1, "e"), (2, "f")])
def test_a_decision_takes_the_way_whose_condition_holds(x, end):
    assert Execution.start(decision(), {"x": x}).completed == ["s", "g", end]


@pytest.mark.parametrize("data", [{"x": 3}, {"x": None}, {}])
def test_a_decision_that_no_condition_fits_fails_the_step(data):
    with pytest.raises(StepFailed):
        Execution.start(decision(), data)


def test_a_decision_with_a_default_takes_it_when_nothing_fits():
    case = Execution.start(decision(default='default="g_f"'), {"x": 3})
    assert case.completed == ["s", "g", "f"]


def test_a_loop_without_a_person_fails_the_step():
    program = compiled(
        node("exclusiveGateway", "g"),
        node("scriptTask", "a", "<script>n = n + 1</script>"),
        *(flow("s", "g"), flow("a", "g"), flow("g", "a", "n > 0"), flow("g", "e", "n == 0")),
    )
    assert Execution.start(program, {"n": 0}).ended
    with pytest.raises(StepFailed):
        Execution.start(program, {"n": 1})


def test_a_case_is_never_taken_for_ended_because_it_went_round_often():
    program = compiled(
        node("exclusiveGateway", "m"),
        node("userTask", "a"),
        node("exclusiveGateway", "g"),
        *(flow("s", "m"), flow("m", "a"), flow("a", "g")),
        *(flow("g", "m", "lagi"), flow("g", "e", "not lagi")),
    )
    case = Execution.start(program, {})
    try:
        for _ in range(400):
            assert open_nodes(case) == ["a"]
            complete(case, "a", lagi=True)
    except StepFailed:
        return
    assert open_nodes(case) == ["a"]


def waiting(kind: str, text: str, attributes: str, to: str = "f") -> Program:
    """A task ``a`` with the timer ``w`` on its edge."""
    said = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    return compiled(
        node("userTask", "a"),
        f'<boundaryEvent id="w" attachedToRef="a" {attributes}>{said}</boundaryEvent>',
        node("endEvent", "f"),
        *(flow("s", "a"), flow("a", "e"), flow("w", to)),
    )


@pytest.mark.parametrize("between", [kept, stored])
@pytest.mark.parametrize(
    ("kind", "text"), [("timeDuration", "PT0S"), ("timeDate", "2001-01-01T00:00:00Z")]
)
def test_a_timer_that_is_long_due_does_not_fire_by_itself(kind, text, between):
    case = between(Execution.start(waiting(kind, text, ""), {}))
    assert open_nodes(case) == ["a"]
    assert list(case.timers.values()) == ["w"]
    assert "w" not in case.completed


@pytest.mark.parametrize("between", [kept, stored])
def test_a_reminder_leaves_its_task_open(skp_program, between):
    case = between(Execution.start(skp_program, {}))
    ((timer, name),) = case.timers.items()
    assert name == "Waktu_1"
    before = len(case.completed)
    case.fire(timer)
    assert case.completed[before:] == ["Waktu_1", "Pengingat_1"]
    case = between(case)
    assert open_nodes(case) == ["Langkah_1"]
    assert case.timers == {}
    complete(case, "Langkah_1")
    assert open_nodes(between(case)) == ["Langkah_2"]


@pytest.mark.parametrize("between", [kept, stored])
def test_a_timer_that_interrupts_closes_its_task(between):
    case = between(Execution.start(waiting("timeDuration", "PT1H", ""), {"x": 1}))
    (timer,) = case.timers
    case.fire(timer)
    case = between(case)
    assert case.open_tasks == {}
    assert case.ended
    assert case.data == {"x": 1}


@pytest.mark.parametrize("between", [kept, stored])
def test_the_timers_of_a_completed_task_are_gone(skp_program, between):
    case = between(Execution.start(skp_program, {}))
    complete(case, "Langkah_1")
    assert list(between(case).timers.values()) == ["Waktu_2"]


@pytest.mark.parametrize("between", [kept, stored])
def test_a_timer_on_the_way_holds_the_case_until_it_fires(between):
    said = "<timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>"
    program = compiled(
        node("intermediateCatchEvent", "t", said), node("userTask", "a"),
        *(flow("s", "t"), flow("t", "a"), flow("a", "e")),
    )  # fmt: skip
    case = between(Execution.start(program, {}))
    assert (case.open_tasks, case.ended) == ({}, False)
    (timer,) = case.timers
    case.fire(timer)
    assert open_nodes(between(case)) == ["a"]


@pytest.mark.parametrize(
    "state", [b"", b"{}", b"[]", b"null", b"[1,2,3]", b"\xff", b'"x"', b"[[]]"]
)
def test_a_state_that_is_none_is_said_to_be_damaged(skp_program, state):
    with pytest.raises(StateDamaged):
        Execution.load(skp_program, state)


def damaged(state: bytes, place: int, value, part: int | None = None) -> bytes:
    """A state with a part of its head changed, or a part of its first level."""
    first, *behind = state.split(b"\n")
    head = values.loads(first)
    where = head if part is None else head[4][0]
    place = place if part is None else part
    where[place] = value(where[place]) if callable(value) else value
    return b"\n".join((values.dumps(head), *behind))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(0, 4, id="of a later format"),
        pytest.param(0, 1, id="of the first format"),
        pytest.param(0, 2, id="of the second format"),
        pytest.param(0, "x", id="of no format"),
        pytest.param(1, "0" * 16, id="of another diagram"),
        pytest.param(3, "999", id="newest task not there"),
        pytest.param(3, 5, id="newest task no id"),
        pytest.param(4, [], id="no levels"),
        pytest.param(4, lambda levels: levels * 2, id="two processes"),
        pytest.param(4, lambda levels: [["999", *levels[0][1:]]], id="a process in a task"),
        pytest.param(4, lambda levels: [*levels, ["999", *levels[0][1:]]], id="no such host"),
        pytest.param(5, [1], id="counts of nothing"),
        pytest.param(6, 9, id="lines missing"),
    ],
)
def test_a_damaged_head_is_said_to_be_damaged(skp_program, place, value):
    case = Execution.start(skp_program, {})
    complete(case, "Langkah_1")
    with pytest.raises(StateDamaged):
        Execution.load(skp_program, damaged(case.save(), place, value))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        pytest.param(1, "999", id="last task not there"),
        pytest.param(4, [], id="data no names"),
        pytest.param(5, None, id="no rows"),
        pytest.param(5, [], id="not one row"),
        pytest.param(5, [[]], id="an empty row"),
        pytest.param(5, lambda rows: rows[1:], id="first row gone"),
        pytest.param(5, lambda rows: [rows[0], *rows[2:]], id="a row in the middle gone"),
        pytest.param(5, lambda rows: [*rows, rows[-1]], id="a row twice"),
        pytest.param(5, lambda rows: rows[::-1], id="in another order"),
        pytest.param(
            5, lambda rows: [[*row[:2], 999, *row[3:]] for row in rows], id="no such node"
        ),
        pytest.param(
            5, lambda rows: [[*row[:2], -1, *row[3:]] for row in rows], id="node from behind"
        ),
        pytest.param(5, lambda rows: [[*row[:3], 3, *row[4:]] for row in rows], id="no state"),
        pytest.param(5, lambda rows: [[*row[:6], [1], *row[7:]] for row in rows], id="inside out"),
        pytest.param(5, lambda rows: [[*row[:7], [], row[8]] for row in rows], id="no children"),
        pytest.param(5, lambda rows: [[*row[:8], [[]]] for row in rows], id="changes no names"),
        pytest.param(5, lambda rows: [[*row[:8], [{}, ["x"]]] for row in rows], id="gone twice"),
        pytest.param(5, lambda rows: [[*row, 1] for row in rows], id="rows too long"),
    ],
)
def test_a_damaged_tree_is_said_to_be_damaged(skp_program, part, value):
    case = Execution.start(skp_program, {})
    complete(case, "Langkah_1")
    with pytest.raises(StateDamaged):
        Execution.load(skp_program, damaged(case.save(), 0, value, part))


def test_the_state_of_another_procedure_is_said_to_be_damaged(skp_program):
    other = compiled(node("userTask", "a"), flow("s", "a"), flow("a", "e"))
    with pytest.raises(StateDamaged):
        Execution.load(skp_program, Execution.start(other, {}).save())


def test_a_state_that_was_cut_off_is_said_to_be_damaged(skp_program):
    state = Execution.start(skp_program, {}).save()
    for length in range(0, len(state), 37):
        with pytest.raises(StateDamaged):
            Execution.load(skp_program, state[:length])


def test_a_task_is_completed_once(skp_program):
    case = Execution.start(skp_program, {})
    ((task, _),) = case.open_tasks.items()
    case.complete(task, {})
    for gone in (task, "0" * 32, "x"):
        with pytest.raises(NoLongerOpen):
            case.complete(gone, {})
        with pytest.raises(NoLongerOpen):
            case.fire(gone)
    assert case.completed.count("Langkah_1") == 1


def test_equal_values_that_are_written_differently_stay_as_they_are(skp_program):
    case = Execution.start(skp_program, {"harga": Decimal("1.0"), "nol": 0.0})
    complete(case, "Langkah_1", harga=Decimal("1.00"), nol=-0.0)
    assert repr(stored(case).data["harga"]) == "Decimal('1.00')"
    assert str(stored(case).data["nol"]) == "-0.0"


def test_an_awaited_message_arrives_once(draw):
    drawn = draw("startEvent s\nreceiveTask r\nuserTask a\nendEvent e\ns -> r -> a -> e")
    case = Execution.start(compile_diagram(diagrams(read(drawn))[0]), {})
    (awaited,) = case.events
    case.receive(awaited, {})
    for gone in (awaited, next(iter(case.open_tasks))):
        with pytest.raises(NoLongerOpen):
            case.receive(gone, {})
    assert list(case.open_tasks.values()) == ["a"]
