"""A superior decides a disagreement: both sides and the effect are shown, then it is done."""

import pytest

NO = {"keputusan": "tidak_setuju", "alasan": "Realisasi saya lebih tinggi"}
FORM = {"way": "Alur_Setuju", "reason": "Sesuai bukti dukung"}


@pytest.fixture
def case(site) -> int:
    """A case whose employee has not agreed once, and is asked again."""
    begun = site.start()
    site.until(begun, "Langkah_4")
    site.step(begun, **NO)
    site.until(begun, "Langkah_4")
    return begun


def way(case: int) -> str:
    return f"/cases/{case}/dispute"


def test_both_sides_and_the_effect_are_shown_and_nothing_happens_yet(site, case):
    superior = site.visitor("superior")
    assert way(case) in superior.get(f"/cases/{case}").links
    words = " ".join(superior.get(way(case)).text.split())
    assert "Realisasi saya lebih tinggi" in words
    assert "1 kali tidak disetujui" in words
    assert "Ditutup tanpa diselesaikanMemeriksa hasil SKP" in words
    assert "Menyerahkan SKP kepada atasan pejabat penilai · Kasi Contoh Satu" in words
    assert site.item(case).element == "Langkah_4"


@pytest.mark.usefixtures("database_url")
def test_decided_with_a_reason_the_case_goes_on_and_both_sides_are_told(site, case):
    superior = site.visitor("superior")
    answer = superior.post(way(case), FORM | {"item": str(site.item(case).id)})
    assert (answer.status, answer.location) == (303, f"/cases/{case}")
    page = superior.get(f"/cases/{case}")
    assert page.said == ["Keberatan diputus. Kedua pihak mendapat pemberitahuan."]
    assert "Keberatan diputus: Memeriksa hasil SKP" in page.text
    assert "Atasan yang memutus keberatan" in page.text
    assert "Sesuai bukti dukung" in page.text
    assert "1 kali tidak disetujui" in page.text
    assert way(case) not in page.links
    for who in ("employee", "assessor"):
        notices = site.visitor(who).get("/notices")
        assert "Keberatan atas langkah ini diputus oleh atasan" in notices.text
    assert site.item(case).element == "Langkah_5"


def test_without_a_reason_it_is_not_decided_and_what_was_chosen_stays(site, case):
    superior = site.visitor("superior")
    sent = {"way": "Alur_Setuju", "reason": " ", "item": str(site.item(case).id)}
    page = superior.post(way(case), sent)
    assert (page.status, page.said[0]) == (422, "Alasan: 1 sampai 1000 huruf.")
    assert "Kasi Contoh Satu" in page.text
    page = superior.post(way(case), sent | {"way": "Alur_TidakSetuju", "reason": "x"})
    assert (page.status, page.said[0]) == (422, "Pilih putusannya.")
    assert site.item(case).element == "Langkah_4"


def test_of_a_task_that_is_closed_by_now_it_is_said(site, case):
    superior, old = site.visitor("superior"), site.item(case).id
    site.step(case, **NO)
    assert superior.post(way(case), FORM | {"item": str(old)}).status == 409
    site.step(case)
    site.step(case)
    assert superior.get(way(case)).status == 409
    assert way(case) not in superior.get(f"/cases/{case}").links


def test_a_superior_who_is_not_above_the_employee_decides_by_the_address_alone(site):
    begun = site.start()
    site.until(begun, "Langkah_3")
    given = {"place": "Lane_PejabatPenilai", "person": "198610102090032010", "reason": "Cuti"}
    assert site.visitor("supervisor").post(f"/cases/{begun}/reassign", given).status == 303
    site.until(begun, "Langkah_4")
    site.step(begun, **NO)
    item = site.until(begun, "Langkah_4")
    superior = site.visitor("neighbour")
    assert superior.get(f"/cases/{begun}").status == 404
    assert superior.get(way(begun)).status == 200
    answer = superior.post(way(begun), FORM | {"item": str(item.id)})
    assert (answer.status, superior.get(answer.location).status) == (303, 200)


@pytest.mark.parametrize(
    ("who", "status"),
    [("assessor", 403), ("employee", 403), ("supervisor", 403), ("outsider", 404)],
)
def test_others_do_not(site, case, who, status):
    visitor, item = site.visitor(who), str(site.item(case).id)
    assert visitor.get(way(case)).status == status
    assert visitor.post(way(case), FORM | {"item": item}).status == status
    assert way(case) not in visitor.get(f"/cases/{case}").links
