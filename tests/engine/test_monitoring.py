"""Monitoring sheets: measured facts that stay, a judgement, one signature, and nothing after it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from engine import (
    clock,
    figures,
    instances,
    instruments,
    journal,
    monitoring,
    monitoring_facts,
    monitoring_lists,
    own_data,
    people,
    tallies,
    values,
    verification,
)
from engine.errors import DraftConflict, InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.figures import Chosen
from engine.instruments import EVALUATION, MONITORING, Judgement, Mark, Period
from engine.models import Activation, MonitoringSheet, Substitution, Unit

KEY = "skp_collection"
HALF = Period(MONITORING, date(2026, 7, 1))
YEAR = Period(EVALUATION, date(2026, 1, 1))
AGAIN = {"keputusan": "tidak_setuju", "alasan": "Target kurang tepat"}


@pytest.fixture
def begun(office, at):
    """November of a half year in which the process is in force."""
    with office.db.write() as session:
        session.execute(update(Activation).values(at=at("2026-02-02T08:00")))
    at("2026-11-02T08:00")
    return office


@pytest.fixture
def half(begun, at):
    """A half year that has ended, in which two steps were done, once, and the case cancelled."""
    case = begun.start()
    begun.until(case, "Langkah_3")
    begun.cancel(case)
    tallies.count(begun.db)
    at("2027-01-11T09:00")
    return begun


@pytest.fixture
def whole(begun, at, half):
    """With a disputed and a plain case, too."""
    at("2026-11-02T08:00")
    disputed = begun.start()
    begun.until(disputed, "Langkah_4")
    instances.take_up(begun.db, begun.employee, begun.item(disputed).id)
    at("2026-11-03T13:30")
    begun.step(disputed, **AGAIN)
    begun.finish(disputed)
    begun.finish(begun.start())
    tallies.count(begun.db)
    at("2027-01-11T09:00")
    return begun


@pytest.fixture
def unit(office):
    """``unit(code)``: the number of a unit."""
    with office.db.read() as session:
        return dict(session.execute(select(Unit.code, Unit.id)).all()).__getitem__


@pytest.fixture
def made(half, unit):
    """``made(period)``: a sheet of the employee's unit, made by its supervisor."""

    def make(period=HALF):
        return monitoring.make(half.db, half.superior, KEY, unit("layanan"), period)

    return make


def sheet(office, sheet_id, actor=None):
    with office.db.read() as session:
        return monitoring.sheet(session, actor or office.superior, sheet_id)


def good(found, decision=""):
    """Everything judged well."""
    marks = {one["id"]: Mark(instruments.GOOD) for one in found.facts["questions"]}
    return Judgement(marks, decision, "")


def judged(office, sheet_id, decision=""):
    """A sheet with everything judged well, and its revision."""
    found = sheet(office, sheet_id)
    monitoring.save(office.db, office.superior, sheet_id, good(found, decision), found.row.revision)
    return found.row.revision + 1


def signed(office, sheet_id, decision=""):
    monitoring.sign(office.db, office.superior, sheet_id, judged(office, sheet_id, decision))
    return sheet_id


def newest(office):
    with office.db.read() as session:
        return journal.page(session)[0]


def test_the_facts_are_those_of_the_figures_for_the_same_time(whole, made, unit):
    facts = sheet(whole, made()).facts
    with whole.db.read() as session:
        chosen = Chosen(None, unit("layanan"), HALF.first, HALF.last)
        scope, _, _ = figures.asked(session, whole.superior, KEY, chosen)
        steps, ended = figures.steps(session, scope), figures.cases(session, scope)
    told = {step["element"]: step for step in facts["steps"] if step["done"]}
    assert told.keys() == steps.keys()
    for element, found in steps.items():
        step = told[element]
        assert (step["done"], step["late"], step["again"]) == (found.done, found.late, found.again)
        assert step["working"] == [found.working.quantile(0.5), found.working.quantile(0.9)]
        assert step["waiting"] == [found.waiting.quantile(0.5), found.waiting.quantile(0.9)]
    cases = facts["cases"]
    assert (cases["completed"], cases["cancelled"]) == (ended.completed, ended.cancelled) == (2, 1)
    assert cases["rounds"] == [[1, 1], [2, 1]]
    assert [version["version"] for version in facts["versions"]] == [1]


