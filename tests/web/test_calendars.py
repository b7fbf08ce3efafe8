"""The calendar pages: a unit's year, and changing it with the effect shown first."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from engine import clock, instances, recalculation
from engine.models import Calendar, Job, Unit, WorkItem

PONTIANAK = ZoneInfo("Asia/Pontianak")
FRIDAY_OFF = {
    "change": "add-days", "year": "2026", "kind": "off", "first": "27-11-2026", "name": "Haul",
}  # fmt: skip
HOURS = {f"hours-{weekday}": "08.00–12.00, 12:30 - 15:00" for weekday in range(5)}


@pytest.fixture(autouse=True)
def thursday(monkeypatch) -> None:
    """The clock stands at Thursday 15:55."""
    now = datetime(2026, 11, 26, 15, 55, tzinfo=PONTIANAK).astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def dinas(site) -> str:
    """The address of the calendar of the agency's unit."""
    return f"/calendars/{_unit(site, 'dinas')}"


@pytest.fixture
def administrator(site):
    return site.visitor("administrator")


def _unit(site, code: str) -> int:
    with site.db.read() as session:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def versions(site) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count(Calendar.id)))


def confirmed(page) -> dict[str, str]:
    """What the button of the preview sends."""
    fields = page.tree.xpath("//form[contains(@action, '/calendars/')]//input[@type='hidden']")
    return {field.get("name"): field.get("value") for field in fields}


def change(visitor, address: str, given: dict[str, str]):
    """Previews a change and confirms it."""
    shown = visitor.post(f"{address}/preview", given)
    assert shown.status == 200, shown.text
    done = visitor.post(address, confirmed(shown))
    assert done.status == 303, done.text
    return visitor.get(done.location)


def cell(page, month: int, day: int) -> str:
    """How a day of the shown year is marked."""
    table = page.tree.xpath("//div[@class='year']//table")[month - 1]
    (found,) = (td for td in table.iter("td") if (td.text or "").strip() == str(day))
    return found.get("class", "work")


def taken_up(site) -> WorkItem:
    item = site.item(site.start())
    site.act(instances.claim, "staff", item)
    return item


def test_the_year_shows_what_kind_of_day_each_is_in_words_too(administrator, dinas):
    page = administrator.get(f"{dinas}?year=2026")
    assert page.title.startswith("Kalender Dinas Contoh")
    assert [cell(page, 12, day) for day in (23, 24, 26)] == ["work", "holiday", "weekend"]
    assert "24 Cuti Bersama Hari Raya Natal" in page.text
    for meaning in ("libur nasional, cuti bersama", "libur setempat", "hari kerja tambahan"):
        assert meaning in page.text
    assert "Senin–Kamis07.30–12.00, 13.00–16.00" in page.text
    assert "WIB (Pontianak)" in page.text
    assert page.tree.xpath("string(//td[@aria-current='date'])").strip() == "26"


def test_a_year_is_a_small_page(administrator, dinas):
    assert len(administrator.get(dinas).source.encode()) <= 20_000


def test_another_year_is_a_link_away_and_nonsense_is_this_year(administrator, dinas):
    page = administrator.get(dinas)
    assert f"{dinas}?year=2027" in page.links
    assert "Tahun Baru Islam" in administrator.get(f"{dinas}?year=2027").text
    for nonsense in ("1066", "x", "", "9999999999999"):
        assert (
            administrator.get(f"{dinas}?year={nonsense}").tree.xpath("//nav/strong")[0].text
            == "2026"
        )


def test_the_effect_of_a_change_is_shown_and_nothing_is_saved(site, administrator, dinas):
    items = [taken_up(site) for _ in range(3)]
    page = administrator.post(f"{dinas}/preview", FRIDAY_OFF)
    assert "Ditambah: 27-11-2026 libur: Haul" in page.text
    assert "3 dari 3 batas waktu bergeser: 3 lebih lambat, 0 lebih awal." in page.text
    assert "72 jam lebih lambat" in page.text
    assert "27-11-2026 07.35 WIB" in page.text
    assert "30-11-2026 07.35 WIB" in page.text
    assert "· 10 menit" in page.text
    assert f"{items[0].instance_id:05d}" in page.text
    assert versions(site) == 0


