"""Forms that are written, not drawn (`camunda:formKey="alur:<name>"`), beside those of diagrams."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from tasks.forms import StepForm
from tasks.skp.assessment import SkpAssessment
from tasks.skp.preparation import SkpPreparation
from tasks.skp.review import SkpReview
from tasks.surroundings import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Node
    from bpmn.messages import Message
    from tasks.forms import Shown
    from tasks.surroundings import Surroundings
    from tasks.tables import Table


class Form(Protocol):
    """A task's form over the data of its case: empty, prefilled, as a draft, or as it was sent.

    ``template`` shows it on the page of the task; ``shown`` reads kept answers for the record.
    """

    template: ClassVar[str]

    def validate(self) -> bool:
        """Whether every answer is there and allowed; the form then carries the reasons if not."""

    @property
    def faults(self) -> list[tuple[str, Message]]:
        """(field, reason) of every answer that is missing or not allowed, once validated."""

    @property
    def values(self) -> dict[str, Any]:
        """The answers by name, typed."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables that its fields stand for, by name; for their buttons."""

    def computed(self) -> dict[str, str]:
        """What follows from the answers as typed, by the id of the element that shows it."""

    @staticmethod
    def shown(task: Node, given: Mapping[str, Any]) -> list[tuple[str | Message, Shown]]:
        """(label, value) of every kept answer, as a person reads it."""


# By the name behind `alur:`; `bpmn.rules.forms.WRITTEN_FORMS` says what each brings into the case.
FORMS: dict[str, Any] = {
    "skp-penyiapan": SkpPreparation,
    "skp-penilaian": SkpAssessment,
    "skp-pemeriksaan": SkpReview,
}


def form_for(
    task: Node,
    case: Mapping[str, Any],
    sent: MultiDict[str, str] | None = None,
    draft: Mapping[str, Any] | Sequence[Sequence[str]] | None = None,
    around: Surroundings = NOWHERE,
) -> Form:
    """The form of a task: the one written for its key, or the one drawn."""
    make = _written(task) or StepForm
    form: Form = make(drawn_as(task, case), case, sent, draft, around)
    return form


def drawn_as(task: Node, case: Mapping[str, Any]) -> Node:
    """A task with the fields that it asks for: those of its written form, as if drawn."""
    written = _written(task)
    return replace(task, form=written.fields(case)) if written else task


def fields_of(task: Node, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Kept answers of a task, by the fields that they were typed into."""
    written = _written(task)
    typed: Mapping[str, Any] = written.typed(given) if written else given
    return typed


def shown(task: Node, given: Mapping[str, Any]) -> list[tuple[str | Message, Shown]]:
    """(label, value) of every kept answer of a task, as a person reads it."""
    told: list[tuple[str | Message, Shown]] = (_written(task) or StepForm).shown(
        drawn_as(task, given), given
    )
    return told


def is_written(task: Node) -> bool:
    """Whether a task's form is one of those."""
    return _written(task) is not None


def _written(task: Node) -> Any:
    return FORMS.get(task.attributes.get("formKey", "").removeprefix("alur:"))
