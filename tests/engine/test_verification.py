"""The record looked through: silent while nothing is amiss, and naming what was tampered with."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from engine import (
    corrections,
    deployments,
    history,
    instances,
    journal,
    nudges,
    seal_file,
    seals,
    signing,
    stored,
    supervision,
    values,
    verification,
)
from engine.history import GENESIS
from engine.models import Definition, HistoryEntry, Instance, JournalEntry, Seal, Submission
from engine.settings import Settings

FIRST, SECOND, THIRD = 0, 1, 2  # cases of the world below


def quietly(_table, _rows):
    pass


class Uncommitted:
    """Stands for a database in which a connection's own changes are seen."""

    def __init__(self, connection) -> None:
        self._connection = connection

    @contextmanager
    def snapshot(self):
        yield self._connection


class World:
    """An office with three cases, a journal and three seals, and somebody with its tables."""

    def __init__(self, office, home: Path) -> None:
        self.office, self.db = office, office.db
        self.settings = Settings(home, office.db.url)
        self.cases = [office.start() for _ in range(3)]
        office.finish(self.cases[FIRST])
        self.note("unit.added")
        self.seal()
        office.finish(self.cases[SECOND])
        self.note("person.moved")
        self.note("person.left")
        self.seal()
        office.until(self.cases[THIRD], "Langkah_3")
        self.seal()

    def note(self, kind: str, **details) -> None:
        with self.db.write() as session:
            journal.record(session, kind, details)

    def seal(self) -> None:
        assert seals.seal(self.db, self.settings) == 1

    def verify(self, key=None, anchor=None) -> verification.Verdict:
        key = key or signing.own(self.settings).public
        anchor = anchor or self.settings.home / seal_file.NAME
        return verification.verify(self.db, key, anchor, quietly)

    def after(self, statements: list[str]) -> str:
        """What is said first when these were done, which is undone afterwards."""
        with self.tables(undone=True) as connection:
            self._run(connection, statements)
            own, file = signing.own(self.settings).public, self.settings.home / seal_file.NAME
            return first(verification.verify(Uncommitted(connection), own, file, quietly))

    @contextmanager
    def tables(self, *, undone=False):
        """A connection that no reference between tables hinders."""
        with self.db.connections.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                connection.connection.execute("PRAGMA foreign_keys=OFF")
            else:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            (connection.rollback if undone else connection.commit)()
            if sqlite:
                connection.connection.execute("PRAGMA foreign_keys=ON")

    def run(self, *statements: str) -> None:
        """Statements in which ``{0}`` is the number of the first case, and so on."""
        with self.tables() as connection:
            self._run(connection, statements)

    def _run(self, connection, statements) -> None:
        for statement in statements:
            changed = connection.execute(text(statement.format(*self.cases)))
            assert changed.rowcount > 0, statement

    def rewrite(self, place: int, seq: int, **changes) -> None:
        """Changes an entry, and writes the chain behind it and its head anew to fit."""
        case = self.cases[place]
        table = HistoryEntry.__table__
        with self.tables() as connection:
            of_case = select(table).where(table.c.instance_id == case).order_by(table.c.seq)
            rows = [dict(row) for row in connection.execute(of_case).mappings()]
            rows[seq - 1].update(changes)
            previous = history.GENESIS
            for row in rows:
                previous = row["hash"] = history.entry_hash(row | {"previous": previous})
            for row in rows:
                one = table.c.instance_id == case, table.c.seq == row["seq"]
                connection.execute(update(table).where(*one).values(**row))
            head = update(Instance).where(Instance.id == case)
            connection.execute(head.values(last_hash=rows[-1]["hash"]))

    def forge(self, key: signing.SigningKey, **changes) -> None:
        """Puts another last seal in the place of the one there is, signed with a key."""
        with self.tables() as connection:
            packed = connection.scalar(select(Seal.body).order_by(Seal.number.desc()).limit(1))
            body = json.loads(packed) | {"key": key.public.raw.hex()} | changes
            signed = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
            forged = {
                "body": signed, "signature": key.sign(signed), "key": key.public.fingerprint,
            }  # fmt: skip
            connection.execute(update(Seal).where(Seal.number == body["number"]).values(**forged))

    def case(self, place: int) -> str:
        return f"Kasus {self.cases[place]:05d}"


