"""The modeler's pages: beginning, keeping, checking, previewing and deploying."""

from io import BytesIO
from pathlib import Path

import pytest

from engine import deployments

FORM = (Path(__file__).parent / "every_field.bpmn").read_bytes()


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


@pytest.fixture
def sketch(analyst):
    """The address of a sketch of the SKP."""
    return analyst.post("/modeler", {"base": "1"}).location


@pytest.fixture
def send(analyst, sketch):
    """``send(way, source)``: the answer to a drawing that the page's script sends."""

    def sent(way, source):
        token = {"X-CSRFToken": analyst.csrf, "HX-Request": "true"}
        address = f"{sketch}{way}"
        return analyst.client.post(
            address, data=source, headers=token, content_type="application/xml"
        )

    return sent


def test_a_sketch_begins_from_a_version_a_file_or_nothing(analyst, skp):
    assert "Belum ada rancangan" in analyst.get("/modeler").text
    for fields in ({"base": "1"}, {"file": (BytesIO(skp), "skp.bpmn")}, {"name": "Cuti tahunan"}):
        answer = analyst.post("/modeler", fields)
        assert answer.status == 303
        assert analyst.get(answer.location).status == 200
    listed = analyst.get("/modeler").text
    assert "Cuti tahunan" in listed
    assert listed.count("versi 1") == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"name": " "}, 422, "Nama proses: 1 sampai 200 huruf."),
        ({"base": "99"}, 404, "Versi itu tidak ada."),
        ({"file": (BytesIO(b"x"), "x.bpmn")}, 422, "Berkas bukan XML yang benar"),
    ],
)
def test_what_cannot_be_begun_is_refused_with_a_sentence(analyst, fields, status, said):
    answer = analyst.post("/modeler", fields)
    assert answer.status == status
    assert said in answer.text


def test_only_the_modeler_allows_style_attributes(analyst, sketch):
    policy = analyst.get(sketch).headers["Content-Security-Policy"]
    assert "style-src-attr 'unsafe-inline'" in policy
    assert "script-src" not in policy  # as everywhere: this site's files alone
    assert "unsafe" not in analyst.get("/modeler").headers["Content-Security-Policy"]


def test_what_is_drawn_is_kept_and_a_stale_page_is_told(analyst, send, sketch, skp):
    kept = send("?revision=1", skp.replace(b"Form SKP", b"Lembar"))
    assert kept.get_json()["revision"] == 2
    stale = send("?revision=1", skp)
    assert stale.status_code == 409
    assert "di tab atau perangkat lain" in stale.text
    assert "Lembar" in analyst.get(f"{sketch}/diagram.bpmn?download=1").source
    assert send("?revision=2", b"").status_code == 422
    assert send("?revision=2", b"<p/>").status_code == 422


def test_findings_come_as_data_in_the_reader_s_language(analyst, send, skp):
    assert send("/check", skp).get_json() == {
        "findings": [], "verdict": "Dapat disimpan sebagai versi dan diberlakukan.",
    }  # fmt: skip
    said = send("/check", skp.replace(b"group:umum-aparatur", b"group:tiada")).get_json()
    assert said["verdict"].startswith("Dapat disimpan sebagai versi, tetapi")
    (finding,) = said["findings"]
    assert finding["severity"] == "blocking"
    assert finding["element"] == "Lane_StafPelaksana"
    assert finding["name"] == "Staf Pelaksana"
    assert finding["label"] == "Menghalangi pemberlakuan"
    worse = send("/check", skp.replace(b">PT10M<", b">10M<")).get_json()
    assert worse["verdict"] == "Belum dapat disimpan sebagai versi."


def test_a_form_is_shown_as_staff_will_see_it(send):
    shown = send("/form?element=Activity_Usul", FORM)
    assert shown.status_code == 200
    assert "<label" in shown.text
    assert "Langkah ini belum mempunyai formulir." in send("/form?element=tiada", FORM).text
    assert send("/form?element=Activity_Usul", b"<p/>").status_code == 422


def test_a_version_is_made_of_what_was_kept(site, analyst, send, sketch, skp):
    send("?revision=1", skp.replace(b"Form SKP", b"Lembar"))
    answer = analyst.post(f"{sketch}/deploy", {"revision": "2"})
    page = analyst.get(answer.location)
    assert "Tersimpan sebagai versi 2." in page.text
    assert analyst.get(sketch).status == 404
    with site.db.read() as session:
        assert deployments.in_force(session, "skp_collection").version == 1


def test_a_faulty_drawing_stays_a_sketch(analyst, send, sketch, skp):
    send("?revision=1", skp.replace(b">PT10M<", b">10M<"))
    answer = analyst.post(f"{sketch}/deploy", {"revision": "2"})
    assert answer.status == 422
    assert "belum menjadi versi" in answer.text
    assert analyst.get(sketch).status == 200


def test_a_sketch_is_thrown_away(analyst, sketch):
    assert analyst.post(f"{sketch}/discard").location == "/modeler"
    assert analyst.get(sketch).status == 404


def test_versions_deployed_meanwhile_stand_on_the_page(site, analyst, sketch, skp):
    deployments.deploy(site.db, skp.replace(b"Form SKP", b"Lembar"), site.ids["supervisor"])
    page = analyst.get(sketch).text
    assert "Versi 2 sudah disimpan oleh Kadis Contoh sejak rancangan ini dimulai." in page
