"""What a diagram becomes as an SOP document."""

from pathlib import Path

import pytest

from bpmn.elements import diagrams
from bpmn.notation import file_of, office_file_of
from bpmn.reading import read
from bpmn.sop.document import ACTIVITY, BOX, CAPSULE, DECISION, DIAMOND, END
from bpmn.sop.folding import folded
from bpmn.sop.untold import NOBODY

SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"


def fold(text):
    (diagram,) = diagrams(read(office_file_of(text)))
    return folded(diagram)


def drawn(text):
    """Each row as its number, what it says, its kind, and where it leads."""
    sop = fold(text).sop
    ways = [
        [(a.label, sop.called(a.target)) for a in sop.after(at)] for at in range(len(sop.steps))
    ]
    return [(s.number, s.activity, s.kind, on) for s, on in zip(sop.steps, ways, strict=True)]


def test_the_skp_is_eight_rows_one_diamond_and_a_loop():
    (diagram,) = diagrams(read(SKP.read_bytes()))
    found = folded(diagram)
    sop = found.sop
    assert found.untold == ()
    assert sop.actors == ("Staf Pelaksana", "Pejabat Penilai", "Pegawai", "Atasan Pejabat Penilai")
    assert [(s.number, sop.actors[s.actor], s.waktu) for s in sop.steps] == [
        ("1", "Staf Pelaksana", "10 menit"), ("2", "Staf Pelaksana", "15 menit"),
        ("3", "Pejabat Penilai", "15 menit"), ("4", "Pegawai", "1 jam"),
        ("5", "Pejabat Penilai", "15 menit"), ("6", "Atasan Pejabat Penilai", "30 menit"),
        ("7", "Pejabat Penilai", "15 menit"), ("8", "Pegawai", "5 menit"),
    ]  # fmt: skip
    symbols = [sop.symbol(place) for place in range(8)]
    assert symbols == [CAPSULE, BOX, BOX, DIAMOND, BOX, BOX, BOX, CAPSULE]
    assert [(a.label, a.target) for a in sop.after(3)] == [("Ya", 4), ("Tidak", 2)]
    assert sop.steps[0].activity == "Menyiapkan blanko dan menyiapkan SKP tahun sebelumnya."
    assert (sop.identity.nomor, len(sop.identity.dasar_hukum)) == ("92", 4)


def test_what_machines_do_and_reminders_are_passed_over():
    text = """
        startEvent s
        userTask a
        boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
            property alur:timer=waktu
            timer timeDuration PT10M
        endEvent r
            <messageEventDefinition camunda:type="external" camunda:topic="remind" />
        serviceTask kirim camunda:type=external camunda:topic=surat
        userTask b
        endEvent e
        s -> a -> kirim -> b -> e
        w -> r
    """
    assert drawn(text) == [("1", "a", ACTIVITY, [("", "2")]), ("2", "b", ACTIVITY, [])]
    found = fold(text)
    assert found.sop.steps[0].waktu == "10 menit"
    assert [one.element for one in found.untold] == ["kirim"]


def test_a_period_that_runs_out_is_an_arrow_with_its_name():
    text = """
        startEvent s
        userTask a
        boundaryEvent lewat attachedToRef=a name="Lewat 3 hari"
            timer timeDuration P3D
        userTask b
        userTask c
        endEvent e
        s -> a -> b -> e
        lewat -> c -> e
    """
    assert drawn(text)[0] == ("1", "a", ACTIVITY, [("", "2"), ("Lewat 3 hari", "3")])


def test_a_choice_that_stands_behind_no_step_is_a_row_of_its_own():
    text = """
        startEvent s
        userTask a
        userTask b
        parallelGateway f
        parallelGateway j
        exclusiveGateway g name="Lengkap?"
        userTask c
        userTask d
        endEvent e
        s -> f
        f -> a -> j
        f -> b -> j
        j -> g
        g -> c if lengkap
        g -> d if not lengkap
        c -> e
        d -> e
    """
    assert drawn(text) == [
        ("1", "a", ACTIVITY, [("", "Lengkap?")]),
        ("2", "b", ACTIVITY, [("", "Lengkap?")]),
        ("", "Lengkap?", DECISION, [("Ya", "3"), ("Tidak", "4")]),
        ("3", "c", ACTIVITY, []),
        ("4", "d", ACTIVITY, []),
    ]


def test_two_choices_in_a_row_are_two_diamonds():
    text = """
        startEvent s
        userTask a
        exclusiveGateway g
        userTask b
        exclusiveGateway h
        userTask c
        endEvent e
        s -> a -> g
        g -> b if x == "ya"
        g -> c if x == "tidak"
        b -> h
        h -> c if y == "sah"
        h -> a if y == "salah"
        c -> e
    """
    assert drawn(text)[:2] == [
        ("1", "a", DECISION, [("Ya", "2"), ("Tidak", "3")]),
        ("2", "b", DECISION, [("sah", "3"), ("salah", "1")]),
    ]
    assert fold(text).sop.symbol(0) == DIAMOND


def test_an_end_beside_other_ways_is_a_row():
    text = """
        startEvent s
        userTask a
        exclusiveGateway g
        userTask b
        endEvent batal name="Usulan ditolak"
        endEvent e
        s -> a -> g
        g -> b if x
        g -> batal if not x
        b -> e
    """
    assert drawn(text) == [
        ("1", "a", DECISION, [("Ya", "2"), ("Tidak", "Usulan ditolak")]),
        ("2", "b", ACTIVITY, []),
        ("", "Usulan ditolak", END, []),
    ]


