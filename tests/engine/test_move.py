"""Running cases are taken over to another version: shown before, whole or not at all, on record."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from engine import (
    arrivals,
    clock,
    deployments,
    fates,
    incidents,
    instances,
    journal,
    ledger,
    moves,
    people,
    postponement,
    subscriptions,
    substitutions,
    supervision,
    transfers,
    values,
    verification,
)
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed
from engine.models import Instance, Move, MovedCase
from engine.substitutions import Term

NOTE = "Waktu langkah 3 diperpanjang"


@pytest.fixture(autouse=True)
def standing_still(at):
    """Nine in the morning of a Thursday."""
    return at


@pytest.fixture
def move(office):
    """``move(source)``: deploys a version, takes all cases over to it, gives their outcomes."""

    def run(source, cases=None, chosen=None, *, wait=False):
        old = deployed(office, source)
        ordered = order(office, old, cases, chosen)
        if not wait:
            office.due()
        return outcomes(office, ordered)

    return run


def deployed(office, source, key=None):
    new = deployments.deploy(office.db, source, office.analyst.id)
    with office.db.read() as session:
        old = deployments.in_force(session, new.key)
    return old, new


def between(office, old, new, chosen=None):
    with office.db.read() as session:
        return moves.versions(office.db, session, old.id, new.id, chosen or {})


def order(office, both, cases=None, chosen=None, note=NOTE, by=None):
    return moves.order(office.db, by or office.analyst, between(office, *both, chosen), cases, note)


def outcomes(office, move_id):
    with office.db.read() as session:
        query = select(MovedCase).where(MovedCase.move_id == move_id)
        rows = session.scalars(query.order_by(MovedCase.instance_id))
        return {row.instance_id: row.reason or row.outcome for row in rows}


def version_of(office, case):
    with office.db.read() as session:
        return deployments.definition(session, office.case(case).definition_id).version


def verify(office):
    return verification.verify(office.db, None, None, lambda _what, _done: None)


def longer(skp, step, minutes, words):
    """The procedure with another Waktu for a step."""
    before, found, behind = skp.partition(f'<bpmn:boundaryEvent id="Waktu_{step}"'.encode())
    event, end, rest = behind.partition(b"</bpmn:boundaryEvent>")
    assert found
    event = re.sub(rb'name="[^"]*"', f'name="{words}"'.encode(), event, count=1)
    event = re.sub(rb">P[^<]*<", f">{minutes}<".encode(), event, count=1)
    return before + found + event + end + rest


SIMPLE = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a b e
    startEvent s
    userTask a name=Memeriksa
    userTask b name=Mencatat
    endEvent e
    s -> a -> b -> e
"""
GONE = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a e
    startEvent s
    userTask a name=Memeriksa
    endEvent e
    s -> a -> e
"""
WATCHED = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a b e w v e1 e2
    startEvent s
    userTask a name=Memeriksa
    userTask b name=Mencatat
    endEvent e
    endEvent e1
    endEvent e2
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        timer timeDuration PT10M
        property alur:timer=waktu
    boundaryEvent v attachedToRef=a cancelActivity=false
        timer timeDuration PT1H
    s -> a -> b -> e
    w -> e1
    v -> e2
"""
WITH_ANOTHER = WATCHED.replace("e1 e2\n", "e1 e2 z e3\n", 1).replace(
    "    s -> a",
    """    endEvent e3
    boundaryEvent z attachedToRef=a cancelActivity=false
        timer timeDuration PT50M
    z -> e3
    s -> a""",
)


def with_waktu(minutes):
    return WATCHED.replace("PT10M", f"PT{minutes}M").replace("10 menit", f"{minutes} menit")


def small(office, draw, text, at=None):
    """A case of a small process, at a step."""
    office.put_into_force(draw(text))
    case = office.start(key="p")
    if at:
        office.until(case, at)
    return case


def timers(office, case):
    """The armed timers of a case: element to minutes from nine o'clock."""
    nine = clock.now().replace(hour=2, minute=0)
    return {
        job.element: (job.due - nine) / timedelta(minutes=1) for job in office.jobs(case, "timer")
    }


