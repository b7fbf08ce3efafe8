"""What there is to do."""

from itertools import chain

import pytest
from sqlalchemy import insert, text

from engine import clock, instances, supervision, worklist
from engine.errors import NotAllowed, NotFound
from engine.models import Group, WorkItem

MANY = 2000  # tasks done, and open tasks of others: the worklist reads neither


@pytest.fixture
def busy(office):
    """A case in an office with thousands of tasks, done ones and open ones of other people."""
    case = office.start()
    item = office.item(case)
    row = {
        "instance_id": case, "element": "Langkah_1", "place": item.place, "visit": 1,
        "opened_at": clock.now(),
    }  # fmt: skip
    mine = {"person_id": office.assessor.id, "group_id": None}
    of_my_group = {"person_id": office.staff.id, "group_id": item.group_id}
    with office.db.write() as session:
        other_group = Group(code="lain", name="Kelompok lain")
        session.add(other_group)
        session.flush()
        others = {"person_id": office.outsider.id, "group_id": None}
        free = {"person_id": None, "group_id": other_group.id}
        shares = [
            (mine, "completed", MANY),
            (of_my_group, "completed", MANY // 10),
            (others, "open", MANY),
            (free, "open", MANY),
        ]
        for kind, (owner, status, many) in enumerate(shares):
            rows = [row | owner | {"task": f"{kind} {n}", "status": status} for n in range(many)]
            session.execute(insert(WorkItem), rows)
        session.execute(text("ANALYZE"))
    return office.start()


def elements(items):
    return [item.element for item in items]


def test_a_groups_task_is_seen_by_its_people_and_by_nobody_else(office):
    office.start()
    with office.db.read() as session:
        for person in (office.staff, office.colleague):
            assert elements(worklist.of_my_groups(session, person)) == ["Langkah_1"]
            assert worklist.mine(session, person) == []
        for person in (office.employee, office.assessor, office.head, office.analyst):
            assert worklist.of_my_groups(session, person) == []
            assert worklist.mine(session, person) == []


def test_a_claimed_task_is_its_persons_alone(office):
    case = office.start()
    instances.claim(office.db, office.staff, office.item(case).id)
    with office.db.read() as session:
        assert elements(worklist.mine(session, office.staff)) == ["Langkah_1"]
        for person in (office.staff, office.colleague):
            assert worklist.of_my_groups(session, person) == []


def test_work_wanders_from_list_to_list_with_the_case(office):
    case = office.start()
    seen = []
    while office.open_items(case):
        with office.db.read() as session:
            parts = "staff", "assessor", "employee", "superior"
            seen.append([p for p in parts if _work_of(session, getattr(office, p))])
        office.step(case)
    assert seen == [
        ["staff"],
        ["staff"],
        ["assessor"],
        ["employee"],
        ["assessor"],
        ["superior"],
        ["assessor"],
        ["employee"],
    ]


def test_the_list_comes_with_its_cases_and_people(office):
    case = office.start()
    office.until(case, "Langkah_3")
    with office.db.read() as session:
        (item,) = worklist.mine(session, office.assessor)
    assert item.instance.subject.name == office.employee.name
    assert item.instance.definition.key == "skp_collection"
    assert item.person.name == office.assessor.name


@pytest.mark.parametrize("which", ["mine", "of_my_groups"])
def test_pages_follow_each_other_without_gap_or_overlap(office, monkeypatch, which):
    monkeypatch.setattr(worklist, "PAGE", 3)
    cases = [office.start() for _ in range(7)]
    if which == "mine":
        for case in cases:
            instances.claim(office.db, office.staff, office.item(case).id)
    expected = [office.item(case).id for case in cases]
    pages, after = [], 0
    with office.db.read() as session:
        while page := getattr(worklist, which)(session, office.staff, after):
            pages.append([item.id for item in page])
            after = pages[-1][-1]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert list(chain.from_iterable(pages)) == expected


def test_a_page_behind_a_task_that_was_closed_meanwhile_is_still_right(office, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE", 2)
    cases = [office.start() for _ in range(4)]
    ids = [office.item(case).id for case in cases]
    supervision.cancel(office.db, office.staff, cases[1], "Salah")
    with office.db.read() as session:
        page = worklist.of_my_groups(session, office.staff, ids[1])
    assert [item.id for item in page] == ids[2:]


def test_a_task_page_is_for_who_does_or_did_the_task(office):
    case = office.start()
    item = office.until(case, "Langkah_3")
    with office.db.read() as session:
        assert worklist.item(session, office.assessor, item.id).element == "Langkah_3"
        for other in (office.employee, office.superior, office.staff, office.head, office.outsider):
            with pytest.raises(NotAllowed):
                worklist.item(session, other, item.id)
    office.step(case)
    with office.db.read() as session:
        done = worklist.item(session, office.assessor, item.id)
        assert done.closer.name == office.assessor.name
        with pytest.raises(NotAllowed):
            worklist.item(session, office.employee, item.id)


def test_a_groups_task_page_is_open_to_the_group_until_one_has_it(office):
    case = office.start()
    item = office.item(case)
    with office.db.read() as session:
        assert worklist.item(session, office.colleague, item.id)
    instances.claim(office.db, office.staff, item.id)
    with office.db.read() as session, pytest.raises(NotAllowed):
        worklist.item(session, office.colleague, item.id)


TAKEN_AWAY = """
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
    boundaryEvent x attachedToRef=a
        timer timeDuration PT1H
    userTask b camunda:candidateGroups=umum-aparatur
    endEvent e
    s -> a -> e
    x -> b -> e
"""


def refusal(office, item_id: int) -> str:
    with office.db.read() as session, pytest.raises(NotAllowed) as refused:
        worklist.item(session, office.colleague, item_id)
    return str(refused.value)


def test_the_group_is_told_who_closed_a_task_and_of_one_that_a_timer_took_that_it_is_closed(
    office, draw, at
):
    office.put_into_force(draw(TAKEN_AWAY))
    taken, cancelled, done = (office.item(office.start(key="p")) for _ in range(3))
    for item in (taken, cancelled, done):
        instances.claim(office.db, office.staff, item.id)
    assert refusal(office, taken.id) == "Tugas ini sudah diambil oleh Umar Contoh."
    supervision.cancel(office.db, office.superior, cancelled.instance_id, "Salah pegawai")
    instances.complete(office.db, office.staff, done.id, {}, token="t")
    at("2026-11-26T10:00")
    office.due()
    assert refusal(office, taken.id) == "Tugas ini sudah ditutup."
    assert refusal(office, cancelled.id) == "Tugas ini dibatalkan oleh Kabid Contoh."
    assert refusal(office, done.id) == "Tugas ini sudah diselesaikan oleh Umar Contoh."


def test_an_unknown_task_is_not_found(office):
    with office.db.read() as session, pytest.raises(NotFound):
        worklist.item(session, office.staff, 404)


@pytest.mark.parametrize(
    ("question", "part", "index"),
    [
        ("mine", "assessor", "ix_work_item_open_person_id"),
        ("of_my_groups", "staff", "ix_work_item_open_group_id"),
    ],
)
def test_the_database_reads_open_work_only(office, busy, statements, question, part, index):
    office.until(busy, "Langkah_3")
    statements.clear()
    with office.db.read() as session:
        assert getattr(worklist, question)(session, getattr(office, part))
    ((statement, parameters),) = statements.sent
    plan = explained(office.db, statement, parameters)
    assert index in plan
    assert "Seq Scan on work_item" not in plan


def test_the_plan_of_a_list_of_closed_work_is_another(office, busy):
    """The look at the plan above can tell the difference."""
    statement = "SELECT count(*) FROM work_item WHERE status = 'completed'"
    assert "ix_work_item_open" not in explained(office.db, statement, ())


def test_a_list_is_one_statement_however_long(office, statements):
    for _ in range(5):
        office.start()
    statements.clear()
    with office.db.read() as session:
        for item in worklist.of_my_groups(session, office.staff):
            assert item.instance.subject.name and item.group.name
    assert len(statements.sent) == 1


def explained(db, statement, parameters):
    how = "EXPLAIN QUERY PLAN" if db.connections.dialect.name == "sqlite" else "EXPLAIN"
    with db.connections.connect() as connection:
        rows = connection.exec_driver_sql(f"{how} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in rows)


def _work_of(session, actor):
    return [*worklist.mine(session, actor), *worklist.of_my_groups(session, actor)]