def test_the_facts_stay_as_they_were_made(half, made, at):
    before = sheet(half, made()).facts
    half.step(half.start())
    with half.db.write() as session:  # the office moves on: another name, and work counted later
        session.execute(update(Unit).values(name="Unit lain"))
    tallies.count(half.db)
    assert sheet(half, made()).facts == before


def test_a_sheet_is_made_once(half, made):
    assert made() == made()
    assert newest(half).kind == monitoring.MADE


def test_an_evaluation_is_compared_with_its_halves_and_the_year_before(whole, made):
    facts = sheet(whole, made(YEAR)).facts
    compared = {one["period"]: one["cases"]["completed"] for one in facts["compared"]}
    assert compared == {"2026-1": 0, "2026-2": 2, "2025": 0}
    assert [one["text"] for one in facts["questions"]] == [*map(str, instruments.CRITERIA.values())]


@pytest.mark.parametrize(
    ("worked", "done", "fit"),
    [(599, 5, None), (5, 5, "loose"), (1000, 5, "tight"), (1000, 4, None), (None, 5, None)],
)
def test_a_waktu_fits_what_most_of_the_work_takes(worked, done, fit):
    assert monitoring_facts.fit(600, worked, done) == fit


def test_a_period_is_known_by_its_code():
    for code, first, last in (
        ("2026-1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ):
        period = Period.parse(code)
        assert (period.code, period.first, period.last) == (code, first, last)
        assert all(
            Period.holding(period.kind, day) == period
            for day in (first, last, first + timedelta(40))
        )
    assert [Period.parse(code) for code in ("2026-3", "26", "", "2026-1x", "1999")] == [None] * 5
    assert (HALF.before.code, Period.parse("2026-1").before.code) == ("2026-1", "2025-2")


def test_a_sheet_is_signed_and_the_journal_has_its_digest(half, made):
    found = sheet(half, signed(half, made()))
    assert (found.row.signed_by, found.row.signed_at) == (half.superior.id, clock.now())
    assert found.signature["by"]["name"] == half.superior.name
    with half.db.read() as session:
        assert [one.id for one in own_data.sheets(session, half.superior.id)] == [found.row.id]
        assert own_data.sheets(session, half.head.id) == []
    entry = newest(half)
    assert (entry.kind, entry.person_id) == (monitoring.SIGNED, half.superior.id)
    assert values.loads(entry.details)["digest"] == found.row.digest


def test_who_acts_for_the_supervisor_signs_in_their_place(half, made, at):
    revision = judged(half, made())
    with half.db.write() as session:
        session.add(
            Substitution(
                absent_id=half.superior.id, substitute_id=half.outsider.id, capacity="plt",
                first_day=date(2027, 1, 1), last_day=date(2027, 1, 31), reason="Kosong",
                at=clock.now(), person_id=half.administrator.id,
            )
        )  # fmt: skip
    with half.db.read() as session:
        acting = people.actor(session, half.outsider.id)
    monitoring.sign(half.db, acting, made(), revision)
    signature, told = sheet(half, made()).signature, values.loads(newest(half).details)
    assert (signature["as"], signature["for"]["name"]) == ("plt", half.superior.name)
    assert (told["absent"], told["as"]) == (half.superior.id, "plt")


def test_what_is_signed_changes_no_more(half, made):
    number = signed(half, made())
    before = half.rows()
    with pytest.raises(NoLongerOpen):
        monitoring.save(half.db, half.superior, number, Judgement(), 2)
    with pytest.raises(NoLongerOpen):
        monitoring.sign(half.db, half.superior, number, 2)
    with pytest.raises(NoLongerOpen):
        monitoring.renew(half.db, half.superior, number, 2)
    with pytest.raises(NoLongerOpen):
        monitoring.drop(half.db, half.superior, number)
    assert made() == number
    assert half.rows() == before


def test_two_who_save_at_once_are_told(half, made):
    number = made()
    first = judged(half, number)
    before = half.rows()
    for stale in (
        lambda: monitoring.save(
            half.db, half.head, number, Judgement(conclusion="Lain"), first - 1
        ),
        lambda: monitoring.sign(half.db, half.head, number, first - 1),
        lambda: monitoring.renew(half.db, half.head, number, first - 1),
    ):
        with pytest.raises(DraftConflict):
            stale()
    assert half.rows() == before


def test_two_who_sign_at_once_sign_once(half, made, before_writing):
    number = made()
    revision = judged(half, number)
    before_writing(half.db, lambda: monitoring.sign(half.db, half.head, number, revision))
    with pytest.raises(DraftConflict):
        monitoring.sign(half.db, half.superior, number, revision)
    assert sheet(half, number).row.signed_by == half.head.id


def test_a_period_that_has_not_ended_is_a_draft(half, made, at):
    at("2026-11-26T09:00")
    number = made()
    revision = judged(half, number)
    with pytest.raises(InvalidInput, match="belum berakhir"):
        monitoring.sign(half.db, half.superior, number, revision)
    at("2027-01-01T09:00")
    with pytest.raises(InvalidInput, match="Ambil angkanya lagi"):
        monitoring.sign(half.db, half.superior, number, revision)
    monitoring.renew(half.db, half.superior, number, revision)
    monitoring.sign(half.db, half.superior, number, revision + 1)


def test_a_period_to_come_or_without_the_process_is_refused(half, made):
    for period in (Period.parse("2027-2"), Period.parse("2025")):
        with pytest.raises(InvalidInput):
            made(period)


def test_work_that_is_not_counted_yet_is_waited_for(half, made, at):
    at("2026-11-26T09:00")
    half.step(half.start())
    at("2027-01-11T09:00")
    with pytest.raises(InvalidInput, match="belum dihitung"):
        made()
    tallies.count(half.db)
    made()


def test_a_period_without_work_has_all_steps_and_can_be_signed(half, unit):
    db, actor = half.db, half.neighbour
    number = monitoring.make(db, actor, KEY, unit("umum"), HALF)
    found = sheet(half, number, actor)
    assert [step["done"] for step in found.facts["steps"]] == [0] * 8
    marks = {one["id"]: Mark(instruments.NONE) for one in found.facts["questions"]}
    monitoring.save(db, actor, number, Judgement(marks), 0)
    monitoring.sign(db, actor, number, 1)


def test_that_there_was_no_work_is_not_said_where_there_was(half, made):
    number = made()
    with pytest.raises(InvalidInput):
        monitoring.save(
            half.db, half.superior, number, Judgement({"Langkah_1": Mark(instruments.NONE)}), 0
        )


LACKING = {
    "a decision": lambda whole: replace(whole, decision=""),
    "its reason": lambda whole: replace(whole, decision="revised"),
    "an answer": lambda whole: replace(whole, marks=whole.marks | {"peran": Mark()}),
    "an action": lambda whole: replace(
        whole, marks=whole.marks | {"peran": Mark(instruments.BAD, "Catatan")}
    ),
}


def test_that_there_was_no_work_does_not_outlast_new_figures(half, unit, at):
    at("2026-11-26T09:00")
    db, actor = half.db, half.superior
    number = monitoring.make(db, actor, KEY, unit("layanan"), Period.parse("2026-2"))
    whole = good(sheet(half, number))
    later = dict.fromkeys(whole.marks, Mark(instruments.NONE))
    empty = {"facts": values.dumps(without_work(sheet(half, number).facts))}
    with db.write() as session:
        session.execute(update(MonitoringSheet).values(**empty))
    monitoring.save(db, actor, number, Judgement(later), 0)
    at("2027-01-11T09:00")
    monitoring.renew(db, actor, number, 1)
    with pytest.raises(InvalidInput, match="Belum dinilai"):
        monitoring.sign(db, actor, number, 2)


def without_work(facts):
    return facts | {"questions": [one | {"done": 0} for one in facts["questions"]]}


@pytest.mark.parametrize("what", LACKING)
def test_what_is_not_filled_in_cannot_be_signed(half, made, what):
    number = made(YEAR)
    whole = good(sheet(half, number), "kept")
    monitoring.save(half.db, half.superior, number, LACKING[what](whole), 0)
    with pytest.raises(InvalidInput):
        monitoring.sign(half.db, half.superior, number, 1)
    monitoring.save(half.db, half.superior, number, whole, 1)
    monitoring.sign(half.db, half.superior, number, 2)


def test_nonsense_is_not_kept(half, made):
    number = made(YEAR)
    nonsense = (
        Judgement({"peran": Mark("bagus")}),
        Judgement({"peran": Mark(note="x" * 1001)}),
        Judgement(decision="lain"),
    )
    for judgement in nonsense:
        with pytest.raises(InvalidInput):
            monitoring.save(half.db, half.superior, number, judgement, 0)


def test_others_make_and_sign_nothing(half, made, unit):
    number = made()
    revision = judged(half, number)
    before = half.rows()
    for actor in (half.auditor, half.analyst):
        assert sheet(half, number, actor).row.id == number
        with pytest.raises(NotAllowed):
            monitoring.make(half.db, actor, KEY, unit("layanan"), HALF)
        with pytest.raises(NotAllowed):
            monitoring.sign(half.db, actor, number, revision)
    for actor in (half.neighbour, half.employee, half.administrator):
        with pytest.raises(NotFound):
            sheet(half, number, actor)
        with pytest.raises(NotAllowed):
            monitoring.make(half.db, actor, KEY, unit("layanan"), HALF)
    assert half.rows() == before


def test_a_draft_can_be_thrown_away(half, made):
    number = made()
    monitoring.drop(half.db, half.superior, number)
    assert newest(half).kind == monitoring.DROPPED
    with pytest.raises(NotFound):
        sheet(half, number)


def test_what_is_due_is_what_is_not_signed(half, made):
    def due(actor):
        with half.db.read() as session:
            found = monitoring_lists.due(session, actor)
        return {(one.unit.code, one.period.code): one.sheet_id for one in found}

    assert due(half.superior) == {("layanan", "2026-2"): None, ("layanan", "2026"): None}
    number = made()
    assert due(half.superior)["layanan", "2026-2"] == number
    signed(half, number)
    assert due(half.superior) == {("layanan", "2026"): None}
    assert len(due(half.analyst)) == len(due(half.auditor)) == 5
    assert due(half.employee) == {}


def test_nothing_is_due_of_a_time_before_the_process_was_in_force(half):
    with half.db.write() as session:
        session.execute(update(Activation).values(at=clock.now()))
    with half.db.read() as session:
        assert monitoring_lists.due(session, half.superior) == []


def test_sheets_are_listed_by_period_to_who_may_read_them(half, made):
    numbers = [made(YEAR), made(HALF)]
    with half.db.read() as session:
        of_analyst = [row.id for row in monitoring_lists.page(session, half.analyst)]
        after = [row.id for row in monitoring_lists.page(session, half.analyst, before=numbers[1])]
        none = monitoring_lists.page(session, half.neighbour)
        other = monitoring_lists.page(session, half.superior, "lain")
    assert (of_analyst, after) == ([numbers[1], numbers[0]], [numbers[0]])
    assert (none, other) == ([], [])


TAMPERED = {
    "facts": "UPDATE monitoring_sheet SET facts = judgement",
    "judgement": "UPDATE monitoring_sheet SET judgement = facts",
    "signature": "UPDATE monitoring_sheet SET signature = facts",
    "signer": "UPDATE monitoring_sheet SET signed_by = signed_by + 1",
    "time": "UPDATE monitoring_sheet SET signed_at = '2027-01-12 00:00:00'",
    "period": "UPDATE monitoring_sheet SET first = '2026-01-01'",
    "digest": "UPDATE monitoring_sheet SET digest = 'x'",
    "unsigned": "UPDATE monitoring_sheet SET signed_at = NULL, signature = NULL",
    "gone": "DELETE FROM monitoring_sheet",
}


def test_what_was_signed_and_then_changed_is_found(half, made):
    number = signed(half, made())
    assert verified(half) == []
    kept = MonitoringSheet.__table__
    with half.db.connections.connect() as connection:
        (row,) = connection.execute(select(kept)).mappings()
    for how, statement in TAMPERED.items():
        with half.db.connections.begin() as connection:
            connection.execute(text(statement))
        said = verified(half)
        assert [one.startswith(f"Lembar monitoring {number}: ") for one in said] == [True], how
        with half.db.connections.begin() as connection:
            connection.execute(delete(kept))
            connection.execute(insert(kept).values(**row))
    assert verified(half) == []


def test_a_signature_that_nobody_recorded_is_found(half, made):
    number = made()
    with half.db.write() as session:
        session.execute(
            update(MonitoringSheet).values(
                signed_at=clock.now(), signed_by=half.superior.id, signature=b"{}", digest="x"
            )
        )
    assert verified(half) == [f"Lembar monitoring {number}: tidak tercatat ditandatangani."]


def verified(office):
    verdict = verification.verify(office.db, None, None, lambda _table, _rows: None)
    return [str(said) for said in verdict.faults]
