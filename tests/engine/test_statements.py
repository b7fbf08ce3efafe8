"""What every step sends: as text, with the types, names and given values of its tables."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, insert, select, text, update

from engine.database import inserting
from engine.models import Job, Submission, WorkItem
from engine.statements import TOGETHER, send, send_rows, send_together

NOW = datetime(2026, 11, 26, 9, 30, 1, 250_000, tzinfo=UTC)
ARM = insert(Job.__table__).inline()
MOVE = update(Job.__table__).where(Job.__table__.c.id == bindparam("read"))
ARMED = insert(Job.__table__).returning(Job.__table__.c.id, Job.__table__.c.element)


@pytest.fixture
def written(office):
    """``written(statement, *rows)``: sends it in a transaction of its own; how many it was."""

    def _written(statement, *rows) -> int:
        with office.db.write() as session:
            return send(session, statement, *rows).rowcount

    return _written


def jobs(office) -> list[Job]:
    with office.db.read() as session:
        of_test = select(Job).where(Job.kind == "uji").order_by(Job.element, Job.id)
        return list(session.scalars(of_test))


def test_values_go_through_the_types_of_their_columns(office, written):
    written(ARM, {"kind": "uji", "due": NOW, "ready": NOW, "details": b"\x00{}", "element": "ä%s?"})
    (job,) = jobs(office)
    assert (job.due, job.details, job.element) == (NOW, b"\x00{}", "ä%s?")


def test_an_instant_without_a_zone_is_refused(written):
    with pytest.raises(ValueError, match="time zone"):
        written(ARM, {"kind": "uji", "due": NOW.replace(tzinfo=None), "ready": NOW})


def test_a_column_that_is_not_named_has_its_given_value(office, written):
    written(ARM, {"kind": "uji", "due": NOW, "ready": NOW})
    (job,) = jobs(office)
    assert (job.attempts, job.state, job.end_of_day, job.error) == (0, "armed", False, None)


def test_the_order_of_names_is_nobodys_concern(office, written):
    written(ARM, {"kind": "uji", "element": "a", "due": NOW, "ready": NOW})
    written(ARM, {"ready": NOW, "due": NOW, "kind": "uji", "element": "b"})
    assert [job.element for job in jobs(office)] == ["a", "b"]


def test_a_name_that_is_no_parameter_is_a_column_that_is_written(office, written):
    written(ARM, {"kind": "uji", "due": NOW, "ready": NOW, "element": "a"})
    (job,) = jobs(office)
    assert written(MOVE, {"read": job.id, "element": "b"}) == 1
    assert written(MOVE, {"read": job.id, "attempts": 3, "error": "x"}) == 1
    assert written(MOVE, {"read": 0, "element": "c"}) == 0
    (moved,) = jobs(office)
    assert (moved.element, moved.attempts, moved.error) == ("b", 3, "x")


def test_a_name_that_is_nothing_is_an_error(written):
    with pytest.raises(KeyError):
        written(MOVE, {"element": "b"})  # and not every job of the office


def test_each_of_many_rows_is_counted(office, written):
    rows = [{"kind": "uji", "due": NOW, "ready": NOW, "element": f"{i}"} for i in range(3)]
    assert written(ARM, *rows) == 3
    assert len(jobs(office)) == 3


@pytest.mark.parametrize("count", [1, 2, TOGETHER, TOGETHER + 1, 3 * TOGETHER])
def test_rows_that_are_sent_together_give_back_what_each_has_become(office, statements, count):
    same = {
        "kind": "uji", "due": NOW, "ready": NOW, "attempts": 0, "state": "held",
        "end_of_day": False, "repeats": 0,
    }  # fmt: skip
    rows = [same | {"element": f"{i:03}"} for i in range(count)]
    statements.clear()
    with office.db.write() as session:
        given = {row.element: row.id for row in send_together(session, ARMED, *rows)}
    assert len(statements.sent) == -(-count // TOGETHER)
    assert given == {job.element: job.id for job in jobs(office)}
    assert {job.state for job in jobs(office)} == {"held"}


def test_every_row_that_is_sent_together_is_written_alike(office):
    elsewhere = NOW.astimezone(timezone(timedelta(hours=7)))
    given = {
        "kind": "uji", "due": elsewhere, "ready": elsewhere, "attempts": 0, "state": "held",
        "end_of_day": False, "repeats": 0,
    }  # fmt: skip
    with office.db.write() as session:
        send_together(session, ARMED, *(given | {"element": f"{i}"} for i in range(3)))
    with office.db.read() as session:
        spelled = "SELECT DISTINCT CAST(due AS TEXT) FROM job WHERE kind = 'uji'"
        assert len(session.execute(text(spelled)).all()) == 1


def test_what_is_packed_is_packed(office):
    case = office.start()
    item = office.item(case)
    row = {
        "instance_id": case, "work_item_id": item.id, "person_id": office.staff.id, "at": NOW,
        "token": "t", "data": b'{"isian": "' + 500 * b"a" + b'"}', "digest": "d",
    }  # fmt: skip
    rows = [row, row | {"work_item_id": office.item(office.start()).id}]
    with office.db.write() as session:
        send_rows(session, insert(Submission.__table__).inline(), *rows)
    with office.db.read() as session:
        kept = session.scalars(select(Submission)).all()
        lies = session.scalars(text("SELECT length(data) FROM submission")).all()
    assert [(one.data, one.at) for one in kept] == 2 * [(row["data"], NOW)]
    assert max(lies) < 100


def test_a_conflict_changes_what_was_there(office, written):
    case = office.start()
    item = office.item(case)
    new = inserting(office.db.connections.dialect.name, WorkItem.__table__)
    upsert = new.on_conflict_do_update(
        index_elements=("instance_id", "task"), set_={"visit": new.excluded.visit}
    ).returning(WorkItem.__table__.c.id)
    row = {
        "instance_id": case, "task": item.task, "element": item.element, "place": item.place,
        "status": "open", "visit": 7, "opened_at": NOW, "draft_revision": 0, "waited": 0,
        "worked": 0, "counted": False,
    }  # fmt: skip
    with office.db.write() as session:
        assert [one.id for one in send_together(session, upsert, row)] == [item.id]
    assert office.item(case).visit == 7
