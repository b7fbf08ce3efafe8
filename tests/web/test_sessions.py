"""Sessions: what a cookie is worth, one's devices, and that unsent input survives signing in."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import update

from engine import clock, sample
from engine.models import Person, SignIn, WorkItem
from web import carried

ANSWER = {"keputusan": "tidak_setuju", "alasan": 'Kuantitas keliru.\r\n"<b>&amp;'}


def cookie(visitor):
    return visitor.client.get_cookie("alur").value


def copy_of(site, visitor):
    """Another browser with a copy of the cookie."""
    thief = site.visitor()
    thief.client.set_cookie("alur", cookie(visitor))
    return thief


def devices(page):
    """The names of the devices on the profile page, and the addresses that end them."""
    names = [name.text_content() for name in page.tree.xpath("//ul[@class='cards']/li/strong")]
    ends = page.tree.xpath("//ul[@class='cards']/li/form/@action")
    return dict(zip(ends, names, strict=True))


@pytest.mark.usefixtures("database_url")
def test_a_copied_cookie_is_worthless_after_signing_out(site):
    visitor = site.visitor()
    visitor.sign_in("staff")
    thief = copy_of(site, visitor)
    assert thief.get("/").status == 200
    visitor.post("/sign-out")
    assert thief.get("/").status == 302


def test_signing_in_gives_a_new_secret_and_ends_the_old_one(site):
    visitor = site.visitor()
    visitor.sign_in("staff")
    thief = copy_of(site, visitor)
    visitor.sign_in("staff")
    assert visitor.get("/").status == 200
    assert thief.get("/").status == 302


def test_the_cookie_tells_nothing_of_the_person(site):
    visitor = site.visitor()
    visitor.sign_in("staff")
    with visitor.client.session_transaction() as session:
        kept = dict(session)
    assert set(kept) == {"_permanent", "_user_id", "csrf_token"}
    assert len(kept["_user_id"]) >= 43


def test_a_session_ends_after_thirty_one_days_however_much_it_is_used(site, later):
    visitor = site.visitor()
    visitor.sign_in("staff")
    for _ in range(67):
        later(timedelta(hours=11))
        assert visitor.get("/").status == 200
    later(timedelta(hours=8))
    assert visitor.get("/").status == 302


@pytest.mark.usefixtures("database_url")
def test_who_has_left_is_signed_out_at_once(site):
    visitor = site.visitor("staff")
    with site.db.write() as session:
        leaves = update(Person).where(Person.id == site.ids["staff"])
        session.execute(leaves.values(left_at=clock.now()))
    assert visitor.get("/").location == "/sign-in?next=/"
    assert site.visitor().sign_in("staff").status == 401


def test_a_page_comes_while_another_writes_for_long(site, later):
    visitor = site.visitor("staff")
    later(timedelta(minutes=10))
    with site.db.write() as session:
        session.execute(update(SignIn).values(agent="lama"))
        assert visitor.get("/").status == 200


def test_the_profile_lists_where_one_is_signed_in(site):
    here = site.visitor()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here.sign_in("staff", headers={"User-Agent": agent})
    site.visitor("staff")
    site.visitor("colleague")
    shown = sorted(devices(here.get("/profile")).values())
    assert shown == ["Firefox · Linux perangkat ini", "Peramban uji"]


@pytest.mark.usefixtures("database_url")
def test_another_device_is_signed_out_from_here(site):
    here, there = site.visitor("staff"), site.visitor("staff")
    (end,) = [
        end for end, name in devices(here.get("/profile")).items() if "perangkat ini" not in name
    ]
    assert here.post(end).location == "/profile"
    assert (here.get("/").status, there.get("/").status) == (200, 302)
    assert here.post(end).status == 404


def test_ending_this_device_is_signing_out(site):
    here = site.visitor("staff")
    (end,) = devices(here.get("/profile"))
    assert here.post(end).location == "/sign-in"
    assert here.get("/").status == 302


def test_nobody_ends_the_sign_in_of_another(site):
    theirs = site.visitor("staff")
    (end,) = devices(theirs.get("/profile"))
    assert site.visitor("administrator").post(end).status == 404
    assert theirs.get("/").status == 200


@pytest.mark.usefixtures("database_url")
def test_one_signs_out_everywhere(site):
    here, there = site.visitor("staff"), site.visitor("staff")
    other = site.visitor("colleague")
    assert here.post("/profile/sign-ins/end").location == "/sign-in"
    assert [visitor.get("/").status for visitor in (here, there, other)] == [302, 302, 200]


@pytest.fixture
def interrupted(site, later):
    """``interrupted()``: the employee's form that was sent too late, and the page that came."""
    task = site.task("Langkah_4")
    visitor = site.visitor("employee")
    token = visitor.get(task).value("token")
    later(timedelta(hours=13))
    return task, visitor, visitor.post(task, ANSWER | {"token": token})


