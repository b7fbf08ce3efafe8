"""Places for signatures: whose turn it is, one signature a place, and what stands in the chain."""

import hashlib
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select, text, update

from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.reading import read
from engine import (
    clock,
    contents,
    people,
    reassignment,
    signature_places,
    signatures,
    supervision,
    values,
    verification,
)
from engine.errors import AlurError, NoLongerOpen, NotAllowed, NotFound
from engine.models import Document, Signature, Substitution
from engine.people import Actor
from engine.signatures import Signed

PLACES = ("Lane_PejabatPenilai", "Lane_Pegawai", "Lane_AtasanPejabatPenilai")
UNSIGNED = b"%PDF- belum"


@dataclass
class Papers:
    """The documents of one case of the office."""

    office: object
    case: int

    def order(self, revision: int = 1, *, made: bool = True) -> int:
        """A document as its step orders it, with the places of the three signers."""
        here = self.office
        step = next(i for i in here.work(self.case) if i.element == "Langkah_3")
        with here.db.write() as session:
            older = update(Document).where(Document.instance_id == self.case)
            session.execute(older.values(superseded_at=clock.now()))
            document = Document(
                instance_id=self.case, work_item_id=step.id, kind="uji", revision=revision,
                at=clock.now(), data=b"{}",
                content_id=contents.keep(session, UNSIGNED) if made else None,
            )  # fmt: skip
            session.add(document)
            session.flush()
            signers = zip(PLACES, (here.assessor, here.employee, here.superior), strict=True)
            signatures.prepare(session, document, [(place, who.id) for place, who in signers])
            return document.id

    def sheet(self, document: int, who: Actor) -> signature_places.Sheet:
        with self.office.db.read() as session:
            return signature_places.sheet(self.office.db, session, who, document)

    def sign(self, document: int, who: Actor, number: int, data: bytes, db=None) -> None:
        over = self.sheet(document, self.office.assessor).content_id
        made = Signed(data, "test", who.name)
        signatures.record(db or self.office.db, who, document, number, over, made)

    def hindrance(self, document: int, who: Actor) -> str:
        with self.office.db.read() as session:
            on = signature_places.sheet(self.office.db, session, who, document)
            said = signature_places.hindrance(self.office.db, session, who, on)
        return str(said) if said else ""

    def awaiting(self, who: Actor) -> list[int]:
        with self.office.db.read() as session:
            actor = people.actor(session, who.id)
            found = signature_places.awaiting(self.office.db, session, actor)
        return [on.document.id for on in found]


@pytest.fixture
def papers(office) -> Papers:
    case = office.start()
    office.until(case, "Langkah_4")
    return Papers(office, case)


def test_a_document_is_signed_in_order_and_each_signature_stands_in_the_chain(papers, audit):
    office, document = papers.office, papers.order()
    people_ = [office.assessor, office.employee, office.superior]
    for number, who in enumerate(people_, start=1):
        assert papers.awaiting(who) == [document]
        papers.sign(document, who, number, b"%PDF- " + b"s" * number)
        assert papers.awaiting(who) == []
    on = papers.sheet(document, office.assessor)
    assert [place.signer.id for place in on.places] == [who.id for who in people_]
    assert contents.whole(office.db, on.content_id) == b"%PDF- sss"
    told = [e for e in office.history(papers.case) if e.kind == "document.signed"]
    assert [entry.capacity for entry in told] == list(PLACES)
    assert audit(office.db) == []


def test_the_entry_names_what_was_signed_and_what_came_of_it(papers):
    document = papers.order()
    papers.sign(document, papers.office.assessor, 1, b"%PDF- satu")
    (entry,) = [e for e in papers.office.history(papers.case) if e.kind == "document.signed"]
    details = values.loads(entry.details)
    assert details["over"] == hashlib.sha256(UNSIGNED).hexdigest()
    assert details["digest"] == hashlib.sha256(b"%PDF- satu").hexdigest()
    assert (details["kind"], details["revision"], details["number"]) == ("uji", 1, 1)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (None, None),
        ("UPDATE signature SET mode = NULL WHERE number = 1", "hilang atau bukan"),
        ("UPDATE signature SET mode = 'wet' WHERE number = 1", "hilang atau bukan"),
        ("UPDATE signature SET signed_by = person_id + 1 WHERE number = 1", "hilang atau bukan"),
        ("UPDATE signature SET signed_at = '2020-01-01' WHERE number = 1", "hilang atau bukan"),
        ("UPDATE signature SET content_id = NULL WHERE number = 1", "hilang atau bukan"),
        ("DELETE FROM signature WHERE number = 1", "hilang atau bukan"),
        ("UPDATE signature SET mode = 'wet' WHERE number = 2", "tidak tercatat"),
    ],
)
def test_a_changed_signature_is_found_by_verification(papers, statement, said):
    papers.sign(papers.order(), papers.office.assessor, 1, b"%PDF- satu")
    with papers.office.db.write() as session:
        # These papers were put there without an entry, which is another fault.
        session.execute(text("UPDATE document SET content_id = NULL"))
        session.execute(text(statement or "SELECT 1"))
    verdict = verification.verify(papers.office.db, None, None, lambda *_: None)
    assert len(verdict.faults) == (0 if said is None else 1)
    assert all(said in str(one) for one in verdict.faults)


