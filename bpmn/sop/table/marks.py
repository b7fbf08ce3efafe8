"""What stands in an actor's column: a mark of any kind, or a symbol by its shape or its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.sop.document import BOX, CAPSULE, DIAMOND
from bpmn.sop.table.words import plain

if TYPE_CHECKING:
    from bpmn.sop.grids import Cell

CONNECTOR = "connector"
_NAMES = {
    DIAMOND: "belah ketupat|belahketupat|ketupat|diamond|keputusan|decision|wajik",
    CAPSULE: "kapsul|capsule|terminator|terminal|oval|elips|mulai|selesai|start|end|mulai selesai|"
    "awal|akhir",
    BOX: "kotak|persegi|persegi panjang|kotak persegi|proses|process|box|segi empat",
    CONNECTOR: "segi lima|segilima|konektor|connector|penghubung|off page connector",
}
_SIGNS = {DIAMOND: "◇◆⬦♦⋄◊🔷🔶", CAPSULE: "⬭⬬", BOX: "□■▭▬▢⬜⬛▇▪▫◻◼🟦", CONNECTOR: "⬠⬟⌂"}
_KNOWN = {plain(name): shape for shape, names in _NAMES.items() for name in names.split("|")}
_SHAPES = {sign: shape for shape, signs in _SIGNS.items() for sign in signs}
_NONE = re.compile(r"[-–—_.…]+")
_PLAIN = re.compile(r"[^\W\d_]|\d|[^\w\s]{1,2}|vv|xx", re.IGNORECASE)
_LABEL = re.compile(r"(?:ya|tidak|y|t|yes|no)[.:]?", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """``shape`` is a symbol's or empty, ``rest`` what of the cell's text is no mark."""

    shape: str = ""
    rest: str = ""


def mark(cell: Cell) -> Mark | None:
    """The mark in an actor's column; None where nobody is marked (empty, a dash, a connector)."""
    text = " ".join(cell.text.split())
    shape = cell.shape or _KNOWN.get(plain(text), "") or _SHAPES.get(text[:1], "")
    if shape:
        named = plain(text) in _KNOWN
        rest = "" if named else text.lstrip("".join(_SHAPES)).strip()
        return None if shape == CONNECTOR else Mark(shape, rest)
    if not text or _NONE.fullmatch(text) or (_LABEL.fullmatch(text) and len(text) > 1):
        return None
    return Mark("", "" if _PLAIN.fullmatch(text) else text)


def is_mark(text: str) -> bool:
    """Whether a text is nothing but a mark, so that it heads no column."""
    said = " ".join(text.split())
    return bool(_PLAIN.fullmatch(said) or said[:1] in _SHAPES or plain(said) in _KNOWN)


def is_structure(cell: Cell) -> bool:
    """Whether a cell of an actor's column, when nobody is marked in it, says nothing more."""
    text = " ".join(cell.text.split())
    connects = plain(text) in _KNOWN or text[:1] in _SHAPES
    return not text or bool(_NONE.fullmatch(text)) or connects