def test_a_case_goes_on_in_the_new_version_with_its_task_and_its_holder(office, skp, move, audit):
    case = office.start()
    before = office.until(case, "Langkah_3")
    assert move(longer(skp, 3, "PT45M", "45 menit")) == {case: "moved"}
    after = office.item(case)
    assert (after.id, after.task, after.person_id) == (before.id, before.task, before.person_id)
    assert version_of(office, case) == 2
    office.finish(case)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_a_waktu_is_counted_from_when_the_work_was_taken_up(office, draw, move, at):
    case = small(office, draw, WATCHED)
    at("2026-11-26T09:05")
    instances.claim(office.db, office.staff, office.item(case).id)
    assert timers(office, case) == {"w": 15, "v": 60}
    at("2026-11-26T09:07")
    assert move(draw(with_waktu(30))) == {case: "moved"}
    assert timers(office, case) == {"w": 35, "v": 60}
    assert (office.item(case).due_at - clock.now()) / timedelta(minutes=1) == 28


def test_a_due_time_that_has_passed_by_then_fires_at_once(office, draw, move, at):
    case = small(office, draw, WATCHED)
    instances.claim(office.db, office.staff, office.item(case).id)
    at("2026-11-26T09:08")
    move(draw(with_waktu(5)))
    fired = [entry.element for entry in office.history(case) if entry.kind == "timer.fired"]
    assert fired == ["w"]
    assert timers(office, case) == {"v": 60}


def test_what_has_fired_does_not_fire_again(office, draw, move, at):
    case = small(office, draw, WATCHED)
    instances.claim(office.db, office.staff, office.item(case).id)
    at("2026-11-26T09:15")
    office.due()
    longer_one = with_waktu(30)
    assert move(draw(longer_one)) == {case: "moved"}
    assert timers(office, case) == {"v": 60}
    assert (office.item(case).due_at - clock.now()) / timedelta(minutes=1) == 15


def test_a_deadline_that_is_new_counts_from_when_the_task_came(office, draw, move, at):
    case = small(office, draw, WATCHED)
    at("2026-11-26T09:30")
    assert move(draw(WITH_ANOTHER)) == {case: "moved"}
    assert timers(office, case) == {"v": 60, "z": 50}
    assert (office.item(case).deadline_at - clock.now()) / timedelta(minutes=1) == 20


def test_a_deadline_that_is_gone_does_not_come(office, draw, move, at):
    case = small(office, draw, WITH_ANOTHER)
    assert move(draw(WATCHED)) == {case: "moved"}
    assert timers(office, case) == {"v": 60}


def test_a_postponed_clock_that_is_drawn_as_before_stays_where_it_was_put(office, draw, move, at):
    case = small(office, draw, WATCHED)
    job = office.job(case, "v")
    until = clock.now() + timedelta(hours=3)
    postponement.postpone(office.db, office.superior, case, job.task, until, "Rapat")
    move(draw(WATCHED.replace("Mencatat", "Menulis")))
    assert timers(office, case) == {"v": 180}


def test_a_suspended_case_is_moved_and_goes_on_with_what_was_left(office, draw, move, at):
    case = small(office, draw, WATCHED)
    at("2026-11-26T09:10")
    supervision.suspend(office.db, office.superior, case, "Berkas hilang")
    at("2026-11-26T09:40")
    assert move(draw(WATCHED.replace("PT1H", "PT90M"))) == {case: "moved"}
    assert office.case(case).status == "suspended"
    at("2026-11-26T10:00")
    supervision.resume(office.db, office.superior, case, "Berkas ada")
    assert timers(office, case) == {"v": 90 + 50}


