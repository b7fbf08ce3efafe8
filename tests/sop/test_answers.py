"""An analyst's answers go over the guesses; what no longer fits is said and not applied."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_writers import docx

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.sop.document import Arrow
from bpmn.sop.folding import folded
from bpmn.sop.table import Answers, understood
from bpmn.sop.table.answers import UnreadableAnswers
from bpmn.sop.unfolding import unfolded
from engine.sop_tables import grids_of

SKP = grids_of((Path(__file__).parent / "tables" / "skp_collection.txt").read_bytes())
DIAGRAM = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
LEAVE = grids_of(
    docx(
        [
            ["No", "Kegiatan", "Pelaksana", "Waktu", "Output"],
            ["1", "Mengajukan cuti", "Pegawai", "10 menit", "Permohonan"],
            ["2", "Memeriksa cuti, jika ditolak proses dihentikan", "Kasubbag", "segera", "Cuti"],
            ["3", "Mencatat cuti", "Staf", "5 menit", "Kartu"],
        ]
    )
)


def remarks(answers: Answers, sort: str) -> list[tuple]:
    found = understood(LEAVE, answers).remarks
    return [(r.place, r.part, str(r.said)) for r in found if r.sort == sort]


def test_the_source_document_with_its_guesses_answered_is_the_shipped_diagram():
    last = ("Atasan Pejabat Penilai", "Atasan Pjb. Penilai")
    lanes = (("Staf Pelaksana", None), ("Pejabat Penilai", None), ("Pegawai", None), last)
    ways = {3: (("Setuju", 4), ("Tidak setuju", 2))}
    found = understood(SKP, Answers(columns=lanes, ways=ways)).sop
    (diagram,) = diagrams(read(DIAGRAM.read_bytes()))
    shipped = folded(diagram).sop
    assert found.actors == shipped.actors
    assert [(s.number, s.kind, s.actor, s.kelengkapan, s.waktu, s.output) for s in found.steps] == [
        (s.number, s.kind, s.actor, s.kelengkapan, s.waktu, s.output) for s in shipped.steps
    ]
    assert [a.target for a in found.arrows] == [a.target for a in shipped.arrows]
    assert replace(found.identity, nama="", unit="", disahkan_oleh="") == replace(
        shipped.identity, nama="", unit="", disahkan_oleh=""
    )


def test_each_answer_goes_over_the_guess_and_takes_its_remark_away():
    answers = Answers(
        actors={2: "Kasubbag"}, kinds={1: "activity"}, ways={0: (("", 2),), 1: (("", 0),)},
        waktu={1: "1 jam"}, identity={"nama": "SOP Cuti", "dasar_hukum": ("Peraturan",)},
    )  # fmt: skip
    found = understood(LEAVE, answers)
    assert found.sop.steps[2].actor == found.sop.actors.index("Kasubbag")
    assert [step.kind for step in found.sop.steps] == ["activity"] * 3
    assert found.sop.arrows == (Arrow(0, 2), Arrow(1, 0))
    assert found.sop.steps[1].waktu == "1 jam"
    assert found.sop.identity.nama == "SOP Cuti"
    assert found.sop.identity.dasar_hukum == ("Peraturan",)
    assert [r.part for r in found.remarks if r.sort != "missing"] == []


def test_a_way_may_lead_to_the_end_whether_or_not_the_table_has_a_row_for_it():
    for end in (None, 3):
        found = understood(LEAVE, Answers(ways={0: (("", end),)}))
        assert found.sop.after(0) == (Arrow(0, 3),)
        assert found.sop.steps[3].activity == "Selesai"
        assert found.rows[3] is None


def actors(*columns: tuple[str, str | None]) -> list[str]:
    """Who does each row of the table, by the columns that an analyst answers."""
    sop = understood(LEAVE, Answers(columns=columns)).sop
    assert sop.actors == tuple(name for name, _ in columns)
    return [sop.actors[step.actor] for step in sop.steps[:3] if step.actor is not None]


def test_columns_are_found_again_by_what_the_table_calls_them():
    kept = ("STAF", None), ("Pegawai Pemohon", "Pegawai"), ("Kasubbag Umum", "Kasubbag")
    assert actors(*kept) == ["Pegawai Pemohon", "Kasubbag Umum", "STAF"]
    swapped = ("Kasubbag", "Pegawai"), ("Pegawai", "Kasubbag"), ("Staf", "Staf")
    assert actors(*swapped) == ["Kasubbag", "Pegawai", "Staf"]
    new = ("Camat", None), ("Arsiparis", "Staf"), ("Pegawai", None), ("Kasubbag", "Kasubbag")
    assert actors(*new) == ["Pegawai", "Kasubbag", "Arsiparis"]


def test_a_column_that_is_taken_out_gives_its_rows_to_no_renamed_one():
    fewer = ("Arsiparis", "Staf"), ("Kepala", "Kasubbag")
    assert actors(*fewer)[1:] == ["Kepala", "Arsiparis"]
    assert (None, "columns", 'Kolom "Pegawai" tidak dipakai lagi.') in remarks(
        Answers(columns=fewer), "left"
    )


@pytest.mark.parametrize(
    ("answers", "part"),
    [
        (Answers(actors={0: "Camat"}), "actor"),
        (Answers(actors={9: "Staf"}), "actor"),
        (Answers(kinds={9: "activity"}), "kind"),
        (Answers(ways={0: (("", 9),)}), "ways"),
        (Answers(ways={1: (("", 0),)}), "ways"),
        (Answers(ways={9: (("", 0),)}), "ways"),
        (Answers(ways={0: (("Ya", 1),)}), "ways"),
        (Answers(ways={0: (("Ya", 1), ("Tidak", 2))}), "ways"),
        (Answers(waktu={9: "1 jam"}), "waktu"),
    ],
)
def test_an_answer_that_does_not_fit_is_said_and_not_applied(answers, part):
    assert [told for _, told, _ in remarks(answers, "left")] == [part]
    assert understood(LEAVE, answers).sop == understood(LEAVE).sop


def test_an_end_leads_nowhere_whatever_is_answered():
    ended = Answers(kinds={2: "end"})
    answered = replace(ended, ways={2: (("", 0),)})
    assert [told for _, told, _ in remarks(answered, "left")] == ["ways"]
    assert understood(LEAVE, answered).sop == understood(LEAVE, ended).sop


PLACES = st.integers(0, 99)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=9)


@given(
    st.builds(
        Answers,
        columns=st.none() | st.lists(st.tuples(TEXTS, st.none() | TEXTS), max_size=3).map(tuple),
        actors=st.dictionaries(PLACES, TEXTS, max_size=3),
        kinds=st.dictionaries(PLACES, st.sampled_from(["activity", "decision", "start", "end"])),
        ways=st.dictionaries(
            PLACES, st.lists(st.tuples(TEXTS, st.none() | PLACES), max_size=3).map(tuple)
        ),
        waktu=st.dictionaries(PLACES, TEXTS, max_size=3),
        identity=st.just({}) | st.just({"nama": "SOP", "keterkaitan": ("SOP Lain",)}),
    )
)
def test_answers_go_through_json_unchanged(answers):
    assert Answers.from_json(json.loads(json.dumps(answers.as_json()))) == answers


@pytest.mark.parametrize(
    "given",
    [
        *([], None, 1, "x", {"lain": 1}, {"columns": "Staf"}, {"columns": ["AB"]}, {"actors": []}),
        *({"actors": {"x": "Staf"}}, {"actors": {"0": None}}, {"kinds": {"0": "box"}}),
        *(
            {"ways": {"0": [["Ya"]]}},
            {"ways": {"0": [["Ya", "1"]]}},
            {"ways": {"0": [["Ya", True]]}},
        ),
        *({"identity": {"nip": "1"}}, {"identity": {"dasar_hukum": "UU"}}, {"waktu": {"0": 1}}),
    ],
)
def test_what_is_no_answers_is_refused(given):
    with pytest.raises(UnreadableAnswers):
        Answers.from_json(given)


def test_what_no_diagram_can_hold_is_dropped_from_answers():
    said = Answers.from_json(
        {
            "columns": [["Pe\x01gawai", "Pegawai"], ["Kasub\ud800bag", None]],
            "actors": {"2": "Kasub\uffffbag"},
            "ways": {"1": [["Y\x00a", 2], ["Ti\x1bdak", None]]},
            "waktu": {"1": "1\x08 jam"},
            "identity": {"nama": "Cu\x02ti", "dasar_hukum": ["UU\x03 5", "\x04"]},
        }
    )
    assert said == Answers(
        columns=(("Pegawai", "Pegawai"), ("Kasubbag", None)), actors={2: "Kasubbag"},
        ways={1: (("Ya", 2), ("Tidak", None))}, waktu={1: "1 jam"},
        identity={"nama": "Cuti", "dasar_hukum": ("UU 5",)},
    )  # fmt: skip
    assert b"Kasubbag" in unfolded(understood(LEAVE, said).sop)
