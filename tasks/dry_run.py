"""A trial run of a diagram in memory, on a virtual clock, with given answers; it leaves no trace.

Time moves on to the next timer only while no task is open; a task is completed at once. A message
or signal comes when it has an answer, or when nothing else can.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bpmn.messages import Message, message
from engine.errors import StepFailed
from tasks.forms import as_sent
from tasks.rehearsal import Rehearsal
from tasks.written_forms import Form, drawn_as, form_for, is_written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bpmn.diagram import Node
    from engine.spiff.programs import Program

MAX_COMPLETIONS = 200  # answers that disagree for ever would never come to an end


@dataclass
class Outcome:
    """``outcome`` is ``completed``, ``stuck`` or ``error``; ``trace`` the nodes as completed."""

    outcome: str
    trace: list[str]
    data: dict[str, Any] = field(default_factory=dict)
    error: Message | None = None


class _Stuck(Exception):
    def __init__(self, said: Message) -> None:
        super().__init__(str(said))
        self.message = said


def dry_run(
    program: Program,
    data: dict[str, Any],
    answers: Mapping[str, Sequence[dict[str, Any]]],
    began: datetime,
) -> Outcome:
    """Runs the program to its end, or to where it cannot go on.

    ``data`` are judged by the start form where there is one; what it does not ask is taken too.
    """
    try:
        case = Rehearsal.start(program, data | _asked(program.diagram.start_form, data), began)
    except _Stuck as stuck:
        return Outcome("stuck", [], data, stuck.message)
    except StepFailed as error:
        return Outcome("error", [], error=error.message)
    run = _Run(case, answers)
    try:
        run.to_its_end()
    except StepFailed as error:
        return Outcome("error", case.trace, error=error.message)
    except _Stuck as stuck:
        return Outcome("stuck", case.trace, case.execution.data, stuck.message)
    return Outcome("completed", case.trace, case.execution.data)


class _Run:
    """A case played with given answers."""

    def __init__(self, case: Rehearsal, answers: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        self.case = case
        self.execution = case.execution
        self.answers = {element: deque(given) for element, given in answers.items()}

    def to_its_end(self) -> None:
        """Completes the first open or service task; without one, the next event comes."""
        for _ in range(MAX_COMPLETIONS):
            if self.execution.ended:
                return
            ready = self.execution.services | self.execution.open_tasks
            if ready:
                task, element = next(iter(ready.items()))
                self.case.complete(task, self._answer(task, element))
            else:
                self._wait()
        if not self.execution.ended:
            raise _Stuck(message("Belum selesai setelah {n} kegiatan.", n=MAX_COMPLETIONS))

    def _wait(self) -> None:
        """The next event: one that has an answer, else the next timer, else whatever is awaited."""
        awaited = self.execution.events
        answered = {t: e for t, e in awaited.items() if self._has_answer(e)}
        if answered or (awaited and not self.case.due):
            task, element = next(iter((answered or awaited).items()))
            node = self.execution.program.diagram.nodes[element]
            self.case.receive(task, _served(node, self._next(element)))
        elif self.case.due:
            self.case.ring()
        else:
            raise _Stuck(message("Tidak ada lagi yang dapat dikerjakan."))

    def _has_answer(self, element: str) -> bool:
        return bool(self.answers.get(element))

    def _next(self, element: str) -> dict[str, Any]:
        """The next answer for an element; an empty one when there is none."""
        left = self.answers.get(element)
        return left.popleft() if left else {}

    def _answer(self, task: str, element: str) -> dict[str, Any]:
        node = self.execution.program.diagram.nodes[element]
        given = self._next(element)
        if node.kind == "serviceTask":
            return _served(node, given)
        if not (node.form or is_written(node)):  # nothing says what may be answered
            return given
        return _filled(node, self.execution.data_of(task), given)


def _asked(start: Node | None, data: dict[str, Any]) -> dict[str, Any]:
    """What the start form makes of the first data of a case."""
    return _filled(start, {}, data) if start else {}


def _filled(node: Node, case: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    form = form_for(node, case, as_sent(drawn_as(node, case), given))
    if not form.validate():
        raise _Stuck(_first_fault(node, form))
    return form.values


def _served(node: Node, given: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in node.gives if name not in given]
    if missing:
        raise _Stuck(message('Jawaban "{topic}" tanpa "{name}".', topic=node.id, name=missing[0]))
    return {name: given[name] for name in node.gives}


def _first_fault(node: Node, form: Form) -> Message:
    field, reason = form.faults[0]
    return message("{task}: {field}: {reason}", task=node.id, field=field, reason=reason)
