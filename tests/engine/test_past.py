"""What lies behind in a case is left unread and unwritten by its steps, and is there when asked."""

import pytest

from bpmn.elements import diagrams
from bpmn.notation import file_of
from bpmn.reading import read
from engine import values
from engine.errors import StateDamaged
from engine.spiff.execution import Execution
from engine.spiff.flow import Flow
from engine.spiff.programs import Program, compile_diagram

# Two ways side by side, one of them a loop whose reminder has its own end.
TEXT = """
    startEvent s
    parallelGateway split
    userTask wait
    userTask work
    boundaryEvent late attachedToRef=work cancelActivity=false
        timer timeDuration PT1H
    endEvent reminded
    exclusiveGateway again default=on
    parallelGateway join
    endEvent e
    s -> split
    split -> work
    split -> wait
    work -> again
    late -> reminded
    again -> work if x == 1
    again -> join as on
    wait -> join
    join -> e
"""
LOOPS = 40


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_diagram(diagrams(read(file_of(TEXT)))[0])


def stored(case: Execution) -> Execution:
    return Execution.load(case.program, case.save())


def kept(case: Execution) -> Execution:
    return case


def one(places: dict[str, str], element: str) -> str:
    (task_id,) = [task for task, found in places.items() if found == element]
    return task_id


def looped(program: Program, times: int, between=stored, *, reminded: bool = True) -> Execution:
    """A case that has gone through its loop so often, reminded each third time."""
    case = Execution.start(program, {"x": 1, "tabel": [1]})
    for n in range(times):
        case = between(case)
        if reminded and n % 3 == 0:
            case.fire(one(case.timers, "late"))
            case = between(case)
        case.complete(one(case.open_tasks, "work"), {"n": n})
    return between(case)


def lines(case: Execution) -> list[bytes]:
    return case.save().split(b"\n")


def test_no_step_asks_for_what_lies_behind(program, monkeypatch):
    def fetch(_flow: Flow) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(Flow, "fetch", fetch)
    assert looped(program, LOOPS).visits("work") == LOOPS + 1


def test_what_is_read_at_a_step_does_not_grow_with_the_case(program):
    def rows(times: int) -> int:
        # Not reminded: such a token waits for the end of the case, and is at hand until then.
        case = looped(program, times, reminded=False)
        return len(values.loads(lines(case)[0])[4][0][5])

    assert rows(5) == rows(LOOPS) < 20


def test_what_lies_behind_is_written_once(program):
    before = looped(program, 10)
    first, *behind = lines(before)
    before.complete(one(before.open_tasks, "work"), {})
    other, *longer = lines(before)
    assert first != other
    assert longer[: len(behind)] == behind
    assert len(longer) > len(behind)


def test_visits_count_those_that_lie_behind(program):
    case = looped(program, LOOPS)
    assert case.visits("work") == LOOPS + 1
    assert case.visits("wait") == 1
    case._flow.fetch()
    assert case.visits("work") == LOOPS + 1


@pytest.mark.parametrize("times", [1, 2, 5, LOOPS])
def test_what_waits_stands_in_the_order_of_the_tree(program, times):
    def order(case: Execution) -> list[str]:
        return [*case.open_tasks.values(), *case.timers.values()]

    there = looped(program, times, kept)
    assert order(looped(program, times)) == order(there) == ["work", "wait", "late"]


def everything(flow: Flow) -> list[tuple[str, str, float, dict]]:
    return [(t.id, t.task_spec.name, t.depth, t.data) for t in flow.tasks.in_order()]


def test_what_is_asked_for_is_as_it_was(program):
    case = looped(program, LOOPS)
    assert len(case._flow.tasks.at_hand) < len(case._flow.tasks)
    before = len(case._flow.tasks)
    case._flow.fetch()
    whole = everything(case._flow)
    assert len(whole) == before == len(case._flow.tasks.at_hand)
    again = stored(case)  # all that was at hand is put behind anew
    assert again._flow.past
    again._flow.fetch()
    assert everything(again._flow) == whole
    assert [depth for _, name, depth, _ in whole if name == "Start"] == [0]


def test_no_two_cases_have_a_task_of_the_same_id(program):
    """Notices, and orders to handlers, name a task without its case."""
    ids = [{task.id for task in looped(program, 5)._flow.tasks.values()} for _ in range(2)]
    assert not ids[0] & ids[1]
    assert max(len(task_id) for task_id in ids[0]) <= 32  # as long as the columns are


def test_a_step_that_needs_what_lies_behind_gets_it(program):
    """Which of several values was written last is known only from far back."""
    case, there = looped(program, 10), looped(program, 10, kept)
    for one_of_them in (case, there):
        one_of_them.complete(one(one_of_them.open_tasks, "work"), {"x": 2})
    case = stored(case)
    assert case._flow.past
    for one_of_them in (case, there):
        one_of_them.complete(one(one_of_them.open_tasks, "wait"), {})
    assert not case._flow.past
    assert case.ended
    assert stored(case).data == there.data == {"x": 2, "n": 9, "tabel": [1]}


def test_what_changes_just_before_what_lies_behind_is_kept(program):
    """How its data differs is then to be said anew, for which what lies behind is read."""
    case = looped(program, 10, reminded=False)
    edge = next(task for task in case._flow.tasks.at_hand if task.hangs is not None)
    edge.data = edge.data | {"n": 77}
    again = stored(case)
    assert again.visits("work") == 11
    assert len(again._flow.tasks) == len(case._flow.tasks)
    again._flow.fetch()
    assert again._flow.get_task_from_id(edge.id).data["n"] == 77
    assert {task.id for task in again._flow.tasks.values()} == {
        task.id for task in case._flow.tasks.values()
    }


def test_values_put_right_reach_what_lies_behind_no_further_than_before(program):
    case = looped(program, 10, reminded=False)
    assert case.put_right({"n": (9, 90)}) == []
    case = stored(case)
    assert case.data["n"] == 90
    case._flow.fetch()
    found = {
        t.data.get("n") for t in case._flow.tasks.values() if t.over and t.task_spec.name == "again"
    }
    assert found == {*range(9), 90}


@pytest.mark.parametrize("damage", [b"", b"[]x", b"[[1]]", b'[[null,null,[["1"]]]]'])
def test_a_damaged_past_says_so_when_it_is_asked_for(program, damage):
    first, *behind = lines(looped(program, 10))
    behind[0] = damage
    case = Execution.load(program, b"\n".join((first, *behind)))
    with pytest.raises(StateDamaged):
        case._flow.fetch()


def test_a_past_that_is_cut_off_is_said_to_be_damaged(program):
    first, *behind = lines(looped(program, 10))
    with pytest.raises(StateDamaged):
        Execution.load(program, b"\n".join((first, *behind[:-1])))
