"""A process started for many: foreseen, ordered, done in turns, paused, cancelled, tried again."""

from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import delete, func, select, update

from engine import (
    campaign_turns,
    campaigns,
    cases,
    clock,
    eligibility,
    jobs,
    library,
    openings,
    people,
    scopes,
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
    Person,
    Unit,
)
from tests import leases

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


# As one alone.

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


# Who gets none, and why.


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


def left(office, who):
    with office.db.write() as session:
        session.execute(update(Person).where(Person.id == who.id).values(left_at=clock.now()))


def in_the_way(found, who):
    (one,) = [one for one in found.people if one.person.id == who.id]
    return one.obstacle, str(one.reason) if one.reason else None


def test_a_preview_says_who_would_get_a_case_and_who_would_do_what(office):
    found = preview(office, "administrator", None)
    assert (found.possible, found.obstacles) == (14, {"roles": 2})
    (budi,) = [one for one in found.people if one.person.id == office.employee.id]
    filled = {one.person_id or one.group_id for one in budi.fillings.values()}
    assert {office.employee.id, office.assessor.id, office.superior.id} < filled
    assert [one.plan for one in found.of(None)[:2]] == [None, None]
    assert len(found.of("roles")) == 2
    assert office.rows()["campaign"] == office.rows()["instance"] == []


def test_a_preview_and_its_turn_name_the_same_obstacles(office, order):
    case = office.start()
    left(office, office.assessor)
    said = "Budi Contoh sudah memiliki kasus 00001."
    found = preview(office)
    assert in_the_way(found, office.employee) == ("running", said)
    # Dewi has the same assessor, who has left.
    assert found.obstacles == {"running": 1, "roles": 1}
    made = order()
    office.due()
    assert why(office, made, office.employee) == ("refused", said)
    reasons = {reason for _, reason in members(office, made).values()}
    assert reasons == {None, said, "Kasi Contoh Satu sudah tidak bertugas."}
    assert preview(office, beside=case).obstacles == {"running": 4, "roles": 2}


def test_who_has_a_running_case_gets_another_when_asked_for(office, order):
    case = office.start()
    assert in_the_way(preview(office, beside=case), office.employee) == (None, None)
    order(beside=case)
    office.due()
    assert cases_by_person(office)[office.employee.id] == 2


def test_cases_begun_since_keep_people_out_even_then(office, order):
    shown = office.start()
    meanwhile = office.start()
    made = order(beside=shown)
    office.due()
    said = f"Budi Contoh sudah memiliki kasus {meanwhile:05d}."
    assert why(office, made, office.employee) == ("refused", said)


def test_an_ended_case_keeps_nobody_out(office, order):
    office.cancel(office.start())
    order()
    office.due()
    assert cases_by_person(office)[office.employee.id] == 2


NEEDY = """
    process id=p name=Contoh
    lane Pemulai starter: s a e
    startEvent s
        <camunda:formData><camunda:formField id="pagu" label="Pagu" type="money">
        <camunda:validation><camunda:constraint name="required" /></camunda:validation>
        </camunda:formField></camunda:formData>
    userTask a
    endEvent e
    s -> a -> e
"""


def test_a_start_form_that_is_not_filled_in_keeps_everybody_out(office, draw):
    office.put_into_force(draw(one_line(NEEDY)))
    with office.db.read() as session:
        scope = scopes.of_unit(session, office.superior, "layanan")
        found = campaigns.preview(office.db, session, office.superior, "p", scope, Terms(None))
    assert found.obstacles == {"form": 7}
    said = "Isian formulir awal belum lengkap: Pagu."
    assert in_the_way(found, office.employee) == ("form", said)


def one_line(text):
    """A form's elements stand on one line of a description."""
    return text.replace('"money">\n        ', '"money">').replace(
        "</camunda:validation>\n        ", "</camunda:validation>"
    )


def test_a_form_that_has_changed_since_is_said_to_each(office, order, draw):
    office.put_into_force(draw(one_line(NEEDY)))
    made = order(key="p", pagu=5)
    office.put_into_force(draw(one_line(NEEDY).replace('id="pagu"', 'id="dana"')))
    office.due()
    assert outcomes(office, made) == {"refused": 7}
    said = "Formulir awal proses ini berubah; periksa isian Anda lagi."
    assert why(office, made, office.employee) == ("refused", said)