def test_a_case_that_stood_still_before_has_that_time_added(office, draw, move, at):
    case = small(office, draw, WATCHED)
    at("2026-11-26T09:10")
    supervision.suspend(office.db, office.superior, case, "Berkas hilang")
    at("2026-11-26T09:40")
    supervision.resume(office.db, office.superior, case, "Berkas ada")
    assert move(draw(WATCHED.replace("PT1H", "PT90M"))) == {case: "moved"}
    assert timers(office, case) == {"v": 90 + 30}


def test_a_step_of_another_id_is_the_same_by_its_name(office, draw, move, audit):
    case = small(office, draw, SIMPLE, at="b")
    before = office.item(case)
    assert move(
        draw(
            SIMPLE.replace("userTask b", "userTask c")
            .replace("-> b ", "-> c ")
            .replace("s a b", "s a c")
        )
    ) == {case: "moved"}
    after = office.item(case)
    assert (after.id, after.element, after.task) == (before.id, "c", before.task)
    office.finish(case)
    assert audit(office.db) == []


def test_a_draft_and_who_claimed_stay(office, draw, move):
    case = small(office, draw, SIMPLE)
    item = office.item(case)
    instances.claim(office.db, office.colleague, item.id)
    move(draw(SIMPLE.replace("Mencatat", "Menulis")))
    assert office.item(case).person_id == office.colleague.id
    assert office.item(case).taken_up_at == clock.now()


# Refused


def test_a_step_that_is_gone_is_refused(office, draw, move):
    case = small(office, draw, SIMPLE, at="b")
    before = office.rows()
    assert move(draw(GONE)) == {case: '"Mencatat" tidak ada lagi dalam versi baru.'}
    after = office.rows()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"definition", "move", "moved_case", "journal"}


def test_a_step_that_is_gone_is_mapped_by_hand(office, draw, move, audit):
    case = small(office, draw, SIMPLE, at="b")
    assert move(draw(GONE), chosen={"b": "a"}) == {case: "moved"}
    assert office.item(case).element == "a"
    office.finish(case)
    assert audit(office.db) == []


def test_a_step_that_is_now_beside_another_is_refused(office, side_by_side, draw, move):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    office.complete(office.open_items(case)["Isi"])
    more = (
        side_by_side.replace(
            b'<userTask id="Isi"', b'<userTask id="Lagi" name="Lagi" /><userTask id="Isi"'
        )
        .replace(b"<flowNodeRef>Catat", b"<flowNodeRef>Lagi</flowNodeRef><flowNodeRef>Catat")
        .replace(
            b"</process>",
            b'<sequenceFlow id="G1" sourceRef="Bagi" targetRef="Lagi" />'
            b'<sequenceFlow id="G2" sourceRef="Lagi" targetRef="Gabung" /></process>',
        )
    )
    ((_, said),) = move(more).items()
    assert said.startswith("Dalam versi baru langkah-langkah ini tidak pernah terbuka bersama saja")


def test_a_document_that_is_being_made_is_waited_for(office, skp, move):
    case = office.start()
    office.until(case, "Langkah_2")
    assert [job.kind for job in office.jobs(case) if job.kind == "document"] == ["document"]
    new = deployed(office, longer(skp, 3, "PT45M", "45 menit"))
    ordered = order(office, new)
    moves.run(office.db, office.jobs(None, "move")[0])
    assert outcomes(office, ordered) == {case: "Sebuah dokumen kasus ini sedang dibuat."}


def test_data_that_only_earlier_steps_of_the_new_version_give_is_missed(office, draw, move):
    case = small(office, draw, SIMPLE, at="b")
    asks = draw(
        """
        process id=p name=Contoh
        property alur:calendar=elapsed
        lane Staf group:umum-aparatur: s a b g e f
        startEvent s
        userTask a name=Memeriksa
            <camunda:formData><camunda:formField id="lengkap" label="Lengkap" type="boolean" />\
</camunda:formData>
        userTask b name=Mencatat
        exclusiveGateway g default=g_f
        endEvent e
        endEvent f
        s -> a -> b -> g
        g -> e if lengkap
        g -> f
        """
    )
    assert move(asks) == {
        case: "Langkah berikutnya memerlukan data yang tidak dimiliki kasus ini: lengkap."
    }


