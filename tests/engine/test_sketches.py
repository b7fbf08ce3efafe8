"""Sketches of analysts: begun, kept as they draw, deployed; never seen or overwritten by others."""

import pytest
from sqlalchemy import delete

from bpmn.reading import UnreadableDiagram
from engine import deployments, people, sketches
from engine.errors import DiagramRefused, DraftConflict, InvalidInput, NotAllowed, NotFound
from engine.models import Duty, Sketch


@pytest.fixture
def analyst(office):
    return office.analyst


@pytest.fixture
def other(office):
    """Another analyst."""
    with office.db.write() as session:
        session.add(Duty(person_id=office.colleague.id, name="analyst"))
    return _again(office, office.colleague)


def _again(office, actor):
    with office.db.read() as session:
        return people.actor(session, actor.id)


def _read(office, actor, number):
    with office.db.read() as session:
        return sketches.one(session, actor, number)


def _meanwhile(office, actor, number):
    with office.db.read() as session:
        return sketches.meanwhile(session, sketches.one(session, actor, number))


def _changed(source, by=b"Lembar"):
    return source.replace(b"Form SKP", by)


@pytest.fixture
def version(office, skp):
    return deployments.deploy(office.db, skp)


def test_a_sketch_begins_with_what_was_deployed_and_is_kept_as_it_changes(
    office, analyst, version, skp
):
    number = sketches.of_version(office.db, analyst, version.id)
    kept = _read(office, analyst, number)
    assert (kept.source, kept.base.id, kept.revision) == (skp, version.id, 1)
    assert sketches.keep(office.db, analyst, number, _changed(skp), 1) == 2
    kept = _read(office, analyst, number)
    assert (kept.source, kept.revision) == (_changed(skp), 2)


def test_a_stale_page_overwrites_nothing(office, analyst, version, skp):
    number = sketches.of_version(office.db, analyst, version.id)
    sketches.keep(office.db, analyst, number, _changed(skp, b"Tab satu"), 1)
    with pytest.raises(DraftConflict):
        sketches.keep(office.db, analyst, number, _changed(skp, b"Tab dua"), 1)
    assert b"Tab satu" in _read(office, analyst, number).source
    with pytest.raises(DraftConflict):
        sketches.deploy(office.db, analyst, number, 1)


def test_what_is_sent_again_since_the_answer_was_lost_is_kept_once(office, analyst, version, skp):
    number = sketches.of_version(office.db, analyst, version.id)
    assert sketches.keep(office.db, analyst, number, _changed(skp), 1) == 2
    assert sketches.keep(office.db, analyst, number, _changed(skp), 1) == 2


def test_a_sketch_is_its_analysts_alone(office, analyst, other, version, skp):
    number = sketches.of_version(office.db, analyst, version.id)
    for deed in (
        lambda: _read(office, other, number),
        lambda: sketches.keep(office.db, other, number, _changed(skp), 1),
        lambda: sketches.deploy(office.db, other, number, 1),
        lambda: sketches.discard(office.db, other, number),
    ):
        with pytest.raises(NotFound):
            deed()
    with office.db.read() as session:
        assert sketches.own(session, other) == []
    with pytest.raises(NotAllowed):
        sketches.empty(office.db, office.staff, "Cuti")


def test_who_is_no_analyst_any_more_sees_their_sketches_no_more(office, analyst, version):
    number = sketches.of_version(office.db, analyst, version.id)
    with office.db.write() as session:
        session.execute(delete(Duty).where(Duty.person_id == analyst.id))
    with pytest.raises(NotFound):
        _read(office, _again(office, analyst), number)


def test_what_others_do_with_the_process_is_told(office, analyst, other, version, skp):
    mine = sketches.of_version(office.db, analyst, version.id)
    assert _meanwhile(office, analyst, mine) == sketches.Meanwhile(None, None, ())
    theirs = sketches.of_version(office.db, other, version.id)
    assert _meanwhile(office, analyst, mine).drawn_by == (other.name,)
    sketches.keep(office.db, other, theirs, _changed(skp), 1)
    newer = sketches.deploy(office.db, other, theirs, 2)
    told = _meanwhile(office, analyst, mine)
    assert (told.newest.id, told.by, told.drawn_by) == (newer.id, other.name, ())


def test_a_deployed_sketch_is_done_with(office, analyst, version, skp):
    number = sketches.of_version(office.db, analyst, version.id)
    sketches.keep(office.db, analyst, number, _changed(skp), 1)
    newer = sketches.deploy(office.db, analyst, number, 2)
    assert (newer.version, newer.deployed_by) == (2, analyst.id)
    with pytest.raises(NotFound):
        _read(office, analyst, number)


def test_what_cannot_run_stays_a_sketch(office, analyst):
    number = sketches.empty(office.db, analyst, "Cuti  Tahunan")
    assert _read(office, analyst, number).name == "Cuti Tahunan"
    source = _read(office, analyst, number).source
    broken = source.replace(b'isExecutable="true"', b'isExecutable="false"')
    sketches.keep(office.db, analyst, number, broken, 1)
    with pytest.raises(DiagramRefused):
        sketches.deploy(office.db, analyst, number, 2)
    assert _read(office, analyst, number).source == broken


def test_only_diagrams_are_kept(office, analyst, version):
    with pytest.raises(UnreadableDiagram):
        sketches.of_file(office.db, analyst, b"bukan diagram")
    number = sketches.of_version(office.db, analyst, version.id)
    with pytest.raises(UnreadableDiagram):
        sketches.keep(office.db, analyst, number, b"<html/>", 1)
    for name in ("", " ", "a" * 201, "a\x00b"):
        with pytest.raises(InvalidInput):
            sketches.empty(office.db, analyst, name)


def test_an_analyst_has_so_many_sketches_and_no_more(office, analyst, monkeypatch):
    monkeypatch.setattr(sketches, "MAX_SKETCHES", 1)
    number = sketches.empty(office.db, analyst, "Cuti")
    with pytest.raises(InvalidInput):
        sketches.empty(office.db, analyst, "Cuti lagi")
    sketches.discard(office.db, analyst, number)
    with office.db.read() as session:
        assert session.get(Sketch, number) is None
    sketches.empty(office.db, analyst, "Cuti lagi")
