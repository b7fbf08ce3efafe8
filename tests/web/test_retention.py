"""The administrators' page of how long ended cases are kept."""

from datetime import timedelta

import pytest

from engine import documents, jobs, retention
from tests import leases

KEY = "skp_collection"
YEAR = {"amount": "1", "unit": "years"}


def days(site) -> int | None:
    with site.db.read() as session:
        return retention.limits(session).get(KEY)


def finish(site, case: int) -> None:
    while any(item.status == "open" for item in site.work(case)):
        site.step(case)
    makers = dict.fromkeys(("formulir_skp", "penilaian"), lambda _: b"%PDF")
    for held in jobs.lease(site.db, {documents.KIND}, timedelta(minutes=5), 100):
        documents.make(site.db, leases.begin(site.db, held), makers)


@pytest.mark.usefixtures("database_url")
def test_the_effect_is_shown_and_its_number_typed(site, later):
    finish(site, site.start())
    later(timedelta(days=400))
    visitor = site.visitor("administrator")
    assert "disimpan selamanya" in visitor.get("/retention").text
    page = visitor.post(f"/retention/{KEY}/preview", YEAR)
    assert "1 kasus akan segera dihapus" in page.text
    assert "Kasus akan disimpan 366 hari" in page.text
    assert days(site) is None
    for wrong in ("", "0", "2", "satu"):
        refused = visitor.post(f"/retention/{KEY}", YEAR | {"confirmed": wrong})
        assert (refused.status, days(site)) == (422, None)
        assert "1 kasus akan segera dihapus" in refused.text
    assert visitor.post(f"/retention/{KEY}", YEAR | {"confirmed": "1"}).location == "/retention"
    assert days(site) == 366
    again = visitor.get("/retention")
    assert again.said == ["Masa simpan ditetapkan."]
    assert "disimpan 366 hari sesudah berakhir" in again.text


def test_a_limit_that_deletes_nothing_needs_no_number(site):
    site.start()
    visitor = site.visitor("administrator")
    page = visitor.post(f"/retention/{KEY}/preview", {"amount": "31", "unit": "days"})
    assert page.value("confirmed") == "0"
    visitor.post(f"/retention/{KEY}", {"amount": "31", "unit": "days", "confirmed": "0"})
    assert days(site) == 31
    page = visitor.post(f"/retention/{KEY}/preview", {"unit": "ever"})
    assert "Kasus akan disimpan selamanya." in page.text
    visitor.post(f"/retention/{KEY}", {"amount": "", "unit": "ever", "confirmed": "0"})
    assert days(site) is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Pilih satuan masa simpan."),
        ({"amount": "1", "unit": "abad"}, "Pilih satuan masa simpan."),
        ({"unit": "years"}, "Tulis angka bulat, misalnya 5."),
        ({"amount": "-1", "unit": "years"}, "Tulis angka bulat, misalnya 5."),
        ({"amount": "9" * 40, "unit": "years"}, "Tulis angka bulat, misalnya 5."),
        ({"amount": "29", "unit": "days"}, "Masa simpan paling sedikit 30 hari"),
        ({"amount": "101", "unit": "years"}, "Masa simpan paling sedikit 30 hari"),
    ],
)
@pytest.mark.parametrize("where", ["/preview", ""])
def test_what_is_no_limit_is_said(site, where, given, said):
    page = site.visitor("administrator").post(f"/retention/{KEY}{where}", given)
    assert page.status == 422
    assert page.said[0].startswith(said)
    assert days(site) is None


@pytest.mark.parametrize("who", ["staff", "analyst", "superior"])
def test_nobody_else_sets_a_limit(site, who):
    visitor = site.visitor(who)
    assert "/retention" not in visitor.get("/").links
    assert visitor.get("/retention").status == 403
    assert visitor.post(f"/retention/{KEY}/preview", YEAR).status == 403
    assert visitor.post(f"/retention/{KEY}", YEAR | {"confirmed": "0"}).status == 403
    assert days(site) is None


def test_a_process_that_is_not_there_has_no_limit(site):
    visitor = site.visitor("administrator")
    assert visitor.post("/retention/tidak-ada/preview", YEAR).status == 404
    assert visitor.post("/retention/tidak-ada", YEAR | {"confirmed": "0"}).status == 404
