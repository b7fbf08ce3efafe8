"""Reminding whoever has an open task, from the page of a case."""

import pytest

REASON = "Rapat penilaian besok pagi"


@pytest.fixture
def case(site) -> int:
    begun = site.start()
    site.until(begun, "Langkah_3")
    return begun


def way(site, case: int) -> str:
    return f"/cases/{case}/tasks/{site.item(case).id}/nudge"


def test_a_supervisor_reminds_its_person_who_sees_that_and_not_why(site, case):
    supervisor = site.visitor("superior")
    assert way(site, case) in supervisor.get(f"/cases/{case}").links
    answer = supervisor.post(way(site, case), {"reason": REASON})
    assert (answer.status, answer.location) == (303, f"/cases/{case}")
    page = supervisor.get(f"/cases/{case}")
    assert page.said == ["Pelaksana diingatkan."]
    assert REASON in page.text
    notices = site.visitor("assessor").get("/notices").text
    assert "Pengawas mengingatkan langkah ini" in notices
    assert REASON not in notices


def test_a_second_time_within_the_hour_says_when_it_goes_again(site, case):
    supervisor = site.visitor("superior")
    supervisor.post(way(site, case), {"reason": REASON})
    page = supervisor.post(way(site, case), {"reason": "Sekali lagi"})
    assert page.status == 422
    assert "Tugas ini baru saja diingatkan; lagi dalam " in " ".join(page.said)
    (form,) = page.tree.xpath("//details[@open]//form[contains(@action, '/nudge')]")
    assert form.xpath("string(.//textarea)") == "Sekali lagi"


@pytest.mark.parametrize(
    ("who", "status"), [("assessor", 403), ("employee", 403), ("outsider", 404)]
)
def test_others_do_not(site, case, who, status):
    visitor = site.visitor(who)
    assert visitor.post(way(site, case), {"reason": REASON}).status == status
    assert "/nudge" not in " ".join(visitor.get(f"/cases/{case}").links)
