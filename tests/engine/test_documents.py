"""Documents: ordered in a step, made once by a job, whatever happens meanwhile, and kept."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import undefer

from engine import (
    clock,
    contents,
    documents,
    incidents,
    instances,
    jobs,
    people,
    seals,
    substitutions,
    supervision,
    values,
    verification,
    worker,
)
from engine.database import Database
from engine.errors import JobGone, NoHandler, NotAllowed, NotFound
from engine.models import Content, Document, Incident, Job
from engine.settings import Settings
from engine.substitutions import Term
from tests import leases

ROOT = Path(__file__).parents[2]
DISAGREED = {"keputusan": "tidak_setuju", "alasan": "Kuantitas keliru"}


@pytest.fixture
def ordering(office, with_documents):
    """The office with a procedure whose third step gives the assessment."""
    office.put_into_force(with_documents(Langkah_1="formulir_skp", Langkah_3="penilaian, rekaman"))
    return office


@pytest.fixture
def made(office):
    """The office with one document, of a case as it is today."""
    documents.request(office.db, office.employee, office.start())
    office.due()
    return office


def kept(office, case: int) -> list[Document]:
    with office.db.read() as session:
        query = select(Document).where(Document.instance_id == case).order_by(Document.id)
        return list(session.scalars(query.options(undefer(Document.data))))


def faults(office) -> list[str]:
    verdict = verification.verify(office.db, None, None, lambda *_: None)
    return [str(said) for said in verdict.faults]


def test_a_step_orders_its_documents_and_a_job_makes_each(ordering, audit):
    case = ordering.start()
    ordering.until(case, "Langkah_4")
    assert [(d.kind, d.revision, d.content_id) for d in kept(ordering, case)] == [
        ("formulir_skp", 1, None),
        ("penilaian", 1, None),
        ("rekaman", 1, None),
    ]
    ordering.due()
    for document in kept(ordering, case):
        pdf = contents.whole(ordering.db, document.content_id)
        assert pdf.startswith(b"%PDF-")
        (entry,) = [
            e for e in ordering.history(case)
            if e.kind == "document.made" and values.loads(e.details)["kind"] == document.kind
        ]  # fmt: skip
        told = values.loads(entry.details)
        assert told["digest"] == sha256(pdf).hexdigest()
        assert told["data"] == sha256(document.data).hexdigest()
        assert (entry.person_id, entry.capacity, told["size"]) == (None, "document", len(pdf))
    assert ordering.jobs(case, "document") == []
    assert ordering.kinds(case).count("document.ordered") == 3
    assert audit(ordering.db) == []
    assert faults(ordering) == []


def test_what_a_document_shows_is_what_the_case_was_at_that_moment(ordering):
    case = ordering.start()
    item = ordering.until(case, "Langkah_3")
    ordering.step(case, nilai_skp=91, nilai_perilaku=80)
    (document,) = [d for d in kept(ordering, case) if d.kind == "penilaian"]
    was = values.loads(document.data)
    ordering.step(case, **DISAGREED)
    assert values.loads(kept(ordering, case)[1].data) == was
    assert document.work_item_id == item.id
    assert (was["data"]["nilai_skp"], was["data"]["nilai_perilaku"]) == (91, 80)
    assert [step["element"] for step in was["steps"]] == ["Langkah_1", "Langkah_2", "Langkah_3"]
    assert was["steps"][-1]["closed"] == was["at"] == document.at
    _, assessor, *_ = was["people"]  # as the lanes are drawn
    assert (assessor["actor"], assessor["person"]["name"]) == (
        "superior(subject)",
        "Kasi Contoh Satu",
    )
    assert was["subject"]["nip"] == "199001012090032012"
    assert (was["case"]["status"], was["revision"]) == ("running", 1)
    entries = {entry.seq: entry.hash for entry in ordering.history(case)}
    assert entries[was["chain"]["seq"]] == was["chain"]["hash"]


def test_a_new_round_is_a_new_revision_and_the_old_one_is_kept(ordering, audit):
    case = ordering.start()
    ordering.until(case, "Langkah_4")
    ordering.due()
    ordering.step(case, **DISAGREED)
    ordering.step(case)
    first, second = [d for d in kept(ordering, case) if d.kind == "penilaian"]
    assert (first.revision, first.superseded_at) == (1, second.at)
    assert (second.revision, second.superseded_at, second.content_id) == (2, None, None)
    with ordering.db.read() as session:
        assert documents.current(session, case)["penilaian"].id == second.id
        in_order = documents.of_case(session, case)
    assert [(d.kind, d.revision) for d in in_order] == [
        ("formulir_skp", 1),
        ("penilaian", 2),
        ("penilaian", 1),
        ("rekaman", 2),
        ("rekaman", 1),
    ]
    ordering.due()
    assert all(d.content_id for d in kept(ordering, case))
    assert audit(ordering.db) == []


def test_who_stood_in_is_told(ordering, at):
    today = at.instant.date()
    term = Term("plh", today, today + timedelta(days=1), "Dinas luar")
    absent, substitute = ordering.assessor.id, ordering.neighbour.id
    substitutions.appoint(ordering.db, ordering.head, absent, substitute, term)
    case = ordering.start()
    item = ordering.until(case, "Langkah_3")
    with ordering.db.read() as session:
        acting = people.actor(session, ordering.neighbour.id)
    instances.complete(ordering.db, acting, item.id, {"nilai_skp": 1}, token="plh")
    last = values.loads(kept(ordering, case)[-1].data)["steps"][-1]
    assert last["person"]["name"] == "Kasubbag Contoh"
    assert (last["behalf"]["person"]["name"], last["behalf"]["as"]) == ("Kasi Contoh Satu", "plh")


def test_a_record_sheet_is_made_for_whom_the_case_concerns(ordering, audit):
    case = ordering.start()
    documents.request(ordering.db, ordering.employee, case)
    documents.request(ordering.db, ordering.superior, case)  # while the first is being made
    assert [(d.kind, d.work_item_id) for d in kept(ordering, case)] == [("rekaman", None)]
    ordering.due()
    ordering.cancel(case)
    documents.request(ordering.db, ordering.head, case)
    ordering.due()
    assert [(d.revision, d.content_id is None) for d in kept(ordering, case)] == [
        (1, False),
        (2, False),
    ]
    requested = [e for e in ordering.history(case) if e.kind == "document.requested"]
    assert [(e.person_id, e.capacity) for e in requested] == [
        (ordering.employee.id, "request"),
        (ordering.head.id, "request"),
    ]
    assert values.loads(kept(ordering, case)[1].data)["case"]["status"] == "cancelled"
    assert audit(ordering.db) == []
    assert faults(ordering) == []


@pytest.mark.parametrize(("who", "error"), [("auditor", NotAllowed), ("outsider", NotFound)])
def test_nobody_else_has_one_made(office, who, error):
    case = office.start()
    before = office.rows()
    with pytest.raises(error):
        documents.request(office.db, getattr(office, who), case)
    assert office.rows() == before


def test_a_record_sheet_says_which_seal_covers_the_case(office, tmp_path):
    case = office.start()
    documents.request(office.db, office.employee, case)
    assert values.loads(kept(office, case)[0].data)["seal"] is None
    office.due()
    seals.seal(office.db, Settings(tmp_path, office.db.url))
    sealed = len(office.history(case))
    documents.request(office.db, office.employee, case)
    seal = values.loads(kept(office, case)[1].data)["seal"]
    assert (seal["number"], seal["seq"]) == (1, sealed)


def test_another_act_between_setting_and_keeping_is_no_harm(ordering, before_writing, audit):
    case = ordering.start()
    ordering.step(case)
    job = ordering.jobs(case, "document")[0]

    def meanwhile() -> None:
        ordering.step(case)

    before_writing(ordering.db, meanwhile)
    documents.make(ordering.db, job, {"formulir_skp": lambda _: b"%PDF-satu"})
    assert contents.whole(ordering.db, kept(ordering, case)[0].content_id) == b"%PDF-satu"
    assert audit(ordering.db) == []


def test_a_job_that_is_handed_out_twice_makes_one_document(ordering, audit):
    case = ordering.start()
    ordering.step(case)
    job = ordering.jobs(case, "document")[0]
    documents.make(ordering.db, job, {"formulir_skp": lambda _: b"%PDF-satu"})
    with pytest.raises(JobGone):
        documents.make(ordering.db, job, {"formulir_skp": lambda _: b"%PDF-dua"})
    assert ordering.kinds(case).count("document.made") == 1
    assert contents.whole(ordering.db, kept(ordering, case)[0].content_id) == b"%PDF-satu"
    with ordering.db.read() as session:
        assert len(session.scalars(select(Content)).all()) == 1
    assert audit(ordering.db) == []


def test_a_document_that_cannot_be_set_is_tried_again_and_then_put_before_a_person(ordering):
    case = ordering.start()
    ordering.step(case)

    def broken(_: object) -> bytes:
        raise ValueError("91,5")

    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with ordering.db.write() as session:
            job = session.scalars(select(Job).where(Job.kind == "document")).one()
            job.attempts = attempt
        with pytest.raises(ValueError, match="91"):
            documents.make(ordering.db, job, {"formulir_skp": broken})
        jobs.failed(ordering.db, job, ValueError("91,5"))
    with ordering.db.read() as session:
        incident = session.scalars(select(Incident)).one()
        stand = documents.states(session, case, documents.of_case(session, case))
    assert "91" not in incident.reason  # a value of the case
    assert set(stand.values()) == {"failed"}
    incidents.retry(ordering.db, ordering.head, incident.id)
    ordering.due()
    assert kept(ordering, case)[0].content_id is not None


def test_a_kind_that_this_server_cannot_make_is_an_incident_at_once(ordering):
    case = ordering.start()
    ordering.step(case)
    job = ordering.jobs(case, "document")[0]
    ordering._do(job, lambda db, job: documents.make(db, job, {}))
    with ordering.db.read() as session:
        assert 'Dokumen "formulir_skp"' in session.scalars(select(Incident.reason)).one()


def test_after_a_record_sheet_was_given_up_another_is_made(office, audit):
    case = office.start()
    documents.request(office.db, office.employee, case)
    (job,) = office.jobs(case, "document")
    jobs.failed(office.db, job, NoHandler("x"))
    with office.db.read() as session:
        failed = session.scalars(select(Incident.id)).one()
    incidents.resolve(office.db, office.head, failed, "Diminta lagi saja")
    with office.db.read() as session:
        stand = documents.states(session, case, documents.of_case(session, case))
    assert set(stand.values()) == {"dropped"}
    documents.request(office.db, office.employee, case)
    office.due()
    assert [document.content_id is None for document in kept(office, case)] == [True, False]
    assert audit(office.db) == []
    assert faults(office) == []


def test_the_document_of_a_suspended_case_is_made_all_the_same(ordering, audit):
    case = ordering.start()
    ordering.step(case)
    supervision.suspend(ordering.db, ordering.head, case, "Menunggu")
    ordering.due()
    assert kept(ordering, case)[0].content_id is not None
    assert audit(ordering.db) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE document SET data = :other", "dokumennya hilang"),
        ("UPDATE document SET revision = 7", "dokumennya hilang"),
        ("DELETE FROM document", "dokumennya hilang"),
        ("UPDATE document SET content_id = NULL", "dokumennya hilang"),
        ("UPDATE content_part SET data = :other", "isinya bukan yang disimpan"),
        ("DELETE FROM content_part", "isinya bukan yang disimpan"),
    ],
)
def test_a_changed_document_is_found_by_verification(made, statement, said):
    assert faults(made) == []
    with made.db.write() as session:
        given = {"other": b"%PDF-palsu"} if ":other" in statement else {}
        session.execute(text(statement), given)
    found = faults(made)
    assert any(said in fault for fault in found), found


def test_a_document_put_in_the_place_of_another_is_found(ordering):
    case = ordering.start()
    ordering.step(case)
    ordering.due()
    with ordering.db.write() as session:
        other = contents.keep(session, b"%PDF-palsu")
        session.get_one(Document, kept(ordering, case)[0].id).content_id = other
    (fault,) = faults(ordering)
    assert "dokumennya hilang atau bukan yang dibuat waktu itu" in fault


def test_a_document_that_no_entry_tells_of_is_found(office):
    case = office.start()
    with office.db.write() as session:
        content_id = contents.keep(session, b"%PDF-palsu")
        session.add(
            Document(
                instance_id=case, kind="penilaian", revision=1, at=clock.now(), data=b"{}",
                content_id=content_id,
            )
        )  # fmt: skip
    (fault,) = faults(office)
    assert "ada dokumen yang pembuatannya tidak tercatat" in fault


def test_a_step_that_orders_nothing_costs_no_statement_more(office, ordering, statements):
    """That it costs at most eight is asked in `test_complete`; here is what ordering adds."""
    case = ordering.start()
    ordering.step(case)
    statements.clear()
    ordering.step(case)
    assert not [sent for sent, _ in statements.sent if "document" in sent]
    assert statements.commits == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_in_the_midst_leaves_one_document(ordering, moment, audit, tmp_path):
    """It dies while setting, or with the write begun and not committed."""
    case = ordering.start()
    ordering.step(case)
    done = subprocess.run(
        [sys.executable, __file__, ordering.db.url, moment], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert kept(ordering, case)[0].content_id is None
    assert "document.made" not in ordering.kinds(case)
    with ordering.db.write() as session:  # its lease ends
        session.scalars(select(Job).where(Job.kind == "document")).one().ready = clock.now()
    ordering.due()
    assert kept(ordering, case)[0].content_id is not None
    assert ordering.kinds(case).count("document.made") == 1
    assert audit(ordering.db) == []
    assert faults(ordering) == []


def test_slow_setting_holds_no_timer():
    (lane,) = [lane for lane in worker.LANES if documents.KIND in lane.kinds]
    assert lane.kinds == {documents.KIND}


def _die(*_: object) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__main__":
    database = Database(sys.argv[1])
    if sys.argv[2] == "before":
        makers = {"formulir_skp": _die}
    else:
        makers = {"formulir_skp": lambda _: b"%PDF-"}
        documents.contents.keep = _die
    (leased,) = jobs.lease(database, {documents.KIND}, timedelta(minutes=5), 1)
    documents.make(database, leases.begin(database, leased), makers)
