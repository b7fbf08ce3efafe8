"""Completing a task: once, by whose turn it is, and never losing what was typed."""

import pytest
from sqlalchemy import event

from bpmn.messages import message
from engine import instances
from engine.errors import StaleInstance, StepFailed
from engine.spiff.execution import Execution

pytestmark = pytest.mark.usefixtures("database_url")
PLAIN = """
    lane Staf starter: s a b e
    startEvent s
    userTask a
    userTask b
    endEvent e
    s -> a -> b -> e
"""
SCORES = {"hasil_kerja": "sesuai", "perilaku_kerja": "di_atas", "catatan_penilai": "Cukup baik"}


@pytest.fixture
def scored(site):
    """The task of scoring in a new case, with a form page already open."""
    return site.until(site.start(), "Langkah_3")


@pytest.fixture
def assessor(site):
    return site.visitor("assessor")


def test_a_completed_task_passes_the_case_on(site, assessor, scored):
    answer = assessor.post(f"/tasks/{scored.id}", SCORES)
    assert (answer.status, answer.location) == (303, "/documents/2/sign")  # which it made
    said = "Langkah “Memberikan penilaian, diserahkan kepada pegawai” selesai."
    assert assessor.get("/").said == [said]
    assert site.item(scored.instance_id).element == "Langkah_4"


def test_the_next_task_of_the_same_person_opens_at_once(site):
    item = site.item(site.start())
    visitor = site.visitor("staff")
    visitor.post(f"/tasks/{item.id}/claim")
    answer = visitor.post(f"/tasks/{item.id}", {"periode": "2026"})
    assert answer.location == f"/tasks/{site.item(item.instance_id).id}"


def test_a_script_is_told_where_to_go(assessor, scored):
    answer = assessor.script(f"/tasks/{scored.id}", SCORES)
    assert (answer.status, answer.headers["HX-Redirect"]) == (200, "/documents/2/sign")


