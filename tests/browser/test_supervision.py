"""A supervisor's acts, one by one: each on record with its reason, and refused to others."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from engine import cases, clock, instances, people, sample, starting, verification
from engine.database import Database
from engine.models import HistoryEntry, Incident, Job, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
OTHERS = ("neighbour", "auditor", "employee")
ASSESSOR = "Lane_PejabatPenilai"
PREPARED: Any = ("staff", {})
ASSESSED = ("assessor", {"catatan_penilai": "Baik"})
REFUSED = ("employee", {"keputusan": "tidak_setuju", "alasan": "Kurang satu kegiatan"})
STEP_1, STEP_2 = "Menyiapkan blanko", "Menyerahkan kepada pejabat penilai"
STEP_3, STEP_4 = "Memberikan penilaian", "Memeriksa hasil SKP"


class Office:
    """The database behind the server: cases brought to a step, and what is on record."""

    def __init__(self, url: str) -> None:
        self.db = Database(url)
        self._steps = 0

    def actor(self, role: str) -> Any:
        with self.db.read() as session:
            nip = sample.CAST[role][0]
            return people.actor(session, people.with_nip(session, nip).id)

    def start(self, *done: tuple[str, dict[str, str]]) -> int:
        """A case whose first steps are done by these people with these answers."""
        employee = self.actor("employee").id
        token = f"mulai-{self._next()}"
        case = starting.start(self.db, self.actor("staff"), "skp_collection", employee, token=token)
        for role, given in done:
            item = self.item(case)
            instances.complete(self.db, self.actor(role), item.id, given, token=f"{self._next()}")
        return case

    def item(self, case: int) -> WorkItem:
        """The open task of a case."""
        with self.db.read() as session:
            (found,) = [one for one in cases.work(session, case) if one.status == "open"]
        return found

    def fail(self, case: int) -> int:
        """Lets the first timer of a case fail; gives the incident."""
        with self.db.write() as session:
            job = session.scalars(select(Job).where(Job.instance_id == case).limit(1)).one()
            session.execute(update(Job).where(Job.id == job.id).values(state="failed"))
            failed = Incident(
                instance_id=case, job_id=job.id, element=job.element, at=clock.now(), reason="Gagal"
            )
            session.add(failed)
            session.flush()
            return failed.id

    def count(self) -> int:
        """How many entries all histories have of what people did."""
        by_people = HistoryEntry.person_id.is_not(None)
        with self.db.read() as session:
            return len(session.scalars(select(HistoryEntry.seq).where(by_people)).all())

    def faults(self) -> list[Any]:
        """What is wrong with the record."""
        return verification.verify(self.db, None, None, lambda *_: None).faults

    def _next(self) -> int:
        self._steps += 1
        return self._steps


@pytest.fixture
def office(server: Server) -> Iterator[Office]:
    found = Office(server.database_url)
    yield found
    found.db.close()


@dataclass(frozen=True)
class Supervision:
    """A supervisor at the browser, and others who try the same."""

    office: Office
    page: Page
    others: list[Page]

    @contextmanager
    def act(self, case: int, way: str, told: str, **form: str) -> Iterator[str]:
        """An act, refused to others before, and on record with its reason after."""
        reason = f"Alasan {told.lower()} <{case}>"
        before = self.office.count()
        for page in self.others:
            refuse(page, case, way, form | {"reason": reason, "correction-reason": reason})
        assert self.office.count() == before
        yield reason
        self.page.wait_for_selector(".flash.done")
        self.page.goto(f"/cases/{case}")
        timeline = self.page.locator("ol.timeline")
        expect(timeline).to_contain_text(told)
        if not way.startswith("/incidents"):  # which is but tried again
            expect(timeline).to_contain_text(reason)
        assert self.office.count() > before
        assert self.office.faults() == []

    def give_reason(self, way: str, reason: str, button: str, **given: str) -> None:
        """Unfolds the form of that address, fills it in and presses its button."""
        details = self.page.locator("main details", has=self.page.locator(f"form[action='{way}']"))
        details.locator("summary").press("Enter")  # which hits it wherever the page has moved to
        for name, value in (given | {"reason": reason}).items():
            details.locator(f"[name={name}]").fill(value)
        details.get_by_role("button", name=button, exact=True).click()


@pytest.fixture
def supervision(
    office: Office, sign_in: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> Supervision:
    monkeypatch.setitem(sample.CAST, "neighbour", sample.PEOPLE[5])
    return Supervision(office, sign_in("supervisor"), [sign_in(who) for who in OTHERS])


def refuse(page: Page, case: int, way: str, form: dict[str, str]) -> None:
    """No button leads there, and a forged form gets nowhere."""
    page.goto(f"/cases/{case}")
    assert page.locator(f"[action='{way}'], [href='{way}']").count() == 0
    token = page.locator("[name=csrf_token]").first.input_value()
    answer = page.request.post(way, form=form | {"csrf_token": token}, max_redirects=0)
    assert answer.status in (403, 404), (page.url, way, answer.status)


def test_every_act_is_on_record_with_its_reason_and_the_supervisors_alone(
    office: Office, supervision: Supervision
) -> None:
    case = office.start(PREPARED, PREPARED)
    instances.take_up(office.db, office.actor("assessor"), office.item(case).id)
    remind(supervision, case)
    postpone(supervision, case)
    reassign(supervision, case)
    for way, told, button in (
        ("suspend", "Kasus ditangguhkan", "Tangguhkan"),
        ("resume", "Kasus dilanjutkan", "Lanjutkan"),
    ):
        press(supervision, case, way, told, button)

    disagreed = office.start(PREPARED, PREPARED, ASSESSED, REFUSED)
    correct(supervision, disagreed)
    send(supervision, disagreed, "Langkah_1", STEP_1)  # back
    send(supervision, office.start(), "Langkah_2", STEP_2)  # past a step

    retry(supervision, case)
    press(supervision, case, "cancel", "Kasus dibatalkan", "Batalkan kasus")
    expect(supervision.page.locator(".heading")).to_contain_text("Dibatalkan")


def press(by: Supervision, case: int, way: str, told: str, button: str) -> None:
    """What asks for a reason alone."""
    way = f"/cases/{case}/{way}"
    with by.act(case, way, told) as reason:
        by.page.goto(f"/cases/{case}")
        by.give_reason(way, reason, button)


def remind(by: Supervision, case: int) -> None:
    way = f"tasks/{by.office.item(case).id}/nudge"
    press(by, case, way, f"Pelaksana diingatkan: {STEP_3}", "Ingatkan")


def postpone(by: Supervision, case: int) -> None:
    with by.office.db.read() as session:
        timer = cases.timers(session, case)[0].task
    way, later = f"/cases/{case}/timers/{timer}/postpone", clock.now() + timedelta(days=30)
    to = {"date": f"{later:%d-%m-%Y}", "time": "16.00"}
    with by.act(case, way, "Batas waktu ditunda", **to) as reason:
        by.page.goto(f"/cases/{case}")
        by.give_reason(way, reason, "Tunda", **to)
    expect(by.page.locator("ol.timeline")).to_contain_text(f"menjadi {to['date']} 16.00")


def reassign(by: Supervision, case: int) -> None:
    way, to = f"/cases/{case}/reassign", {"place": ASSESSOR, "person": "Kasi Contoh Dua"}
    with by.act(case, way, "Peran dialihkan: Pejabat Penilai", **to) as reason:
        by.page.goto(f"/cases/{case}")
        form = by.page.locator("form", has=by.page.locator(f"[name=place][value={ASSESSOR}]"))
        by.page.locator("aside details", has=form).locator("summary").press("Enter")
        form.locator("[name=person]").press_sequentially("Kasi Contoh D")
        expect(form.locator("datalist option")).to_have_count(1, timeout=30_000)
        form.locator("[name=person]").fill(to["person"])
        form.locator("[name=reason]").fill(reason)
        form.get_by_role("button", name="Alihkan").click()
    expect(by.page.locator("aside")).to_contain_text("Kasi Contoh Dua")


def correct(by: Supervision, case: int) -> None:
    with by.office.db.read() as session:
        checked = cases.work(session, case)[3].id
    way = f"/cases/{case}/steps/{checked}/correct"
    with by.act(case, way, f"Isian dikoreksi: {STEP_4}", alasan="Palsu") as reason:
        by.page.goto(f"/cases/{case}/steps/{checked}")
        by.page.click("main a:has-text('Koreksi')")
        by.page.fill("[name=alasan]", "Kurang dua kegiatan")
        by.page.fill("#correction-reason", reason)
        by.page.click("text=Simpan koreksi")
    expect(by.page.locator("article.step").last).to_contain_text("Kurang dua kegiatan")


def send(by: Supervision, case: int, target: str, name: str) -> None:
    way = f"/cases/{case}/tasks/{by.office.item(case).id}/jump"
    with by.act(case, way, "Dipindahkan ke langkah lain", to=target) as reason:
        by.page.goto(f"/cases/{case}")
        by.page.click("text=Kembali ke langkah lain, atau melewati")
        by.page.select_option("#to", target)
        by.page.click("text=Tampilkan akibatnya")
        by.page.fill("#reason", reason)
        by.page.click("button:has-text('Pindahkan')")
    expect(by.page.locator("ol.timeline")).to_contain_text(f"ke {name}")
    assert by.office.item(case).element == target


def retry(by: Supervision, case: int) -> None:
    way = f"/incidents/{by.office.fail(case)}/retry"
    with by.act(case, way, "Pekerjaan yang gagal dicoba lagi"):
        by.page.goto("/incidents")
        by.page.click(f"form[action='{way}'] button")
