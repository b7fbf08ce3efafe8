"""Time on the pages: late and waiting told apart; suspending, resuming and postponing."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine import cases, clock, instances

pytestmark = pytest.mark.usefixtures("database_url")
PONTIANAK = ZoneInfo("Asia/Pontianak")
LIMIT = b'<camunda:property name="alur:calendar" value="working" />'
WAIT = b'<camunda:property name="alur:waitLimit" value="PT2H" />'
WHY = {"reason": "Berkas <i>diperiksa</i> Inspektorat"}
LATER = {"date": "18-12-2026", "time": "16.00", "reason": "Pegawai cuti"}


@pytest.fixture
def at(monkeypatch):
    """``at(24, 8, 30)``: the clock stands at that day of November 2026 and time of the office."""

    def move(day: int, hour: int, minute: int = 0) -> None:
        now = datetime(2026, 11, day, hour, minute, tzinfo=PONTIANAK).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: now)

    return move


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(23, 9)


@pytest.fixture
def limited(site, skp) -> None:
    """The procedure with a limit of two working hours for lying in the tray."""
    site.put_into_force(skp.replace(LIMIT, LIMIT + WAIT, 1))


@pytest.fixture
def begun(site):
    """A case of which the staff have begun the first step, of 10 minutes."""
    case = site.start()
    site.act(instances.claim, "staff", site.item(case))
    return case


@pytest.fixture
def before_employee(site):
    """A case at the employee's step, which has a deadline of 14 days to the end of the day."""
    case = site.start()
    site.until(case, "Langkah_4")
    return case


@pytest.fixture
def timer(site, before_employee):
    """The address of the postponement of that deadline."""
    return f"/cases/{before_employee}/timers/{armed(site, before_employee)[0].task}/postpone"


def armed(site, case: int):
    with site.db.read() as session:
        return cases.timers(session, case)


def states(page) -> list[str]:
    """The states on a page, the case's own and what marks mean left out."""
    marks = "//main//*[starts-with(@class, 'state-')][not(parent::*[@class='marks'])]"
    found = page.tree.xpath(marks)
    return [mark.text_content() for mark in found if mark.text_content() != "Berjalan"]


def numbers(page) -> list[str]:
    return page.tree.xpath("//tbody//a/text()")


# In the tray, in work, too late


def test_waiting_and_working_are_different_states(site, begun):
    waiting = site.start()
    visitor = site.visitor("staff")
    assert states(visitor.get("/")) == ["Dikerjakan", "Menunggu"]
    assert states(visitor.get(f"/cases/{begun}")) == ["Dikerjakan"]
    assert states(visitor.get(f"/cases/{waiting}")) == ["Menunggu"]
    listed = site.visitor("supervisor").get("/cases/supervised")
    assert states(listed) == ["Menunggu", "Dikerjakan"]


def test_past_its_waktu_a_task_is_late_everywhere_with_its_due_time(site, begun, at):
    at(23, 9, 11)
    pages = {
        "/": site.visitor("staff"),
        f"/cases/{begun}": site.visitor("employee"),
        f"/tasks/{site.item(begun).id}": site.visitor("staff"),
        "/cases/supervised?only=overdue": site.visitor("supervisor"),
    }
    for address, visitor in pages.items():
        page = visitor.get(address)
        assert states(page) == ["Terlambat"], address
        assert "batas 23-11-2026 09.10 WIB" in page.text, address


def test_a_task_is_not_late_at_the_very_end_of_its_waktu(site, begun, at):
    at(23, 9, 10)
    assert states(site.visitor("staff").get("/")) == ["Dikerjakan"]


def test_lying_too_long_is_another_fault_than_being_late(site, limited, at):
    case = site.start()
    at(23, 10, 59)
    assert states(site.visitor("employee").get(f"/cases/{case}")) == ["Menunggu"]
    at(23, 11, 1)
    page = site.visitor("employee").get(f"/cases/{case}")
    assert states(page) == ["Menunggu terlalu lama"]
    assert "mulai sebelum 23-11-2026 11.00 WIB" in page.text


