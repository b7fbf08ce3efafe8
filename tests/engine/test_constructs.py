"""Each construct of BPMN that Alur executes, alone, with its state stored after every step.

`tests/oracle/constructs.py` has the table; `make constructs` writes it into `docs/constructs.md`.
"""

import constructs
import pytest
from constructs import Construct

from bpmn.calls import with_called
from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.reading import read
from engine.checking import check
from engine.execution import Execution
from engine.programs import Program, compile_diagram

TABLE = list(constructs.table())


def program(construct: Construct) -> Program:
    report = check(construct.drawing.source)
    assert not report.worst(Severity.ERROR), report.findings
    if not construct.called:
        return report.programs[0]
    own, *others = (
        diagrams(read(drawing.source))[0] for drawing in (construct.drawing, *construct.called)
    )
    return compile_diagram(with_called(own, others))


def waiting(case: Execution) -> str:
    if case.ended:
        return "end"
    places = (case.open_tasks, case.services, case.timers, case.events)
    return " ".join(sorted(node for place in places for node in place.values()))


def do(case: Execution, act: str, given: dict) -> None:
    node, _, error = act.partition("!")
    places = case.open_tasks | case.services | case.timers | case.events
    task = next(task for task, found in places.items() if found == node)
    if error:
        case.fail(task, error, given)
    elif task in case.timers:
        case.fire(task)
    elif task in case.events:
        case.receive(task, given)
    else:
        case.complete(task, given)


@pytest.mark.parametrize("construct", TABLE, ids=lambda construct: construct.name)
def test_a_construct_runs_as_the_table_says(construct):
    begin, *steps = construct.steps
    answers = {
        act: iter(given if isinstance(given, list) else [given])
        for act, given in construct.answers.items()
    }
    case = Execution.start(program(construct), construct.data)
    assert f"-> {waiting(case)}" == begin
    for step in steps:
        act, _, then = step.partition(" -> ")
        case = Execution.load(case.program, case.save())
        do(case, act, next(answers.get(act, iter(())), {}))
        assert waiting(case) == then, step
    assert case.ended
    if construct.end is not None:
        assert case.data == construct.end
