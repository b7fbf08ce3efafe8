"""A supervisor puts right what was submitted, and the old value is kept."""

import pytest
from sqlalchemy import delete, select, text

from engine import corrections, history, instances, retention, supervision, values, verification
from engine.errors import InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Correction, Job, Submission
from engine.spiff.execution import Execution

REASON = "Salah ketik"
WAYS = """
    lane Staf group:umum-aparatur: s a b c d j k e
    startEvent s
    userTask a
        field warna type=string
        field jumlah type=long
    parallelGateway b
    userTask c
        field warna type=string
    userTask d
    parallelGateway j
    userTask k
    endEvent e
    s -> a -> b -> c -> j -> k -> e
    b -> d -> j
"""


@pytest.fixture
def assessed(office, audit):
    """``(case, item)``: a case and the task in which it was assessed; sound at the end."""
    case = office.start()
    item = office.until(case, "Langkah_3")
    office.step(case)
    yield case, item.id
    assert audit(office.db) == []
    assert faults(office) == []


def faults(office) -> list[str]:
    told = verification.verify(office.db, None, None, lambda *_: None).faults
    return [str(one) for one in told]


@pytest.fixture
def correct(office):
    def _correct(case: int, item_id: int, who: str = "superior", reason: str = REASON, **given):
        corrections.correct(office.db, getattr(office, who), case, item_id, given, reason)

    return _correct


def data(office, case: int) -> dict:
    with office.db.read() as session:
        found = corrections.steps.read_case(session, case)
    program = corrections.deployments.program(office.db, found.digest, found.called)
    return Execution.load(program, found.state).data


def test_the_case_goes_on_with_the_new_value_and_the_submission_stays(office, assessed, correct):
    case, item = assessed
    with office.db.read() as session:
        kept = session.scalars(select(Submission.data).where(Submission.work_item_id == item)).one()
    correct(case, item, nilai_skp=81)
    assert data(office, case)["nilai_skp"] == 81
    with office.db.read() as session:
        stays = select(Submission.id).where(Submission.data == kept)
        assert session.scalar(stays.where(Submission.work_item_id == item)) is not None
        assert corrections.answers(session, case)[item]["nilai_skp"] == 81
        (one,) = corrections.of_case(session, case)[item]
    assert (one.by, one.reason) == (office.superior.name, REASON)
    assert (one.old, one.new) == ({"nilai_skp": 90}, {"nilai_skp": 81})


def test_the_record_tells_of_it_by_its_digest(office, assessed, correct):
    case, item = assessed
    correct(case, item, nilai_skp=81)
    entry = next(e for e in office.history(case) if e.kind == "task.corrected")
    assert (entry.element, entry.person_id, entry.capacity) == (
        "Langkah_3", office.superior.id, "supervisor",
    )  # fmt: skip
    assert values.loads(entry.details) == {"item": item, "reason": REASON}
    with office.db.read() as session:
        row = session.scalars(select(Correction)).one()
    assert entry.payload == row.digest == history.digest(row.data)


def test_it_is_corrected_again_from_what_it_was_since(office, assessed, correct):
    case, item = assessed
    correct(case, item, nilai_skp=81)
    correct(case, item, nilai_skp=82, catatan_penilai="Cukup")
    with office.db.read() as session:
        first, second = corrections.of_case(session, case)[item]
    assert (first.new, second.old) == (
        {"nilai_skp": 81}, {"nilai_skp": 81, "catatan_penilai": "Baik"},
    )  # fmt: skip
    assert data(office, case)["nilai_skp"] == 82


def test_a_step_that_was_done_again_since_is_not_corrected_in_its_first_round(
    office, assessed, correct
):
    case, item = assessed
    office.step(case, keputusan="tidak_setuju", alasan="Keliru")
    office.step(case, nilai_skp=90, nilai_perilaku=85, catatan_penilai="Tetap")
    with pytest.raises(InvalidInput, match="memakai nilai lain"):
        correct(case, item, nilai_skp=81)
    assert data(office, case)["nilai_skp"] == 90


def test_side_by_side_both_branches_go_on_with_the_new_value(office, draw, correct, audit):
    office.put_into_force(draw(WAYS))
    case = office.start(key="p")
    item = office.item(case)
    office.complete(item, warna="merah", jumlah=1)
    correct(case, item.id, warna="biru")
    for element in ("d", "c", "k"):
        task = office.open_items(case)[element]
        assert seen(office, case, task.task)["warna"] == "biru"
        office.complete(task, **({"warna": "biru"} if element == "c" else {}))
    assert audit(office.db) == []


def test_a_token_that_waits_at_a_join_brings_the_new_value_along(office, draw, correct, audit):
    office.put_into_force(draw(WAYS))
    case = office.start(key="p")
    item = office.item(case)
    office.complete(item, warna="merah", jumlah=1)
    office.complete(office.open_items(case)["d"])
    correct(case, item.id, jumlah=2)
    office.complete(office.open_items(case)["c"], warna="hijau")
    assert seen(office, case, office.item(case).task) == {"warna": "hijau", "jumlah": 2}
    assert audit(office.db) == []


