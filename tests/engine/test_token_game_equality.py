"""Alur moves tokens as BPMN says: every process beside the token game of `tests/oracle`.

After every step the open tasks, the waiting events, what the next task sees and whether the case
has ended are the same; in the end so are the data and how often each node was done. Alur stores and
loads its state between all steps. With ``EQUALITY_EXAMPLES=5000`` in the environment many more
processes are tried.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import drawings
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from past import whole
from pen import Drawing
from SpiffWorkflow.util.task import TaskState
from token_game import Game, Stuck, TooLong

from bpmn.elements import diagrams
from bpmn.reading import read
from engine.errors import StateDamaged, StepFailed
from engine.spiff import state
from engine.spiff.execution import Execution
from engine.spiff.flow import MAX_AT_ONCE, Flow
from engine.spiff.loops import COUNTERS
from engine.spiff.programs import Program, compile_diagram
from engine.spiff.tasks import SAME

BLOCKS = drawings.runs(drawings.blocks())
NETS = drawings.runs(st.one_of(drawings.nets(), drawings.nets(boundaries=True)))
EXAMPLES = int(os.environ.get("EQUALITY_EXAMPLES", "0"))
STEADY = {
    "derandomize": True,
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


def steadily(examples: int) -> Any:
    return settings(max_examples=EXAMPLES or examples, **STEADY)


def compiled(source: bytes) -> Program:
    """The program; the rules are left out, which warn of much that is drawn here."""
    return compile_diagram(diagrams(read(source))[0])


def stored(case: Execution) -> Execution:
    return Execution.load(case.program, case.save())


def seen(case: Execution) -> tuple[list[str], list[str], bool]:
    awaited = case.timers | case.events
    return sorted(case.open_tasks.values()), sorted(awaited.values()), case.ended


def everything(case: Execution) -> list[Any]:
    """All that a case consists of: its levels, and in each its tasks with all that they know."""
    flow = whole(case)
    inner = [
        level for level in flow.subprocesses.values() if level.host.id in level.host.workflow.tasks
    ]
    return [
        (
            *(level.spec.name, level.success, level.completed, level.data),
            level.last_task and level.last_task.id,
            sorted(_all_of(task) for task in level.tasks.values()),
        )
        for level in (flow, *sorted(inner, key=lambda level: level.host.id))
    ]


def _all_of(task: Any) -> tuple[Any, ...]:
    children = [child.id for child in task.children]
    state = task.state, task.last_state_change, task.triggered
    return (task.id, task.task_spec.name, children, *state, task.internal_data, task.data)


def oldest(case: Execution, element: str) -> str:
    """The oldest open task of an element, or the oldest event that waits there."""
    places = case.open_tasks | case.timers | case.events
    ids = [task_id for task_id, found in places.items() if found == element]
    return min(ids, key=lambda found: case._task(found).last_state_change)


def known(data: dict[str, Any], *but: str) -> dict[str, Any]:
    """Data without what is a loop's own: its counters, the result of one time and those so far.

    The game knows some of it sooner or later than Alur does; conditions of loops, which ask for
    it, and the data that comes out of the loop are compared all the same.
    """
    own = (*COUNTERS, "semua_", "hasil_banyak_", *but)
    return {name: value for name, value in data.items() if not name.startswith(own)}


def do(case: Execution, element: str, given: dict[str, Any]) -> None:
    """A task is done, or the event that waits there happens."""
    task_id = oldest(case, element)
    if task_id in case.open_tasks:
        case.complete(task_id, given)
    elif task_id in case.timers:
        case.fire(task_id)
    else:
        case.receive(task_id, {})


def do_in_game(game: Game, element: str, given: dict[str, Any]) -> None:
    if element in game.open:
        game.complete(element, given)
    else:
        game.fire(element)


def both(in_game: Callable[[], Any], here: Callable[[], Any]) -> tuple[Any, Any]:
    """What comes of it in the game and here; None twice when both get stuck alike."""
    try:
        found, stuck = in_game(), False
    except Stuck:
        found, stuck = None, True
    except TooLong:
        assume(False)
    try:
        ours = here()
    except StepFailed as error:
        assume(f" {MAX_AT_ONCE} " not in str(error))  # a loop that is only longer than we allow
        assert stuck, error
        return None, None
    assert not stuck
    return found, ours


def compare(run: drawings.Run, *but: str) -> None:
    """Plays a run in the game and on Alur; every difference is an `AssertionError`.

    Names that begin with ``but`` are compared in the end only.
    """
    program = compiled(run.source)
    game, case = both(
        lambda: Game(run.source, dict(run.data)), lambda: Execution.start(program, dict(run.data))
    )
    if case is None:
        return
    done = Counter(case.completed)
    for choice, answer in run.answers:
        assert seen(case) == (game.open, game.waiting, game.ended)
        before, case = case, stored(case)
        assert everything(case) == everything(before)
        assert seen(case) == (game.open, game.waiting, game.ended)
        places = sorted(set(game.open)) + sorted(set(game.waiting))
        if not places:
            break
        element = places[choice % len(places)]
        if element in game.open:
            seen_there = case.data_of(oldest(case, element))
            assert known(seen_there, *but) == known(game.data_of(element), *but)
        _, moved = both(
            lambda: (do_in_game(game, element, answer), True),  # noqa: B023  (called at once)
            lambda: (do(case, element, answer), True),  # noqa: B023
        )
        if moved is None:
            return
        done.update(case.completed)
    assert done == game.completed
    assert not game.ended or case.data == game.data


@steadily(80)
@given(BLOCKS)
def test_processes_of_blocks_run_as_in_the_token_game(run):
    # Every answer gives all decisions. What several branches beside an event subprocess write into
    # one name at once is told apart by when their tasks began: not always as in the game.
    compare(run, "v_")


@steadily(100)
@given(NETS)
def test_unstructured_processes_run_as_in_the_token_game(run):
    compare(run)


def test_tokens_of_one_way_leave_an_inclusive_join_one_by_one():
    drawing = Drawing.of_process().sketch(
        *("s: start", "a b c: user", "x: one", "j: some", "e f: end"),
        *("s > a > b > x > j > e", "a > c > j", "b > b", "b > f"),
    )
    # The first of the open tasks: a, then b three times, then c.
    compare(drawings.Run(drawing.source, {}, [(choice, {}) for choice in (0, 0, 0, 0, 1, 0, 0)]))


def bounded(*, of_subprocesses: bool, loop: str) -> bytes:
    """An activity that is done several times, with a timer at its edge and a task behind that."""
    drawing = Drawing.of_process().sketch("s: start", "a h: user", "e: end")
    name = "q" if of_subprocesses else "a"
    if of_subprocesses:
        drawing = Drawing.of_process().sketch("s: start", "q: subProcess", "h: user", "e: end")
    if loop == "standard":
        drawing.again_while(name, "y == 0", maximum=3, test_before=False)
    else:
        drawing.many(name, sequential=loop == "sequential", collection="daftar", item="butir")
    if of_subprocesses:
        drawing.inside("q").sketch("is: start", "a b: user", "ie: end", "is > a > b > ie")
    drawing.event("boundaryEvent", "timer", "t", attachedToRef=name)
    return drawing.sketch(f"s > {name} > e", "t > h > e").source


@pytest.mark.parametrize("of_subprocesses", [False, True])
@pytest.mark.parametrize("loop", ["standard", "sequential", "parallel"])
def test_an_event_at_the_edge_of_a_loop_goes_on_with_what_was_written_in_it(of_subprocesses, loop):
    source = bounded(of_subprocesses=of_subprocesses, loop=loop)
    data = {"daftar": [1, 2, 3], "x": 0, "y": 0, "butir": "luar"}
    for done in range(4):  # before the timer, which is the last of what waits
        answers = [(0, {"x": n, f"langkah_{n}": n}) for n in range(1, done + 1)]
        compare(drawings.Run(source, data, [*answers, (-1, {}), (0, {}), (0, {})]))


def test_the_results_of_a_loop_that_is_over_are_known_to_an_event_that_comes_then():
    block = ("watched", "message", True, ("parallel", LEAF, ("many", True, "kosong", None)))
    run = rich_run(block)
    # The message comes first of all, and then its task is done.
    compare(run._replace(answers=[(-1, {}), *run.answers]))


def ends(run: drawings.Run, between: Callable[[Execution], Execution]) -> list[Any]:
    """What is seen of a run at each step, and what it comes to in the end."""
    case = between(Execution.start(compiled(run.source), dict(run.data)))
    found: list[Any] = []
    for choice, answer in run.answers:
        places = sorted({*case.open_tasks.values(), *case.timers.values(), *case.events.values()})
        found.append((seen(case), case.data))
        if not places:
            break
        before = len(case.completed)
        do(case, places[choice % len(places)], answer)
        found.append(case.completed[before:])
        case = between(case)
    return found


@steadily(60)
@given(st.one_of(BLOCKS, NETS))
def test_a_restart_after_every_step_gives_the_same_end_as_no_restart(run):
    with suppress(StepFailed):  # as in the game, which is tested above
        assert ends(run, stored) == ends(run, lambda case: case)


# Processes in which all that is stored matters.
LEAF = ("userTask",)
RICH = [
    ("sequence", ("many", True, "3", None), ("many", False, "daftar", None), LEAF),
    ("sequence", ("repeated", False, 3), ("thrown", "escalation", False), LEAF),
    ("watched", "signal", False, ("sequence", LEAF, ("subprocess", ("parallel", LEAF, LEAF)))),
]
# Of each level, and of each of its rows, what is stored, at which place, and what is put there.
ENDING = {
    "the last task": (0, None),
    "success": (1, False),
    "whether it is completed": (2, False),
    "the data": (3, {}),
}
ROW = {
    "the place of the name": (2, 0),
    "the state": (3, TaskState.WAITING),
    "when it changed": (4, 0.0),
    "that it was triggered": (5, 0),
    "the internal data": (6, 0),
    "the children": (7, []),
    "the change of the data": (8, SAME),
}
LINES = {
    **{f"{part} of a level": (state, "_ending", *said) for part, said in ENDING.items()},
    "the rows of a level": (state._Cut, "_level", 5, []),
    **{f"{part} of a task": (state._Cut, "_row", *said) for part, said in ROW.items()},
}


def rich_run(block: tuple[Any, ...]) -> drawings.Run:
    source = drawings.drawn(block)
    decisions, outputs = (drawings.names(source, d) for d in (drawings.DECISION, drawings.OUTPUT))
    answers = [
        (step // 2, {**dict.fromkeys(decisions, step % 3), **dict.fromkeys(outputs, step)})
        for step in range(16)
    ]
    return drawings.Run(source, drawings.GIVEN | dict.fromkeys(decisions, 0), answers)


def is_noticed() -> bool:
    """Whether any of the rich processes runs otherwise than in the game."""
    for block in RICH:
        try:
            compare(rich_run(block))
        except (AssertionError, StateDamaged, StepFailed):
            return True
    return False


def test_the_rich_processes_run_as_in_the_token_game():
    assert not is_noticed()


@pytest.mark.parametrize("part", LINES)
def test_a_line_of_the_codec_that_forgets_something_is_noticed(monkeypatch, part):
    room, written, place, value = LINES[part]
    right = getattr(room, written)

    def wrong(*given: Any) -> list[Any]:
        found: list[Any] = right(*given)
        found[place] = value
        return found

    monkeypatch.setattr(room, written, wrong)
    assert is_noticed()


def test_a_codec_that_forgets_subprocesses_is_noticed(monkeypatch):
    monkeypatch.setattr(Flow, "kept", lambda _flow: iter(()))
    assert is_noticed()
