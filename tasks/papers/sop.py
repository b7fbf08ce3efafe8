"""The SOP on paper, as PermenPAN-RB 35/2012 (Lampiran) has it; its flowchart also as pictures.

Where everything lies says `bpmn.sop.flowchart`; here words are measured and the whole is set. What
a symbol is and where its arrows lead is said in words with the symbol, so that the table can be
read without seeing it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bpmn.sop.document import CAPSULE, DECISION, END, START
from bpmn.sop.flowchart import Heights, drawn
from bpmn.sop.flowchart.formats import FOOT, HEAD, LABEL, LETTERS, MARGIN, PADDING
from tasks.papers import typesetting, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn.sop.document import Arrow, Identity, Sop, Step
    from bpmn.sop.flowchart import Flowchart
    from bpmn.sop.flowchart.measures import Columns
    from bpmn.sop.flowchart.sheets import Placed, Sheet
    from engine.snapshots import Plain

NOBODY = "–"  # above the symbols of rows that name no actor
MEASURES = {"letters": LETTERS, "padding": PADDING, "label": LABEL}
KINDS = {START: "Mulai", END: "Selesai", DECISION: "Keputusan"}


def pdf(
    sop: Sop,
    version: str = "",
    at: date | None = None,
    address: str = "",
    officer: Mapping[str, str] | None = None,
    logo: str = "",
) -> bytes:
    """The whole document.

    ``version`` stands at the foot of each page, ``at`` is the document's own day, and a code leads
    to ``address``, where the version in force is. ``officer`` is who holds the position that
    approved it: ``name``, ``rank`` and ``nip`` as shown; without, there is room to write them.
    ``logo`` is the agency's, as SVG. Raises `bpmn.sop.flowchart.Unprintable`.
    """
    data = _data(sop) | {
        "at": at and at.isoformat(),
        "foot": " · ".join(filter(None, (_title(sop), version))),
        "whole": True,
        "officer": officer,
        "logo": logo,
        "qr": typesetting.qr(address) if address else "",
        "address": address,
    }
    return typesetting.pdf("sop", data)


def svg_pages(sop: Sop) -> list[bytes]:
    """The pages of the flowchart as pictures. Raises `bpmn.sop.flowchart.Unprintable`."""
    return typesetting.svg_pages(
        "sop", _data(sop) | {"at": None, "foot": _title(sop), "whole": False}
    )


@dataclass(frozen=True)
class Typeset:
    """How much room words take as Typst sets them (`bpmn.sop.flowchart.Setting`)."""

    sop: Sop

    def labels(self, words: Sequence[str]) -> list[tuple[float, float]]:
        """Of what stands beside arrows."""
        found = self._measured(labels=words)["labels"]
        return [(width, height) for width, height in found]

    def heights(self, columns: Columns) -> Heights:
        """Of the head and the rows."""
        found = self._measured(columns=_columns(columns), rows=self._rows)
        heads = found["heads"]
        return Heights((heads["first"], heads["second"]), tuple(found["rows"]), heads["tall"])

    @cached_property
    def _rows(self) -> list[list[str]]:
        return [
            [step.number, step.activity, step.kelengkapan, step.waktu, step.output, step.keterangan]
            for step in self.sop.steps
        ]

    def _measured(self, **more: Any) -> Plain:
        data = {"labels": [], "names": _names(self.sop), "measures": MEASURES, **more}
        found: Plain = typesetting.measured("sop_measures", data)
        return found


def spoken(sop: Sop, place: int) -> str:
    """A row's symbol in words, with where its arrows lead: ``Keputusan oleh Pegawai. Ya: ke 5.``"""
    step = sop.steps[place]
    by = "" if step.actor is None else f" oleh {sop.actors[step.actor]}"
    ways = [_way(sop, arrow) for arrow in sop.after(place)]
    return " ".join(f"{said}." for said in (f"{_kind(sop, place)}{by}", *ways))


