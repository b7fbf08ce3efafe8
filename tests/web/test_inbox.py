"""The inbox: one's own tasks and those of one's groups."""

from datetime import timedelta

import pytest

from engine import instances, worklist


@pytest.mark.usefixtures("database_url")
def test_a_new_case_waits_for_the_whole_group(site):
    item = site.item(site.start())
    for who in ("staff", "colleague"):
        inbox = site.visitor(who).get("/")
        assert "Tugas kelompok" in inbox.text
        assert "Menyiapkan blanko dan SKP tahun sebelumnya" in inbox.text
        assert "Budi Contoh" in inbox.text
        assert f"/tasks/{item.id}/claim" in inbox.links


@pytest.mark.usefixtures("database_url")
def test_a_claimed_task_is_no_longer_offered_to_the_others(site):
    item = site.item(site.start())
    site.act(instances.claim, "staff", item)
    assert "Tidak ada tugas yang menunggu Anda." in site.visitor("colleague").get("/").text
    mine = site.visitor("staff").get("/")
    assert f"/tasks/{item.id}" in mine.links
    assert "Tugas kelompok" not in mine.text


def test_a_task_is_listed_for_its_person_only(site):
    address = site.task("Langkah_3")
    assert address in site.visitor("assessor").get("/").links
    for who in ("employee", "superior", "analyst", "outsider", "supervisor"):
        assert address not in site.visitor(who).get("/").links


def test_the_standard_time_and_the_waiting_time_are_shown(site, later):
    site.start()
    visitor = site.visitor("staff")
    for passed, said in [(0, "baru saja"), (5, "5 menit lalu"), (120, "2 jam lalu")]:
        later(timedelta(minutes=passed))
        assert f"masuk {said} · Waktu 10 menit" in visitor.get("/").text
    later(timedelta(hours=11))
    assert "masuk 13 jam lalu" in site.visitor("staff").get("/").text


def test_a_second_visit_says_which_round_it_is(site):
    case = site.start()
    site.until(case, "Langkah_4")
    site.step(case, keputusan="tidak_setuju", alasan="Kuantitas keliru")
    assert "putaran ke-2" in site.visitor("assessor").get("/").text


@pytest.mark.usefixtures("database_url")
def test_a_full_page_leads_to_the_next_one(site, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE", 2)
    items = [site.until(site.start(), "Langkah_4").id for _ in range(3)]
    visitor = site.visitor("employee")
    first = visitor.get("/")
    (onward,) = first.tree.xpath("//a[text()='Tugas berikutnya']/@href")
    assert onward == f"/?after={items[1]}"
    assert f"/tasks/{items[2]}" not in first.links
    assert f"/tasks/{items[2]}" in visitor.get(onward).links


@pytest.mark.parametrize("after", ["x", "-1", "99999999999999999999999", ""])
def test_a_page_that_cannot_be_is_the_first(site, after):
    address = site.task("Langkah_4")
    inbox = site.visitor("employee").get("/", query_string={"after": after})
    assert inbox.status == 200
    assert address in inbox.links


def test_a_full_page_of_the_groups_work_leads_to_the_next_one(site, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE", 2)
    items = [site.item(site.start()).id for _ in range(3)]
    visitor = site.visitor("staff")
    first = visitor.get("/")
    (onward,) = first.tree.xpath("//a[text()='Tugas berikutnya']/@href")
    assert f"/tasks/{items[2]}" not in first.links
    assert f"/tasks/{items[2]}" in visitor.get(onward).links
