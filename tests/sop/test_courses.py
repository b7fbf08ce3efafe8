"""Where the rows of a table lead: loops stay behind the start, and parallel ways meet."""

import pytest
from table_writers import csv

from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.reading import read
from bpmn.rules import check_drawing
from bpmn.sop.document import ACTIVITY, START
from bpmn.sop.table import Answers, Understood, understood
from bpmn.sop.unfolding import unfolded
from engine.sop_tables import grids_of

HEAD = ["No", "Kegiatan", "Pelaksana", "Waktu"]
BEGIN = ["1", "Mulai", "Staf", ""]


def table(*told: str | list[str]) -> Understood:
    """What rows say, of which one that is a text is done by Staf."""
    rows = [row if isinstance(row, list) else ["", row, "Staf", "1 jam"] for row in told]
    rows = [[str(n), *row[1:]] for n, row in enumerate(rows, 1)]
    return understood(grids_of(csv([HEAD, *rows])))


def targets(found: Understood, place: int) -> list[int]:
    return [arrow.target for arrow in found.sop.after(place)]


@pytest.mark.parametrize(
    "words",
    ["Memeriksa; tidak lengkap kembali ke awal", "Memeriksa, setuju/tidak", "Memeriksa, jika "
     "tidak lengkap kembali ke 1", "Memeriksa, jika salah kembali ke langkah sebelumnya",
     "Memeriksa, jika tidak lengkap dikembalikan kepada Kepala"],
)  # fmt: skip
def test_what_goes_back_to_the_start_goes_to_the_row_behind_it(words):
    found = table(["1", "Mulai", "Kepala", ""], words, "Mengirim")
    assert targets(found, 1) == [2, 1]
    (diagram,) = diagrams(read(unfolded(found.sop)))
    assert not [fault for fault in check_drawing(diagram) if fault.severity is Severity.ERROR]


def test_a_row_that_is_said_to_be_a_start_is_no_target_of_an_answer():
    grids = grids_of(csv([HEAD, BEGIN, ["2", "Menulis", "Staf", "1 jam"]]))
    found = understood(grids, Answers(ways={1: (("", 0),)}))
    assert targets(found, 1) == []
    assert any("tidak cocok lagi" in str(one.said) for one in found.remarks if one.sort == "left")
    again = understood(grids, Answers(kinds={0: ACTIVITY, 1: START}))
    assert targets(again, 0) == []


def test_parallel_rows_at_the_end_of_a_table_meet_in_its_end():
    found = table("Menulis; lanjut ke 2 dan 3", "Mencatat", "Mengarsipkan")
    assert targets(found, 0) == [1, 2]
    assert targets(found, 1) == targets(found, 2) == [3]
    assert found.sop.steps[3].activity == "Selesai"
    told = [str(one.said) for one in found.remarks if one.place == 1]
    assert "Dikerjakan bersamaan; sesudahnya menuju Selesai." in told


def test_parallel_rows_meet_in_the_row_behind_them():
    found = table("Menulis; lanjut ke 2 dan 3", "Mencatat", "Mengarsipkan", "Mengirim")
    assert targets(found, 1) == targets(found, 2) == [3]
