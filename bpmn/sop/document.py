"""An SOP as its document tells it (PermenPAN-RB 35/2012, Lampiran): neither XML nor paper.

An identity page, and a table whose rows are activities: each has one symbol in the column of who
does it, and arrows lead from symbol to symbol. All text stands in one line: what a cell breaks into
lines is joined by "; ", as a property of a diagram keeps it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property

from bpmn.messages import message

ACTIVITY, DECISION, START, END = "activity", "decision", "start", "end"
CAPSULE, BOX, DIAMOND = "capsule", "box", "diamond"
YES, NO = "Ya", "Tidak"


@dataclass(frozen=True)
class Identity:
    """The first page; what is not known is empty.

    Days are ISO 8601 dates, or the agency's words where no day can be read from them.
    ``disahkan_oleh`` is a position: who holds it stands in the directory.
    """

    nama: str = ""
    nomor: str = ""
    unit: str = ""
    tanggal_pembuatan: str = ""
    tanggal_revisi: str = ""
    tanggal_efektif: str = ""
    disahkan_oleh: str = ""
    peringatan: str = ""
    dasar_hukum: tuple[str, ...] = ()
    kualifikasi: tuple[str, ...] = ()
    keterkaitan: tuple[str, ...] = ()
    peralatan: tuple[str, ...] = ()
    pencatatan: tuple[str, ...] = ()


# What people call the facts of the identity page; those of LISTS are several lines.
FACTS = {
    "nama": message("Nama SOP"),
    "nomor": message("Nomor SOP"),
    "unit": message("Unit kerja"),
    "tanggal_pembuatan": message("Tanggal pembuatan"),
    "tanggal_revisi": message("Tanggal revisi"),
    "tanggal_efektif": message("Tanggal efektif"),
    "disahkan_oleh": message("Disahkan oleh (jabatan)"),
    "peringatan": message("Peringatan"),
    "dasar_hukum": message("Dasar hukum"),
    "kualifikasi": message("Kualifikasi pelaksana"),
    "keterkaitan": message("Keterkaitan"),
    "peralatan": message("Peralatan/perlengkapan"),
    "pencatatan": message("Pencatatan dan pendataan"),
}
LISTS = tuple(name for name, value in asdict(Identity()).items() if isinstance(value, tuple))


@dataclass(frozen=True)
class Step:
    """A row: what is done (Kegiatan), by whom (a place in `Sop.actors`), and its Mutu Baku.

    ``kind`` is ``activity``, ``decision``, or ``start`` or ``end`` where an agency gives Mulai or
    Selesai a row of its own. ``number`` is as printed, empty where the row has none. ``element``
    is the id of what it shows in a diagram, empty in a table that is none yet.
    """

    number: str
    activity: str
    actor: int | None
    kind: str = ACTIVITY
    kelengkapan: str = ""
    waktu: str = ""
    output: str = ""
    keterangan: str = ""
    element: str = ""


@dataclass(frozen=True, order=True)
class Arrow:
    """From one row to another, both places in `Sop.steps`; behind a decision it has a ``label``.

    Several arrows with the same label, or out of an activity without one, are parallel ways. With
    one, an arrow out of an activity is what happens on an event: a period that runs out, say.
    """

    source: int
    target: int
    label: str = ""


@dataclass(frozen=True)
class Sop:
    """The whole document; ``actors`` are the columns, in their order."""

    identity: Identity
    actors: tuple[str, ...]
    steps: tuple[Step, ...]
    arrows: tuple[Arrow, ...]

    def after(self, place: int) -> tuple[Arrow, ...]:
        """The arrows out of a row, in the order of their rows and labels as given."""
        return self._after.get(place, ())

    def called(self, place: int) -> str:
        """What one calls a row that has to be found: its number, else what it says."""
        return self.steps[place].number or self.steps[place].activity

    def symbol(self, place: int) -> str:
        """One of three: a capsule for the first and the last, a diamond, or a box."""
        step = self.steps[place]
        if step.kind == DECISION:
            return DIAMOND
        ends = not self.after(place)
        begins = place == 0 and self.begins_itself
        return CAPSULE if step.kind in (START, END) or begins or ends else BOX

    @property
    def begins_itself(self) -> bool:
        """Whether the first row is the first thing done: there is no row for the start."""
        return bool(self.steps) and not any(step.kind == START for step in self.steps)

    @cached_property
    def _after(self) -> dict[int, tuple[Arrow, ...]]:
        found: dict[int, tuple[Arrow, ...]] = {}
        for arrow in self.arrows:
            found[arrow.source] = (*found.get(arrow.source, ()), arrow)
        return found