def test_steps_of_a_subprocess_stand_among_the_others():
    text = """
        startEvent s
        userTask a
        subProcess sub
        within sub
            startEvent t
            userTask b
            endEvent u
            t -> b -> u
        within p
        userTask c
        endEvent e
        s -> a -> sub -> c -> e
    """
    assert [(number, said) for number, said, *_ in drawn(text)] == [
        ("1", "a"),
        ("2", "b"),
        ("3", "c"),
    ]
    assert drawn(text)[1][3] == [("", "3")]


def test_conditions_straight_out_of_a_step_are_its_choice():
    text = """
        startEvent s
        userTask a
        userTask b
        endEvent e
        s -> a
        a -> b if kurang
        a -> e if not kurang
        b -> a
    """
    assert drawn(text)[0][2:] == (DECISION, [("Ya", "2"), ("Tidak", "Selesai")])


def test_without_lanes_all_stand_in_one_column_and_that_is_said():
    text = """
        file targetNamespace=x
        startEvent s
        userTask a name=Memeriksa
        endEvent e
        s -> a -> e
    """
    (diagram,) = diagrams(read(file_of(text)))
    found = folded(diagram)
    assert (found.sop.actors, found.sop.steps[0].actor) == ((NOBODY,), 0)
    assert [one.element for one in found.untold] == ["p"]


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_anything_drawn_is_a_document_too(count):
    text = "startEvent s\n" + "userTask a\ns -> a\n" * count
    assert len(fold(text).sop.steps) == count


def test_an_arrow_to_nowhere_leads_nowhere():
    text = """
        startEvent s
        userTask a
        userTask b
        endEvent e
        s -> a -> tiada
        tiada -> a
        a -> b -> e
    """
    assert drawn(text) == [("1", "a", ACTIVITY, [("", "2")]), ("2", "b", ACTIVITY, [])]


def test_two_answers_that_meet_at_once_are_one_way():
    text = """
        startEvent s
        userTask a
        exclusiveGateway g
        serviceTask m camunda:type=external camunda:topic=surat
        exclusiveGateway j
        userTask b
        endEvent e
        s -> a -> g
        g -> m if x == "rusak"
        g -> j if x == "hilang"
        m -> j -> b -> e
    """
    assert drawn(text)[0] == ("1", "a", DECISION, [("rusak / hilang", "2")])


def test_what_happens_while_machines_work_is_an_arrow_too():
    text = """
        startEvent s
        userTask a
        serviceTask m camunda:type=external camunda:topic=surat
        boundaryEvent gagal attachedToRef=m name="Surat gagal"
            <errorEventDefinition />
        userTask b
        userTask c
        endEvent e
        s -> a -> m -> b -> e
        gagal -> c -> e
    """
    assert drawn(text)[0] == ("1", "a", ACTIVITY, [("", "2"), ("Surat gagal", "3")])


def test_what_ends_within_several_subprocesses_goes_on_behind_them():
    text = """
        startEvent s
        subProcess sub
        within sub
            startEvent t
            subProcess inner
            within inner
                startEvent u
                userTask a
                u -> a
        within sub
            t -> inner
        within p
        userTask b
        endEvent e
        s -> sub -> b -> e
    """
    assert drawn(text) == [("1", "a", ACTIVITY, [("", "2")]), ("2", "b", ACTIVITY, [])]


def test_a_choice_behind_a_subprocess_is_of_no_step():
    text = """
        startEvent s
        userTask a
        subProcess sub
        within sub
            startEvent t
            userTask b
            t -> b
        within p
        exclusiveGateway g name="Lengkap?"
        userTask c
        endEvent e
        s -> a -> sub -> g
        g -> c if x
        g -> a if not x
        c -> e
    """
    assert [(number, said, kind) for number, said, kind, _ in drawn(text)] == [
        ("1", "a", ACTIVITY), ("2", "b", ACTIVITY), ("", "Lengkap?", DECISION),
        ("3", "c", ACTIVITY),
    ]  # fmt: skip


def test_what_machines_try_again_after_a_failure_is_no_endless_way():
    text = """
        startEvent s
        userTask a
        exclusiveGateway j
        serviceTask m camunda:type=external camunda:topic=surat
        boundaryEvent gagal attachedToRef=m name="Surat gagal"
            <errorEventDefinition />
        boundaryEvent lewat attachedToRef=m name="Tidak sampai"
            timer timeDuration P1D
        userTask b
        endEvent e
        s -> a -> j
        j -> m -> b -> e
        gagal -> j
    """
    assert drawn(text) == [("1", "a", ACTIVITY, [("", "2")]), ("2", "b", ACTIVITY, [])]


def test_an_event_without_a_name_is_called_by_what_it_has():
    text = """
        startEvent s
        userTask a
        boundaryEvent lewat attachedToRef=a
            timer timeDuration P3D
        boundaryEvent gagal attachedToRef=a
            <errorEventDefinition />
        userTask b
        userTask c
        endEvent e
        s -> a -> b -> e
        lewat -> c
        gagal -> c
        c -> e
    """
    assert drawn(text)[0][3] == [("", "2"), ("P3D / gagal", "3")]
