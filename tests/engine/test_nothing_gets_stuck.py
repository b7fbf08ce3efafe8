"""Nothing that the check of the control flow passes gets stuck when it is run: processes at random,
each gone through in several orders on the engine. ``EQUALITY_EXAMPLES`` tries many more.
"""

import os
import random

import drawings
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.reading import read
from bpmn.rules import soundness
from engine.spiff.execution import Execution
from engine.spiff.programs import Program, compile_diagram

RULES = (soundness.deadlock, soundness.doubled_token, soundness.never_ends)
STEPS = 40
ORDERS = 3
STEADY = settings(
    max_examples=int(os.environ.get("EQUALITY_EXAMPLES", "60")),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PROCESSES = st.one_of(drawings.blocks(), drawings.nets(), drawings.nets(boundaries=True))


@STEADY
@given(PROCESSES)
def test_what_passes_the_check_always_goes_on_to_its_end(source):
    (diagram,) = diagrams(read(source))
    assume(not any(f.severity is not Severity.WARNING for rule in RULES for f in rule(diagram)))
    program = compile_diagram(diagram)
    for seed in range(ORDERS):
        run(program, source, random.Random(seed))  # noqa: S311  (repeatable, no secret)


def run(program: Program, source: bytes, chance: random.Random) -> None:
    """Does what is open or waiting at random; wherever it stops, the case has ended."""
    decisions = drawings.names(source, drawings.DECISION)
    outputs = drawings.names(source, drawings.OUTPUT)
    case = Execution.start(program, drawings.GIVEN | dict.fromkeys(decisions, 0))
    for _ in range(STEPS):
        places = sorted({**case.open_tasks, **case.timers, **case.events})
        if not places:
            break
        place = chance.choice(places)
        answer = {name: chance.randrange(4) for name in decisions} | dict.fromkeys(outputs, 1)
        if place in case.open_tasks:
            case.complete(place, answer)
        elif place in case.timers:
            case.fire(place)
        else:
            case.receive(place, {})
    assert case.ended or case.open_tasks or case.timers or case.events