def test_what_is_filled_in_is_in_every_case(office, order, draw):
    office.put_into_force(draw(one_line(NEEDY)))
    order(key="p", pagu=5)
    office.due()
    kept = [values.loads(row.data) for row in office.rows()["submission"]]
    assert kept == [{"pagu": 5}] * 7


def test_a_person_whose_case_cannot_begin_stops_nobody(office, order, monkeypatch):
    opening = openings.opening

    def fail(plan, *given, **told):
        if plan.subject_id == office.employee.id:
            raise StepFailed(eligibility.OBSTACLES["roles"])
        return opening(plan, *given, **told)

    monkeypatch.setattr(openings, "opening", fail)
    made = order()
    office.due()
    assert outcomes(office, made) == {"started": 6, "refused": 1}
    monkeypatch.undo()
    assert campaigns.retry(office.db, office.superior, made) == 1
    assert state(office, made).status == "running"
    office.due()
    assert outcomes(office, made) == {"started": 7}
    assert set(cases_by_person(office).values()) == {1}


def test_one_person_is_tried_again_once_the_reason_is_mended(office, order):
    left(office, office.assessor)
    made = order("head", "layanan")
    office.due()
    refused = [n for n, (outcome, _) in members(office, made).items() if outcome == "refused"]
    assert len(refused) == 2  # Budi and Dewi
    with office.db.write() as session:
        session.execute(update(Person).values(left_at=None))
    assert campaigns.retry(office.db, office.head, made, office.employee.id) == 1
    office.due()
    assert why(office, made, office.employee) == ("started", None)
    assert outcomes(office, made)["refused"] == 1
    with pytest.raises(InvalidInput, match="Tidak ada yang dapat dicoba lagi"):
        campaigns.retry(office.db, office.head, made, office.employee.id)


def test_who_has_left_since_gets_none(office, order):
    made = order()
    left(office, office.employee)
    office.due()
    said = "Budi Contoh sudah tidak bertugas."
    assert why(office, made, office.employee) == ("refused", said)


def test_who_is_of_another_unit_by_now_gets_none(office, order):
    made = order()
    with office.db.write() as session:
        other = select(Unit.id).where(Unit.code == "umum").scalar_subquery()
        moved = update(Person).where(Person.id == office.employee.id)
        session.execute(moved.values(unit_id=other))
    office.due()
    said = "Budi Contoh bukan pegawai unit Anda."
    assert why(office, made, office.employee) == ("refused", said)


@pytest.mark.parametrize("lost", ["duty", "post", "version"])
def test_an_orderer_who_may_no_longer_starts_nothing_more(office, order, lost):
    made = order()
    with office.db.write() as session:
        if lost == "duty":
            session.execute(delete(Duty).where(Duty.person_id == office.superior.id))
    if lost == "post":
        left(office, office.superior)
    if lost == "version":
        library.archive(office.db, office.analyst, KEY)
    office.due()
    said = {
        "duty": "Halaman ini untuk pengawas unit dan administrator.",
        "post": "Yang memerintahkan sudah tidak bertugas.",
        "version": "Belum ada versi yang berlaku untuk proses ini.",
    }
    assert why(office, made, office.employee) == ("refused", said[lost])
    assert cases_by_person(office) == {}
    assert state(office, made).status == "ended"


# Exactly once.


def test_the_same_token_orders_nothing_again(office, order):
    assert order(token="same") == order(token="same")
    assert len(office.jobs(None, campaigns.KIND)) == 1
    office.due()
    assert set(cases_by_person(office).values()) == {1}


def test_two_browsers_start_each_once(office, order):
    first = order()
    with pytest.raises(InvalidInput, match="menunggu giliran dalam kampanye lain"):
        order()
    wider = order("head", "dinas")
    office.due()
    assert set(cases_by_person(office).values()) == {1}
    assert outcomes(office, first) == {"started": 7}
    assert outcomes(office, wider) == {"started": 7}
    assert preview(office, "head", "dinas").obstacles == {"running": 14}


