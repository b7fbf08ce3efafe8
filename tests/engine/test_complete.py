"""Completing a task: the step, its record, and all the ways in which it can be too late."""

from hashlib import sha256

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from engine import cases, history, instances, values, worklist
from engine.errors import NoLongerOpen, NotAllowed, NotFound, StepFailed
from engine.models import Incident, Submission
from engine.spiff.execution import Execution

DISAGREEMENT = {"keputusan": "tidak_setuju", "alasan": "Kuantitas kegiatan 2 keliru"}
WITH_A_DISAGREEMENT = [
    ("Langkah_1", 1, "staff"),
    ("Langkah_2", 1, "staff"),
    ("Langkah_3", 1, "assessor"),
    ("Langkah_4", 1, "employee"),
    ("Langkah_3", 2, "assessor"),
    ("Langkah_4", 2, "employee"),
    ("Langkah_5", 1, "assessor"),
    ("Langkah_6", 1, "superior"),
    ("Langkah_7", 1, "assessor"),
    ("Langkah_8", 1, "employee"),
]


@pytest.fixture
def disagreed(office):
    """A case in which the employee has disagreed once."""
    case = office.start()
    office.until(case, "Langkah_4")
    office.step(case, **DISAGREEMENT)
    return case


def test_the_whole_procedure_with_a_disagreement(office, disagreed, audit):
    office.finish(disagreed)
    done = [(item.element, item.visit, item.closed_by) for item in office.work(disagreed)]
    assert done == [(e, visit, getattr(office, who).id) for e, visit, who in WITH_A_DISAGREEMENT]
    ended = office.case(disagreed)
    assert ended.status == "completed"
    assert ended.ended_at == office.work(disagreed)[-1].closed_at
    assert office.kinds(disagreed)[-1] == "instance.completed"
    assert audit(office.db) == []


def test_a_disagreement_goes_back_to_the_assessor_as_a_second_visit(office, disagreed):
    item = office.item(disagreed)
    assert (item.element, item.visit, item.person_id) == ("Langkah_3", 2, office.assessor.id)
    with office.db.read() as session:
        said = history.submissions(session, disagreed)
    assert DISAGREEMENT in said.values()


def test_a_completion_says_what_it_led_to(office):
    case = office.start()
    completions = []
    while office.open_items(case):
        completions.append(office.step(case))
    assert {c.instance_id for c in completions} == {case}
    assert [c.ended for c in completions] == [False] * 7 + [True]


def test_the_next_task_of_the_same_person_is_named(office):
    case = office.start()
    assert office.step(case).next_item == office.item(case).id
    assert office.step(case).next_item is None  # the assessor's, not the staff's


def test_what_was_submitted_is_kept_and_the_record_tells_its_digest(office):
    case = office.start()
    item = office.until(case, "Langkah_3")
    given = {"nilai_skp": 91, "nilai_perilaku": 80, "catatan_penilai": "Baik — “sekali”"}
    office.step(case, **given)
    with office.db.read() as session:
        kept = session.scalars(select(Submission).where(Submission.work_item_id == item.id)).one()
        assert history.submissions(session, case)[item.id] == given
    assert values.loads(kept.data) == given
    assert (kept.person_id, kept.instance_id) == (office.assessor.id, case)
    (entry,) = [e for e in office.history(case) if e.payload == sha256(kept.data).hexdigest()]
    assert (entry.kind, entry.element, entry.capacity, entry.at) == (
        "task.completed",
        "Langkah_3",
        "Lane_PejabatPenilai",
        kept.at,
    )


def test_completing_closes_the_task_and_empties_its_draft(office):
    case = office.start()
    first = office.item(case)
    office.step(case)
    closed = office.work(case)[0]
    assert (closed.id, closed.status, closed.closed_by) == (first.id, "completed", office.staff.id)
    assert closed.draft is None
    assert closed.closed_at >= closed.opened_at


@pytest.mark.parametrize(
    ("element", "others"),
    [
        ("Langkah_1", ["employee", "assessor", "superior", "head", "analyst", "outsider"]),
        ("Langkah_3", ["employee", "staff", "superior", "head", "outsider"]),
        ("Langkah_4", ["assessor", "staff", "superior", "head", "outsider"]),
        ("Langkah_6", ["employee", "staff", "assessor", "head", "outsider"]),
    ],
)
def test_nobody_else_may_complete(office, element, others):
    case = office.start()
    item = office.until(case, element)
    before = office.rows()
    for part in others:
        with pytest.raises(NotAllowed):
            instances.complete(office.db, getattr(office, part), item.id, {}, token=office.token())
    assert office.rows() == before


def test_a_colleague_may_not_complete_what_the_other_has(office):
    case = office.start()
    office.step(case)
    with pytest.raises(NotAllowed):
        instances.complete(office.db, office.colleague, office.item(case).id, {}, token="lain")


