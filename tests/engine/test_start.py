"""Starting a case: who may, who fills its places, and what is recorded."""

import pytest
from sqlalchemy import func, select

from engine import starting, values
from engine.errors import InvalidInput, NotAllowed, NotFound, Unfillable
from engine.models import Instance, Person, Role

STAFF, ASSESSOR = "Lane_StafPelaksana", "Lane_PejabatPenilai"
EMPLOYEE, SUPERIOR = "Lane_Pegawai", "Lane_AtasanPejabatPenilai"


@pytest.fixture
def seated(office):
    """Who sits where in a case."""

    def look(case):
        with office.db.read() as session:
            query = select(Role.place, Role.person_id).where(Role.instance_id == case)
            return dict(session.execute(query).all())

    return look


def test_the_places_are_filled_from_the_directory(office, seated):
    case = office.start()
    assert seated(case) == {
        STAFF: None,  # the group has it until one of them takes it
        ASSESSOR: office.assessor.id,
        EMPLOYEE: office.employee.id,
        SUPERIOR: office.superior.id,
    }
    started = office.case(case)
    assert (started.subject_id, started.starter_id) == (office.employee.id, office.staff.id)
    assert (started.status, started.version, started.ended_at) == ("running", 1, None)


def test_the_first_task_is_the_groups_and_not_yet_taken_up(office):
    case = office.start()
    item = office.item(case)
    assert (item.element, item.place, item.visit) == ("Langkah_1", STAFF, 1)
    assert item.person_id is None
    assert item.group_id in office.staff.groups
    assert item.taken_up_at is None
    assert item.opened_at == office.case(case).started_at


def test_the_start_is_recorded_with_the_version_and_the_places(office, seated):
    case = office.start()
    started, opened = office.history(case)
    said = values.loads(started.details)
    assert (started.kind, started.person_id, started.capacity) == (
        "instance.started",
        office.staff.id,
        "starter",
    )
    assert (said["process"], said["version"]) == ("skp_collection", 1)
    assert said["subject"] == office.employee.id
    assert {place: seat["person"] for place, seat in said["roles"].items()} == seated(case)
    assert (opened.kind, opened.element) == ("task.opened", "Langkah_1")


def test_a_case_without_a_version_in_force_is_not_found(office):
    with pytest.raises(NotFound):
        office.start(key="belum_ada")


def test_whoever_does_the_first_task_may_start(office):
    assert office.start(by=office.staff) != office.start(by=office.colleague)


@pytest.mark.parametrize("part", ["employee", "assessor", "head", "analyst", "outsider"])
def test_others_may_not_start(office, part):
    before = office.rows()
    with pytest.raises(NotAllowed):
        office.start(by=getattr(office, part))
    assert office.rows() == before


def test_where_the_employee_begins_only_they_may_start(office, skp):
    office.put_into_force(skp.replace(b"group:umum-aparatur", b"subject"))
    assert office.item(office.start(by=office.employee)).person_id == office.employee.id
    with pytest.raises(NotAllowed):
        office.start(office.employee, by=office.outsider)


def test_where_the_superior_begins_they_start_for_their_own_people(office, skp):
    office.put_into_force(skp.replace(b"group:umum-aparatur", b"superior(subject)"))
    assert office.item(office.start(by=office.assessor)).person_id == office.assessor.id
    with pytest.raises(NotAllowed):
        office.start(office.employee, by=office.neighbour)


def test_where_the_starter_begins_everybody_may(office, skp):
    office.put_into_force(skp.replace(b"group:umum-aparatur", b"starter"))
    assert office.item(office.start(by=office.outsider)).person_id == office.outsider.id


def test_a_case_about_nobody_is_refused(office):
    with pytest.raises(InvalidInput):
        starting.start(office.db, office.staff, "skp_collection", 9999, token=office.token())


def test_a_chosen_person_takes_the_place_and_the_choice_is_recorded(office, seated):
    case = office.start(chosen={ASSESSOR: office.neighbour.id})
    assert seated(case)[ASSESSOR] == office.neighbour.id
    (choice,) = [entry for entry in office.history(case) if entry.kind == "role.chosen"]
    assert (choice.element, choice.person_id) == (ASSESSOR, office.staff.id)
    assert values.loads(choice.details) == {"person": office.neighbour.id}
    assert office.until(case, "Langkah_3").person_id == office.neighbour.id


def test_a_person_chosen_for_a_groups_place_has_its_tasks_from_the_start(office):
    item = office.item(office.start(chosen={STAFF: office.outsider.id}))
    assert (item.person_id, item.group_id) == (office.outsider.id, None)


