"""The record of a case: whole, in order, and broken by any change."""

import pytest
from sqlalchemy import text

from engine import instances, supervision, values
from engine.errors import StepFailed
from engine.models import Person

# What somebody with access to the tables might change of an entry, by column.
TAMPERING = {
    "at": "2001-01-01 00:00:00.000000",
    "capacity": "Lane_Lain",
    "kind": "task.changed",
    "element": "Langkah_9",
    "details": b'{"visit":7}',
    "payload": "0" * 64,
    "previous": "1" * 64,
    "hash": "2" * 64,
}


@pytest.fixture
def finished(office):
    """A case with every kind of entry of a completed one."""
    case = office.start(chosen={"Lane_PejabatPenilai": office.neighbour.id})
    item = office.item(case)
    instances.claim(office.db, office.staff, item.id)
    instances.release(office.db, office.staff, item.id)
    item = office.until(case, "Langkah_3")
    instances.take_up(office.db, office.neighbour, item.id)
    office.finish(case)
    return case


@pytest.fixture
def broken_by(office, broken_links):
    """Where a case's chain breaks after a statement, which is undone afterwards."""

    def tamper(case, statement, **parameters):
        with office.db.connections.connect() as connection:
            changed = connection.execute(text(statement), {"case": case, **parameters})
            assert changed.rowcount == 1
            broken = broken_links(connection, case)
            connection.rollback()
        return broken

    return tamper


def test_the_chain_can_be_recomputed_from_the_stored_rows(office, finished, broken_links):
    with office.db.connections.connect() as connection:
        assert broken_links(connection, finished) == []


def test_the_chain_of_every_case_is_its_own(office, broken_links):
    cases = [office.start() for _ in range(3)]
    for case in cases:
        office.until(case, "Langkah_5")
    with office.db.connections.connect() as connection:
        assert [broken_links(connection, case) for case in cases] == [[], [], []]
    entries = [entry for case in cases for entry in office.history(case)]
    assert len({entry.hash for entry in entries}) == len(entries)
    assert {entry.previous for entry in entries} == {None}  # that of the entry before is enough


def test_any_changed_field_breaks_the_chain(finished, broken_by):
    broken = {
        column: broken_by(
            finished,
            f"UPDATE history SET {column} = :value WHERE instance_id = :case AND seq = 9",
            value=value,
        )
        for column, value in TAMPERING.items()
    }
    assert [column for column, found in broken.items() if found[:1] != [9]] == []


def test_another_person_in_an_entry_breaks_the_chain(office, finished, broken_by):
    statement = "UPDATE history SET person_id = :who WHERE instance_id = :case AND seq = 9"
    assert broken_by(finished, statement, who=office.outsider.id) == [9]
    assert broken_by(finished, statement, who=None) == [9]


def test_a_microsecond_breaks_the_chain(office, finished, broken_by):
    at = office.history(finished)[8].at
    moved = at.replace(microsecond=(at.microsecond + 1) % 1_000_000)
    value = moved if office.db.connections.dialect.name == "postgresql" else f"{moved:%F %T.%f}"
    statement = "UPDATE history SET at = :at WHERE instance_id = :case AND seq = 9"
    assert broken_by(finished, statement, at=value) == [9]


def test_a_removed_entry_breaks_the_chain(office, finished, broken_by):
    last = len(office.history(finished))
    for seq in (1, 9, last):
        statement = "DELETE FROM history WHERE instance_id = :case AND seq = :seq"
        assert broken_by(finished, statement, seq=seq)[:1] == [seq]


def test_an_entry_moved_to_another_case_breaks_both(office, finished, broken_by, broken_links):
    other = office.start()
    statement = "UPDATE history SET instance_id = :other, seq = 3 WHERE instance_id = :case" + (
        " AND seq = 9"
    )
    assert broken_by(finished, statement, other=other)[:1] == [9]
    with office.db.connections.connect() as connection:
        connection.execute(text(statement), {"case": finished, "other": other})
        assert broken_links(connection, other) == [3, 4]
        connection.rollback()


