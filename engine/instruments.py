"""What is asked of an SOP every half year and every year, and how it is answered.

PermenPAN-RB 35/2012 has an SOP AP monitored every six months and evaluated once a year. The
answers of monitoring and its columns (note, action to be taken) are those of its table 7
(*Monitoring Pelaksanaan SOP AP*); `CRITERIA` are worded as agencies' own forms have its evaluation.
An office that asks otherwise changes it here: a sheet keeps the questions that it was made with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bpmn.messages import Message, message
from engine import values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MONITORING, EVALUATION = "monitoring", "evaluation"
MONTHS = {MONITORING: 6, EVALUATION: 12}
KINDS = {
    MONITORING: message("Monitoring pelaksanaan SOP AP"),
    EVALUATION: message("Evaluasi penerapan SOP AP"),
}
WHOLE = "*"  # the row of the SOP as a whole; no element of a diagram has this id
GOOD, BAD, NONE = "good", "bad", "none"
ANSWERS = {
    MONITORING: {
        GOOD: message("Berjalan dengan baik"),
        BAD: message("Tidak berjalan dengan baik"),
        NONE: message("Tidak ada pekerjaan"),  # where nothing was done
    },
    EVALUATION: {GOOD: message("Ya"), BAD: message("Tidak")},
}
CRITERIA = {
    "kinerja": message("Mampu mendorong peningkatan kinerja"),
    "dipahami": message("Mudah dipahami"),
    "dilaksanakan": message("Mudah dilaksanakan"),
    "peran": message("Semua orang dapat menjalankan perannya masing-masing"),
    "masalah": message("Mampu mengatasi permasalahan yang berkaitan dengan proses"),
    "kebutuhan": message("Mampu menjawab kebutuhan peningkatan kinerja organisasi"),
    "sinergi": message("Sinergi satu dengan lainnya"),
}
KEPT = "kept"
DECISIONS = {
    KEPT: message("Tetap berlaku"),
    "revised": message("Direvisi"),
    "withdrawn": message("Dicabut"),
}
# A Waktu does not fit where nine of ten took no longer than this part of it, or one took longer.
LOOSE, TIGHT = 0.5, 1.5
FEWEST = 5  # tasks by which that is said
MAX_TEXT = 1000
_CODE = re.compile(r"(20\d\d)(?:-([12]))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A half year of monitoring, or a year of evaluation; ``first`` is its first day."""

    kind: str
    first: date

    @classmethod
    def holding(cls, kind: str, day: date) -> Period:
        """The one that a day falls in."""
        months = MONTHS[kind]
        return cls(kind, date(day.year, (day.month - 1) // months * months + 1, 1))

    @classmethod
    def parse(cls, text: str) -> Period | None:
        """The one of a code: ``2026-1`` is a half year, ``2026`` a year; None of anything else."""
        match = _CODE.fullmatch(text)
        if match is None:
            return None
        kind = MONITORING if match[2] else EVALUATION
        return cls(kind, date(int(match[1]), 7 if match[2] == "2" else 1, 1))

    @property
    def code(self) -> str:
        """What `parse` reads."""
        half = f"-{(self.first.month + 5) // 6}" if self.kind == MONITORING else ""
        return f"{self.first.year}{half}"

    @property
    def name(self) -> Message:
        """What an office calls it."""
        if self.kind == EVALUATION:
            return message("Tahun {year}", year=self.first.year)
        half = "I" if self.first.month == 1 else "II"
        return message("Semester {half} tahun {year}", half=half, year=self.first.year)

    @property
    def last(self) -> date:
        """Its last day."""
        years, month = divmod(self.first.month - 1 + MONTHS[self.kind], 12)
        return date(self.first.year + years, month + 1, 1) - timedelta(days=1)

    @property
    def before(self) -> Period:
        """The one before it."""
        return Period.holding(self.kind, self.first - timedelta(days=1))

    @property
    def halves(self) -> tuple[Period, Period]:
        """The two half years of a year."""
        later = date(self.first.year, 7, 1)
        return Period(MONITORING, self.first), Period(MONITORING, later)


@dataclass(frozen=True)
class Mark:
    """How one row is judged, what is noted of it, and what is to be done."""

    answer: str = ""
    note: str = ""
    action: str = ""


@dataclass(frozen=True)
class Judgement:
    """What a supervisor writes on a sheet; an evaluation ends with a decision on the SOP."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    decision: str = ""
    conclusion: str = ""

    @classmethod
    def loads(cls, packed: bytes) -> Judgement:
        """What was packed."""
        told = values.loads(packed)
        marks = {row: Mark(*mark) for row, mark in told["marks"].items()}
        return cls(marks, told["decision"], told["conclusion"])

    def packed(self) -> bytes:
        """As it is kept: only what is filled in, so that equal ones are equal bytes."""
        marks = {
            row: [mark.answer, mark.note, mark.action]
            for row, mark in self.marks.items()
            if mark != Mark()
        }
        told = {"marks": marks, "decision": self.decision, "conclusion": self.conclusion}
        return values.dumps(told)

    def mark(self, row: str) -> Mark:
        """The mark of a row; an empty one where there is none."""
        return self.marks.get(row, Mark())


Question = dict[str, Any]  # "id", "text", and "done": how often the step was done


def questions(kind: str, name: str, steps: Iterator[tuple[str, str, int]]) -> list[Question]:
    """The rows of a sheet on the SOP of a name, with its steps: element, name, how often done."""
    if kind == EVALUATION:
        return [{"id": row, "text": str(text), "done": None} for row, text in CRITERIA.items()]
    rows = [{"id": element, "text": text, "done": done} for element, text, done in steps]
    return [{"id": WHOLE, "text": name, "done": sum(one["done"] for one in rows)}, *rows]


def answers(kind: str, question: Question) -> dict[str, Message]:
    """How a row may be judged: that there was no work, only where there was none."""
    return {
        answer: said
        for answer, said in ANSWERS[kind].items()
        if answer != NONE or question["done"] == 0
    }


def fault(kind: str, asked: list[Question], judgement: Judgement) -> Message | None:
    """What cannot be kept even as a draft; None when all can."""
    notes = (text for mark in judgement.marks.values() for text in (mark.note, mark.action))
    texts = [judgement.conclusion, *notes]
    if any(len(text) > MAX_TEXT for text in texts):
        return message("Catatan dan tindakan paling banyak {n} huruf.", n=MAX_TEXT)
    for question in asked:
        if judgement.mark(question["id"]).answer not in ("", *answers(kind, question)):
            return message('Penilaian "{row}" tidak dikenal.', row=question["text"])
    if judgement.decision not in ("", *(DECISIONS if kind == EVALUATION else ())):
        return message("Keputusan itu tidak dikenal.")
    return None


def missing(kind: str, asked: list[Question], judgement: Judgement) -> Message | None:
    """What is still to be filled in before a sheet is signed; None when nothing is."""
    for question in asked:
        mark = judgement.mark(question["id"])
        if mark.answer not in answers(kind, question):  # or there was work when figures came anew
            return message('Belum dinilai: "{row}".', row=question["text"])
        if mark.answer == BAD and not (mark.note and mark.action):
            return message(
                'Isi catatan dan tindakan untuk "{row}": dinilai belum baik.', row=question["text"]
            )
    if kind == EVALUATION and not judgement.decision:
        return message("Pilih keputusan atas SOP ini.")
    if kind == EVALUATION and judgement.decision != KEPT and not judgement.conclusion:
        return message("Tulis alasan keputusan pada simpulan.")
    return None
