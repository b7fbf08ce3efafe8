"""Sending a case back to a step, or past one: the effect is shown, then it is done."""

import pytest


@pytest.fixture
def case(site) -> int:
    """A case that its employee is to look at."""
    begun = site.start()
    site.until(begun, "Langkah_4")
    return begun


def way(site, case: int) -> str:
    return f"/cases/{case}/tasks/{site.item(case).id}/jump"


def test_the_effect_is_shown_and_nothing_happens_yet(site, case):
    supervisor = site.visitor("superior")
    here = way(site, case)
    assert here in supervisor.get(f"/cases/{case}").links
    page = supervisor.get(f"{here}?to=Langkah_3")
    words = " ".join(page.text.split())
    assert "Ditutup tanpa diselesaikanMemeriksa hasil SKP" in words
    assert (
        "Memberikan penilaian, diserahkan kepada pegawai · Kasi Contoh Satu · putaran ke-2" in words
    )
    assert site.item(case).element == "Langkah_4"


@pytest.mark.usefixtures("database_url")
def test_confirmed_with_a_reason_the_case_is_there_and_its_performer_is_told(site, case):
    supervisor = site.visitor("superior")
    form = {"to": "Langkah_3", "reason": "Nilai belum lengkap"}
    answer = supervisor.post(way(site, case), form)
    assert (answer.status, answer.location) == (303, f"/cases/{case}")
    page = supervisor.get(f"/cases/{case}")
    assert page.said == ["Kasus dipindahkan ke langkah itu."]
    assert "Dipindahkan ke langkah lain: Memeriksa hasil SKP" in page.text
    assert "ke Memberikan penilaian, diserahkan kepada pegawai" in page.text
    assert "Nilai belum lengkap" in page.text
    assert "Anda diminta mengerjakan langkah ini" in site.visitor("assessor").get("/notices").text
    site.step(case)
    assert "putaran ke-2" in supervisor.get(f"/cases/{case}").text


def test_why_it_cannot_be_sent_there_is_said(site, case):
    supervisor = site.visitor("superior")
    page = supervisor.get(f"{way(site, case)}?to=Langkah_99")
    assert page.said == ["Tugas ini tidak dapat dipindahkan ke langkah itu."]
    page = supervisor.post(way(site, case), {"to": "Langkah_3", "reason": " "})
    assert (page.status, page.said[0]) == (422, "Alasan: 1 sampai 1000 huruf.")
    assert site.item(case).element == "Langkah_4"


@pytest.mark.parametrize(
    ("who", "status"), [("assessor", 403), ("employee", 403), ("outsider", 404)]
)
def test_others_do_not(site, case, who, status):
    visitor, here = site.visitor(who), way(site, case)
    assert visitor.get(here).status == status
    assert visitor.post(here, {"to": "Langkah_3", "reason": "x"}).status == status
    assert here not in visitor.get(f"/cases/{case}").links
