"""Ended cases are deleted when an administrator has said so, whole and on record, and no others.

Run as a program, this file is a round that is killed at one of its statements.
"""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update

from bpmn.sop.table import Answers
from engine import clock, documents, jobs, processing, retention, sop_imports, values
from engine.database import Database
from engine.errors import InvalidInput, JobGone, NotAllowed, NotFound
from engine.models import (
    Base,
    Campaign,
    CampaignMember,
    HistoryEntry,
    Incident,
    Instance,
    Job,
    JournalEntry,
    MassAct,
    MassActCase,
    Move,
    MovedCase,
    Retention,
    Submission,
)
from tests import leases

TABLE = b"No;Kegiatan;Pelaksana;Waktu\n1;Menulis;Staf;10 menit\n"
ROOT = Path(__file__).parents[2]
KEY = "skp_collection"
OF_CASES = {
    table.name: table.columns.instance_id
    for table in Base.metadata.tables.values()
    if "instance_id" in table.columns
}


@pytest.fixture
def ended(office, at):
    """``ended(on)``: a case that was finished on that day, with a row wherever cases have rows."""

    def _ended(on: str = "2026-01-05") -> int:
        at(f"{on}T09:00")
        case = office.start()
        office.finish(case)
        make_documents(office)
        processing.note(office.db, office.superior, office.employee.id, case, processing.VIEWED)
        return case

    yield _ended


@pytest.fixture
def limit(office, at):
    """``limit(days)``: sets how long SKPs are kept, and comes to a day late in the year."""

    def _limit(days: int | None = 90, key: str = KEY) -> None:
        at("2026-11-26T09:00")
        with office.db.write() as session:
            number = retention.effect(session, office.administrator, key, days).cases
            retention.set_limit(session, office.administrator, key, days, number)

    return _limit


def make_documents(office) -> None:
    """Makes what the steps of the SKP have ordered, in no time."""
    makers = dict.fromkeys(("formulir_skp", "penilaian"), lambda _: b"%PDF")
    for held in jobs.lease(office.db, {documents.KIND}, timedelta(minutes=5), 100):
        documents.make(office.db, leases.begin(office.db, held), makers)


def round_of(office) -> Job:
    with office.db.write() as session:
        jobs.ensure_round(session, retention.KIND, clock.now())
    (held,) = jobs.lease(office.db, {retention.KIND}, timedelta(minutes=5), 10)
    return leases.begin(office.db, held)


def do_round(office) -> None:
    retention.run(office.db, round_of(office))


def cases(office) -> list[int]:
    with office.db.read() as session:
        return list(session.scalars(select(Instance.id).order_by(Instance.id)))


def rows_of(office, case: int) -> dict[str, int]:
    with office.db.read() as session:
        return {
            name: number
            for name, column in OF_CASES.items()
            if (number := session.scalar(select(func.count()).where(column == case)))
        }


def journal(office, kind: str) -> list[tuple]:
    with office.db.read() as session:
        found = session.scalars(select(JournalEntry).where(JournalEntry.kind == kind))
        return [(entry.person_id, values.loads(entry.details)) for entry in found]


def test_nothing_is_deleted_by_default(office, ended, at):
    case = ended()
    at("2056-11-26T09:00")
    do_round(office)
    assert cases(office) == [case]


def test_a_case_is_deleted_with_all_its_rows_and_on_record(office, ended, limit, audit):
    case, recent = ended("2026-01-05"), ended("2026-11-20")
    running = office.start()
    kept = {case: rows_of(office, case) for case in (recent, running)}
    assert set(rows_of(office, case)) == set(OF_CASES) - {
        "notice", "incident", "job", "subscription",
        "correction", "attachment", "comment",  # test_correct.py, test_attachments.py have those
        "moved_case", "mass_act_case", "campaign_member",  # below
    }  # fmt: skip
    gone, entries = office.case(case), len(office.history(case))
    limit(90)
    do_round(office)
    assert cases(office) == [recent, running]
    assert rows_of(office, case) == {}
    assert kept == {case: rows_of(office, case) for case in (recent, running)}
    (entry,) = journal(office, "instance.deleted")
    assert entry == (
        None,
        {
            "instance": case, "process": KEY, "version": 1, "started": gone.started_at,
            "ended": gone.ended_at, "seq": gone.last_seq, "hash": gone.last_hash,
            "entries": entries,
        },
    )  # fmt: skip
    assert audit(office.db) == []


