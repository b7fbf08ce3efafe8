"""A process started for many: foreseen, ordered, done in turns, paused, cancelled, tried again."""

import threading
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import delete, event, func, select, update

from engine import (
    campaign_turns,
    campaigns,
    clock,
    deployments,
    eligibility,
    jobs,
    library,
    openings,
    scopes,
    supervision,
    values,
    verification,
)
from engine.eligibility import Terms
from engine.errors import (
    DatabaseLost,
    InvalidInput,
    JobGone,
    NoLongerOpen,
    NotAllowed,
    NotFound,
    StepFailed,
)
from engine.models import (
    Campaign,
    CampaignMember,
    Duty,
    Incident,
    Instance,
    Job,
    JournalEntry,
    Membership,
    Person,
    Substitution,
    Unit,
)

KEY = "skp_collection"
_tokens = count()


@pytest.fixture(autouse=True)
def _sound(at, office, audit):
    """What was started is as sound as what is started alone."""
    at("2026-11-26T09:00")
    yield
    assert audit(office.db) == []
    assert verification.verify(office.db, None, None, lambda _what, _done: None).faults == []


@pytest.fixture
def order(office):
    """``order()``: a campaign of the superior's unit, ordered by them unless said otherwise."""

    def _order(part="superior", unit="layanan", key=KEY, beside=0, token=None, **given):
        who = getattr(office, part)
        with office.db.read() as session:
            scope = scopes.of_unit(session, who, unit)
        token = token or f"c{next(_tokens)}"
        return campaigns.order(office.db, who, key, scope, Terms(given, beside), token=token)

    return _order


@pytest.fixture
def few(monkeypatch):
    """``few(n)``: so many people in a turn, and turns in a lease."""

    def _few(people, turns=1_000):
        monkeypatch.setattr(campaign_turns, "AT_ONCE", people)
        monkeypatch.setattr(campaign_turns, "IN_A_ROW", turns)

    return _few


def members(office, campaign):
    """What became of each person: outcome and reason, by NIP."""
    with office.db.read() as session:
        rows = campaigns.members(session, campaign)
    return {row.person.nip: (row.outcome, row.reason) for row in rows}


def outcomes(office, campaign):
    with office.db.read() as session:
        return campaigns.PEOPLE.counts(session, [campaign])[campaign]


def state(office, campaign):
    with office.db.read() as session:
        return session.get_one(Campaign, campaign)


def cases_by_person(office):
    with office.db.read() as session:
        query = select(Instance.subject_id, func.count()).group_by(Instance.subject_id)
        return dict(session.execute(query).all())


def told(office, *kinds):
    with office.db.read() as session:
        query = select(JournalEntry).where(JournalEntry.kind.like("campaign.%"))
        rows = session.scalars(query.order_by(JournalEntry.seq)).all()
    return [(row.kind, values.loads(row.details), row.person_id) for row in rows]


def only_job(office):
    (job,) = office.jobs(None, campaigns.KIND)
    return job


def test_everybody_of_a_unit_gets_one_case(office, order):
    made = order()
    assert office.due()[0] == ("campaign", None)
    assert outcomes(office, made) == {"started": 7}
    assert set(cases_by_person(office).values()) == {1}
    assert len(cases_by_person(office)) == 7
    with office.db.read() as session:
        for row in campaigns.members(session, made):
            assert row.instance.subject_id == row.person_id
            assert row.at == clock.now()
    ended = state(office, made)
    assert (ended.status, ended.job_id, ended.ended_at) == ("ended", None, clock.now())
    assert office.jobs(None, campaigns.KIND) == []


def test_the_journal_tells_of_it_without_names(office, order):
    made = order()
    office.due()
    assert told(office) == [
        ("campaign.ordered", {"campaign": made, "process": KEY, "people": 7}, office.superior.id),
        ("campaign.done", {"campaign": made, "started": 7, "refused": 0}, None),
    ]


def test_subordinate_units_are_of_a_unit(office, order):
    assert len(members(office, order("head", "dinas"))) == 14


# --- as one alone ---------------------------------------------------------------------------------

FORM = (
    '<camunda:formData><camunda:formField id="pagu" type="money" />'
    '<camunda:formField id="hari" type="date" /></camunda:formData>'
)
EVERYTHING = f"""
    process id=p name=Contoh
    property alur:calendar=working
    property alur:waitLimit=PT4H
    property alur:remindBefore=PT5M
    property alur:escalateAfter=PT1H
    lane Staf group:umum-aparatur: s k g a w x m f e
    lane Pegawai subject: b v
    lane Atasan superior(subject): c
    lane Pemulai starter: d
    startEvent s
        {FORM}
    intermediateThrowEvent k
        <messageEventDefinition camunda:type="external" camunda:topic="remind" />
    parallelGateway g
    userTask a
    boundaryEvent w attachedToRef=a cancelActivity=false
        timer timeDuration PT3H
    userTask b
    serviceTask v camunda:topic=arsip
    userTask c
    userTask d
    intermediateCatchEvent x
        <messageEventDefinition messageRef="surat" />
    parallelGateway m
    endEvent f
    endEvent e
    s -> k -> g
    g -> a -> m
    g -> b -> m
    g -> c -> m
    g -> d -> m
    g -> v -> m
    g -> x -> m -> e
    w -> f
"""
# What two cases rightly differ in: their numbers, what covers them, and what names them.
OWN = {"id", "token", "hash", "previous", "last_hash", "details"}