def test_an_unknown_task_is_not_found(office):
    with pytest.raises(NotFound):
        instances.complete(office.db, office.staff, 404, {}, token="apa pun")


def test_who_comes_second_is_told_who_was_first(office):
    case = office.start()
    item = office.item(case)
    office.step(case)
    before = office.rows()
    with pytest.raises(NoLongerOpen, match=office.staff.name):
        instances.complete(office.db, office.colleague, item.id, {}, token="terlambat")
    assert office.rows() == before


def test_ones_own_second_request_of_another_form_is_told_too(office):
    case = office.start()
    item = office.item(case)
    office.step(case)
    with pytest.raises(NoLongerOpen, match=office.staff.name):
        instances.complete(office.db, office.staff, item.id, {}, token="formulir lain")


def test_the_same_token_twice_is_the_same_completion_and_one_step(office):
    case = office.start()
    item = office.until(case, "Langkah_5")
    first = instances.complete(office.db, office.assessor, item.id, {}, token="klik")
    before = office.rows()
    assert instances.complete(office.db, office.assessor, item.id, {}, token="klik") == first
    assert office.rows() == before


def test_the_same_token_of_the_last_step_says_again_that_the_case_ended(office):
    case = office.start()
    item = office.until(case, "Langkah_8")
    first = instances.complete(office.db, office.employee, item.id, {}, token="klik")
    assert first.ended
    assert instances.complete(office.db, office.employee, item.id, {}, token="klik") == first


def test_the_same_token_of_another_person_is_no_completion(office):
    case = office.start()
    item = office.item(case)
    instances.complete(office.db, office.staff, item.id, {}, token="klik")
    with pytest.raises(NoLongerOpen, match=office.staff.name):
        instances.complete(office.db, office.colleague, item.id, {}, token="klik")


def test_one_token_may_serve_two_tasks(office):
    """A token belongs to the form of a task, not to the whole office."""
    case = office.start()
    for element in ("Langkah_1", "Langkah_2"):
        item = office.item(case)
        assert item.element == element
        instances.complete(office.db, office.staff, item.id, {}, token="sama")
    assert office.item(case).element == "Langkah_3"


@pytest.mark.parametrize(
    "given",
    [{}, {"keputusan": "entah"}, {"keputusan": None}, {"keputusan": True}],
    ids=["no answer", "unknown answer", "null", "other type"],
)
def test_a_missing_answer_is_never_agreement(office, given):
    case = office.start()
    item = office.until(case, "Langkah_4")
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.employee, item.id, given, token="t")
    assert office.item(case).id == item.id


def test_a_failing_step_keeps_the_task_open_and_the_input_as_draft(office, audit):
    case = office.start()
    item = office.until(case, "Langkah_4")
    before = office.rows()
    given = {"keputusan": "entah", "alasan": "Belum yakin"}
    with pytest.raises(StepFailed) as failed:
        instances.complete(office.db, office.employee, item.id, given, token="t")
    after = office.rows()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"work_item", "incident"}
    kept = office.item(case)
    assert values.loads(kept.draft) == given
    assert (kept.status, kept.closed_at, kept.person_id) == ("open", None, office.employee.id)
    with office.db.read() as session:
        (incident,) = cases.incidents(session, case)
    assert (incident.work_item_id, incident.person_id) == (item.id, office.employee.id)
    assert incident.reason == str(failed.value)
    assert audit(office.db) == []


def test_other_tasks_are_untouched_by_a_failing_step(office):
    other, case = office.start(), office.start()
    office.until(other, "Langkah_4")
    item = office.until(case, "Langkah_4")
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.employee, item.id, {}, token="t")
    assert office.item(other).draft is None
    with office.db.read() as session:
        assert session.scalars(select(Incident.instance_id)).all() == [case]


def test_after_a_failing_step_the_same_form_can_be_sent_again(office, audit):
    case = office.start()
    item = office.until(case, "Langkah_4")
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.employee, item.id, {}, token="t")
    answer = {"keputusan": "setuju"}
    instances.complete(office.db, office.employee, item.id, answer, token="t")
    assert office.item(case).element == "Langkah_5"
    done = office.work(case)[-2]
    assert done.draft is None
    with office.db.read() as session:
        assert cases.incidents(session, case) == []
        overcome = session.scalars(select(Incident)).one()
    assert (overcome.work_item_id, overcome.resolved_at) == (item.id, done.closed_at)
    assert audit(office.db) == []


def test_a_value_that_cannot_be_kept_changes_no_case(office, audit):
    case = office.start()
    item = office.item(case)
    before = office.rows()
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.staff, item.id, {"catatan": {1, 2}}, token="t")
    after = office.rows()
    assert {table: after[table] for table in ("instance", "history", "submission")} == {
        table: before[table] for table in ("instance", "history", "submission")
    }
    assert office.item(case).status == "open"
    assert audit(office.db) == []