def resume(visitor, page):
    """Presses the button of the page that came after signing in."""
    (form,) = page.tree.xpath("//main//form")
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    return visitor.post(form.get("action"), fields)


def sign_in(visitor, page, nip=sample.CAST["employee"][0], password=sample.PASSWORD):
    given = {"nip": nip, "password": password, "carried": page.value("carried")}
    return visitor.post("/sign-in", given)


def test_input_sent_too_late_is_carried_through_signing_in(site, interrupted):
    task, visitor, page = interrupted
    assert (page.status, page.title) == (401, "Masuk · Alur")
    assert page.said == ["Sesi Anda berakhir. Masuklah lagi; isian Anda dibawa serta."]
    (action,) = page.tree.xpath("//main//form/@action")
    assert action == "/sign-in"
    offered = sign_in(visitor, page)
    assert offered.status == 200
    assert "Anda sudah masuk kembali. Isian Anda masih ada." in offered.text
    assert offered.tree.xpath("//main//form/@action") == [task]
    assert site.item(task_case(site, task)).element == "Langkah_4"  # nothing is sent by itself
    assert resume(visitor, offered).status == 303
    said = site.answers(task_case(site, task), "Langkah_4")
    assert said["alasan"].replace("\r\n", "\n") == 'Kuantitas keliru.\n"<b>&amp;'


def task_case(site, task):
    with site.db.read() as session:
        return session.get_one(WorkItem, int(task.rpartition("/")[2])).instance_id


def test_a_wrong_password_in_between_loses_nothing(interrupted):
    _, visitor, page = interrupted
    again = sign_in(visitor, page, password="salah")
    assert again.status == 401
    assert again.value("carried") == page.value("carried")
    assert "Isian Anda masih ada" in sign_in(visitor, again).text


def test_another_person_who_signs_in_there_gets_nothing_of_it(interrupted):
    _, visitor, page = interrupted
    answer = sign_in(visitor, page, nip=sample.CAST["staff"][0])
    assert (answer.status, answer.location) == (302, "/")


def test_what_another_sends_is_refused_by_access_as_always(site, interrupted):
    _, _, page = interrupted
    stranger = site.visitor()  # of whom the browser remembers nothing
    offered = sign_in(stranger, page, nip=sample.PEOPLE[12][0])
    assert resume(stranger, offered).status == 403


@pytest.mark.parametrize("held", ["", "x", "W10.x.y", "a" * 10_000])
def test_what_was_not_carried_from_here_is_dropped(site, held):
    visitor = site.visitor()
    given = {"nip": sample.CAST["staff"][0], "password": sample.PASSWORD, "carried": held}
    assert visitor.post("/sign-in", given).location == "/"


def test_a_carried_form_leads_nowhere_but_here(site):
    with site.app.test_request_context("/"):
        packed = carried._signer().dumps(["https://evil.example/", [["a", "b"]]])
        assert carried.unpack(packed) is None
        assert carried.unpack(carried._signer().dumps(["/cases", [["a", "b"]]]))


@pytest.mark.parametrize(
    "given",
    [
        {"password": "rahasia-lama", "new_password": "rahasia-baru"},
        {"isi": "x" * 250_000},
        {f"f{n}": "" for n in range(8_001)},
    ],
)
def test_a_password_and_what_is_too_much_is_not_carried(site, given):
    page = site.visitor().post("/profile/password", given)
    assert page.status == 401
    assert not page.tree.xpath("//input[@name='carried']")
    assert "tidak dapat dibawa serta" in page.said[0]
    assert "rahasia" not in page.source


def test_a_file_is_not_carried(site, skp):
    given = {"file": (BytesIO(skp), "skp.bpmn"), "catatan": "x"}
    page = site.visitor().post("/processes", given)
    assert page.status == 401
    assert not page.tree.xpath("//input[@name='carried']")


def test_a_form_without_the_token_of_this_site_is_not_carried(site):
    visitor = site.visitor()
    visitor.csrf = "salah"
    assert visitor.post("/profile/address", {"email": "a@b.example"}).status == 400


def test_a_form_without_fields_only_leads_to_signing_in(site):
    assert site.visitor().post("/notices/read").location.startswith("/sign-in")
