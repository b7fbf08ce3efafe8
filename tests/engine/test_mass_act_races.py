"""One act for many cases while something else happens in one of them: each is done once."""

from contextlib import suppress

import pytest

from engine import firing, instances, mass_acts, reassignment, supervision, verification
from engine.deeds import Cancel, Suspend
from engine.errors import AlurError

PROCEDURE = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a b e v f
    startEvent s
    userTask a name=Memeriksa
    userTask b name=Mencatat
    boundaryEvent v attachedToRef=a cancelActivity=false
        timer timeDuration PT1H
    endEvent f
    endEvent e
    s -> a -> b -> e
    v -> f
"""
REASON = "Pegawai sakit"
# What happens meanwhile with the fact that tells of it.
MEANWHILE = {
    "complete": "task.completed",
    "claim": "task.claimed",
    "deadline": "timer.fired",
    "resume": "instance.resumed",
    "reassign": "role.reassigned",
}
DEEDS = {"suspend": Suspend(), "cancel": Cancel()}
FACTS = {"suspend": "instance.suspended", "cancel": "instance.cancelled"}


@pytest.fixture
def case(office, draw, at):
    """A case at its first step, whose deadline has passed and has not rung."""
    at("2026-11-26T09:00")
    office.put_into_force(draw(PROCEDURE))
    started = office.start(key="p")
    at("2026-11-26T10:30")
    return started


@pytest.fixture
def acts(office, case):
    """``acts[name](db)``: what happens in the case meanwhile."""
    item, deadline, to = office.item(case), office.job(case, "v"), office.colleague.id

    def resume(db):
        supervision.suspend(db, office.superior, case, REASON)
        supervision.resume(db, office.superior, case, REASON)

    return {
        "complete": lambda db: instances.complete(db, office.staff, item.id, {}, token="x"),
        "claim": lambda db: instances.claim(db, office.staff, item.id),
        "deadline": lambda db: firing.fire(db, deadline),
        "resume": resume,
        "reassign": lambda db: reassignment.reassign(db, office.superior, case, "Staf", to, REASON),
    }


@pytest.fixture
def collide(office, rival, before_writing, audit):
    """``collide(early, late)``: the early one comes between what the late one reads and writes."""

    def run(early, late):
        before_writing(office.db, lambda: early(rival))
        with suppress(AlurError):  # a worker would try again
            late(office.db)
        office.due()

    yield run
    assert verification.verify(office.db, None, None, lambda _what, _done: None).faults == []
    assert audit(office.db) == []


@pytest.mark.parametrize("acts_first", [True, False])
@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", MEANWHILE)
def test_what_happens_meanwhile_happens_once_and_so_does_the_act(
    office, case, acts, collide, name, deed, acts_first
):
    act = mass_acts.order(office.db, office.superior, DEEDS[deed], [case], REASON, token="x")
    (job,) = office.jobs(None, "mass")

    def mass(db):
        mass_acts.run(db, job)

    collide(*((acts[name], mass) if acts_first else (mass, acts[name])))
    kinds = office.kinds(case)
    with office.db.read() as session:
        (row,) = mass_acts.CASES.page(session, act, 0)
    assert (row.outcome, row.reason) == ("done", None)
    assert kinds.count(FACTS[deed]) == 1 + (deed == "suspend" and name == "resume" and acts_first)
    assert kinds.count(MEANWHILE[name]) in ({1} if acts_first else {0, 1})
