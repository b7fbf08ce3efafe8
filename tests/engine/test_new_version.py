"""A changed procedure is for new cases; running ones keep theirs."""

import pytest

from engine import deployments, instances, worklist

LANE = b'<bpmn:lane id="Lane_PejabatPenilai" name="Pejabat Penilai">'
RENAMED = b'<bpmn:lane id="Lane_PejabatPenilai" name="Penilai Kinerja">'


@pytest.fixture
def longer(skp):
    """The procedure with 20 minutes for step 5, and with another name for the assessor's lane."""
    before, found, behind = skp.partition(b'<bpmn:boundaryEvent id="Waktu_5"')
    event, end, rest = behind.partition(b"</bpmn:boundaryEvent>")
    assert found and LANE in before and b'name="15 menit"' in event and b">PT15M<" in event
    event = event.replace(b'name="15 menit"', b'name="20 menit"').replace(b"PT15M", b"PT20M")
    return before.replace(LANE, RENAMED) + found + event + end + rest


@pytest.fixture
def drawn(office):
    """The diagram that a case follows."""

    def look(case):
        with office.db.read() as session:
            version = deployments.definition(session, office.case(case).definition_id)
        return deployments.program(office.db, version.digest).diagram

    return look


def test_new_cases_have_the_new_version_and_running_ones_keep_theirs(office, longer, drawn):
    old = office.start()
    version = office.put_into_force(longer)
    new = office.start()
    assert version.version == 2
    assert office.case(new).definition_id == version.id
    assert drawn(old).waktu("Langkah_5") == "15 menit"
    assert drawn(new).waktu("Langkah_5") == "20 menit"
    assert drawn(old).names["Lane_PejabatPenilai"] == "Pejabat Penilai"
    assert drawn(new).names["Lane_PejabatPenilai"] == "Penilai Kinerja"


def test_nobodys_work_is_moved(office, longer):
    running = [office.start() for _ in range(3)]
    instances.claim(office.db, office.staff, office.item(running[0]).id)
    office.until(running[1], "Langkah_3")
    before = office.rows()
    office.put_into_force(longer)
    after = office.rows()
    assert {table for table in before if before[table] != after[table]} == {
        "definition",
        "activation",
    }
    with office.db.read() as session:
        assert [w.instance_id for w in worklist.mine(session, office.assessor)] == [running[1]]


def test_a_renamed_lane_keeps_its_people_in_new_cases(office, longer):
    office.put_into_force(longer)
    case = office.start()
    item = office.until(case, "Langkah_3")
    assert (item.place, item.person_id) == ("Lane_PejabatPenilai", office.assessor.id)


@pytest.mark.parametrize("element", ["Langkah_1", "Langkah_4", "Langkah_5", "Langkah_8"])
def test_a_running_case_is_carried_to_its_end_on_its_own_version(office, longer, audit, element):
    old = office.start()
    office.until(old, element)
    definition = office.case(old).definition_id
    office.put_into_force(longer)
    office.finish(old)
    assert office.case(old).status == "completed"
    assert office.case(old).definition_id == definition
    assert audit(office.db) == []


def test_cases_of_both_versions_run_side_by_side(office, longer, audit):
    old = office.start()
    office.put_into_force(longer)
    new = office.start()
    for case in (old, new) * 8:
        office.step(case)
    assert office.case(old).status == office.case(new).status == "completed"
    assert audit(office.db) == []


def test_a_step_that_a_new_version_drops_is_still_done_in_running_cases(office, side_by_side):
    office.put_into_force(side_by_side)
    old = office.start(key="berdampingan")
    office.put_into_force(side_by_side.replace(b'<userTask id="Catat"', b'<task id="Catat"'))
    new = office.start(key="berdampingan")
    office.finish(old)
    office.finish(new)
    assert "Catat" in [item.element for item in office.work(old)]
    assert "Catat" not in [item.element for item in office.work(new)]


def test_the_record_says_on_which_version_a_case_ran(office, longer):
    old = office.start()
    new_version = office.put_into_force(longer)
    new = office.start()
    with office.db.read() as session:
        versions = {
            v.definition.version: v.definition.digest for v in deployments.versions(session)
        }
    assert versions[2] == new_version.digest
    for case, number in ((old, 1), (new, 2)):
        assert versions[number].encode() in office.history(case)[0].details
