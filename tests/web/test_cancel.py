"""Cancelling a case: by its starter or a supervisor, with a reason."""

import pytest

pytestmark = pytest.mark.usefixtures("database_url")


@pytest.fixture
def case(site):
    return site.start()


@pytest.mark.parametrize(
    ("who", "capacity"), [("staff", "Pemulai kasus"), ("supervisor", "Pengawas")]
)
def test_a_case_is_cancelled_with_a_reason(site, case, who, capacity):
    visitor = site.visitor(who)
    assert "Batalkan kasus ini" in visitor.get(f"/cases/{case}").text
    answer = visitor.post(f"/cases/{case}/cancel", {"reason": "Salah <i>pegawai</i>"})
    assert (answer.status, answer.location) == (303, f"/cases/{case}")
    page = visitor.get(f"/cases/{case}")
    assert page.said == ["Kasus dibatalkan."]
    assert f"sebagai {capacity}" in page.text
    assert "Salah <i>pegawai</i>" in page.text
    assert [item.status for item in site.work(case)] == ["cancelled"]


def test_a_reason_is_needed(site, case):
    page = site.visitor("staff").post(f"/cases/{case}/cancel", {"reason": "  "})
    assert (page.status, page.said) == (422, ["Alasan: 1 sampai 1000 huruf."])
    assert site.item(case).status == "open"


def test_nobody_else_may_cancel(site, case):
    for who in ("employee", "assessor", "neighbour", "outsider", "analyst"):
        visitor = site.visitor(who)
        assert "Batalkan" not in visitor.get(f"/cases/{case}").text
        answer = visitor.post(f"/cases/{case}/cancel", {"reason": "Saya mau"})
        assert answer.status in (403, 404)
    assert site.item(case).status == "open"


def test_a_case_is_cancelled_once(site, case):
    visitor = site.visitor("staff")
    visitor.post(f"/cases/{case}/cancel", {"reason": "Pertama"})
    again = visitor.post(f"/cases/{case}/cancel", {"reason": "Kedua"})
    assert (again.status, again.said[-1]) == (409, "Kasus ini sudah berakhir.")
    assert "Kedua" not in visitor.get(f"/cases/{case}").text
