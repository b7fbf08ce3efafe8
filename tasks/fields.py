"""The fields of a form: what a person types as an Indonesian does, and how a value is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from bpmn import columns
from bpmn.diagram import listed
from bpmn.messages import Message
from engine.errors import InvalidInput
from tasks import file_fields, spelling, tables
from tasks.persons import ANYBODY, Directory, Person
from tasks.spelling import show_day, show_number
from tasks.tables import Table

if TYPE_CHECKING:
    from bpmn.diagram import Field as Drawn

RADIO_CHOICES = 5


class _Typed(StringField):
    """A line of text that stands for a value of another type."""

    data: Any
    read: ClassVar[staticmethod[[str], Any]]

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:  # not asked: what it was prefilled with stays
            return
        self.data = None
        self.data = self.read(valuelist[0].strip())


class WholeNumber(_Typed):
    """A whole number as Indonesians write it: ``1.250``."""

    read = staticmethod(spelling.read_whole)

    def _value(self) -> str:
        return _as_typed(self, show_number)


class DecimalNumber(_Typed):
    """A number with an Indonesian decimal comma: ``1.250,5``; kept as an exact `Decimal`."""

    read = staticmethod(spelling.read_decimal)

    def _value(self) -> str:
        return _as_typed(self, show_number)


class Day(_Typed):
    """A date written ``dd-mm-yyyy`` (ISO is understood too)."""

    read = staticmethod(spelling.read_day)

    def _value(self) -> str:
        return _as_typed(self, show_day)


class PersonField(StringField):
    """Somebody of the directory, by NIP or name; kept as NIP."""

    data: Any

    def __init__(self, label: str, directory: Directory, **more: Any) -> None:
        super().__init__(label, **more)
        self.directory = directory

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        text, self.data = valuelist[0].strip(), None
        try:
            self.data = self.directory.number(text) if text else None
        except InvalidInput as error:
            raise ValueError(error.message) from error

    def _value(self) -> str:
        return _as_typed(self, self.directory.shown)


class TableField(Field):
    """A table; its value is that of its rows."""

    def __init__(self, label: str, drawn: Drawn, **more: Any) -> None:
        super().__init__(label, **more)
        self.table = table_of(drawn)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Takes the rows that were sent where the table was on the page."""
        self.process_errors = []
        if formdata is not None and self.name in formdata:
            self.table.take(formdata)
        else:
            self.table.fill(data)
        self.data = self.table.value

    @property
    def answer(self) -> tables.Answer:
        """The table to read only."""
        return tables.shown(self.table.columns, self.table.totals, self.data)

    def judge(self) -> list[Message]:
        """What is wrong with it; its cells then say their own."""
        faults = self.table.judge()
        self.data = self.table.value
        return faults


def make_field(drawn: Drawn, directory: Directory = ANYBODY) -> Any:
    """The unbound WTForms field of a drawn one."""
    label: Any = drawn.label  # a Message where it is not drawn: pages translate it
    if drawn.type == "enum":
        return _choice_field(drawn, label)
    if drawn.type == "table":
        return TableField(label, drawn)
    if drawn.type == "person":
        return PersonField(label, replace(directory, unit=drawn.properties.get("unit")))
    if drawn.type == "file":
        return file_fields.FileValue(label)
    kind = _KINDS.get(drawn.type, StringField)
    filters = [_trimmed] if kind in (StringField, TextAreaField) else []
    return kind(label, filters=filters)


def table_of(drawn: Drawn) -> Table:
    """The empty table that is drawn."""
    drawn_columns, _ = columns.read(drawn.properties.get("columns", ""))
    return Table(
        drawn.id,
        drawn.columns or drawn_columns,
        min_rows=int(drawn.properties.get("minRows") or drawn.required),
        max_rows=int(drawn.properties.get("maxRows") or columns.USUAL_ROWS),
        totals=frozenset(listed(drawn.properties.get("total", ""))),
    )


def _choice_field(drawn: Drawn, label: Any) -> Any:
    few = len(drawn.choices) <= RADIO_CHOICES
    choices = [SelectChoice(*choice) for choice in drawn.choices]
    if not few:
        choices.insert(0, SelectChoice("", "–"))
    return (RadioField if few else SelectField)(label, choices=choices, coerce=_choice)


def fitting(drawn: Drawn, value: Any) -> Any:
    """A value of the case in the type of a field; None when it does not fit there."""
    if drawn.type == "table":
        return value if isinstance(value, list) else None
    if drawn.type == "file":
        return file_fields.as_value(value)
    return spelling.fitting(drawn.type, value, drawn.choices)


def show(drawn: Drawn, value: Any) -> str | Message | tables.Answer:
    """A kept answer as a person reads it."""
    if drawn.type == "table":
        found = table_of(drawn)
        return tables.shown(found.columns, found.totals, value)
    if drawn.type == "person" and isinstance(value, str):
        return Person(value)
    if drawn.type == "file" and file_fields.as_value(value):
        return file_fields.show(value)
    return spelling.show(drawn.type, value, drawn.choices)


def _as_typed(field: Field, display: Any) -> str:
    """What the person typed while it cannot be read, otherwise the value."""
    if field.process_errors and field.raw_data:
        return str(field.raw_data[0])
    return "" if field.data is None else str(display(field.data))


def _trimmed(value: str | None) -> str | None:
    return spelling.read_text(value) if value else None


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
