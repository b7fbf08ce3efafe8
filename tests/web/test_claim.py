"""Taking a group's task, giving it back, and beginning it ("Mulai")."""

import pytest

from engine import instances

pytestmark = pytest.mark.usefixtures("database_url")


def test_claiming_leads_to_the_form(site):
    item = site.item(site.start())
    visitor = site.visitor("staff")
    before = visitor.get(f"/tasks/{item.id}")
    assert not before.tree.xpath("//form[@class='task-form']")
    answer = visitor.post(f"/tasks/{item.id}/claim")
    assert (answer.status, answer.location) == (303, f"/tasks/{item.id}")
    assert visitor.get(answer.location).tree.xpath("//form[@class='task-form']")
    assert site.work(item.instance_id)[0].person_id == site.ids["staff"]


def test_who_is_second_is_told_and_changes_nothing(site):
    item = site.item(site.start())
    site.act(instances.claim, "colleague", item)
    visitor = site.visitor("staff")
    answer = visitor.post(f"/tasks/{item.id}/claim")
    assert (answer.status, answer.location) == (303, "/")
    assert visitor.get("/").said == ["Tugas ini sudah diambil oleh Umi Contoh."]
    assert site.item(item.instance_id).person_id == site.ids["colleague"]


def test_releasing_gives_the_task_back_to_the_group(site):
    item = site.item(site.start())
    visitor = site.visitor("staff")
    visitor.post(f"/tasks/{item.id}/claim")
    answer = visitor.post(f"/tasks/{item.id}/release")
    assert (answer.status, answer.location) == (303, "/")
    assert site.item(item.instance_id).person_id is None
    assert f"/tasks/{item.id}" in site.visitor("colleague").get("/").links


def test_a_task_of_a_person_cannot_be_released(site):
    address = site.task("Langkah_4")
    visitor = site.visitor("employee")
    assert "Lepaskan" not in visitor.get(address).text
    visitor.post(f"{address}/release")
    assert visitor.get("/").said == ["Tugas ini tidak berasal dari kelompok."]


def test_beginning_is_recorded_once_and_shown(site):
    address = site.task("Langkah_4")
    visitor = site.visitor("employee")
    waiting = visitor.get(address)
    assert "Menunggu" in waiting.text
    for _ in range(2):
        assert visitor.post(f"{address}/take-up").location == address
    begun = visitor.get(address)
    assert "Dikerjakan sejak" in begun.text
    assert not begun.tree.xpath("//form[contains(@action, '/take-up')]")


def test_looking_at_a_task_does_not_begin_it(site):
    case = site.start()
    item = site.until(case, "Langkah_4")
    site.visitor("employee").get(f"/tasks/{item.id}")
    assert site.item(case).taken_up_at is None


@pytest.mark.parametrize("act", ["claim", "release", "take-up"])
def test_a_stranger_can_do_nothing_with_a_task(site, act):
    case = site.start()
    item = site.until(case, "Langkah_4")
    visitor = site.visitor("outsider")
    assert visitor.post(f"/tasks/{item.id}/{act}").location == "/"
    assert len(visitor.get("/").said) == 1
    after = site.item(case)
    assert (after.person_id, after.taken_up_at) == (site.ids["employee"], None)


@pytest.mark.parametrize("act", ["claim", "release", "take-up"])
def test_acting_takes_a_form_not_a_link(site, act):
    assert site.visitor("employee").get(f"{site.task('Langkah_4')}/{act}").status == 405


def test_beginning_by_script_changes_only_where_the_task_stands(site):
    address = site.task("Langkah_3")
    answer = site.visitor("assessor").script(f"{address}/take-up")
    assert answer.status == 200
    assert "Dikerjakan" in answer.text
    assert "<form" not in answer.source.split("facts", 1)[0]
    assert "nilai_skp" not in answer.source


def test_whose_task_went_to_a_colleague_is_told_to_whom(site):
    item = site.item(site.start())
    staff, colleague = site.visitor("staff"), site.visitor("colleague")
    address = f"/tasks/{item.id}"
    staff.post(f"{address}/claim")
    staff.post(f"{address}/release")
    colleague.post(f"{address}/claim")
    page = staff.script(address, {"catatan_berkas": "Kurang satu"})
    assert (page.status, page.said) == (403, ["Tugas ini sudah diambil oleh Umi Contoh."])
    colleague.post(address)
    page = staff.script(address, {"catatan_berkas": "Kurang satu"})
    assert (page.status, page.said) == (403, ["Tugas ini sudah diselesaikan oleh Umi Contoh."])
