"""Tables in forms: rows that people add, move, paste and bring from a spreadsheet.

Of the table ``sasaran`` a browser sends ``sasaran`` (that it was on the page), ``sasaran.4`` for
each row and ``sasaran.4.biaya`` for each of its cells. A row's number is only a key that no other
row has: rows stand in the order in which they are sent, so that moving one renames nothing, and
all of it survives as a list of names and values. The value is a list of dicts, typed by column; a
row in which nothing is filled in is no row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bpmn.columns import USUAL_ROWS, Column
from bpmn.messages import Message, message
from tasks.spelling import fitting, range_fault, read, show, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from werkzeug.datastructures import MultiDict

MAX_CELL = 4_000  # letters
MAX_KEY_DIGITS = 6
_BLANK = "0"  # stands for the key in the row that the page's script copies


@dataclass
class Cell:
    """One cell: ``text`` as it was typed, and what it means; ``fault`` once it was judged."""

    column: Column
    name: str
    text: str = ""
    value: Any = None
    fault: Message | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in; an empty tick says nothing."""
        return not self.text.strip()

    def judge(self) -> None:
        """Reads the text; what cannot be read or is not allowed becomes the fault."""
        try:
            self.value = read(self.column.type, self.text)
            self.fault = self._fault()
        except ValueError as error:
            self.value, self.fault = None, error.args[0]

    def _fault(self) -> Message | None:
        column, value = self.column, self.value
        if value in (None, "") or (value is False and column.required):
            return message("Isian ini wajib diisi.") if column.required else None
        if column.type == "enum" and value not in dict(column.choices):
            return message("Pilih salah satu dari daftar.")
        if column.is_number:
            return range_fault(value, column.minimum, column.maximum)
        if len(self.text) > MAX_CELL:
            return message("Paling banyak {n} huruf.", n=MAX_CELL)
        return None


@dataclass
class Row:
    """One row by its key."""

    key: str
    cells: list[Cell]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in."""
        return all(cell.is_empty for cell in self.cells)

    @property
    def value(self) -> dict[str, Any]:
        """What it says, by column."""
        return {cell.column.name: cell.value for cell in self.cells}


@dataclass
class Table:
    """A table of a form: what it may hold, and the rows that stand in it now.

    ``totals`` are the names of the columns that are summed. Use it so: make it, `fill` it with
    values or `take` what was sent, `judge` it, then read `value`; ``_table.html`` shows it.
    """

    name: str
    columns: Sequence[Column]
    min_rows: int = 0
    max_rows: int = USUAL_ROWS
    totals: frozenset[str] = frozenset()
    rows: list[Row] = field(default_factory=list)
    fault: Message | None = None  # of a file that was to fill it

    def fill(self, values: Any) -> None:
        """Puts values into the rows, a list of dicts; what does not fit there is left out."""
        given = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
        self.rows = [
            self._row(str(number), {c.name: typed(_fit(c, one.get(c.name))) for c in self.columns})
            for number, one in enumerate(given[: self.max_rows], start=1)
        ]
        self.read()
        for number in range(len(self.rows), max(self.min_rows, 1)):  # something to type into
            self.rows.append(self._row(str(number + 1), {}))

    def take(self, sent: MultiDict[str, str]) -> None:
        """Takes the rows that were sent, as they were typed."""
        texts = {
            key: {c.name: sent.get(f"{self.name}.{key}.{c.name}", "") for c in self.columns}
            for key in keys(sent, self.name)
        }
        self.rows = [self._row(key, given) for key, given in texts.items()]
        self.read()

    def write(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Puts texts into the rows, by column, as if they had been typed."""
        self.rows = [self._row(str(n), given) for n, given in enumerate(rows, start=1)]

    def read(self) -> None:
        """Reads the cells, and finds no fault with them yet."""
        for cell in self._cells():
            cell.judge()
            cell.fault = None

    def judge(self) -> list[Message]:
        """What is wrong with the table, then with its first faulty cell; each cell says its own."""
        said = []
        full = [row for row in self.rows if not row.is_empty]
        if len(full) < self.min_rows:
            said.append(message("Isi sedikitnya {n} baris.", n=self.min_rows))
        if len(full) > self.max_rows:
            said.append(message("Paling banyak {n} baris.", n=self.max_rows))
        for row in full:
            for cell in row.cells:
                cell.judge()
        return said + list(self._first_fault())

    def _first_fault(self) -> Iterator[Message]:
        for number, row in enumerate(self.rows, start=1):
            for cell in row.cells:
                if cell.fault:
                    yield message(
                        "Baris {n}, {column}: {reason}",
                        n=number, column=cell.column.heading, reason=cell.fault,
                    )  # fmt: skip
                    return

    @property
    def value(self) -> list[dict[str, Any]]:
        """The rows in which something is filled in."""
        return [row.value for row in self.rows if not row.is_empty]

    @property
    def blank(self) -> Row:
        """An empty row, for the page's script to copy."""
        return self._row(_BLANK, {})

    @property
    def sums(self) -> dict[str, str]:
        """The shown sum of each summed column, by its name; exact."""
        return {c.name: _sum(c, self.value) for c in self.columns if c.name in self.totals}

    def sum_id(self, column: str) -> str:
        """The id of the element in which a sum is shown."""
        return f"isian-{self.name}-jumlah-{column}"

    def computed(self) -> dict[str, str]:
        """The sums by the id of their element."""
        return {self.sum_id(name): said for name, said in self.sums.items()}

    def _row(self, key: str, given: Mapping[str, str]) -> Row:
        owner = f"{self.name}.{key}"
        return Row(key, [Cell(c, f"{owner}.{c.name}", given.get(c.name, "")) for c in self.columns])

    def _cells(self) -> Iterator[Cell]:
        return (cell for row in self.rows for cell in row.cells)


