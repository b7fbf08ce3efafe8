"""Two people at the same case at the same moment: one wins, the other is told, nothing is lost.

`before_writing` puts one act between the reading and the writing of another; with `at_once` both
have read before either writes, and the database decides.
"""

import random
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from engine import instances, starting, supervision
from engine.database import Database
from engine.errors import AlurError, NoLongerOpen, NotAllowed, StaleInstance
from engine.models import Instance, Submission, WorkItem

REASON = "Salah pegawai"
THREADS, CASES, PATIENCE = 8, 20, 6  # seconds


@pytest.fixture
def sound(office, audit):
    """Asserts that the record is whole, and that the cases can be carried to their end."""

    def check(*cases):
        assert audit(office.db) == []
        for case in cases:
            office.finish(case)
        assert audit(office.db) == []
        return True

    return check


@pytest.fixture
def parallel(office, side_by_side):
    """A case with Periksa and Catat of the staff and Isi of the employee, all open."""
    office.put_into_force(side_by_side)
    return office.start(key="berdampingan")


def completed(office, case, element):
    """How often an element was completed, by tasks, history and submissions."""
    tasks = [i for i in office.work(case) if (i.element, i.status) == (element, "completed")]
    told = [e for e in office.history(case) if (e.element, e.kind) == (element, "task.completed")]
    with office.db.read() as session:
        query = select(func.count()).select_from(Submission).join(WorkItem)
        query = query.where(WorkItem.instance_id == case, WorkItem.element == element)
        return len(tasks), len(told), session.scalar(query)


def test_two_complete_one_task_and_the_second_is_told_who_was_first(
    office, rival, before_writing, sound
):
    case = office.start()
    item = office.item(case)
    before_writing(
        office.db,
        lambda: instances.complete(rival, office.colleague, item.id, {"catatan": "B"}, token="b"),
    )
    with pytest.raises(NoLongerOpen, match=office.colleague.name):
        instances.complete(office.db, office.staff, item.id, {"catatan": "A"}, token="a")
    assert completed(office, case, "Langkah_1") == (1, 1, 1)
    assert office.item(case).person_id == office.colleague.id
    assert sound(case)


def test_a_double_click_is_one_completion(office, rival, before_writing, sound):
    case = office.start()
    item = office.until(case, "Langkah_3")
    first = []

    def click(db):
        return instances.complete(db, office.assessor, item.id, {}, token="klik")

    before_writing(office.db, lambda: first.append(click(rival)))
    assert [click(office.db)] == first
    assert completed(office, case, "Langkah_3") == (1, 1, 1)
    assert sound(case)


def test_completing_parallel_tasks_succeeds_for_both(
    office, parallel, rival, before_writing, sound
):
    items = office.open_items(parallel)
    before_writing(
        office.db,
        lambda: instances.complete(rival, office.employee, items["Isi"].id, {"b": 2}, token="b"),
    )
    instances.complete(office.db, office.staff, items["Periksa"].id, {"a": 1}, token="a")
    assert office.open_items(parallel).keys() == {"Catat"}
    assert completed(office, parallel, "Isi") == completed(office, parallel, "Periksa") == (1, 1, 1)
    assert sound(parallel)


def test_the_last_two_parallel_tasks_open_what_follows_once(
    office, parallel, rival, before_writing, sound
):
    items = office.open_items(parallel)
    office.complete(items["Catat"])
    before_writing(
        office.db,
        lambda: instances.complete(rival, office.employee, items["Isi"].id, {}, token="b"),
    )
    instances.complete(office.db, office.staff, items["Periksa"].id, {}, token="a")
    assert [i.element for i in office.open_items(parallel).values()] == ["Arsip"]
    assert len([i for i in office.work(parallel) if i.element == "Arsip"]) == 1
    assert sound(parallel)


def test_completing_a_task_that_a_colleague_just_claimed_is_refused(
    office, rival, before_writing, sound
):
    case = office.start()
    item = office.item(case)
    before_writing(office.db, lambda: instances.claim(rival, office.colleague, item.id))
    with pytest.raises(NotAllowed):
        instances.complete(office.db, office.staff, item.id, {}, token="a")
    assert office.item(case).person_id == office.colleague.id
    assert completed(office, case, "Langkah_1") == (0, 0, 0)
    assert sound(case)


def test_claiming_a_task_that_a_colleague_just_completed_says_who(
    office, rival, before_writing, sound
):
    case = office.start()
    item = office.item(case)
    before_writing(
        office.db, lambda: instances.complete(rival, office.colleague, item.id, {}, token="b")
    )
    with pytest.raises(NoLongerOpen, match=office.colleague.name):
        instances.claim(office.db, office.staff, item.id)
    assert office.item(case).person_id == office.colleague.id
    assert sound(case)


