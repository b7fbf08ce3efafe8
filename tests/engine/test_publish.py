"""Putting a version into force with a note: now, on a day, and with a second person's agreement."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine import deployments, journal, publications
from engine.errors import DiagramRefused, InvalidInput, NoLongerOpen, NotAllowed, StaleDirectory
from engine.models import Group, Publication
from engine.publications import Proposal

TOPICS = deployments.BUILT_IN


@pytest.fixture
def second(office):
    """Another analyst."""
    return replace(office.colleague, is_analyst=True)


@pytest.fixture
def new(office, skp):
    """A version that is not in force."""
    return deployments.deploy(office.db, skp + b"<!-- baru -->", office.analyst.id)


@pytest.fixture
def publish(office, new):
    """``publish(…)``: the analyst publishes it over the version in force."""

    def _publish(note="Waktu lebih panjang", *, by=None, **how):
        asked = Proposal(note, how.pop("over", 1), how.pop("effective_at", None))
        actor = by or office.analyst
        return publications.publish(office.db, actor, new.id, asked, topics=TOPICS, **how)

    return _publish


def in_force(office) -> int:
    with office.db.read() as session:
        return deployments.in_force(session, "skp_collection").version


def told(office) -> list[str]:
    with office.db.read() as session:
        return [entry.kind for entry in reversed(journal.page(session))]


def state(office, publication) -> tuple[str, str | None]:
    with office.db.read() as session:
        found = session.get(Publication, publication.id)
        return found.state, found.reason


def test_a_version_comes_into_force_with_its_note(office, publish):
    made = publish()
    assert (made.note, made.state, in_force(office)) == ("Waktu lebih panjang", "done", 2)
    assert told(office)[-1] == "publication.done"


@pytest.mark.parametrize("note", ["", "  ", "x" * 2001])
def test_without_a_fit_note_nothing_is_done(office, publish, note):
    with pytest.raises(InvalidInput):
        publish(note)
    assert in_force(office) == 1


def test_only_analysts_publish(office, publish):
    with pytest.raises(NotAllowed):
        publish(by=office.staff)


def test_a_double_click_and_a_stale_page_get_a_clear_answer(office, publish):
    with pytest.raises(StaleDirectory, match="berganti"):
        publish(over=0)
    publish()
    with pytest.raises(NoLongerOpen, match="sudah berlaku"):
        publish()
    assert told(office).count("publication.done") == 1


def test_two_at_once_are_one(office, at_once, new):
    def act(db):
        return publications.publish(db, office.analyst, new.id, Proposal("Baru", 1), topics=TOPICS)

    outcomes = at_once(act, act)
    assert sorted(isinstance(one, NoLongerOpen) for one in outcomes) == [False, True]


def test_from_a_day_it_waits_for_it(office, publish, at):
    made = publish(effective_at=at("2026-12-01T08:00").replace(hour=2))
    assert (state(office, made)[0], in_force(office)) == ("planned", 1)
    (job,) = [job for job in office.jobs() if job.kind == "publish"]
    with pytest.raises(NoLongerOpen, match="menunggu"):
        publish()
    at("2026-12-01T09:00")
    publications.come_due(office.db, job, TOPICS)
    assert (state(office, made)[0], in_force(office)) == ("done", 2)


def test_what_no_longer_passes_on_its_day_fails_and_is_told(office, publish, at):
    made = publish(effective_at=at("2026-12-01T08:00").replace(hour=2))
    (job,) = [job for job in office.jobs() if job.kind == "publish"]
    with office.db.write() as session:
        session.scalars(select(Group)).first().code = "lain"
    publications.come_due(office.db, job, TOPICS)
    assert state(office, made)[0] == "failed"
    assert "umum-aparatur" in state(office, made)[1]
    assert (in_force(office), told(office)[-1]) == (1, "publication.failed")
    (tell,) = [job for job in office.jobs() if job.kind == publications.FAILURE]
    assert tell.person_id == office.analyst.id
    with office.db.read() as session:
        assert [one.id for one in publications.failed(session)] == [made.id]
    with office.db.write() as session:
        session.scalars(select(Group)).first().code = "umum-aparatur"
    publish()
    with office.db.read() as session:
        assert publications.failed(session) == []


def test_what_waits_is_withdrawn_with_its_job(office, publish, at):
    made = publish(effective_at=at("2026-12-01T08:00").replace(hour=2))
    publications.withdraw(office.db, office.analyst, made.id)
    assert [job for job in office.jobs() if job.kind == "publish"] == []
    with pytest.raises(NoLongerOpen):
        publications.withdraw(office.db, office.analyst, made.id)
    assert told(office)[-2:] == ["publication.planned", "publication.withdrawn"]


def test_another_analyst_agrees_and_not_the_author(office, publish, second):
    made = publish(second=True)
    assert in_force(office) == 1
    for actor in (office.analyst, office.staff):
        with pytest.raises(NotAllowed):
            publications.approve(office.db, actor, made.id, topics=TOPICS)
    publications.approve(office.db, second, made.id, topics=TOPICS)
    assert in_force(office) == 2
    with pytest.raises(NoLongerOpen):
        publications.refuse(office.db, second, made.id, "Terlambat")


def test_whoever_deployed_does_not_agree_to_what_another_asks(office, publish, second):
    made = publish(by=second, second=True)
    with pytest.raises(NotAllowed, match="pengunggah"):
        publications.approve(office.db, office.analyst, made.id, topics=TOPICS)


def test_a_refusal_says_why(office, publish, second):
    made = publish(second=True)
    with pytest.raises(InvalidInput):
        publications.refuse(office.db, second, made.id, " ")
    publications.refuse(office.db, second, made.id, "Waktunya terlalu lama")
    assert state(office, made) == ("refused", "Waktunya terlalu lama")
    assert (in_force(office), told(office)[-1]) == (1, "publication.refused")


def test_what_cannot_be_staffed_is_not_published(office, skp):
    source = skp.replace(b"group:umum-aparatur", b"group:tidak-ada")
    version = deployments.deploy(office.db, source, office.analyst.id)
    with pytest.raises(DiagramRefused):
        publications.publish(
            office.db, office.analyst, version.id, Proposal("Baru", 1), topics=TOPICS
        )
    assert in_force(office) == 1
