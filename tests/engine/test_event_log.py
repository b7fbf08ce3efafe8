"""The event log: what happened in each case, in order, under pseudonyms unless names are asked."""

import csv
import io
import json
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest
from lxml import etree
from sqlalchemy import select

from engine import event_log, instances
from engine.event_log import Names
from engine.models import Person, WorkItem

XES = {"x": "http://www.xes-standard.org/"}
AGAIN = {"keputusan": "tidak_setuju", "alasan": "Target kurang tepat"}


@pytest.fixture
def three(office, at):
    """A case with a disagreement, one under way in its third step, one cancelled."""
    at("2026-11-24T08:00")
    disputed = office.start()
    office.until(disputed, "Langkah_4")
    at("2026-11-24T09:00")
    instances.take_up(office.db, office.employee, office.item(disputed).id)
    at("2026-11-24T09:30")
    office.step(disputed, **AGAIN)
    office.finish(disputed)
    office.until(office.start(), "Langkah_3")
    office.cancel(office.start())
    return disputed


def traces(office, *, real=False, process=None):
    with office.db.read() as session:
        batches = event_log.every_case(session, process)
        return list(event_log.traces(office.db, session, batches, Names(real=real)))


def written(office, style, **how):
    return b"".join(event_log.WRITERS[style](traces(office, **how)))


def done(trace):
    return [event.element[-1] for event in trace.events if event.lifecycle == "complete"]


def test_each_case_is_a_trace_of_its_steps_in_order(office, three):
    assert ["".join(done(trace)) for trace in traces(office)] == ["1234345678", "12", ""]
    assert [trace.status for trace in traces(office)] == ["completed", "running", "cancelled"]


def test_a_task_opens_is_taken_up_and_done(office, three):
    (disputed, *_) = traces(office)
    fourth = [e for e in disputed.events if (e.element, e.visit) == ("Langkah_4", 1)]
    assert [(e.lifecycle, f"{e.at:%H.%M}") for e in fourth] == [
        ("schedule", "01.00"),
        ("start", "02.00"),
        ("complete", "02.30"),
    ]
    assert (fourth[-1].waited, fourth[-1].worked) == (3600, 1800)
    assert [e.resource is None for e in fourth] == [True, False, False]


def test_what_was_cancelled_is_aborted(office, three):
    *_, cancelled = traces(office)
    assert Counter(event.lifecycle for event in cancelled.events)["ate_abort"] == 1


def test_all_tasks_are_there(office, three):
    with office.db.read() as session:
        closed = Counter(session.scalars(select(WorkItem.status)))
    said = Counter(event.lifecycle for trace in traces(office) for event in trace.events)
    assert (said["schedule"], said["complete"], said["ate_abort"]) == (
        closed.total(), closed["completed"], closed["cancelled"],
    )  # fmt: skip


def test_nobody_is_named_unless_it_is_asked_for(office, three):
    with office.db.read() as session:
        nips = set(session.scalars(select(Person.nip)))
        names = set(session.scalars(select(Person.name)))
    for style in event_log.WRITERS:
        text = written(office, style).decode()
        assert not [told for told in nips | names if told in text], style
        assert office.case(three).number not in text
        named = written(office, style, real=True).decode()
        assert office.employee.nip in named
        assert office.case(three).number in named


def test_one_person_has_one_pseudonym_in_a_file_and_another_in_the_next(office, three):
    def resources():
        found = {}
        for trace in traces(office):
            for event in trace.events:
                if event.lifecycle == "complete":
                    found.setdefault(event.role, set()).add(event.resource)
        return found

    first, second = resources(), resources()
    assert {len(people) for people in first.values()} == {1}
    assert not set().union(*first.values()) & set().union(*second.values())


def test_the_xes_file_is_of_the_standards_form(office, three):
    root = etree.fromstring(written(office, "xes"))
    assert root.tag == "{http://www.xes-standard.org/}log"
    assert {e.get("prefix") for e in root.findall("x:extension", XES)} == {
        "concept", "time", "lifecycle", "org",
    }  # fmt: skip
    assert len(root.findall("x:trace", XES)) == 3
    for event in root.iterfind("x:trace/x:event", XES):
        keys = {attribute.get("key"): attribute.get("value") for attribute in event}
        assert {"concept:name", "time:timestamp", "lifecycle:transition"} <= keys.keys()
        assert datetime.fromisoformat(keys["time:timestamp"]).tzinfo is not None


def test_the_graph_of_what_followed_what_is_the_diagrams(office, three):
    """Every step of a finished case followed one that the diagram leads there from."""
    root = etree.fromstring(written(office, "xes"))
    followed = set()
    for trace in root.findall("x:trace", XES):
        ended = [
            event.find("x:string[@key='alur:element']", XES).get("value")
            for event in trace.findall("x:event", XES)
            if event.find("x:string[@key='lifecycle:transition']", XES).get("value") == "complete"
        ]
        followed |= set(pairwise(ended))
    steps = [f"Langkah_{number}" for number in range(1, 9)]
    assert followed == {*pairwise(steps), ("Langkah_4", "Langkah_3")}


def test_the_tables_say_the_same(office, three):
    rows = list(
        csv.DictReader(io.StringIO(written(office, "csv").decode("utf-8-sig")), delimiter=";")
    )
    cases = [json.loads(line) for line in written(office, "jsonl").splitlines()]
    events = [event for case in cases for event in case["events"]]
    assert [row["element"] for row in rows] == [event["element"] for event in events]
    assert [row["lifecycle"] for row in rows] == [event["lifecycle"] for event in events]
    assert len(rows) == sum(len(trace.events) for trace in traces(office))


def test_cells_that_a_spreadsheet_would_run_are_guarded(office, three, monkeypatch):
    monkeypatch.setattr(Names, "person", lambda *_: "=1+1")
    rows = written(office, "csv").decode("utf-8-sig")
    assert "'=1+1" in rows


def test_a_process_can_be_chosen(office, three):
    assert traces(office, process="lain") == []
    assert len(traces(office, process="skp_collection")) == 3


def test_however_many_there_are_they_are_read_some_at_a_time(
    office, three, statements, monkeypatch
):
    monkeypatch.setattr(event_log, "BATCH", 2)
    statements.clear()
    assert len(traces(office)) == 3
    assert len(statements.sent) == 2 * 2 + 1
