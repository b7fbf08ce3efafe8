"""What Prometheus is told: counts of cases, work and jobs, and how long things take; of nobody."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select

from engine import clock, punctuality
from engine.models import Definition, Incident, Instance, Job, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from prometheus_client.metrics import MetricWrapperBase
    from sqlalchemy.orm import Session

    from engine.database import Database

KEPT = timedelta(seconds=10)  # however often it is asked, the database is asked no oftener
TIMERS = frozenset({"timer", "start", "wait", "before", "escalate"})
STEPS = Histogram("alur_step_seconds", "Time of an act of a case.", ["act"], registry=None)
LATENESS = Histogram(
    "alur_timer_lateness_seconds",
    "How long after its due time what a timer leads to was done.",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 86_400),
    registry=None,
)
FAILURES = Counter("alur_job_failures", "Attempts at jobs that failed.", ["kind"], registry=None)
REQUESTS = Histogram(
    "alur_requests_seconds", "Time of a request.", ["route", "status"], registry=None
)
BROKER_FAILURES = Counter(
    "alur_broker_failures", "How often the broker was found to be away.", registry=None
)
OF_PROCESS: tuple[MetricWrapperBase, ...] = (STEPS, LATENESS, FAILURES, REQUESTS, BROKER_FAILURES)


def step_name(step: Callable[..., object]) -> str:
    """What an act is called: its room and its name, as ``instances.complete``."""
    return f"{step.__module__.rpartition('.')[2]}.{step.__name__.lstrip('_')}"


def job(kind: str, outcome: str, late: float) -> None:
    """Counts what became of a job, ``late`` seconds after its due time."""
    if outcome == "failed":
        FAILURES.labels(kind).inc()
    if outcome == "done" and kind in TIMERS:
        LATENESS.observe(max(0.0, late))


def registry(db: Database) -> CollectorRegistry:
    """All measures of this process and of the office behind it."""
    made = CollectorRegistry()
    for one in (*OF_PROCESS, Office(db)):
        made.register(one)
    return made


class Office(Collector):
    """What the database says of the whole office, whichever process is asked."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._counted: list[GaugeMetricFamily] = []
        self._at: datetime | None = None

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """The names alone, so that nothing is counted before somebody asks."""
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The counts, at most `KEPT` old; raises `DatabaseLost`."""
        with self._lock:
            now = clock.now()
            if self._at is None or now - self._at >= KEPT:
                with self._db.read() as session:
                    self._counted = [*_cases(session), *_work(session), *_jobs(session)]
                self._at = now
            return self._counted


def _cases(session: Session) -> Iterable[GaugeMetricFamily]:
    found = GaugeMetricFamily("alur_instances", "Cases.", labels=["process", "status"])
    counted = select(Instance.definition_id, Instance.status, func.count().label("n"))
    by_version = counted.group_by(Instance.definition_id, Instance.status).subquery()
    query = select(Definition.key, by_version.c.status, func.sum(by_version.c.n))
    query = query.join(by_version, by_version.c.definition_id == Definition.id)
    for key, status, number in session.execute(query.group_by(Definition.key, by_version.c.status)):
        found.add_metric([key, status], int(number))
    yield found
    failures = session.scalar(select(func.count(Incident.id)).where(Incident.resolved_at.is_(None)))
    yield GaugeMetricFamily(
        "alur_open_incidents", "Failures that wait for somebody.", value=failures or 0
    )


def _work(session: Session) -> Iterable[GaugeMetricFamily]:
    now = clock.now()
    late = (WorkItem.due_at < now) | (WorkItem.deadline_at < now)
    neglected = punctuality.is_overdue() & ~func.coalesce(late, False)
    query = select(
        func.count(), func.count(case((late, 1))), func.count(case((neglected, 1)))
    ).where(WorkItem.status == "open")
    everything, too_late, waiting = session.execute(query).one()
    yield GaugeMetricFamily("alur_open_tasks", "Open tasks.", value=everything)
    yield GaugeMetricFamily("alur_late_tasks", "Past a Waktu or deadline.", value=too_late)
    yield GaugeMetricFamily(
        "alur_waiting_too_long_tasks", "Not taken up within the waiting limit.", value=waiting
    )


def _jobs(session: Session) -> Iterable[GaugeMetricFamily]:
    found = GaugeMetricFamily("alur_jobs", "Jobs to be done.", labels=["kind", "state"])
    for kind, state, number in session.execute(
        select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    ):
        found.add_metric([kind, state], number)
    oldest = session.scalar(select(func.min(Job.ready)).where(Job.state == "armed"))
    overdue = (clock.now() - oldest).total_seconds() if oldest else 0.0
    yield found
    yield GaugeMetricFamily(
        "alur_jobs_overdue_seconds",
        "For how long the oldest job has been ready and nobody has taken it.",
        value=max(0.0, overdue),
    )