@pytest.fixture
def world(office, with_documents, tmp_path):
    """Its procedure gives no documents, whose entries and rows have tests of their own."""
    office.put_into_force(with_documents())
    return World(office, tmp_path / "home")


# What is done to the tables, and the beginning of what is said of it.
CHANGED = "isi atau sambungannya bukan yang dicatat."
SET = "UPDATE history SET {} WHERE instance_id = {{1}} AND seq = 4"
COLUMNS = {
    "at": "at = '2001-01-01 00:00:00.000000'",
    "person": "person_id = NULL",
    "another person": "person_id = 1",
    "capacity": "capacity = 'Lane_Lain'",
    "kind": "kind = 'task.changed'",
    "element": "element = 'Langkah_9'",
    "payload": "payload = '" + "0" * 64 + "'",
    "previous": "previous = '" + "1" * 64 + "'",
    "hash": "hash = '" + "2" * 64 + "'",
}
DROP = "DELETE FROM history WHERE instance_id = {{1}} AND seq = {}"
STATEMENTS = {
    **{
        f"an event's {column} changed": ([SET.format(change)], 1, f", kejadian 4: {CHANGED}")
        for column, change in COLUMNS.items()
    },
    "the first event dropped": ([DROP.format(1)], 1, ", kejadian 1: hilang."),
    "an event dropped": ([DROP.format(5)], 1, ", kejadian 5: hilang."),
    "the last event dropped": ([DROP.format(18)], 1, ", kejadian 18: hilang."),
    "the last event dropped with its head": (
        [
            DROP.format(18),
            "UPDATE instance SET last_seq = 17, last_hash = (SELECT hash FROM history"
            " WHERE instance_id = {1} AND seq = 17) WHERE id = {1}",
        ],
        1,
        ", kejadian 18: hilang.",
    ),
    "events reordered": (
        [
            "UPDATE history SET seq = 99 WHERE instance_id = {1} AND seq = 4",
            "UPDATE history SET seq = 4 WHERE instance_id = {1} AND seq = 5",
            "UPDATE history SET seq = 5 WHERE instance_id = {1} AND seq = 99",
        ],
        1,
        f", kejadian 4: {CHANGED}",
    ),
    "an event moved to another case": (
        ["UPDATE history SET instance_id = {2}, seq = 99 WHERE instance_id = {1} AND seq = 4"],
        1,
        ", kejadian 4: hilang.",
    ),
    "an event inserted": (
        [
            "INSERT INTO history SELECT instance_id, 19, at, person_id, capacity, kind, element,"
            " details, payload, hash, hash FROM history WHERE instance_id = {1} AND seq = 18"
        ],
        1,
        f", kejadian 19: {CHANGED}",
    ),
    "a case vanished": (["DELETE FROM instance WHERE id = {1}"], 1, ": kasusnya hilang."),
    "a case vanished with all that is of it": (
        [
            f"DELETE FROM {table} WHERE {column} = {{1}}"
            for table, column in (
                ("history", "instance_id"), ("submission", "instance_id"),
                ("work_item", "instance_id"), ("role", "instance_id"), ("instance", "id"),
            )
        ],
        1,
        ": kasusnya hilang.",
    ),
    "a head changed": (
        ["UPDATE instance SET last_hash = '" + "3" * 64 + "' WHERE id = {1}"],
        1,
        ", kejadian 18: bukan yang terakhir",
    ),
    "a head moved back": (
        ["UPDATE instance SET last_seq = 7 WHERE id = {1}"],
        1,
        ", kejadian 18: bukan yang terakhir",
    ),
    "what was submitted changed": (
        ["UPDATE submission SET data = details FROM history h WHERE submission.instance_id = {1}"
         " AND h.instance_id = {1} AND h.seq = 1"],
        1,
        ", kejadian 3: isian yang diserahkan hilang",
    ),
    "what was submitted dropped": (
        ["DELETE FROM submission WHERE instance_id = {1}"],
        1,
        ", kejadian 3: isian yang diserahkan hilang",
    ),
    "who submitted changed": (
        ["UPDATE submission SET person_id = 1 WHERE instance_id = {1}"],
        1,
        ", kejadian 3: isian yang diserahkan hilang",
    ),
    "a submission moved to another case": (
        ["UPDATE submission SET instance_id = {2} WHERE instance_id = {1}"],
        1,
        ", kejadian 3: isian yang diserahkan hilang",
    ),
    "a case's employee changed": (
        ["UPDATE instance SET subject_id = 1 WHERE id = {1}"],
        1,
        ", kejadian 1: pegawai, pemulai",
    ),
    "a case's beginning changed": (
        ["UPDATE instance SET started_at = '2001-01-01 00:00:00.000000' WHERE id = {1}"],
        1,
        ", kejadian 1: pegawai, pemulai",
    ),
    "a case's process dropped": (
        ["DELETE FROM definition"],
        0,
        ", kejadian 1: pegawai, pemulai",
    ),
}  # fmt: skip
OFFICE = {
    "an entry of the journal changed": (
        ["UPDATE journal SET kind = 'x' WHERE seq = 2"],
        "Catatan kantor nomor 2: isinya bukan yang dicatat.",
    ),
    "the first entry of the journal dropped": (
        ["DELETE FROM journal WHERE seq = 1"],
        "Catatan kantor nomor 1: hilang.",
    ),
    "an entry of the journal dropped": (
        ["DELETE FROM journal WHERE seq = 2"],
        "Catatan kantor nomor 2: hilang.",
    ),
    "the last entry of the journal dropped": (
        ["DELETE FROM journal WHERE seq = 3"],
        "Segel 2: catatan kantor sampai nomor 3 bukan yang disegel.",
    ),
    "the journal reordered": (
        [
            "UPDATE journal SET seq = 9 WHERE seq = 2",
            "UPDATE journal SET seq = 2 WHERE seq = 3",
            "UPDATE journal SET seq = 3 WHERE seq = 9",
        ],
        "Catatan kantor nomor 2: isinya bukan yang dicatat.",
    ),
    "a seal's instant changed": (
        ["UPDATE seal SET at = '2001-01-01 00:00:00.000000' WHERE number = 2"],
        "Segel 2: barisnya bukan yang ditandatangani.",
    ),
    "a seal's key changed": (
        ["UPDATE seal SET key = '" + "0" * 64 + "' WHERE number = 2"],
        "Segel 2: barisnya bukan yang ditandatangani.",
    ),
    "a seal's body changed": (
        ["UPDATE seal SET body = (SELECT body FROM seal WHERE number = 1) WHERE number = 2"],
        "Segel 2: tanda tangannya tidak cocok.",
    ),
    "a seal's signature changed": (
        ["UPDATE seal SET signature = body WHERE number = 2"],
        "Segel 2: tanda tangannya tidak cocok.",
    ),
    "a seal's heads changed": (
        ["UPDATE seal SET heads = (SELECT heads FROM seal WHERE number = 1) WHERE number = 2"],
        "Segel 2: ujung rantainya bukan yang ditandatangani.",
    ),
    "a seal dropped": (["DELETE FROM seal WHERE number = 2"], "Segel 2: hilang."),
    "the first seal dropped": (["DELETE FROM seal WHERE number = 1"], "Segel 1: hilang."),
    "the last seal dropped": (
        ["DELETE FROM seal WHERE number = 3"],
        "Segel 3: ada di seals.jsonl, tetapi tidak di basis data.",
    ),
    "all seals dropped": (
        ["DELETE FROM seal"],
        "Segel 1: ada di seals.jsonl, tetapi tidak di basis data.",
    ),
    "seals reordered": (
        [
            "UPDATE seal SET number = 9 WHERE number = 1",
            "UPDATE seal SET number = 1 WHERE number = 2",
            "UPDATE seal SET number = 2 WHERE number = 9",
        ],
        "Segel 1: barisnya bukan yang ditandatangani.",
    ),
    "a process changed": (
        ["UPDATE definition SET source = (SELECT body FROM seal WHERE number = 1)"],
        'Proses "skp_collection" versi 1: berkasnya bukan yang disimpan waktu itu.',
    ),
}
ON_SQLITE = {  # what only a database without strict types takes
    "an instant that is none": "UPDATE history SET at = 'x' WHERE instance_id = {1} AND seq = 4",
    "text for bytes": "UPDATE history SET details = 'x' WHERE instance_id = {1} AND seq = 4",
    "bytes that are no text": (
        "UPDATE history SET details = x'ff' WHERE instance_id = {1} AND seq = 4"
    ),
    "bytes for text": "UPDATE history SET kind = x'00ff' WHERE instance_id = {1} AND seq = 4",
}