def keys(sent: MultiDict[str, str], table: str) -> list[str]:
    """The keys of a table's rows, in the order in which they were sent."""
    found: dict[str, None] = {}
    for name in sent:
        owner, _, rest = name.partition(".")
        key = rest.partition(".")[0]
        if owner == table and key.isascii() and key.isdecimal() and len(key) <= MAX_KEY_DIGITS:
            found[key] = None
    return list(found)


def as_sent(name: str, rows: Any) -> Iterator[tuple[str, str]]:
    """Plain JSON rows in the way a browser would send them."""
    yield name, ""
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        yield f"{name}.{number}", ""
        for column, value in row.items() if isinstance(row, dict) else ():
            yield f"{name}.{number}.{column}", plain(value)


def plain(value: Any) -> str:
    """A value of JSON as it would be typed."""
    if isinstance(value, float):
        return typed(Decimal(str(value)))
    return typed(value)


@dataclass(frozen=True)
class Answer:
    """A kept table as people read it: headings, the types of its columns, and rows of texts."""

    headings: list[str | Message]
    types: list[str]
    rows: list[list[str | Message]]
    sums: list[str] | None = None

    def __str__(self) -> str:
        """On one line each, for what cannot show a table."""
        return "\n".join("; ".join(map(str, row)) for row in self.rows)


def shown(columns: Sequence[Column], totals: Iterable[str], value: Any) -> Answer:
    """Kept rows as people read them."""
    kept = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    rows = [[show(c.type, row.get(c.name), c.choices) for c in columns] for row in kept]
    summed = {c.name: _sum(c, kept) for c in columns if c.name in set(totals)}
    sums = [summed.get(c.name, "") for c in columns] if summed else None
    return Answer([c.heading for c in columns], [c.type for c in columns], rows, sums)


def _fit(column: Column, value: Any) -> Any:
    return fitting(column.type, value, column.choices)


def _sum(column: Column, rows: Iterable[Mapping[str, Any]]) -> str:
    values = (fitting("decimal", row.get(column.name)) for row in rows)
    total = sum((value for value in values if value is not None), Decimal(0))
    return str(show(column.type, total))
