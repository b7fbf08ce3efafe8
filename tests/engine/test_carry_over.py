"""A case carried over to another version runs on as a case of that version: beside the token game.

Each example is moved at every step of its run, so that all that was kept of it counts again.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from copy import deepcopy
from typing import Any

import drawings
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from pen import Drawing
from SpiffWorkflow.util.task import TaskState
from token_game import Game, Stuck, TooLong

from bpmn.counterparts import proposed
from bpmn.elements import diagrams
from bpmn.reading import read
from engine.errors import Immovable, StepFailed
from engine.spiff.execution import Execution
from engine.spiff.joins import EndJoin, TokenJoin
from engine.spiff.loops import COUNTERS
from engine.spiff.moving import carry_over
from engine.spiff.programs import Program, compile_diagram
from engine.spiff.routes import Route

BLOCKS = drawings.runs(drawings.blocks())
NETS = drawings.runs(st.one_of(drawings.nets(), drawings.nets(boundaries=True)))
EXAMPLES = int(os.environ.get("EQUALITY_EXAMPLES", "0"))
STEADY: dict[str, Any] = {
    "derandomize": True, "deadline": None, "database": None, "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip
REASONS = Counter[str]()


def steadily(examples: int) -> Any:
    return settings(max_examples=EXAMPLES or examples, **STEADY)


def compiled(source: bytes) -> Program:
    return compile_diagram(diagrams(read(source))[0])


def renamed(source: bytes) -> bytes:
    """The same process, in which every node has another id."""
    return re.sub(
        rb'(id|sourceRef|targetRef|attachedToRef)="((?!flow_)[a-zA-Z]+_\d+)"', rb'\1="\2_b"', source
    )


def there(case: Execution) -> tuple[list[str], list[str], bool]:
    awaited = case.timers | case.events
    return sorted(case.open_tasks.values()), sorted(awaited.values()), case.ended


def moved(route: Route, case: Execution) -> Execution | None:
    """The case moved; what waited waits under the same ids. None where that is refused."""
    before = case.open_tasks | case.timers | case.events
    try:
        case_moved = carry_over(route, case.save())
    except Immovable as error:
        REASONS[error.message.template] += 1
        return None
    case_moved = Execution.load(route.new, case_moved.save())
    after = case_moved.open_tasks | case_moved.timers | case_moved.events
    assert {i: route.mapping[element] for i, element in before.items()} == after
    assert case_moved.completed == []
    return case_moved


def do(case: Execution, element: str, given_values: dict[str, Any]) -> None:
    places = case.open_tasks | case.timers | case.events
    ids = [task_id for task_id, found in places.items() if found == element]
    task_id = min(ids, key=lambda found: case._task(found).last_state_change)
    if task_id in case.open_tasks:
        case.complete(task_id, given_values)
    elif task_id in case.timers:
        case.fire(task_id)
    else:
        case.receive(task_id, {})


def known(data: dict[str, Any]) -> dict[str, Any]:
    own = (*COUNTERS, "semua_", "hasil_banyak_", "v_")
    return {name: value for name, value in data.items() if not name.startswith(own)}


def play(run: drawings.Run, there_and_back: list[Route]) -> int:
    """Runs a process beside the game, moved after every step; how often it was moved."""
    try:
        game = Game(run.source, dict(run.data))
        case = Execution.start(there_and_back[0].old, dict(run.data))
    except (Stuck, TooLong, StepFailed):
        return 0
    moves, names = 0, {new: old for old, new in there_and_back[0].mapping.items()}
    done = Counter(case.completed)
    for turn, (choice, answer) in enumerate(run.answers):
        route = there_and_back[moves % len(there_and_back)]
        carried = moved(route, case)
        if carried is not None:
            case, moves = carried, moves + 1
        back = names if moves % len(there_and_back) else {}
        mine = tuple([back.get(n, n) for n in sorted(part)] for part in there(case)[:2])
        assert mine == (game.open, game.waiting), turn
        assert case.ended == game.ended
        places = sorted({*game.open, *game.waiting})
        if not places:
            break
        element = places[choice % len(places)]
        onward = {old: new for new, old in back.items()}
        before = len(case.completed)
        try:
            game.complete(element, answer) if element in game.open else game.fire(element)
        except (Stuck, TooLong):
            with pytest.raises(StepFailed):
                do(case, onward.get(element, element), answer)
            return moves
        try:
            do(case, onward.get(element, element), answer)
        except StepFailed:
            return moves
        done.update(back.get(n, n) for n in case.completed[before:])
    assert done == game.completed
    if game.ended:
        assert known(case.data) == known(game.data)
    return moves


@steadily(60)
@given(st.one_of(BLOCKS, NETS))
def test_a_case_that_is_moved_after_every_step_runs_as_in_the_token_game(run):
    program = compiled(run.source)
    mapping = proposed(program.diagram, program.diagram)
    assert mapping.keys() == program.diagram.nodes.keys()
    play(run, [Route(program, program, mapping)])


@steadily(60)
@given(st.one_of(BLOCKS, NETS))
def test_a_case_goes_over_to_other_ids_and_back(run):
    one, other = compiled(run.source), compiled(renamed(run.source))
    onward = {node: f"{node}_b" for node in one.diagram.nodes}
    assume(other.diagram.nodes.keys() == set(onward.values()))
    back = {new: old for old, new in onward.items()}
    play(run, [Route(one, other, onward), Route(other, one, back)])


# Another structure: the new version's own game, brought to the same place.

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Place = tuple[list[str], list[str], list[tuple[str, str]]]


@st.composite
def changed(draw: st.DrawFn, source: bytes) -> bytes:
    """A new version: tasks put in or taken out, timers at edges, tasks side by side with others."""
    root = etree.fromstring(source)
    process = root.find(f"{MODEL}process")
    for number in range(draw(st.integers(1, 3))):
        pen = Drawing(process, iter(range(1000 * (number + 1), 10**6)))  # type: ignore[arg-type]
        edit = draw(st.sampled_from([_put_in, _take_out, _watch, _set_beside]))
        tasks = process.findall(f"{MODEL}userTask")
        plain = [t for t in tasks if len(_flows(process, t)[0]) == len(_flows(process, t)[1]) == 1]
        if plain:
            edit(pen, process, draw(st.sampled_from(plain)))
    return etree.tostring(root)


def _flows(process: Any, task: Any) -> tuple[list[Any], list[Any]]:
    flows = process.findall(f"{MODEL}sequenceFlow")
    name = task.get("id")
    into = [flow for flow in flows if flow.get("targetRef") == name]
    return into, [flow for flow in flows if flow.get("sourceRef") == name]


def _put_in(pen: Drawing, process: Any, task: Any) -> None:
    """A task in front of another."""
    new = pen.node("userTask")
    _flows(process, task)[0][0].set("targetRef", new)
    pen.flow(new, task.get("id"))


def _take_out(_pen: Drawing, process: Any, task: Any) -> None:
    (into,), (out,) = _flows(process, task)
    if into.get("sourceRef") == task.get("id"):
        return
    events = process.findall(f"{MODEL}boundaryEvent")
    if any(event.get("attachedToRef") == task.get("id") for event in events):
        return
    same = [into.get("sourceRef"), out.get("targetRef")]
    flows = process.findall(f"{MODEL}sequenceFlow")
    if same in [[flow.get("sourceRef"), flow.get("targetRef")] for flow in flows]:
        return
    into.set("targetRef", out.get("targetRef"))
    process.remove(out)
    process.remove(task)


def _watch(pen: Drawing, _process: Any, task: Any) -> None:
    attributes = {"attachedToRef": task.get("id"), "cancelActivity": "false"}
    pen.chain(pen.event("boundaryEvent", "timer", **attributes), pen.node("endEvent"))


def _set_beside(pen: Drawing, process: Any, task: Any) -> None:
    """The task in parallel with a new one."""
    first, other, last = (
        pen.node(kind) for kind in ("parallelGateway", "userTask", "parallelGateway")
    )
    (into,), (out,) = _flows(process, task)
    into.set("targetRef", first)
    target = out.get("targetRef")
    out.set("targetRef", last)
    pen.chain(first, task.get("id"))
    pen.chain(first, other, last)
    pen.flow(last, first if target == task.get("id") else target)


def place_of(case: Execution) -> Place:
    joining = [
        (str(task.parent.task_spec.name).removesuffix(":ways"), str(task.task_spec.name))
        for level in (case._flow, *case._flow.subprocesses.values())
        for task in level.in_state(TaskState.WAITING)
        if isinstance(task.task_spec, TokenJoin) and not isinstance(task.task_spec, EndJoin)
        and not level.completed
    ]  # fmt: skip
    opened, awaited, _ = there(case)
    return opened, awaited, sorted(joining)


def place_in(game: Game) -> Place:
    joining = [
        (token.flow.source.id, token.node.id)
        for scope in game._scopes
        for token in scope.tokens
        if token.flow is not None and token.node.joins
    ]
    return game.open, game.waiting, sorted(joining)


def brought_to(source: bytes, wanted: Place, data: dict[str, Any], names: list[str]) -> Game | None:
    """A game of the version at that place, looked for breadth first; None where none is near."""
    try:
        ahead = [Game(source, dict(data))]
    except (Stuck, TooLong):
        return None
    seen: list[Place] = []
    for _ in range(150):
        if not ahead:
            return None
        game = ahead.pop(0)
        place = place_in(game)
        if place == wanted:
            return game
        if place in seen:
            continue
        seen.append(place)
        for element in dict.fromkeys([*game.open, *game.waiting]):
            for value in range(4) if element in game.open else (0,):
                other = deepcopy(game)
                try:
                    if element in game.open:
                        other.complete(element, dict.fromkeys(names, value))
                    else:
                        other.fire(element)
                except (Stuck, TooLong):
                    continue
                ahead.append(other)
    return None


@steadily(150)
@given(st.data(), st.one_of(BLOCKS, NETS))
def test_a_case_goes_on_as_one_of_the_new_version_that_has_come_to_the_same_place(data, run):
    source = data.draw(changed(run.source))
    assume(source != run.source)
    old, new = compiled(run.source), compiled(source)
    route = Route(old, new, proposed(old.diagram, new.diagram))
    try:
        case = Execution.start(old, dict(run.data))
        for choice, answer in run.answers[: data.draw(st.integers(0, 6))]:
            places = sorted({*there(case)[0], *there(case)[1]})
            if places:
                do(case, places[choice % len(places)], answer)
    except StepFailed:
        assume(False)
    assume(not case.ended)
    try:
        case = carry_over(route, case.save())
    except Immovable as error:
        REASONS[error.message.template] += 1
        return
    case = Execution.load(new, case.save())
    names = drawings.names(source, drawings.DECISION)
    game = brought_to(source, place_of(case), dict(run.data), names)
    REASONS["found" if game else "not found"] += 1
    if game is None:
        return
    for choice, answer in run.answers:
        assert place_of(case)[0] == game.open
        assert case.ended == game.ended
        if not game.open:
            break
        element = game.open[choice % len(game.open)]
        given_values = dict.fromkeys(names, 0) | answer
        try:
            game.complete(element, given_values)
        except (Stuck, TooLong):
            return
        do(case, element, given_values)
