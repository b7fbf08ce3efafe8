"""A document becomes a diagram that runs, and the diagram becomes the document again."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from sops import procedures

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.sop.document import ACTIVITY, DECISION, END, START, Arrow, Identity, Sop, Step
from bpmn.sop.folding import folded
from bpmn.sop.unfolding import UNSAID, unfolded
from engine.checking import check

UNSAID_IN_TABLES = {"sop-identity", "sop-standard", "own-approval"}
STEADY = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def again(sop):
    """A document by way of its diagram, without the ids that the diagram gave."""
    (diagram,) = diagrams(read(unfolded(sop)))
    told = folded(diagram).sop
    return replace(told, steps=tuple(replace(step, element="") for step in told.steps))


def sop(*steps, arrows, actors=("Staf", "Kepala")):
    return Sop(Identity(nama="SOP Contoh"), actors, steps, tuple(Arrow(*one) for one in arrows))


def faults(source):
    """All that is found but what a table may leave unsaid, and who may approve their own work."""
    return [f for f in check(source).findings if f.rule not in UNSAID_IN_TABLES]


@STEADY
@given(procedures())
def test_a_document_is_what_its_diagram_folds_into_and_that_runs(told):
    assert again(told) == told
    assert faults(unfolded(told)) == []


def test_numbers_that_skip_are_kept():
    told = sop(
        Step("1", "Menerima", 0),
        Step("3", "Memeriksa", 1),
        Step("4a", "Mengirim", 0),
        arrows=[(0, 1), (1, 2)],
    )
    assert again(told) == told


def test_rows_stand_where_the_table_has_them_though_arrows_lead_otherwise():
    told = sop(
        Step("1", "Menerima", 0), Step("2", "Mengirim", 0), Step("3", "Memeriksa", 1),
        arrows=[(0, 2), (2, 1)],
    )  # fmt: skip
    assert again(told) == told


def test_rows_for_start_and_end_are_events():
    told = sop(
        Step("", "Mulai", 0, START), Step("1", "Menerima", 0), Step("2", "Memeriksa", 1, DECISION),
        Step("", "Selesai", 0, END),
        arrows=[(0, 1), (1, 2), (2, 1, "Tidak"), (2, 3, "Ya")],
    )  # fmt: skip
    assert again(told) == told
    (diagram,) = diagrams(read(unfolded(told)))
    events = [
        node for node in diagram.nodes.values() if node.events == () and node.kind[-5:] == "Event"
    ]
    assert [node.kind for node in events] == ["startEvent", "endEvent"]
    assert faults(unfolded(told)) == []


def test_an_end_out_of_the_middle_is_a_row_without_a_number():
    told = sop(
        Step("1", "Menerima", 0), Step("2", "Memeriksa", 1, DECISION), Step("", "Selesai", 1, END),
        Step("3", "Mengirim", 0),
        arrows=[(0, 1), (1, 3, "Ya"), (1, 2, "Tidak")],
    )  # fmt: skip
    assert again(told) == told


def test_what_nobody_does_stands_in_a_lane_that_the_check_finds():
    told = sop(Step("1", "Menerima", 0), Step("2", "Memeriksa", None), arrows=[(0, 1)])
    source = unfolded(told)
    (diagram,) = diagrams(read(source))
    assert diagram.lanes[-1].name == UNSAID
    assert [f.element for f in faults(source)] == [diagram.lanes[-1].id]


def test_a_waktu_without_a_duration_has_no_timer():
    told = sop(Step("1", "Menerima", 0, waktu="secepatnya"), arrows=[])
    assert again(told).steps[0].waktu == ""


def test_more_than_two_ways_are_asked_by_their_words():
    told = sop(
        Step("1", "Memeriksa", 0, DECISION), Step("2", "Mengirim", 0), Step("3", "Menolak", 1),
        Step("4", "Meneruskan", 1),
        arrows=[(0, 1, "Lengkap"), (0, 2, "Ditolak"), (0, 3, "Diteruskan")],
    )  # fmt: skip
    assert again(told) == told
    (diagram,) = diagrams(read(unfolded(told)))
    (asked,) = diagram.nodes["Langkah_1"].form
    assert [label for _, label in asked.choices] == ["Lengkap", "Ditolak", "Diteruskan"]
    assert asked.required


def test_parallel_ways_behind_an_answer_meet_again():
    told = sop(
        Step("1", "Memeriksa", 0, DECISION), Step("2", "Mencatat", 0), Step("3", "Memberi tahu", 1),
        Step("4", "Mengarsipkan", 1),
        arrows=[(0, 1, "Ya"), (0, 2, "Ya"), (0, 3, "Tidak"), (1, 3), (2, 3)],
    )  # fmt: skip
    assert again(told) == told
    assert faults(unfolded(told)) == []


def test_a_long_activity_is_called_by_its_first_clause_and_kept_whole():
    said = (
        "Memeriksa kelengkapan berkas usulan, apabila lengkap diteruskan kepada kepala bagian umum."
    )
    told = sop(Step("1", said, 0, ACTIVITY), arrows=[])
    (diagram,) = diagrams(read(unfolded(told)))
    assert diagram.nodes["Langkah_1"].name == "Memeriksa kelengkapan berkas usulan"
    assert again(told) == told


def test_the_same_document_gives_the_same_file():
    told = sop(Step("1", "Menerima", 0), arrows=[])
    assert unfolded(told) == unfolded(told)


def test_answers_that_lead_to_the_same_row_are_one_way_and_several_answers():
    told = sop(
        Step("1", "Menerima", 0), Step("2", "Memeriksa", 1, DECISION), Step("3", "Mengirim", 0),
        arrows=[(0, 1), (1, 2, "Disetujui"), (1, 0, "Ditolak"), (1, 0, "Perlu revisi")],
    )  # fmt: skip
    source = unfolded(told)
    (diagram,) = diagrams(read(source))
    (asked,) = diagram.nodes["Langkah_2"].form
    assert [label for _, label in asked.choices] == ["Disetujui", "Ditolak", "Perlu revisi"]
    assert again(told).arrows[1:] == (
        Arrow(1, 2, "Disetujui"),
        Arrow(1, 0, "Ditolak / Perlu revisi"),
    )
    assert faults(source) == []


def test_answers_that_are_spelled_alike_are_kept_apart():
    told = sop(
        Step("1", "Memeriksa", 0, DECISION), Step("2", "Mengirim", 0), Step("3", "Menolak", 1),
        arrows=[(0, 1, "> 10 juta"), (0, 2, "≤ 10 juta")],
    )  # fmt: skip
    assert again(told) == told
    (diagram,) = diagrams(read(unfolded(told)))
    (asked,) = diagram.nodes["Langkah_1"].form
    assert len({value for value, _ in asked.choices}) == 2
    assert len({flow.condition for flow in diagram.flows if flow.condition}) == 2


def test_words_that_only_look_like_a_no_stay():
    told = sop(
        Step("1", "Memeriksa", 0, DECISION), Step("2", "Mengirim", 0), Step("3", "Menolak", 1),
        arrows=[(0, 1, "10 juta atau lebih"), (0, 2, "Kurang dari 10 juta")],
    )  # fmt: skip
    assert again(told) == told
