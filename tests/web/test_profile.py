"""One's own profile: what the directory says, the mail address, and the calendar feed."""

import pytest
from icalendar import Calendar
from sqlalchemy import update

from engine import clock, sample
from engine.models import Person, WorkItem

PASSWORD = {"password": sample.PASSWORD}


def address(site, who="staff"):
    with site.db.read() as session:
        return session.get_one(Person, site.ids[who]).email


def feed_path(page):
    """The path of the feed on the page that has just made it."""
    return page.value("feed-address").removeprefix("http://127.0.0.1:8000")


def test_one_sees_what_the_directory_says_of_one(site):
    page = site.visitor("staff").get("/profile")
    for said in ("Umar Contoh", "19850909 209003 1 009", "Pengelola Pegawai", "III/a Penata Muda"):
        assert said in page.text
    assert page.title.startswith("Profil saya")
    assert sample.PEOPLE[8][0] not in page.source


def test_the_name_in_the_header_leads_there(site):
    page = site.visitor("staff").get("/")
    assert page.tree.xpath("//a[contains(@class, 'name')]/@href") == ["/profile"]


@pytest.mark.usefixtures("database_url")
def test_a_mail_address_is_kept_and_can_be_emptied(site):
    visitor = site.visitor("staff")
    answer = visitor.post("/profile/address", PASSWORD | {"email": " umar@kantor.example "})
    assert answer.location == "/profile"
    assert visitor.get("/profile").value("email") == "umar@kantor.example"
    assert address(site) == "umar@kantor.example"
    visitor.post("/profile/address", PASSWORD | {"email": ""})
    assert visitor.get("/profile").said == ["Alamat surel disimpan.", "Alamat surel dihapus."][1:]
    assert address(site) is None


def test_an_open_session_alone_does_not_say_where_codes_go(site):
    visitor = site.visitor("staff")
    for given in ({}, {"password": "salah-sama-sekali"}):
        page = visitor.post("/profile/address", given | {"email": "lain@contoh.example"})
        assert (page.status, page.said) == (422, ["Kata sandi sekarang tidak cocok."])
        assert page.value("email") == "lain@contoh.example"
    assert address(site) is None


def test_guessing_the_password_there_is_slowed_down_as_at_the_door(site):
    visitor = site.visitor("staff")
    tries = [visitor.post("/profile/address", {"password": "salah"}) for _ in range(7)]
    assert tries[-1].status == 429
    assert tries[-1].headers["Retry-After"]


def test_a_wrong_address_stays_on_the_page_and_is_not_kept(site):
    page = site.visitor("staff").post("/profile/address", PASSWORD | {"email": "umar@kantor"})
    assert page.status == 422
    assert page.said == ["Tulis alamat surel sebagai nama@kantor.go.id."]
    assert page.value("email") == "umar@kantor"
    assert address(site) is None


@pytest.mark.usefixtures("database_url")
def test_the_feed_is_read_without_signing_in(site):
    visitor = site.visitor("staff")
    item = site.item(site.start())
    with site.db.write() as session:
        session.execute(update(WorkItem).where(WorkItem.id == item.id).values(due_at=clock.now()))
    made = visitor.post("/profile/feed")
    answer = site.visitor().get(feed_path(made))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private"
    assert "Set-Cookie" not in answer.headers
    (event,) = Calendar.from_ical(answer.source).walk("VEVENT")
    assert event["URL"] == f"http://127.0.0.1:8000/tasks/{item.id}"


def test_the_address_of_the_feed_is_shown_once(site):
    visitor = site.visitor("staff")
    made = visitor.post("/profile/feed")
    secret = feed_path(made).split("/")[-1].removesuffix(".ics")
    assert len(secret) >= 43
    assert made.headers["Cache-Control"] == "no-store"
    again = visitor.get("/profile")
    assert secret not in again.source
    assert "Buat alamat baru" in again.text


def test_a_new_address_ends_the_old_one_and_removing_ends_it_too(site):
    visitor = site.visitor("staff")
    old = feed_path(visitor.post("/profile/feed"))
    new = feed_path(visitor.post("/profile/feed"))
    assert [visitor.get(path).status for path in (old, new)] == [404, 200]
    assert visitor.post("/profile/feed/remove").location == "/profile"
    assert visitor.get(new).status == 404
    assert "Buat alamat kalender" in visitor.get("/profile").text


@pytest.mark.parametrize("secret", ["x", "None", "%00", "a" * 5000])
def test_a_made_up_address_is_nobodys(site, secret):
    assert site.visitor().get(f"/feed/{secret}.ics").status in (400, 404)


@pytest.mark.parametrize("path", ["/profile/address", "/profile/feed", "/profile/feed/remove"])
def test_changing_a_profile_needs_signing_in_and_the_page(site, path):
    assert site.visitor().post(path).location.startswith("/sign-in")
    visitor = site.visitor("staff")
    visitor.csrf = "wrong"
    assert visitor.post(path, {"email": "a@b.example"}).status == 400


def test_the_reminder_by_whatsapp_has_a_text_and_no_number(site):
    with site.app.test_request_context("/"):
        parts = site.app.jinja_env.get_template("_parts.html").make_module({})
        link = str(parts.whatsapp('A & "B"?\n#', "00012", "https://alur.example/cases/12"))
    assert 'href="https://wa.me/?text=Mohon%20dikerjakan%3A%20A%20%26%20%22B%22%3F%0A%23%20' in link
    assert "00012" in link
    assert 'rel="noopener noreferrer"' in link