def test_a_role_that_is_new_is_filled_as_at_the_start_or_the_case_stays(office, draw, move, audit):
    case = small(office, draw, SIMPLE)
    lanes = SIMPLE.replace("s a b e\n", "s a e\n    lane Atasan superior(subject): b\n")
    assert move(draw(lanes)) == {case: "moved"}
    office.step(case)
    assert office.item(case).place == "Atasan"
    assert office.item(case).person_id == office.assessor.id
    assert audit(office.db) == []


def test_a_role_that_nobody_fills_is_a_reason(office, draw, move):
    boss = office.governor
    office.put_into_force(draw(SIMPLE))
    case = office.start(boss, key="p")
    lanes = SIMPLE.replace("s a b e\n", "s a e\n    lane Atasan superior(subject): b\n")
    ((_, said),) = move(draw(lanes)).items()
    assert said == f"{boss.name} belum memiliki atasan dalam direktori."
    assert version_of(office, case) == 1


def test_a_task_goes_to_whoever_has_the_role_that_does_it_now(office, draw, move):
    case = small(office, draw, SIMPLE)
    lanes = SIMPLE.replace("s a b e\n", "s b e\n    lane Pegawai subject: a\n")
    assert move(draw(lanes)) == {case: "moved"}
    item = office.item(case)
    assert (item.place, item.person_id, item.group_id) == ("Pegawai", office.employee.id, None)


# On record, and once


def test_the_case_and_the_office_have_it_on_record(office, draw, move):
    case = small(office, draw, SIMPLE)
    move(draw(SIMPLE.replace("Mencatat", "Menulis")))
    entry = office.history(case)[-1]
    told = values.loads(entry.details)
    assert (entry.kind, entry.person_id, entry.capacity) == (
        "case.moved", office.analyst.id, "analyst",
    )  # fmt: skip
    assert (told["old"]["version"], told["new"]["version"]) == (1, 2)
    assert (told["reason"], told["steps"]) == (NOTE, {"a": "a"})
    with office.db.read() as session:
        kinds = [(e.kind, e.person_id) for e in journal.page(session)][:2]
    assert kinds == [("move.done", None), ("move.ordered", office.analyst.id)]


def test_only_an_analyst_orders_it_and_with_a_note(office, draw):
    case = small(office, draw, SIMPLE)
    both = deployed(office, draw(SIMPLE.replace("Mencatat", "Menulis")))
    for who in (office.head, office.administrator, office.auditor, office.staff):
        with pytest.raises(NotAllowed):
            order(office, both, by=who)
    for note in ("", "  ", "x" * 2001):
        with pytest.raises(InvalidInput):
            order(office, both, note=note)
    with pytest.raises(InvalidInput, match="sekurang-kurangnya satu"):
        order(office, both, [case + 1])
    assert office.jobs(None, "move") == []


def test_where_two_agree_to_versions_cases_go_to_none_that_nobody_agreed_to(office, skp):
    office.start()
    old, new = deployed(office, skp + b"<!-- baru -->")
    ready = between(office, old, new)

    def order_there() -> int:
        return moves.order(office.db, office.analyst, ready, None, NOTE, second=True)

    with pytest.raises(InvalidInput, match="analis lain"):
        order_there()
    deployments.activate(office.db, new.id)
    assert order_there()


def test_a_second_order_waits_for_the_first_and_then_finds_nothing_to_do(office, draw):
    case = small(office, draw, SIMPLE)
    both = deployed(office, draw(SIMPLE.replace("Mencatat", "Menulis")))
    order(office, both)
    with pytest.raises(NoLongerOpen, match="sedang berjalan"):
        order(office, both)
    office.due()
    with pytest.raises(InvalidInput, match="sekurang-kurangnya satu"):
        order(office, both)
    assert office.kinds(case).count("case.moved") == 1


