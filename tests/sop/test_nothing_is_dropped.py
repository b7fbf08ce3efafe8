"""Whatever stands in a cell is in the document, or served as structure, or is quoted as left."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.sop.grids import Cell, Grid, Row
from bpmn.sop.table import NoTable, Understood, understood
from bpmn.sop.table.words import in_line

HEADS = [
    *("No", "Kegiatan", "Pelaksana", "Mutu Baku", "Keterangan", "Kelengkapan", "Waktu"),
    *("Output", "Uraian", "Hasil", "Risiko", "Nama SOP", "Dasar Hukum", "Unit Kerja"),
]
STRUCTURE = {*HEADS, "V", "x", "-", "1", "2", "3", "1.", "kotak", "◇", "Mulai", "Selesai"}
PHRASES = st.sampled_from(
    ["jika tidak lengkap kembali ke 1", "lanjut ke 9", "Ya", "10 menit", "10 menit / 1 hari",
     "bersamaan dengan 2", "diserahkan kepada Staf", "SOP Contoh", "Jumlah", "Staf/Kepala"]
)  # fmt: skip
UNIQUE = st.integers(0, 10**6).map(lambda number: f"q{number}z")
TEXTS = st.one_of(
    st.just(""),
    st.sampled_from(sorted(STRUCTURE)),
    UNIQUE,
    PHRASES,
    st.lists(UNIQUE | PHRASES, min_size=1, max_size=3).map("\n".join),
)
CELLS = st.builds(Cell, TEXTS) | st.sampled_from([Cell(across=True), Cell(down=True)])
LABELS = st.sampled_from(["Nama SOP", "Nomor SOP", "Unit Kerja", "Disahkan oleh", "Peringatan"])
LABELLED = st.tuples(LABELS, UNIQUE).map(lambda said: [Cell(text) for text in said])
TABLE_HEAD = [
    ["No", "Kegiatan", "Pelaksana", "", "Mutu Baku", "", "", "Keterangan"],
    ["", "", "Staf", "Kepala", "Kelengkapan", "Waktu", "Output", ""],
]


@st.composite
def grids(draw) -> list[Grid]:
    """Loose rows, a table with a heading or none, and rows of any width below it."""
    found, number = [], 0
    for _ in range(draw(st.integers(1, 3))):
        rows = []
        lines = draw(st.lists(LABELLED | st.lists(CELLS, min_size=1, max_size=9), max_size=5))
        head = [[Cell(text) for text in line] for line in TABLE_HEAD]
        body = draw(st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=6))
        for cells in [*lines, *(head if draw(st.booleans()) else []), *body]:
            number += 1
            rows.append(Row(number, tuple(cells)))
        found.append(Grid(tuple(rows), lines=draw(st.booleans())))
    return found


def said(found: Understood) -> str:
    """All that is in the document, and all that is quoted."""
    sop = found.sop
    facts = [*vars(sop.identity).values(), *sop.actors]
    steps = [text for step in sop.steps for text in vars(step).values()]
    quoted = [str(remark.said) for remark in found.remarks if remark.sort == "left"]
    return "\n".join(map(str, [*facts, *steps, *quoted]))


@given(grids())
@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
def test_every_cell_is_in_the_document_or_said_to_be_left(given):
    try:
        found = understood(given)
    except NoTable:
        return
    told = said(found)
    for grid in given:
        for row in grid.rows:
            for cell in row.cells:
                for word in in_line(cell.text).split():
                    if word.startswith("q") and word.rstrip(";").endswith("z"):
                        assert word.rstrip(";") in told, (row.number, cell.text)


@given(grids())
@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
def test_arrows_lead_from_row_to_row_and_every_remark_finds_its_row(given):
    try:
        found = understood(given)
    except NoTable:
        return
    places = range(len(found.sop.steps))
    assert len(found.rows) == len(found.sop.steps)
    assert all(arrow.source in places and arrow.target in places for arrow in found.sop.arrows)
    assert all(r.place is None or r.place in places for r in found.remarks)
    for place, step in enumerate(found.sop.steps):
        assert step.actor is None or step.actor in range(len(found.sop.actors))
        if step.kind == "decision":
            assert len(found.sop.after(place)) > 1
            assert all(arrow.label for arrow in found.sop.after(place))
