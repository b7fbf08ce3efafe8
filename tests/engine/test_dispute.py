"""A superior decides a disagreement that has no end (keberatan)."""

import pytest
from sqlalchemy import select, text, update

from bpmn.elements import diagrams
from bpmn.reading import read
from engine import (
    absences,
    deployments,
    disagreements,
    disputes,
    documents,
    instances,
    jumps,
    moves,
    notices,
    people,
    substitutions,
    supervision,
    values,
    verification,
)
from engine.errors import Immovable, InvalidInput, NoLongerOpen, NotAllowed, NotFound, Suspended
from engine.models import Document, Person, Signature
from engine.substitutions import Term

REASON = "Realisasi sesuai bukti dukung"
NO = {"keputusan": "tidak_setuju", "alasan": "Realisasi saya lebih tinggi"}
BOTH_WAYS = """
    lane Atasan superior(subject): s a g
    lane Pegawai subject: b c k e
    startEvent s
    exclusiveGateway g
    userTask a
        field usul type=string
    userTask b
        field puas type=boolean
    exclusiveGateway c
    userTask k
    endEvent e
    s -> g
    g -> a
    a -> b
    b -> c
    c -> k if puas
    c -> g if not puas
    k -> e
"""
WITHOUT_IT = """
    lane Atasan superior(subject): s a
    lane Pegawai subject: k e
    startEvent s
    userTask a
        field usul type=string
    userTask k
    endEvent e
    s -> a -> k -> e
"""
SIGNED = (
    BOTH_WAYS.replace("userTask a\n", "userTask a\n        property alur:signs=penilaian\n")
    .replace("userTask b\n", "userTask b name=Setuju\n        property alur:signs=penilaian\n")
    .replace("userTask k\n", "userTask k\n        property alur:documents=penilaian\n")
)


@pytest.fixture
def disputed(office, audit):
    """A case whose employee has not agreed once, and is asked again."""
    case = office.start()
    disagree(office, case)
    office.until(case, "Langkah_4")
    yield case
    assert audit(office.db) == []
    assert verification.verify(office.db, None, None, lambda *_: None).faults == []


def disagree(office, case):
    office.until(case, "Langkah_4")
    office.step(case, **NO)


def decide(office, case, who=None, way="Alur_Setuju", reason=REASON, db=None):
    item = office.item(case)
    disputes.decide(db or office.db, who or office.superior, case, item.id, way, reason)


def actor(office, person_id):
    with office.db.read() as session:
        return people.actor(session, person_id)


def drawn(office, source):
    version = office.put_into_force(source)
    diagram = deployments.program(office.db, version.digest).diagram
    return diagram, disagreements.drawn(diagram)


def decided(office, source):
    """A case of a diagram like `BOTH_WAYS` that a superior's decision has brought to ``k``."""
    office.put_into_force(source)
    case = office.start(key="p", by=office.assessor)
    for given in ({"usul": "x"}, {"puas": False}, {"usul": "y"}):
        office.step(case, **given)
    (found,) = disagreements.drawn(diagrams(read(source))[0])
    decide(office, case, way=found.ways[0].id)
    return case


def take_over(office, source):
    new = deployments.deploy(office.db, source, office.analyst.id)
    with office.db.read() as session:
        old = deployments.in_force(session, "p")
        versions = moves.versions(office.db, session, old.id, new.id, {})
    moves.order(office.db, office.analyst, versions, None, "Versi baru")
    office.due()


def told(office, case, kind):
    """What a document of the case is to show."""
    with office.db.read() as session:
        paper = documents.current(session, case)[kind]
        return values.loads(session.scalar(select(Document.data).where(Document.id == paper.id)))


def signers(office, case):
    with office.db.read() as session:
        paper = documents.current(session, case)["penilaian"]
        of_it = select(Signature.person_id).where(Signature.document_id == paper.id)
        return session.scalars(of_it.order_by(Signature.number)).all()


def test_the_case_goes_on_as_if_it_had_been_agreed(office, disputed):
    left = office.item(disputed)
    assert [job.element for job in office.jobs(disputed, "timer", "wait")] == ["Batas_4"]
    decide(office, disputed)
    new = office.item(disputed)
    assert (new.element, new.person_id, new.status) == (
        "Langkah_5", office.assessor.id, "open",
    )  # fmt: skip
    closed = next(item for item in office.work(disputed) if item.id == left.id)
    assert (closed.status, closed.closed_by) == ("cancelled", office.superior.id)
    assert office.jobs(disputed, "timer", "wait") == []
    office.finish(disputed)
    assert office.case(disputed).status == "completed"