def test_two_claim_one_task_and_one_has_it(office, rival, before_writing, sound):
    case = office.start()
    item = office.item(case)
    before_writing(office.db, lambda: instances.claim(rival, office.colleague, item.id))
    with pytest.raises(NoLongerOpen, match=office.colleague.name):
        instances.claim(office.db, office.staff, item.id)
    assert office.item(case).person_id == office.colleague.id
    assert office.kinds(case).count("task.claimed") == 1
    assert sound(case)


def test_two_claim_parallel_tasks_of_one_lane_and_one_has_both(
    office, parallel, rival, before_writing, sound
):
    items = office.open_items(parallel)
    before_writing(office.db, lambda: instances.claim(rival, office.colleague, items["Catat"].id))
    with pytest.raises(NoLongerOpen, match=office.colleague.name):
        instances.claim(office.db, office.staff, items["Periksa"].id)
    have = office.open_items(parallel)
    assert have["Periksa"].person_id == have["Catat"].person_id == office.colleague.id
    assert sound(parallel)


def test_a_claim_is_given_back_between_reading_and_completing(office, rival, before_writing, sound):
    """The person still is of the group, so the completion goes through, on what is then so."""
    case = office.start()
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    before_writing(office.db, lambda: instances.release(rival, office.staff, item.id))
    instances.complete(office.db, office.staff, item.id, {}, token="a")
    assert office.kinds(case)[2:5] == ["task.claimed", "task.released", "task.completed"]
    assert office.item(case).person_id == office.staff.id
    assert sound(case)


def test_completing_in_a_case_that_was_just_cancelled_is_refused(
    office, rival, before_writing, audit
):
    case = office.start()
    item = office.item(case)
    before_writing(office.db, lambda: supervision.cancel(rival, office.head, case, REASON))
    with pytest.raises(NoLongerOpen):
        instances.complete(office.db, office.staff, item.id, {}, token="a")
    assert office.case(case).status == "cancelled"
    assert completed(office, case, "Langkah_1") == (0, 0, 0)
    assert audit(office.db) == []


def test_cancelling_takes_along_what_a_completion_just_opened(office, rival, before_writing, audit):
    case = office.start()
    item = office.item(case)
    before_writing(
        office.db, lambda: instances.complete(rival, office.colleague, item.id, {}, token="b")
    )
    supervision.cancel(office.db, office.head, case, REASON)
    assert office.case(case).status == "cancelled"
    assert {i.element: i.status for i in office.work(case)} == {
        "Langkah_1": "completed",
        "Langkah_2": "cancelled",
    }
    assert audit(office.db) == []


def test_cancelling_a_case_that_just_ended_is_refused(office, rival, before_writing, audit):
    case = office.start()
    item = office.until(case, "Langkah_8")
    before_writing(
        office.db, lambda: instances.complete(rival, office.employee, item.id, {}, token="b")
    )
    with pytest.raises(NoLongerOpen):
        supervision.cancel(office.db, office.head, case, REASON)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_two_cancel_and_one_reason_is_kept(office, rival, before_writing, audit):
    case = office.start()
    before_writing(office.db, lambda: supervision.cancel(rival, office.head, case, REASON))
    with pytest.raises(NoLongerOpen):
        supervision.cancel(office.db, office.staff, case, "Lain")
    assert office.kinds(case).count("instance.cancelled") == 1
    assert audit(office.db) == []


def test_beginning_a_task_that_was_just_begun_changes_nothing(office, rival, before_writing, sound):
    case = office.start()
    item = office.until(case, "Langkah_3")
    before_writing(office.db, lambda: instances.take_up(rival, office.assessor, item.id))
    instances.take_up(office.db, office.assessor, item.id)
    assert office.kinds(case).count("task.taken-up") == 1
    assert sound(case)


def test_one_request_to_start_sent_twice_is_one_case(office, rival, before_writing, sound):
    first = []

    def start(db):
        return starting.start(db, office.staff, "skp_collection", office.employee.id, token="klik")

    before_writing(office.db, lambda: first.append(start(rival)))
    assert [start(office.db)] == first
    with office.db.read() as session:
        assert session.scalars(select(Instance.id)).all() == first
    assert sound(*first)


