"""The library of processes: what it tells of each, who looks after it, and laying one aside."""

import pytest
from sqlalchemy import select

from engine import deployments, library, starting
from engine.errors import DiagramRefused, InvalidInput, NoLongerOpen, NotAllowed, NotFound
from engine.models import Job, JournalEntry

KEY = "skp_collection"
STEP = """    startEvent s
    userTask t camunda:candidateGroups=umum-aparatur
    endEvent e"""


@pytest.fixture
def analyst(office):
    return office.analyst


def entries(office, search="", **how):
    with office.db.read() as session:
        return library.entries(session, search, **how)


def kinds(office):
    with office.db.read() as session:
        return list(session.scalars(select(JournalEntry.kind).order_by(JournalEntry.seq)))


def another(skp: bytes, key: bytes = b"cuti", name: bytes = b"Pemberian cuti") -> bytes:
    return skp.replace(b"skp_collection", key).replace(
        b"Pengumpulan Sasaran Kinerja Pegawai (SKP)", name
    )


def test_a_process_is_told_with_its_version_cases_and_identity(office, skp):
    office.start()
    office.start()
    deployments.deploy(office.db, skp + b"<!-- baru -->")
    (entry,) = entries(office)
    assert (entry.key, entry.definition.version, entry.versions) == (KEY, 1, 2)
    assert (entry.open_cases, entry.owner, entry.archived_at) == (2, None, None)
    assert entry.since is not None
    assert "92" in entry.number
    assert entry.unit


def test_one_that_is_not_in_force_yet_is_told_by_its_newest_version(office, skp):
    deployments.deploy(office.db, another(skp))
    deployments.deploy(office.db, another(skp) + b"<!-- baru -->")
    new, _ = entries(office)
    assert (new.definition.name, new.definition.version, new.since) == ("Pemberian cuti", 2, None)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", 2), ("cuti", 1), ("CUTI pemberian", 1), ("skp_coll", 1), ("92", 2), ("tiada", 0),
        ("cuti sasaran", 0),
    ],
)  # fmt: skip
def test_all_words_of_a_search_stand_in_what_is_told(office, skp, search, found):
    deployments.deploy(office.db, another(skp))
    assert len(entries(office, search)) == found


def test_the_statements_do_not_grow_with_the_processes(office, skp, statements):
    def asked() -> int:
        entries(office)  # what each is called is read once
        statements.clear()
        entries(office)
        return len(statements.sent)

    few = asked()
    for number in range(4):
        deployments.deploy(office.db, another(skp, b"cuti_%d" % number))
    assert asked() == few == 5


def test_an_owner_is_said_by_name_changed_and_taken_away(office, analyst):
    library.assign(office.db, analyst, KEY, analyst.name)
    assert entries(office)[0].owner.id == analyst.id
    library.assign(office.db, analyst, KEY, analyst.name)
    with pytest.raises(InvalidInput):
        library.assign(office.db, analyst, KEY, "Tidak Ada")
    library.assign(office.db, analyst, KEY, " ")
    assert entries(office)[0].owner is None
    assert kinds(office).count("process.assigned") == 2


def test_what_is_laid_aside_begins_no_more_and_its_cases_go_on(office, analyst, skp):
    case = office.start()
    library.archive(office.db, analyst, KEY)
    assert entries(office) == []
    assert [entry.key for entry in entries(office, archived=True)] == [KEY]
    with pytest.raises(NotFound):
        starting.start(office.db, office.staff, KEY, office.employee.id, token="sesudah")
    version = deployments.deploy(office.db, skp + b"<!-- baru -->")
    with pytest.raises(NoLongerOpen):
        deployments.activate(office.db, version.id)
    with pytest.raises(NoLongerOpen):
        library.archive(office.db, analyst, KEY)
    office.finish(case)
    library.restore(office.db, analyst, KEY)
    assert entries(office)[0].definition.version == 1
    office.start()
    with pytest.raises(NoLongerOpen):
        library.restore(office.db, analyst, KEY)
    assert kinds(office)[-2:] == ["process.archived", "process.restored"]


def test_what_calls_one_that_is_laid_aside_cannot_begin(office, analyst, draw):
    office.put_into_force(draw(f"process id=anak\n{STEP}\n s -> t -> e"))
    caller = draw(
        f"process id=induk\n{STEP}\n callActivity k calledElement=anak\n s -> t -> k -> e"
    )
    office.put_into_force(caller)
    office.start(key="induk")
    library.archive(office.db, analyst, "anak")
    with pytest.raises(DiagramRefused, match="belum berlaku"):
        office.start(key="induk")


def test_a_start_timer_rests_while_its_process_is_laid_aside(office, analyst, draw):
    def armed() -> int:
        with office.db.read() as session:
            found = select(Job).where(Job.kind == "start", Job.element == "bulanan")
            return len(session.scalars(found).all())

    timer = (
        "        property alur:subject=group:umum-aparatur\n"
        "        timer timeCycle R/2026-12-01T08:00+07:00/P1M\n"
    )
    drawn = f"process id=bulanan\n{STEP}\n s -> t -> e"
    office.put_into_force(draw(drawn.replace("startEvent s\n", f"startEvent s\n{timer}")))
    assert armed() == 1
    library.archive(office.db, analyst, "bulanan")
    assert armed() == 0
    library.restore(office.db, analyst, "bulanan")
    assert armed() == 1


def test_only_analysts_keep_the_library(office):
    for act in (library.archive, library.restore):
        with pytest.raises(NotAllowed):
            act(office.db, office.staff, KEY)
    with pytest.raises(NotAllowed):
        library.assign(office.db, office.staff, KEY, "")


def test_what_there_is_not_is_said(office, analyst):
    with pytest.raises(NotFound):
        library.archive(office.db, analyst, "tiada")
    with pytest.raises(NotFound):
        library.assign(office.db, analyst, "tiada", "")