def first(verdict) -> str:
    return str(verdict.faults[0])


def test_nothing_is_said_of_a_record_that_is_whole(world):
    verdict = world.verify()
    assert verdict.faults == []
    assert (verdict.found, verdict.cases, verdict.journal, verdict.seals) == (0, 3, 3, 3)
    assert verdict.entries == sum(len(world.office.history(case)) for case in world.cases)
    assert verdict.unsealed == 0


def test_what_was_tampered_with_is_named_by_case_and_entry(world):
    found = {name: world.after(statements) for name, (statements, *_) in STATEMENTS.items()}
    expected = {name: world.case(place) + said for name, (_, place, said) in STATEMENTS.items()}
    assert {name: said[: len(expected[name])] for name, said in found.items()} == expected
    assert world.verify().faults == []


def test_what_was_tampered_with_in_the_office_is_named(world):
    found = {name: world.after(statements) for name, (statements, _) in OFFICE.items()}
    assert found == {name: said for name, (_, said) in OFFICE.items()}
    assert world.verify().faults == []


@pytest.mark.parametrize("office_url", ["sqlite"], indirect=True)
def test_what_a_column_should_not_hold_is_found_as_well(world):
    found = {name: world.after([statement]) for name, statement in ON_SQLITE.items()}
    said = f"{world.case(SECOND)}, kejadian 4: {CHANGED}"
    assert found == dict.fromkeys(ON_SQLITE, said)


