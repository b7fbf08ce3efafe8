"""Trials of diagrams: one's own alone, kept under what they were, and gone without a trace."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, trials
from engine.errors import DiagramRefused, InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import HistoryEntry, Instance, JournalEntry, Trial
from engine.people import Actor


@pytest.fixture
def analyst(office) -> Actor:
    return office.analyst


@pytest.fixture
def what(office, skp):
    with office.db.read() as session:
        return trials.trying(session, skp)


def begin(office, analyst, what, state=b"satu") -> int:
    return trials.begin(office.db, analyst, "SKP", what, state)


def found(office, who, trial):
    with office.db.read() as session:
        return trials.found(session, who, trial)


def rows(office, table):
    with office.db.read() as session:
        return session.scalars(select(table).order_by(*table.__table__.primary_key)).all()


def test_a_trial_is_its_analyst_s_alone(office, analyst, what):
    trial = begin(office, analyst, what)
    kept, program = found(office, analyst, trial)
    assert (kept.state, program.diagram.key) == (b"satu", "skp_collection")
    with pytest.raises(NotAllowed):
        found(office, office.assessor, trial)
    other = replace(analyst, id=office.assessor.id)
    with pytest.raises(NotFound):
        found(office, other, trial)
    with office.db.read() as session:
        assert [one.id for one in trials.own(session, analyst)] == [trial]
        assert trials.own(session, other) == []


def test_it_leaves_no_trace(office, analyst, what):
    tables = (Instance, HistoryEntry, JournalEntry)
    before = [len(rows(office, table)) for table in tables]
    trial = begin(office, analyst, what)
    trials.keep(office.db, found(office, analyst, trial)[0], b"dua")
    trials.end(office.db, analyst, trial)
    assert [len(rows(office, table)) for table in tables] == before
    assert rows(office, Trial) == []


def test_of_two_pages_the_slower_is_told(office, analyst, what):
    trial = begin(office, analyst, what)
    kept, _ = found(office, analyst, trial)
    trials.keep(office.db, kept, b"dua")
    with pytest.raises(NoLongerOpen):
        trials.keep(office.db, kept, b"tiga")
    assert found(office, analyst, trial)[0].state == b"dua"


def test_forgotten_ones_go_and_too_many_are_refused(office, analyst, what):
    for _ in range(trials.MAX_OWN):
        begin(office, analyst, what)
    with pytest.raises(InvalidInput):
        begin(office, analyst, what)
    with office.db.write() as session:
        oldest = session.scalars(select(Trial).order_by(Trial.id)).first()
        oldest.changed_at = clock.now() - trials.FORGOTTEN - timedelta(hours=1)
    begin(office, analyst, what)
    assert len(rows(office, Trial)) == trials.MAX_OWN


def test_what_cannot_be_executed_cannot_be_tried(office, skp):
    broken = skp.replace(b'targetRef="Langkah_2"', b'targetRef="Langkah_9"', 1)
    with office.db.read() as session, pytest.raises(DiagramRefused) as refused:
        trials.trying(session, broken)
    assert refused.value.findings
