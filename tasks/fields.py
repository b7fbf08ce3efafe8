"""The fields of a form: what a person types as an Indonesian does, and how a value is shown."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from bpmn.messages import Message, message
from tasks import file_fields

if TYPE_CHECKING:
    from bpmn.diagram import Field as Drawn

RADIO_CHOICES = 5
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)", re.ASCII)
_DECIMAL = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_DATES = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
MAX_DIGITS = 30
MAX_WHOLE_DIGITS = 18  # what the database and other programs take for a whole number


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
        _require_short(text, MAX_WHOLE_DIGITS)
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
        _require_short(text, MAX_DIGITS)
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


def make_field(drawn: Drawn) -> Any:
    """The unbound WTForms field of a drawn one."""
    if drawn.type == "enum":
        return _choice_field(drawn)
    if drawn.type == "file":
        return file_fields.FileValue(drawn.label)
    kind = _KINDS.get(drawn.type, StringField)
    filters = [_trimmed] if kind in (StringField, TextAreaField) else []
    return kind(drawn.label, filters=filters)


def _choice_field(drawn: Drawn) -> Any:
    few = len(drawn.choices) <= RADIO_CHOICES
    choices = [SelectChoice(*choice) for choice in drawn.choices]
    if not few:
        choices.insert(0, SelectChoice("", "–"))
    return (RadioField if few else SelectField)(drawn.label, choices=choices, coerce=_choice)


def parse_default(drawn: Drawn) -> Any:
    """The drawn default value, in the type of its field; None when it does not fit."""
    if drawn.default is None or drawn.type in ("string", "text", "enum"):
        return drawn.default
    if drawn.type == "file":
        return None
    if drawn.type == "boolean":
        return drawn.default == "true"
    if drawn.type == "date":
        return _day(drawn.default)
    if drawn.type == "long":
        return int(drawn.default) if re.fullmatch(r"-?\d+", drawn.default) else None
    return Decimal(drawn.default) if re.fullmatch(r"-?\d+(\.\d+)?", drawn.default) else None


def fitting(drawn: Drawn, value: Any) -> Any:
    """A value of the case in the type of a field; None when it does not fit there."""
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    match drawn.type:
        case "decimal" | "money":
            return Decimal(str(value)) if number else None
        case "long":
            return int(value) if number and value == int(value) else None
        case "date":
            return value if isinstance(value, date) else None
        case "boolean" | "file":
            fits = file_fields.as_value(value) or isinstance(value, bool)
            return value if fits and isinstance(value, bool) == (drawn.type == "boolean") else None
        case "enum":
            return value if value in dict(drawn.choices) else None
    return value if isinstance(value, str) else None


def show(drawn: Drawn, value: Any) -> str | Message:
    """A kept answer as a person reads it."""
    if value is None or value == "":
        return "–"
    if drawn.type == "enum":
        return dict(drawn.choices).get(str(value), str(value))
    if drawn.type == "file":
        return file_fields.show(value) if file_fields.as_value(value) else str(value)
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


def _as_typed(field: Field, display: Any) -> str:
    """What the person typed while it cannot be read, otherwise the value."""
    if field.process_errors and field.raw_data:
        return str(field.raw_data[0])
    return "" if field.data is None else str(display(field.data))


def _require_short(text: str, digits: int) -> None:
    if sum(character.isdigit() for character in text) > digits:
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
