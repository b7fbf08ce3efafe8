"""Drafts on the page of a task: saved as one types, from several devices, without script too."""

import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import Request, build_opener

import pytest
from sqlalchemy import event, select

from engine import deployments, directory, drafts, history, people, sample, sign_ins, starting
from engine.database import Database
from engine.directory import Particulars
from engine.models import WorkItem
from engine.settings import Settings
from web.app import create_app

TYPED = {"nilai_skp": "9o,5", "nilai_perilaku": "85", "catatan_penilai": "Baik\nsekali"}


@pytest.fixture
def task(site, drawn_marks) -> str:
    site.put_into_force(drawn_marks())
    return site.task("Langkah_3")


def draft(page, number=1, **typed):
    """The fields of a page as its script sends them."""
    kept = {"token": page.value("token"), "draft_number": str(number)}
    (revision,) = set(page.tree.xpath("//input[@name='draft_revision']/@value"))
    return TYPED | kept | {"draft_revision": revision} | typed


def test_what_was_typed_is_on_the_page_again_unjudged(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    saved = assessor.script(f"{task}/draft", draft(page))
    assert saved.status == 200
    assert re.search(r"Tersimpan \d\d\.\d\d", saved.text)
    again = assessor.get(task)
    assert again.value("nilai_skp") == "9o,5"
    assert again.value("catatan_penilai").strip() == "Baik\nsekali"
    assert again.fault("nilai_skp") is None
    assert "disimpan oleh" in again.text


def test_without_script_a_button_saves(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    done = assessor.post(f"{task}/draft", draft(page, 0))
    assert (done.status, done.location) == (303, task)
    again = assessor.get(task)
    assert "Konsep tersimpan." in again.said
    assert again.value("nilai_perilaku") == "85"


def test_the_first_save_takes_the_task_up_and_the_page_says_so(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    assert "Mulai" in page.text
    saved = assessor.script(f"{task}/draft", draft(page))
    assert "sejak" in saved.text
    assert 'id="facts"' in saved.source
    second = assessor.script(f"{task}/draft", draft(page, 2, draft_revision="1"))
    assert 'id="facts"' not in second.source


@pytest.mark.parametrize("by_script", [True, False])
def test_another_device_is_told_and_asked_which_is_to_be_kept(site, task, by_script):
    desk, phone = site.visitor("assessor"), site.visitor("assessor")
    at_desk, at_phone = desk.get(task), phone.get(task)
    desk.script(f"{task}/draft", draft(at_desk))
    send = phone.script if by_script else phone.post
    told = send(f"{task}/draft", draft(at_phone, nilai_skp="77"))
    assert told.status == 409
    assert "sudah disimpan dari tempat lain" in told.text
    assert desk.get(task).value("nilai_skp") == "9o,5"
    (revision,) = told.tree.xpath("//button[@name='draft_revision']/@value")
    kept = send(f"{task}/draft", draft(at_phone, 2, nilai_skp="77", draft_revision=revision))
    assert kept.status in (200, 303)
    assert desk.get(task).value("nilai_skp") == "77"


def test_without_script_what_was_typed_stays_on_the_page_that_asks(site, task):
    desk, phone = site.visitor("assessor"), site.visitor("assessor")
    at_desk, at_phone = desk.get(task), phone.get(task)
    desk.script(f"{task}/draft", draft(at_desk))
    told = phone.post(f"{task}/draft", draft(at_phone, nilai_skp="77"))
    assert told.value("nilai_skp") == "77"


def test_a_draft_is_thrown_away(site, task):
    assessor = site.visitor("assessor")
    assessor.script(f"{task}/draft", draft(assessor.get(task)))
    assessor.post(f"{task}/draft/discard", {"draft_revision": "1"})
    page = assessor.get(task)
    assert page.value("nilai_skp") in (None, "")
    assert "Buang konsep" not in page.text


def test_an_ended_session_is_told_to_the_script_and_saving_goes_on_after_signing_in(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    with assessor.client.session_transaction() as session:
        secret = session.pop("_user_id")
    assert assessor.script(f"{task}/draft", draft(page)).status == 401
    with assessor.client.session_transaction() as session:
        session["_user_id"] = secret
    assert assessor.script(f"{task}/draft", draft(page, 2)).status == 200


def test_a_draft_sent_without_script_survives_signing_in(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    with assessor.client.session_transaction() as session:
        del session["_user_id"]
    asked = assessor.post(f"{task}/draft", draft(page))
    assert asked.status == 401
    resumed = assessor.post(
        "/sign-in",
        {
            "nip": sample.CAST["assessor"][0], "password": sample.PASSWORD,
            "carried": asked.value("carried"),
        },
    )  # fmt: skip
    held = resumed.tree.xpath("//main//form//input[@type='hidden']")
    fields = {one.get("name"): one.get("value") for one in held}
    fields.pop("csrf_token")
    assert assessor.post(f"{task}/draft", fields).status == 303
    assert assessor.get(task).value("nilai_skp") == "9o,5"


def test_what_was_completed_is_not_drafted_any_more(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    good = {"nilai_skp": "90", "nilai_perilaku": "85", "catatan_penilai": "Baik"}
    assessor.post(task, {"token": page.value("token"), **good})
    assert assessor.script(f"{task}/draft", draft(page)).status == 409


def test_a_draft_that_is_too_large_is_refused_in_words(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    told = assessor.script(f"{task}/draft", draft(page, catatan_penilai="x" * 500_001))
    assert told.status == 422
    assert "terlalu besar" in told.text


@pytest.mark.parametrize("number", ["", "-1", "x", "9" * 400, "²"])
def test_numbers_that_are_none_do_no_harm(site, task, number):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    told = assessor.script(
        f"{task}/draft", draft(page, number, token="a b\n", draft_revision=number)
    )
    assert told.status in (200, 409)


def test_a_save_asks_the_database_little(site, task):
    assessor = site.visitor("assessor")
    page = assessor.get(task)
    assessor.script(f"{task}/draft", draft(page))
    sent: list[str] = []
    listen = site.db.connections, "before_cursor_execute"
    event.listen(*listen, lambda _c, _u, statement, *_: sent.append(statement))
    assessor.script(f"{task}/draft", draft(page, 2, draft_revision="1"))
    writing = [one for one in sent if not one.startswith("SELECT")]
    assert len(writing) == 1
    assert len(sent) <= 14, sent


class Browser:
    """Somebody at a real server, over a real connection."""

    def __init__(self, address: str, cookie: str) -> None:
        self.address = address
        self._opener = build_opener()
        self._opener.addheaders = [("Cookie", f"alur={cookie}")]

    def get(self, path: str) -> str:
        with self._opener.open(self.address + path, timeout=120) as answer:
            return answer.read().decode()

    def post(self, path: str, page: str, given: dict[str, str], **headers: str) -> None:
        (csrf, *_) = re.findall(r'name="csrf_token" value="([^"]+)"', page)
        data = urlencode({"csrf_token": csrf} | given).encode()
        request = Request(self.address + path, data, headers)  # noqa: S310  (our own address)
        with self._opener.open(request, timeout=120) as answer:
            assert "Tersimpan" in answer.read().decode() or not headers

    def draft(self, task: str, page: str, number: int, **typed: str) -> None:
        (token,) = re.findall(r'name="token" value="([^"]+)"', page)
        given = {"token": token, "draft_number": str(number), "draft_revision": "0"}
        self.post(f"{task}/draft", page, given | typed, **{"HX-Request": "true"})


PEOPLE = 30
OWN_FORM = """
    lane Staf starter: s a e
    startEvent s
    userTask a
        <camunda:formData>FIELDS</camunda:formData>
    endEvent e
    s -> a -> e
""".replace(
    "FIELDS",
    '<camunda:formField id="uraian" label="Uraian" type="text"/>'
    '<camunda:formField id="jumlah" label="Jumlah" type="long"/>',
)


@dataclass(frozen=True)
class Forms:
    """Tasks with a form, each of another person, and the cookies of these people's browsers."""

    db: Database
    items: tuple[int, ...]
    cookies: tuple[str, ...]


@pytest.fixture
def forms(database_url, draw, tmp_path) -> Iterator[Callable[[int], Forms]]:
    """``forms(30)``: as many people, each with a task of their own."""
    db = Database(database_url)
    deployments.activate(db, deployments.deploy(db, draw(OWN_FORM)).id)
    app = create_app(Settings(tmp_path / "home", db.url), db)
    cookie = app.session_interface.get_signing_serializer(app)
    with db.read() as session:
        administrator = people.actor(
            session, people.with_nip(session, sample.CAST["administrator"][0]).id
        )
        subject = people.with_nip(session, sample.CAST["employee"][0])

    def one(number: int) -> tuple[int, str]:
        nip = f"199801012090031{number + 100}"
        given = Particulars(nip, f"Pegawai {number} Contoh", "III/a", "Pranata", subject.unit_id)
        directory.add(db, administrator, given)
        with db.write() as session:
            actor = people.actor(session, people.with_nip(session, nip).id)
            secret = sign_ins.begin(session, actor.id, "Peramban uji")
        case = starting.start(db, actor, "p", subject.id, token=f"kasus-{number}")
        with db.read() as session:
            item = session.scalar(select(WorkItem.id).where(WorkItem.instance_id == case))
        # Signed as the server does it: thirty passwords from one place would be too many.
        return item, cookie.dumps({"_user_id": secret, "csrf_token": "x" * 40})

    def make(number: int) -> Forms:
        items, cookies = zip(*map(one, range(number)), strict=True)
        return Forms(db, items, cookies)

    yield make
    db.close()


def finish(browser: Browser, item: int, number: int) -> None:
    """Types a form in three goes, each kept as a draft, and sends it from another page."""
    task = f"/tasks/{item}"
    page = browser.get(task)
    for version in (1, 2, 3):
        typed = {"uraian": f"Uraian {number}.{version}", "jumlah": "1"}
        browser.draft(task, page, version, **typed)
    page = browser.get(task)
    assert f"Uraian {number}.3" in page
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    given = {"token": token, "uraian": f"Uraian {number}.3", "jumlah": str(number)}
    browser.post(task, page, given)


def test_thirty_at_once_finish_forms_with_drafts_and_none_is_lost(forms, serve):
    office = forms(PEOPLE)
    server = serve(office.db.url)
    browsers = [Browser(server.address, cookie) for cookie in office.cookies]
    with ThreadPoolExecutor(PEOPLE) as pool:
        done = pool.map(finish, browsers, office.items, range(PEOPLE))
        assert len(list(done)) == PEOPLE
    with office.db.read() as session:
        for number, item in enumerate(office.items):
            kept = session.get(WorkItem, item)
            assert (kept.status, kept.draft) == ("completed", None)
            given = history.submissions(session, kept.instance_id)[item]
            assert given == {"uraian": f"Uraian {number}.3", "jumlah": number}


def test_a_server_killed_between_saving_and_completing_loses_nothing(forms, serve):
    office = forms(1)
    (item,), (cookie,) = office.items, office.cookies
    server = serve(office.db.url)
    browser = Browser(server.address, cookie)
    page = browser.get(f"/tasks/{item}")
    browser.draft(f"/tasks/{item}", page, 1, uraian="Hampir", jumlah="x7")
    server.end(signal.SIGKILL)
    with office.db.read() as session:
        assert ("jumlah", "x7") in drafts.of(session.get(WorkItem, item)).fields
    page = Browser(serve(office.db.url).address, cookie).get(f"/tasks/{item}")
    assert "Hampir" in page
    assert 'value="x7"' in page