def test_a_cut_off_end_with_a_matching_case_row_needs_the_head_to_show(office, finished, broken_by):
    """Within a case the head is what tells; that the case row is honest is a checkpoint's task."""
    last = len(office.history(finished))
    statement = "UPDATE instance SET last_seq = :seq WHERE id = :case"
    assert broken_by(finished, statement, seq=last - 1) == [last + 1]


def test_entries_tell_the_case_in_order(office, finished):
    entries = office.history(finished)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    told = [(entry.kind, entry.element) for entry in entries]
    assert told[:9] == [
        ("instance.started", None),
        ("role.chosen", "Lane_PejabatPenilai"),
        ("task.opened", "Langkah_1"),
        ("task.claimed", "Langkah_1"),
        ("task.released", "Langkah_1"),
        ("task.completed", "Langkah_1"),
        ("document.ordered", "Langkah_1"),
        ("task.opened", "Langkah_2"),
        ("task.completed", "Langkah_2"),
    ]
    assert told[-2:] == [("task.completed", "Langkah_8"), ("instance.completed", None)]


def test_who_acted_and_in_which_capacity_is_told(office, finished):
    acted = {(e.element, e.person.name, e.capacity) for e in office.history(finished) if e.payload}
    assert acted == {
        ("Langkah_1", office.staff.name, "Lane_StafPelaksana"),
        ("Langkah_2", office.staff.name, "Lane_StafPelaksana"),
        ("Langkah_3", office.neighbour.name, "Lane_PejabatPenilai"),
        ("Langkah_4", office.employee.name, "Lane_Pegawai"),
        ("Langkah_5", office.neighbour.name, "Lane_PejabatPenilai"),
        ("Langkah_6", office.superior.name, "Lane_AtasanPejabatPenilai"),
        ("Langkah_7", office.neighbour.name, "Lane_PejabatPenilai"),
        ("Langkah_8", office.employee.name, "Lane_Pegawai"),
    }


def test_an_opened_task_says_for_whom_and_for_which_visit(office):
    case = office.start()
    office.until(case, "Langkah_4")
    office.step(case, keputusan="tidak_setuju", alasan="Keliru")
    entry = office.history(case)[-1]
    assert (entry.kind, entry.element) == ("task.opened", "Langkah_3")
    assert values.loads(entry.details) == {"person": office.assessor.id, "group": None, "visit": 2}


def test_a_failing_step_leaves_no_trace_in_the_record(office):
    case = office.start()
    item = office.until(case, "Langkah_4")
    before = office.kinds(case)
    with pytest.raises(StepFailed):
        instances.complete(office.db, office.employee, item.id, {}, token="t")
    assert office.kinds(case) == before


def test_names_and_what_was_written_are_not_in_the_entries(office):
    """People are named by number, and forms by digest: the record can be shown to an auditor."""
    secrets = ["Nilai rahasia 87", "catatan_penilai", "Alasan pribadi", "tidak_setuju"]
    case = office.start()
    office.until(case, "Langkah_3")
    office.step(case, nilai_skp=87, nilai_perilaku=80, catatan_penilai=secrets[0])
    office.step(case, keputusan="tidak_setuju", alasan=secrets[2])
    office.finish(case)
    with office.db.read() as session:
        people = [(person.name, person.nip) for person in session.query(Person)]
    written = "\n".join(
        f"{e.kind} {e.element} {e.capacity} {e.details.decode()}" for e in office.history(case)
    )
    assert not [part for person in people for part in person if part in written]
    assert not [secret for secret in secrets if secret in written]


def test_the_reason_of_a_cancellation_is_covered_with_all_its_characters(office, broken_links):
    case = office.start()
    reason = 'Pindah — "sementara" \\ \t\N{GRINNING FACE}\N{LINE SEPARATOR}é'
    supervision.cancel(office.db, office.staff, case, reason)
    assert values.loads(office.history(case)[-1].details) == {"reason": reason}
    with office.db.connections.connect() as connection:
        assert broken_links(connection, case) == []
