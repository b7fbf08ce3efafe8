"""What sentences of SOPs say of where a case goes on, to whom, and what decides it."""

import pytest

from bpmn.sop.table.clauses import acts_in, asks_for_a_choice, handed_to, together_with, ways
from bpmn.sop.table.words import Names

NAMES = Names(("Staf Pelaksana", "Pejabat Penilai", "Pegawai", "Atasan Pjb. Penilai",
               "Kasubbag Umum dan Kepegawaian", "Kepala Dinas"))  # fmt: skip
STAFF, ASSESSOR, EMPLOYEE, SUPERIOR, HEAD_OF_SECTION, HEAD = range(6)


def led(text: str, *, decides: bool = False) -> list[tuple]:
    return [
        (way.condition, way.to or (way.actor, way.back))
        for way in ways(text, NAMES, decides=decides)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Memeriksa berkas, jika tidak lengkap kembali ke 2", [("tidak lengkap", ("2",))]),
        ("lanjut ke 5, ditolak ke 7", [("", ("5",)), ("ditolak", ("7",))]),
        ("Ya: ke 5; Tidak: ke 3", [("ya", ("5",)), ("tidak", ("3",))]),
        ("Ya → 5, Tidak → 3", [("ya", ("5",)), ("tidak", ("3",))]),
        ("Y ke 5, T ke 3", [("ya", ("5",)), ("tidak", ("3",))]),
        ("Kembali ke 2 jika tidak lengkap", [("tidak lengkap", ("2",))]),
        ("Jika ringan ke 4, sedang ke 5, berat ke 6",
         [("ringan", ("4",)), ("sedang", ("5",)), ("berat", ("6",))]),
        ("Lengkap lanjut ke no. 4, tidak lengkap kembali ke no. 1",
         [("lengkap", ("4",)), ("tidak lengkap", ("1",))]),
        ("Memeriksa; jika setuju ke 6 jika tidak ke 3", [("setuju", ("6",)), ("tidak", ("3",))]),
        ("Jika tidak lengkap dan/atau tidak sesuai kembali ke kegiatan 2",
         [("tidak lengkap dan/atau tidak sesuai", ("2",))]),
        ("Jika nilai di atas 50 juta, lanjut ke langkah 7, selain itu lanjut ke langkah 5",
         [("nilai di atas 50 juta", ("7",)), ("selain itu", ("5",))]),
        ("Jika disetujui lanjut ke langkah 4 dan 5, jika ditolak ke langkah 7",
         [("disetujui", ("4", "5")), ("ditolak", ("7",))]),
        ("lanjut ke 4 dan 5", [("", ("4", "5"))]),
        ("lanjut ke langkah 4 dan langkah 5 secara bersamaan", [("", ("4", "5"))]),
        ("lanjut ke kegiatan berikutnya", [("", ("next",))]),
        ("jika salah kembali ke langkah sebelumnya", [("salah", ("before",))]),
        ("Apabila ditolak, proses selesai", [("ditolak", ("end",))]),
        ("jika tidak memenuhi syarat, tidak dapat diproses",
         [("tidak memenuhi syarat", ("end",))]),
        ("proses dihentikan", [("", ("end",))]),
    ],
)  # fmt: skip
def test_ways_are_found_with_their_conditions(text, expected):
    assert led(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Berkas yang tidak lengkap dikembalikan kepada staf pelaksana",
         [("tidak lengkap", (STAFF, True))]),
        ("jika tidak disetujui pegawai mengkonfirmasi kepada pejabat penilai",
         [("tidak disetujui pegawai", (ASSESSOR, True))]),
        ("Jika disetujui diteruskan kepada Kepala Dinas", [("disetujui", (HEAD, False))]),
        ("Jika ada kekurangan dikembalikan ke Kasubbag Umum",
         [("ada kekurangan", (HEAD_OF_SECTION, True))]),
    ],
)  # fmt: skip
def test_what_is_handed_on_under_a_condition_is_a_way_to_somebody(text, expected):
    assert led(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Menyampaikan surat ke 3 bidang", "Sesuai Undang-undang Nomor 5 Tahun 2014",
        "Menggandakan surat ke 2 rangkap", "Bila perlu melakukan rapat", "Menerima SKP tahun 2021",
        "Mengembalikan berkas ke staf pelaksana", "Lembar ke 2 disimpan", "Pukul 10.00 s.d. 12.00",
        "Memeriksa 2 berkas dan 3 lampiran", "Melanjutkan pekerjaan selama 3 hari",
    ],
)  # fmt: skip
def test_what_is_no_way_is_not_taken_for_one(text):
    assert led(text) == []


def test_the_row_of_a_diamond_says_in_a_word_when_it_goes_where():
    said = "Menilai arsip. Musnah ke 3, simpan ke 4"
    assert led(said, decides=True) == [("musnah", ("3",)), ("simpan", ("4",))]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Menyerahkan kepada pejabat penilai sesuai dengan jenjang jabatannya", ASSESSOR),
        ("diserahkan secara langsung kepada pegawai yang dinilai", EMPLOYEE),
        ("diserahkan kepada atasan pejabat penilai", SUPERIOR),
        ("mengembalikannya ke pjb. penilai", ASSESSOR),
        ("Meneruskan kepada Kepala Sub Bagian Umum", HEAD_OF_SECTION),
        ("Membuat surat, jika tidak setuju diserahkan kepada pegawai", None),
        ("Menyimpan surat", None),
    ],
)
def test_to_whom_work_is_handed_is_found_by_any_form_of_the_name(text, who):
    found = handed_to(text, NAMES)
    assert (found and found[0]) == who


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Pegawai mengisi formulir", EMPLOYEE),
        ("SKP dari kepada pejabat penilai diserahkan kepada atasan", ASSESSOR),
        ("Surat ditandatangani oleh Kepala Dinas", HEAD),
        ("Menyimpan surat yang telah ditandatangani oleh Kepala Dinas", None),
        ("Menerima SKP dari pejabat penilai", None),
    ],
)
def test_who_acts_is_found_in_a_texts_own_words(text, who):
    found = acts_in(text, NAMES)
    assert (found and found[0]) == who


def test_two_outcomes_side_by_side_ask_for_a_choice():
    assert asks_for_a_choice("Memeriksa konsep, setuju/tidak") == "setuju/tidak"
    assert asks_for_a_choice("Menyetujui atau menolak cuti") == "menyetujui atau menolak"
    assert not asks_for_a_choice("Membuat surat penolakan")


def test_what_is_done_at_the_same_time_is_found_by_its_number():
    assert together_with("bersamaan dengan langkah 5") == "5"
    assert not together_with("dikerjakan bersamaan")
