"""Each construct of BPMN that Alur executes, alone, with its state stored after every step.

`tests/oracle/constructs.py` has the table; `make constructs` writes it into `docs/constructs.md`.
"""

import construct_page
import constructs
import pytest
from constructs import Construct

from bpmn.calls import with_called
from bpmn.diagram import FLOW_NODES
from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.reading import read
from engine.checking import check
from engine.spiff.execution import Execution
from engine.spiff.programs import Program, compile_diagram

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


REFUSED = constructs.refused_drawings()


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_does_not_run_and_says_where(what):
    report = check(REFUSED[what].source)
    assert not report.may_run
    assert {found.element for found in report.worst(Severity.ERROR)} & {"n", "t"}


def test_each_refusal_of_the_vocabulary_has_a_reason_in_the_table():
    assert construct_page.reasons().keys() == construct_page.refused()


def test_the_table_in_the_documentation_is_up_to_date():
    said = "run: make constructs"
    assert construct_page.PAGE.read_text(encoding="utf-8") == construct_page.page(), said


def test_every_kind_of_node_is_in_the_table_once_at_least():
    drawn = {
        element.tag.rpartition("}")[2]
        for construct in TABLE
        for element in construct.drawing.container.iter("{*}*")
    }
    refused = {construct_page._as_in_xml(name) for name in construct_page.refused()}
    assert FLOW_NODES - refused <= drawn
