"""A supervisor sends a case back to a step, or past one."""

import pytest

from engine import jumps, supervision, values, verification
from engine.errors import Immovable, InvalidInput, NoLongerOpen, NotAllowed, NotFound, Suspended
from engine.spiff.execution import Execution
from engine.spiff.moving import carry_over
from engine.spiff.routes import Route

REASON = "Berkas belum lengkap"
LOOP = """
    lane Staf group:umum-aparatur: s a g b w c e f k
    startEvent s
    userTask a
        field nilai type=long
    exclusiveGateway g
    userTask b
        field putusan type=string
    boundaryEvent w attachedToRef=b
        timer timeDuration P3D
    userTask k
    exclusiveGateway c
    endEvent e
    endEvent f
    s -> a -> b -> c
    c -> k if putusan == "ya"
    c -> e if nilai > 1
    k -> e
    w -> f
"""
LOOP = LOOP.replace(" g b w", " b w").replace("    exclusiveGateway g\n", "")


@pytest.fixture
def begin(office, draw, audit):
    office.put_into_force(draw(LOOP))
    yield lambda: office.start(key="p")
    assert audit(office.db) == []
    assert verification.verify(office.db, None, None, lambda *_: None).faults == []


@pytest.fixture
def jump(office):
    def _jump(case: int, target: str, who: str = "superior", reason: str = REASON) -> None:
        actor = getattr(office, who)
        jumps.jump(office.db, actor, case, office.item(case).id, target, reason)

    return _jump


def test_back_at_a_step_its_task_is_a_new_one_and_the_old_is_closed(office, begin, jump):
    case = begin()
    office.step(case, nilai=3)
    old = office.item(case)
    jump(case, "a")
    new = office.item(case)
    assert (new.element, new.visit, new.status, new.taken_up_at) == ("a", 2, "open", None)
    closed = next(item for item in office.work(case) if item.id == old.id)
    assert (closed.status, closed.element) == ("cancelled", "b")
    assert office.jobs(case) == []
    assert ("asked") in {kind for _, kind in office.told(case)}


def test_the_case_goes_on_from_there_as_drawn(office, begin, jump):
    case = begin()
    office.step(case, nilai=3)
    jump(case, "a")
    office.step(case, nilai=4)
    assert office.item(case).element == "b"
    assert [job.element for job in office.jobs(case)] == ["w"]
    office.step(case, putusan="ya")
    assert office.item(case).element == "k"
    office.step(case)
    assert office.case(case).status == "completed"


def test_the_record_says_from_where_to_where_by_whom_and_why(office, begin, jump):
    case = begin()
    office.step(case, nilai=3)
    jump(case, "a")
    entry = next(e for e in office.history(case) if e.kind == "case.jumped")
    assert (entry.element, entry.person_id, entry.capacity) == (
        "b", office.superior.id, "supervisor",
    )  # fmt: skip
    assert values.loads(entry.details) == {"to": "a", "visit": 1, "reason": REASON}


def test_a_step_is_passed_over_where_nothing_ahead_needs_what_it_gives(office, begin, jump):
    case = begin()
    office.step(case, nilai=3)
    jump(case, "k")
    office.step(case)
    assert office.case(case).status == "completed"


def test_a_condition_ahead_does_not_stay_without_its_data(office, begin, jump):
    case = begin()
    with pytest.raises(Immovable, match="nilai"):
        jump(case, "b")
    assert office.item(case).element == "a"


def test_a_branch_alone_is_not_sent_behind_the_join(office, side_by_side, audit):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    item = office.open_items(case)["Isi"]
    with pytest.raises(Immovable, match="tidak pernah terbuka bersama"):
        jumps.jump(office.db, office.superior, case, item.id, "Arsip", REASON)
    assert len(office.open_items(case)) == 3
    assert audit(office.db) == []


def test_a_step_of_the_skp_is_sent_back_and_goes_round_again(office, jump, audit):
    case = office.start()
    office.until(case, "Langkah_4")
    jump(case, "Langkah_3")
    assert (office.item(case).person_id, office.item(case).visit) == (office.assessor.id, 2)
    office.finish(case)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_the_decision_of_the_skp_is_not_passed_over_without_its_answer(office, jump):
    case = office.start()
    office.until(case, "Langkah_3")
    with pytest.raises(Immovable, match="tidak dapat"):
        jump(case, "Langkah_99")


def test_an_event_at_the_edge_waits_anew_and_fires(office, begin, jump, at):
    at("2026-11-26T09:00")
    case = begin()
    office.step(case, nilai=3)
    jump(case, "a")
    office.step(case, nilai=3)
    at("2026-11-30T09:00")
    office.due()
    assert office.case(case).status == "completed"


def test_the_state_is_read_again_as_it_was_written(office, begin, jump):
    case = begin()
    office.step(case, nilai=3)
    for _ in range(3):
        jump(case, "a")
        office.step(case, nilai=3)
    with office.db.read() as session:
        found = jumps.steps.read_case(session, case)
    program = jumps.steps.deployments.program(office.db, found.digest, found.called)
    assert Execution.load(program, found.state).save() == found.state


def test_such_a_case_goes_over_to_another_version_like_any_other(office, begin, jump):
    case = begin()
    office.step(case, nilai=3)
    jump(case, "a")
    with office.db.read() as session:
        found = jumps.steps.read_case(session, case)
    program = jumps.steps.deployments.program(office.db, found.digest, found.called)
    same = {name: name for name in program.diagram.nodes}
    carried = carry_over(Route(program, program, same), found.state)
    assert carried.open_tasks == Execution.load(program, found.state).open_tasks
    assert (carried.visits("a"), carried.visits("b")) == (2, 1)


@pytest.mark.parametrize("who", ["employee", "assessor", "staff", "neighbour", "administrator"])
def test_others_than_a_supervisor_of_the_employee_do_not(office, jump, who):
    case = office.start()
    office.until(case, "Langkah_4")
    with pytest.raises(NotAllowed):
        jump(case, "Langkah_3", who)


def test_what_is_done_stands_still_or_has_no_reason_goes_nowhere(office, jump):
    case = office.start()
    done = office.item(case)
    office.until(case, "Langkah_4")
    with pytest.raises(InvalidInput):
        jump(case, "Langkah_3", reason=" ")
    with pytest.raises(NoLongerOpen):
        jumps.jump(office.db, office.superior, case, done.id, "Langkah_3", REASON)
    with pytest.raises(NotFound):
        jumps.jump(office.db, office.superior, case + 1, done.id, "Langkah_3", REASON)
    supervision.suspend(office.db, office.superior, case, "Menunggu")
    with pytest.raises(Suspended):
        jump(case, "Langkah_3")