def test_a_details_column_that_was_changed_is_named(world):
    with world.tables() as connection:
        entry = HistoryEntry.instance_id == world.cases[SECOND], HistoryEntry.seq == 4
        connection.execute(update(HistoryEntry).where(*entry).values(details=b'{"visit":7}'))
    assert first(world.verify()) == f"{world.case(SECOND)}, kejadian 4: {CHANGED}"


def test_what_older_releases_kept_twice_is_right_too_or_named(world):
    genesis = history.GENESIS
    world.run(
        "UPDATE history SET previous = COALESCE((SELECT before.hash FROM history AS before WHERE"
        " before.instance_id = history.instance_id AND before.seq = history.seq - 1),"
        f" '{genesis}') WHERE instance_id = {{1}}",
        "UPDATE submission SET digest = (SELECT payload FROM history WHERE history.at ="
        " submission.at AND payload IS NOT NULL AND history.instance_id = submission.instance_id)"
        " WHERE instance_id = {1}",
    )
    assert world.verify().found == 0
    with world.tables() as connection:
        for model, column in ((HistoryEntry, "previous"), (Submission, "digest")):
            kept = select(model.__table__.c[column]).where(model.instance_id == world.cases[SECOND])
            assert None not in connection.scalars(kept).all()
    wrong = ["UPDATE submission SET digest = '1' WHERE instance_id = {1}"]
    said = "isian yang diserahkan hilang atau bukan yang dicatat."
    assert world.after(wrong) == f"{world.case(SECOND)}, kejadian 3: {said}"
    with world.tables() as connection:
        entry = select(HistoryEntry.__table__).where(
            HistoryEntry.instance_id == world.cases[SECOND], HistoryEntry.seq == 4
        )
        row = dict(connection.execute(entry).mappings().one()) | {"previous": genesis}
    forged = f"previous = '{genesis}', hash = '{history.entry_hash(row)}'"
    assert world.after([SET.format(forged)]).endswith(
        "kejadian 4: tidak menyambung ke yang sebelumnya."
    )


