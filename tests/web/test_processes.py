"""The analyst's pages: uploading a diagram, its findings, putting it into force."""

import gzip
import json
import re
from io import BytesIO

import pytest

from engine import clock, deployments
from engine.models import Publication

pytestmark = pytest.mark.usefixtures("database_url")


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


@pytest.fixture
def upload(analyst):
    """``upload(source)``: the answer to an uploaded file."""

    def send(source: bytes, name: str = "diagram.bpmn"):
        return analyst.post("/processes", {"file": (BytesIO(source), name)})

    return send


def _versions(site) -> int:
    with site.db.read() as session:
        return len(deployments.versions(session))


def test_what_failed_on_its_day_stands_above_the_list(site, analyst):
    now = clock.now()
    with site.db.write() as session:
        session.add(
            Publication(definition_id=1, note="Waktu", effective_at=now, at=now, state="failed")
        )
    page = analyst.get("/processes")
    assert "tidak jadi berlaku pada" in page.text
    assert "/processes/1" in page.links


def test_the_pages_are_the_analysts_alone(site):
    for who in ("staff", "employee", "supervisor"):
        visitor = site.visitor(who)
        assert "/processes" not in visitor.get("/").links
        for answer in (
            visitor.get("/processes"),
            visitor.get("/processes/1"),
            visitor.post("/processes", {"file": (BytesIO(b"x"), "x.bpmn")}),
            visitor.get("/processes/1/review"),
            visitor.post("/processes/1/publish"),
        ):
            assert (answer.status, answer.said) == (403, ["Halaman ini untuk analis proses."])
    assert site.visitor().get("/processes").status == 302


def test_the_version_in_force_is_marked(analyst):
    page = analyst.get("/processes")
    (row,) = page.tree.xpath("//tbody/tr")
    assert "versi 1sejak" in row.text_content()
    assert "skp_collection" in row.text_content()


def test_a_new_version_is_kept_and_put_into_force_later(site, upload, analyst, skp):
    answer = upload(skp.replace(b"PT10M", b"PT20M").replace(b"10 menit", b"20 menit"))
    assert answer.status == 303
    page = analyst.get(answer.location)
    assert "versi 2" in page.text
    assert "Tidak ada yang perlu diperbaiki." in page.text
    assert "Tidak berlaku" in page.text
    review = analyst.get(f"{answer.location}/review")
    assert "lamanya 10 menit → 20 menit" in review.text
    assert len(review.tree.xpath("//*[@data-diagram]")) == 2
    given = {"over": "1", "note": "Waktu lebih panjang"}
    assert analyst.post(f"{answer.location}/publish", given).location == answer.location
    page = analyst.get(answer.location)
    assert "Waktu lebih panjang" in page.text
    assert page.said == ["Versi 2 berlaku untuk kasus baru.", "Tidak ada yang perlu diperbaiki."]
    with site.db.read() as session:
        assert deployments.in_force(session, "skp_collection").version == 2


def test_the_same_file_is_not_kept_twice(site, upload, skp):
    assert upload(skp).location == upload(skp).location
    assert _versions(site) == 1


def test_the_standard_of_every_step_is_shown(analyst):
    rows = analyst.get("/processes/1").tree.xpath("//tbody/tr")
    first = [cell.text_content().strip() for cell in rows[0].xpath("td")]
    assert len(rows) == 8
    assert first == [
        "Menyiapkan blanko dan SKP tahun sebelumnya", "Staf Pelaksana", "Form SKP", "10 menit",
        "Penyiapan berkas SKP",
        "Pratinjau formulir: Menyiapkan blanko dan SKP tahun sebelumnya",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"bukan xml", "readable"),
        (b"\x00\xff\xfe", "readable"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "readable"),
        (b"<x/>", "readable"),
        (b"x" * 5_000_001, "readable"),
    ],
    ids=["text", "binary", "doctype", "other", "huge"],
)
def test_what_is_no_diagram_is_refused_with_the_reason(site, upload, source, rule):
    page = upload(source)
    assert page.status == 422
    assert page.said == ["Diagram ini tidak dapat dijalankan dan tidak disimpan."]
    (finding,) = page.tree.xpath("//ul[@class='findings']/li")
    assert finding.findtext(".//code") == rule
    assert _versions(site) == 1