def _kind(sop: Sop, place: int) -> str:
    kind = KINDS.get(sop.steps[place].kind, "Kegiatan")
    if kind == "Kegiatan" and sop.symbol(place) == CAPSULE:
        return "Kegiatan akhir" if not sop.after(place) else "Kegiatan awal"
    return kind


def _way(sop: Sop, arrow: Arrow) -> str:
    number = sop.steps[arrow.target].number
    unique = number and [step.number for step in sop.steps].count(number) == 1
    target = number if unique else f"baris {arrow.target + 1}"
    return f"{arrow.label}: ke {target}" if arrow.label else f"Ke {target}"


def _data(sop: Sop) -> Plain:
    chart = drawn(sop, Typeset(sop))
    return {
        "title": _called(sop.identity),
        "identity": _identity(sop.identity),
        "chart": {
            "measures": MEASURES,
            "scale": chart.format.scale,
            "paper": chart.format.paper, "width": chart.format.width,
            "margin": MARGIN, "above": HEAD, "below": FOOT,
            "columns": _columns(chart.columns),
            "names": _names(sop),
            "heads": chart.heights.head,
            "tall": chart.heights.turned,
        },
        "sheets": [_sheet(sop, chart, sheet) for sheet in chart.sheets],
    }  # fmt: skip


def _title(sop: Sop) -> str:
    number = sop.identity.nomor
    return f"Nomor {number} · {_called(sop.identity)}" if number else _called(sop.identity)


def _called(identity: Identity) -> str:
    name = identity.nama
    return name if name.upper().startswith("SOP") else f"SOP {name}".strip()


def _columns(columns: Columns) -> Plain:
    return {"number": columns.number, "actors": columns.actors, **columns.texts}


def _names(sop: Sop) -> list[str]:
    """Above the columns of actors."""
    nobody = any(step.actor is None for step in sop.steps)
    return [*sop.actors, *([NOBODY] if nobody else [])]


def _identity(identity: Identity) -> Plain:
    days = ("tanggal_pembuatan", "tanggal_revisi", "tanggal_efektif")
    told = asdict(identity) | {name: _day(getattr(identity, name)) for name in days}
    return told | {"peringatan": [identity.peringatan] if identity.peringatan else []}


def _day(written: str) -> str:
    try:
        return wording.day(date.fromisoformat(written))
    except ValueError:
        return written


def _sheet(sop: Sop, chart: Flowchart, sheet: Sheet) -> Plain:
    last = len(sheet.heights) - 1
    symbols = {one.place: one for one in sheet.symbols if one.place is not None}
    tops = [sum(sheet.heights[:row]) for row in range(last + 1)]
    return {
        "rows": [
            _row(sop.steps[place]) | {
                "height": sheet.heights[row],
                "head": sheet.head if row == 0 else 0,
                "foot": sheet.foot if row == last else 0,
                "symbol": _symbol(symbols[place], chart.columns, tops[row])
                | {"alt": spoken(sop, place)},
            }
            for row, place in enumerate(range(sheet.first, sheet.first + last + 1))
        ],
        "lines": [line.points for line in sheet.lines],
        "connectors": [
            asdict(one.symbol) | {"x": one.x, "y": one.y}
            for one in sheet.symbols if one.place is None
        ],
        "labels": [
            {"x": one.box.left, "y": one.box.top, "words": one.words} for one in sheet.labels
        ],
    }  # fmt: skip


def _row(step: Step) -> Plain:
    names = ("number", "activity", "kelengkapan", "waktu", "output", "keterangan")
    return {name: getattr(step, name) for name in names}


def _symbol(placed: Placed, columns: Columns, top: float) -> Plain:
    """A symbol in the cell of its row: from the cell's upper left corner."""
    column = columns.column_at(placed.x)
    box = placed.box
    return asdict(placed.symbol) | {
        "column": column,
        "x": box.left - columns.borders[column],
        "y": box.top - top,
    }
