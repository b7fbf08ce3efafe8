"""No axe violation on any page, by day and by night, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from engine import cases, instances, people, sample, starting
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TABLE = Path(__file__).parents[1] / "sop" / "tables" / "skp_collection.txt"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# The staff's first task is late, its case has failed, so has the mail; and the staff were told.
TROUBLE = (
    "UPDATE work_item SET due_at = '2026-01-05 08:00:00', deadline_at = '2099-01-05 17:00:00'",
    "INSERT INTO incident (instance_id, work_item_id, job_id, element, at, reason)"
    " SELECT instance_id, id, 999, element, opened_at, 'Layanan \"x\" belum terpasang.'"
    " FROM work_item",
    "INSERT INTO incident (at, reason) SELECT opened_at, 'Jawaban hilang.' FROM work_item",
    "INSERT INTO notice (person_id, instance_id, work_item_id, kind, token, at)"
    " SELECT person_id, instance_id, id, 'due', 'satu', opened_at FROM work_item",
    "UPDATE activation SET at = '2020-01-06 01:00:00'",
)

# The employee has not agreed once, and is asked again.
DISPUTED: Any = (
    ("staff", {}), ("staff", {}), ("assessor", {"catatan_penilai": "Baik"}),
    ("employee", {"keputusan": "tidak_setuju", "alasan": "Kurang satu kegiatan"}),
    ("assessor", {"catatan_penilai": "Tetap"}),
)  # fmt: skip
PREVIEW = "/cases/acts/preview"
CAMPAIGN = "/campaigns/preview"
ACTED = (
    "INSERT INTO mass_act (kind, details, reason, person_id, at, ended_at, token)"
    " SELECT 'suspend', '{}', 'Cuti', id, '2026-01-05 08:00:00', '2026-01-05 08:00:00', 'x'"
    f" FROM person WHERE nip = '{sample.CAST['supervisor'][0]}'",
    "INSERT INTO mass_act_case (mass_act_id, instance_id, outcome, reason)"
    " SELECT 1, id, 'refused', 'Kasus ini sudah berakhir.' FROM instance",
)


def violations(page: Page) -> list[str]:
    """What axe holds against the page, as rule and first element."""
    # Of what is right it need not tell each place.
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    return [f"{page.url} {rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_every_page_is_accessible_and_fits(
    sign_in: Callable[..., Page], start_case: Callable[[Page], str], server: Any
) -> None:
    # Colours change at once, so that axe sees none on its way to another.
    options = {"viewport": PHONE, "bypass_csp": True, "reduced_motion": "reduce"}
    staff = sign_in("staff", **options)
    case = start_case(staff)
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_url("**/tasks/*")
    task = staff.url
    make_trouble(server)
    handover = second_step(staff, start_case)
    dispute = f"/cases/{disputed(server)}/dispute"
    visits = {
        "staff": [task, case, "/", "/notices", "/profile", "/cases", "/nowhere", "/sign-in",
                  "/verify", "/sop", "/sop/skp_collection",
                  "/cases/new/skp_collection", "/cases/new/skp_collection/12",
                  "/bulk/skp_collection/Langkah_2", f"{handover}/handover"],
        "supervisor": ["/cases/supervised", "/cases/supervised?only=overdue",
                       "/figures/skp_collection", "/figures/skp_collection/variants",
                       "/cases/forecast", "/incidents",
                       f"{case}/tasks/{number(task)}/jump?to=Langkah_2",
                       f"/cases/{number(case) + 1}/steps/{number(handover) - 1}/correct", case,
                       f"{case}/times", "/calendars", "/calendars/2", PREVIEW, "/cases/acts/1",
                       "/cases/acts", "/campaigns/new", CAMPAIGN, "/campaigns/1", "/campaigns",
                       "/monitoring", "/monitoring/1", "/monitoring/1/sign", "/monitoring/2"],
        "superior": [dispute],
        "administrator": ["/incidents"],
        "analyst": ["/processes", "/processes/1", "/processes/of/skp_collection", "/modeler",
                    "/sop/skp_collection/1/changes?from=1",
                    "/processes/1/review", "/processes/1/move", "/trials", "/trials/1",
                    "/rules", "/rules/deadlock", "/rules/readable", "/modeler/imports",
                    "/modeler/imports/1", "/modeler/imports/1?row=3",
                    "/modeler/imports/1?part=pelaksana", "/modeler/imports/1?part=identitas"],
    }  # fmt: skip
    for role, addresses in visits.items():
        page = staff if role == "staff" else sign_in(role, **options)
        if role == "supervisor":
            make_sheets(page)
        if role == "analyst":
            bring_table(page)
        for address in addresses:
            page.set_viewport_size(PHONE)
            if address == PREVIEW:
                preview(page, server)
            elif address == CAMPAIGN:
                foresee_campaign(page)
            else:
                page.goto(address)
            see(page)
            if address == CAMPAIGN:
                page.click("button:has-text('Mulai:')")
                page.wait_for_url("**/campaigns/1")
            if address == dispute:
                assert page.is_visible("button:has-text('Putuskan')")
            if (role, address) == ("supervisor", case):
                suspend(page)
                see(page)
            if address == "/processes/1":
                page.click("button:has-text('Coba')")
                page.wait_for_url("**/trials/*")


def foresee_campaign(page: Page) -> None:
    """What would become of a unit's people, of whom one has a case already."""
    page.goto("/campaigns/new")
    page.click("button:has-text('Lihat apa yang akan terjadi')")
    page.wait_for_selector("text=Setiap pegawai")