def rows_of(office, case):
    """All rows of a case by table, with its own number and those of its items replaced."""
    found = office.rows()
    items = {row.id: row.task for row in found["work_item"] if row.instance_id == case}
    kept = {}
    for table, rows in found.items():
        for row in map(dict, (row._mapping for row in rows)):
            number = row["id"] if table == "instance" else row.pop("instance_id", None)
            if number != case or table == "campaign_member":
                continue
            if "work_item_id" in row:
                row["work_item_id"] = items.get(row["work_item_id"])
            row["told"] = values.loads(row["details"]) if row.get("details") else None
            kept.setdefault(table, []).append({n: v for n, v in row.items() if n not in OWN})
    return {table: sorted(rows, key=repr) for table, rows in kept.items()}


@pytest.fixture
def same_names(monkeypatch):
    """Task ids and message keys that are the same in every case."""
    monkeypatch.setattr("engine.spiff.flow.secrets.token_hex", lambda n: "0" * n)
    fixed = type("U", (), {"hex": "f" * 32})
    monkeypatch.setattr("engine.steps.uuid.uuid4", lambda: fixed)
    monkeypatch.setattr("SpiffWorkflow.task.time.time", lambda: 1_795_658_400.0)


@pytest.fixture
def staff_supervises(office):
    """The staff, who start cases, supervise the employee's unit too."""
    with office.db.write() as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == "layanan")).one()
        session.add(Duty(person_id=office.staff.id, name="supervisor", unit_id=unit))
    with office.db.read() as session:
        from engine import people

        return replace(office, staff=people.actor(session, office.staff.id))


@pytest.mark.usefixtures("same_names")
@pytest.mark.parametrize("drawn", ["skp", "everything"])
def test_a_case_is_what_it_would_be_if_it_were_started_alone(
    office, staff_supervises, draw_events, skp, drawn
):
    given = {}
    if drawn != "skp":
        office.put_into_force(draw_events(EVERYTHING), "arsip")
        given = {"pagu": 5, "hari": None}
    key = KEY if drawn == "skp" else "p"
    alone = office.start(key=key, **given)
    expected = rows_of(office, alone)
    assert expected["history"]

    with office.db.read() as session:
        scope = scopes.of_unit(session, staff_supervises.staff, "layanan")
    made = campaigns.order(
        office.db, staff_supervises.staff, key, scope, Terms(given, alone), token="c"
    )
    campaign_turns.run(office.db, only_job(office))
    with office.db.read() as session:
        mine = CampaignMember.campaign_id == made, CampaignMember.person_id == office.employee.id
        case = session.scalars(select(CampaignMember.instance_id).where(*mine)).one()
    assert case != alone
    assert outcomes(office, made) == {"started": 7}
    assert rows_of(office, case) == expected


def test_all_of_a_turn_cost_as_many_statements_as_a_few(office, order, few, statements):
    few(100)

    def turn(make):
        make()
        job = only_job(office)
        statements.clear()
        campaign_turns.run(office.db, job)
        return len(statements.sent), statements.commits

    turn(lambda: order("head", "dinas"))  # what is read once and kept has been read
    newest = max(row.id for row in office.rows()["instance"])
    few_cost = turn(lambda: order("superior", "layanan", beside=newest))
    newest = max(row.id for row in office.rows()["instance"])
    many_cost = turn(lambda: order("head", "dinas", beside=newest))
    assert few_cost == many_cost
    assert few_cost[1] == 2  # the turn, and the end


# --- who gets none, and why ------------------------------------------------------------------------


def preview(office, part="superior", unit="layanan", key=KEY, given=None, beside=0):
    who = getattr(office, part)
    with office.db.read() as session:
        scope = scopes.of_unit(session, who, unit) if unit else scopes.of_all(session, who)
        terms = Terms({} if given is None else given, beside)
        return campaigns.preview(office.db, session, who, key, scope, terms)


def why(office, campaign, who):
    return members(office, campaign)[who.nip]


def test_who_has_nobody_above_gets_none_and_is_told_why(office):
    with office.db.read() as session:
        scope = scopes.of_all(session, office.administrator)
    made = campaigns.order(office.db, office.administrator, KEY, scope, Terms({}), token="x")
    office.due()
    said = "Gubernur Contoh belum memiliki atasan dalam direktori."
    assert why(office, made, office.governor) == ("refused", said)
    assert why(office, made, office.regional_secretary) == ("refused", said)
    assert outcomes(office, made) == {"started": 14, "refused": 2}
