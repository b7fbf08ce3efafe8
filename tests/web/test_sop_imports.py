"""Tables of SOPs on the pages of an analyst: brought, put right, taken to the modeler."""

import io
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bpmn.elements import diagrams
from bpmn.reading import read
from bpmn.sop.folding import folded
from bpmn.sop.table import Answers
from engine import people, sop_imports
from engine.models import SopImport
from engine.spreadsheets import as_xlsx

SKP = Path(__file__).parents[1] / "sop" / "tables" / "skp_collection.txt"
HEAD = ["No", "Kegiatan", "Pemohon", "Sekretaris", "Waktu", "Output"]
ROWS = [
    ["1", "Mengajukan permohonan", "v", "", "10 menit", "Permohonan"],
    ["2", "Memeriksa permohonan, jika tidak lengkap kembali ke 1", "", "v", "1 jam", "Berkas"],
    ["3", "Menyerahkan surat", "", "", "5 menit", "Surat"],
]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _markdown(rows=(HEAD, ["---"] * 6, *ROWS)):
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _document(rows=(HEAD, *ROWS)):
    cells = ["".join(f"<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>" for c in r) for r in rows]
    table = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    body = f'<w:document xmlns:w="{WORD}"><w:body><w:tbl>{table}</w:tbl></w:body></w:document>'
    return _zip({"word/document.xml": body.encode()})


def _zip(parts):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return packed.getvalue()


def _bomb():
    """A document that is small until somebody unpacks it."""
    return _zip({"word/document.xml": b"<a/>", "word/media/x.xml": b"0" * 250_000_000})


TABLE = _markdown()


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


@pytest.fixture
def bring(analyst):
    """``bring(data, name)``: the answer to a file."""

    def brought(data, name="permohonan.md"):
        return analyst.post("/modeler/imports", {"file": (BytesIO(data), name)})

    return brought


@pytest.fixture
def here(bring):
    """The address of an import of the table."""
    return bring(TABLE.encode()).location


@pytest.fixture
def shown(site, here):
    """``shown()``: what the engine understands of the import."""

    def opened():
        with site.db.read() as session:
            actor = people.actor(session, site.ids["analyst"])
            return sop_imports.opened(session, actor, int(here.rpartition("/")[2]))

    return opened


def _kept(site):
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(SopImport))


def _row(page, place):
    """The words of a row."""
    (row,) = page.tree.xpath("//tr[@id=$id]", id=f"baris-{place}")
    return " ".join(row.text_content().split())


def _answer(**changed):
    """The form of the second row as it stands, with some of it changed."""
    stands = {"revision": "1", "actor": "Sekretaris", "kind": "decision", "waktu": "1 jam",
              "label": ["Tidak", "Ya", ""], "target": ["0", "2", ""]}  # fmt: skip
    return stands | changed


