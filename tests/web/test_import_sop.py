"""Making a diagram of an SOP's table on the command line."""

import json
from pathlib import Path

import pytest

from bpmn.elements import diagrams
from bpmn.reading import read

TABLES = Path(__file__).parents[1] / "sop" / "tables"
SKP = TABLES / "skp_collection.txt"


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "hasil.bpmn"


def lanes(file: Path) -> list[str]:
    (diagram,) = diagrams(read(file.read_bytes()))
    return [lane.name for lane in diagram.lanes]


def test_a_table_becomes_a_diagram_that_passes_the_check(alur, out):
    done = alur("import-sop", SKP, "-o", out)
    assert done.returncode == 0
    assert 'baris 29: dugaan: "Tidak" menuju 3, dari kata "jika tidak disetujui' in done.stdout
    assert done.stderr.startswith("8 kegiatan; ")
    assert alur("check", out).returncode == 0


def test_answers_go_over_guesses(alur, out, tmp_path):
    answers = tmp_path / "jawaban.json"
    names = ["Staf", "Penilai", "Pegawai", "Atasan Penilai"]
    olds = ["Staf Pelaksana", "Pejabat Penilai", None, "Atasan Pjb. Penilai"]
    columns = list(zip(names, olds, strict=True))
    answers.write_text(json.dumps({"columns": columns, "waktu": {"0": "1 hari"}}))
    alur("import-sop", SKP, "-o", out, "--answers", answers)
    assert lanes(out) == names
    assert 'name="1 hari"' in out.read_text()


@pytest.mark.parametrize("given", ["{", "[]", '{"actors": {"0": 1}}', "[" * 100_000])
def test_broken_answers_are_said_in_one_line_and_nothing_is_written(refused, out, tmp_path, given):
    answers = tmp_path / "jawaban.json"
    answers.write_text(given)
    said = refused("import-sop", SKP, "-o", out, "--answers", answers)
    assert "bukan berkas jawaban yang benar" in said
    assert not out.exists()


def test_the_report_is_there_in_json(alur, out):
    told = json.loads(alur("import-sop", SKP, "-o", out, "--format", "json").stdout)
    assert told["activities"] == 8
    assert {"place": 3, "row": 29, "part": "kind", "sort": "guess"}.items() <= next(
        remark for remark in told["remarks"] if remark["part"] == "kind"
    ).items()


def test_no_file_is_overwritten_unasked(alur, refused, out):
    out.write_text("milik orang lain")
    assert "sudah ada" in refused("import-sop", SKP, "-o", out)
    assert out.read_text() == "milik orang lain"
    assert alur("import-sop", SKP, "-o", out, "--replace").returncode == 0


def test_what_is_no_table_is_said_in_one_line(refused, out, tmp_path):
    bad = tmp_path / "surat.txt"
    bad.write_text("Yth. Kepala Dinas")
    assert "Tabel SOP tidak ditemukan" in refused("import-sop", bad, "-o", out)
    assert "tidak dapat dibaca" in refused("import-sop", tmp_path / "tidak-ada.docx", "-o", out)
    assert not out.exists()


def test_many_tables_go_into_a_folder_and_a_bad_one_keeps_no_other_from_it(alur, tmp_path):
    bad, folder = tmp_path / "surat.txt", tmp_path / "hasil"
    bad.write_text("Yth. Kepala Dinas")
    done = alur("import-sop", SKP, bad, TABLES / "cuti.md", "--out-dir", folder)
    assert done.returncode == 1
    assert sorted(file.name for file in folder.iterdir()) == ["cuti.bpmn", "skp_collection.bpmn"]
    assert f"{bad}: Tabel SOP tidak ditemukan" in done.stdout
    assert f"{SKP}: 8 kegiatan; " in done.stdout


def test_two_tables_of_one_name_do_not_overwrite_each_other(alur, tmp_path):
    folder, other = tmp_path / "hasil", tmp_path / "cuti.txt"
    other.write_bytes(SKP.read_bytes())
    done = alur("import-sop", TABLES / "cuti.md", other, "--out-dir", folder, "--replace")
    assert done.returncode == 1
    assert "cuti.bpmn sudah ada" in done.stdout
    assert lanes(folder / "cuti.bpmn") == ["Pegawai", "Pengelola Kepegawaian", "Kasubbag"]


@pytest.mark.parametrize(
    "options",
    [[], ["-o", "x", "--out-dir", "y"], ["--out-dir", "y", "--answers", "z"]],
)
def test_it_is_said_what_goes_where(refused, options):
    assert "Satu tabel dengan -o" in refused("import-sop", SKP, *options)


def test_what_the_check_stops_at_is_reported(alur, out, tmp_path):
    table = tmp_path / "tabel.csv"
    table.write_text("No,Kegiatan,Waktu\n1,Menerima surat,10 menit\n")
    done = alur("import-sop", table, "-o", out)
    assert "blocking: Lane_1:" in done.stdout
    told = json.loads(alur("import-sop", table, "-o", out, "--replace", "--format", "json").stdout)
    assert [found["element"] for found in told["findings"]] == ["Lane_1"]


def test_many_tables_become_diagrams_and_papers(alur, tmp_path):
    tables, drawn, papers = (tmp_path / name for name in ("tabel", "diagram", "kertas"))
    tables.mkdir()
    for number in range(3):
        (tables / f"sop-{number}.txt").write_bytes(SKP.read_bytes())
    (tables / "surat.txt").write_text("Yth. Kepala Dinas")
    done = alur("import-sop", *sorted(tables.iterdir()), "--out-dir", drawn)
    assert done.returncode == 1
    assert f"{tables / 'surat.txt'}: Tabel SOP tidak ditemukan" in done.stdout
    assert len(list(drawn.iterdir())) == 3
    (drawn / "rusak.bpmn").write_text("<")
    done = alur("sop", *sorted(drawn.iterdir()), "--out-dir", papers)
    assert done.returncode == 1
    assert f"{drawn / 'rusak.bpmn'}: " in done.stderr
    assert [file.read_bytes()[:5] for file in papers.iterdir()] == [b"%PDF-"] * 3