def test_an_entry_written_anew_to_fit_does_not_fit_the_one_behind_it(world):
    with world.tables() as connection:
        of_case = select(HistoryEntry.__table__).where(
            HistoryEntry.instance_id == world.cases[SECOND], HistoryEntry.seq.in_((3, 4))
        )
        before, row = connection.execute(of_case.order_by(HistoryEntry.seq)).mappings()
    other = dict(row) | {"capacity": "Lane_Lain", "previous": before["hash"]}
    forged = f"capacity = 'Lane_Lain', hash = '{history.entry_hash(other)}'"
    assert world.after([SET.format(forged)]) == f"{world.case(SECOND)}, kejadian 5: {CHANGED}"


def test_a_chain_written_anew_to_fit_is_told_by_its_seal(world):
    """All is consistent, and not what was sealed."""
    world.rewrite(SECOND, 4, capacity="Lane_Lain")
    said = (
        f"{world.case(SECOND)}, kejadian 18: riwayat sampai di sini bukan yang disegel (segel 2)."
    )
    assert [str(fault) for fault in world.verify().faults] == [said]


def test_every_sealed_end_counts_and_not_only_the_last(world):
    """The beginning was sealed first: seal 1 tells, though seal 3 was forged to fit."""
    world.rewrite(THIRD, 1, capacity="Lane_Lain")
    assert "(segel 1)" in first(world.verify())


def test_a_process_changed_with_its_digest_shows_in_its_cases(world):
    with world.tables() as connection:
        other = {"source": b"<definitions/>", "digest": history.digest(b"<definitions/>")}
        connection.execute(update(Definition).where(Definition.version == 2).values(**other))
    assert first(world.verify()).startswith(f"{world.case(FIRST)}, kejadian 1: pegawai, pemulai")


def test_a_case_that_was_given_another_version_is_named(world):
    with world.db.read() as session:
        source = deployments.definition(session, 1).source
    other = deployments.deploy(world.db, source.replace(b"Menerima hasil", b"Mengambil hasil"))
    world.run(f"UPDATE instance SET definition_id = {other.id} WHERE id = {{1}}")
    assert first(world.verify()).startswith(f"{world.case(SECOND)}, kejadian 1: pegawai, pemulai")


def test_what_was_submitted_changed_with_its_digest_is_named(world):
    with world.tables() as connection:
        other = {"data": b"{}", "digest": history.digest(b"{}")}
        forged = update(Submission).where(Submission.instance_id == world.cases[SECOND])
        connection.execute(forged.where(Submission.data != b"{}").values(**other))
    said = f"{world.case(SECOND)}, kejadian 7: isian yang diserahkan hilang"
    assert first(world.verify()).startswith(said)


def test_what_was_never_submitted_is_told(world):
    table = Submission.__table__
    of_case = select(table).where(table.c.instance_id == world.cases[FIRST])
    with world.tables() as connection:
        row = dict(connection.execute(of_case.limit(1)).mappings().one())
        del row["id"]
        connection.execute(insert(table).values(row | {"work_item_id": 9999}))
    assert first(world.verify()) == f"{world.case(FIRST)}: ada isian yang tidak tercatat."