def test_a_confirmed_change_is_in_force_and_on_the_list_of_changes(site, administrator, dinas):
    item = taken_up(site)
    page = change(administrator, dinas, FRIDAY_OFF)
    assert page.said == ["Kalender disimpan. Batas waktu kasus berjalan dihitung ulang."]
    assert cell(page, 11, 27) == "off"
    assert "Ditambah: 27-11-2026 libur: Haul Sari Contoh · 26-11-2026 15.55 WIB" in page.text
    with site.db.read() as session:
        job = session.scalars(select(Job).where(Job.kind == "recompute")).one()
    recalculation.recompute(site.db, job)
    case = site.visitor("supervisor").get(f"/cases/{item.instance_id}")
    assert "30-11-2026 07.35 WIB" in case.text
    assert "Batas waktu bergeser karena kalender" in case.text
    assert "Pengelola kalender" in case.text


def test_a_day_off_is_taken_back(administrator, dinas):
    change(administrator, dinas, FRIDAY_OFF)
    page = change(administrator, dinas, {"change": "drop-day", "first": "27-11-2026"})
    assert cell(page, 11, 27) == "work"
    assert "Dihapus: 27-11-2026 libur: Haul" in page.text


def test_several_days_are_entered_at_once(administrator, dinas):
    page = change(administrator, dinas, FRIDAY_OFF | {"last": "30-11-2026"})
    assert [cell(page, 11, day) for day in (26, 27, 28, 29, 30)] == ["work"] + ["off"] * 4
    assert "27–30 Haul" in page.text


def test_an_extra_working_day_has_hours_of_its_own(administrator, dinas):
    extra = {"change": "add-days", "kind": "work", "first": "28-11-2026", "name": "Piket"}
    page = change(administrator, dinas, extra | {"hours": "08:00-12:00"})
    assert cell(page, 11, 28) == "extra"
    assert "28 Piket (08.00–12.00)" in page.text
    assert "28-11-2026 hari kerja 08.00–12.00: Piket" in page.text


def test_a_period_has_a_week_of_its_own(administrator, dinas):
    ramadan = {
        "change": "add-period",
        "name": "Ramadan",
        "first": "09-02-2027",
        "last": "26-02-2027",
    }
    page = change(administrator, dinas, ramadan | HOURS | {"year": "2027"})
    assert [cell(page, 2, day) for day in (8, 9, 13, 26)] == ["work", "period", "weekend", "period"]
    assert "Senin–Jumat 08.00–12.00, 12.30–15.00" in page.text
    gone = {"change": "drop-period", "first": "09-02-2027", "year": "2027"}
    assert cell(change(administrator, dinas, gone), 2, 9) == "work"


def test_weekly_hours_zone_and_holidays_are_changed_and_given_back(administrator, dinas):
    page = change(administrator, dinas, {"change": "hours"} | HOURS)
    assert "Senin–Jumat08.00–12.00, 12.30–15.00" in page.text
    page = change(
        administrator, dinas, {"change": "office", "zone": "Asia/Jayapura", "holidays": "no"}
    )
    assert "WIT (Jayapura)" in page.text
    assert cell(page, 12, 25) == "work"
    above = {"change": "office", "zone": "", "holidays": ""}
    assert cell(change(administrator, dinas, above), 12, 25) == "holiday"
    page = change(administrator, dinas, {"change": "hours", "above": "1"} | HOURS)
    assert "Senin–Kamis07.30–12.00, 13.00–16.00" in page.text
    assert "Jam kerja: seperti unit di atasnya" in page.text


