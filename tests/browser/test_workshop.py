"""An analyst's whole story: drawn, stopped by a check, mended, tried, published, cases moved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from bpmn import layout
from engine import deployments, instances, people, sample, starting
from engine.database import Database
from engine.models import Definition, Duty, Instance, Notice, Person, Trial, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
KEY = "surat_keterangan"
SOP = """
    process id=surat_keterangan name="Surat keterangan"
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: mulai terima catat serahkan selesai
    lane Pejabat superior(subject): tanda_tangan
    startEvent mulai name="Permohonan datang"
    userTask terima name="Menerima permohonan"
    userTask catat name="Mencatat di buku agenda"
    userTask tanda_tangan name="Menandatangani surat"
    userTask serahkan name="Menyerahkan surat"
    endEvent selesai name="Selesai"
    mulai -> terima -> catat -> tanda_tangan -> serahkan -> selesai
"""
STEP = "Memeriksa isi surat"
NAME, WAKTU = "#bio-properties-panel-name", "#bio-properties-panel-waktu"
UNCLEAR = "#findings li:has-text('belum jelas')"
NOTE = "Pemohon memeriksa isi surat"


@dataclass
class Office:
    """The small procedure in force, and three cases of it at different steps."""

    db: Database
    source: bytes

    def __post_init__(self) -> None:
        with self.db.read() as session:
            ids = {nip: i for i, nip in session.execute(select(Person.id, Person.nip))}
            found = {
                role: people.actor(session, ids[nip]) for role, (nip, *_) in sample.CAST.items()
            }
        self.actors, self.tokens = found, count()
        deployments.activate(self.db, deployments.deploy(self.db, self.source).id)
        self.at_first, self.at_third, self.at_second = (self._case(n) for n in (0, 2, 1))

    def _case(self, steps: int) -> int:
        staff, subject = self.actors["staff"], self.actors["employee"].id
        case = starting.start(self.db, staff, KEY, subject, None, token=self._token())
        for _ in range(steps):
            (item,) = self.open_items(case)
            instances.complete(self.db, staff, item.id, {}, token=self._token())
        return case

    def _token(self) -> str:
        return f"uji-{next(self.tokens)}"

    def open_items(self, case: int) -> list[WorkItem]:
        of_case = WorkItem.instance_id == case, WorkItem.status == "open"
        with self.db.read() as session:
            return list(session.scalars(select(WorkItem).where(*of_case)))

    def is_at_new_step(self, case: int) -> bool:
        """Whether a case comes to the new step when all before it is done, or to its end."""
        while items := self.open_items(case):
            (item,) = items
            if item.element not in SOP:  # its id was given by the modeler
                return True
            by = next((a for a in self.actors.values() if a.id == item.person_id), None)
            doer = by or self.actors["staff"]
            instances.complete(self.db, doer, item.id, {}, token=self._token())
        return False

    def ended(self, case: int) -> tuple[Any, ...]:
        """The status of a case, and the version that it followed to its end."""
        query = select(Instance.status, Definition.version).join(Instance.definition)
        with self.db.read() as session:
            return tuple(session.execute(query.where(Instance.id == case)).one())

    def count(self, table: Any) -> int:
        with self.db.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def office(server: Any, draw: Callable[[str], bytes]) -> Iterator[Office]:
    db = Database(server.database_url)
    named = re.sub(rb'<lane id="(\w+)"', rb'<lane id="\1" name="\1"', draw(SOP))
    yield Office(db, layout.drawn(named))
    db.close()


def place(page: Page, element: str, across: float = 0.5) -> tuple[float, float]:
    """Where an element of the drawing stands on the screen."""
    box = page.locator(f"#canvas [data-element-id={element}] .djs-visual").first.bounding_box()
    assert box
    return box["x"] + box["width"] * across, box["y"] + box["height"] / 2


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(end[0] - 9, end[1] - 9, steps=3)
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def begin(page: Page) -> None:
    """From the list of processes to the drawing, as an analyst goes."""
    page.goto("/processes")
    page.click("main a:has-text('Surat keterangan')")
    page.click("text=Ubah di peramban")
    opened(page)


def opened(page: Page) -> None:
    page.locator("#findings .modeler-verdict").wait_for(state="attached")


def pick(page: Page, name: str) -> None:
    page.click("#tab-outline")
    page.click(f"#outline button:has-text('{name}')")


def answer(page: Page, selector: str, value: str) -> None:
    page.fill(selector, value)
    page.keyboard.press("Tab")


def add_step(page: Page) -> None:
    """By mouse and keyboard: a step goes, a lane comes, and in it a new step on the way."""
    page.mouse.click(*place(page, "catat"))
    page.keyboard.press("Delete")
    page.mouse.click(*place(page, "Pejabat", 0.03))
    page.click(".djs-context-pad [data-action=lane-insert-below]")
    answer(page, NAME, "Pemohon")
    x, y = place(page, "tanda_tangan_serahkan")
    box = page.locator("[data-action='create.task']").bounding_box()
    assert box
    drag(page, (box["x"] + 15, box["y"] + 15), (x, y))
    page.keyboard.type(STEP)
    page.keyboard.press("Enter")
    drag(page, (x, y), (x, place(page, "Pejabat")[1] + 120))
    answer(page, WAKTU, "sebentar")
    page.click("[data-group-id=group-form] .bio-properties-panel-add-entry")
    answer(page, "[data-group-id=group-form] input[id$=-label]", "Isi surat sudah benar")


def be_stopped_and_mend(page: Page) -> None:
    """An unclear Waktu keeps it from being a version, a lane of nobody from coming into force."""
    page.click("#deploy button")
    page.get_by_text("Diagram ini tidak dapat dijalankan").wait_for()
    opened(page)
    page.click(f"{UNCLEAR} button")
    assert page.input_value(NAME) == STEP
    answer(page, WAKTU, "2 jam")
    page.click("#tab-findings")
    page.locator(UNCLEAR).wait_for(state="detached")
    assert "belum dapat diberlakukan" in page.inner_text("#findings")
    page.click("#findings button:has-text('Pemohon')")
    page.select_option("[data-group-id=group-actor] select", "subject")
    page.locator("#count", has_text="✓").wait_for()
    pick(page, STEP)
    page.click("#tab-preview")
    page.locator("#preview label", has_text="Isi surat sudah benar").wait_for()


def do(page: Page, step: str, given: str | None = None) -> None:
    """A step of the trial, in whoever's place it is."""
    page.click(f"article:has-text('{step}') a:has-text('Kerjakan')")
    if given:
        page.fill("main form [name^=isian]", given)
    page.click("text=Selesaikan langkah ini")
    page.locator("h2", has_text="Yang sudah terjadi").wait_for()