def test_a_seal_of_another_key_is_told(world):
    stranger = signing.SigningKey(signing.make())
    world.forge(stranger)
    said = [str(fault) for fault in world.verify().faults]
    assert said[0] == "Segel 3: ditandatangani kunci lain."


def test_a_seal_signed_with_the_key_by_somebody_else_differs_from_the_file(world):
    world.forge(signing.own(world.settings), highest=77)
    assert first(world.verify()) == "Segel 3: bukan yang tertulis di seals.jsonl."


def test_all_seals_of_another_key_are_told(world):
    """Somebody has sealed the whole record anew, and has not got the key."""
    with world.tables() as connection:
        connection.execute(text("DELETE FROM seal"))
    stranger = Settings(world.settings.home.parent / "lain", world.db.url)
    seals.seal(world.db, stranger)
    verdict = world.verify(anchor=stranger.home / seal_file.NAME)
    assert [str(fault) for fault in verdict.faults] == ["Segel 1: ditandatangani kunci lain."]


def test_faults_of_several_places_are_all_told_and_no_more_than_twenty(world):
    for _ in range(30):
        world.office.start()
    world.run(
        "UPDATE history SET capacity = 'x' WHERE seq = 2",
        "UPDATE journal SET kind = 'x'",
        "UPDATE seal SET signature = body",
        "UPDATE definition SET source = (SELECT body FROM seal WHERE number = 1)",
    )
    verdict = world.verify()
    assert len(verdict.faults) <= verification.MAX_FAULTS
    assert verdict.found > verification.MAX_FAULTS
    said = [str(fault) for fault in verdict.faults]
    for place in ("Catatan kantor nomor 1: ", "Segel 1: ", "Proses ", world.case(FIRST)):
        assert any(one.startswith(place) for one in said), place


# What is no fault


def test_a_case_deleted_for_its_age_is_no_fault(world):
    with world.db.read() as session:
        end = session.get_one(Instance, world.cases[SECOND])
        told = {"instance": end.id, "seq": end.last_seq, "hash": end.last_hash}
    world.run(*STATEMENTS["a case vanished with all that is of it"][0])
    assert first(world.verify()) == f"{world.case(SECOND)}: kasusnya hilang."
    world.note("instance.deleted", **told)
    assert world.verify().faults == []


def test_a_case_deleted_with_another_history_than_the_sealed_is_told(world):
    told = {"instance": world.cases[SECOND], "seq": 18, "hash": "0" * 64}
    world.run(*STATEMENTS["a case vanished with all that is of it"][0])
    world.note("instance.deleted", **told)
    assert first(world.verify()).startswith(f"{world.case(SECOND)}: dihapus dengan riwayat")


def test_a_case_that_is_there_though_its_deletion_is_on_record_is_told(world):
    world.note("instance.deleted", instance=world.cases[SECOND], seq=18, hash="0" * 64)
    assert first(world.verify()).startswith(f"{world.case(SECOND)}: masih ada")


def test_what_is_not_sealed_yet_is_counted(world):
    case = world.office.start()
    world.office.step(world.cases[THIRD])
    world.note("unit.added")
    verdict = world.verify()
    assert verdict.faults == []
    assert verdict.unsealed == len(world.office.history(case)) + 2 + 1


def test_without_any_seal_all_is_unsealed_and_the_chains_are_checked(office, tmp_path):
    case = office.start()
    verdict = verification.verify(office.db, None, None, quietly)
    assert (verdict.faults, verdict.seals) == ([], 0)
    assert verdict.unsealed == len(office.history(case))
    with office.db.write() as session:
        session.execute(text("UPDATE history SET capacity = 'x'"))
    assert len(verification.verify(office.db, None, None, quietly).faults) == 1


