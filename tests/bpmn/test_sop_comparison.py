"""What a revision of an SOP changes."""

from dataclasses import replace

from bpmn.sop.comparison import Line, compared
from bpmn.sop.document import DECISION, Arrow, Identity, Sop, Step

OLD = Sop(
    Identity(nama="SOP Contoh", nomor="7"),
    ("Staf", "Kepala"),
    (
        Step("1", "Menerima", 0, waktu="10 menit", element="a"),
        Step("2", "Memeriksa", 1, DECISION, element="b"),
        Step("3", "Mengirim", 0, element="c"),
    ),
    (Arrow(0, 1), Arrow(1, 2, "Ya"), Arrow(1, 0, "Tidak")),
)


def test_the_same_is_no_revision():
    assert compared(OLD, OLD).is_none


def test_a_row_between_changes_the_way_and_no_number():
    new = replace(
        OLD,
        steps=(
            OLD.steps[0],
            Step("2", "Mencatat", 0, element="n"),
            *(replace(step, number=str(int(step.number) + 1)) for step in OLD.steps[1:]),
        ),
        arrows=(Arrow(0, 1), Arrow(1, 2), Arrow(2, 3, "Ya"), Arrow(2, 0, "Tidak")),
    )
    assert compared(OLD, new).lines == (
        Line(0, 0, frozenset({"ways"})), Line(None, 1), Line(1, 2), Line(2, 3),
    )  # fmt: skip


def test_each_cell_that_differs_is_named():
    first = replace(OLD.steps[0], waktu="1 jam", actor=1, output="Berkas")
    new = replace(OLD, steps=(first, *OLD.steps[1:]))
    assert compared(OLD, new).lines[0].changed == {"waktu", "actor", "output"}


def test_a_row_that_is_gone_stands_where_it_stood():
    new = replace(OLD, steps=(OLD.steps[0], OLD.steps[2]), arrows=(Arrow(0, 1),))
    assert [(line.old, line.new) for line in compared(OLD, new).lines] == [
        (0, 0),
        (1, None),
        (2, 1),
    ]


def test_columns_in_another_order_change_nobody():
    steps = tuple(replace(step, actor=1 - step.actor) for step in OLD.steps)
    assert compared(OLD, replace(OLD, actors=("Kepala", "Staf"), steps=steps)).is_none


def test_a_row_drawn_anew_with_the_same_words_is_the_same():
    new = replace(OLD, steps=(*OLD.steps[:2], replace(OLD.steps[2], element="other")))
    assert compared(OLD, new).is_none


def test_facts_of_the_identity_page():
    new = replace(OLD, identity=replace(OLD.identity, nomor="8", dasar_hukum=("Satu",)))
    assert compared(OLD, new).facts == ("nomor", "dasar_hukum")