def test_the_record_says_who_decided_what_after_how_many_rounds_and_why(office, disputed):
    decide(office, disputed)
    entry = next(e for e in office.history(disputed) if e.kind == "dispute.decided")
    assert (entry.element, entry.person_id, entry.capacity) == (
        "Langkah_4", office.superior.id, "superior",
    )  # fmt: skip
    assert values.loads(entry.details) == {
        "name": "keputusan", "value": "setuju", "way": "Alur_Setuju", "rounds": 1,
        "left": "Langkah_4", "visit": 2, "reason": REASON,
    }  # fmt: skip


def test_a_record_that_was_changed_afterwards_is_found(office, disputed):
    decide(office, disputed)
    entry = next(e for e in office.history(disputed) if e.kind == "dispute.decided")
    other = entry.details.replace(b"Realisasi sesuai", b"Realisasi kurang")
    change = text("UPDATE history SET details = :details WHERE instance_id = :case AND seq = :seq")
    of_it = {"case": disputed, "seq": entry.seq}
    with office.db.connections.begin() as connection:
        connection.execute(change, {"details": other, **of_it})
    faults = verification.verify(office.db, None, None, lambda *_: None).faults
    assert any(f"{entry.seq}" in str(fault) for fault in faults)
    with office.db.connections.begin() as connection:
        connection.execute(change, {"details": entry.details, **of_it})


def test_while_the_assessor_has_it_again_it_is_decided_too(office, disputed):
    office.step(disputed, **NO)
    assert office.item(disputed).element == "Langkah_3"
    decide(office, disputed)
    assert office.item(disputed).element == "Langkah_5"
    closed = [item for item in office.work(disputed) if item.status == "cancelled"]
    assert [(item.element, item.visit) for item in closed] == [("Langkah_3", 3)]


def test_both_sides_are_told(office, disputed):
    decide(office, disputed)
    names = {name for name, kind in office.told(disputed) if kind == "decided"}
    assert names == {office.assessor.name, office.employee.name}


def test_that_it_is_decided_is_mailed_though_the_task_is_closed(office, disputed):
    with office.db.write() as session:
        notices.set_address(session, office.employee.id, "budi@contoh.example")
    decide(office, disputed)
    with office.db.write() as session:
        due = notices.to_mail(session, office.employee.id)
        assert [(row.Notice.kind, row.WorkItem.status) for row in due] == [("decided", "cancelled")]
        assert notices.unread(session, office.employee.id) == 1


def test_the_assessment_is_made_anew_and_nobody_signs_for_the_employee(office, disputed):
    with office.db.read() as session:
        before = documents.current(session, disputed)["penilaian"]
    decide(office, disputed)
    with office.db.read() as session:
        paper = documents.current(session, disputed)["penilaian"]
        of_it = select(Signature).where(Signature.document_id == paper.id)
        places = session.scalars(of_it.order_by(Signature.number)).all()
        data = session.scalar(select(Document.data).where(Document.id == paper.id))
    assert (paper.revision, paper.work_item_id) == (before.revision + 1, before.work_item_id)
    assert [(one.number, one.person_id) for one in places] == [
        (1, office.assessor.id), (3, office.superior.id),
    ]  # fmt: skip
    (ruling,) = values.loads(data)["rulings"]
    assert (ruling["element"], ruling["rounds"], ruling["reason"]) == ("Langkah_4", 1, REASON)
    assert ruling["person"]["name"] == office.superior.name
    assert values.loads(data)["data"]["keputusan"] == "setuju"


def test_a_round_that_begins_after_it_is_signed_by_the_employee_again(office, disputed):
    decide(office, disputed)
    item = office.item(disputed)
    jumps.jump(office.db, office.superior, disputed, item.id, "Langkah_3", "Salah hitung")
    office.step(disputed)
    with office.db.read() as session:
        paper = documents.current(session, disputed)["penilaian"]
        of_it = select(Signature.number).where(Signature.document_id == paper.id)
        assert sorted(session.scalars(of_it)) == [1, 2, 3]