def test_two_who_order_at_the_same_time_start_each_once(office, at_once):
    with office.db.read() as session:
        scope = scopes.of_unit(session, office.superior, "layanan")

    def press(token):
        return lambda db: campaigns.order(db, office.superior, KEY, scope, Terms({}), token=token)

    made = at_once(press("one"), press("two"), press("one"))
    assert sum(isinstance(one, InvalidInput) for one in made) in {1, 2}
    office.due()
    assert set(cases_by_person(office).values()) == {1}
    assert len(cases_by_person(office)) == 7


def test_who_waits_in_another_campaign_is_not_tried_again_in_this_one(office, order):
    left(office, office.assessor)
    made = order()
    office.due()
    other = order("head", "dinas")
    with pytest.raises(InvalidInput, match="Tidak ada yang dapat dicoba lagi"):
        campaigns.retry(office.db, office.superior, made)
    office.due()
    assert set(cases_by_person(office).values()) == {1}
    assert outcomes(office, other)["refused"] >= 1


def test_two_workers_with_the_same_turn_start_each_once(office, order, few, at_once):
    """As when a lease runs out while its worker is still at it."""
    few(3, 1)
    made = order()
    (held,) = jobs.lease(office.db, {campaigns.KIND}, campaign_turns.HOLD, 1)
    job = leases.begin(office.db, held)
    with office.db.read() as session:
        again = session.get_one(Job, job.id)
    done = at_once(lambda db: campaign_turns.run(db, job), lambda db: campaign_turns.run(db, again))
    assert sum(isinstance(one, JobGone) for one in done) == 1
    assert outcomes(office, made) == {"started": 3, None: 4}
    office.due()
    assert outcomes(office, made) == {"started": 7}
    assert set(cases_by_person(office).values()) == {1}


def test_the_rows_alone_keep_a_turn_from_being_taken_twice(office, order, monkeypatch):
    """Also where the job would let it: what is noted is noted once."""
    order()
    job = only_job(office)
    monkeypatch.setattr(jobs, "move", lambda *_given, **_changes: None)
    monkeypatch.setattr(campaign_turns.PEOPLE.__class__, "ahead", lambda *_: sorted(everybody))
    with office.db.read() as session:
        everybody = session.scalars(select(CampaignMember.person_id)).all()
    campaign_turns._take_turn(office.db, job, 1, is_last=False)
    newest = len(office.rows()["instance"])
    with office.db.write() as session:
        session.execute(update(Campaign).values(beside=newest))
    with pytest.raises(JobGone):
        campaign_turns._take_turn(office.db, job, 1, is_last=False)
    assert set(cases_by_person(office).values()) == {1}


def test_a_turn_that_fails_in_the_midst_of_writing_has_done_nothing(
    office, order, few, monkeypatch
):
    few(3)
    made, write = order(), openings.write

    def fail(*given):
        write(*given)
        raise DatabaseLost(eligibility.OBSTACLES["roles"])

    monkeypatch.setattr(openings, "write", fail)
    with pytest.raises(DatabaseLost):
        campaign_turns.run(office.db, only_job(office))
    assert cases_by_person(office) == {}
    assert outcomes(office, made) == {None: 7}
    monkeypatch.undo()
    office.due()
    assert outcomes(office, made) == {"started": 7}


# Paused, cancelled.


@pytest.fixture
def half(office, order, few):
    """A campaign after its first turn of three."""
    few(3, 1)
    made = order()
    campaign_turns.run(office.db, only_job(office))
    assert outcomes(office, made) == {"started": 3, None: 4}
    return made


def test_a_paused_campaign_starts_nobody_until_it_goes_on(office, half):
    campaigns.pause(office.db, office.superior, half)
    office.due()
    assert (state(office, half).status, outcomes(office, half)) == (
        "paused", {"started": 3, None: 4},
    )  # fmt: skip
    campaigns.resume(office.db, office.superior, half)
    office.due()
    assert outcomes(office, half) == {"started": 7}
    assert set(cases_by_person(office).values()) == {1}


