"""The form of a task, built from what the analyst drew (`camunda:formData`).

WTForms parses and renders; what an answer must be is decided here, with the case's data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from bpmn.messages import Message, message
from engine.errors import ExpressionFailed
from engine.expressions import evaluate, truth
from tasks import file_fields
from tasks.fields import fitting, make_field, parse_default, show, show_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms import Field

    from bpmn.diagram import Field as Drawn
    from bpmn.diagram import Node

_SAME_VALUE = re.compile(r"""\$?\{?\s*(\w+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\}?""")
_NUMBERS = ("decimal", "money", "long")


class StepForm:
    """A task's form over the data of its case, empty, prefilled or as a person sent it."""

    template: ClassVar[str] = "_drawn_form.html"

    def __init__(
        self,
        task: Node,
        case: Mapping[str, Any],
        sent: MultiDict[str, str] | None = None,
        draft: Mapping[str, Any] | Sequence[Sequence[str]] | None = None,
    ) -> None:
        self.drawn = {field.id: field for field in task.form}
        self._case = case
        if sent is None and isinstance(draft, list):  # the fields as they were typed
            sent = MultiDict([(name, text) for name, text in draft])
        start = draft if isinstance(draft, Mapping) else self._prefilled()
        # Not a class with attributes: a field may be called like one of WTForms' own.
        self.form = BaseForm({field.id: make_field(field) for field in task.form})
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

    @property
    def faults(self) -> list[tuple[str, Message]]:
        """(field, reason) of every answer that is missing or not allowed, once validated."""
        faulty = (field for field in self.form if field.errors)
        return [(field.name, cast("Message", field.errors[0])) for field in faulty]

    @property
    def values(self) -> dict[str, Any]:
        """The answers by name, typed; None for what was left empty or was not asked."""
        return {field.name: field.data for field in self.form}

    @staticmethod
    def shown(task: Node, given: Mapping[str, Any]) -> list[tuple[str, str | Message]]:
        """(label, value) of every answered field."""
        answered = (field for field in task.form if given.get(field.id) not in (None, ""))
        return [(field.label, show(field, given[field.id])) for field in answered]

    def is_visible(self, drawn: Drawn) -> bool:
        """Whether a field is asked, given the other answers."""
        rule = drawn.properties.get("visibleIf")
        return rule is None or truth(rule, {**self._case, **self.values})

    def is_required(self, drawn: Drawn) -> bool:
        """Whether a field must be answered, given the other answers."""
        rule = drawn.properties.get("requiredIf")
        return drawn.required or truth(rule, {**self._case, **self.values})

    def _prefilled(self) -> dict[str, Any]:
        return {name: self._prefill(drawn) for name, drawn in self.drawn.items()}

    def _prefill(self, drawn: Drawn) -> Any:
        rule = drawn.properties.get("prefill")
        if rule is None:
            return parse_default(drawn)
        try:
            return fitting(drawn, evaluate(rule, self._case))
        except ExpressionFailed:  # the first time round, the data it names is not there yet
            return None

    def _keep_readonly(self, start: Mapping[str, Any]) -> None:
        for field in self.form:
            if "readonly" in self.drawn[field.name].constraints:
                field.data, field.process_errors = start.get(field.name), []

    def _faults(self, drawn: Drawn, field: Field) -> list[Message]:
        value, bounds = field.data, drawn.constraints
        if value in (None, "") or (value is False and drawn.required):
            return [message("Isian ini wajib diisi.")] if self.is_required(drawn) else []
        if drawn.type == "enum":
            known = value in dict(drawn.choices)
            return [] if known else [message("Pilih salah satu dari daftar.")]
        if isinstance(value, str):
            return _length_faults(value, bounds)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return _range_faults(Decimal(value), bounds)
        return []


def as_sent(task: Node, answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Plain JSON answers in the way a browser would send them."""
    kinds = {field.id: field.type for field in task.form}
    sent: MultiDict[str, str] = MultiDict()
    for name, value in answers.items():
        if value is False:
            continue
        if kinds.get(name) == "file" and value is not None:
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


def _length_faults(value: str, bounds: Mapping[str, str]) -> list[Message]:
    if "minlength" in bounds and len(value) < int(bounds["minlength"]):
        return [message("Paling sedikit {n} huruf.", n=bounds["minlength"])]
    if "maxlength" in bounds and len(value) > int(bounds["maxlength"]):
        return [message("Paling banyak {n} huruf.", n=bounds["maxlength"])]
    return []


def _range_faults(value: Decimal, bounds: Mapping[str, str]) -> list[Message]:
    if "min" in bounds and value < Decimal(bounds["min"]):
        return [message("Paling kecil {n}.", n=_bound(bounds["min"]))]
    if "max" in bounds and value > Decimal(bounds["max"]):
        return [message("Paling besar {n}.", n=_bound(bounds["max"]))]
    return []


def _bound(text: str) -> str:
    bound = Decimal(text)
    return show_number(int(bound) if bound == bound.to_integral_value() else bound)