def test_an_error_of_the_specification_is_shown_with_its_clause(upload, skp):
    gateway = b'exclusiveGateway id="Gabung_Penilaian"'
    page = upload(skp.replace(gateway, gateway + b' gatewayDirection="Diverging"'))
    (finding,) = page.tree.xpath("//ul[@class='findings']/li")
    assert finding.findtext(".//code") == "gateway-direction"
    assert "BPMN 2.0, 10.5.1" in finding.text_content()


def test_a_diagram_with_an_error_names_the_element(site, upload, skp):
    broken = skp.replace(b'${keputusan == "setuju"}', b"${import os}")
    page = upload(broken)
    assert page.status == 422
    (finding,) = page.tree.xpath("//ul[@class='findings']/li")
    assert "Setuju" in finding.text_content()
    assert finding.xpath(".//*[not(self::a)]/@title") == ["Alur_Setuju"]
    assert finding.findtext(".//code") == "expression"
    assert _versions(site) == 1


def test_a_file_must_be_chosen(upload, analyst):
    for page in (analyst.post("/processes"), upload(b"", name="")):
        assert (page.status, page.said) == (422, ["Pilih berkas .bpmn dahulu."])


def test_a_version_that_cannot_be_staffed_is_kept_but_not_activated(site, upload, analyst, skp):
    answer = upload(skp.replace(b"group:umum-aparatur", b"group:tidak-ada"))
    page = analyst.get(answer.location)
    assert "Menghalangi pemberlakuan" in page.text
    assert f"{answer.location}/review" not in page.links
    refused = analyst.post(f"{answer.location}/publish", {"over": "1", "note": "Baru"})
    said = 'Kelompok "tidak-ada" tidak ada atau belum beranggota.'
    assert (refused.status, said in refused.said) == (422, True)
    with site.db.read() as session:
        assert deployments.in_force(session, "skp_collection").version == 1


def test_an_old_version_comes_back_as_a_new_one(site, upload, analyst, skp):
    place = upload(skp.replace(b"PT10M", b"PT20M").replace(b"10 menit", b"20 menit")).location
    analyst.post(f"{place}/publish", {"over": "1", "note": "Waktu lebih panjang"})
    (back,) = analyst.get("/processes/1").tree.xpath("//form[contains(@action, '/revert')]/@action")
    review = analyst.post(back).location
    page = analyst.get(review)
    assert "lamanya 20 menit → 10 menit" in page.text
    assert analyst.post(back).location == review
    new = review.removesuffix("/review")
    over = page.value("over")
    assert analyst.post(f"{new}/publish", {"over": over, "note": "Kembali"}).status == 303
    with site.db.read() as session:
        current = deployments.in_force(session, "skp_collection")
        assert current.version == 3
        assert deployments.definition(session, current.id).source.startswith(skp)
    assert not analyst.get(new).tree.xpath("//form[contains(@action, '/revert')]")


def test_the_file_comes_back_byte_for_byte(analyst, skp):
    answer = analyst.get("/processes/1/diagram.bpmn?download=1")
    assert answer.response.data == skp
    assert answer.headers["Content-Type"].startswith("application/xml")
    named = 'attachment; filename="skp_collection-1.bpmn"'
    assert answer.headers["Content-Disposition"] == named


def test_the_diagram_is_for_everybody_who_is_signed_in(site, skp):
    answer = site.visitor("employee").get("/processes/1/diagram.bpmn")
    assert answer.response.data == skp
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert site.visitor().get("/processes/1/diagram.bpmn").status == 302