def test_each_step_takes_at_most_six_statements_and_one_commit(office, statements):
    case = office.start()
    taken = {}
    answers = iter([DISAGREEMENT, {"keputusan": "setuju"}])
    while office.open_items(case):
        item = office.item(case)
        actor = office.whose_turn(item)
        given = next(answers) if item.element == "Langkah_4" else {}
        statements.clear()
        instances.complete(office.db, actor, item.id, given, token=office.token())
        taken[item.element, item.visit] = (len(statements.sent), statements.commits)
    assert list(taken) == [(e, visit) for e, visit, _ in WITH_A_DISAGREEMENT]
    # What a step orders is kept as it then was: twelve statements for a document, one of them for
    # the versions that the case has followed, and its signers.
    most = {"Langkah_1": 18, "Langkah_3": 21}
    dear = {key: cost for key, cost in taken.items() if cost[0] > most.get(key[0], 6)}
    assert dear == {}
    assert {commits for _, commits in taken.values()} == {1}


def test_a_resent_request_writes_nothing(office, statements):
    case = office.start()
    item = office.item(case)
    instances.complete(office.db, office.staff, item.id, {}, token="klik")
    statements.clear()
    instances.complete(office.db, office.staff, item.id, {}, token="klik")
    assert statements.commits == 0
    assert all(statement.startswith("SELECT") for statement, _ in statements.sent)


def test_no_lock_is_held_while_a_step_is_computed_on_one_connection(office, rival, monkeypatch):
    case = office.start()
    item = office.item(case)
    found = []
    compute = Execution.complete

    def looked_at_from_elsewhere(self, task, given):
        found.append((office.db.connections.pool.checkedout(), _lockable(rival)))
        compute(self, task, given)

    monkeypatch.setattr(Execution, "complete", looked_at_from_elsewhere)
    office.complete(item)
    assert found == [(1, True)]


def test_the_look_from_elsewhere_sees_a_lock(office, rival):
    """The probe of the test above can fail."""
    office.start()
    with office.db.write() as session:
        session.execute(text("UPDATE instance SET version = version"))
        assert not _lockable(rival)


def test_a_person_sees_their_next_task_at_once(office):
    case = office.start()
    office.until(case, "Langkah_3")
    with office.db.read() as session:
        assert [w.element for w in worklist.mine(session, office.assessor)] == ["Langkah_3"]
        assert not worklist.mine(session, office.staff)


def _lockable(db):
    """Whether every case and task can be written right now."""
    sqlite = db.connections.dialect.name == "sqlite"
    patience = "PRAGMA busy_timeout = 0" if sqlite else "SET LOCAL lock_timeout = '50ms'"
    writes = ("UPDATE instance SET version = version", "UPDATE work_item SET status = status")
    with db.connections.connect() as connection:
        try:
            for statement in (patience, *writes):
                connection.execute(text(statement))
        except OperationalError:
            return False
        finally:
            connection.rollback()
    return True


def test_the_same_request_again_also_leads_to_the_next_task(office):
    item = office.item(office.start())
    first = instances.complete(office.db, office.staff, item.id, {}, token="t")
    again = instances.complete(office.db, office.staff, item.id, {}, token="t")
    assert first == again
    assert first.next_item is not None


def test_a_value_that_cannot_be_kept_opens_an_incident_with_an_empty_draft(office):
    case = office.start()
    item = office.item(case)
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.staff, item.id, {"x": {"$date": 1}}, token="t")
    assert values.loads(office.item(case).draft) == {}
    with office.db.read() as session:
        assert len(cases.incidents(session, case)) == 1


def test_a_step_that_would_leave_the_case_standing_still_fails_and_is_kept(
    office, side_by_side, monkeypatch
):
    """An exclusive split into a parallel join waits for ever; told before it is stored."""
    # As a release put it into force that did not know deadlocks.
    monkeypatch.setattr("engine.checking.check_drawing", lambda _diagram: [])
    deadlock = side_by_side.replace(
        b'<parallelGateway id="Bagi" />', b'<exclusiveGateway id="Bagi" default="F2" />'
    )
    for flow, target in ((b"F3", b"Catat"), (b"F4", b"Isi")):
        drawn = b'<sequenceFlow id="%s" sourceRef="Bagi" targetRef="%s"' % (flow, target)
        never = b"><conditionExpression>1 == 2</conditionExpression></sequenceFlow>"
        deadlock = deadlock.replace(drawn + b" />", drawn + never)
    office.put_into_force(deadlock)
    case = office.start(key="berdampingan")
    item = office.item(case)
    with pytest.raises(StepFailed, match="gerbang"):
        instances.complete(office.db, office.staff, item.id, {}, token="t")
    assert office.item(case).status == "open"
