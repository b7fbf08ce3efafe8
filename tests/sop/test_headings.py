"""Headings of every office, of one to three lines, and marks of any kind."""

import pytest
from table_writers import C, csv, docx, flat, tabs, xlsx

from bpmn.sop.document import ACTIVITY, DECISION
from bpmn.sop.table import understood
from engine.sop_tables import grids_of

STEP = ["1", "Membuat surat", "V", "", "Blangko", "10 menit", "Surat", "segera"]
NEXT = ["2", "Memeriksa surat", "", "V", "Surat", "1 jam", "Paraf", ""]


def as_csv(rows) -> bytes:
    return csv(flat(rows))


def as_tabs(rows) -> bytes:
    return tabs(flat(rows))


def read(rows, write=docx):
    return understood(grids_of(write(rows)))


def assert_read(rows, write=docx, actors=("Staf", "Kepala")):
    sop = read(rows, write).sop
    assert sop.actors == actors
    first, second = sop.steps[:2]
    assert (first.number, first.activity, first.actor) == ("1", "Membuat surat", 0)
    assert (first.kelengkapan, first.waktu, first.output) == ("Blangko", "10 menit", "Surat")
    assert (second.number, second.actor, second.waktu) == ("2", 1, "1 jam")
    return sop


@pytest.mark.parametrize(
    ("number", "activity", "actors", "needs", "time", "output", "remark"),
    [
        ("No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu", "Output", "Keterangan"),
        ("NO.", "URAIAN KEGIATAN", "PELAKSANA", "PERSYARATAN", "WAKTU", "OUTPUT", "KET."),
        ("No. Urut", "Aktivitas", "Aktor", "Persyaratan/Kelengkapan", "Durasi", "Keluaran", "Ket"),
        ("Nomor", "Langkah-langkah Kegiatan", "Pelaku", "Input", "Lama Waktu", "Hasil", "Catatan"),
        ("No", "Uraian\nProsedur", "Penanggung Jawab", "Bahan", "Jangka Waktu", "Out put", "Ket"),
        ("No", "Tahapan", "Unit Pelaksana", "Syarat", "Waktu (maks)", "Produk", "Keterangan"),
    ],
)
def test_columns_are_known_by_many_names(number, activity, actors, needs, time, output, remark):
    head = [
        [C(number, rows=2), C(activity, rows=2), C(actors, span=2), C("Mutu Baku", span=3),
         C(remark, rows=2)],
        ["Staf", "Kepala", needs, time, output],
    ]  # fmt: skip
    sop = assert_read([*head, STEP, NEXT])
    assert sop.steps[0].keterangan == "segera"