def test_the_supervisor_sees_how_many_cases_are_overdue_the_longest_first(site, limited, at):
    neglected, late, fine = (site.start() for _ in range(3))
    site.act(instances.claim, "staff", site.item(late))
    at(23, 11, 5)
    fine = site.start()
    visitor = site.visitor("supervisor")
    site.act(instances.claim, "staff", site.item(fine))
    everything = visitor.get("/cases/supervised")
    assert "3 kasus terlambat atau menunggu terlalu lama" in everything.text
    (address,) = everything.tree.xpath("//a[contains(., 'terlambat atau')]/@href")
    page = visitor.get(address)
    assert page.title.startswith("Kasus terlambat")
    assert numbers(page)[:2] == [f"0000{late}", f"0000{neglected}"]
    assert f"0000{fine}" not in numbers(page)
    assert states(page) == ["Terlambat", "Menunggu terlalu lama", "Menunggu terlalu lama"]


def test_a_long_late_list_goes_on_behind_its_last_case(site, begun, at, monkeypatch):
    monkeypatch.setattr(cases, "PAGE", 2)
    others = [site.start() for _ in range(4)]
    for minute, case in enumerate(reversed(others[1:]), start=1):
        at(23, 9, minute)
        site.act(instances.claim, "staff", site.item(case))
    at(23, 12)
    visitor, address, seen = site.visitor("supervisor"), "/cases/supervised?only=overdue", []
    while address:
        page = visitor.get(address)
        seen += numbers(page)
        (address,) = page.tree.xpath("//a[text()='Kasus berikutnya dalam daftar']/@href") or [None]
    assert seen == [f"0000{case}" for case in (begun, others[3], others[2], others[1])]
    caught_up = visitor.get(f"/cases/supervised?only=overdue&before={others[0]}")
    assert numbers(caught_up) == seen[:2]


def test_the_overdue_of_other_units_are_not_counted(site, begun, at):
    at(23, 12)
    visitor = site.visitor("neighbour")
    page = visitor.get("/cases/supervised")
    assert page.tree.xpath("//a[contains(., 'terlambat atau')]") == []
    assert "Tidak ada kasus seperti itu." in visitor.get("/cases/supervised?only=overdue").text


def test_a_done_step_shows_its_waiting_and_working_time_against_the_standard(site, at):
    case = site.start()
    at(23, 9, 20)
    site.act(instances.claim, "staff", site.item(case))
    at(23, 11)
    site.step(case)
    at(23, 11, 10)
    site.step(case)
    page = site.visitor("employee").get(f"/cases/{case}")
    late, in_time = page.tree.xpath("//ol/li[starts-with(strong, 'Diselesaikan')]")
    said = " ".join(late.text_content().split())
    assert "menunggu 20 menit · dikerjakan 1 jam 40 menit (Waktu 10 menit) Terlambat" in said
    assert "Terlambat" not in in_time.text_content()


# Suspending and resuming


def test_a_supervisor_suspends_a_case_with_a_reason_and_the_page_says_so(site, begun):
    visitor = site.visitor("supervisor")
    answer = visitor.post(f"/cases/{begun}/suspend", WHY)
    assert (answer.status, answer.location) == (303, f"/cases/{begun}")
    page = visitor.get(f"/cases/{begun}")
    assert page.said[0] == "Kasus ditangguhkan."
    assert page.said[1].startswith(
        "Ditangguhkan oleh Kadis Contoh, 23-11-2026 09.00 WIB: Berkas <i>"
    )
    assert set(states(page)) == {"Ditangguhkan"}
    assert "batas 23-11-2026" not in page.text
    assert "berhenti selama kasus ditangguhkan" in page.text
    assert "Lanjutkan kasus ini" in page.text
    assert "Tangguhkan kasus ini" not in page.text


