"""The event log of cases, for process mining: XES (IEEE 1849), CSV and JSON lines, streamed.

A case is a trace; a task gives the events of the lifecycle ``schedule`` (it opened), ``start`` (it
was taken up), ``complete`` (when it was performed) or ``ate_abort`` (it was cancelled). Who did it
and which case it was stand under pseudonyms that are new in every file, so that no two files can
be laid beside each other, unless names are asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import orjson
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from engine import cases, deployments, punctuality, spreadsheets
from engine.models import Definition, Instance, WorkItem
from engine.starting import STARTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.models import Person

    Writer = Callable[[Iterable["Trace"]], Iterator[bytes]]

BATCH = 200  # cases in memory at once
_TURN = {"schedule": 0, "start": 1, "complete": 2, "ate_abort": 2}  # at one and the same instant
_HEADINGS = (
    "case", "process", "version", "unit", "status", "activity", "element", "lifecycle", "time",
    "resource", "role", "visit", "waited_seconds", "worked_seconds",
)  # fmt: skip
_XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<classifier name="Activity" keys="concept:name"/>
"""


@dataclass(frozen=True)
class Event:
    """One event of a task; ``waited`` and ``worked`` are seconds of the case's clock so far."""

    activity: str
    element: str
    lifecycle: str
    at: datetime
    resource: str | None
    role: str
    visit: int
    waited: int
    worked: int


@dataclass(frozen=True)
class Trace:
    """One case with its events, in order."""

    case: str
    process: str
    version: int
    unit: str
    status: str
    events: Sequence[Event]


class Names:
    """What cases and people are called in one file."""

    def __init__(self, *, real: bool) -> None:
        self._secret = None if real else secrets.token_bytes(32)

    def case(self, case: Instance) -> str:
        """A case's number, or its pseudonym."""
        return case.number if self._secret is None else self._pseudonym("K", case.id)

    def person(self, person: Person | None) -> str | None:
        """A person's NIP, or their pseudonym; None for none."""
        if person is None:
            return None
        return person.nip if self._secret is None else self._pseudonym("P", person.id)

    def _pseudonym(self, kind: str, number: int) -> str:
        told = hmac.new(self._secret or b"", f"{kind}{number}".encode(), hashlib.sha256)
        return f"{kind}-{told.hexdigest()[:12]}"


def every_case(session: Session, process: str | None = None) -> Iterator[Sequence[Instance]]:
    """All cases, or those of a process, in the order they were started, some at a time."""
    behind = 0
    while True:
        query = cases.with_people(select(Instance)).where(Instance.id > behind)
        if process is not None:
            query = query.where(Instance.definition.has(Definition.key == process))
        found = session.scalars(query.order_by(Instance.id).limit(BATCH)).all()
        if not found:
            return
        yield found
        behind = found[-1].id
        session.expunge_all()


def traces(
    db: Database, session: Session, batches: Iterable[Sequence[Instance]], names: Names
) -> Iterator[Trace]:
    """The cases, read with their people, as traces."""
    for found in batches:
        ids = [case.id for case in found]
        of_cases = WorkItem.instance_id.in_(ids), WorkItem.place != STARTER
        query = select(WorkItem).where(*of_cases).order_by(WorkItem.id)
        people = joinedload(WorkItem.person), joinedload(WorkItem.closer)
        work: dict[int, list[WorkItem]] = {case_id: [] for case_id in ids}
        for item in session.scalars(query.options(*people)):
            work[item.instance_id].append(item)
        for case in found:
            diagram = deployments.program_of(db, case).diagram
            events = [event for item in work[case.id] for event in _events(item, diagram, names)]
            yield Trace(
                names.case(case),
                case.definition.key,
                case.definition.version,
                case.subject.unit.name,
                case.status,
                sorted(events, key=lambda event: (event.at, _TURN[event.lifecycle])),
            )


def _events(item: WorkItem, diagram: Diagram, names: Names) -> Iterator[Event]:
    node = diagram.nodes.get(item.element)  # None: another version had it
    who = names.person(item.closer or item.person)
    role = diagram.names.get(item.place, item.place)
    done = punctuality.done_at(item)
    times = {"schedule": item.opened_at, "start": item.taken_up_at}
    times["complete" if item.status == "completed" else "ate_abort"] = done
    for lifecycle, at in times.items():
        if at is not None:
            yield Event(
                node.name if node else item.element, item.element, lifecycle, at.astimezone(UTC),
                None if lifecycle == "schedule" else who, role, item.visit, item.waited,
                item.worked,
            )  # fmt: skip


# Files


def as_xes(found: Iterable[Trace]) -> Iterator[bytes]:
    """An XES file."""
    yield _XES_HEAD.encode()
    for trace in found:
        lines = ["<trace>", _string("concept:name", trace.case)]
        lines += [
            _string(f"alur:{name}", getattr(trace, name)) for name in ("process", "unit", "status")
        ]
        lines.append(_int("alur:version", trace.version))
        for event in trace.events:
            lines += _xes_event(event)
        yield "\n".join([*lines, "</trace>", ""]).encode()
    yield b"</log>\n"


def _xes_event(event: Event) -> Iterator[str]:
    yield "<event>"
    yield _string("concept:name", event.activity)
    yield _string("lifecycle:transition", event.lifecycle)
    yield f'<date key="time:timestamp" value="{event.at.isoformat(timespec="milliseconds")}"/>'
    if event.resource is not None:
        yield _string("org:resource", event.resource)
    yield _string("org:role", event.role)
    yield _string("alur:element", event.element)
    yield _int("alur:visit", event.visit)
    if event.lifecycle == "complete":
        yield _int("alur:waited", event.waited)
        yield _int("alur:worked", event.worked)
    yield "</event>"


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>'


def _int(key: str, value: int) -> str:
    return f'<int key="{key}" value="{value}"/>'


def as_csv(found: Iterable[Trace]) -> Iterator[bytes]:
    """A CSV file, an event a line."""
    yield from spreadsheets.csv_pieces(_rows(found))


def _rows(found: Iterable[Trace]) -> Iterator[Sequence[str]]:
    yield _HEADINGS
    for trace in found:
        of_case = trace.case, trace.process, str(trace.version), trace.unit, trace.status
        for event in trace.events:
            yield (
                *of_case, event.activity, event.element, event.lifecycle, event.at.isoformat(),
                event.resource or "", event.role, str(event.visit), str(event.waited),
                str(event.worked),
            )  # fmt: skip


def as_json_lines(found: Iterable[Trace]) -> Iterator[bytes]:
    """JSON lines, a case each with its events."""
    for trace in found:
        yield orjson.dumps(trace, option=orjson.OPT_APPEND_NEWLINE)


WRITERS: dict[str, Writer] = {"xes": as_xes, "csv": as_csv, "jsonl": as_json_lines}
