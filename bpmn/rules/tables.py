"""Rules on the tables in forms: their columns, how many rows they have, what is summed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bpmn import columns
from bpmn.diagram import listed
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.rules.forms import is_usable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bpmn.diagram import Diagram, Field
    from bpmn.messages import Message

OF_TYPES = {
    "columns": "table", "minRows": "table", "maxRows": "table", "total": "table",
    "accept": "file", "unit": "person",
}  # fmt: skip


def table_columns(diagram: Diagram) -> Iterator[Finding]:
    """A table says its columns (`columns`): usable names, each once, and types that there are."""
    return _judged(diagram, "table-columns", _column_faults)


def table_rows(diagram: Diagram) -> Iterator[Finding]:
    """How many rows a table has (`minRows`, `maxRows`) are whole numbers, up to 500."""
    return _judged(diagram, "table-rows", _row_faults)


def table_total(diagram: Diagram) -> Iterator[Finding]:
    """What is summed (`total`) are columns of numbers of the table."""
    return _judged(diagram, "table-total", _total_faults)


def lone_property(diagram: Diagram) -> Iterator[Finding]:
    """What only fields of one type have is drawn on those; elsewhere it has no effect."""
    for task in diagram.asking:
        for field in task.form:
            for name, kind in OF_TYPES.items():
                if name in field.properties and field.type != kind:
                    said = message(
                        "{name} hanya berlaku untuk isian {type}.",
                        name=f"{field.id}.{name}", type=kind,
                    )  # fmt: skip
                    yield Finding(Severity.WARNING, "lone-property", task.id, said)


def _judged(
    diagram: Diagram, rule: str, faults: Callable[[Field], Iterator[Message]]
) -> Iterator[Finding]:
    for task in diagram.asking:
        for field in task.form:
            if field.type == "table":
                for said in faults(field):
                    yield Finding(Severity.ERROR, rule, task.id, said)


def _column_faults(field: Field) -> Iterator[Message]:
    found, faults = columns.read(field.properties.get("columns", ""))
    yield from faults
    if not found and not faults:
        yield message('Tabel "{field}" tanpa kolom (columns).', field=field.id)
    if len(found) > columns.MAX_COLUMNS:
        yield message("Paling banyak {n} kolom ({field}).", n=columns.MAX_COLUMNS, field=field.id)
    for name, count in Counter(column.name for column in found).items():
        if not is_usable(name):
            yield message('Nama kolom "{column}" harus berupa huruf, angka, atau _.', column=name)
        if count > 1:
            yield message('Dua kolom bernama "{column}" ({field}).', column=name, field=field.id)
    headings = {column.name: str(column.heading).casefold() for column in found}
    for heading, count in Counter(headings.values()).items():
        if count > 1:  # a file for it could not tell them apart
            yield message('Dua kolom berjudul "{heading}".', heading=heading)


def _row_faults(field: Field) -> Iterator[Message]:
    bounds = {}
    for name in ("minRows", "maxRows"):
        text = field.properties.get(name)
        if text is None:
            continue
        if not _is_number_of_rows(text):
            yield message(
                '{name}="{value}" bukan angka bulat dari 0 sampai {n}.',
                name=name, value=text[:40], n=columns.MAX_ROWS,
            )  # fmt: skip
        else:
            bounds[name] = int(text)
    if bounds.get("minRows", 0) > bounds.get("maxRows", columns.USUAL_ROWS):
        yield message("minRows melampaui maxRows ({field}).", field=field.id)
    width = len(columns.read(field.properties.get("columns", ""))[0])
    if bounds.get("maxRows", columns.USUAL_ROWS) * width > columns.MAX_CELLS:
        yield message(
            "Lebih dari {n} sel dalam tabel {field}.", n=columns.MAX_CELLS, field=field.id
        )


def _is_number_of_rows(text: str) -> bool:
    digits = text.isascii() and text.isdecimal() and len(text) <= 3
    return digits and int(text) <= columns.MAX_ROWS


def _total_faults(field: Field) -> Iterator[Message]:
    known = {c.name: c for c in columns.read(field.properties.get("columns", ""))[0]}
    for name in listed(field.properties.get("total", "")):
        if name not in known:
            yield message('Kolom "{column}" yang dijumlahkan tidak ada.', column=name)
        elif not known[name].is_number:
            yield message('Kolom "{column}" yang dijumlahkan bukan angka.', column=name)