def try_it(page: Page, office: Office) -> None:
    """All roles, a Waktu that rings; of all this nobody else sees anything, and nothing stays."""
    before = [office.count(table) for table in (Instance, WorkItem, Notice)]
    page.click("button:has-text('Coba')")
    page.wait_for_url("**/trials/*")
    do(page, "Menerima permohonan")
    do(page, "Menandatangani surat")
    assert "Waktu habis" not in page.inner_text("main")
    page.click("text=Maju ke timer berikutnya")
    page.locator(f"article:has-text('{STEP}')", has_text="Waktu habis").wait_for()
    do(page, STEP, "Ya")
    do(page, "Menyerahkan surat")
    page.get_by_text("Kasus percobaan ini selesai.").wait_for()
    assert [office.count(table) for table in (Instance, WorkItem, Notice)] == before
    drawing = page.get_attribute("text=Kembali menggambar", "href")
    page.click("text=Akhiri percobaan")
    page.get_by_text("tidak ada jejaknya").wait_for()
    assert office.count(Trial) == 0
    page.goto(drawing or "")
    opened(page)


def publish(page: Page) -> None:
    page.click("#deploy button")
    page.get_by_text("Tersimpan sebagai versi 2.").wait_for()
    page.click("text=Periksa dan berlakukan")
    told = page.inner_text("main")
    for line in (
        f'"{STEP}": ditambahkan', '"Mencatat di buku agenda": dihapus',
        f'"{STEP}": dikerjakan oleh kini Pemohon', "diisi oleh kini pegawai yang bersangkutan",
        f'Waktu "{STEP}": lamanya kini 2 jam',
        f'"{STEP}": isian "Isi surat sudah benar": jenis kini sebaris teks',
    ):  # fmt: skip
        assert line in told
    page.fill("#note", NOTE)
    page.click("text=Berlakukan untuk kasus baru")
    page.get_by_text("Versi 2 berlaku untuk kasus baru").wait_for()


