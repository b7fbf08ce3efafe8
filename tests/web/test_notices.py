"""The notices of a person: the list, the count in the menu, and reading them."""

import pytest
from sqlalchemy.exc import OperationalError

from engine import clock, notices

STEP = "Menyiapkan blanko dan SKP tahun sebelumnya"


@pytest.fixture
def told(site):
    """``told(kind, who)``: tells of the first task of a new case; gives the task."""

    def tell(kind="due", who="staff"):
        item = site.item(site.start())
        with site.db.write() as session:
            notices.tell(session, item, kind, f"{kind}.{item.id}", [site.ids[who]], clock.now())
        return item

    return tell


@pytest.fixture
def newest(site):
    """The id of the newest notice of the staff."""

    def find():
        with site.db.read() as session:
            return notices.page(session, site.ids["staff"])[0][0].id

    return find


def count(page):
    return page.tree.xpath("string(//nav//*[@class='count']/text())")


@pytest.mark.usefixtures("database_url")
def test_a_notice_is_listed_with_what_why_and_which_case(site, told):
    item = told()
    page = site.visitor("staff").get("/notices")
    (card,) = page.tree.xpath("//ul[@class='cards']/li")
    said = " ".join(card.text_content().split())
    assert said.startswith(f"{STEP} Waktu langkah ini habis · Kasus {item.instance_id:05d}")
    assert "Belum dibaca" in said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("due", "Waktu langkah ini habis"),
        ("deadline", "Tenggat terlewati"),
        ("wait", "Terlalu lama belum mulai dikerjakan"),
        ("before", "Waktu langkah ini segera habis"),
        ("escalated", "Tugas bawahan terlambat"),
        ("nudged", "Pengawas mengingatkan langkah ini"),
    ],
)
def test_every_kind_is_said_in_words(site, told, kind, said):
    told(kind)
    assert said in site.visitor("staff").get("/notices").text


def test_the_menu_counts_what_is_unread_on_every_page(site, told):
    visitor = site.visitor("staff")
    assert count(visitor.get("/")) == ""
    told()
    told()
    assert [count(visitor.get(path)) for path in ("/", "/cases", "/profile", "/none")] == ["2"] * 4
    assert count(site.visitor("employee").get("/")) == ""


def test_following_a_notice_leads_to_the_task_and_reads_it(site, told, newest):
    item = told()
    visitor = site.visitor("staff")
    answer = visitor.get(f"/notices/{newest()}")
    assert (answer.status, answer.location) == (303, f"/tasks/{item.id}")
    assert count(visitor.get("/")) == ""
    assert "Belum dibaca" not in visitor.get("/notices").text


def test_an_escalation_leads_to_the_case(site, told, newest):
    item = told("escalated")
    answer = site.visitor("staff").get(f"/notices/{newest()}")
    assert answer.location == f"/cases/{item.instance_id}"


def test_nobody_reads_the_notice_of_another(site, told, newest):
    told()
    assert site.visitor("colleague").get(f"/notices/{newest()}").status == 404
    assert count(site.visitor("staff").get("/")) == "1"


def test_all_can_be_marked_as_read(site, told):
    told()
    told()
    visitor = site.visitor("staff")
    assert visitor.post("/notices/read").location == "/notices"
    page = visitor.get("/notices")
    assert page.said == ["Semua pemberitahuan sudah dibaca."]
    assert count(page) == ""


def test_what_was_done_meanwhile_is_no_longer_counted_nor_led_to(site, told):
    site.step(told().instance_id)
    page = site.visitor("staff").get("/notices")
    assert "Sudah ditangani" in page.text
    assert count(page) == ""
    assert not page.tree.xpath("//ul[@class='cards']//a")


def test_older_notices_are_a_page_away(site, told, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    items = [told() for _ in range(3)]
    visitor = site.visitor("staff")
    page = visitor.get("/notices")
    (older,) = [link for link in page.links if "before=" in link]
    assert f"Kasus {items[0].instance_id:05d}" not in page.text
    assert f"Kasus {items[0].instance_id:05d}" in visitor.get(older).text


def test_without_notices_the_page_says_so(site):
    page = site.visitor("staff").get("/notices")
    assert "Belum ada pemberitahuan." in page.text


def test_strangers_are_asked_to_sign_in(site):
    visitor = site.visitor()
    for path in ("/notices", "/notices/1", "/profile"):
        assert visitor.get(path).location.startswith("/sign-in")
    assert count(visitor.get("/sign-in")) == ""


def test_a_page_can_be_shown_though_the_count_cannot_be_asked_for(site, monkeypatch):
    def lost(*_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    visitor = site.visitor("staff")
    monkeypatch.setattr(notices, "unread", lost)
    page = visitor.get("/")
    assert page.status == 200
    assert count(page) == ""


def test_a_full_page_is_no_burden_for_a_slow_line(site, told):
    for _ in range(notices.PAGE + 1):
        told()
    page = site.visitor("staff").get("/notices")
    assert len(page.tree.xpath("//ul[@class='cards']/li")) == notices.PAGE
    assert len(page.source.encode()) <= 20_000
