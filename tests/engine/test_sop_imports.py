"""Tables of SOPs kept until they are drawn: seen by one alone, answers apart from what was read."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.sop.folding import folded
from bpmn.sop.table import NO_ANSWERS, Answers, NoTable, understood
from engine import people, sketches, sop_imports, sop_tables
from engine.errors import DraftConflict, InvalidInput, NotAllowed, NotFound
from engine.models import Duty, Sketch, SopImport

TABLE = b"""| No | Kegiatan | Pemohon | Sekretaris | Waktu | Output |
|---|---|---|---|---|---|
| 1 | Mengajukan permohonan | v | | 10 menit | Permohonan |
| 2 | Memeriksa permohonan, jika tidak lengkap kembali ke 1 | | v | 1 jam | Berkas |
| 3 | Menyerahkan surat | | | 5 menit | Surat |
"""
STAFF = Answers(actors={2: "Sekretaris"})
APPLICANT = Answers(actors={2: "Pemohon"})


@pytest.fixture
def analyst(office):
    return office.analyst


@pytest.fixture
def other(office):
    """Another analyst."""
    with office.db.write() as session:
        session.add(Duty(person_id=office.colleague.id, name="analyst"))
    with office.db.read() as session:
        return people.actor(session, office.colleague.id)


@pytest.fixture
def number(office, analyst):
    """An import of the table."""
    return sop_imports.begin(office.db, analyst, "permohonan.md", TABLE)


def opened(office, actor, number):
    with office.db.read() as session:
        return sop_imports.opened(session, actor, number)


def count(office, table):
    with office.db.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_what_was_read_and_what_is_said_of_it_are_kept_apart(office, analyst, number):
    before = opened(office, analyst, number)
    assert (before.kept.revision, before.answers) == (1, NO_ANSWERS)
    assert sop_imports.answer(office.db, analyst, number, APPLICANT, 1) == 2
    after = opened(office, analyst, number)
    assert (after.kept.revision, after.answers) == (2, APPLICANT)
    assert after.kept.grids == before.kept.grids
    assert after.found.sop.steps[2].actor == 0
    assert sop_imports.answer(office.db, analyst, number, NO_ANSWERS, 2) == 3
    assert opened(office, analyst, number).found == before.found


def test_merged_cells_and_symbols_are_read_back_as_they_were(office, analyst):
    rows = TABLE.decode().splitlines()
    grids = sop_tables.grids_of("\n".join(rows).encode())
    cells = grids[0].rows[1].cells
    shaped = replace(cells[0], down=True), replace(cells[1], across=True, shape="box")
    row = replace(grids[0].rows[1], cells=(*shaped, *cells[2:]))
    grids = (replace(grids[0], rows=(grids[0].rows[0], row)), *grids[1:])
    assert sop_imports.from_bytes(sop_imports.to_bytes(grids)) == grids


def test_lists_say_how_much_is_guessed_and_missing(office, analyst, number):
    def told():
        with office.db.read() as session:
            (one,) = sop_imports.own(session, analyst)
        return one.guesses, one.missing

    remarks = understood(sop_tables.grids_of(TABLE)).remarks
    sorts = [remark.sort for remark in remarks]
    assert told() == (sorts.count("guess"), sorts.count("missing"))
    before = told()
    sop_imports.answer(office.db, analyst, number, STAFF, 1)
    assert told() == (before[0] - 1, before[1])


def test_guesses_on_the_identity_and_the_end_are_settled_by_an_answer(office, analyst):
    table = TABLE.replace(b"kembali ke 1", b"proses selesai")
    number = sop_imports.begin(office.db, analyst, "a.md", b"SOP Permohonan\n\n" + table)

    def guessed():
        return {(one.place, one.part) for one in opened(office, analyst, number).remarks
                if one.sort == "guess"}  # fmt: skip

    assert {(None, "identity"), (3, "kind"), (1, "ways")} <= guessed()
    said = Answers(identity={"nama": "Permohonan"}, ways={1: (("Ya", 2), ("Tidak", None))})
    sop_imports.answer(office.db, analyst, number, said, 1)
    assert not {(None, "identity"), (3, "kind"), (1, "ways")} & guessed()


def test_an_older_window_is_told_and_overwrites_nothing(office, analyst, number):
    sop_imports.answer(office.db, analyst, number, STAFF, 1)
    for deed in (
        lambda: sop_imports.answer(office.db, analyst, number, APPLICANT, 1),
        lambda: sop_imports.take_over(office.db, analyst, number, 1),
    ):
        with pytest.raises(DraftConflict):
            deed()
    assert opened(office, analyst, number).answers == STAFF
    assert count(office, Sketch) == 0


def test_of_two_windows_at_the_same_moment_one_is_told(
    office, analyst, number, rival, before_writing
):
    before_writing(office.db, lambda: sop_imports.answer(rival, analyst, number, APPLICANT, 1))
    with pytest.raises(DraftConflict):
        sop_imports.answer(office.db, analyst, number, STAFF, 1)
    kept = opened(office, analyst, number)
    assert (kept.answers, kept.kept.revision) == (APPLICANT, 2)


def test_what_another_window_says_while_one_goes_on_to_draw_is_not_lost(
    office, analyst, number, rival, before_writing
):
    before_writing(office.db, lambda: sop_imports.answer(rival, analyst, number, APPLICANT, 1))
    with pytest.raises(DraftConflict):
        sop_imports.take_over(office.db, analyst, number, 1)
    assert opened(office, analyst, number).answers == APPLICANT
    assert count(office, Sketch) == 0


def test_two_windows_that_go_on_to_draw_make_one_sketch(
    office, analyst, number, rival, before_writing
):
    before_writing(office.db, lambda: sop_imports.take_over(rival, analyst, number, 1))
    with pytest.raises(DraftConflict):
        sop_imports.take_over(office.db, analyst, number, 1)
    assert (count(office, Sketch), count(office, SopImport)) == (1, 0)


def test_the_same_answer_sent_again_is_kept_once(office, analyst, number):
    assert sop_imports.answer(office.db, analyst, number, STAFF, 1) == 2
    assert sop_imports.answer(office.db, analyst, number, STAFF, 1) == 2


def test_a_number_is_never_given_again(office, analyst, number):
    sop_imports.discard(office.db, analyst, number)
    assert sop_imports.begin(office.db, analyst, "b.md", TABLE) > number


def test_the_sketch_is_the_diagram_of_what_was_understood(office, analyst, number):
    sop_imports.answer(office.db, analyst, number, APPLICANT, 1)
    sop = opened(office, analyst, number).found.sop
    sketch = sop_imports.take_over(office.db, analyst, number, 2)
    with office.db.read() as session:
        kept = sketches.one(session, analyst, sketch)
        assert sop_imports.own(session, analyst) == []
    (diagram,) = diagrams(read(kept.source))
    drawn = folded(diagram).sop
    assert [replace(step, element="") for step in drawn.steps] == list(sop.steps)
    assert (drawn.actors, set(drawn.arrows)) == (sop.actors, set(sop.arrows))
    assert kept.base is None


def test_an_import_stays_where_there_are_too_many_sketches(office, analyst, number, monkeypatch):
    monkeypatch.setattr(sketches, "MAX_SKETCHES", 0)
    with pytest.raises(InvalidInput):
        sop_imports.take_over(office.db, analyst, number, 1)
    assert opened(office, analyst, number).kept.revision == 1


def test_an_import_is_its_analysts_alone(office, analyst, other, number):
    for deed in (
        lambda: opened(office, other, number),
        lambda: sop_imports.answer(office.db, other, number, STAFF, 1),
        lambda: sop_imports.take_over(office.db, other, number, 1),
        lambda: sop_imports.discard(office.db, other, number),
    ):
        with pytest.raises(NotFound):
            deed()
    with office.db.read() as session:
        assert sop_imports.own(session, other) == []
    with pytest.raises(NotAllowed):
        sop_imports.begin(office.db, office.staff, "a.md", TABLE)


def test_who_is_no_analyst_any_more_sees_their_imports_no_more(office, analyst, number):
    with office.db.write() as session:
        session.execute(delete(Duty).where(Duty.person_id == analyst.id))
    with office.db.read() as session:
        now = people.actor(session, analyst.id)
    with pytest.raises(NotFound):
        opened(office, now, number)


@pytest.mark.parametrize("data", [b"", b"bukan tabel", b"PK\x03\x04", b"%PDF-1.7", b"\x00\x01"])
def test_what_is_no_table_is_not_kept(office, analyst, data):
    with pytest.raises((InvalidInput, NoTable)):
        sop_imports.begin(office.db, analyst, "a.docx", data)
    assert count(office, SopImport) == 0


def test_there_is_a_bound_to_what_is_kept(office, analyst, number, monkeypatch):
    monkeypatch.setattr(sop_imports, "MAX_BYTES", 200)
    with pytest.raises(InvalidInput):
        sop_imports.begin(office.db, analyst, "a.md", TABLE)
    with pytest.raises(InvalidInput):
        many = Answers(waktu=dict.fromkeys(range(30), "satu hari penuh"))
        sop_imports.answer(office.db, analyst, number, many, 1)
    monkeypatch.undo()
    monkeypatch.setattr(sop_imports, "MAX_IMPORTS", 1)
    with pytest.raises(InvalidInput):
        sop_imports.begin(office.db, analyst, "a.md", TABLE)
    sop_imports.discard(office.db, analyst, number)
    assert count(office, SopImport) == 0
    sop_imports.begin(office.db, analyst, "a.md", TABLE)


def test_looking_takes_one_statement_and_an_answer_two(office, analyst, number, statements):
    sop_imports.begin(office.db, analyst, "b.md", TABLE)

    def cost(act):
        statements.clear()
        act()
        return len(statements.sent), statements.commits

    def look():
        with office.db.read() as session:
            sop_imports.own(session, analyst)

    assert cost(look) == (1, 0)
    assert cost(lambda: opened(office, analyst, number)) == (1, 0)
    assert cost(lambda: sop_imports.answer(office.db, analyst, number, STAFF, 1)) == (2, 1)
    assert cost(lambda: sop_imports.take_over(office.db, analyst, number, 2)) == (4, 1)
