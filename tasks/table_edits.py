"""What the buttons of a table do to a form that was sent, on a page without its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from tasks.tables import MAX_KEY_DIGITS, keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.tables import Table

ADD, REMOVE, UP, DOWN = "table-add", "table-remove", "table-up", "table-down"
IMPORT, DOWNLOAD = "table-import", "table-download"
BUTTONS = (ADD, REMOVE, UP, DOWN, IMPORT, DOWNLOAD)
_STEPS = {UP: -1, DOWN: 1}


def pressed(sent: Mapping[str, str]) -> tuple[str, str] | None:
    """The button of a table that sent a form, and what it names; None when another one did."""
    return next(((name, sent[name]) for name in BUTTONS if name in sent), None)


def edited(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form with a row added, removed or moved; as it was sent for every other button.

    Adding names the table, the others a row: ``sasaran.4``.
    """
    button, target = pressed(sent) or ("", "")
    table, _, key = target.partition(".")
    rows = keys(sent, table)
    if button == ADD:
        rows.append(_new_key(rows))
    elif key in rows and button == REMOVE:
        rows.remove(key)
    elif key in rows and button in _STEPS:
        _swap(rows, rows.index(key), rows.index(key) + _STEPS[button])
    else:
        return _without_buttons(sent)
    return arranged(sent, table, rows)


def arranged(sent: MultiDict[str, str], table: str, rows: Sequence[str]) -> MultiDict[str, str]:
    """The form with these rows of a table in this order; a new one is empty."""
    kept = [
        (name, text)
        for name, text in _without_buttons(sent).items(multi=True)
        if not name.startswith(f"{table}.")
    ]
    for key in rows:
        kept.append((f"{table}.{key}", ""))
        of_row = f"{table}.{key}."
        kept += [(name, text) for name, text in sent.items() if name.startswith(of_row)]
    return MultiDict(kept)


def replaced(
    sent: MultiDict[str, str], table: Table, rows: Sequence[Mapping[str, str]]
) -> MultiDict[str, str]:
    """The form with other rows in a table: texts, by column."""
    table.write(rows)
    kept = list(arranged(sent, table.name, []).items(multi=True))
    for row in table.rows:
        kept.append((f"{table.name}.{row.key}", ""))
        kept += [(cell.name, cell.text) for cell in row.cells]
    return MultiDict(kept)


def _new_key(rows: Sequence[str]) -> str:
    largest = max((int(key) for key in rows), default=0)
    if largest < 10**MAX_KEY_DIGITS - 1:
        return str(largest + 1)
    return next(str(n) for n in range(1, len(rows) + 2) if str(n) not in rows)


def _swap(rows: list[str], one: int, other: int) -> None:
    if 0 <= other < len(rows):
        rows[one], rows[other] = rows[other], rows[one]


def _without_buttons(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    pairs = sent.items(multi=True)
    return MultiDict([(name, text) for name, text in pairs if name not in BUTTONS])