def test_a_choice_for_an_unknown_place_or_person_is_refused(office):
    for chosen in ({"Lane_Lain": office.staff.id}, {ASSESSOR: 9999}):
        with pytest.raises(InvalidInput):
            office.start(chosen=chosen)


@pytest.mark.parametrize(
    ("place", "twice"),
    [
        (ASSESSOR, "employee"),
        (SUPERIOR, "employee"),
        (SUPERIOR, "assessor"),
    ],
)
def test_nobody_sits_in_two_of_the_distinct_places(office, place, twice):
    before = office.rows()
    person = getattr(office, twice)
    with pytest.raises(InvalidInput, match=person.name):
        office.start(chosen={place: person.id})
    assert office.rows() == before


def test_the_staff_may_prepare_their_own_assessment(office):
    """The staff's lane is not among those that must differ."""
    case = office.start(office.staff, by=office.staff)
    office.finish(case)
    assert office.case(case).status == "completed"


def test_a_head_of_division_is_assessed_by_the_agency_head(office, seated):
    seats = seated(office.start(office.superior))
    assert seats[ASSESSOR] == office.head.id
    assert seats[SUPERIOR] == office.regional_secretary.id


def test_the_agency_head_may_be_assessor_and_superior_at_once(office, seated):
    case = office.start(office.superior, chosen={SUPERIOR: office.head.id})
    assert seated(case)[ASSESSOR] == seated(case)[SUPERIOR] == office.head.id
    office.finish(case)
    assert office.case(case).status == "completed"


def test_who_is_not_agency_head_may_not_be_both(office):
    with pytest.raises(InvalidInput):
        office.start(office.employee, chosen={SUPERIOR: office.assessor.id})


@pytest.mark.parametrize("place", [ASSESSOR, SUPERIOR])
def test_not_even_the_agency_head_assesses_themselves(office, place):
    with pytest.raises(InvalidInput, match=office.head.name):
        office.start(office.head, chosen={place: office.head.id})


@pytest.mark.parametrize(
    ("subject", "lacking"),
    [("regional_secretary", "governor"), ("governor", "governor")],
)
def test_a_missing_superior_is_named(office, subject, lacking):
    before = office.rows()
    with pytest.raises(Unfillable, match=getattr(office, lacking).name):
        office.start(getattr(office, subject))
    assert office.rows() == before


def test_a_missing_superior_may_be_chosen(office, seated):
    case = office.start(office.regional_secretary, chosen={SUPERIOR: office.outsider.id})
    assert seated(case)[ASSESSOR] == office.governor.id
    assert seated(case)[SUPERIOR] == office.outsider.id


def test_a_later_change_of_superior_does_not_move_running_work(office, seated):
    case = office.start()
    with office.db.write() as session:
        session.get(Person, office.employee.id).superior_id = office.neighbour.id
    assert office.until(case, "Langkah_3").person_id == office.assessor.id
    assert seated(office.start())[ASSESSOR] == office.neighbour.id


def test_the_same_token_twice_is_one_case(office):
    case = office.start(token="klik")
    before = office.rows()
    assert office.start(token="klik") == case
    assert office.rows() == before


def test_the_same_token_at_once_is_one_case(office, at_once, audit):
    def start(db):
        return starting.start(
            db, office.staff, "skp_collection", office.employee.id, token="klik ganda"
        )

    cases = at_once(*[start] * 4)
    assert len(set(cases)) == 1
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 1
    assert audit(office.db) == []


def test_other_tokens_are_other_cases_of_the_same_person(office):
    assert office.start() != office.start()


def test_the_case_number_has_five_digits(office):
    case = office.case(office.start())
    assert case.number == f"{case.id:05d}"


def test_nobody_takes_the_place_of_the_employee_whom_the_case_is_about(office):
    before = office.rows()
    with pytest.raises(InvalidInput):
        office.start(chosen={EMPLOYEE: office.outsider.id})
    assert office.rows() == before


def test_a_token_of_another_person_tells_nothing(office):
    subject = office.employee.id
    starting.start(office.db, office.staff, "skp_collection", subject, token="t")
    with pytest.raises(NotAllowed):
        starting.start(office.db, office.colleague, "skp_collection", subject, token="t")


@pytest.mark.parametrize("token", ["", "t" * 65])
def test_a_token_has_a_sensible_length(office, token):
    with pytest.raises(InvalidInput):
        starting.start(office.db, office.staff, "skp_collection", office.employee.id, token=token)


def test_a_start_is_one_commit(office, statements):
    statements.clear()
    office.start()
    assert statements.commits == 1
