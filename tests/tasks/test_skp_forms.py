"""The SKP's forms: the rules of the period, what is kept, and what is said of what is missing."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from bpmn.diagram import Node
from engine import values
from tasks.forms import as_sent
from tasks.skp import pp46
from tasks.written_forms import drawn_as, form_for, shown

OLD = {"dari": date(2020, 1, 1), "sampai": date(2020, 12, 31)}
NEW = {"dari": date(2026, 1, 1), "sampai": date(2026, 12, 31)}
ROW = {
    "kegiatan": "Menyusun laporan", "ak": 1.5, "kuantitas": 1, "satuan": "dokumen",
    "kualitas": 100, "waktu": 12, "satuan_waktu": "bulan", "biaya": 5_000_000,
    "r_kuantitas": 1, "r_kualitas": 90, "r_waktu": 12, "r_biaya": 5_000_000,
}  # fmt: skip
MARKS = dict.fromkeys(list(pp46.BEHAVIOUR)[:5], 85)
SCORED = {"kegiatan": [ROW], **MARKS, "catatan_penilai": "Baik"}
RATED = {"hasil_kerja": "sesuai", "perilaku_kerja": "di_atas", "catatan_penilai": "Baik"}


def task(name: str) -> Node:
    return Node("a", "userTask", "A", 1, attributes={"formKey": f"alur:skp-{name}"})


def filled(name, case, answers):
    sent = as_sent(drawn_as(task(name), case), answers)
    return form_for(task(name), case, sent)


def test_an_assessment_of_an_old_period_is_scored_by_the_old_rules():
    form = filled("penilaian", OLD, SCORED)
    assert form.validate(), form.faults
    kept = form.values
    assert kept["aturan"] == kept["penilaian"]["aturan"] == "pp46_2011"
    assert kept["penilaian"]["sampai"] == date(2020, 12, 31)
    result = kept["penilaian"]["hasil"]
    assert result["kegiatan"][0]["nilai"] == Decimal("85.50")
    assert (kept["nilai_skp"], kept["nilai_perilaku"]) == (Decimal("85.50"), Decimal("85.00"))
    assert (kept["nilai_prestasi"], kept["sebutan"]) == (Decimal("85.30"), "Baik")
    assert values.loads(values.dumps(kept)) == kept
    assert "PP 46/2011" in str(form.warning)


def test_one_of_today_is_rated_by_the_new_rules():
    form = filled("penilaian", NEW, RATED)
    assert form.validate(), form.faults
    kept = form.values
    assert (kept["aturan"], kept["sebutan"]) == ("permenpanrb6_2022", "Baik")
    assert (kept["nilai_skp"], kept["nilai_perilaku"], form.warning) == (None, None, None)


def test_results_appear_as_far_as_they_can_be_told():
    partly = filled("penilaian", OLD, {"kegiatan": [ROW, {**ROW, "r_waktu": None}]})
    said = partly.computed()
    assert said["hasil-kegiatan"] == "1: 85,50 · 2: –"
    assert said["hasil-prestasi"] == said["hasil-sebutan"] == "–"
    assert filled("penilaian", OLD, SCORED).computed()["hasil-prestasi"] == "85,30"
    assert filled("penilaian", NEW, {}).computed()["hasil-predikat"] == "–"
    assert filled("penilaian", NEW, RATED).computed()["hasil-predikat"] == "Baik"


def test_targets_that_were_prepared_stand_in_the_form_of_either_rules():
    row = {name: value for name, value in ROW.items() if not name.startswith("r_")}
    for period, panel in ((OLD, "hasil-skp"), (NEW, "hasil-predikat")):
        form = form_for(task("penilaian"), period | {"sasaran": [row]})
        assert form.tables["kegiatan"].value[0]["kegiatan"] == "Menyusun laporan"
        assert (panel, "–") in [(name, text) for name, _, text in form.panel]
        assert form.computed()[panel] == "–"


def test_what_is_kept_fills_the_form_again():
    kept = filled("penilaian", OLD, SCORED).values
    again = form_for(task("penilaian"), OLD, draft=values.loads(values.dumps(kept)))
    assert again.values == kept


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kegiatan": []}, "kegiatan"),
        ({"kegiatan": [{**ROW, "kuantitas": 0}]}, "kegiatan"),
        ({"kegiatan": [{**ROW, "r_biaya": None}]}, "kegiatan"),
        ({"kegiatan": [{**ROW, "r_kualitas": None}]}, "kegiatan"),
        ({"kegiatan": [{**ROW, "r_kualitas": 101}]}, "kegiatan"),
        ({"kreativitas": [{"uraian": "Aplikasi", "tingkat": "dunia"}]}, "kreativitas"),
        ({"integritas": 101}, "integritas"),
        ({"integritas": "banyak"}, "integritas"),
        ({"struktural": True}, "kepemimpinan"),
        ({"catatan_penilai": " "}, "catatan_penilai"),
    ],
)
def test_what_is_missing_or_impossible_is_said_at_its_field(wrong, field):
    form = filled("penilaian", OLD, SCORED | wrong)
    assert not form.validate()
    assert [name for name, _ in form.faults] == [field]


@pytest.mark.parametrize("row", [{"r_kuantitas": 0}, {"r_kuantitas": None, "r_waktu": None}])
def test_what_was_not_carried_out_needs_no_more_and_scores_nothing(row):
    form = filled("penilaian", OLD, SCORED | {"kegiatan": [{**ROW, **row, "r_biaya": None}]})
    assert form.validate(), form.faults
    assert form.values["nilai_skp"] == 0


def test_leadership_counts_for_structural_posts_alone():
    led = SCORED | {"struktural": True, "kepemimpinan": 79}
    assert filled("penilaian", OLD, led).values["nilai_perilaku"] == 84
    assert filled("penilaian", OLD, led | {"struktural": False}).values["nilai_perilaku"] == 85


def test_the_record_says_all_of_it():
    told = {str(label): value for label, value in shown(task("penilaian"), _kept())}
    assert told["Aturan penilaian"] == "PP 46/2011"
    assert told["Kegiatan tugas jabatan"].rows[0][0] == "Menyusun laporan"
    assert told["Nilai kegiatan"].rows[0][-1] == "85,50"
    assert (told["Integritas"], told["Prestasi kerja"], told["Sebutan"]) == ("85", "85,30", "Baik")


def test_an_old_result_is_shown_as_it_was_kept():
    kept = _kept()
    kept["penilaian"]["hasil"]["prestasi"] = Decimal("12.34")  # whatever today's rules would say
    told = {str(label): value for label, value in shown(task("penilaian"), kept)}
    assert told["Prestasi kerja"] == "12,34"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"dari": "01-01-2026", "sampai": "31-12-2025"}, "sampai"),
        ({"periode": "1999"}, "periode"),
        ({"dari": "kemarin"}, "dari"),
    ],
)
def test_a_period_is_one(given, field):
    usual = {"periode": "2026", "dari": "01-01-2026", "sampai": "31-12-2026"}
    form = form_for(task("penyiapan"), {}, MultiDict(usual | given))
    assert not form.validate()
    assert [name for name, _ in form.faults] == [field]
    assert form_for(task("penyiapan"), {}, MultiDict(usual)).validate()


def test_targets_become_what_is_assessed():
    prepared = filled("penyiapan", {}, {"sasaran": [{k: ROW[k] for k in list(ROW)[:8]}]})
    assert prepared.validate(), prepared.faults
    form = form_for(task("penilaian"), {**OLD, "sasaran": prepared.values["sasaran"]})
    (row,) = form.tables["kegiatan"].value
    assert (row["kegiatan"], row["waktu"], row["r_waktu"]) == ("Menyusun laporan", 12, None)


def test_whoever_disagrees_says_why():
    assert not filled("pemeriksaan", {}, {"keputusan": "tidak_setuju"}).validate()
    assert filled("pemeriksaan", {}, {"keputusan": "tidak_setuju", "alasan": "x"}).validate()
    assert filled("pemeriksaan", {}, {"keputusan": "setuju"}).validate()
    assert not filled("pemeriksaan", {}, {}).validate()
    choice, _ = drawn_as(task("pemeriksaan"), {}).form
    assert [value for value, _ in choice.choices] == ["setuju", "tidak_setuju"]
    assert choice.default is None


def test_a_case_of_an_older_version_is_looked_at_without_a_result():
    form = form_for(task("pemeriksaan"), {"nilai_skp": Decimal(90)})
    assert (form.results, form.activities) == ([], [])


def _kept():
    return filled("penilaian", OLD, SCORED).values


def test_a_cost_target_of_zero_is_no_end_of_the_scores_while_one_types():
    form = filled("penilaian", OLD, SCORED | {"kegiatan": [{**ROW, "biaya": 0}]})
    assert form.computed()["hasil-kegiatan"].startswith("1: ")
    assert not form.validate(), "it is still no target"
