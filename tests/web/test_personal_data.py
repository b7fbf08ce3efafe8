"""Nobody's name, NIP, score or words stand where they should not, whatever happens to a case.

Not in a log line, an address, a title, a mail, a feed or a page of an error.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import text, update

from engine import clock, jobs, logs, notices, worker
from engine.models import Job, Person, Submission
from engine.settings import MailServer, Settings
from tasks import mail
from tasks.duties import duties

MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday 10.00 in Pontianak
# (name, NIP, mail address): plainly fictitious, and like nothing else on a page.
PEOPLE = {
    "employee": ("Zulaikha Qintari", "199001012090032777", "satu@kantor.example"),
    "assessor": ("Wiryo Xaverindo", "198007072090031777", "dua@kantor.example"),
    "superior": ("Qomar Vektorina", "197205052090031777", "tiga@kantor.example"),
    "staff": ("Yumna Zebedani", "198509092090031777", "empat@kantor.example"),
}
SCORE, BEHAVIOUR = "83,69", "71,47"
MARKS = "orientasi_pelayanan integritas komitmen disiplin kerja_sama".split()
WORDS = {
    "catatan_penilai": "Terlambat menyerahkan kwartirxa",
    "alasan": "Angka itu keliru menurut zirkonia",
    "catatan_berkas": "Berkas hilang di lemari vulkanir",
    "reason": "Salah orang kata pelikanus",
}
PASSWORD = "contoh-alur"


def forms_of_secrets() -> list[str]:
    """Everything that is to stay where it belongs, in each way it may be written."""
    found = [
        SCORE,
        BEHAVIOUR,
        SCORE.replace(",", "."),
        BEHAVIOUR.replace(",", "."),
        *WORDS.values(),
    ]
    for name, nip, _ in PEOPLE.values():
        found += [name, *name.split(), nip, f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"]
    return found


@dataclass
class Watch:
    """What left the server, except the pages that are meant to show data."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def note(self, where: str, said: str) -> None:
        self.told.append((where, unquote(said)))

    def leaks(self) -> list[tuple[str, str]]:
        return [
            (where, secret)
            for where, said in self.told
            for secret in forms_of_secrets()
            if secret.lower() in said.lower()
        ]

    def places(self) -> set[str]:
        return {where.split()[0] for where, _ in self.told}


@dataclass
class Browser:
    """A person at a browser, whose pages are watched."""

    watch: Watch
    visitor: object
    who: str

    def get(self, path: str, status: int = 200):
        return self._seen(path, self.visitor.get(path), status)

    def post(self, path: str, given: dict | None = None, status: int = 303):
        return self._seen(path, self.visitor.post(path, given), status)

    def script(self, path: str, given: dict | None = None, status: int = 200):
        return self._seen(path, self.visitor.script(path, given), status)

    def _seen(self, path, page, status):
        assert page.status == status, (path, page.status, page.said)
        self.watch.note(f"address {path}", path)
        for name, value in page.headers.items():
            self.watch.note(f"header {name} of {path}", value)
        if page.source and page.headers["Content-Type"].startswith("text/html"):
            for link in page.links:
                self.watch.note(f"link on {path}", link)
            if page.tree.tag == "html":
                self.watch.note(f"title of {path}", page.title)
            # A form that comes back, or a task that is done, shows what it is there to show.
            if page.tree.tag != "html" or page.title.startswith("Tidak berhasil"):
                # Whoever is signed in reads their own name above every page.
                for name in page.tree.xpath("//a[@class='name']"):
                    name.getparent().remove(name)
                self.watch.note(f"error {page.status} of {path}", page.tree.text_content())
        return page


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(autouse=True)
def morning(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MORNING)


@pytest.fixture
def browser(site, watch):
    """``browser(who)``: somebody of the office, under the name that is looked for."""
    with site.db.write() as session:
        for who, (name, nip, address) in PEOPLE.items():
            named = update(Person).where(Person.id == site.ids[who])
            session.execute(named.values(name=name, nip=nip, email=address))

    def _browser(who: str) -> Browser:
        found = Browser(watch, site.visitor(), who)
        if who in PEOPLE:
            given = {"nip": PEOPLE[who][1], "password": "salah"}
            found.post("/sign-in", given, status=401)
            found.post("/sign-in", given | {"password": PASSWORD}, status=302)
        else:
            found.visitor = site.visitor(who)
        return found

    return _browser


@pytest.fixture
def work_off(site, watch, tmp_path, monkeypatch):
    """``work_off()``: the worker does what is due, and the mails it hands in are watched."""
    server = MailServer("alur@kantor.example", "127.0.0.1", 1)
    runners = duties(Settings(tmp_path, site.db.url, mail=server))
    at_work = worker.Worker(site.db, runners)
    lanes = {kind: lane for lane in at_work._lanes for kind in lane.lane.kinds}

    def hand_in(_server, written, mark) -> None:
        mark()
        for name in ("Subject", "From", "To"):
            watch.note(f"mail {name}", str(written[name]))
        watch.note("mail body", written.get_body(("plain",)).get_content())

    monkeypatch.setattr(mail, "hand_in", hand_in)

    def _work_off() -> int:
        done = 0
        while leased := jobs.lease(site.db, lanes.keys(), timedelta(minutes=1), 50):
            for held in leased:
                with site.db.read() as session:
                    kind = session.get_one(Job, held.job_id).kind
                lanes[kind]._out[held.job_id] = held
                lanes[kind]._each([held.job_id])
                done += 1
        return done

    return _work_off


