"""What goes wrong is said in a sentence, with its status, and never as a traceback."""

from io import BytesIO

import pytest

from engine import worklist

SENTENCES = {
    "/tidak/ada": (404, "Halaman ini tidak ada."),
    "/sign-out": (405, "Cara itu tidak berlaku di sini."),
    "/static/tidak-ada.js": (404, "Halaman ini tidak ada."),
    "/static/../../engine/settings.py": (404, "Halaman ini tidak ada."),
    "/tasks/abc": (404, "Halaman ini tidak ada."),
    "/?after=%00": (400, "Permintaan tidak dapat dibaca."),
}


@pytest.mark.parametrize("path", SENTENCES)
@pytest.mark.parametrize("who", [None, "staff"])
def test_a_wrong_address_is_answered_in_words(site, who, path):
    page = site.visitor(who).get(path)
    assert (page.status, page.said) == (SENTENCES[path][0], [SENTENCES[path][1]])
    assert page.title == "Tidak berhasil · Alur"


def test_a_form_without_its_csrf_token_is_refused(site):
    task = site.task("Langkah_4")
    visitor = site.visitor("employee")
    for token in ("", "palsu", site.visitor("assessor").csrf):
        page = visitor.post(task, {"csrf_token": token, "keputusan": "setuju"})
        said = "Halaman ini sudah kedaluwarsa. Muat ulang, lalu kirim lagi."
        assert (page.status, page.said) == (400, [said])
    assert f"{task}" in visitor.get("/").links


def test_every_form_is_protected(site):
    visitor = site.visitor("staff")
    rules = [rule for rule in site.app.url_map.iter_rules() if "POST" in rule.methods]
    with site.app.test_request_context():
        for rule in rules:
            address = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1]
            assert visitor.post(address, {"csrf_token": ""}).status == 400, rule
    assert len(rules) >= 10


def test_a_request_that_is_too_large_is_refused(site):
    visitor = site.visitor("analyst")
    page = visitor.post("/processes", {"file": (BytesIO(b"x" * 6_000_001), "x.bpmn")})
    assert (page.status, page.said) == (413, ["Kiriman terlalu besar."])
    assert visitor.post("/sign-in", {"nip": "x" * 6_000_001}).status == 413


def test_a_fault_of_the_server_shows_no_traceback(site, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("rahasia")

    monkeypatch.setattr(worklist, "mine", fail)
    page = site.visitor("staff").get("/")
    assert page.status == 500
    assert page.said == ["Terjadi kesalahan pada server. Tidak ada yang tersimpan setengah jalan."]
    assert "rahasia" not in page.source
    assert "Traceback" not in page.source


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/tasks/999999", {}, 404),
        ("/tidak/ada", {}, 404),
        ("/processes", {}, 403),
        ("/", {}, 405),
        ("/tasks/1", {"csrf_token": ""}, 400),
        ("/tasks/1", {"catatan": "x" * 12_000_001}, 413),
    ],
)
def test_a_script_gets_the_sentence_alone(site, path, given, status):
    answer = site.visitor("staff").script(path, given)
    assert answer.status == status
    assert answer.headers["HX-Retarget"] == "#notice"
    assert answer.headers["HX-Reswap"] == "innerHTML"
    assert answer.tree.tag == "p"
    assert len(answer.said) == 1
