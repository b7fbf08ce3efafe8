"""Keeping drafts: as typed, under a revision, from several devices, and gone with the step."""

import itertools

import pytest

from engine import drafts, instances, supervision
from engine.drafts import Sheet
from engine.errors import DraftConflict, InvalidInput, NoLongerOpen, NotAllowed
from engine.models import WorkItem

TYPED = [("nilai_skp", "9o,5"), ("catatan_penilai", " Baik\r\nsekali "), ("nilai_skp", "")]
_numbers = itertools.count(1)


@pytest.fixture
def case(office) -> int:
    """A case at the assessor's step."""
    case = office.start()
    office.until(case, "Langkah_3")
    return case


def sheet(page: str = "meja", number: int | None = None) -> Sheet:
    return Sheet(page, "Firefox di Linux", number or next(_numbers))


def save(office, case, fields=TYPED, revision=0, on=None, by=None):
    item = office.item(case)
    return drafts.save(office.db, by or office.assessor, item.id, fields, revision, on or sheet())


def test_a_draft_is_kept_as_it_was_typed(office, case):
    save(office, case)
    kept = drafts.of(office.item(case))
    assert kept.fields == TYPED
    assert (kept.person_id, kept.sheet.browser) == (office.assessor.id, "Firefox di Linux")
    assert kept.revision == 1


def test_the_first_save_takes_the_task_up_and_says_so_once(office, case):
    first = save(office, case)
    save(office, case, [("nilai_skp", "90")], first.revision)
    assert office.item(case).taken_up_at is not None
    assert office.kinds(case).count("task.taken-up") == 1


def test_another_device_does_not_write_over_what_it_has_not_seen(office, case):
    save(office, case, on=sheet("meja"))
    with pytest.raises(DraftConflict):
        save(office, case, [("nilai_skp", "1")], 0, sheet("telepon"))
    assert drafts.of(office.item(case)).fields == TYPED


def test_another_device_that_has_seen_it_goes_on(office, case):
    first = save(office, case, on=sheet("meja"))
    second = save(office, case, [("nilai_skp", "1")], first.revision, sheet("telepon"))
    assert second.revision == 2
    with pytest.raises(DraftConflict):
        save(office, case, [("nilai_skp", "2")], first.revision, sheet("meja"))


def test_a_page_whose_answer_was_lost_goes_on(office, case):
    save(office, case, [("nilai_skp", "1")], 0, sheet("meja", 1))
    save(office, case, [("nilai_skp", "2")], 0, sheet("meja", 2))
    assert drafts.of(office.item(case)).fields == [("nilai_skp", "2")]


def test_what_a_page_sent_earlier_and_comes_later_is_not_kept(office, case):
    save(office, case, [("nilai_skp", "2")], 0, sheet("meja", 2))
    save(office, case, [("nilai_skp", "1")], 0, sheet("meja", 1))
    assert drafts.of(office.item(case)).fields == [("nilai_skp", "2")]


def test_a_draft_goes_with_the_completion_and_is_no_part_of_the_record(office, case):
    save(office, case)
    item = office.item(case)
    office.step(case)
    (done,) = (one for one in office.work(case) if one.id == item.id)
    assert done.draft is None
    with pytest.raises(NoLongerOpen):
        drafts.save(office.db, office.assessor, item.id, TYPED, 1, sheet())


def test_a_draft_that_was_thrown_away_is_gone(office, case):
    kept = save(office, case)
    drafts.discard(office.db, office.assessor, office.item(case).id, kept.revision)
    assert drafts.of(office.item(case)).content is None


def test_what_another_device_has_saved_since_is_not_thrown_away(office, case):
    kept = save(office, case, on=sheet("meja"))
    save(office, case, [("nilai_skp", "1")], kept.revision, sheet("telepon"))
    with pytest.raises(DraftConflict):
        drafts.discard(office.db, office.assessor, office.item(case).id, kept.revision)
    assert drafts.of(office.item(case)).fields == [("nilai_skp", "1")]


def test_a_group_s_task_is_drafted_by_who_has_claimed_it_only(office):
    case = office.start()
    item = office.item(case)
    with pytest.raises(NotAllowed):
        drafts.save(office.db, office.staff, item.id, TYPED, 0, sheet())
    instances.claim(office.db, office.staff, item.id)
    drafts.save(office.db, office.staff, item.id, TYPED, 0, sheet())


def test_others_do_not_draft_a_task(office, case):
    with pytest.raises(NotAllowed):
        save(office, case, by=office.employee)


def test_a_draft_is_kept_while_the_case_is_suspended(office, case):
    supervision.suspend(office.db, office.head, case, "Menunggu SK")
    save(office, case)
    assert drafts.of(office.item(case)).fields == TYPED
    assert office.item(case).taken_up_at is None


@pytest.mark.parametrize(
    "fields",
    [[("nilai_skp", "x" * drafts.MAX_BYTES)], [("a", "")] * (drafts.MAX_FIELDS + 1)],
    ids=["long", "many"],
)
def test_a_draft_is_bounded(office, case, fields):
    with pytest.raises(InvalidInput):
        save(office, case, fields)


def test_text_that_looks_like_a_stored_tag_stays_text(office, case):
    typed = [("$date", "2026-01-01"), ("catatan", '{"$decimal": "1"}')]
    save(office, case, typed)
    assert drafts.of(office.item(case)).fields == typed


def test_a_save_that_meets_another_of_the_same_page_is_done_again(
    office, case, rival, before_writing
):
    save(office, case, [("nilai_skp", "1")], 0, sheet("meja", 1))
    item = office.item(case)

    def between() -> None:
        drafts.save(rival, office.assessor, item.id, [("nilai_skp", "2")], 1, sheet("meja", 2))

    before_writing(office.db, between)
    save(office, case, [("nilai_skp", "3")], 1, sheet("meja", 3))
    assert drafts.of(office.item(case)).fields == [("nilai_skp", "3")]


def test_a_save_costs_two_statements_and_one_commit(office, case, statements):
    first, item = save(office, case), office.item(case)
    statements.clear()
    drafts.save(office.db, office.assessor, item.id, TYPED, first.revision, sheet())
    assert len(statements.sent) == 2, statements.sent
    assert statements.commits == 1


def test_a_step_that_failed_leaves_its_values_as_a_draft_of_a_new_revision(office, case):
    kept = save(office, case)
    with office.db.write() as session:
        item = session.get(WorkItem, office.item(case).id)
        item.draft, item.draft_revision = b'{"nilai_skp":1}', kept.revision + 1
    now = drafts.of(office.item(case))
    assert (now.given, now.fields) == ({"nilai_skp": 1}, None)