def test_notices_overcome_failures_moves_and_acts_go_along(office, ended, limit):
    case = ended()
    item = office.work(case)[0]
    with office.db.write() as session:
        at = clock.now()
        session.add(
            Incident(
                instance_id=case, work_item_id=item.id, at=at, reason="Contoh", resolved_at=at,
                outcome="done",
            )
        )  # fmt: skip
        version = session.get_one(Instance, case).definition_id
        move = Move(
            from_id=version, to_id=version, mapping=b"{}", note="Contoh",
            person_id=office.analyst.id, at=at,
        )  # fmt: skip
        act = MassAct(
            kind="cancel", details=b"{}", reason="-", person_id=office.head.id, at=at, token="x"
        )
        campaign = Campaign(
            key=KEY, name="SKP", scope="all", about="", given=b"{}", beside=0, status="ended",
            person_id=office.head.id, at=at, token="x",
        )  # fmt: skip
        session.add_all([move, act, campaign])
        session.flush()
        session.add(
            CampaignMember(
                campaign_id=campaign.id, person_id=office.employee.id, key=KEY, outcome="started",
                instance_id=case, at=at,
            )
        )  # fmt: skip
        session.add(MovedCase(move_id=move.id, instance_id=case, outcome="moved", at=at))
        session.add(MassActCase(mass_act_id=act.id, instance_id=case, outcome="done", at=at))
    limit()
    do_round(office)
    assert cases(office) == []
    assert rows_of(office, case) == {}


@pytest.mark.parametrize("days", [324, 325])
def test_a_case_is_kept_to_the_end_of_its_time(office, ended, limit, days):
    case = ended("2026-01-05")  # 325 days before the day of the round
    limit(days)
    do_round(office)
    assert cases(office) == ([case] if days == 325 else [])


def test_the_time_counts_from_the_end_and_not_from_the_start(office, ended, limit, at):
    at("2025-01-05T09:00")
    late = office.start()
    at("2026-11-20T09:00")
    office.finish(late)
    limit(30)
    do_round(office)
    assert cases(office) == [late]


def test_a_running_case_is_never_deleted(office, limit, at):
    at("2026-01-05T09:00")
    running, suspended, cancelled = office.start(), office.start(), office.start()
    office.cancel(cancelled)
    with office.db.write() as session:
        session.execute(update(Instance).where(Instance.id == suspended).values(status="suspended"))
    limit(30)
    do_round(office)
    assert cases(office) == [running, suspended]


def test_what_somebody_is_to_mend_or_is_still_to_be_done_is_kept(office, ended, limit):
    failed, busy, free = ended(), ended(), ended()
    now = clock.now()
    with office.db.write() as session:
        session.add(Incident(instance_id=failed, at=now, reason="Contoh"))
        jobs.arm(session, [{"kind": "message", "instance_id": busy, "due": now, "ready": now}])
    limit()
    with office.db.read() as session:
        assert retention.effect(session, office.administrator, KEY, 90).cases == 1
    do_round(office)
    assert cases(office) == [failed, busy]
    assert free not in cases(office)


def test_another_process_keeps_its_own(office, ended, limit, side_by_side, at):
    office.put_into_force(side_by_side)
    at("2026-01-05T09:00")
    other = office.start(key="berdampingan")
    office.cancel(other)
    skp = ended()
    limit(30, "berdampingan")
    do_round(office)
    assert cases(office) == [skp]


def test_a_number_is_never_given_again(office, ended, limit):
    newest = ended()
    limit()
    do_round(office)
    assert office.start() > newest


def test_a_limit_that_was_taken_back_meanwhile_deletes_nothing(
    office, rival, ended, limit, before_writing
):
    case = ended()
    limit(90)
    job = round_of(office)

    def take_back() -> None:
        with rival.write() as session:
            retention.set_limit(session, office.administrator, KEY, None, 0)

    before_writing(office.db, take_back)
    retention.run(office.db, job)
    assert cases(office) == [case]
    assert journal(office, "instance.deleted") == []


def test_two_rounds_at_once_delete_each_case_once(office, rival, ended, limit, before_writing):
    for _ in range(3):
        ended()
    limit(90)
    job = round_of(office)
    before_writing(office.db, lambda: retention.run(rival, job))
    with pytest.raises(JobGone):
        retention.run(office.db, job)
    assert cases(office) == []
    assert len(journal(office, "instance.deleted")) == 3


def test_more_than_a_page_is_deleted(office, ended, limit, monkeypatch):
    monkeypatch.setattr(retention, "PAGE", 2)
    for _ in range(5):
        ended()
    limit(90)
    do_round(office)
    assert cases(office) == []


