"""Running cases are taken over to another version: shown before, whole or not at all, on record."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, deployments, instances, moves, supervision
from engine.models import MovedCase

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
        rows = session.scalars(select(MovedCase).where(MovedCase.move_id == move_id))
        return {row.instance_id: row.reason or row.outcome for row in rows}


def version_of(office, case):
    with office.db.read() as session:
        return deployments.definition(session, office.case(case).definition_id).version


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
    supervision.postpone(office.db, office.superior, case, job.id, until, "Rapat")
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