@pytest.mark.parametrize("act", [campaigns.pause, campaigns.cancel])
def test_a_turn_that_was_under_way_when_it_was_stopped_writes_nothing(
    office, half, rival, before_writing, act
):
    job = only_job(office)
    before_writing(office.db, lambda: act(rival, office.superior, half))
    with pytest.raises(JobGone):
        campaign_turns.run(office.db, job)
    assert len(cases_by_person(office)) == 3


def test_what_was_cancelled_keeps_what_was_started_and_starts_no_more(office, half):
    campaigns.cancel(office.db, office.superior, half)
    office.due()
    assert outcomes(office, half) == {"started": 3, "cancelled": 4}
    assert (state(office, half).status, state(office, half).ended_at) == ("cancelled", clock.now())
    for act in (campaigns.pause, campaigns.resume, campaigns.cancel, campaigns.retry):
        with pytest.raises(NoLongerOpen):
            act(office.db, office.superior, half)


def test_who_was_cancelled_may_get_a_case_of_another_campaign(office, half, order):
    campaigns.cancel(office.db, office.superior, half)
    order()
    office.due()
    assert set(cases_by_person(office).values()) == {1}
    assert len(cases_by_person(office)) == 7


def test_a_campaign_whose_job_has_failed_goes_on_when_told(office, half):
    jobs.failed(office.db, only_job(office), StepFailed(eligibility.OBSTACLES["roles"]))
    with office.db.read() as session:
        assert campaigns.has_stopped(session, session.get_one(Campaign, half))
    campaigns.resume(office.db, office.superior, half)
    office.due()
    assert outcomes(office, half) == {"started": 7}
    with office.db.read() as session:
        assert session.scalars(select(Incident.outcome)).all() == ["done"]
        assert not campaigns.has_stopped(session, session.get_one(Campaign, half))


def test_somebody_given_another_turn_just_before_the_end_gets_it(
    office, order, rival, before_writing
):
    made = order()
    left(office, office.employee)
    job = only_job(office)
    campaign_turns._take_turn(office.db, job, made, is_last=False)
    before_writing(office.db, lambda: campaigns.retry(rival, office.superior, made))
    campaign_turns.run(office.db, job)
    assert state(office, made).status == "running"
    office.due()
    assert state(office, made).status == "ended"


# Whose it is.


@pytest.mark.parametrize("part", ["staff", "employee", "analyst", "auditor"])
def test_only_supervisors_and_administrators_order_campaigns(office, part):
    who = getattr(office, part)
    with office.db.read() as session, pytest.raises(NotAllowed):
        scopes.of_unit(session, who, "layanan")
    scope = scopes.Scope("unit", "x", [office.employee.id])
    with pytest.raises(NotAllowed):
        campaigns.order(office.db, who, KEY, scope, Terms({}), token="x")


def test_a_supervisor_orders_for_their_units_alone(office):
    with office.db.read() as session:
        with pytest.raises(NotAllowed):
            scopes.of_unit(session, office.superior, "dinas")
        with pytest.raises(NotAllowed):
            scopes.of_all(session, office.head)
        with pytest.raises(InvalidInput, match='Unit "nihil" tidak ada'):
            scopes.of_unit(session, office.superior, "nihil")
        both = [office.employee.id, office.staff.id, 10_000]
        shown = scopes.of_people(session, office.superior, "file", "x.csv", both)
        assert shown.people == [office.employee.id]
        assert {unit.code for unit in scopes.units(session, office.superior)} == {"layanan"}
        assert len(scopes.units(session, office.administrator)) == 4


def test_an_administrator_starts_cases_that_stay_closed_to_them(office, order):
    made = order("administrator", "layanan")
    office.due()
    assert outcomes(office, made) == {"started": 7}
    case = max(row.id for row in office.rows()["instance"])
    first = office.history(case)[0]
    assert office.case(case).starter_id is None
    assert (first.person_id, first.capacity) == (None, "campaign")
    assert values.loads(first.details)["campaign"] == made
    with office.db.read() as session, pytest.raises((NotAllowed, NotFound)):
        cases.case(session, office.administrator, case)


