"""A case that is moved while something else happens in it: each is done once, or told why not."""

from contextlib import suppress

import pytest

from engine import (
    deployments,
    firing,
    instances,
    moves,
    reassignment,
    supervision,
    verification,
)
from engine.errors import AlurError

PROCEDURE = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a b e v f
    startEvent s
    userTask a name=Memeriksa
    userTask b name="{name}"
    boundaryEvent v attachedToRef=a cancelActivity=false
        timer timeDuration PT1H
    endEvent f
    endEvent e
    s -> a -> b -> e
    v -> f
"""
REASON = "Pegawai sakit"
# Each act with the fact that tells of it.
ACTS = {
    "complete": "task.completed",
    "claim": "task.claimed",
    "deadline": "timer.fired",
    "suspend": "instance.suspended",
    "cancel": "instance.cancelled",
    "reassign": "role.reassigned",
}


@pytest.fixture
def case(office, draw, at):
    """A case at its first step, whose deadline has passed and has not rung."""
    at("2026-11-26T09:00")
    office.put_into_force(draw(PROCEDURE.format(name="Mencatat")))
    started = office.start(key="p")
    at("2026-11-26T10:30")
    return started


@pytest.fixture
def move(office, draw, case):
    """``move(db)``: what a worker does for the move of the case that was ordered."""
    new = deployments.deploy(office.db, draw(PROCEDURE.format(name="Menulis")), office.analyst.id)
    with office.db.read() as session:
        old = deployments.in_force(session, "p")
        both = moves.versions(office.db, session, old.id, new.id, {})
    moves.order(office.db, office.analyst, both, [case], "Nama langkah")
    (job,) = office.jobs(None, "move")
    return lambda db: moves.run(db, job)


@pytest.fixture
def deeds(office, case, move):
    """``deeds[name](db)``: the move, or what happens in the case meanwhile."""
    item, deadline = office.item(case), office.job(case, "v")
    to = office.colleague.id
    return {
        "move": move,
        "complete": lambda db: instances.complete(db, office.staff, item.id, {}, token="x"),
        "claim": lambda db: instances.claim(db, office.staff, item.id),
        "deadline": lambda db: firing.fire(db, deadline),
        "suspend": lambda db: supervision.suspend(db, office.superior, case, REASON),
        "cancel": lambda db: supervision.cancel(db, office.superior, case, REASON),
        "reassign": lambda db: reassignment.reassign(db, office.superior, case, "Staf", to, REASON),
    }


@pytest.fixture
def collide(office, rival, before_writing):
    """``collide(early, late)``: the early one comes between what the late one reads and writes."""

    def run(early, late):
        before_writing(office.db, lambda: early(rival))
        with suppress(AlurError):  # a worker would try again
            late(office.db)
        office.due()

    return run


@pytest.mark.parametrize("moves_first", [True, False])
@pytest.mark.parametrize("name", ACTS)
def test_what_happens_while_a_case_is_moved_happens_once_and_so_does_the_move(
    office, case, deeds, collide, audit, name, moves_first
):
    first, second = ("move", name) if moves_first else (name, "move")
    collide(deeds[first], deeds[second])
    moved = (first, second) != ("cancel", "move")
    kinds = office.kinds(case)
    assert (kinds.count("case.moved"), kinds.count(ACTS[name])) == (int(moved), 1)
    with office.db.read() as session:
        followed = deployments.definition(session, office.case(case).definition_id)
    assert followed.version == (2 if moved else 1)
    assert verification.verify(office.db, None, None, lambda _what, _done: None).faults == []
    assert audit(office.db) == []