def a_case_from_its_start_to_its_end(site, browser, work_off, later) -> int:
    """By the pages alone: a search, a start, a disagreement, reminders and mails."""
    staff = browser("staff")
    staff.get("/")
    staff.get("/cases/new", status=303)
    chosen = staff.post("/cases/new/skp_collection", {"q": PEOPLE["employee"][0]}, status=200)
    (start,) = [link for link in chosen.links if link.endswith(f"/{site.ids['employee']}")]
    token = staff.get(start).value("token")
    case = int(staff.post(start, {"token": token}).location.rpartition("/")[2])
    later(timedelta(minutes=30))
    answers = {
        "Langkah_1": {"catatan_berkas": WORDS["catatan_berkas"], "periode": "2020",
                      "dari": "01-01-2020", "sampai": "31-12-2020", "skp_sebelumnya": "ada"},
        "Langkah_3": {"kegiatan.1.kegiatan": "Menyusun", "kegiatan.1.satuan": "berkas",
                      "kegiatan.1.kuantitas": "1", "kegiatan.1.kualitas": "100",
                      "kegiatan.1.waktu": "12", "kegiatan.1.r_kuantitas": "1",
                      "kegiatan.1.r_kualitas": SCORE, "kegiatan.1.r_waktu": "12",
                      **dict.fromkeys(MARKS, BEHAVIOUR), "kegiatan": "",
                      "catatan_penilai": WORDS["catatan_penilai"]},
        "Langkah_4": {"keputusan": "tidak_setuju", "alasan": WORDS["alasan"]},
    }  # fmt: skip
    turns = {site.ids[who]: who for who in PEOPLE}
    while items := [item for item in site.work(case) if item.status == "open"]:
        (item,) = items
        who = browser(turns.get(item.person_id, "staff"))  # a day later everybody signs in anew
        path = f"/tasks/{item.id}"
        who.get("/")
        who.get(path)
        if item.person_id is None:
            who.post(f"{path}/claim")
        else:
            who.script(f"{path}/take-up")
        with site.db.write() as session:  # as a timer would
            notices.tell(session, item, "due", f"due-{item.id}", [site.ids[who.who]], clock.now())
        later(timedelta(minutes=5))
        work_off()
        who.get("/notices")
        given = answers.get(item.element, {})
        if item.element == "Langkah_4" and item.visit > 1:
            given = {"keputusan": "setuju"}
        if item.element == "Langkah_3":
            who.post(path, given | {"integritas": f"{SCORE},", "token": "a"}, status=422)
        who.post(path, given | {"token": f"{item.id}-{item.visit}"})
        who.post(path, given | {"token": "lain"}, status=409)
        later(timedelta(days=1))
    for who in map(browser, PEOPLE):
        who.get(f"/cases/{case}")
        who.get("/cases")
        who.get("/profile")
        who.get("/profile/data")
        who.get("/profile/data/download")
        who.get("/profile/data/processing.csv")
    return case


def it_goes_wrong(site, browser, case: int, monkeypatch) -> None:
    """Every kind of error, by people who carry the data along."""
    neighbour, head = browser("neighbour"), browser("supervisor")
    name, nip, _ = PEOPLE["employee"]
    neighbour.get(f"/cases/{case}", status=404)
    neighbour.get("/cases/999999", status=404)
    item = site.work(case)[3]
    neighbour.get(f"/tasks/{item.id}", status=403)
    neighbour.post(f"/tasks/{item.id}", {"catatan_penilai": WORDS["catatan_penilai"]}, status=403)
    neighbour.post("/profile/address", {"email": "bukan alamat"}, status=422)
    neighbour.post(f"/cases/{case}/cancel", {"reason": WORDS["reason"]}, status=404)
    neighbour.post("/sign-out", {"csrf_token": "", "q": name}, status=400)
    neighbour.post("/", {"q": name}, status=405)
    running = site.start()
    head.post(f"/cases/{running}/cancel", {"reason": ""}, status=422)
    head.post(f"/cases/{running}/cancel", {"reason": WORDS["reason"]})
    with site.db.write() as session:  # what the database refuses, it quotes
        session.execute(text("DROP INDEX uq_processing_subject_id"))
        session.execute(update(Submission).values(data=b'{"' + nip.encode()))
    monkeypatch.setattr("engine.people.search", _quoting)
    staff = browser("staff")
    staff.post("/cases/new/skp_collection", {"q": name}, status=500)
    staff.script("/cases/new/skp_collection", {"q": name}, status=500)
    browser("assessor").get(f"/cases/{case}", status=500)


def _quoting(_session, asked: str, _subjects=None):
    raise ValueError(f"no such person: {asked} {PEOPLE['employee'][1]}")


def test_a_case_leaves_nobody_s_data_where_it_should_not_be(
    site, browser, work_off, watch, later, monkeypatch, capsys
):
    with logs.written("text"):
        case = a_case_from_its_start_to_its_end(site, browser, work_off, later)
        feed = browser("employee").post("/profile/feed", status=200).value("feed-address")
        written = site.visitor().get(feed.removeprefix("http://127.0.0.1:8000"))
        it_goes_wrong(site, browser, case, monkeypatch)
    watch.note("feed", written.source)
    lines = capsys.readouterr().err
    for line in lines.splitlines():
        watch.note("log", line)
    assert "job done" in lines
    assert "request failed" in lines
    assert watch.places() == {"address", "header", "link", "title", "error", "mail", "feed", "log"}
    assert watch.leaks() == []


def test_a_leak_would_be_seen(watch):
    for said in ("Kasus Zulaikha", "?q=Zulaikha+Qintari", "/x?nip=19900101%20209003%202%20777"):
        watch.note("address", said)
    assert len({said for said, _ in watch.leaks()}) == 1
    assert len(watch.leaks()) >= 3