def test_who_completes_in_between_is_heard_and_the_case_is_planned_again(
    office, rival, draw, before_writing, audit
):
    case = small(office, draw, SIMPLE)
    ordered = order(office, deployed(office, draw(SIMPLE.replace("Mencatat", "Menulis"))))
    item = office.item(case)

    def complete():
        instances.complete(rival, office.staff, item.id, {}, token="lawan")

    before_writing(office.db, complete)
    moves.run(office.db, office.jobs(None, "move")[0])
    assert outcomes(office, ordered) == {case: "moved"}
    assert office.item(case).element == "b"
    assert office.kinds(case)[-1] == "case.moved"
    assert audit(office.db) == []


def test_whoever_completes_while_the_case_is_moved_has_done_it_in_the_new_version(
    office, rival, draw, before_writing, audit
):
    case = small(office, draw, SIMPLE)
    order(office, deployed(office, draw(SIMPLE.replace("Mencatat", "Menulis"))))
    item = office.item(case)
    (job,) = office.jobs(None, "move")
    before_writing(office.db, lambda: moves.run(rival, job))
    instances.complete(office.db, office.staff, item.id, {}, token="x")
    assert office.kinds(case)[-3:] == ["case.moved", "task.completed", "task.opened"]
    assert version_of(office, case) == 2
    assert audit(office.db) == []


def test_a_job_that_dies_halfway_goes_on_with_the_rest(office, draw, monkeypatch, audit):
    office.put_into_force(draw(SIMPLE))
    cases = [office.start(key="p") for _ in range(5)]
    ordered = order(office, deployed(office, draw(SIMPLE.replace("Mencatat", "Menulis"))))
    write, moved = transfers.write, []

    def dying(*given):
        write(*given)
        if len(moved) == 2:
            raise SystemExit  # before the commit
        moved.append(given)

    monkeypatch.setattr(transfers, "write", dying)
    with pytest.raises(SystemExit):
        moves.run(office.db, office.jobs(None, "move")[0])
    assert [version_of(office, case) for case in cases] == [2, 2, 1, 1, 1]
    assert list(outcomes(office, ordered).values()) == ["moved", "moved", None, None, None]
    monkeypatch.setattr(transfers, "write", write)
    office.due()
    assert list(outcomes(office, ordered).values()) == ["moved"] * 5
    assert [office.kinds(case).count("case.moved") for case in cases] == [1] * 5
    assert audit(office.db) == []


def test_many_cases_are_done_a_page_at_a_time(office, draw, monkeypatch):
    monkeypatch.setattr(fates, "PAGE", 2)
    office.put_into_force(draw(SIMPLE))
    cases = [office.start(key="p") for _ in range(5)]
    ordered = order(office, deployed(office, draw(SIMPLE.replace("Mencatat", "Menulis"))))
    moves.run(office.db, office.jobs(None, "move")[0])
    assert list(outcomes(office, ordered).values()).count("moved") == 2
    office.due()
    assert outcomes(office, ordered) == dict.fromkeys(cases, "moved")


def test_a_case_costs_few_statements_and_one_commit(office, draw, statements):
    case = small(office, draw, WATCHED)
    instances.claim(office.db, office.staff, office.item(case).id)
    both = between(office, *deployed(office, draw(with_waktu(30))))
    move = Move(id=1, note=NOTE)
    with office.db.write() as session:
        session.add(Move(from_id=both.old.id, to_id=both.new.id, mapping=b"{}", note=NOTE,
                         person_id=office.analyst.id, at=clock.now()))  # fmt: skip
        session.flush()
        session.add(MovedCase(move_id=1, instance_id=case))
    moves._take_over(office.db, move, both, office.analyst, case)  # what is compiled once
    with office.db.read() as session:
        assert session.get_one(MovedCase, (1, case)).outcome == "moved"
    other = office.start(key="p")
    with office.db.write() as session:
        session.add(MovedCase(move_id=1, instance_id=other))
    statements.clear()
    moves._take_over(office.db, move, both, office.analyst, other)
    assert statements.commits == 1
    assert len(statements.sent) <= 14, [sent for sent, _ in statements.sent]