def test_a_version_without_the_step_that_was_decided_still_tells_of_it(office, draw):
    case = decided(office, draw(BOTH_WAYS.replace("userTask b", "userTask b name=Menyetujui")))
    take_over(office, draw(WITHOUT_IT))
    documents.request(office.db, office.assessor, case)
    data = told(office, case, "rekaman")
    assert data["case"]["version"] == 2
    assert [(one["element"], one["name"]) for one in data["rulings"]] == [("b", "Menyetujui")]


def test_nobody_signs_for_a_step_that_was_decided_and_is_now_called_otherwise(office, draw):
    case = decided(office, draw(SIGNED))
    take_over(office, draw(SIGNED.replace(" b", " z")))
    assert office.item(case).element == "k"
    office.step(case)
    assert signers(office, case) == [office.assessor.id]


def test_what_was_decided_is_past_once_the_step_is_open_under_its_new_name(office, draw):
    case = decided(office, draw(SIGNED))
    take_over(office, draw(SIGNED.replace(" b", " z")))
    jumps.jump(office.db, office.superior, case, office.item(case).id, "a", "Salah hitung")
    for given in ({"usul": "z"}, {"puas": True}, {}):
        office.step(case, **given)
    assert signers(office, case) == [office.assessor.id, office.employee.id]
    assert told(office, case, "penilaian")["rulings"] == []


def test_before_anybody_answered_an_objection_there_is_nothing_to_decide(office, audit):
    case = office.start()
    office.until(case, "Langkah_4")
    with pytest.raises(NoLongerOpen):
        decide(office, case)
    office.step(case, **NO)
    assert office.item(case).element == "Langkah_3"
    with pytest.raises(NoLongerOpen):
        decide(office, case)
    office.finish(case)
    assert audit(office.db) == []


def test_a_step_that_a_supervisor_has_sent_back_is_no_disagreement(office):
    case = office.start()
    office.until(case, "Langkah_4")
    jumps.jump(office.db, office.superior, case, office.item(case).id, "Langkah_3", "Salah")
    office.until(case, "Langkah_4")
    assert office.item(case).visit == 2
    with pytest.raises(NoLongerOpen):
        decide(office, case)


@pytest.mark.parametrize("who", ["employee", "assessor", "head", "auditor", "regional_secretary"])
def test_whoever_sees_the_case_and_is_not_that_superior_decides_nothing(office, disputed, who):
    with pytest.raises(NotAllowed):
        decide(office, disputed, getattr(office, who))


@pytest.mark.parametrize("who", ["neighbour", "outsider", "analyst", "administrator"])
def test_whoever_does_not_see_it_is_not_told_that_it_is(office, disputed, who):
    with pytest.raises(NotFound):
        decide(office, disputed, getattr(office, who))


def stand_in(office, substitute, capacity):
    with office.db.read() as session:
        day = absences.today(session)
    term = Term(capacity, day, day, "Dinas luar")
    admin, superior = office.administrator, office.superior.id
    substitutions.appoint(office.db, admin, superior, substitute.id, term)
    return actor(office, substitute.id)


def test_who_acts_in_the_superiors_post_decides_and_it_is_said_for_whom(office, disputed):
    deputy = stand_in(office, office.neighbour, "plh")
    decide(office, disputed, deputy)
    entry = next(e for e in office.history(disputed) if e.kind == "dispute.decided")
    assert entry.person_id == deputy.id
    behalf = values.loads(entry.details)["behalf"]
    assert behalf == {"person": office.superior.id, "as": "plh"}


@pytest.mark.parametrize(("who", "capacity"), [("neighbour", "leave"), ("assessor", "plh")])
def test_who_does_tasks_on_leave_alone_or_is_a_side_does_not(office, disputed, who, capacity):
    deputy = stand_in(office, getattr(office, who), capacity)
    with pytest.raises((NotAllowed, NotFound)):
        decide(office, disputed, deputy)


def test_without_a_superior_in_the_directory_nobody_decides(office, disputed):
    with office.db.write() as session:
        session.execute(
            update(Person).where(Person.id == office.assessor.id).values(superior_id=None)
        )
    with pytest.raises(NotAllowed):
        decide(office, disputed)


def test_without_a_reason_or_by_no_way_of_the_decision_nothing_is_done(office, disputed):
    with pytest.raises(InvalidInput):
        decide(office, disputed, reason=" ")
    with pytest.raises(InvalidInput):
        decide(office, disputed, way="Alur_TidakSetuju")
    assert office.item(disputed).element == "Langkah_4"


