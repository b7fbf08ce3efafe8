"""Putting right what was submitted, from the page of a case."""

import json
import re

import pytest

REASON = "Salah ketik"
FORM = {"keputusan": "tidak_setuju", "alasan": "Kualitas keliru", "correction-reason": REASON}


@pytest.fixture
def objected(site) -> tuple[int, str]:
    """``(case, way)``: a case that was objected to, and the address at which that is corrected."""
    case = site.start()
    item = site.until(case, "Langkah_4")
    site.step(case, keputusan="tidak_setuju", alasan="Kuantitas keliru")
    return case, f"/cases/{case}/steps/{item.id}/correct"


@pytest.mark.usefixtures("database_url")
def test_a_supervisor_corrects_it_in_its_own_form_and_both_values_are_shown(site, objected):
    case, way = objected
    supervisor = site.visitor("superior")
    assert way in supervisor.get(way.removesuffix("/correct")).links
    page = supervisor.get(way)
    assert page.value("alasan").strip() == "Kuantitas keliru"
    answer = supervisor.post(way, FORM)
    assert (answer.status, answer.location) == (303, f"/cases/{case}")
    page = supervisor.get(f"/cases/{case}")
    assert page.said == ["Isian dikoreksi; yang semula tetap tersimpan."]
    (told,) = page.tree.xpath("//article[@class='step']/div[@class='differs']")
    words = " ".join(told.text_content().split())
    assert words.startswith("Dikoreksi ")
    assert REASON in words
    assert re.search("Semula.*Kuantitas keliru.*Menjadi.*Kualitas keliru", words)
    kept = site.visitor("employee").get(way.removesuffix("/correct"))
    assert kept.value("alasan").strip() == "Kuantitas keliru"
    assert "Kualitas keliru" in kept.text
    assert "Isian ini sama dengan yang tercatat di riwayat" in kept.text


def test_what_the_form_does_not_take_is_said_and_stays_as_typed(site, objected):
    case, way = objected
    supervisor = site.visitor("superior")
    page = supervisor.post(way, FORM | {"alasan": " "})
    assert page.status == 422
    assert page.said[0] == "Ada isian yang perlu diperbaiki."
    assert page.fault("alasan") == "Isian ini wajib diisi."
    assert page.value("correction-reason").strip() == REASON
    same = supervisor.post(way, FORM | {"alasan": "Kuantitas keliru"})
    assert (same.status, same.said[0]) == (422, "Tidak ada isian yang berubah.")
    assert "Dikoreksi" not in supervisor.get(f"/cases/{case}").text


@pytest.mark.parametrize(
    ("who", "status"), [("assessor", 403), ("employee", 403), ("staff", 403), ("outsider", 404)]
)
def test_others_do_not(site, objected, who, status):
    _, way = objected
    visitor = site.visitor(who)
    assert (visitor.get(way).status, visitor.post(way, FORM).status) == (status, status)
    assert way not in visitor.get(way.removesuffix("/correct")).links


def test_in_a_case_that_has_ended_it_is_refused_with_the_reason(site, objected):
    case, way = objected
    supervisor = site.visitor("superior")
    supervisor.post(f"/cases/{case}/cancel", {"reason": "Salah pegawai"})
    assert way not in supervisor.get(way.removesuffix("/correct")).links
    page = supervisor.post(way, FORM)
    assert page.status == 409
    assert "Kasus ini sudah berakhir" in page.text


def test_the_employee_finds_it_among_their_own_data(site, objected):
    _, way = objected
    site.visitor("superior").post(way, FORM)
    visitor = site.visitor("employee")
    held = json.loads(visitor.get("/profile/data/download").source)
    (step,) = (s for s in held["Kasus tentang saya"][0]["Yang diisi"] if s["Koreksi"])
    (one,) = step["Koreksi"]
    assert (one["Alasan"], one["Semula"][0]["Nilai"]) == (REASON, "Kuantitas keliru")
    assert one["Menjadi"] == [step["Isian"][1]]
    assert "Kuantitas keliru" in visitor.get("/profile/data").text
