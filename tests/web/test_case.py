"""The page of a case and the lists of cases: who sees what."""

import pytest

from engine import cases

pytestmark = pytest.mark.usefixtures("database_url")


@pytest.fixture
def case(site):
    """A case that the assessor has and in which the employee disagreed once."""
    case = site.start()
    site.until(case, "Langkah_4")
    site.step(case, keputusan="tidak_setuju", alasan="Kuantitas <b>keliru</b>")
    return case


def test_those_who_take_part_see_the_whole_case(site, case):
    for who in ("staff", "employee", "assessor", "superior"):
        page = site.visitor(who).get(f"/cases/{case}")
        assert page.status == 200
        assert "Alasan tidak setuju" in page.text
        assert "Kuantitas <b>keliru</b>" in page.text
        assert "<b>keliru" not in page.source


def test_supervisors_see_the_cases_of_their_units_and_below(site, case):
    seen = {
        who: site.visitor(who).get(f"/cases/{case}").status
        for who in ("superior", "supervisor", "neighbour", "outsider", "analyst")
    }
    assert seen == {
        "superior": 200, "supervisor": 200, "neighbour": 404, "outsider": 404, "analyst": 404
    }  # fmt: skip


def test_a_hidden_case_looks_like_one_that_is_not_there(site, case):
    visitor = site.visitor("outsider")
    pages = [visitor.get(f"/cases/{number}") for number in (case, 999_999, 2**63)]
    assert [page.status for page in pages] == [404] * 3
    assert pages[0].said == pages[1].said
    assert "Budi Contoh" not in pages[0].text


def test_the_list_of_a_supervisor_holds_their_units_only(site, case):
    for who in ("supervisor", "superior"):
        assert f"/cases/{case}" in site.visitor(who).get("/cases/supervised").links
    assert "Belum ada kasus." in site.visitor("neighbour").get("/cases/supervised").text


def test_who_supervises_nobody_has_no_such_list(site):
    for who in ("staff", "employee", "analyst"):
        visitor = site.visitor(who)
        assert visitor.get("/cases/supervised").status == 403
        assert "Semua kasus" not in visitor.get("/").text


def test_my_cases_are_those_i_take_part_in(site, case):
    for who in ("staff", "employee", "assessor", "superior"):
        assert f"/cases/{case}" in site.visitor(who).get("/cases").links
    for who in ("supervisor", "analyst", "outsider"):
        assert f"/cases/{case}" not in site.visitor(who).get("/cases").links


def test_a_long_list_goes_on_at_the_oldest(site, monkeypatch):
    monkeypatch.setattr(cases, "PAGE", 2)
    started = [site.start() for _ in range(3)]
    visitor = site.visitor("employee")
    (onward,) = visitor.get("/cases").tree.xpath("//a[text()='Kasus sebelumnya']/@href")
    assert onward == f"/cases?before={started[1]}"
    assert f"/cases/{started[0]}" in visitor.get(onward).links
    for nonsense in ("x", "-1", 10**30):
        page = visitor.get("/cases", query_string={"before": nonsense})
        assert f"/cases/{started[2]}" in page.links


def test_the_history_tells_who_did_what_in_which_capacity(site, case):
    page = site.visitor("employee").get(f"/cases/{case}")
    told = [" ".join(entry.text_content().split()) for entry in page.tree.xpath("//ol/li")]
    assert told[0].startswith("Kasus dimulai Umar Contoh sebagai Pemulai kasus")
    assert any(
        entry.startswith("Diselesaikan: Memeriksa hasil SKP Budi Contoh sebagai Pegawai")
        for entry in told
    )


def test_only_whose_turn_it_is_gets_a_link_to_the_task(site, case):
    task = f"/tasks/{site.item(case).id}"
    assert task in site.visitor("assessor").get(f"/cases/{case}").links
    assert task not in site.visitor("employee").get(f"/cases/{case}").links


def test_a_finished_case_says_so(site, case):
    while any(item.status == "open" for item in site.work(case)):
        site.step(case)
    page = site.visitor("employee").get(f"/cases/{case}")
    assert "Kasus selesai" in page.text
    assert "Batalkan" not in site.visitor("staff").get(f"/cases/{case}").text