def test_an_open_incident_stays_with_its_task(office, draw, move):
    case = small(office, draw, SIMPLE, at="b")
    item = office.item(case)
    with office.db.write() as session:
        ledger.keep_failed(session, item, office.staff, clock.now(), b"{}", "Gagal")
    renamed = SIMPLE.replace("userTask b", "userTask c").replace("-> b ", "-> c ")
    assert move(draw(renamed.replace("s a b", "s a c"))) == {case: "moved"}
    with office.db.read() as session:
        (incident,) = incidents.unresolved(session, office.administrator)
    assert (incident.element, incident.work_item_id) == ("c", item.id)


def test_who_stands_in_completes_a_task_that_was_moved(office, draw, move, audit):
    lanes = SIMPLE.replace("s a b e\n", "s a e\n    lane Penilai superior(subject): b\n")
    case = small(office, draw, lanes, at="b")
    today = date(2026, 11, 26)
    term = Term("plh", today, today, "ST-1")
    substitutions.appoint(
        office.db, office.administrator, office.assessor.id, office.colleague.id, term
    )
    assert move(draw(lanes.replace("Mencatat", "Menulis"))) == {case: "moved"}
    with office.db.read() as session:
        standing_in = people.actor(session, office.colleague.id)
    instances.complete(office.db, standing_in, office.item(case).id, {}, token="x")
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_a_case_that_has_been_moved_is_verified_and_shown_as_it_was(office, skp, move, audit):
    case = office.start()
    office.until(case, "Langkah_4")
    office.due()
    assert move(longer(skp, 4, "PT45M", "45 menit")) == {case: "moved"}
    office.finish(case)
    assert verify(office).faults == []
    assert audit(office.db) == []
    with office.db.write() as session:
        session.execute(update(Instance).values(definition_id=1))
    assert verify(office).faults


def with_a_step_more(skp):
    """The procedure with 45 minutes for step 3, and a step of the assessor's behind it."""
    source = longer(skp, 3, "PT45M", "45 menit")
    way = re.search(rb'<bpmn:sequenceFlow id="(\w+)"[^>]*sourceRef="Langkah_3"[^>]*/>', source)
    assert way
    onward = way[0].replace(way[1], b"Alur_baru").replace(b'"Langkah_3"', b'"Langkah_3b"')
    into = re.sub(rb'targetRef="\w+"', b'targetRef="Langkah_3b"', way[0])
    task = b'<bpmn:userTask id="Langkah_3b" name="Mencocokkan nilai" />'
    target = re.search(rb'targetRef="(\w+)"', way[0])
    source = source.replace(way[0], task + into + onward)
    source = re.sub(
        rb'(<bpmn:userTask id="%s".*?)<bpmn:incoming>%s</bpmn:incoming>' % (target[1], way[1]),
        rb"\1<bpmn:incoming>Alur_baru</bpmn:incoming>", source, count=1, flags=re.DOTALL,
    )  # fmt: skip
    lane = b"<bpmn:flowNodeRef>Langkah_3</bpmn:flowNodeRef>"
    return source.replace(lane, lane + b"<bpmn:flowNodeRef>Langkah_3b</bpmn:flowNodeRef>")


def test_two_of_three_go_over_to_a_version_with_a_step_more_and_are_completed(
    office, skp, move, audit
):
    first, second, third = (office.start() for _ in range(3))
    begun = office.until(first, "Langkah_3")
    instances.take_up(office.db, office.assessor, begun.id)
    office.due()
    office.until(third, "Langkah_2")  # whose form of step 1 is still to be typeset
    new = deployed(office, with_a_step_more(skp))
    with office.db.read() as session:
        plans = [moves.planned(session, between(office, *new), c) for c in (first, second, third)]
    assert [plan.stays for plan in plans] == [True, True, False]
    assert str(plans[2].refused) == "Sebuah dokumen kasus ini sedang dibuat."
    (passage,) = plans[0].transfer.passages
    assert passage.changes["due_at"] - begun.opened_at == timedelta(minutes=45)
    ordered = order(office, new)
    moves.run(office.db, office.jobs(None, "move")[0])
    assert outcomes(office, ordered) == {
        first: "moved", second: "moved", third: "Sebuah dokumen kasus ini sedang dibuat.",
    }  # fmt: skip
    for case in (first, second, third):
        office.finish(case)
    steps = [[item.element for item in office.work(case)] for case in (first, second, third)]
    assert ["Langkah_3b" in done for done in steps] == [True, True, False]
    assert [office.case(case).status for case in (first, second, third)] == ["completed"] * 3
    assert verify(office).faults == []
    assert audit(office.db) == []