def test_where_a_branch_has_another_value_it_is_refused(office, draw, correct):
    office.put_into_force(draw(WAYS))
    case = office.start(key="p")
    item = office.item(case)
    office.complete(item, warna="merah", jumlah=1)
    office.complete(office.open_items(case)["c"], warna="hijau")
    before = office.case(case).version
    with pytest.raises(InvalidInput, match="memakai nilai lain: warna"):
        correct(case, item.id, warna="biru")
    assert office.case(case).version == before


def seen(office, case: int, task: str) -> dict:
    with office.db.read() as session:
        found = corrections.steps.read_case(session, case)
    program = corrections.deployments.program(office.db, found.digest, found.called)
    return Execution.load(program, found.state).data_of(task)


def test_documents_that_steps_have_ordered_are_made_anew(office, assessed, correct):
    case, item = assessed
    office.step(case)  # which orders the assessment as a document
    before = [(one.kind, one.revision) for one in papers(office, case)]
    correct(case, item, catatan_penilai="Cukup")
    after = papers(office, case)
    assert [(one.kind, one.revision - 1) for one in after] == before
    assert all(values.loads(one.data)["data"]["catatan_penilai"] == "Cukup" for one in after)


def papers(office, case: int) -> list:
    with office.db.read() as session:
        found = corrections.documents.current(session, case).values()
        for one in found:
            assert one.data
        return sorted(found, key=lambda one: one.kind)


def test_what_changes_nothing_or_is_not_asked_there_is_refused(office, assessed, correct):
    case, item = assessed
    with pytest.raises(InvalidInput, match="Tidak ada isian yang berubah"):
        correct(case, item, nilai_skp=90)
    with pytest.raises(InvalidInput, match="tidak memuat: gaji"):
        correct(case, item, gaji=1)
    with pytest.raises(InvalidInput, match="Alasan"):
        correct(case, item, reason=" ", nilai_skp=81)
    with pytest.raises(NotFound):
        correct(case, office.item(case).id, nilai_skp=81)
    with pytest.raises(NotFound):
        correct(case + 1, item, nilai_skp=81)


@pytest.mark.parametrize("who", ["employee", "assessor", "staff", "neighbour", "administrator"])
def test_others_than_a_supervisor_of_the_employee_do_not(assessed, correct, who):
    with pytest.raises(NotAllowed):
        correct(*assessed, who, nilai_skp=81)


def test_a_suspended_case_is_corrected_and_an_ended_one_not(office, assessed, correct):
    case, item = assessed
    supervision.suspend(office.db, office.superior, case, "Periksa")
    correct(case, item, nilai_skp=81)
    office.cancel(case)
    with pytest.raises(NoLongerOpen, match="sudah berakhir"):
        correct(case, item, nilai_skp=82)


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("UPDATE correction SET data = (SELECT data FROM submission LIMIT 1)", "koreksinya hilang"),
        ("UPDATE correction SET person_id = 1", "koreksinya hilang"),
        ("UPDATE correction SET work_item_id = (SELECT MIN(id) FROM work_item)", "koreksinya"),
        ("DELETE FROM correction", "koreksinya hilang"),
        (
            "INSERT INTO correction (instance_id, work_item_id, person_id, at, data, digest)"
            " SELECT instance_id, work_item_id, person_id, at, data, digest FROM correction",
            "ada koreksi yang tidak tercatat",
        ),
    ],
)
def test_a_correction_that_is_not_as_recorded_is_found(office, correct, deed, said):
    case = office.start()
    item = office.until(case, "Langkah_3")
    office.step(case)
    correct(case, item.id, nilai_skp=81)
    assert faults(office) == []
    with office.db.write() as session:
        session.execute(text(deed))
    assert said in " ".join(faults(office))


def test_it_is_deleted_with_its_case(office, assessed, correct, at):
    case, item = assessed
    correct(case, item, nilai_skp=81)
    office.cancel(case)
    at("2036-11-26T09:00")
    with office.db.write() as session:
        session.execute(delete(Job).where(Job.instance_id == case))
        retention.set_limit(session, office.administrator, "skp_collection", 90, 1)
        assert retention.delete_case(session, "skp_collection", 90, case)
        assert session.scalars(select(Correction)).all() == []


def test_two_corrections_at_once_are_one_after_the_other(office, assessed, at_once):
    case, item = assessed
    acts = [
        lambda db, value=value: corrections.correct(
            db, office.superior, case, item, {"nilai_skp": value}, REASON
        )
        for value in (81, 82)
    ]
    assert at_once(*acts) == [None, None]
    with office.db.read() as session:
        first, second = corrections.of_case(session, case)[item]
    assert second.old == first.new


def test_a_step_corrected_while_its_case_goes_on_finds_it_there(office, assessed, at_once):
    case, item = assessed
    task, token = office.item(case), office.token()
    outcomes = at_once(
        lambda db: corrections.correct(db, office.superior, case, item, {"nilai_skp": 81}, REASON),
        lambda db: instances.complete(
            db, office.employee, task.id, {"keputusan": "setuju"}, token=token
        ),
    )
    assert outcomes[0] is None
    assert data(office, case)["nilai_skp"] == 81