def _actors(page, names, order):
    """The form of those who act on a page, with other names and another order."""
    form = {one: page.tree.xpath(f"//input[@name='{one}']/@value") for one in ("table", "was")}
    (revision,) = set(page.tree.xpath("//input[@name='revision']/@value"))
    return form | {"revision": revision, "name": names, "order": order}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TABLE.encode(), "permohonan.md"),
        ("\n".join("\t".join(row) for row in (HEAD, *ROWS)).encode(), "permohonan.txt"),
        ("\n".join(";".join(row) for row in (HEAD, *ROWS)).encode(), "permohonan.csv"),
        (as_xlsx([HEAD, *ROWS]), "permohonan.xlsx"),
        (_document(), "permohonan.docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_table_is_shown_as_it_was_understood_with_its_diagram(analyst, bring, data, name):
    brought = bring(data, name)
    assert brought.status == 303
    page = analyst.get(brought.location)
    assert _row(page, 0).startswith("1 Mengajukan permohonan– → Permohonan Pemohon 10 menit 2 Ubah")
    assert "Keputusan" in _row(page, 1)
    assert "jika tidak lengkap kembali ke 1" in _row(page, 1)
    assert name in page.text
    (address,) = page.tree.xpath("//@data-diagram")
    (diagram,) = diagrams(read(analyst.get(address).response.data))
    assert [step.activity for step in folded(diagram).sop.steps] == [row[1] for row in ROWS]


def test_a_text_is_pasted(analyst):
    brought = analyst.post("/modeler/imports", {"text": TABLE.replace("\n", "\r\n")})
    assert brought.status == 303
    assert "Teks yang ditempel" in analyst.get(brought.location).text


def test_the_path_of_a_file_is_not_kept(analyst, bring):
    page = analyst.get(bring(TABLE.encode(), "/home/wulandari/sop.md").location)
    assert "sop.md" in page.text
    assert "wulandari" not in page.text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"PK\x03\x04rusak", "rusak.docx", "rusak"),
        (_document()[:-40], "terpotong.docx", "rusak"),
        (_zip({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"}), "a.docm", "makro"),
        (_zip({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "a.xlsm", "makro"),
        (_bomb(), "bom.docx", "terlalu besar"),
        (b"Nama;Alamat\nSiti;Pontianak\n", "alamat.csv", "tidak ada baris judul"),
        (_markdown([HEAD, ["---"] * 6]).encode(), "kosong.md", "kegiatan"),
        (b"", "nihil.txt", "kosong"),
        (b"%PDF-1.7 x", "a.pdf", "PDF"),
        (b"x" * 20_000_001, "besar.txt", "20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_cannot_be_read_is_said_in_one_line_and_not_kept(site, bring, data, name, said):
    page = bring(data, name)
    assert page.status == 422
    (line,) = page.tree.xpath("//*[@role='alert']//li")
    told = " ".join(line.text_content().split())
    assert told.startswith(f"{name}: ")
    assert said in told
    assert len(told) < 250
    assert _kept(site) == 0


def test_nothing_and_too_much_are_refused(site, analyst, bring):
    page = analyst.post("/modeler/imports")
    assert (page.status, page.said) == (422, ["Pilih berkas atau tempelkan teksnya dahulu."])
    assert bring(b"x" * 61_000_000).status == 413
    assert _kept(site) == 0


def test_many_files_become_an_import_each_and_the_list_sums_them_up(site, analyst):
    files = [(BytesIO(TABLE.replace("surat", f"surat {n}").encode()), f"sop-{n}.md")
             for n in range(100)]  # fmt: skip
    answer = analyst.post("/modeler/imports", {"file": files})
    assert (answer.status, answer.location) == (303, "/modeler/imports")
    page = analyst.get(answer.location)
    assert page.said == ["100 tabel dibaca."]
    assert _kept(site) == 100
    assert len(page.source.encode()) <= 20_000
    guesses = []
    while page is not None:
        guesses += map(int, page.tree.xpath("//td[@data-label='Diduga']/text()"))
        further = page.tree.xpath("//a[.='Yang sebelumnya']/@href")
        summed = f"100 impor, {sum(guesses)} hal diduga" in page.text
        page = analyst.get(further[0]) if further else None
    assert (len(guesses), summed) == (100, True)


def test_of_many_files_those_that_cannot_be_read_are_named(site, analyst):
    files = [(BytesIO(TABLE.encode()), "baik.md"), (BytesIO(b"PK\x03\x04"), "rusak.docx"),
             (BytesIO(b"bukan tabel"), "surat.txt")]  # fmt: skip
    page = analyst.post("/modeler/imports", {"file": files})
    assert page.status == 422
    lines = page.tree.xpath("//*[@role='alert']//li/strong/text()")
    assert lines == ["rusak.docx", "surat.txt"]
    assert "1 lainnya terbaca" in page.text
    assert _kept(site) == 1


def test_a_row_is_opened_and_put_right(analyst, here, shown):
    page = analyst.get(f"{here}?row=1")
    assert page.value("waktu") == "1 jam"
    chosen = page.tree.xpath("//tr[@class='open']//option[@selected]/text()")
    assert chosen == [
        "Sekretaris", "Keputusan", "3 Menyerahkan surat", "1 Mengajukan permohonan"
    ]  # fmt: skip
    changed = _answer(
        actor="Pemohon", waktu="2 jam", label=["Lengkap", "Belum"], target=["2", "end"]
    )
    answer = analyst.post(f"{here}/rows/1", changed)
    assert (answer.status, answer.location) == (303, f"{here}#baris-1")
    page = analyst.get(here)
    assert "Pemohon 2 jam Lengkap: 3; Belum: selesai" in _row(page, 1)
    step = shown().found.sop.steps[1]
    assert (step.actor, step.waktu) == (0, "2 jam")
    assert shown().answers.ways == {1: (("Lengkap", 2), ("Belum", None))}


def test_the_picture_changes_with_the_row_at_once(analyst, here):
    before = analyst.get(here).tree.xpath("//@data-diagram")
    page = analyst.script(f"{here}/rows/1", _answer(waktu="2 jam"))
    assert page.status == 200
    assert page.source.lstrip().startswith("<main")
    assert page.tree.xpath("//@data-diagram") != before
    (address,) = page.tree.xpath("//@data-diagram")
    assert 'name="2 jam"' in analyst.get(address).source
    (held,) = page.tree.xpath("//*[@autofocus]")
    assert held.get("href").endswith("?row=1")


def test_what_is_sent_as_it_was_read_is_no_answer_but_a_guess_is_confirmed(analyst, here, shown):
    analyst.post(f"{here}/rows/0", {"revision": "1", "actor": "Pemohon", "kind": "activity",
                                    "waktu": "10 menit", "label": "", "target": "1"})  # fmt: skip
    assert shown().answers == Answers()
    assert shown().kept.revision == 1
    analyst.post(f"{here}/rows/1", _answer())
    assert shown().answers == Answers(kinds={1: "decision"}, ways={1: (("Tidak", 0), ("Ya", 2))})
    assert {one.part for one in shown().remarks if one.place == 1} == set()


def test_an_activity_becomes_a_decision_and_back(analyst, here, shown):
    as_read = {"actor": "Sekretaris", "waktu": "5 menit", "label": "", "target": ""}
    analyst.post(f"{here}/rows/2", {"revision": "1", "kind": "decision"} | as_read)
    assert {arrow.label for arrow in shown().found.sop.after(2)} == {"Ya", "Tidak"}
    ways = {"label": ["Ya", "Tidak"], "target": ["end", "1"]}
    analyst.post(f"{here}/rows/2", {"revision": "2", "kind": "decision"} | as_read | ways)
    assert shown().answers.ways == {2: (("Ya", None), ("Tidak", 1))}
    analyst.post(f"{here}/rows/2", {"revision": "3", "kind": "activity"} | as_read | ways)
    assert shown().answers.ways == {}
    assert [arrow.target for arrow in shown().found.sop.after(2)] == []


def test_ways_that_stood_there_go_with_the_kind_that_had_them(analyst, here, shown):
    row = {"actor": "Pemohon", "waktu": "10 menit", "label": ["", ""], "target": ["1", "2"]}
    analyst.post(f"{here}/rows/0", row | {"revision": "1", "kind": "activity"})
    assert shown().answers.ways == {0: (("", 1), ("", 2))}
    ended = row | {"revision": "2", "kind": "end"}
    assert analyst.post(f"{here}/rows/0", ended).status == 303
    assert shown().answers == Answers(kinds={0: "end"})
    assert shown().found.sop.after(0) == ()


def test_parallel_ways_that_are_to_decide_are_asked_for_their_answers(analyst, here, shown):
    row = {"actor": "Pemohon", "waktu": "10 menit", "label": ["", ""], "target": ["1", "2"]}
    analyst.post(f"{here}/rows/0", row | {"revision": "1", "kind": "activity"})
    assert shown().answers.ways == {0: (("", 1), ("", 2))}
    page = analyst.script(f"{here}/rows/0", row | {"revision": "2", "kind": "decision"})
    assert (page.status, "Setiap arah keputusan" in page.text) == (422, True)


def test_the_start_is_nowhere_that_a_row_leads_to(analyst, bring, site):
    rows = [HEAD, ["---"] * 6, ["", "Mulai", "v", "", "", ""], *ROWS]
    here = bring(_markdown(rows).encode()).location
    page = analyst.get(f"{here}?row=3")
    targets = page.tree.xpath("(//select[@name='target'])[1]/option/@value")
    assert targets == ["", "1", "2", "3", "end"]
    given = {"revision": "1", "actor": "Sekretaris", "kind": "activity", "waktu": "5 menit"}
    page = analyst.script(f"{here}/rows/3", given | {"label": "", "target": "0"})
    assert (page.status, "Mulai bukan tujuan" in page.text) == (422, True)
    assert analyst.script(f"{here}/rows/3", given | {"label": "", "target": "1"}).status == 200


def test_what_was_said_of_a_row_is_taken_back(analyst, here, shown):
    assert "Kembali ke yang dibaca" not in analyst.get(f"{here}?row=1").text
    analyst.post(f"{here}/rows/1", _answer(waktu="2 jam"))
    assert "Kembali ke yang dibaca" in analyst.get(f"{here}?row=1").text
    analyst.post(f"{here}/rows/1", {"revision": "2", "forget": "1"})
    assert shown().answers == Answers()
    assert "1 jam" in _row(analyst.get(here), 1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"actor": "Bupati"}, "Pelaksana atau jenis langkah itu tidak ada."),
        ({"kind": "pesta"}, "Pelaksana atau jenis langkah itu tidak ada."),
        ({"target": ["9", "2"]}, "Baris tujuan itu tidak ada."),
        ({"target": ["-1", "x"]}, "Baris tujuan itu tidak ada."),
        ({"label": ["Ya", " "], "target": ["1", "2"]}, "Setiap arah keputusan memerlukan jawaban"),
        ({"waktu": "x" * 501}, "terlalu panjang"),
        ({"label": [""], "target": ["2"]}, "Setiap arah keputusan memerlukan jawaban"),
        ({"label": ["Ya", "Tidak"], "target": ["2", ""]}, "Pilih tujuan untuk setiap jawaban"),
        ({"kind": "end", "label": ["Ya", ""], "target": ["2", ""]}, "Selesai tidak berlanjut"),
        ({"kind": "end", "label": ["", ""], "target": ["0", ""]}, "Selesai tidak berlanjut"),
        ({"kind": "activity", "label": ["Ya", "Ulang"]}, "Jawaban hanya untuk keputusan"),
        ({"kind": "activity", "label": ["Ya"], "target": ["2"]}, "Jawaban hanya untuk keputusan"),
        ({"kind": "activity", "label": ["Ya"], "target": [""]}, "Jawaban hanya untuk keputusan"),
        ({"kind": "start", "label": ["Ya"], "target": ["2"]}, "Jawaban hanya untuk keputusan"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_in_its_form_and_stays_there(
    analyst, here, shown, changed, said
):
    page = analyst.script(f"{here}/rows/1", _answer(waktu="3 jam") | changed)
    assert page.status == 422
    (told,) = page.tree.xpath("//tr[@class='open']//*[@role='alert']")
    assert said in told.text_content()
    assert page.value("waktu") == changed.get("waktu", "3 jam")
    assert shown().kept.revision == 1


def test_an_older_window_is_told_and_keeps_what_was_typed_in_it(analyst, here, shown):
    analyst.post(f"{here}/rows/1", _answer(waktu="2 jam"))
    page = analyst.script(f"{here}/rows/1", _answer(waktu="3 jam"))
    assert page.status == 409
    assert "sudah diubah di jendela lain" in page.text
    assert page.value("waktu") == "3 jam"
    assert shown().found.sop.steps[1].waktu == "2 jam"
    (revision, *_) = page.tree.xpath("//tr[@class='open']//input[@name='revision']/@value")
    assert analyst.post(f"{here}/rows/1", _answer(waktu="3 jam", revision=revision)).status == 303
    assert shown().found.sop.steps[1].waktu == "3 jam"


@pytest.mark.parametrize(
    ("status", "revision", "last", "warning"),
    [(409, "1", "Lurah", "Awas"), (422, "2", "Warga", "x" * 5001)],
)
def test_what_was_typed_of_actors_and_identity_stays_in_its_form(
    analyst, here, shown, status, revision, last, warning
):
    analyst.post(f"{here}/rows/1", _answer(waktu="2 jam"))
    names = {"name": ["Warga", "Camat", last, ""], "order": ["3", "1", "x", "4"]}
    page = analyst.script(f"{here}/actors", {"revision": revision} | names)
    assert page.status == status
    (form,) = page.tree.xpath("//section[@id='pelaksana']/form")
    assert form.xpath(".//input[@name='name']/@value") == ["Warga", "Camat", last, ""]
    assert form.xpath(".//input[@name='order']/@value") == ["3", "1", "x", "4"]
    assert len(form.xpath(".//*[@role='alert']")) == 1
    given = {"nama": "Surat  baru", "dasar_hukum": "UU 5\nPP 30", "peringatan": warning}
    page = analyst.script(f"{here}/identity", {"revision": revision} | given)
    assert page.status == status
    (form,) = page.tree.xpath("//section[@id='identitas']/form")
    assert {name: page.value(name) for name in given} == given
    assert len(form.xpath(".//*[@role='alert']")) == 1
    assert form.xpath("./input[@name='revision']/@value") == ["2"]
    assert shown().kept.revision == 2


@pytest.mark.parametrize("way", ["actors", "identity", "accept", "draw"])
def test_an_older_window_changes_nothing_else_either(analyst, here, shown, way):
    analyst.post(f"{here}/rows/1", _answer(waktu="2 jam"))
    before = shown().answers
    given = {"revision": "1", "name": ["A", "B"], "order": ["1", "2"], "nama": "Baru"}
    page = analyst.post(f"{here}/{way}", given)
    assert (page.status, "jendela lain" in page.text) == (409, True)
    assert shown().answers == before


def test_where_no_mark_is_left_every_row_is_asked_with_its_proposal(analyst, bring):
    page = analyst.get(bring(SKP.read_bytes(), "skp.txt").location)
    assert "tidak menunjukkan siapa yang mengerjakan setiap langkah" in page.text
    proposed = page.tree.xpath("//select[@form='terima']/option[@selected]/text()")
    assert proposed == [
        "Staf Pelaksana", "Staf Pelaksana", "Pejabat Penilai", "Pegawai", "Pejabat Penilai",
        "Atasan Pjb. Penilai", "Pejabat Penilai", "Pegawai",
    ]  # fmt: skip
    assert len(page.source.encode()) <= 20_000


def test_what_is_confirmed_of_a_row_leaves_the_first_rows_as_they_were_proposed(analyst, bring):
    here = bring(SKP.read_bytes(), "skp.txt").location
    analyst.post(f"{here}/accept", {"revision": "1", "only": "3", "actor-3": "Pegawai"})
    proposed = analyst.get(here).tree.xpath("//select[@form='terima']/option[@selected]/text()")
    assert proposed[:2] == ["Staf Pelaksana", "Staf Pelaksana"]


def test_the_proposals_that_remain_are_accepted_at_once(analyst, bring, site):
    here = bring(SKP.read_bytes(), "skp.txt").location
    one = analyst.post(f"{here}/accept", {"revision": "1", "only": "1", "actor-1": "Pegawai"})
    assert one.location == f"{here}#baris-1"
    page = analyst.get(here)
    assert not page.tree.xpath("//select[@name='actor-1']")
    assert "Pegawai 15 menit" in _row(page, 1)
    analyst.post(f"{here}/accept", {"revision": "2", "actor-0": "Staf Pelaksana"})
    page = analyst.get(here)
    assert "Staf Pelaksana 10 menit" in _row(page, 0)
    assert "Diduga" not in page.text
    assert "Tidak ada dugaan" in page.text
    assert "Terima" not in page.text


def test_an_end_without_a_row_is_shown_and_not_asked_about(analyst, bring):
    table = TABLE.replace("kembali ke 1", "proses selesai")
    here = bring(table.encode()).location
    page = analyst.get(here)
    assert "Selesai" in _row(page, 3)
    assert "Ubah" not in _row(page, 3)
    assert analyst.get(f"{here}?row=3").status == 404
    analyst.post(f"{here}/accept", {"revision": "1"})
    page = analyst.get(here)
    assert "Tidak: selesai" in _row(page, 1)
    assert "Tidak ada dugaan" in page.text
    analyst.post(f"{here}/rows/1", _answer(revision="2"))
    assert not analyst.get(here).tree.xpath("//tr[@id='baris-3']")
    assert "tidak ada barisnya" not in analyst.get(here).text


def test_a_first_row_may_go_back_to_itself(analyst, bring):
    table = TABLE.replace("Mengajukan permohonan", "Memeriksa, jika tidak lengkap kembali ke 1")
    here = bring(table.encode()).location
    page = analyst.get(f"{here}?row=0")
    chosen = page.tree.xpath("//tr[@class='open']//select[@name='target']/option[@selected]/@value")
    assert sorted(chosen) == ["0", "1"]


def test_an_actor_that_is_none_is_not_accepted(analyst, here, shown):
    analyst.post(f"{here}/accept", {"revision": "1", "actor-2": "Bupati"})
    assert 2 not in shown().answers.actors
    assert analyst.post(f"{here}/accept", {"revision": "2", "only": "99"}).status == 404
    assert analyst.post(f"{here}/accept", {"revision": "2", "only": "-1"}).status == 404


def test_what_no_diagram_can_hold_is_dropped_from_what_is_typed(analyst, here, shown):
    ways = {"label": ["Y\x01a", "Ti\x0bdak"], "target": ["2", "0"]}
    analyst.post(f"{here}/rows/1", _answer(waktu="2\x08 \x1fjam") | ways)
    form = _actors(analyst.get(f"{here}?part=pelaksana"), ["War\ufffega", "", ""], ["1", "2", "3"])
    analyst.post(f"{here}/actors", form)
    analyst.post(f"{here}/identity", {"revision": "3", "nama": "A\x01B", "dasar_hukum": "UU\x025"})
    opened = shown()
    assert opened.kept.revision == 4
    assert (opened.found.sop.identity.nama, opened.found.sop.actors) == ("AB", ("Warga",))
    assert opened.found.sop.identity.dasar_hukum == ("UU5",)
    assert opened.answers.ways == {1: (("Ya", 2), ("Tidak", 0))}
    assert opened.found.sop.steps[1].waktu == "2 jam"
    assert analyst.get(f"{here}/diagram.bpmn").status == 200
    assert analyst.post(f"{here}/draw", {"revision": "4"}).status == 303


def test_what_no_database_can_hold_is_dropped_from_the_name_of_a_file(analyst, bring):
    assert "sop.md" in analyst.get(bring(TABLE.encode(), "s\x00op.md").location).text


def test_actors_are_renamed_and_put_in_order_and_answers_go_along(analyst, here, shown):
    analyst.post(f"{here}/accept", {"revision": "1", "only": "2", "actor-2": "Pemohon"})
    page = analyst.get(f"{here}?part=pelaksana")
    assert page.tree.xpath("//input[@name='name']/@value") == ["Pemohon", "Sekretaris", ""]
    changed = _actors(page, ["Warga", "Sekretaris", "Camat"], ["2", "1", "3"])
    analyst.post(f"{here}/actors", changed)
    sop = shown().found.sop
    assert sop.actors == ("Sekretaris", "Warga", "Camat")
    assert [sop.actors[step.actor] for step in sop.steps] == ["Warga", "Sekretaris", "Warga"]


def test_an_actor_keeps_rows_whatever_is_renamed_moved_taken_out_and_added_beside(
    analyst, bring, site
):
    rows = [[*HEAD[:2], "Pelaksana", "Waktu"]] + [
        [str(n), "Menulis", who, "1 jam"] for n, who in enumerate(("Staf", "Kasi", "Camat"), 1)
    ]
    here = bring("\n".join(map(";".join, rows)).encode(), "a.csv").location
    part = f"{here}?part=pelaksana"
    names = ["", "Arsiparis", "Bupati", "Lurah"]
    analyst.post(f"{here}/actors", _actors(analyst.get(part), names, ["1", "3", "2", "1"]))
    analyst.post(f"{here}/accept", {"revision": "2", "only": "0", "actor-0": "Lurah"})
    page = analyst.get(part)
    assert page.tree.xpath("//input[@name='name']/@value") == ["Lurah", "Bupati", "Arsiparis", ""]
    names = ["Penata", "Wali Kota", "Juru Arsip", ""]
    analyst.post(f"{here}/actors", _actors(page, names, ["1", "2", "3", "4"]))
    page = analyst.get(here)
    assert "Penata" in _row(page, 0)
    assert "Juru Arsip" in _row(page, 1)
    assert "Wali Kota" in _row(page, 2)
    assert 'Kolom "Staf" tidak dipakai lagi' in page.text


def test_an_older_window_renames_those_it_was_about(analyst, here, shown):
    part = f"{here}?part=pelaksana"
    older = _actors(analyst.get(part), ["Warga", "Sekretaris", ""], ["1", "2", "3"])
    newer = _actors(analyst.get(part), ["Pemohon", "Camat", ""], ["2", "1", "3"])
    analyst.post(f"{here}/actors", newer)
    page = analyst.script(f"{here}/actors", older)
    assert page.status == 409
    names = page.tree.xpath("//input[@name='name']/@value")
    assert names == ["Warga", "Sekretaris", ""]
    assert analyst.post(f"{here}/actors", _actors(page, names, ["1", "2", "3"])).status == 303
    sop = shown().found.sop
    assert [sop.actors[step.actor] for step in sop.steps][:2] == ["Warga", "Sekretaris"]
    assert "tidak dipakai lagi" not in analyst.get(here).text


def test_answers_that_no_longer_fit_are_reported_and_not_applied(analyst, here, shown):
    analyst.post(f"{here}/accept", {"revision": "1", "only": "2", "actor-2": "Sekretaris"})
    names = {"name": ["Pemohon", ""], "order": ["1", "2"]}
    analyst.post(f"{here}/actors", {"revision": "2"} | names)
    assert 'Tidak dipakai Pelaksana "Sekretaris" bukan salah satu kolom' in _row(
        analyst.get(here), 2
    )
    assert shown().found.sop.actors == ("Pemohon",)


@pytest.mark.parametrize("names", [["", ""], ["A", "A"], [f"P{n}" for n in range(31)]])
def test_actors_have_names_of_their_own(analyst, here, shown, names):
    given = {"revision": "1", "name": names, "order": [str(n) for n in range(len(names))]}
    page = analyst.post(f"{here}/actors", given)
    assert (page.status, page.said) == (
        422, ["Pelaksana: 1 sampai 30 nama yang berbeda-beda."]
    )  # fmt: skip
    assert shown().kept.revision == 1


def test_the_identity_page_is_put_right(analyst, here, shown):
    given = {"revision": "1", "nama": " Surat  keterangan ", "tanggal_efektif": "04-06-2021",
             "tanggal_revisi": "Juni lalu", "dasar_hukum": "UU 5\r\n\r\nPP 30"}  # fmt: skip
    analyst.post(f"{here}/identity", given)
    said = shown().found.sop.identity
    assert (said.nama, said.tanggal_efektif) == ("Surat keterangan", "2021-06-04")
    assert (said.tanggal_revisi, said.dasar_hukum) == ("Juni lalu", ("UU 5", "PP 30"))
    page = analyst.get(f"{here}?part=identitas")
    assert page.tree.findtext(".//h1") == "Surat keterangan"
    assert page.value("tanggal_efektif") == "04-06-2021"
    assert page.value("dasar_hukum") == "UU 5\nPP 30"
    assert "Surat keterangan" in analyst.get("/modeler/imports").text
    long = analyst.post(f"{here}/identity", {"revision": "2", "peringatan": "x" * 5001})
    assert (long.status, shown().kept.revision) == (422, 2)


def test_each_remark_is_on_the_page_once(analyst, bring):
    table = TABLE.replace("Menyerahkan surat", "Menyerahkan surat, kembali ke 9")
    brought = bring(b"Catatan lepas\n\nSOP Permohonan\n\n" + table.encode())
    page = analyst.get(brought.location)
    assert page.text.count('"Catatan lepas" tidak termasuk bagian SOP mana pun.') == 1
    assert page.text.count("Nomor 9 tidak ada dalam tabel") == 1
    told = page.tree.xpath("//h2[@id='laporan']/following-sibling::ul[1]/li")
    assert any("di baris" in line.text_content() for line in told)


def test_a_long_report_is_read_in_pages(analyst, bring):
    notes = "\n\n".join(f"Catatan lepas nomor {n}." for n in range(120))
    here = bring(f"{notes}\n\n{TABLE}".encode()).location
    pages = [analyst.get(f"{here}?from={start}").source for start in (0, 50, 100)]
    found = [re.findall(r"Catatan lepas nomor \d+", page) for page in pages]
    assert max(map(len, found)) <= 50
    every = [line for page in found for line in page]
    assert len(set(every)) == len(every) == 120


def test_the_diagram_goes_on_to_the_modeler_and_the_import_is_done(site, analyst, here):
    drawn = analyst.post(f"{here}/draw", {"revision": "1"})
    assert re.fullmatch(r"/modeler/\d+", drawn.location)
    assert analyst.get(drawn.location).status == 200
    source = analyst.get(f"{drawn.location}/diagram.bpmn?download=1").response.data
    (diagram,) = diagrams(read(source))
    assert [step.activity for step in folded(diagram).sop.steps] == [row[1] for row in ROWS]
    assert analyst.get(here).status == 404
    assert _kept(site) == 0


def test_an_import_is_deleted(site, analyst, here):
    deleted = analyst.post(f"{here}/discard")
    assert deleted.location == "/modeler/imports"
    assert analyst.get(deleted.location).said == ["Impor dihapus."]
    assert _kept(site) == 0


def test_what_is_not_there_is_not_found(analyst, here):
    for address in (f"{here}?row=3", "/modeler/imports/99", "/modeler/imports/99/diagram.bpmn"):
        assert analyst.get(address).status == 404
    assert analyst.post(f"{here}/rows/3", _answer()).status == 404
    assert analyst.get(f"{here}?row=x&from=x&part=x").status == 200


def test_another_analyst_sees_none_of_it(site, here):
    other = site.visitor("staff")
    assert other.get(here).status == 403
    assert other.get("/modeler/imports").status == 403


def test_texts_of_a_table_are_not_taken_for_html(analyst, bring):
    table = TABLE.replace("Permohonan |", '"><script>x</script>{{ 7*7 }} |')
    here = bring(table.encode()).location
    for address in (here, f"{here}?row=0", f"{here}?part=identitas"):
        assert "<script>x" not in analyst.get(address).source
    assert "{{ 7*7 }}" in analyst.get(here).text


def test_sketches_lead_to_imports(analyst):
    assert "/modeler/imports" in analyst.get("/modeler").links
