"""An SOP from the tables of a file: `understood` proposes, and says all that it proposes.

Nothing is guessed silently and nothing dropped: what stands in a cell is in the `Sop`, or served as
a heading, a label or a mark, or is quoted in a remark that it goes nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bpmn.durations import parse_words
from bpmn.messages import AlurError, message
from bpmn.sop.document import END, START, Sop, Step
from bpmn.sop.table.answers import Answers
from bpmn.sop.table.course import course
from bpmn.sop.table.headings import KEGIATAN, KELENGKAPAN, KETERANGAN, OUTPUT, WAKTU
from bpmn.sop.table.identity import Page, missing
from bpmn.sop.table.performers import performers
from bpmn.sop.table.remarks import ACTOR, CELL, GUESS, KIND, LEFT, MISSING, WAYS, Remark
from bpmn.sop.table.remarks import WAKTU as WAKTU_PART
from bpmn.sop.table.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bpmn.sop.document import Identity
    from bpmn.sop.grids import Grid
    from bpmn.sop.table.entries import Entry, Table
    from bpmn.sop.table.performers import Performers
    from bpmn.sop.table.ways import Course

THE_END = "Selesai"
MAX_STEPS = 500
NO_ANSWERS = Answers()


class NoTable(AlurError):
    """The file shows no table that could be an SOP's."""


@dataclass(frozen=True)
class Understood:
    """The document, what is to be said of it, and the row of the file that each step stands in.

    ``rows`` has None for an end that the table has no row for.
    """

    sop: Sop
    remarks: tuple[Remark, ...]
    rows: tuple[int | None, ...]


def understood(grids: Sequence[Grid], answers: Answers = NO_ANSWERS) -> Understood:
    """What the tables of a file say, with an analyst's answers over every guess.

    Raises `NoTable` where no heading with Kegiatan is found, or nothing stands below it.
    """
    found = table(grids)
    if found is None:
        raise NoTable(
            message(
                "Tabel SOP tidak ditemukan: tidak ada baris judul dengan Kegiatan dan kolom lain "
                "seperti Pelaksana, Waktu atau Output."
            )
        )
    if not found.entries:
        raise NoTable(message("Tabel SOP tidak berisi kegiatan satu pun."))
    if len(found.entries) > MAX_STEPS:
        raise NoTable(message("Tabel ini memuat lebih dari {n} kegiatan.", n=MAX_STEPS))
    page = Page(answers.identity)
    page.read(found.loose)
    identity = _answered(page.finished(), answers)
    acting = performers(found, answers)
    led = course(found.entries, acting, answers)
    steps, remarks = _steps(found, acting, led, answers)
    sop = Sop(identity, acting.names, tuple(steps), led.all_arrows())
    said = (
        *page.remarks, *missing(identity), *found.remarks, *acting.remarks, *led.remarks,
        *remarks, *_unfit(answers, len(steps)),
    )  # fmt: skip
    ended = len(steps) > len(found.entries)
    rows = tuple(entry.row for entry in found.entries) + (None,) * ended
    return Understood(sop, tuple(sorted(said, key=_order)), rows)


def _order(remark: Remark) -> tuple[bool, int, int]:
    """By the rows of the table, what is about the whole first."""
    at = -1 if remark.place is None else remark.place
    return (remark.place is not None, at, remark.row or 0)


def _answered(identity: Identity, answers: Answers) -> Identity:
    return replace(identity, **answers.identity)  # type: ignore[arg-type]


def _steps(
    found: Table, acting: Performers, led: Course, answers: Answers
) -> tuple[list[Step], list[Remark]]:
    remarks: list[Remark] = []
    steps = []
    for place, entry in enumerate(found.entries):
        waktu = answers.waktu.get(place, entry.texts.get(WAKTU, ""))
        remarks += _asked(place, entry, waktu, led.kinds[place])
        steps.append(_step(entry, acting.of[place], led.kinds[place], waktu, acting.along[place]))
    if any(arrow.target == len(steps) for arrow in led.all_arrows()):
        from_ = next(a.source for a in led.all_arrows() if a.target == len(steps))
        steps.append(Step("", THE_END, acting.of[from_], END))
        said = message('Baris "{end}" ditambahkan: proses dapat berakhir di tengah.', end=THE_END)
        remarks.append(Remark(len(steps) - 1, None, KIND, GUESS, said))
    return steps, remarks


def _step(entry: Entry, actor: int | None, kind: str, waktu: str, along: tuple[str, ...]) -> Step:
    texts = entry.texts
    beside = f"bersama {', '.join(along)}" if along else ""
    keterangan = "; ".join(filter(None, (texts.get(KETERANGAN, ""), beside)))
    return Step(
        entry.number, texts.get(KEGIATAN, ""), actor, kind,
        texts.get(KELENGKAPAN, ""), waktu, texts.get(OUTPUT, ""), keterangan,
    )  # fmt: skip


def _asked(place: int, entry: Entry, waktu: str, kind: str) -> Iterator[Remark]:
    """What a row ought to say and does not."""
    if not entry.texts.get(KEGIATAN):
        said = message("Kegiatannya kosong.")
        yield Remark(place, entry.row, CELL, MISSING, said)
    if kind in (START, END):
        return
    if not waktu:
        yield Remark(place, entry.row, WAKTU_PART, MISSING, message("Waktunya tidak ada."))
    elif parse_words(waktu) is None:
        said = message('Waktu "{text}" tidak terbaca sebagai lama waktu.', text=waktu)
        yield Remark(place, entry.row, WAKTU_PART, MISSING, said)


def _unfit(answers: Answers, rows: int) -> Iterator[Remark]:
    """Answers for rows that are not there."""
    given = (
        (ACTOR, answers.actors), (KIND, answers.kinds), (WAYS, answers.ways),
        (WAKTU_PART, answers.waktu),
    )  # fmt: skip
    for part, answered in given:
        for place in answered:
            if not 0 <= place < rows:
                said = message("Jawaban untuk baris ke-{n} tidak ada barisnya.", n=place + 1)
                yield Remark(None, None, part, LEFT, said)


__all__ = ["Answers", "NoTable", "Remark", "Understood", "understood"]