def test_who_comes_too_early_waits_for_the_one_before(papers):
    document = papers.order()
    said = papers.hindrance(document, papers.office.employee)
    assert said == f"Menunggu tanda tangan {papers.office.assessor.name} (Pejabat Penilai)."
    with pytest.raises(NoLongerOpen):
        papers.sign(document, papers.office.employee, 2, b"%PDF- dua")


def test_nobody_signs_twice(papers):
    document = papers.order()
    papers.sign(document, papers.office.assessor, 1, b"%PDF- satu")
    assert papers.hindrance(document, papers.office.assessor) == (
        "Dokumen ini sudah Anda tanda tangani."
    )
    with pytest.raises(NoLongerOpen):
        papers.sign(document, papers.office.assessor, 1, b"%PDF- lagi")


def test_two_browsers_of_one_signer_sign_once(papers, at_once, audit):
    document = papers.order()
    assessor = papers.office.assessor

    def sign(data: bytes):
        return lambda db: papers.sign(document, assessor, 1, data, db)

    outcomes = at_once(sign(b"%PDF- a"), sign(b"%PDF- b"))
    assert sum(isinstance(one, AlurError) for one in outcomes) == 1
    assert papers.office.kinds(papers.case).count("document.signed") == 1
    with papers.office.db.read() as session:
        kept = session.scalars(select(Signature).where(Signature.mode.is_not(None))).all()
    assert len(kept) == 1 and audit(papers.office.db) == []


def test_a_document_that_was_replaced_meanwhile_is_not_signed(papers, before_writing):
    """Somebody orders the next revision between the reading and the writing."""
    document, office = papers.order(), papers.office
    before = office.kinds(papers.case)

    def replace() -> None:
        with papers.office.db.write() as session:
            mine = update(Document).where(Document.id == document)
            session.execute(mine.values(superseded_at=clock.now()))
        supervision.suspend(office.db, office.head, papers.case, "Jeda")
        supervision.resume(office.db, office.head, papers.case, "Lanjut")

    over = papers.sheet(document, office.assessor).content_id
    before_writing(office.db, replace)
    with pytest.raises(NoLongerOpen, match="diganti"):
        signatures.record(office.db, office.assessor, document, 1, over, Signed(b"x", "test"))
    assert office.kinds(papers.case)[len(before) :] == ["instance.suspended", "instance.resumed"]


def test_a_superseded_revision_keeps_its_signatures(papers):
    first = papers.order()
    papers.sign(first, papers.office.assessor, 1, b"%PDF- satu")
    second = papers.order(2)
    assert papers.awaiting(papers.office.assessor) == [second]
    assert [p.is_filled for p in papers.sheet(first, papers.office.assessor).places] == [
        True, False, False,
    ]  # fmt: skip
    assert "revisi yang baru" in papers.hindrance(first, papers.office.employee)


def test_while_the_step_that_made_it_is_open_again_nobody_signs(papers):
    document = papers.order()
    papers.sign(document, papers.office.assessor, 1, b"%PDF- satu")
    papers.office.step(papers.case, keputusan="tidak_setuju", alasan="Angkanya keliru")
    assert "sedang diperbaiki" in papers.hindrance(document, papers.office.employee)
    assert papers.awaiting(papers.office.employee) == []


@pytest.mark.parametrize("who", ["outsider", "neighbour", "staff", "administrator", "auditor"])
def test_who_has_no_place_on_a_document_signs_nothing(papers, who):
    document = papers.order()
    with pytest.raises((NotAllowed, NotFound)):
        papers.sign(document, getattr(papers.office, who), 1, b"%PDF- x")


def _stand_in(papers: Papers, absent: Actor, substitute: Actor, capacity: str = "plh") -> Actor:
    with papers.office.db.write() as session:
        session.add(
            Substitution(
                absent_id=absent.id, substitute_id=substitute.id, capacity=capacity,
                first_day=date(2000, 1, 1), last_day=date(2100, 1, 1), reason="Dinas luar",
                at=clock.now(), person_id=papers.office.administrator.id,
            )
        )  # fmt: skip
    with papers.office.db.read() as session:
        return people.actor(session, substitute.id)