SHAPES = {
    "one line": [["No", "Kegiatan", "Staf", "Kepala", "Kelengkapan", "Waktu", "Output", "Ket"]],
    "groups above": [
        ["", "", C("Pelaksana", span=2), C("Mutu Baku", span=3), ""],
        ["No", "Kegiatan", "Staf", "Kepala", "Kelengkapan", "Waktu", "Output", "Ket"],
    ],
    "three lines": [
        [C("No", rows=3), C("Kegiatan", rows=3), C("Pelaksana", span=2), C("Mutu Baku", span=3),
         C("Ket", rows=3)],
        [C("Dinas", span=2), C("Kelengkapan", rows=2), C("Waktu", rows=2), C("Output", rows=2)],
        ["Staf", "Kepala"],
    ],
    "counted": [
        ["No", "Kegiatan", C("Pelaksana", span=2), C("Mutu Baku", span=3), "Ket"],
        ["", "", "Staf", "Kepala", "Kelengkapan", "Waktu", "Output", ""],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("write", [docx, xlsx, as_csv, as_tabs])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_heading_may_have_several_lines_merged_or_not(shape, write):
    assert_read([*SHAPES[shape], STEP, NEXT], write)


def test_a_heading_that_is_repeated_on_a_page_is_no_step():
    sop = assert_read([*SHAPES["groups above"], STEP, *SHAPES["groups above"], NEXT])
    assert len(sop.steps) == 2


def test_a_table_goes_on_in_the_next_one_and_a_page_may_show_fewer_actors():
    sop = understood(grids_of(docx([*SHAPES["three lines"], STEP], "", [NEXT]))).sop
    assert [step.actor for step in sop.steps] == [0, 1]
    page = [["No", "Kegiatan", C("Pelaksana"), "Waktu"], ["", "", "Kepala", ""],
            ["3", "Menandatangani", "V", "1 hari"]]  # fmt: skip
    more = understood(grids_of(docx([*SHAPES["three lines"], STEP], "", page))).sop
    assert [step.actor for step in more.steps] == [0, 1]


@pytest.mark.parametrize(
    "mark",
    ["V", "v", "x", "X", "✓", "✔", "√", "■", "□", "1", "•", "●", "*", "kotak", "Kapsul", "O"],
)
def test_any_mark_says_who_acts(mark):
    rows = [["1", "Membuat surat", mark, "-", *STEP[4:]], ["2", "Memeriksa", "", mark, *NEXT[4:]]]
    sop = assert_read([*SHAPES["one line"], *rows])
    assert {step.kind for step in sop.steps} == {ACTIVITY}


@pytest.mark.parametrize("mark", ["◇", "◆", "belah ketupat", "Diamond", "keputusan"])
def test_the_sign_or_the_name_of_a_diamond_is_a_decision(mark):
    rows = [STEP, ["2", "Memeriksa surat", "", mark, *NEXT[4:]]]
    assert read([*SHAPES["groups above"], *rows]).sop.steps[1].kind == DECISION


def test_a_box_is_no_decision_unless_the_words_name_its_ways():
    told = [["1", "Membuat surat jika disetujui", "kotak", "", *STEP[4:]],
            ["2", "Memeriksa, jika salah kembali ke 1", "", "kotak", *NEXT[4:]]]  # fmt: skip
    steps = read([*SHAPES["groups above"], *told]).sop.steps
    assert [step.kind for step in steps[:2]] == [ACTIVITY, DECISION]


def test_text_in_an_actors_column_is_a_mark_and_is_quoted():
    found = read([*SHAPES["groups above"], STEP, ["2", "Memeriksa", "", "paraf", *NEXT[4:]]])
    assert found.sop.steps[1].actor == 1
    assert any('"paraf"' in str(remark.said) for remark in found.remarks if remark.sort == "left")


def test_a_mutu_baku_in_one_column_is_divided_by_its_labels_or_by_its_time():
    head = ["No", "Kegiatan", "Pelaksana", "Mutu Baku", "Ket"]
    told = ["1", "Membuat", "Staf", "Kelengkapan: Blangko; Waktu: 10 menit; Output: Surat", ""]
    bare = ["2", "Memeriksa", "Kepala", "Surat\n1 jam\nParaf", ""]
    steps = read([head, told, bare]).sop.steps
    assert [(s.kelengkapan, s.waktu, s.output) for s in steps] == [
        ("Blangko", "10 menit", "Surat"),
        ("Surat", "1 jam", "Paraf"),
    ]


def test_one_cell_names_several_only_where_one_of_them_stands_alone_elsewhere():
    head = ["No", "Kegiatan", "Pelaksana", "Waktu"]
    both = ["1", "Membuat", "Kasubbag/Staf", "1 jam"]
    sop = read([head, both, ["2", "Mengirim", "Staf", "1 jam"]]).sop
    assert (sop.actors, sop.steps[0].keterangan) == (("Kasubbag", "Staf"), "bersama Staf")
    sop = read([head, both, ["2", "Mengirim", "Sub Bagian Umum dan Aset", "1 jam"]]).sop
    assert sop.actors == ("Kasubbag/Staf", "Sub Bagian Umum dan Aset")


def test_a_second_sop_in_a_file_is_left_and_said_so():
    head = SHAPES["one line"]
    other = ["1", "Membuat laporan", *STEP[2:]]
    found = understood(grids_of(docx([*head, STEP, NEXT], "", [*head, other])))
    assert len(found.sop.steps) == 2
    left = [str(remark.said) for remark in found.remarks if remark.sort == "left"]
    assert "Berkas ini memuat lebih dari satu tabel SOP; hanya yang pertama dibaca." in left
    assert any("Membuat laporan" in said for said in left)


def test_of_numbers_that_come_twice_the_nearest_row_is_meant():
    told = [["1", "Mencatat", "V", *NEXT[3:]], ["2", "Memeriksa; salah kembali ke 1", *NEXT[2:]]]
    sop = read([*SHAPES["groups above"], STEP, NEXT, *told]).sop
    assert [arrow.target for arrow in sop.after(3) if arrow.label == "Tidak"] == [2]


def test_rows_below_the_table_are_left_and_said_so():
    below = [["", "Jumlah waktu", "", "", "", "70 menit", "", ""], [C("Mengetahui", span=8)]]
    found = read([*SHAPES["groups above"], STEP, NEXT, *below])
    assert len(found.sop.steps) == 2
    left = [str(remark.said) for remark in found.remarks if remark.sort == "left"]
    assert [
        any(word in said for said in left) for word in ("Jumlah", "70 menit", "Mengetahui")
    ] == [True] * 3


def test_a_row_without_a_number_goes_on_with_the_one_above_when_it_says_so():
    more = ["", "dan mengirimkannya", "", "", "Amplop", "", "", ""]
    sop = read([*SHAPES["groups above"], STEP, more, NEXT]).sop
    assert sop.steps[0].activity == "Membuat surat dan mengirimkannya"
    assert sop.steps[0].kelengkapan == "Blangko; Amplop"


def test_words_in_angle_brackets_are_to_be_filled_in_and_marks_of_html_are_none():
    told = ["1", '<p class="x">Memanggil <b><nama pegawai></b></p>', *STEP[2:]]
    sop = read([*SHAPES["groups above"], told, NEXT]).sop
    assert sop.steps[0].activity == "Memanggil <nama pegawai>"


def test_a_column_of_marks_headed_like_who_acts_is_one_of_them():
    head = ["No", "Kegiatan", "Petugas", "Kepala", "Kelengkapan", "Waktu", "Output", "Ket"]
    assert_read([head, STEP, NEXT], actors=("Petugas", "Kepala"))
    named = [["1", "Membuat", "A", "x"], ["2", "Memeriksa", "B", "teliti"]]
    sop = read([["No", "Kegiatan", "Petugas", "Catatan lain"], *named]).sop
    assert sop.actors == ("A", "B")
