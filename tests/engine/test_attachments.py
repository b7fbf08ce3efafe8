"""Files of cases and comments on them: who brings them, what the record says, and what goes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from engine import (
    attachments,
    comments,
    contents,
    retention,
    verification,
)
from engine.attachments import File
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Attachment, Comment, Content, ContentPart

NOTE = File("catatan.txt", "text/plain", b"Catatan")
LARGE = File("besar.txt", "text/plain", b"0123456789" * 80_000)  # of four pieces


@pytest.fixture
def case(office) -> int:
    """A case at the assessor's step."""
    case = office.start()
    office.until(case, "Langkah_3")
    return case


def verdict(office):
    return verification.verify(office.db, None, None, lambda _table, _rows: None)


def attached(office, case):
    with office.db.read() as session:
        return list(attachments.attached(session, case))


def numbers(office) -> tuple[int, int]:
    """How many files are kept, and in how many pieces."""
    with office.db.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(t)) for t in (Content, ContentPart)
        )


def answer(office, case, file=NOTE, field="bukti"):
    return attachments.answer(office.db, office.assessor, office.item(case).id, field, file)


def test_a_comment_stands_in_the_chain_by_its_digest(office, case):
    comments.add(office.db, office.employee, case, "  Mohon dicek.\r\nTerima kasih. \n")
    with office.db.read() as session:
        (said,) = comments.of_case(session, case)
    assert said.text == "Mohon dicek.\nTerima kasih."
    assert office.history(case)[-1].kind == "comment.added"
    assert verdict(office).faults == []


@pytest.mark.parametrize("said", ["", " \n ", "x" * 2001], ids=["none", "blank", "novel"])
def test_a_comment_has_bounds(office, case, said):
    with pytest.raises(InvalidInput):
        comments.add(office.db, office.employee, case, said)


def test_who_only_looks_adds_nothing_and_strangers_find_no_case(office, case):
    with pytest.raises(NotAllowed):
        comments.add(office.db, office.auditor, case, "x")
    with pytest.raises(NotFound):
        comments.add(office.db, office.outsider, case, "x")


def test_nothing_is_added_to_a_case_that_has_ended(office, case):
    office.finish(case)
    with pytest.raises(NoLongerOpen):
        comments.add(office.db, office.employee, case, "x")
    with pytest.raises(NoLongerOpen):
        attachments.attach(office.db, office.employee, case, NOTE)


def test_a_file_comes_back_byte_by_byte(office, case):
    attachments.attach(office.db, office.employee, case, LARGE)
    (kept,) = attached(office, case)
    assert b"".join(contents.pieces(office.db, kept.content_id)) == LARGE.data
    assert office.history(case)[-1].payload == LARGE.digest


def test_a_file_that_was_taken_off_stays_on_record_and_its_bytes_go(office, case):
    attachments.attach(office.db, office.employee, case, LARGE)
    (kept,) = attached(office, case)
    attachments.remove(office.db, office.employee, case, kept.id, "Salah berkas")
    (gone,) = attached(office, case)
    assert gone.removed_at is not None
    assert numbers(office) == (1, 0)
    assert office.kinds(case)[-2:] == ["attachment.added", "attachment.removed"]
    assert verdict(office).faults == []
    with office.db.read() as session, pytest.raises(NotFound):
        attachments.of_case(session, case, kept.id)


def test_another_s_file_is_not_taken_off(office, case):
    attachments.attach(office.db, office.employee, case, NOTE)
    (kept,) = attached(office, case)
    with pytest.raises(NotAllowed):
        attachments.remove(office.db, office.assessor, case, kept.id, "Salah berkas")


def test_the_same_bytes_are_kept_once_and_as_long_as_anybody_has_them(office, case):
    attachments.attach(office.db, office.employee, case, LARGE)
    other = office.start()
    attachments.attach(office.db, office.employee, other, LARGE)
    assert numbers(office) == (1, 4)
    (kept,) = attached(office, case)
    attachments.remove(office.db, office.employee, case, kept.id, "Salah berkas")
    (left,) = attached(office, other)
    assert contents.whole(office.db, left.content_id) == LARGE.data


def test_the_file_of_a_field_takes_the_place_of_the_one_before(office, case):
    answer(office, case, LARGE)
    value = answer(office, case)
    with office.db.read() as session:
        assert attachments.answers(session, case) == {value["file"]: value}
    assert value["digest"] == NOTE.digest
    assert numbers(office) == (1, 1)