def test_a_substitute_signs_in_their_own_name_and_in_whose_place(papers, audit):
    document, office = papers.order(), papers.office
    deputy = _stand_in(papers, office.assessor, office.outsider)
    assert papers.awaiting(deputy) == [document]
    papers.sign(document, deputy, 1, b"%PDF- plh")
    (place, *_) = papers.sheet(document, office.assessor).places
    assert (place.signer.id, place.row.person_id) == (deputy.id, office.assessor.id)
    (entry,) = [e for e in office.history(papers.case) if e.kind == "document.signed"]
    assert values.loads(entry.details)["behalf"] == {"person": office.assessor.id, "as": "plh"}
    assert audit(office.db) == []


def test_nobody_signs_for_the_employee_the_case_is_about(papers):
    document, office = papers.order(), papers.office
    papers.sign(document, office.assessor, 1, b"%PDF- satu")
    deputy = _stand_in(papers, office.employee, office.outsider, "leave")
    assert papers.awaiting(deputy) == []
    with pytest.raises((NotAllowed, NotFound)):
        papers.sign(document, deputy, 2, b"%PDF- dua")


def test_a_substitute_kept_apart_by_the_diagram_signs_nothing(papers):
    """The employee may not sign as the assessor's superior."""
    document, office = papers.order(), papers.office
    papers.sign(document, office.assessor, 1, b"%PDF- satu")
    papers.sign(document, office.employee, 2, b"%PDF- dua")
    deputy = _stand_in(papers, office.superior, office.employee)
    with pytest.raises(NotAllowed):
        papers.sign(document, deputy, 3, b"%PDF- tiga")


def test_who_is_given_a_place_of_the_case_is_given_its_signature(papers):
    document, office = papers.order(), papers.office
    reassignment.reassign(
        office.db, office.head, papers.case, PLACES[2], office.regional_secretary.id, "Pindah"
    )
    on = papers.sheet(document, office.assessor)
    assert on.places[2].row.person_id == office.regional_secretary.id


def test_a_document_is_not_signed_before_it_is_made(papers):
    document = papers.order(made=False)
    assert papers.hindrance(document, papers.office.assessor) == "Dokumen ini sedang dibuat."
    assert papers.awaiting(papers.office.assessor) == []


def test_a_cancelled_or_suspended_case_s_document_is_not_signed(papers):
    document, office = papers.order(), papers.office
    supervision.suspend(office.db, office.head, papers.case, "Jeda")
    assert "ditangguhkan" in papers.hindrance(document, office.assessor)
    supervision.resume(office.db, office.head, papers.case, "Lanjut")
    office.cancel(papers.case)
    assert "dibatalkan" in papers.hindrance(document, office.assessor)


def test_a_finished_case_is_still_signed_and_its_record_stays_whole(papers, audit):
    document, office = papers.order(), papers.office
    office.finish(papers.case)
    for number, who in enumerate([office.assessor, office.employee, office.superior], start=1):
        papers.sign(document, who, number, b"%PDF- " + b"s" * number)
    assert audit(office.db) == []


def test_the_employee_signs_once_their_step_is_done_where_the_diagram_says_which(
    papers, monkeypatch
):
    steps = [("Langkah_3", PLACES[0]), ("Langkah_4", PLACES[1]), ("Langkah_6", PLACES[2])]
    monkeypatch.setattr(signature_places, "signing_steps", lambda *_: steps)
    document, office = papers.order(), papers.office
    papers.sign(document, office.assessor, 1, b"%PDF- satu")
    assert "Selesaikan langkah Anda dahulu" in papers.hindrance(document, office.employee)
    office.step(papers.case)
    assert papers.awaiting(office.employee) == [document]


def test_who_signs_is_read_from_the_diagram(draw):
    source = draw(
        """
        lane Staf subject: s a b e
        startEvent s
        userTask a
            property alur:signs=penilaian, formulir_skp
        userTask b
            property alur:signs=rekaman
        endEvent e
        s -> a -> b -> e
        """
    )
    diagram: Diagram = next(iter(diagrams(read(source))))
    assert signature_places.signing_steps(diagram, "penilaian") == [("a", "Staf")]
    assert signature_places.signing_steps(diagram, "lembar_kendali") == []


def test_a_file_is_known_only_when_a_document_has_it(papers):
    document = papers.order()
    papers.sign(document, papers.office.assessor, 1, b"%PDF- satu")
    with papers.office.db.write() as session:
        contents.keep(session, b"lampiran")
    with papers.office.db.read() as session:
        known = [
            signatures.is_kept(session, hashlib.sha256(data).hexdigest())
            for data in (UNSIGNED, b"%PDF- satu", b"lampiran", b"lain")
        ]
    assert known == [True, True, False, False]