def test_the_round_comes_again_tomorrow(office, at):
    at("2026-11-26T09:00")
    do_round(office)
    with office.db.write() as session:
        jobs.ensure_round(session, retention.KIND, clock.now())
    (job,) = office.jobs(None, retention.KIND)
    assert (job.due, job.state, job.attempts) == (at("2026-11-27T09:00"), "armed", 0)


def test_imports_that_nobody_has_touched_for_long_are_deleted_and_no_others(office, at):
    def bring() -> int:
        return sop_imports.begin(office.db, office.analyst, "a.csv", TABLE)

    def left() -> list[int]:
        with office.db.read() as session:
            return [one.id for one in sop_imports.own(session, office.analyst)]

    at("2026-01-05T09:00")
    forgotten, answered = bring(), bring()
    at("2026-01-06T09:00")
    sop_imports.answer(office.db, office.analyst, answered, Answers(waktu={0: "1 jam"}), 1)
    recent = bring()
    at("2026-04-05T09:00")
    do_round(office)
    assert left() == [recent, answered, forgotten]
    at("2026-04-06T09:00")
    do_round(office)
    assert left() == [recent, answered]
    at("2026-04-07T09:00")
    do_round(office)
    assert left() == []


@pytest.mark.parametrize("statement", [2, 7, 18])
def test_a_round_that_is_killed_leaves_whole_cases(office, ended, limit, audit, statement):
    for _ in range(2):
        ended()
    limit(90)
    with office.db.read() as session:
        histories = session.scalar(select(func.count()).select_from(HistoryEntry))
    done = subprocess.run(
        [sys.executable, __file__, office.db.url, str(statement), clock.now().isoformat()],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = cases(office)
    assert len(left) == (1 if statement == 18 else 2)
    assert len(journal(office, "instance.deleted")) == 2 - len(left)
    assert audit(office.db) == []
    with office.db.read() as session:
        remaining = session.scalar(select(func.count()).select_from(HistoryEntry))
        assert remaining == histories * len(left) // 2
    do_round(office)
    assert cases(office) == []
    assert len(journal(office, "instance.deleted")) == 2


def test_only_administrators_set_a_limit(office):
    for actor in (office.head, office.analyst, office.staff):
        with office.db.write() as session, pytest.raises(NotAllowed):
            retention.set_limit(session, actor, KEY, 90, 0)


@pytest.mark.parametrize("days", [0, 29, 36_601])
def test_a_limit_is_neither_a_slip_nor_beyond_a_century(office, days):
    with office.db.write() as session, pytest.raises(InvalidInput, match="Masa simpan"):
        retention.set_limit(session, office.administrator, KEY, days, 0)


def test_a_process_that_is_not_there_has_no_limit(office):
    with office.db.write() as session, pytest.raises(NotFound):
        retention.set_limit(session, office.administrator, "tidak-ada", 90, 0)


def test_who_sets_a_limit_knows_how_many_cases_it_deletes(office, ended, at):
    ended("2026-01-05")
    oldest = office.case(ended("2026-01-02")).ended_at
    at("2026-11-26T09:00")
    with office.db.write() as session:
        effect = retention.effect(session, office.administrator, KEY, 90)
        assert (effect.cases, effect.oldest) == (2, oldest)
        for wrong in (0, 1, 3):
            with pytest.raises(InvalidInput, match="sudah berubah"):
                retention.set_limit(session, office.administrator, KEY, 90, wrong)
    with office.db.read() as session:
        assert session.scalar(select(func.count(Retention.id))) == 0
        assert session.scalar(select(func.count(Submission.id))) > 0


def test_the_newest_limit_counts_and_is_on_record(office, limit):
    for days in (90, 400, None):
        limit(days)
        with office.db.read() as session:
            assert retention.limits(session) == ({KEY: days} if days else {})
    assert journal(office, "retention.set") == [
        (office.administrator.id, {"process": KEY, "days": days}) for days in (90, 400, None)
    ]


def _be_killed(url: str, statement: int, at: datetime) -> None:
    """A round at that time, killed after so many statements that delete, of 13 for each case."""
    deletes = []
    clock.now = lambda: at

    def count(_connection, _cursor, sent, *_) -> None:
        of_case = sent.startswith("DELETE") and "alembic_version" not in sent
        deletes.extend([sent] if of_case else [])
        if len(deletes) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(url)
    retention.EVERY = timedelta(0)
    event.listen(db.connections, "after_cursor_execute", count)
    with db.write() as session:
        jobs.ensure_round(session, retention.KIND, clock.now())
    (held,) = jobs.lease(db, {retention.KIND}, timedelta(seconds=0), 10)
    retention.run(db, leases.begin(db, held))


if __name__ == "__main__":
    _be_killed(sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
