"""What Prometheus is told of the office and of what this process has done."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine import clock, instances, jobs, measures
from engine.errors import NoLongerOpen
from engine.models import Incident, WorkItem

LABELS = {"process", "status", "kind", "state", "act", "le", "route"}


@pytest.fixture
def read(office):
    """``read(name, **labels)``: a measure of the office, counted anew."""

    def _read(name: str, **labels: str) -> float | None:
        return measures.registry(office.db).get_sample_value(name, labels)

    return _read


def test_cases_are_counted_by_process_and_status(office, read):
    for _ in range(3):
        case = office.start()
    office.cancel(case)
    assert read("alur_instances", process="skp_collection", status="running") == 2
    assert read("alur_instances", process="skp_collection", status="cancelled") == 1


def test_late_work_and_full_trays_are_counted_apart(office, read):
    at, past = clock.now(), clock.now() - timedelta(hours=1)
    ways = [
        {"due_at": past}, {"deadline_at": past, "wait_due_at": past}, {"wait_due_at": past},
        {"wait_due_at": past, "taken_up_at": past}, {"due_at": at + timedelta(hours=1)},
    ]  # fmt: skip
    with office.db.read():
        items = [office.item(office.start()).id for _ in ways]
    unset = dict.fromkeys(("due_at", "wait_due_at", "deadline_at"))
    with office.db.write() as session:
        for item, way in zip(items, ways, strict=True):
            session.execute(update(WorkItem).where(WorkItem.id == item).values(unset | way))
    assert read("alur_open_tasks") == 5
    assert read("alur_late_tasks") == 2
    assert read("alur_waiting_too_long_tasks") == 1


def test_jobs_and_failures_are_counted(office, read, at):
    now = at("2026-11-26T09:00")
    assert read("alur_jobs_overdue_seconds") == 0
    rows = [
        {"kind": "message", "due": now - timedelta(seconds=s), "ready": now - timedelta(seconds=s)}
        for s in (90, 30, -30)
    ]
    with office.db.write() as session:
        jobs.arm(session, [*rows, rows[0] | {"state": "failed", "ready": now - timedelta(days=1)}])
        session.add(Incident(at=now, reason="Contoh"))
        session.add(Incident(at=now, reason="Contoh", resolved_at=now))
    assert read("alur_jobs", kind="message", state="armed") == 3
    assert read("alur_jobs", kind="message", state="failed") == 1
    assert read("alur_jobs_overdue_seconds") == 90
    assert read("alur_open_incidents") == 1


def test_the_database_is_asked_at_most_every_ten_seconds(office, statements, at):
    asked = measures.Office(office.db)
    sent = []
    for second in ("00", "09", "10"):
        at(f"2026-11-26T09:00:{second}")
        statements.clear()
        list(asked.collect())
        sent.append(len(statements.sent))
    assert sent == [5, 0, 5]


def test_each_act_of_a_case_is_timed_also_one_that_fails(office):
    def number() -> float:
        return measures.registry(office.db).get_sample_value(
            "alur_step_seconds_count", {"act": "instances.complete"}
        )

    case = office.start()
    item, before = office.item(case), number()
    office.complete(item)
    with pytest.raises(NoLongerOpen):
        instances.complete(office.db, office.colleague, item.id, {}, token="lain")
    assert number() == before + 2


def test_what_became_of_a_job_is_counted(office, read):
    def told() -> list[float | None]:
        return [
            read("alur_timer_lateness_seconds_count"), read("alur_timer_lateness_seconds_sum"),
            read("alur_job_failures_total", kind="contoh"),
        ]  # fmt: skip

    count, total, failures = told()
    measures.job("timer", "done", 2.5)
    measures.job("timer", "gone", 99)
    measures.job("mail", "done", 99)
    measures.job("contoh", "failed", 99)
    assert told() == [count + 1, total + 2.5, (failures or 0) + 1]


def test_labels_are_few_and_name_nobody(office):
    office.start()
    for family in measures.registry(office.db).collect():
        for sample in family.samples:
            assert set(sample.labels) <= {
                "process",
                "status",
                "kind",
                "state",
                "act",
                "le",
                "route",
            }
            assert office.employee.nip not in str(sample)
