"""Going through a list of tasks: position, skipping, completing and going on, and filtering it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine import clock, instances, supervision
from engine.models import Instance, Substitution, WorkItem

ANSWER = {"catatan_ke_atasan": "Baik", "token": "t"}


@pytest.fixture
def three(site):
    """The assessor's open tasks of three cases, as addresses."""
    return [site.task("Langkah_5") for _ in range(3)]


def walk(page):
    (nav,) = page.tree.xpath("//nav[@class='walk']")
    return " ".join(nav.text_content().split())


def follow(visitor, page, text):
    """Follows a link of the walk through its redirects."""
    (link,) = page.tree.xpath("//nav[@class='walk']//a[text()=$text]/@href", text=text)
    return visitor.get(link, follow_redirects=True)


def path(page):
    return page.response.request.path


def send(visitor, page, given, then="next"):
    (form,) = page.tree.xpath("//form[contains(@class, 'task-form')]/@action")
    fields = {**given, "token": page.value("token"), "then": then}
    return visitor.post(form, fields, follow_redirects=True)


def test_skipping_leads_through_the_list_and_back_to_its_beginning(site, three):
    visitor = site.visitor("assessor")
    page, seen = visitor.get(three[0]), []
    for _ in range(4):
        seen.append((path(page), walk(page)))
        page = follow(visitor, page, "Lewati")
    assert [where for where, _ in seen] == [*three, three[0]]
    assert [said for _, said in seen[:3]] == [
        "1 dari 3 Lewati",
        "2 dari 3 Lewati",
        "3 dari 3 Lewati",
    ]


def test_completing_goes_on_and_keeps_count(site, three):
    visitor = site.visitor("assessor")
    page = visitor.get(three[0])
    for number, address in enumerate(three, start=1):
        assert path(page) == address
        assert walk(page).startswith(f"{number} dari 3")
        page = send(visitor, page, ANSWER)
    assert path(page) == "/"
    assert "Tidak ada tugas lain di daftar ini." in page.said


def test_what_was_skipped_comes_again_at_the_end(site, three):
    visitor = site.visitor("assessor")
    page = follow(visitor, visitor.get(three[0]), "Lewati")
    page = send(visitor, page, ANSWER)
    page = send(visitor, page, ANSWER)
    assert path(page) == three[0]


def test_plain_completing_leads_to_the_document_that_it_makes(site, three):
    visitor = site.visitor("assessor")
    done = path(send(visitor, visitor.get(three[0]), ANSWER, then=""))
    assert done.startswith("/documents/")


def test_a_task_that_is_gone_leads_on_all_the_same(site, three):
    visitor = site.visitor("assessor")
    page = visitor.get(three[0])
    supervision.cancel(site.db, site._actor(site.ids["staff"]), 2, "Salah")
    assert path(follow(visitor, page, "Lewati")) == three[2]
    again = visitor.get(three[1])  # by the back button
    assert walk(again) == "Tugas berikutnya"
    assert path(follow(visitor, again, "Tugas berikutnya")) == three[2]


def test_a_completed_task_reached_by_the_back_button_leads_on(site, three):
    visitor = site.visitor("assessor")
    send(visitor, visitor.get(three[0]), ANSWER)
    page = visitor.get(three[0])
    assert "Selesaikan langkah ini" not in page.text
    assert path(follow(visitor, page, "Tugas berikutnya")) == three[1]


def test_a_suspended_case_is_passed_over(site, three):
    supervision.suspend(site.db, site._actor(site.ids["supervisor"]), 2, "Berkas")
    visitor = site.visitor("assessor")
    page = visitor.get(three[0])
    assert walk(page).startswith("1 dari 2")
    assert path(follow(visitor, page, "Lewati")) == three[2]


def test_another_takes_the_groups_task_first_and_the_list_goes_on(site):
    cases = [site.start() for _ in range(3)]
    items = [site.item(case) for case in cases]
    visitor = site.visitor("staff")
    page = visitor.get(f"/tasks/{items[0].id}")
    assert walk(page).startswith("1 dari 3")
    site.act(instances.claim, "colleague", items[0])
    (claim,) = page.tree.xpath("//form[contains(@action, '/claim')]/@action")
    after = visitor.post(claim, follow_redirects=True)
    assert path(after) == f"/tasks/{items[1].id}"
    assert after.said == ["Tugas ini bukan milik Anda."] or "diambil" in after.said[0]