def test_two_steps_side_by_side_do_not_become_one(office, side_by_side, move):
    office.put_into_force(side_by_side)
    case = office.start(key="berdampingan")
    other = side_by_side.replace(b'name="Mencatat"', b'name="Menulis"')
    ((_, said),) = move(other, chosen={"Catat": "Periksa"}).items()
    assert said.startswith("Dalam versi baru langkah-langkah ini tidak pernah terbuka bersama saja")
    ((_, said),) = move(other.replace(b'name="Mengisi"', b'name="Isi"')).items()
    assert said == "moved"
    office.finish(case)
    assert office.case(case).status == "completed"


AWAITING = """
    process id=p name=Contoh
    property alur:calendar=elapsed
    lane Staf group:umum-aparatur: s a i e z
    startEvent s
    userTask a name=Memeriksa
    intermediateCatchEvent i name=Menunggu
        <messageEventDefinition messageRef="surat" />
    boundaryEvent z attachedToRef=a cancelActivity=false
        timer timeDuration PT50M
    s -> a -> i -> e
    endEvent e
"""


def test_a_case_waits_for_the_message_of_the_new_version(office, draw_events, move, audit):
    office.put_into_force(draw_events(AWAITING + "    z -> e\n"))
    case = office.start(key="p")
    office.step(case)
    newer = (AWAITING + "    z -> e\n").replace('"surat"', '"berita"').replace(" i ", " k ")
    assert move(draw_events(newer)) == {case: "moved"}
    with office.db.write() as session:
        (waits,) = subscriptions.of_instance(session, case)
        assert (waits.element, waits.name) == ("k", "berita")
        arrivals.send(session, "berita", None, {})
    office.due()
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_what_was_postponed_stays_postponed_under_another_id(office, draw, move):
    case = small(office, draw, WATCHED)
    job, until = office.job(case, "v"), clock.now() + timedelta(hours=3)
    postponement.postpone(office.db, office.superior, case, job.task, until, "Rapat")
    renamed = WATCHED.replace("boundaryEvent v", "boundaryEvent y name=Tenggat")
    renamed = renamed.replace("v -> e2", "y -> e2").replace("e w v", "e w y")
    assert move(draw(renamed), chosen={"v": "y"}) == {case: "moved"}
    assert timers(office, case) == {"y": 180}
    assert office.job(case, "y").id == job.id


def test_signatures_that_another_step_would_give_are_waited_for(office, skp, move):
    case = office.start()
    office.until(case, "Langkah_4")
    office.due()
    signs = b'<camunda:property name="alur:signs" value="penilaian" />'
    fewer = b"".join(skp.rpartition(signs)[::2])
    assert move(fewer) == {case: "Sebuah dokumen kasus ini belum lengkap ditandatangani."}


def test_a_new_version_keeps_apart_whom_it_names(office, draw, move):
    lanes = SIMPLE.replace("s a b e\n", "s a e\n    lane Atasan superior(subject): b\n")
    office.put_into_force(draw(lanes))
    case = office.start(key="p", chosen={"Atasan": office.staff.id})
    instances.claim(office.db, office.staff, office.item(case).id)
    apart = lanes.replace("lane Staf", "property alur:distinct=Staf,Atasan\n    lane Staf", 1)
    ((_, said),) = move(draw(apart)).items()
    assert said.startswith(f"{office.staff.name} tidak boleh sekaligus")
