"""Forms that are written, not drawn (`camunda:formKey="alur:<name>"`), beside those of diagrams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from tasks.forms import StepForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Node
    from bpmn.messages import Message
    from engine.database import Database


@dataclass(frozen=True)
class Surroundings:
    """What a form may ask beside the data of its case; nothing of it is there in a trial run."""

    db: Database | None = None
    instance_id: int | None = None
    item_id: int | None = None
    subject_id: int | None = None


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

    @staticmethod
    def shown(task: Node, given: Mapping[str, Any]) -> list[tuple[str, str | Message]]:
        """(label, value) of every kept answer, as a person reads it."""


# By the name behind `alur:`; `bpmn.rules.forms.WRITTEN_FORMS` says what each brings into the case.
FORMS: dict[str, Any] = {}


def form_for(
    task: Node,
    case: Mapping[str, Any],
    sent: MultiDict[str, str] | None = None,
    draft: Mapping[str, Any] | Sequence[Sequence[str]] | None = None,
    around: Surroundings = Surroundings(),
) -> Form:
    """The form of a task: the one written for its key, or the one drawn."""
    written = _written(task)
    if written is not None:
        form: Form = written(task, case, sent, draft, around)
        return form
    return StepForm(task, case, sent, draft)


def shown(task: Node, given: Mapping[str, Any]) -> list[tuple[str, str | Message]]:
    """(label, value) of every kept answer of a task, as a person reads it."""
    told: list[tuple[str, str | Message]] = (_written(task) or StepForm).shown(task, given)
    return told


def is_written(task: Node) -> bool:
    """Whether a task's form is one of those."""
    return _written(task) is not None


def _written(task: Node) -> Any:
    return FORMS.get(task.attributes.get("formKey", "").removeprefix("alur:"))
