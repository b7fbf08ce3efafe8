"""The calendars of units: what holds for whom, and what a change does to armed timers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update

from engine import (
    calendars,
    clock,
    instances,
    jobs,
    postponement,
    recalculation,
    supervision,
    values,
)
from engine.calendar_rules import dumps, loads, require_sound
from engine.database import Database
from engine.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleCalendar,
)
from engine.models import Calendar, Job, Unit, WorkItem
from engine.office_hours import RAMADAN_WEEK, USUAL_WEEK, Day, Period, Rules
from tests import leases

PONTIANAK = ZoneInfo("Asia/Pontianak")
THURSDAY = datetime(2026, 11, 26, 15, 55, tzinfo=PONTIANAK)
OFF_FRIDAY = Rules(days=(Day(date(2026, 11, 27), "Haul pendiri"),))
MORNING = ((time(8), time(12)),)


@pytest.fixture(autouse=True)
def on_thursday(monkeypatch) -> Callable[[datetime], None]:
    """The clock stands at Thursday 15:55; ``on_thursday(instant)`` moves it."""

    def move(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant.astimezone(UTC))

    move(THURSDAY)
    return move


@pytest.fixture
def units(office) -> dict[str, int]:
    """The ids of the units by their codes."""
    with office.db.read() as session:
        return dict(session.execute(select(Unit.code, Unit.id)).all())


def hours(office, unit_id: int, day: str):
    with office.db.read() as session:
        return calendars.of_unit(session, unit_id).hours(date.fromisoformat(day))


def save(office, unit_id: int, rules: Rules, by=None) -> int:
    with office.db.read() as session:
        _, base = calendars.own_rules(session, unit_id)
    return calendars.save(office.db, by or administrator(office), unit_id, rules, base)


def administrator(office):
    return replace(office.head, is_administrator=True)


def taken_up(office) -> WorkItem:
    """The first task of a case, taken up now: its Waktu of ten minutes runs."""
    item = office.item(office.start())
    instances.claim(office.db, office.staff, item.id)
    return office.item(item.instance_id)


def timer(office, item: WorkItem) -> Job:
    with office.db.read() as session:
        mine = Job.work_item_id == item.id, Job.kind == "timer", Job.duration.is_not(None)
        return session.scalars(select(Job).where(*mine)).one()


def recompute(db: Database) -> None:
    """Does all the recomputing there is to do, as a worker would."""
    while True:
        with db.read() as session:
            job = session.scalars(select(Job).where(Job.kind == "recompute")).first()
        if job is None:
            return
        recalculation.recompute(db, job)


def preview(office, unit_id: int, rules: Rules):
    with office.db.read() as session:
        return recalculation.preview(session, administrator(office), unit_id, rules)


def local(instant: datetime) -> str:
    return f"{instant.astimezone(PONTIANAK):%Y-%m-%d %H:%M}"


def test_nobody_has_said_anything_and_the_usual_hours_hold(office, units):
    assert hours(office, units["layanan"], "2026-11-26") == USUAL_WEEK[3]
    assert hours(office, units["layanan"], "2026-12-24") == ()  # cuti bersama


def test_what_a_unit_leaves_out_comes_from_the_units_above(office, units):
    save(office, units["contoh"], Rules(zone="Asia/Makassar", days=OFF_FRIDAY.days))
    save(office, units["layanan"], Rules(week=(MORNING,) * 5 + ((), ())))
    with office.db.read() as session:
        found = calendars.of_unit(session, units["layanan"])
    assert found.zone.key == "Asia/Makassar"
    assert found.hours(date(2026, 11, 26)) == MORNING
    assert found.hours(date(2026, 11, 27)) == ()
    assert hours(office, units["umum"], "2026-11-26") == USUAL_WEEK[3]


def test_what_a_unit_says_itself_is_nearer(office, units):
    save(office, units["dinas"], OFF_FRIDAY)
    save(office, units["layanan"], Rules(days=(Day(date(2026, 11, 27), "Piket", False, MORNING),)))
    assert hours(office, units["layanan"], "2026-11-27") == MORNING
    assert hours(office, units["umum"], "2026-11-27") == ()


def test_an_extra_working_day_has_the_hours_of_its_weekday_or_else_of_the_first(office, units):
    extra = (
        Day(date(2026, 11, 28), "Lembur Sabtu", off=False),
        Day(date(2026, 12, 25), "Piket Natal", off=False),
    )
    save(office, units["layanan"], Rules(days=extra))
    assert hours(office, units["layanan"], "2026-11-28") == USUAL_WEEK[0]
    assert hours(office, units["layanan"], "2026-12-25") == USUAL_WEEK[4]


def test_a_period_changes_the_hours_but_no_holiday(office, units):
    advent = Period("Desember", date(2026, 12, 1), date(2026, 12, 31), RAMADAN_WEEK)
    save(office, units["dinas"], Rules(periods=(advent,)))
    assert hours(office, units["layanan"], "2026-12-01") == RAMADAN_WEEK[1]
    assert hours(office, units["layanan"], "2026-12-25") == ()
    assert hours(office, units["layanan"], "2027-01-04") == USUAL_WEEK[0]


def test_national_holidays_may_be_left_out(office, units):
    save(office, units["dinas"], Rules(holidays=False))
    assert hours(office, units["layanan"], "2026-12-25") == USUAL_WEEK[4]


def test_a_known_calendar_costs_one_statement_and_none_with_its_stamp(office, units, statements):
    with office.db.read() as session:
        calendars.of_unit(session, units["layanan"])
        stamp = session.scalar(select(calendars.stamp()))
        statements.clear()
        first = calendars.of_unit(session, units["layanan"])
        assert len(statements.sent) == 1
        second = calendars.of_unit(session, units["layanan"], stamp)
        assert len(statements.sent) == 1
    assert first is second


def test_a_change_elsewhere_is_seen_at_once(office, units, rival):
    assert hours(office, units["layanan"], "2026-11-27") != ()
    calendars.save(rival, administrator(office), units["dinas"], OFF_FRIDAY, 0)
    assert hours(office, units["layanan"], "2026-11-27") == ()


def test_another_database_and_an_old_content_put_back_are_not_mixed_up(office, units, tmp_path):
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite'}", zone="Asia/Jayapura")
    other.migrate()
    save(office, units["dinas"], OFF_FRIDAY)
    assert hours(office, units["layanan"], "2026-11-27") == ()
    with other.read() as session:
        assert calendars.of_unit(session, 1).zone.key == "Asia/Jayapura"
    with office.db.write() as session:
        session.execute(delete(Calendar))
    assert hours(office, units["layanan"], "2026-11-27") != ()
    other.close()


def test_rules_are_kept_as_they_are():
    rules = Rules(
        zone="Asia/Jayapura",
        week=USUAL_WEEK,
        holidays=False,
        days=(*OFF_FRIDAY.days, Day(date(2026, 11, 28), "Lembur", False, MORNING)),
        periods=(Period("Ramadan", date(2027, 2, 8), date(2027, 3, 9), RAMADAN_WEEK),),
    )
    assert loads(dumps(rules)) == rules
    assert dumps(Rules()) == b"{}"
    assert loads(b"{}") == Rules()


def period(first: str = "2027-02-08", last: str = "2027-03-09", week=RAMADAN_WEEK, name="Ramadan"):
    return Period(name, date.fromisoformat(first), date.fromisoformat(last), week)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(zone="Europe/Paris"), 'Zona waktu "Europe/Paris" tidak dikenal.'),
        (Rules(week=((),) * 7), "Dalam seminggu harus ada jam kerja."),
        (Rules(week=(MORNING,) * 6), "Dalam seminggu harus ada jam kerja."),
        (Rules(week=(((time(12), time(8)),),) * 7), "Jam 12.00 harus sebelum 08.00."),
        (Rules(week=(((time(8), time(8)),),) * 7), "Jam 08.00 harus sebelum 08.00."),
        (
            Rules(week=((*MORNING, (time(11), time(16))),) * 7),
            "Jam kerja tumpang tindih atau tidak urut: 08.00–12.00, 11.00–16.00.",
        ),
        (Rules(week=(MORNING * 7,) * 7), "Jam kerja sehari paling banyak 6 bagian."),
        (Rules(days=(Day(date(2026, 1, 1), " "),)), "Keterangan: 1 sampai 100 huruf."),
        (Rules(days=(Day(date(2026, 1, 1), "x" * 101),)), "Keterangan: 1 sampai 100 huruf."),
        (Rules(days=OFF_FRIDAY.days * 2), "Tanggal 27-11-2026 sudah ada."),
        (Rules(days=(Day(date(1999, 1, 1), "Lama"),)), "Tahun harus antara 2000 dan 2100."),
        (
            Rules(days=tuple(Day(date(2026, 1, 1) + timedelta(n), "Libur") for n in range(367))),
            "Paling banyak 366 tanggal tersendiri.",
        ),
        (
            Rules(periods=(period("2027-03-09", "2027-02-08"),)),
            "Hari pertama periode tidak boleh sesudah hari terakhirnya.",
        ),
        (Rules(periods=(period(last="2028-02-09"),)), "Periode paling lama 366 hari."),
        (Rules(periods=(period(name=""),)), "Keterangan: 1 sampai 100 huruf."),
        (Rules(periods=(period(week=((),) * 7),)), "Dalam seminggu harus ada jam kerja."),
        (
            Rules(periods=(period(), period("2027-03-09", "2027-03-20", name="Syawal"))),
            'Periode "Ramadan" dan "Syawal" bertumpuk.',
        ),
        (
            Rules(
                periods=tuple(period(f"{2010 + n}-01-01", f"{2010 + n}-01-01") for n in range(21))
            ),
            "Paling banyak 20 periode.",
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_a_sentence(rules, said):
    with pytest.raises(InvalidInput) as refused:
        require_sound(rules)
    assert str(refused.value) == said


def test_the_preview_tells_how_many_timers_move_and_how_far_and_changes_nothing(office, units):
    items = [taken_up(office) for _ in range(3)]
    before = office.rows()
    effect = preview(office, units["dinas"], OFF_FRIDAY)
    assert (effect.timers, effect.moved, effect.later, effect.earlier) == (3, 3, 3, 0)
    assert effect.median == effect.largest == 72 * 3600  # Friday 07:35 to Monday 07:35
    assert [shift.instance_id for shift in effect.most] == [item.instance_id for item in items]
    assert local(effect.most[0].old) == "2026-11-27 07:35"
    assert local(effect.most[0].new) == "2026-11-30 07:35"
    assert office.rows() == before


def test_the_preview_counts_what_comes_earlier(office, units):
    taken_up(office)
    longer = tuple((*day, (time(17), time(18))) if day else () for day in USUAL_WEEK)
    effect = preview(office, units["layanan"], Rules(week=longer))
    assert (effect.moved, effect.earlier) == (1, 1)
    assert effect.largest == -(14 * 60 + 30) * 60  # 07:35 is 17:05 of the day before


def test_the_preview_leaves_out_the_cases_of_other_units(office, units):
    taken_up(office)
    effect = preview(office, units["umum"], OFF_FRIDAY)
    assert (effect.timers, effect.moved, effect.median, effect.largest) == (0, 0, 0, 0)


def test_a_change_is_saved_and_its_timers_move_on_record(office, units):
    item = taken_up(office)
    assert local(item.due_at) == local(timer(office, item).due) == "2026-11-27 07:35"
    version = save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    moved = timer(office, item)
    assert local(moved.due) == local(moved.ready) == "2026-11-30 07:35"
    assert local(office.item(item.instance_id).due_at) == "2026-11-30 07:35"
    entry = office.history(item.instance_id)[-1]
    assert (entry.kind, entry.capacity, entry.person_id) == (
        "timer.moved", "calendar", office.head.id,
    )  # fmt: skip
    details = values.loads(entry.details)
    assert [local(details["from"]), local(details["to"])] == [
        "2026-11-27 07:35",
        "2026-11-30 07:35",
    ]
    assert details["calendar"] == version


def test_a_step_after_the_move_goes_on_as_ever(office, units, broken_links):
    item = taken_up(office)
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    office.finish(item.instance_id)
    assert office.case(item.instance_id).status == "completed"
    with office.db.read() as session:
        assert broken_links(session, item.instance_id) == []
        assert session.scalar(select(func.count(Job.id)).where(Job.task.is_not(None))) == 0


def test_recomputing_again_moves_nothing(office, units):
    item = taken_up(office)
    save(office, units["dinas"], OFF_FRIDAY)
    with office.db.read() as session:
        job = session.scalars(select(Job).where(Job.kind == "recompute")).one()
    recompute(office.db)
    kept = office.rows()
    with office.db.write() as session:
        jobs.arm(
            session,
            [{"kind": "recompute", "due": job.due, "ready": job.due, "details": job.details}],
        )
    recompute(office.db)
    assert office.rows() == kept
    assert office.kinds(item.instance_id).count("timer.moved") == 1


def test_many_cases_are_gone_through_a_page_at_a_time(office, units, monkeypatch):
    monkeypatch.setattr(recalculation, "PAGE", 2)
    items = [taken_up(office) for _ in range(5)]
    save(office, units["dinas"], OFF_FRIDAY)
    with office.db.read() as session:
        job = session.scalars(select(Job).where(Job.kind == "recompute")).one()
    recalculation.recompute(office.db, job)
    moved = [local(timer(office, item).due) == "2026-11-30 07:35" for item in items]
    assert moved == [True, True, False, False, False]
    recompute(office.db)
    assert {local(timer(office, item).due) for item in items} == {"2026-11-30 07:35"}


def test_a_suspended_case_is_not_touched_and_goes_on_by_the_new_calendar(office, units):
    item = taken_up(office)
    supervision.suspend(office.db, office.superior, item.instance_id, "Menunggu berkas")
    kept = timer(office, item)
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    assert timer(office, item).due == kept.due
    assert "timer.moved" not in office.kinds(item.instance_id)
    supervision.resume(office.db, office.superior, item.instance_id, "Berkas lengkap")
    assert local(timer(office, item).due) == "2026-11-30 07:35"


def test_a_postponed_timer_stays_where_the_supervisor_put_it(office, units):
    item = taken_up(office)
    until = datetime(2026, 12, 1, 9, tzinfo=PONTIANAK)
    job = timer(office, item)
    postponement.postpone(
        office.db, office.superior, item.instance_id, job.task, until, "Dinas luar"
    )
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    assert local(office.item(item.instance_id).due_at) == "2026-12-01 09:00"


def test_a_timer_by_elapsed_time_stays_where_it_is(office, units):
    item = office.until(office.start(), "Langkah_4")
    instances.take_up(office.db, office.employee, item.id)
    with office.db.read() as session:
        of_item = select(Job.element, Job.due).where(Job.work_item_id == item.id)
        before = dict(session.execute(of_item).all())
        save(office, units["dinas"], OFF_FRIDAY)
        recompute(office.db)
    with office.db.read() as session:
        after = dict(session.execute(of_item).all())
    assert [name for name in before if after[name] != before[name]] == ["Waktu_4"]
    assert len(before) == 2


def test_a_timer_that_waits_for_its_reason_to_be_mended_is_not_touched(office, units):
    item = taken_up(office)
    job = timer(office, item)
    with office.db.write() as session:
        jobs.give_up(session, job, "rusak")
    assert preview(office, units["dinas"], OFF_FRIDAY).timers == 0
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    assert timer(office, item).due == job.due


def test_a_leased_timer_that_moves_is_not_done_before_it_is_due(office, units, on_thursday):
    item = taken_up(office)
    on_thursday(timer(office, item).due)
    (held,) = jobs.lease(office.db, ["timer"], timedelta(seconds=30), 10)
    begun = leases.begin(office.db, held)
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    moved = timer(office, item)
    assert moved.ready == moved.due
    assert local(moved.due) == "2026-11-30 07:35"
    with pytest.raises(jobs.JobGone), office.db.write() as session:
        jobs.finish(session, begun)


def test_a_pause_after_a_failure_is_kept_by_a_timer_that_comes_earlier(office, units):
    item = taken_up(office)
    pause = timer(office, item).due + timedelta(hours=1)
    with office.db.write() as session:
        session.execute(update(Job).where(Job.kind == "timer").values(ready=pause))
    longer = tuple((*day, (time(17), time(18))) if day else () for day in USUAL_WEEK)
    save(office, units["layanan"], Rules(week=longer))
    recompute(office.db)
    moved = timer(office, item)
    assert (local(moved.due), moved.ready) == ("2026-11-26 17:05", pause)


def test_a_timer_that_nobody_can_compute_holds_up_none_of_the_others(office, units):
    broken, sound = taken_up(office), taken_up(office)
    with office.db.write() as session:
        of_broken = update(Job).where(Job.work_item_id == broken.id)
        session.execute(of_broken.values(duration="P999999D"))
    assert preview(office, units["dinas"], OFF_FRIDAY).moved == 1
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    assert local(timer(office, sound).due) == "2026-11-30 07:35"
    assert local(timer(office, broken).due) == "2026-11-27 07:35"


def test_what_is_late_stays_late(office, units):
    """A limit that has passed and fired is no longer armed: nothing hides it."""
    item = taken_up(office)
    passed = THURSDAY - timedelta(hours=1)
    with office.db.write() as session:
        session.execute(update(WorkItem).where(WorkItem.id == item.id).values(due_at=passed))
    save(office, units["dinas"], OFF_FRIDAY)
    recompute(office.db)
    assert office.item(item.instance_id).due_at == passed.astimezone(UTC)


def test_of_two_limits_the_nearer_one_counts_when_one_moves(office, units):
    item = office.until(office.start(), "Langkah_4")
    friday, tuesday = (
        THURSDAY.replace(day=27, hour=8, minute=0), THURSDAY.replace(month=12, day=1, hour=8),
    )  # fmt: skip
    with office.db.write() as session:
        limit = session.scalars(select(Job).where(Job.element == "Batas_4")).one()
        nearer = {"duration": "PT35M", "clock": "working", "since": THURSDAY, "end_of_day": False}
        session.execute(
            update(Job).where(Job.id == limit.id).values(due=friday, ready=friday, **nearer)
        )
        fixed = {"due": tuesday, "ready": tuesday, "task": "lain", "kind": "timer"}
        of_item = {"instance_id": item.instance_id, "work_item_id": item.id, "element": "Batas_4"}
        jobs.arm(session, [fixed | of_item])
        session.execute(update(WorkItem).where(WorkItem.id == item.id).values(deadline_at=friday))
    week = Rules(days=tuple(Day(date(2026, 11, n), "Libur") for n in (27, 30)))
    save(office, units["dinas"], replace(week, days=(*week.days, Day(date(2026, 12, 1), "Libur"))))
    recompute(office.db)
    with office.db.read() as session:
        assert local(session.get_one(Job, limit.id).due) == "2026-12-02 08:00"
    assert local(office.item(item.instance_id).deadline_at) == local(tuesday)


def test_a_step_that_comes_between_is_no_loss(office, units, rival, before_writing):
    item = taken_up(office)
    save(office, units["dinas"], OFF_FRIDAY)
    before_writing(office.db, lambda: instances.release(rival, office.staff, item.id))
    recompute(office.db)
    assert local(timer(office, item).due) == "2026-11-30 07:35"
    assert office.kinds(item.instance_id)[-2:] == ["task.released", "timer.moved"]


def test_who_has_read_an_older_version_is_told_and_changes_nothing(office, units):
    save(office, units["dinas"], OFF_FRIDAY)
    before = office.rows()
    with pytest.raises(StaleCalendar, match="diubah orang lain"):
        calendars.save(office.db, administrator(office), units["dinas"], Rules(holidays=False), 0)
    assert office.rows() == before


def test_of_two_who_change_a_calendar_at_once_one_is_told(office, units, at_once):
    def change(rules):
        return lambda db: calendars.save(db, administrator(office), units["dinas"], rules, 0)

    outcomes = at_once(change(OFF_FRIDAY), change(Rules(holidays=False)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleCalendar", "int"]
    with office.db.read() as session:
        assert len(calendars.versions(session, units["dinas"], 10)) == 1
        assert session.scalar(select(func.count()).where(Job.kind == "recompute")) == 1


def test_a_calendar_is_kept_by_the_supervisors_above_and_by_administrators(office, units):
    save(office, units["layanan"], OFF_FRIDAY, by=office.superior)
    save(office, units["layanan"], Rules(holidays=False), by=office.head)
    for person in (office.neighbour, office.employee, office.staff, office.analyst):
        with pytest.raises(NotAllowed):
            save(office, units["layanan"], OFF_FRIDAY, by=person)
        with pytest.raises(NotAllowed), office.db.read() as session:
            recalculation.preview(session, person, units["layanan"], OFF_FRIDAY)
    with pytest.raises(NotAllowed):
        save(office, units["dinas"], OFF_FRIDAY, by=office.superior)


def test_there_is_no_calendar_of_a_unit_that_does_not_exist(office):
    with pytest.raises(NotFound):
        calendars.save(office.db, administrator(office), 4711, OFF_FRIDAY, 0)


def test_rules_that_make_no_sense_are_not_saved(office, units):
    before = office.rows()
    with pytest.raises(InvalidInput):
        calendars.save(office.db, administrator(office), units["dinas"], Rules(zone="x"), 0)
    assert office.rows() == before