def test_nothing_of_a_suspended_case_becomes_late(site, begun, at):
    site.visitor("supervisor").post(f"/cases/{begun}/suspend", WHY)
    at(24, 9)
    assert states(site.visitor("staff").get("/")) == ["Ditangguhkan"]
    assert numbers(site.visitor("supervisor").get("/cases/supervised?only=overdue")) == []


def test_a_resumed_case_goes_on_with_what_was_left(site, begun, at):
    at(23, 9, 4)
    site.visitor("supervisor").post(f"/cases/{begun}/suspend", WHY)
    at(24, 9)
    answer = site.visitor("supervisor").post(f"/cases/{begun}/resume", {"reason": "Selesai"})
    assert answer.status == 303
    page = site.visitor("employee").get(f"/cases/{begun}")
    assert states(page) == ["Dikerjakan"]
    assert "batas 24-11-2026 09.06 WIB" in page.text
    assert "Kasus dilanjutkan" in page.text


def test_the_form_of_a_suspended_case_keeps_what_was_typed(site, begun):
    site.visitor("supervisor").post(f"/cases/{begun}/suspend", WHY)
    visitor, address = site.visitor("staff"), f"/tasks/{site.item(begun).id}"
    assert "sedang ditangguhkan" in visitor.get(address).text
    for send in (visitor.post, visitor.script):
        page = send(address, {"catatan_berkas": "Lengkap", "token": "satu"})
        assert page.status == 409
        assert page.value("catatan_berkas").strip() == "Lengkap"
    assert site.item(begun).status == "open"


@pytest.mark.parametrize("act", ["suspend", "resume"])
def test_only_a_supervisor_of_the_employee_stops_and_resumes(site, begun, act):
    if act == "resume":
        site.visitor("supervisor").post(f"/cases/{begun}/suspend", WHY)
    before = site.visitor("supervisor").get(f"/cases/{begun}").text
    for who, status in {"staff": 403, "employee": 403, "assessor": 403, "outsider": 404}.items():
        visitor = site.visitor(who)
        assert f"/cases/{begun}/{act}" not in visitor.get(f"/cases/{begun}").links
        assert visitor.post(f"/cases/{begun}/{act}", WHY).status == status
    assert site.visitor("supervisor").get(f"/cases/{begun}").text == before


def test_a_reason_is_needed_to_suspend_and_to_resume(site, begun):
    visitor = site.visitor("supervisor")
    for act in ("suspend", "resume"):
        for send in (visitor.post, visitor.script):
            page = send(f"/cases/{begun}/{act}", {"reason": " "})
            assert page.status == 422
            assert "Alasan: 1 sampai 1000 huruf." in page.said
        visitor.post(f"/cases/{begun}/suspend", WHY)


def test_a_stale_page_is_told_that_the_case_is_suspended_already(site, begun):
    visitor = site.visitor("supervisor")
    visitor.post(f"/cases/{begun}/suspend", WHY)
    again = visitor.post(f"/cases/{begun}/suspend", WHY)
    assert (again.status, again.said[-1]) == (409, "Kasus ini tidak sedang berjalan.")
    visitor.post(f"/cases/{begun}/resume", WHY)
    script = visitor.script(f"/cases/{begun}/resume", WHY)
    assert (script.status, script.headers["HX-Retarget"]) == (409, "#notice")
    assert "tidak sedang ditangguhkan" in script.text


# Postponing


def test_the_form_begins_with_the_present_due_time_as_it_is_shown(site, before_employee):
    page = site.visitor("supervisor").get(f"/cases/{before_employee}")
    assert "Memeriksa hasil SKP (14 hari) 07-12-2026 24.00 WIB" in page.text
    assert (page.value("date"), page.value("time")) == ("07-12-2026", "24.00")