def test_the_file_of_a_field_is_brought_by_who_has_the_task(office, case):
    item = office.item(case)
    with pytest.raises(NotAllowed):
        attachments.answer(office.db, office.employee, item.id, "bukti", NOTE)
    office.step(case)
    with pytest.raises(NoLongerOpen):
        attachments.answer(office.db, office.assessor, item.id, "bukti", NOTE)


def test_what_was_submitted_names_the_file_and_a_changed_one_is_found(office, case):
    value = answer(office, case)
    office.step(case, nilai_skp=90, bukti=value)
    assert verdict(office).faults == []
    with office.db.write() as session:
        other = contents.keep(session, b"Yang lain")
        session.execute(update(Attachment).values(content_id=other))
    (said,) = verdict(office).faults
    assert "berkas yang diserahkan" in str(said)


def test_a_file_that_was_replaced_meanwhile_is_not_submitted(office, case):
    value = answer(office, case)
    answer(office, case, LARGE)
    with pytest.raises(NoLongerOpen):
        office.step(case, nilai_skp=90, bukti=value)
    assert office.item(case).element == "Langkah_3"


def test_a_file_of_another_case_is_not_submitted(office, case):
    other = office.start()
    office.until(other, "Langkah_3")
    value = answer(office, other)
    with pytest.raises(NoLongerOpen):
        office.step(case, nilai_skp=90, bukti=value)


def test_a_file_that_is_replaced_while_its_step_is_written_loses_nothing(
    office, case, rival, before_writing
):
    value, item = answer(office, case), office.item(case)
    before_writing(
        office.db, lambda: attachments.answer(rival, office.assessor, item.id, "bukti", LARGE)
    )
    with pytest.raises(NoLongerOpen):
        office.step(case, nilai_skp=90, bukti=value)
    assert office.item(case).id == item.id


TAMPERED = {
    "comment": ("UPDATE comment SET text = 'Setuju'", "komentarnya"),
    "lost comment": ("DELETE FROM comment", "komentarnya"),
    "another's comment": ("UPDATE comment SET person_id = 1", "komentarnya"),
    "invented comment": (
        "INSERT INTO comment (instance_id, person_id, at, text)"
        " SELECT instance_id, person_id, at, 'x' FROM comment",
        "komentar yang tidak tercatat",
    ),
    "lost file": ("DELETE FROM attachment", "lampirannya"),
    "bytes": ("UPDATE content_part SET data = data || data WHERE number = 1", "isinya bukan"),
    "lost piece": ("DELETE FROM content_part WHERE number = 2", "isinya bukan"),
    "pretended removal": ("UPDATE attachment SET removed_at = at", "lampirannya"),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_what_was_tampered_with_is_found(office, case, way):
    statement, said = TAMPERED[way]
    comments.add(office.db, office.employee, case, "Tidak setuju")
    attachments.attach(office.db, office.employee, case, LARGE)
    assert verdict(office).faults == []
    with office.db.write() as session:
        session.execute(text(statement))
    faults = verdict(office).faults
    assert len(faults) == 1
    assert said in str(faults[0])


def test_with_a_case_go_its_files_and_what_others_have_stays(office, case, later):
    comments.add(office.db, office.employee, case, "x")
    office.step(case, nilai_skp=90, bukti=answer(office, case, LARGE))
    attachments.attach(office.db, office.employee, case, NOTE)
    other = office.start()
    attachments.attach(office.db, office.employee, other, NOTE)
    office.finish(case)
    office.due()
    later(timedelta(days=60))
    with office.db.write() as session:
        retention.set_limit(session, office.administrator, "skp_collection", 30, 1)
    with office.db.write() as session:
        assert retention.delete_case(session, "skp_collection", 30, case)
    assert numbers(office) == (1, 1)
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 0
        assert {one.instance_id for one in session.scalars(select(Attachment))} == {other}


def test_two_at_once_bring_the_same_file(office, case, at_once):
    other = office.start()
    results = at_once(
        lambda db: attachments.attach(db, office.employee, case, LARGE),
        lambda db: attachments.attach(db, office.employee, other, LARGE),
    )
    assert results == [None, None]
    assert numbers(office) == (1, 4)