def test_a_substitute_goes_through_the_absents_list(site, three):
    today = clock.now().date()
    with site.db.write() as session:
        session.add(
            Substitution(
                absent_id=site.ids["assessor"], substitute_id=site.ids["outsider"],
                capacity="plh", first_day=today - timedelta(days=2),
                last_day=today + timedelta(days=2), reason="Dinas", at=clock.now(),
                person_id=site.ids["supervisor"],
            )
        )  # fmt: skip
    visitor = site.visitor("outsider")
    page = send(visitor, visitor.get(three[0]), ANSWER)
    assert path(page) == three[1]
    assert walk(page).startswith("2 dari 3")


def test_a_filtered_list_is_gone_through_alone(site):
    other = site.task("Langkah_7")
    first, second = site.task("Langkah_5"), site.task("Langkah_5")
    visitor = site.visitor("assessor")
    inbox = visitor.get("/?process=skp_collection&step=Langkah_5")
    tasks = inbox.tree.xpath("//ul[@class='cards']//a[@class='main']/@href")
    assert [link.partition("?")[0] for link in tasks] == [first, second]
    page = send(visitor, visitor.get(tasks[0]), ANSWER)
    assert path(page) == second
    assert path(send(visitor, page, ANSWER)) == "/"
    assert other in visitor.get("/").links


def test_without_a_filter_the_same_step_comes_first_and_then_the_rest(site):
    other = site.task("Langkah_7")
    first, second = site.task("Langkah_5"), site.task("Langkah_5")
    visitor = site.visitor("assessor")
    page = send(visitor, visitor.get(first), ANSWER)
    assert path(page) == second
    page = send(visitor, page, ANSWER)
    assert path(page) == other


def test_the_steps_are_counted_where_there_is_much_to_do(site):
    for _ in range(6):
        site.task("Langkah_5")
    visitor = site.visitor("assessor")
    assert not visitor.get("/").tree.xpath("//nav[@class='piles']")
    for _ in range(5):
        site.task("Langkah_7")
    (nav,) = visitor.get("/").tree.xpath("//nav[@class='piles']")
    assert [" ".join(a.text_content().split()) for a in nav.iter("a")] == [
        "Semua 11",
        "Menyerahkan SKP kepada atasan pejabat penilai 6",
        "Menyerahkan SKP kepada pegawai 5",
    ]


@pytest.mark.parametrize("asked", ["process=x", "process=skp_collection&step=%27--", "since=9e9"])
def test_a_list_that_nobody_has_is_empty_and_no_error(site, three, asked):
    visitor = site.visitor("assessor")
    assert visitor.get(f"/?{asked}").status == 200
    assert visitor.get(f"{three[0]}?{asked}").status == 200
    assert visitor.get(f"{three[0]}/next?{asked}").status == 303


def test_somebody_elses_task_says_nothing_of_itself(site, three):
    page = site.visitor("analyst").get(f"{three[0]}/next", follow_redirects=True)
    assert path(page) == "/"
    assert "Budi" not in page.text


@pytest.mark.usefixtures("database_url")
def test_the_performed_time_is_shown_beside_the_recorded(site):
    address = site.task("Langkah_5")
    with site.db.write() as session:  # the case is older than this test
        past = clock.now() - timedelta(days=3)
        session.execute(update(Instance).values(started_at=past))
        session.execute(update(WorkItem).values(opened_at=past, since=past))
        done = WorkItem.status == "completed"
        session.execute(update(WorkItem).where(done).values(closed_at=past))
    visitor = site.visitor("assessor")
    page = visitor.get(address)
    assert page.tree.xpath("//details[@class='performed' and not(@open)]")
    day = (clock.now() - timedelta(days=1)).astimezone().strftime("%d-%m-%Y")
    given = {**ANSWER, "performed:day": day, "performed:time": "10.15"}
    wrong = visitor.post(address, {**given, "performed:time": "pagi"})
    assert wrong.status == 422
    assert "Tulis tanggal seperti 31-12-2026 dan jam seperti 16.00." in wrong.text
    assert wrong.value("performed:time") == "pagi"
    assert wrong.value("catatan_ke_atasan").strip() == "Baik"
    future = visitor.post(address, {**given, "performed:day": "31-12-2099"})
    assert future.status == 422
    assert "Waktu dikerjakan harus antara" in future.said[0]
    assert visitor.post(address, given).status == 303
    case = visitor.get("/cases/1")
    assert f"dikerjakan {day} 10.15 WIB, dicatat" in case.text
    assert "Dikerjakan " + day in visitor.get(address).text