def test_a_procedure_in_which_its_starter_has_a_part_gets_one(office, order, draw):
    office.put_into_force(draw(one_line(NEEDY)))
    order("administrator", "layanan", key="p", pagu=5)
    office.due()
    assert {row.starter_id for row in office.rows()["instance"]} == {office.administrator.id}


def test_others_do_not_know_of_a_campaign(office, half):
    with office.db.read() as session:
        for part in ("neighbour", "employee", "analyst", "head"):
            with pytest.raises(NotFound):
                campaigns.found(session, getattr(office, part), half)
        for part in ("superior", "administrator", "auditor"):
            assert campaigns.found(session, getattr(office, part), half).id == half
            assert [one.id for one in campaigns.listed(session, getattr(office, part))] == [half]
        assert campaigns.listed(session, office.neighbour) == []
    with pytest.raises(NotAllowed):
        campaigns.pause(office.db, office.auditor, half)
    campaigns.pause(office.db, office.administrator, half)


TIMED = """
    process id=p name=Contoh
    lane Staf group:umum-aparatur: s a e
    startEvent s
        property alur:subject=group:umum-aparatur
        timer timeCycle R/P1D
    userTask a
    endEvent e
    s -> a -> e
"""


def test_what_a_timer_starts_is_no_campaign(office, order, draw):
    office.put_into_force(draw(TIMED))
    with pytest.raises(InvalidInput, match="pengatur waktunya sendiri"):
        order(key="p")
    with pytest.raises(NotFound):
        order(key="tidak-ada")


# Files.


def of_file(office, data, part="superior", name="pegawai.csv"):
    with office.db.read() as session:
        return scopes.of_file(session, getattr(office, part), name, data)


def test_the_people_of_a_file_are_found_by_their_numbers(office):
    data = "NIP;Nama\n19900101 209003 2 012;Budi\n199001012090032012;Lagi\n1;Salah\n\n"
    found = of_file(office, data.encode())
    assert (found.kind, found.about, found.people) == ("file", "pegawai.csv", [office.employee.id])
    assert found.unknown == [(4, "1")]


def test_who_has_left_is_of_a_file_with_that_reason(office):
    left(office, office.employee)
    scope = of_file(office, b"NIP\n199001012090032012\n")
    with office.db.read() as session:
        found = campaigns.preview(office.db, session, office.superior, KEY, scope, Terms({}))
    assert in_the_way(found, office.employee) == ("left", "Budi Contoh sudah tidak bertugas.")


def test_another_units_people_are_unknown_to_a_supervisor(office):
    staff = b"NIP\n198509092090031009\n"
    assert of_file(office, staff).unknown == [(2, "198509092090031009")]
    assert of_file(office, staff, "administrator").people == [office.staff.id]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "kosong"),
        (b"nama\nBudi\n", "Kolom NIP tidak ada"),
        (b"NIP;NIP\n1;2\n", "dua kali"),
        (b"\x00\x01", "bukan berkas CSV atau XLSX"),
        (b"PK\x03\x04rusak", "rusak"),
        (b"\xd0\xcf\x11\xe0lama", "Excel lama"),
        (b'NIP\n"tidak ditutup\n', "Tanda kutip"),
        (b"NIP\n" + b"\x81", "Huruf"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(office, data, said):
    with pytest.raises(InvalidInput, match=said):
        of_file(office, data)


def test_hostile_cells_are_unknown_numbers_and_quoted_short(office):
    cells = [
        "=HYPERLINK('x')",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "9" * 5_000,
        "\u0661" * 18,
    ]
    found = of_file(office, ("NIP\n" + "\n".join(cells)).encode())
    assert found.people == []
    assert [number for number, _ in found.unknown] == [2, 3, 4, 5, 6]
    assert all(len(text) <= 40 for _, text in found.unknown)


def test_a_file_of_too_many_people_is_refused(office, monkeypatch):
    monkeypatch.setattr(scopes, "MOST", 1)
    with pytest.raises(InvalidInput, match="Paling banyak 1 pegawai"):
        of_file(office, b"NIP\n199001012090032012\n199102022090031013\n")