def test_what_stands_still_or_has_moved_on_is_not_decided(office, disputed):
    item = office.item(disputed)
    supervision.suspend(office.db, office.superior, disputed, "Menunggu")
    with pytest.raises(Suspended):
        decide(office, disputed)
    supervision.resume(office.db, office.superior, disputed, "Lanjut")
    office.step(disputed, **NO)
    with pytest.raises(NoLongerOpen):
        disputes.decide(office.db, office.superior, disputed, item.id, "Alur_Setuju", REASON)


@pytest.mark.parametrize("given", [{"keputusan": "setuju"}, NO])
def test_the_employee_and_the_superior_at_once_do_not_both_end_the_step(
    office, disputed, at_once, given
):
    item = office.item(disputed)
    outcomes = at_once(
        lambda db: decide(office, disputed, db=db),
        lambda db: instances.complete(db, office.employee, item.id, given, token="sekarang"),
    )
    lost = [one for one in outcomes if isinstance(one, NoLongerOpen)]
    assert len(lost) == 1
    ended = [e.kind for e in office.history(disputed) if e.element == "Langkah_4"]
    assert ended.count("dispute.decided") + ended.count("task.completed") == 2


def test_a_decision_on_yes_or_no_of_any_diagram_is_decided_too(office, draw, audit):
    diagram, (found,) = drawn(office, draw(BOTH_WAYS))
    assert (found.step.id, found.head.id, found.name) == ("b", "a", "puas")
    (way,) = found.ways
    assert disagreements.answer(diagram, found, way, {}) is True
    case = office.start(key="p", by=office.assessor)
    for given in ({"usul": "x"}, {"puas": False}, {"usul": "y"}):
        office.step(case, **given)
    decide(office, case, way=way.id)
    assert office.item(case).element == "k"
    office.step(case)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_a_decision_that_leads_to_the_end_ends_the_case(office, draw, audit):
    source = draw(BOTH_WAYS.replace("    userTask k\n", "").replace(" k e", " e").replace(
        "c -> k if puas", "c -> e if puas").replace("    k -> e\n", ""))  # fmt: skip
    _, (found,) = drawn(office, source)
    case = office.start(key="p", by=office.assessor)
    for given in ({"usul": "x"}, {"puas": False}, {"usul": "y"}):
        office.step(case, **given)
    decide(office, case, way=found.ways[0].id)
    assert office.case(case).status == "completed"
    assert office.kinds(case)[-1] == "instance.completed"
    assert audit(office.db) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("superior(subject): s a g", "subject: s a g"),  # nobody else's step
        ("field puas type=boolean", "field lain type=boolean"),  # an answer of no form here
        ("c -> g if not puas", "c -> k if not puas"),  # never back
        ("c -> k if puas", "c -> g if puas"),  # always back
        ("s -> g", "s -> c"),  # the decision is not the step's alone
    ],
)
def test_what_is_no_disagreement_is_not_taken_for_one(draw, old, new):
    assert old in BOTH_WAYS
    (diagram,) = diagrams(read(draw(BOTH_WAYS.replace(old, new))))
    assert disagreements.drawn(diagram) == []


def test_a_way_back_into_a_subprocess_does_not_step_over_it(draw):
    text = BOTH_WAYS.replace("s a g", "s a g u").replace("c -> g if", "c -> u if")
    inside = """
    subProcess u
        <startEvent id="t" />
        <userTask id="n" />
        <endEvent id="z" />
        <sequenceFlow id="t_n" sourceRef="t" targetRef="n" />
        <sequenceFlow id="n_z" sourceRef="n" targetRef="z" />
"""
    text = text.replace("\n    s -> g", f"{inside}    u -> g\n    s -> g")
    (diagram,) = diagrams(read(draw(text)))
    assert diagram.met_first("u") == ("n",)
    assert disagreements.drawn(diagram) == []


def test_an_answer_that_cannot_be_read_from_the_diagram_is_not_made_up(office, draw):
    source = draw(BOTH_WAYS.replace("if not puas", "if puas < 10").replace(
        "if puas\n", "if puas > 10\n").replace("type=boolean", "type=long"))  # fmt: skip
    _, (found,) = drawn(office, source)
    case = office.start(key="p", by=office.assessor)
    for given in ({"usul": "x"}, {"puas": 3}, {"usul": "y"}):
        office.step(case, **given)
    with pytest.raises(Immovable):
        decide(office, case, way=found.ways[0].id)
    assert office.item(case).element == "b"
