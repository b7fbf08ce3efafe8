"""Who looked at whose data: once a day for the same act, and never one's own."""

import pytest
from sqlalchemy import select, text

from engine import processing
from engine.models import Processing


def noted(db) -> list[tuple]:
    columns = Processing.subject_id, Processing.person_id, Processing.instance_id, Processing.act
    with db.read() as session:
        return [
            tuple(row)
            for row in session.execute(select(*columns, Processing.day).order_by(Processing.id))
        ]


def test_an_act_is_noted_once_on_a_day_of_the_office(office, at):
    who, whom = office.assessor, office.employee
    at("2026-11-26T09:00")
    for _ in range(2):
        processing.note(office.db, who, whom.id, 7, processing.VIEWED)
    at("2026-11-26T23:59")
    processing.note(office.db, who, whom.id, 7, processing.VIEWED)
    at("2026-11-27T00:00")  # still the 26th in UTC
    processing.note(office.db, who, whom.id, 7, processing.VIEWED)
    days = [str(day) for *_, day in noted(office.db)]
    assert days == ["2026-11-26", "2026-11-27"]


def test_another_act_case_or_person_is_noted_of_its_own(office, at):
    at("2026-11-26T09:00")
    db, whom = office.db, office.employee.id
    processing.note(db, office.assessor, whom, 7, processing.VIEWED)
    processing.note(db, office.assessor, whom, 7, processing.WORKED)
    processing.note(db, office.assessor, whom, 8, processing.VIEWED)
    processing.note(db, office.superior, whom, 7, processing.VIEWED)
    processing.note(db, office.assessor, whom, processing.NO_CASE, processing.CHANGED)
    assert len(noted(db)) == 5


def test_ones_own_data_is_not_noted(office):
    processing.note(office.db, office.employee, office.employee.id, 7, processing.VIEWED)
    assert noted(office.db) == []


def test_the_same_act_at_once_is_noted_once(office, rival, before_writing):
    """Both have found nothing noted before one of them writes."""

    def act(db):
        processing.note(db, office.assessor, office.employee.id, 7, processing.VIEWED)

    before_writing(office.db, lambda: act(rival))
    act(office.db)
    assert len(noted(office.db)) == 1


def test_a_second_look_writes_nothing(office, statements):
    for _ in range(2):
        statements.clear()
        processing.note(office.db, office.assessor, office.employee.id, 7, processing.VIEWED)
    assert (len(statements.sent), statements.commits) == (1, 0)


def test_what_cannot_be_noted_is_an_error_that_quotes_nobody(office):
    with office.db.write() as session:
        session.execute(text("ALTER TABLE processing RENAME TO gone"))
    try:
        with pytest.raises(Exception, match="processing") as raised:
            processing.note(office.db, office.assessor, office.employee.id, 7, processing.VIEWED)
        assert "viewed" not in str(raised.value)
    finally:
        with office.db.write() as session:
            session.execute(text("ALTER TABLE gone RENAME TO processing"))
