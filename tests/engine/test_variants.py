"""Variants: the ways that completed cases took, counted, and where they leave the diagram."""

from datetime import date

import pytest
from sqlalchemy import select, update

from engine import figures, jumps, tallies, variants
from engine.figures import Chosen
from engine.models import Instance

YEAR = Chosen(None, None, date(2025, 12, 1), date(2026, 11, 30))
AGAIN = {"keputusan": "tidak_setuju", "alasan": "Target kurang tepat"}
STRAIGHT = tuple(f"Langkah_{n}" for n in range(1, 9))
WITH_A_ROUND = (*STRAIGHT[:4], *STRAIGHT[2:])


@pytest.fixture
def ended(office):
    """Two cases straight on, one with a disagreement, one that a supervisor sent past a step, one
    cancelled."""
    for _ in range(2):
        office.finish(office.start())
    disputed = office.start()
    office.until(disputed, "Langkah_4")
    office.step(disputed, **AGAIN)
    office.finish(disputed)
    jumped = office.start()
    office.until(jumped, "Langkah_2")
    item = office.item(jumped)
    jumps.jump(office.db, office.head, jumped, item.id, "Langkah_3", "Blanko sudah di sana.")
    office.finish(jumped)
    office.cancel(office.start())
    tallies.count(office.db)


def read(office, get, actor=None, **more):
    with office.db.read() as session:
        scope = figures.asked(session, actor or office.head, "skp_collection", YEAR)[0]
        return get(session, scope, **more)


def test_each_way_is_counted_with_its_cases_the_most_frequent_first(office, ended):
    found = read(office, variants.frequent)
    assert [(way.path, way.done) for way in found] == [
        (STRAIGHT, 2),
        (WITH_A_ROUND, 1),
        ((STRAIGHT[0], *STRAIGHT[2:]), 1),
    ]
    with office.db.read() as session:
        cases = session.scalars(select(Instance).where(Instance.status == "completed")).all()
        assert sorted(case.variant_id for case in cases) == sorted(
            way.id for way in found for _ in range(way.done)
        )


def test_ways_are_numbered_in_the_order_of_their_cases_however_these_lie(office):
    straight, disputed = office.start(), office.start()
    office.until(disputed, "Langkah_4")
    office.step(disputed, **AGAIN)
    office.finish(disputed)
    office.finish(straight)
    with office.db.write() as session:  # on PostgreSQL the row then lies behind the other
        session.execute(update(Instance).where(Instance.id == straight).values(counted=False))
    tallies.count(office.db)
    assert [way.path for way in read(office, variants.frequent)] == [STRAIGHT, WITH_A_ROUND]


def test_only_what_the_diagram_does_not_lead_to_deviates(office, ended):
    by_path = {way.path: way.deviations for way in read(office, variants.frequent)}
    assert list(by_path.values()) == [(), (), (1,)]
    (deviating,) = read(office, variants.frequent, deviating=True)
    assert deviating.deviations == (1,)
    assert read(office, variants.overview) == variants.Overview(ways=3, done=4, deviating=1)


def test_a_way_that_is_taken_again_is_the_same_way(office, ended):
    office.finish(office.start())
    tallies.count(office.db)
    assert [way.done for way in read(office, variants.frequent)] == [3, 1, 1]


def test_nobody_sees_the_ways_of_other_units(office, ended):
    assert read(office, variants.frequent, office.auditor)
    assert read(office, variants.frequent, office.neighbour) == []
    assert read(office, variants.overview, office.neighbour) == variants.Overview(0, 0, 0)


def test_of_longer_ways_only_the_beginning_is_told_apart(office, ended, monkeypatch):
    monkeypatch.setattr(variants, "LONGEST", 4)
    office.finish(office.start())
    tallies.count(office.db)
    assert STRAIGHT[:4] in {w.path for w in read(office, variants.frequent) if not w.deviations}
    assert read(office, variants.overview).deviating == 1  # of what is cut off nothing is said