def test_a_timer_is_postponed_with_a_reason_and_the_record_says_from_when_to_when(
    site, timer, before_employee
):
    visitor = site.visitor("supervisor")
    answer = visitor.post(timer, LATER)
    assert (answer.status, answer.location) == (303, f"/cases/{before_employee}")
    page = visitor.get(f"/cases/{before_employee}")
    assert page.said == ["Batas waktu ditunda."]
    assert "tenggat 18-12-2026 16.00 WIB" in page.text
    assert "dari 07-12-2026 24.00 WIB menjadi 18-12-2026 16.00 WIB" in page.text
    assert "Pegawai cuti" in page.text


def test_the_end_of_a_day_may_be_written_as_it_is_shown(site, timer, before_employee):
    site.visitor("supervisor").post(timer, LATER | {"time": "24.00"})
    (moved,) = armed(site, before_employee)
    assert moved.due == datetime(2026, 12, 19, tzinfo=PONTIANAK)


@pytest.mark.parametrize(
    "bad",
    [
        {"date": ""},
        {"date": "2026-12-18"},
        {"date": "31-02-2027"},
        {"date": "31-12-9999"},
        {"date": "31-12-9999", "time": "24.00"},
        {"date": "01-01-0001", "time": "00.00"},
        {"time": "25.00"},
        {"time": "24.01"},
        {"time": "sore"},
        {"date": "07-12-2026", "time": "24.00"},
        {"date": "22-11-2026"},
        {"reason": ""},
        {"reason": "x" * 1001},
    ],
)
def test_bad_input_is_said_above_the_form_which_keeps_it(site, timer, before_employee, bad):
    visitor, given = site.visitor("supervisor"), LATER | bad
    before = armed(site, before_employee)[0].due
    for send in (visitor.post, visitor.script):
        page = send(timer, given)
        assert page.status == 422
        assert len(page.said) == 1
        assert {name: page.value(name) for name in ("date", "time")} == {
            "date": given["date"], "time": given["time"]
        }  # fmt: skip
        assert page.tree.xpath("//ul[@class='plain']//details/@open")
        assert given["reason"] in page.source
    assert armed(site, before_employee)[0].due == before


def test_only_a_supervisor_of_the_employee_postpones(site, timer, before_employee):
    for who, status in {"staff": 403, "employee": 403, "assessor": 403, "outsider": 404}.items():
        visitor = site.visitor(who)
        assert timer not in visitor.get(f"/cases/{before_employee}").links
        assert visitor.post(timer, LATER).status == status
    assert armed(site, before_employee)[0].due == datetime(2026, 12, 8, tzinfo=PONTIANAK)


def test_a_timer_that_is_gone_is_told(site, timer, before_employee):
    site.step(before_employee)
    visitor = site.visitor("supervisor")
    page = visitor.post(timer, LATER)
    said = "Batas waktu ini sudah lewat atau dihentikan."
    assert (page.status, page.said) == (409, [said])
    assert said in visitor.script(timer, LATER).text


def test_a_timer_is_not_postponed_through_another_case(site, timer, before_employee):
    other = site.start()
    address = timer.replace(f"/cases/{before_employee}/", f"/cases/{other}/")
    assert site.visitor("supervisor").post(address, LATER).status == 409
    assert armed(site, before_employee)[0].due == datetime(2026, 12, 8, tzinfo=PONTIANAK)


def test_a_suspended_case_has_nothing_to_postpone(site, timer, before_employee):
    visitor = site.visitor("supervisor")
    visitor.post(f"/cases/{before_employee}/suspend", WHY)
    assert timer not in visitor.get(f"/cases/{before_employee}").links
    assert visitor.post(timer, LATER).status == 409


def test_a_script_is_sent_on_to_the_case(site, timer, before_employee):
    answer = site.visitor("supervisor").script(timer, LATER)
    assert (answer.status, answer.headers["HX-Redirect"]) == (200, f"/cases/{before_employee}")