def test_who_is_overtaken_twice_is_told_and_has_changed_nothing(
    office, parallel, rival, before_writing, sound
):
    items = office.open_items(parallel)
    before_writing(
        office.db,
        lambda: instances.claim(rival, office.staff, items["Periksa"].id),
        lambda: instances.complete(rival, office.employee, items["Isi"].id, {}, token="b"),
    )
    with pytest.raises(StaleInstance):
        instances.complete(office.db, office.staff, items["Periksa"].id, {}, token="a")
    assert completed(office, parallel, "Periksa") == (0, 0, 0)
    assert office.open_items(parallel)["Periksa"].draft is None
    instances.complete(office.db, office.staff, items["Periksa"].id, {}, token="a")
    assert sound(parallel)


@pytest.mark.parametrize("first", ["complete", "claim", "cancel"])
@pytest.mark.parametrize("second", ["complete", "claim", "cancel"])
def test_of_two_acts_at_once_the_database_makes_one_the_first(
    office, at_once, audit, first, second
):
    case = office.start()
    item = office.item(case)
    acts = {
        "complete": lambda db, who: instances.complete(db, who, item.id, {}, token=who.nip),
        "claim": lambda db, who: instances.claim(db, who, item.id),
        "cancel": lambda db, _: supervision.cancel(db, office.head, case, REASON),
    }
    outcomes = at_once(
        lambda db: acts[first](db, office.staff), lambda db: acts[second](db, office.colleague)
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, AlurError)]
    # A cancellation can follow what it meets; all else finds the task closed or another's.
    followed = {first, second} != {first} and "cancel" in (first, second)
    assert len(refused) == 1 or (followed and not refused)
    assert not any(isinstance(outcome, StaleInstance) for outcome in refused)
    assert audit(office.db) == []


def test_three_parallel_tasks_completed_at_once_are_each_completed_or_said_to_be_stale(
    office, parallel, at_once, sound
):
    items = office.open_items(parallel)
    instances.claim(office.db, office.staff, items["Periksa"].id)
    work = [("Periksa", office.staff), ("Catat", office.staff), ("Isi", office.employee)]
    outcomes = at_once(
        *(
            lambda db, e=element, who=actor: instances.complete(db, who, items[e].id, {}, token=e)
            for element, actor in work
        )
    )
    for (element, _), outcome in zip(work, outcomes, strict=True):
        done = int(not isinstance(outcome, StaleInstance))
        assert completed(office, parallel, element) == (done, done, done)
    assert sum(not isinstance(outcome, StaleInstance) for outcome in outcomes) >= 2
    assert sound(parallel)


def test_many_people_at_many_cases(office, audit, side_by_side):
    """Whatever the order, what was acknowledged is there once, and every case can be ended."""
    office.put_into_force(side_by_side)
    keys = ("skp_collection", "berdampingan")
    cases = [office.start(key=keys[n % 2]) for n in range(CASES)]
    acknowledged, surprises = Counter(), []
    deadline = time.monotonic() + PATIENCE

    def work(seed):
        chance = random.Random(seed)  # noqa: S311
        db = Database(office.db.url)
        try:
            while (items := _open_items(db)) and time.monotonic() < deadline:
                item = chance.choice(items)
                _some_act(db, office, chance, item, acknowledged)
        except Exception as error:
            surprises.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE + 10)
    assert surprises == []
    assert audit(office.db) == []
    done = Counter(i.id for case in cases for i in office.work(case) if i.status == "completed")
    assert done == acknowledged
    assert done
    for case in cases:
        office.finish(case)
        assert office.case(case).status in ("completed", "cancelled")
    assert audit(office.db) == []


def _open_items(db):
    with db.read() as session:
        return session.scalars(select(WorkItem).where(WorkItem.status == "open")).all()


def _some_act(db, office, chance, item, acknowledged):
    """Mostly completes a task, by who may or who may not; an answer of the engine is all right."""
    who = chance.choice([office.staff, office.colleague, office.whose_turn(item)])
    act = chance.choices(["complete", "claim", "release", "take_up", "cancel"], [20, 3, 2, 2, 0.2])
    try:
        match act:
            case ["complete"]:
                given = {"keputusan": chance.choice(["setuju", "setuju", "tidak_setuju"])}
                token = f"{threading.get_ident()} {item.id}"
                instances.complete(db, who, item.id, given, token=token)
                with _counting:
                    acknowledged[item.id] += 1
            case ["cancel"]:
                supervision.cancel(db, office.head, item.instance_id, REASON)
            case [name]:
                getattr(instances, name)(db, who, item.id)
    except AlurError:
        pass


_counting = threading.Lock()