def test_a_unit_below_shows_what_the_unit_above_says(site, administrator, dinas):
    change(administrator, dinas, FRIDAY_OFF)
    page = administrator.get(f"/calendars/{_unit(site, 'layanan')}")
    assert cell(page, 11, 27) == "off"
    assert "27-11-2026 libur: Haul" not in page.text  # that is the other unit's to take back


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": "31-02-2026"}, "Tulis tanggal sebagai hh-bb-tttt."),
        ({"first": ""}, "Tulis tanggal sebagai hh-bb-tttt."),
        ({"name": " "}, "Keterangan: 1 sampai 100 huruf."),
        ({"last": "26-11-2026"}, "Sekaligus 1 sampai 31 hari, berurutan."),
        ({"last": "27-12-2026"}, None),
        ({"last": "28-12-2026"}, "Sekaligus 1 sampai 31 hari, berurutan."),
        ({"kind": "work", "hours": "delapan"}, "Tulis jam kerja sebagai 07.30–12.00,"),
        ({"kind": "work", "hours": "08.00–24.00"}, "Tulis jam kerja sebagai 07.30–12.00,"),
        ({"kind": "work", "hours": "12.00–08.00"}, "Jam 12.00 harus sebelum 08.00."),
        ({"change": "hours"}, "Dalam seminggu harus ada jam kerja."),
        ({"change": "office", "zone": "Mars"}, 'Zona waktu "Mars" tidak dikenal.'),
        ({"change": "office"}, "Tidak ada yang berubah."),
        ({"change": "drop-day"}, "Tidak ada yang berubah."),
        ({"change": "sulap"}, "Perubahan itu tidak dikenal."),
    ],
)
def test_a_change_that_makes_no_sense_is_told_and_keeps_what_was_typed(
    site, administrator, dinas, given, said
):
    page = administrator.post(f"{dinas}/preview", FRIDAY_OFF | given)
    if said is None:
        assert page.status == 200
        return
    assert page.status == 422
    assert page.said[0].startswith(said)
    if (FRIDAY_OFF | given)["change"] == "add-days":
        assert "Haul" in page.source or given.get("name") == " "
        assert page.tree.xpath("//details[@open]//p[@class='fault']")
    saved = administrator.post(dinas, FRIDAY_OFF | given | {"base": "0"})
    assert saved.status == 422
    assert versions(site) == 0


def test_who_is_overtaken_is_told_and_changes_nothing(site, administrator, dinas):
    shown = administrator.post(f"{dinas}/preview", FRIDAY_OFF)
    monday = FRIDAY_OFF | {"first": "30-11-2026"}
    change(site.visitor("supervisor"), dinas, monday)
    page = administrator.post(dinas, confirmed(shown))
    assert page.status == 409
    assert page.said == ["Kalender ini baru saja diubah orang lain. Periksa, lalu ulangi."]
    assert versions(site) == 1
    change(administrator, dinas, FRIDAY_OFF)
    assert versions(site) == 2


@pytest.mark.parametrize("base", ["", "x", "-1", "99999999999999999999", "4711"])
def test_a_made_up_base_changes_nothing(site, administrator, dinas, base):
    change(administrator, dinas, FRIDAY_OFF)
    given = FRIDAY_OFF | {"first": "30-11-2026", "base": base}
    assert administrator.post(dinas, given).status == 409
    assert versions(site) == 1


def units(page) -> list[str]:
    """The names of the listed units."""
    return [name.text for name in page.tree.xpath("//ul[@class='cards']//strong")]


def test_administrators_and_supervisors_find_the_calendars_they_keep(site, administrator, dinas):
    assert "/calendars" in administrator.get("/").links
    everything = units(administrator.get("/calendars"))
    assert "Pemerintah Provinsi Contoh" in everything
    assert len(everything) == 4
    assert units(site.visitor("superior").get("/calendars")) == ["Bidang Layanan Contoh"]
    change(administrator, dinas, FRIDAY_OFF)
    listed = administrator.get("/calendars").tree.xpath("//li[.//strong='Dinas Contoh']")[0]
    assert "1 tanggal" in listed.text_content()


@pytest.mark.parametrize("who", ["employee", "staff", "analyst", "neighbour"])
def test_nobody_else_sees_or_changes_a_calendar(site, dinas, who):
    visitor = site.visitor(who)
    assert visitor.get(dinas).status == 403
    assert visitor.post(f"{dinas}/preview", FRIDAY_OFF).status == 403
    assert visitor.post(dinas, FRIDAY_OFF | {"base": "0"}).status == 403
    assert versions(site) == 0
    if who != "neighbour":  # who supervises another unit
        assert visitor.get("/calendars").status == 403
        assert "/calendars" not in visitor.get("/").links


def test_who_is_not_signed_in_is_asked_to(site, dinas):
    for path in ("/calendars", dinas):
        assert "/sign-in" in site.visitor().get(path).location


def test_there_is_no_calendar_of_a_unit_that_does_not_exist(administrator):
    assert administrator.get("/calendars/4711").status == 404
    assert administrator.post("/calendars/4711/preview", FRIDAY_OFF).status == 404


def test_the_pages_are_english_too(site, administrator, dinas):
    administrator.post("/language/en")
    page = administrator.get(dinas)
    assert page.tree.xpath("//caption")[0].text == "January"
    assert page.tree.xpath("//th")[0].text.strip() == "Mon"


def test_a_change_of_a_calendar_works_on_every_database(database_url, site, administrator, dinas):
    page = change(administrator, dinas, FRIDAY_OFF)
    assert cell(page, 11, 27) == "off"