def test_a_double_click_does_the_step_once(site, assessor, scored):
    token = assessor.get(f"/tasks/{scored.id}").value("token")
    answers = [assessor.post(f"/tasks/{scored.id}", {**SCORES, "token": token}) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert [item.element for item in site.work(scored.instance_id)].count("Langkah_4") == 1


def test_nothing_of_the_page_is_read_for_a_step_that_is_done(site, draw):
    """Three statements beside those of the act: two for who is there, and the task."""
    site.put_into_force(draw(PLAIN))
    item, staff = site.item(site.start(key="p")), site.visitor("staff")
    staff.get(f"/tasks/{item.id}")
    sent = []
    event.listen(site.db.connections, "before_cursor_execute", lambda *told: sent.append(told[2]))
    assert staff.post(f"/tasks/{item.id}").status == 303
    act = next(place for place, said in enumerate(sent) if said.startswith("UPDATE instance"))
    read = [said for said in sent[:act] if said.startswith("SELECT")]
    assert len(read) <= 4  # of which one is the act's
    assert not [said for said in sent if " comment" in said or " processing" in said]


def test_every_page_of_a_task_has_a_token_of_its_own(assessor, scored):
    first, second = (assessor.get(f"/tasks/{scored.id}").value("token") for _ in range(2))
    assert first != second


def test_a_refused_form_keeps_its_token(assessor, scored):
    page = assessor.post(f"/tasks/{scored.id}", {"token": "satu-kali"})
    assert (page.status, page.value("token")) == (422, "satu-kali")


def test_a_stale_page_says_so_and_shows_what_was_typed(site, assessor, scored):
    token = assessor.get(f"/tasks/{scored.id}").value("token")
    site.step(scored.instance_id)
    page = assessor.post(f"/tasks/{scored.id}", {**SCORES, "token": token})
    assert page.status == 409
    assert page.said[0] == "Tugas ini sudah diselesaikan oleh Kasi Contoh Satu."
    assert "Isian Anda yang tidak terkirim" in page.text
    assert "Cukup baik" in page.text
    assert "Di atas ekspektasi" in page.text
    assert site.answers(scored.instance_id, "Langkah_3")["catatan_penilai"] == "Baik"


def test_a_form_of_a_cancelled_case_shows_what_was_typed(site, assessor, scored):
    site.visitor("staff").post(f"/cases/{scored.instance_id}/cancel", {"reason": "Keliru"})
    page = assessor.post(f"/tasks/{scored.id}", SCORES)
    assert page.status == 409
    assert page.said[0] == "Tugas ini dibatalkan oleh Umar Contoh."
    assert "Cukup baik" in page.text


def test_a_failed_step_keeps_the_task_and_what_was_typed(site, assessor, scored, monkeypatch):
    def fail(*_):
        raise StepFailed(message("Langkah gagal: {reason}", reason="bagi nol"))

    monkeypatch.setattr(Execution, "complete", fail)
    page = assessor.post(f"/tasks/{scored.id}", SCORES)
    assert page.status == 422
    assert page.said == ["Langkah gagal: bagi nol"]
    assert page.value("catatan_penilai").strip() == "Cukup baik"
    monkeypatch.undo()
    again = assessor.get(f"/tasks/{scored.id}")
    assert again.value("catatan_penilai").strip() == "Cukup baik"
    assert "bagi nol" in assessor.get(f"/cases/{scored.instance_id}").text


def test_another_persons_task_is_neither_shown_nor_done(site, scored):
    for who in ("employee", "staff", "superior", "supervisor", "analyst"):
        visitor, address = site.visitor(who), f"/tasks/{scored.id}"
        for answer in (visitor.get(address), visitor.post(address, SCORES)):
            assert answer.status == 403
            assert answer.said == ["Tugas ini bukan milik Anda."]
            assert "Memberikan penilaian" not in answer.text
    assert site.item(scored.instance_id).id == scored.id


def test_a_group_task_is_claimed_before_it_is_done_by_another(site):
    item = site.item(site.start())
    site.act(instances.claim, "colleague", item)
    assert site.visitor("staff").post(f"/tasks/{item.id}", {}).status == 403


def test_a_task_that_is_not_there_is_not_found(site):
    visitor = site.visitor("staff")
    for number in (999_999, 2**31, 2**63, 10**30):
        assert visitor.get(f"/tasks/{number}").status == 404
        assert visitor.post(f"/tasks/{number}").status in (404, 405)
        assert visitor.post(f"/tasks/{number}/claim").status in (303, 404)


def test_a_done_task_is_shown_to_who_did_it(site, assessor, scored):
    site.step(scored.instance_id)
    page = assessor.get(f"/tasks/{scored.id}")
    assert page.status == 200
    assert "Diselesaikan oleh Kasi Contoh Satu" in page.text
    assert not page.tree.xpath("//form[@class='task-form']")


def test_a_disagreement_returns_to_the_assessor_with_its_reason(site):
    case = site.start()
    site.until(case, "Langkah_4")
    employee = site.visitor("employee")
    address = f"/tasks/{site.item(case).id}"
    assert employee.post(address, {"keputusan": "tidak_setuju"}).status == 422
    given = {"keputusan": "tidak_setuju", "alasan": "Kuantitas kegiatan 2 keliru"}
    assert employee.post(address, given).status == 303
    page = site.visitor("assessor").get(f"/tasks/{site.item(case).id}")
    assert "putaran ke-2" in page.text
    assert "Kuantitas kegiatan 2 keliru" in page.text


def test_a_case_that_keeps_moving_is_told_and_the_input_stays(site, assessor, scored, monkeypatch):
    def stale(*_, **__):
        raise StaleInstance(message("Kasus ini baru saja berubah. Muat ulang halaman."))

    monkeypatch.setattr(instances, "complete", stale)
    page = assessor.post(f"/tasks/{scored.id}", SCORES)
    assert (page.status, page.value("catatan_penilai").strip()) == (409, "Cukup baik")
    assert page.said[0] == "Kasus ini baru saja berubah. Muat ulang halaman."