def test_nothing_is_said_after_every_kind_of_act(busy, tmp_path):
    world = World(busy, tmp_path / "home")
    case = busy.start(chosen={"Lane_PejabatPenilai": busy.neighbour.id})
    item = busy.item(case)
    instances.claim(busy.db, busy.staff, item.id)
    instances.release(busy.db, busy.staff, item.id)
    supervision.suspend(busy.db, busy.head, case, "Cuti")
    supervision.resume(busy.db, busy.head, case, "Selesai cuti")
    busy.until(case, "Langkah_4")
    busy.step(case, keputusan="tidak_setuju", alasan="Keliru 😀")
    nudges.nudge(busy.db, busy.superior, case, busy.item(case).id, "Mohon segera")
    assessed = next(one for one in busy.work(case) if one.element == "Langkah_4")
    given = {"alasan": "Kuantitas keliru"}
    corrections.correct(busy.db, busy.superior, case, assessed.id, given, "Kurang jelas")
    assert world.verify().faults == []
    world.seal()
    busy.finish(case)
    assert world.verify().faults == []


def test_what_is_written_meanwhile_is_no_false_alarm(world):
    """New cases, steps and seals come between any two looks at the tables."""

    def work_on(_table, _rows):
        world.office.start()
        if world.office.open_items(world.cases[THIRD]):
            world.office.step(world.cases[THIRD])
        seals.seal(world.db, world.settings)

    own = signing.own(world.settings).public
    file = world.settings.home / seal_file.NAME
    verdict = verification.verify(world.db, own, file, work_on)
    assert verdict.faults == []
    assert (verdict.cases, verdict.seals) == (3, 3)
    assert world.verify().seals > 3
    assert world.verify().faults == []


def test_rows_are_read_a_few_at_a_time(world):
    """However many there are, no more than these are in the memory."""
    done = []
    with world.db.snapshot() as connection:
        found = list(stored.rows(connection, stored.ENTRIES, ahead=2, progress=done.append))
    assert done == [min(n, len(found)) for n in range(2, len(found) + 2, 2)]


def test_called_processes_are_those_the_case_was_bound_to(office, draw, tmp_path):
    office.put_into_force(
        draw("process id=dipanggil\nlane L subject: s a e\nstartEvent s\nuserTask a\nendEvent e\n"
             "s -> a -> e")
    )  # fmt: skip
    office.put_into_force(
        draw("lane L subject: s c e\nstartEvent s\ncallActivity c calledElement=dipanggil\n"
             "endEvent e\ns -> c -> e")
    )  # fmt: skip
    case = office.start(by=office.employee, key="p")
    assert verification.verify(office.db, None, None, quietly).faults == []
    with office.db.write() as session:
        other = values.dumps({"dipanggil": GENESIS})
        session.execute(update(Instance).where(Instance.id == case).values(called=other))
    found = verification.verify(office.db, None, None, quietly).faults
    assert str(found[0]).startswith(f"Kasus {case:05d}, kejadian 1: pegawai, pemulai")


def test_a_journal_written_anew_to_fit_is_told_by_its_seal(world):
    with world.tables() as connection:
        connection.execute(text("DELETE FROM journal"))
    for kind in ("unit.added", "person.moved", "person.stayed"):
        world.note(kind)
    with world.db.read() as session:
        assert session.scalar(select(JournalEntry.kind).where(JournalEntry.seq == 3))
    assert first(world.verify()) == "Segel 1: catatan kantor sampai nomor 1 bukan yang disegel."


def test_what_a_service_answered_is_no_missing_submission(office, draw):
    drawn = """
        lane Staf subject: a t v e
        startEvent a
        userTask t
        serviceTask v camunda:type=external camunda:topic=nomor
            property alur:gives=nomor
        endEvent e
        a -> t -> v -> e
    """
    office.put_into_force(draw(drawn), "nomor")
    case = office.start(key="p", by=office.employee)
    office.step(case)
    office.due(nomor=lambda _: {"nomor": "17"})
    assert "service.completed" in office.kinds(case)
    assert verification.verify(office.db, None, None, quietly).faults == []