def move(page: Page) -> None:
    """The plan says what the job then does: two go over, and why one does not."""
    assert "3 kasus berjalan masih mengikuti versi 1." in page.inner_text("main")
    page.click("text=Pindahkan ke versi ini")
    fates = page.locator("form[method=post] tbody tr").all_inner_texts()
    why = '"Mencatat di buku agenda" tidak ada lagi dalam versi baru.'
    assert ["Langkah yang sama" in fate for fate in fates] == [True, True, False]
    assert why in fates[2]
    page.fill("#note", NOTE)
    page.check("main [name=which][value=all]")
    page.click("main button:has-text('Pindahkan')")
    page.get_by_text("2 kasus dipindahkan, 1 tidak").wait_for()
    assert why in page.inner_text("main tbody")


def do_new_step(page: Page, case: int) -> None:
    """The employee finds the new step in their tray, with its Waktu and its form."""
    page.goto(f"/cases/{case}")
    page.click(f"main a:has-text('{STEP}')")
    page.wait_for_url("**/tasks/*")
    assert "2 jam" in page.inner_text("dl.sop >> nth=0")
    page.fill("main form [name^=isian]", "Ya")
    page.click("text=Selesaikan langkah ini")
    page.locator(".flash.done", has_text=STEP).wait_for()


def test_a_step_is_drawn_checked_tried_published_and_done_in_the_cases_moved_to_it(
    sign_in: Callable[..., Page], office: Office, server: Any
) -> None:
    analyst = sign_in("analyst")
    begin(analyst)
    add_step(analyst)
    be_stopped_and_mend(analyst)
    try_it(analyst, office)
    publish(analyst)
    move(analyst)
    moved = office.at_first, office.at_third
    assert [office.is_at_new_step(case) for case in moved] == [True, True]
    employee = sign_in("employee")
    for case in moved:
        do_new_step(employee, case)
    cases = office.at_first, office.at_second, office.at_third
    assert [office.is_at_new_step(case) for case in cases] == [False] * 3
    assert [office.ended(case) for case in cases] == [("completed", n) for n in (2, 1, 2)]
    verified = server.run("history", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_of_two_analysts_who_publish_at_once_the_second_is_told_and_nothing_is_lost(
    sign_in: Callable[..., Page], office: Office
) -> None:
    with office.db.write() as session:
        session.add(Duty(person_id=office.actors["staff"].id, name=people.ANALYST))
    first, second = sign_in("analyst"), sign_in("staff")
    begin(first)
    begin(second)
    assert "Sedang mengubah proses yang sama: Analis Contoh." in second.inner_text("#meanwhile")
    renamed = ("Menerima permohonan", "Menerima berkas"), ("Menyerahkan", "Mengirim surat")
    for page, (step, name) in zip((first, second), renamed, strict=True):
        pick(page, step)
        answer(page, NAME, name)
        page.click("#deploy button")
        page.get_by_text("Tersimpan sebagai versi").wait_for()
        page.click("text=Periksa dan berlakukan")
        page.fill("#note", name)
    second.click("text=Berlakukan untuk kasus baru")
    second.get_by_text("Versi 3 berlaku untuk kasus baru").wait_for()
    first.click("text=Berlakukan untuk kasus baru")
    first.get_by_text("Versi yang berlaku sudah berganti.").wait_for()
    assert first.input_value("#note") == "Menerima berkas"
    told = first.inner_text(".changes >> nth=0")
    assert "Mengirim surat → Menyerahkan surat" in told  # what the other did would be gone
    assert "Menerima permohonan → Menerima berkas" in told
    assert office.count(Definition) == 1 + 3  # the SKP's too
