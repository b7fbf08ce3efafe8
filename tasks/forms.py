"""The form of a task, built from what the analyst drew (`camunda:formData`).

WTForms parses and renders; what an answer must be is decided here, with the case's data.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from bpmn.messages import Message, message
from engine.errors import ExpressionFailed
from engine.expressions import evaluate, truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.diagram import Field as Drawn
    from bpmn.diagram import Node

RADIO_CHOICES = 5
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)", re.ASCII)
_DECIMAL = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
_SAME_VALUE = re.compile(r"""\$?\{?\s*(\w+)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*\}?""")
_NUMBERS = ("decimal", "money", "long")
MAX_DIGITS = 30


class _Typed(StringField):
    """A line of text that stands for a value of another type."""

    data: Any


class WholeNumber(_Typed):
    """A whole number as Indonesians write it: ``1.250``."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:  # not asked: what it was prefilled with stays
            return
        text = valuelist[0].strip()
        if text and not _WHOLE.fullmatch(text):
            self.data = None
            raise ValueError(message("Tulis angka bulat, misalnya 1.250."))
        _require_short(text)
        self.data = int(text.replace(".", "")) if text else None

    def _value(self) -> str:
        return _as_typed(self, show_number)


class DecimalNumber(_Typed):
    """A number with an Indonesian decimal comma: ``1.250,5``; kept as an exact `Decimal`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        text = valuelist[0].strip().removeprefix("Rp").strip()
        if text and not _DECIMAL.fullmatch(text):
            self.data = None
            raise ValueError(message("Tulis angka dengan koma desimal, misalnya 85,5."))
        _require_short(text)
        self.data = Decimal(text.replace(".", "").replace(",", ".")) if text else None

    def _value(self) -> str:
        return _as_typed(self, show_number)


class Day(_Typed):
    """A date written ``dd-mm-yyyy`` (ISO is understood too)."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        text = valuelist[0].strip()
        self.data = _day(text)
        if text and self.data is None:
            raise ValueError(message("Tulis tanggal sebagai hh-bb-tttt, misalnya 31-12-2026."))

    def _value(self) -> str:
        return _as_typed(self, show_day)


class StepForm:
    """A task's form over the data of its case, empty, prefilled or as a person sent it."""

    def __init__(
        self,
        task: Node,
        case: Mapping[str, Any],
        sent: MultiDict[str, str] | None = None,
        draft: Mapping[str, Any] | None = None,
    ) -> None:
        self.drawn = {field.id: field for field in task.form}
        self._case = case
        form_class = type("TaskForm", (Form,), {f.id: _field(f) for f in task.form})
        start = draft if draft is not None else self._prefilled()
        self.form: Form = form_class(sent, data=start)
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
        return not any(field.errors for field in self.form)

    @property
    def values(self) -> dict[str, Any]:
        """The answers by name, typed; None for what was left empty or was not asked."""
        return {field.name: field.data for field in self.form}

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
            return evaluate(rule, self._case)
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
        if kinds.get(name) in _NUMBERS and not isinstance(value, str | None):
            sent[name] = str(value).replace(".", ",")
        else:
            sent[name] = "" if value is None else "y" if value is True else str(value)
    return sent


def visible_when(drawn: Drawn) -> tuple[str, str] | None:
    """``visibleIf`` as (field, value) when it is that simple, for the browser to follow."""
    match = _SAME_VALUE.fullmatch(drawn.properties.get("visibleIf", ""))
    return (match[1], match[2] if match[2] is not None else match[3]) if match else None


def show(drawn: Drawn, value: Any) -> str | Message:
    """A kept answer as a person reads it."""
    if value is None or value == "":
        return "–"
    if drawn.type == "enum":
        return dict(drawn.choices).get(str(value), str(value))
    if isinstance(value, bool):
        return message("Ya") if value else message("Tidak")
    if isinstance(value, int | Decimal):
        return ("Rp " if drawn.type == "money" else "") + show_number(value)
    return show_day(value) if isinstance(value, date) else str(value)


def show_number(value: Decimal | int) -> str:
    """``12500.5`` as ``12.500,5``; four digits stay together, since they may be a year."""
    if isinstance(value, int) and abs(value) < 10_000:
        return str(value)
    return f"{value:,}".replace(",", " ").replace(".", ",").replace(" ", ".")


def show_day(value: date) -> str:
    """A date as ``dd-mm-yyyy``."""
    return f"{value.day:02}-{value.month:02}-{value.year:04}"


def parse_default(drawn: Drawn) -> Any:
    """The drawn default value, in the type of its field; None when it does not fit."""
    if drawn.default is None or drawn.type in ("string", "text", "enum"):
        return drawn.default
    if drawn.type == "boolean":
        return drawn.default == "true"
    if drawn.type == "date":
        return _day(drawn.default)
    if drawn.type == "long":
        return int(drawn.default) if re.fullmatch(r"-?\d+", drawn.default) else None
    return Decimal(drawn.default) if re.fullmatch(r"-?\d+(\.\d+)?", drawn.default) else None


def _field(drawn: Drawn) -> Any:
    if drawn.type == "enum":
        return _choice_field(drawn)
    kind = _KINDS.get(drawn.type, StringField)
    filters = [_trimmed] if kind in (StringField, TextAreaField) else []
    return kind(drawn.label, filters=filters)


def _choice_field(drawn: Drawn) -> Any:
    few = len(drawn.choices) <= RADIO_CHOICES
    choices = [SelectChoice(*choice) for choice in drawn.choices]
    if not few:
        choices.insert(0, SelectChoice("", "–"))
    return (RadioField if few else SelectField)(drawn.label, choices=choices, coerce=_choice)


def _length_faults(value: str, bounds: Mapping[str, str]) -> list[Message]:
    if "minlength" in bounds and len(value) < int(bounds["minlength"]):
        return [message("Paling sedikit {n} huruf.", n=bounds["minlength"])]
    if "maxlength" in bounds and len(value) > int(bounds["maxlength"]):
        return [message("Paling banyak {n} huruf.", n=bounds["maxlength"])]
    return []


def _range_faults(value: Decimal, bounds: Mapping[str, str]) -> list[Message]:
    if "min" in bounds and value < Decimal(bounds["min"]):
        return [message("Paling kecil {n}.", n=show_number(Decimal(bounds["min"])))]
    if "max" in bounds and value > Decimal(bounds["max"]):
        return [message("Paling besar {n}.", n=show_number(Decimal(bounds["max"])))]
    return []


def _as_typed(field: Field, display: Any) -> str:
    """What the person typed while it cannot be read, otherwise the value."""
    if field.process_errors and field.raw_data:
        return str(field.raw_data[0])
    return "" if field.data is None else str(display(field.data))


def _require_short(text: str) -> None:
    if len(text) > MAX_DIGITS:
        raise ValueError(message("Angka terlalu panjang."))


def _day(text: str) -> date | None:
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def _trimmed(value: str | None) -> str | None:
    return (value.strip().replace("\x00", "") or None) if value else None


def _choice(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


_KINDS = {
    "text": TextAreaField,
    "long": WholeNumber,
    "decimal": DecimalNumber,
    "money": DecimalNumber,
    "date": Day,
    "boolean": BooleanField,
}