def test_a_version_without_layout_is_shown_with_one_and_downloaded_without(analyst, upload, skp):
    bare = re.sub(rb"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", b"", skp, flags=re.DOTALL)
    address = upload(bare).location
    shown = re.search(r'data-diagram="([^"]*)"', analyst.get(address).response.text)
    assert shown
    assert shown[1] == f"{address}/diagram.bpmn?drawn=1"
    assert b"BPMNShape" in analyst.get(shown[1]).response.data
    assert analyst.get(f"{address}/diagram.bpmn").response.data == bare
    packed = analyst.get(shown[1], headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.response.data) == analyst.get(shown[1]).response.data
    whole = analyst.get("/processes/1/diagram.bpmn?drawn=1")
    assert whole.response.data == skp
    assert whole.headers["Cache-Control"] == "private, max-age=86400"


@pytest.mark.parametrize("number", [999, 2**63])
def test_a_version_that_is_not_there_is_not_found(analyst, number):
    assert analyst.get(f"/processes/{number}").status == 404
    assert analyst.get(f"/processes/{number}/diagram.bpmn").status == 404
    assert analyst.get(f"/processes/{number}/review").status == 404
    assert analyst.post(f"/processes/{number}/publish", {"note": "x"}).status == 404


def test_markup_in_a_diagram_is_shown_not_run(analyst, upload, skp):
    name = b"Pengumpulan Sasaran Kinerja Pegawai (SKP)"
    evil = skp.replace(name, b"&lt;script&gt;alert(1)&lt;/script&gt;")
    page = analyst.get(upload(evil).location)
    assert "<script>alert(1)</script>" in page.text
    assert "<script>alert" not in page.source


def test_the_way_to_a_fault_is_told_and_given_to_the_diagram(analyst, upload, draw):
    source = draw("""
        lane Staf subject: s x a b c e
        startEvent s name=Mulai
        parallelGateway x
        userTask a name="Memeriksa berkas"
        userTask b name="Memeriksa isi"
        userTask c name=Menyimpan
        endEvent e
        s -> x -> a -> c -> e
        x -> b -> c
    """)
    page = analyst.get(upload(source).location)
    (way,) = page.tree.xpath("//details[@data-way]")
    assert json.loads(way.get("data-way"))[:3] == ["s", "s_x", "x"]
    assert "Mulai → " in way.text_content()
    assert "Memeriksa isi" in way.text_content()
    assert "Memeriksa berkas" in way.text_content()
    assert way.text_content().rstrip().endswith("→ Menyimpan")


def test_without_a_note_or_on_a_stale_page_nothing_is_published(site, upload, analyst, skp):
    place = upload(skp + b"<!-- baru -->").location
    for given, status, said in (
        ({"over": "1", "note": ""}, 422, "Catatan wajib diisi."),
        ({"over": "0", "note": "Baru"}, 409,
         "Versi yang berlaku sudah berganti. Periksa lagi perubahannya."),
        ({"over": "1", "note": "Baru", "day": "besok"}, 422,
         "Tulis tanggal seperti 31-12-2026 dan jam seperti 16.00."),
    ):  # fmt: skip
        page = analyst.post(f"{place}/publish", given)
        assert (page.status, said in page.said) == (status, True)
    with site.db.read() as session:
        assert deployments.in_force(session, "skp_collection").version == 1


def test_what_waits_for_its_day_is_seen_and_withdrawn(upload, analyst, skp):
    place = upload(skp + b"<!-- baru -->").location
    analyst.post(f"{place}/publish", {"over": "1", "note": "Tahun depan", "day": "01-01-2999"})
    page = analyst.get(place)
    assert "menunggu harinya" in page.text
    (withdraw,) = page.tree.xpath("//form[contains(@action, '/withdraw')]/@action")
    assert analyst.post(withdraw).location == place
    assert "ditarik" in analyst.get(place).text