def bring_table(page: Page) -> None:
    """A table of an SOP with guesses, in an import that is not drawn yet."""
    page.goto("/modeler/imports")
    page.fill("#text", TABLE.read_text())
    page.click("button:has-text('Baca tabel')")
    page.wait_for_url("**/imports/1")


def make_sheets(page: Page) -> None:
    """A sheet of the last half year, and one of the last year, which is then compared."""
    for kind in ("Monitoring", "Evaluasi"):
        page.goto("/monitoring")
        page.locator(f"li:has-text('{kind}') button:has-text('Buat')").first.click()
        page.wait_for_url("**/monitoring/*")


def second_step(staff: Page, start_case: Callable[[Page], str]) -> str:
    """The step of another case that is done by a press, or for many at once."""
    start_case(staff)
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.click("text=Selesaikan langkah ini")
    staff.wait_for_selector("h1:has-text('Menyerahkan kepada pejabat penilai')")
    return staff.url


def disputed(server: Any) -> int:
    """A case whose disagreement the assessor's superior may decide."""
    db = Database(server.database_url)
    with db.read() as session:
        nips = {role: sample.CAST[role][0] for role in ("staff", "assessor", "employee")}
        known = {role: people.with_nip(session, nip) for role, nip in nips.items()}
        actors: Any = {role: people.actor(session, one.id) for role, one in known.items() if one}
    subject, key = actors["employee"].id, "skp_collection"
    case = starting.start(db, actors["staff"], key, subject, token="keberatan")
    for turn, (role, given) in enumerate(DISPUTED):
        with db.read() as session:
            (item,) = [one for one in cases.work(session, case) if one.status == "open"]
        instances.complete(db, actors[role], item.id, given, token=f"keberatan-{turn}")
    db.close()
    return case


def number(address: str) -> int:
    """The number at the end of an address."""
    return int(address.rsplit("/", 1)[1])


def preview(page: Page, server: Any) -> None:
    """The page before clocks of the cases are postponed, with what became of some before it."""
    page.goto("/cases/supervised")
    page.click("text=Tindakan untuk banyak kasus")
    page.check("[name=which][value=all]")
    page.select_option("[name=kind]", "postpone")
    for _ in range(2):
        page.click("text=Lihat apa yang akan terjadi")
        page.wait_for_url(f"**{PREVIEW}")
    page.wait_for_selector("h2:has-text('Setiap kasus')")
    database = create_engine(server.database_url)
    with database.begin() as connection:
        for statement in ACTED:
            connection.execute(text(statement))
    database.dispose()


def make_trouble(server: Any) -> None:
    """Something to see on the pages of what is late or has failed."""
    database = create_engine(server.database_url)
    with database.begin() as connection:
        for statement in TROUBLE:
            connection.execute(text(statement))
    database.dispose()


def suspend(page: Page) -> None:
    page.fill("[id=cases-suspend]", "Berkas diperiksa.")
    page.click("main button:has-text('Tangguhkan')")
    page.wait_for_selector(".flash.done")


def see(page: Page) -> None:
    """Looks at the page with everything on it unfolded, on each device by day and by night."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for diagram in page.locator("[data-diagram]").all():
        diagram.scroll_into_view_if_needed()
        diagram.locator("svg .djs-shape").first.wait_for()
    page.add_script_tag(path=AXE)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (size, scheme)
        assert fits(page), (page.url, size)
