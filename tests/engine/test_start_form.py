"""A form at the start: its data are the first of the case, kept as they were filled in."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from engine import deployments, history, retention, starting, values, verification
from engine.errors import InvalidInput, StepFailed
from engine.models import Submission
from engine.spiff.execution import Execution
from engine.steps import read_case

FIELDS = {"keperluan": "string", "pagu": "money", "hari": "date"}
DRAWN = "".join(f'<camunda:formField id="{n}" type="{kind}" />' for n, kind in FIELDS.items())
FORM = f"<camunda:formData>{DRAWN}</camunda:formData>"
PURCHASE = f"""
    process id=pengadaan
    lane Staf group:umum-aparatur: s x a b m e
    startEvent s
        {FORM}
    exclusiveGateway x
    userTask a
    userTask b
    exclusiveGateway m
    endEvent e
    s -> x
    x -> a if pagu >= 50000000
    x -> b if pagu < 50000000
    a -> m
    b -> m -> e
"""
GIVEN = {"keperluan": "Meja", "pagu": Decimal("50000000.50"), "hari": date(2026, 3, 2)}


@pytest.fixture
def begin(office, draw):
    """Starts a case of the purchase with its start form filled in."""
    office.put_into_force(draw(PURCHASE))
    return lambda **given: office.start(key="pengadaan", **(given or GIVEN))


def submitted(office, case):
    (item,) = [item for item in office.work(case) if item.element == "s"]
    with office.db.read() as session:
        return history.submitted(session, case, item.id)


def test_what_is_filled_in_decides_the_first_way(office, begin):
    assert office.item(begin()).element == "a"
    assert office.item(begin(**GIVEN | {"pagu": Decimal(1)})).element == "b"


def test_what_is_filled_in_is_kept_exactly_and_the_record_of_the_start_tells_of_it(office, begin):
    case = begin()
    kept, started = submitted(office, case), office.history(case)[0]
    assert values.loads(kept.submission.data) == GIVEN
    assert (started.kind, started.element, started.payload) == (
        "instance.started",
        "s",
        kept.digest,
    )
    assert kept.agrees
    assert (kept.entry.seq, kept.submission.person_id) == (1, office.staff.id)


def test_the_chain_and_every_submission_of_such_a_case_are_sound(office, begin, audit):
    office.finish(begin())
    assert audit(office.db) == []


def test_a_changed_start_form_is_found(office, begin):
    kept = submitted(office, begin()).submission.id
    with office.db.write() as session:
        row = session.get(Submission, kept)
        row.data = values.dumps(GIVEN | {"pagu": Decimal(1)})
    (fault,) = verification.verify(office.db, None, None, lambda *_: None).faults
    assert "kejadian 1: isian yang diserahkan" in str(fault)


def test_a_double_click_is_one_case_with_one_submission(office, begin):
    assert begin(token="klik", **GIVEN) == begin(token="klik", **GIVEN)
    with office.db.read() as session:
        sent = select(func.count()).select_from(Submission).where(Submission.token == "klik")
        assert session.scalar(sent) == 1


@pytest.mark.parametrize("given", [{}, {"pagu": 1}, GIVEN | {"lain": 1}])
def test_what_are_not_the_fields_of_the_form_in_force_starts_nothing(office, begin, given):
    before = office.rows()
    with pytest.raises(InvalidInput):
        starting.start(
            office.db, office.staff, "pengadaan", office.employee.id, token="t", given=given
        )
    assert office.rows() == before


def test_a_process_without_a_start_form_takes_no_data(office):
    with pytest.raises(InvalidInput):
        office.start(nakal=1)


def test_data_on_which_the_first_way_fails_start_nothing(office, begin):
    before = office.rows()
    with pytest.raises(StepFailed):
        begin(**GIVEN | {"pagu": None})
    assert office.rows() == before


def test_the_first_step_has_the_data(office, begin):
    case = begin()
    item = office.item(case)
    with office.db.read() as session:
        found = read_case(session, case)
    program = deployments.program(office.db, found.digest, found.called)
    assert Execution.load(program, found.state).data_of(item.task) == GIVEN


def test_a_start_with_a_form_costs_little_more_than_completing_a_step(office, begin, statements):
    case = begin()
    statements.clear()
    office.step(case)
    completing = len(statements.sent)
    statements.clear()
    begin()
    assert statements.commits == 1
    assert len(statements.sent) <= 1.5 * completing


def test_what_was_filled_in_at_the_start_goes_with_its_case(office, begin, at):
    at("2026-01-05T09:00")
    case = begin()
    office.finish(case)
    at("2026-11-26T09:00")
    with office.db.write() as session:
        number = retention.effect(session, office.administrator, "pengadaan", 90).cases
        retention.set_limit(session, office.administrator, "pengadaan", 90, number)
    with office.db.write() as session:
        assert retention.delete_case(session, "pengadaan", 90, case)
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0
