"""The form of a task, built from what the analyst drew (`camunda:formData`).

WTForms parses and renders; what an answer must be is decided here, with the case's data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, cast

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from bpmn import literals
from bpmn.messages import Message, message
from engine.errors import ExpressionFailed
from engine.expressions import evaluate, truth
from tasks import file_fields, spelling, tables
from tasks.fields import TableField, fitting, make_field, show
from tasks.persons import Directory
from tasks.surroundings import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wtforms import Field

    from bpmn.diagram import Field as Drawn
    from bpmn.diagram import Node
    from tasks.surroundings import Surroundings
    from tasks.tables import Answer, Table

    Shown: TypeAlias = str | Message | Answer  # an answer as people read it

_SAME_VALUE = re.compile(r"""\$?\{?\s*(\w+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\}?""")
_NUMBERS = ("decimal", "money", "long")
_N = TypeVar("_N")


class StepForm:
    """A task's form over the data of its case, empty, prefilled or as a person sent it."""

    template: ClassVar[str] = "_drawn_form.html"

    def __init__(
        self,
        task: Node,
        case: Mapping[str, Any],
        sent: MultiDict[str, str] | None = None,
        draft: Mapping[str, Any] | Sequence[Sequence[str]] | None = None,
        around: Surroundings = NOWHERE,
    ) -> None:
        self.around = around
        directory = Directory(around.db)
        self.drawn = {field.id: field for field in task.form}
        self._case = case
        if sent is None and isinstance(draft, list):  # the fields as they were typed
            sent = MultiDict([(name, text) for name, text in draft])
        start = draft if isinstance(draft, Mapping) else self._prefilled()
        # Not a class with attributes: a field may be called like one of WTForms' own.
        self.form = BaseForm({field.id: make_field(field, directory) for field in task.form})
        self.form.process(sent, data=dict(start))
        if sent is not None:
            self._keep_readonly(start)

    def validate(self) -> bool:
        """Whether every answer is there and allowed; the fields then carry the reasons if not."""
        for field in self.form:
            drawn = self.drawn[field.name]
            errors: list[Any] = [*field.process_errors]
            if not self.is_visible(drawn):
                field.data, errors = None, []
            elif not errors:
                errors = [*self._faults(drawn, field)]
            field.errors = errors
        return not self.faults

    def _find(self, name: str, fault: Message) -> None:
        """Finds fault with a field."""
        faults: list[Any] = [fault]  # a Message, which pages translate
        self.form[name].errors = faults

    @property
    def faults(self) -> list[tuple[str, Message]]:
        """(field, reason) of every answer that is missing or not allowed, once validated."""
        faulty = (field for field in self.form if field.errors)
        return [(field.name, cast("Message", field.errors[0])) for field in faulty]

    @property
    def values(self) -> dict[str, Any]:
        """The answers by name, typed; None for what was left empty or was not asked."""
        return self.answers

    @property
    def answers(self) -> dict[str, Any]:
        """What each field holds now."""
        return {field.name: field.data for field in self.form}

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by the name of their field."""
        return {field.name: field.table for field in self.form if isinstance(field, TableField)}

    def computed(self) -> dict[str, str]:
        """What follows from the answers, by the id of the element that says it."""
        found = {
            f"isian-{name}-ditanya": "ya" if is_asked else "tidak"
            for name, is_asked in self.asked().items()
        }
        for name, table in self.tables.items():
            if "readonly" not in self.drawn[name].constraints:
                found |= table.computed()
        return found

    def asked(self) -> dict[str, bool]:
        """Whether each field under a condition that the browser cannot follow is asked."""
        ruled = (field for field in self.drawn.values() if "visibleIf" in field.properties)
        return {f.id: self.is_visible(f) for f in ruled if visible_when(f) is None}

    @staticmethod
    def shown(task: Node, given: Mapping[str, Any]) -> list[tuple[str | Message, Shown]]:
        """(label, value) of every answered field."""
        answered = (field for field in task.form if given.get(field.id) not in (None, "", []))
        return [(field.label, show(field, given[field.id])) for field in answered]

    @staticmethod
    def typed(given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Kept answers by the fields that they were typed into."""
        return given

    def is_visible(self, drawn: Drawn) -> bool:
        """Whether a field is asked, given the other answers."""
        rule = drawn.properties.get("visibleIf")
        return rule is None or truth(rule, {**self._case, **self.answers})

    def is_required(self, drawn: Drawn) -> bool:
        """Whether a field must be answered, given the other answers."""
        rule = drawn.properties.get("requiredIf")
        return drawn.required or truth(rule, {**self._case, **self.answers})

    def _prefilled(self) -> dict[str, Any]:
        return {name: self._prefill(drawn) for name, drawn in self.drawn.items()}

    def _prefill(self, drawn: Drawn) -> Any:
        rule = drawn.properties.get("prefill")
        if rule is None:
            return literals.default_of(drawn)
        try:
            return fitting(drawn, evaluate(rule, self._case))
        except ExpressionFailed:  # the first time round, the data it names is not there yet
            return None

    def _keep_readonly(self, start: Mapping[str, Any]) -> None:
        for field in self.form:
            if "readonly" in self.drawn[field.name].constraints:
                field.process(None, start.get(field.name))

    def _faults(self, drawn: Drawn, field: Field) -> list[Message]:
        value, bounds = field.data, drawn.constraints
        if value in (None, "", []) or (value is False and drawn.required):
            if self.is_required(drawn):
                return [message("Isian ini wajib diisi.")]
            return field.judge() if isinstance(field, TableField) else []
        if isinstance(field, TableField):
            return field.judge()
        if drawn.type == "enum":
            known = value in dict(drawn.choices)
            return [] if known else [message("Pilih salah satu dari daftar.")]
        fault = None
        if isinstance(value, date):
            fault = spelling.day_fault(value, *_limits(bounds, literals.day, "min", "max"))
        elif isinstance(value, str):
            fault = spelling.length_fault(value, *_limits(bounds, int, "minlength", "maxlength"))
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            fault = spelling.range_fault(value, *_limits(bounds, Decimal, "min", "max"))
        return [fault] if fault else []


def as_sent(task: Node, answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Plain JSON answers in the way a browser would send them."""
    kinds = {field.id: field.type for field in task.form}
    sent: MultiDict[str, str] = MultiDict()
    for name, value in answers.items():
        if kinds.get(name) == "table":
            sent.update(MultiDict(tables.as_sent(name, value)))
        elif value is False:
            continue
        elif kinds.get(name) == "file" and value is not None:
            sent[name] = file_fields.as_sent(value)
        elif kinds.get(name) in _NUMBERS and not isinstance(value, str | None):
            sent[name] = str(value).replace(".", ",")
        else:
            sent[name] = "" if value is None else "y" if value is True else str(value)
    return sent


def visible_when(drawn: Drawn) -> tuple[str, str] | None:
    """``visibleIf`` as (field, value) when it is that simple, for the browser to follow."""
    match = _SAME_VALUE.fullmatch(drawn.properties.get("visibleIf", ""))
    return (match[1], match[2] if match[2] is not None else match[3]) if match else None


def _limits(
    bounds: Mapping[str, str], read: Callable[[str], _N | None], *names: str
) -> Iterator[_N | None]:
    return (read(bounds[name]) if name in bounds else None for name in names)
