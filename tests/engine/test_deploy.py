"""Deploying a diagram, and putting a version into force."""

from hashlib import sha256

import pytest
from sqlalchemy import func, select

from bpmn.findings import Severity
from engine import clock, deployments
from engine.errors import DiagramRefused, NotFound
from engine.models import Activation, Definition


@pytest.fixture
def changed(skp):
    """The procedure with other bytes and the same meaning, as often as one likes."""
    return lambda number: skp + b"<!-- %d -->" % number


def test_a_version_is_the_digest_of_the_file_as_it_came(database, skp):
    version = deployments.deploy(database, skp)
    assert (version.key, version.version) == ("skp_collection", 1)
    assert version.digest == sha256(skp).hexdigest()
    with database.read() as session:
        assert deployments.definition(session, version.id).source == skp


def test_the_same_bytes_again_are_the_same_version(database, skp, changed):
    first = deployments.deploy(database, skp)
    deployments.deploy(database, changed(1))
    assert deployments.deploy(database, skp).id == first.id
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Definition)) == 2


def test_other_bytes_are_the_next_version(database, changed):
    found = [deployments.deploy(database, changed(number)) for number in range(3)]
    assert [version.version for version in found] == [1, 2, 3]
    assert len({version.digest for version in found}) == 3


def test_versions_of_two_processes_are_counted_apart(database, skp, side_by_side):
    deployments.deploy(database, skp)
    other = deployments.deploy(database, side_by_side)
    assert (other.key, other.version) == ("berdampingan", 1)


def test_who_deployed_is_kept(office, changed):
    version = deployments.deploy(office.db, changed(1), office.analyst.id)
    assert version.deployed_by == office.analyst.id


@pytest.mark.parametrize(
    ("drawn", "instead"),
    [
        pytest.param(b'sourceRef="Langkah_1"', b'sourceRef="Langkah_9"', id="flow from nowhere"),
        pytest.param(b'${keputusan == "setuju"}', b"${__import__('os')}", id="expression"),
        pytest.param(b'camunda:topic="remind"', b'camunda:topic=""', id="no topic"),
        pytest.param(b'isExecutable="true"', b'isExecutable="false"', id="nothing to execute"),
        pytest.param(b"</bpmn:definitions>", b"", id="no XML"),
    ],
)
def test_a_diagram_with_an_error_is_refused_and_nothing_is_kept(office, skp, drawn, instead):
    assert drawn in skp
    before = office.rows()
    with pytest.raises(DiagramRefused):
        deployments.deploy(office.db, skp.replace(drawn, instead))
    assert office.rows() == before


def test_a_lane_without_an_actor_may_be_deployed_but_not_activated(database, skp):
    source = skp.replace(b'name="alur:actor" value="subject"', b'name="lain" value="subject"')
    version = deployments.deploy(database, source)
    with pytest.raises(DiagramRefused, match="alur:actor"):
        deployments.activate(database, version.id)
    with database.read() as session:
        assert deployments.in_force(session, "skp_collection") is None


def test_a_group_that_is_not_in_the_directory_blocks_activation(office, skp):
    source = skp.replace(b"group:umum-aparatur", b"group:tidak-ada")
    version = deployments.deploy(office.db, source)
    with office.db.read() as session:
        report = deployments.full_report(session, source, deployments.BUILT_IN)
        in_force = deployments.in_force(session, "skp_collection")
    (finding,) = [f for f in report.findings if f.rule == "staffing"]
    assert (finding.severity, finding.element) == (Severity.BLOCKING, "Lane_StafPelaksana")
    with pytest.raises(DiagramRefused, match="tidak-ada"):
        deployments.activate(office.db, version.id)
    with office.db.read() as session:
        assert deployments.in_force(session, "skp_collection").id == in_force.id


def test_a_unit_that_is_not_in_the_directory_blocks_activation(office, skp):
    asked = (
        b'<camunda:formData><camunda:formField id="pengganti" label="Pengganti" type="person">'
        b'<camunda:properties><camunda:property id="unit" value="tidak-ada" />'
        b"</camunda:properties></camunda:formField>"
    )
    source = skp.replace(b"<camunda:formData>", asked, 1)
    version = deployments.deploy(office.db, source)
    with office.db.read() as session:
        report = deployments.full_report(session, source, deployments.BUILT_IN)
    (finding,) = [f for f in report.findings if f.rule == "staffing"]
    assert (finding.severity, finding.message.values["code"]) == (Severity.BLOCKING, "tidak-ada")
    with pytest.raises(DiagramRefused, match="tidak-ada"):
        deployments.activate(office.db, version.id)


def test_a_topic_that_nobody_serves_here_blocks_activation(office, skp):
    source = skp.replace(b'camunda:topic="remind"', b'camunda:topic="tanda-tangan"', 1)
    version = deployments.deploy(office.db, source)
    with office.db.read() as session:
        report = deployments.full_report(session, source, deployments.BUILT_IN)
    (finding,) = [f for f in report.findings if f.rule == "unserved-topic"]
    assert (finding.severity, finding.element) == (Severity.BLOCKING, "Pengingat_1")
    with pytest.raises(DiagramRefused, match="tanda-tangan"):
        deployments.activate(office.db, version.id)
    deployments.activate(office.db, version.id, topics={"remind", "tanda-tangan"})
    with office.db.read() as session:
        assert deployments.in_force(session, "skp_collection").id == version.id


def test_a_group_without_members_blocks_activation(database, skp):
    version = deployments.deploy(database, skp)  # of an office that nobody has loaded
    with pytest.raises(DiagramRefused, match="umum-aparatur"):
        deployments.activate(database, version.id)


def test_a_person_who_is_not_in_the_directory_blocks_activation(office, skp):
    nobody = skp.replace(b"group:umum-aparatur", b"person:190001011900011000")
    somebody = skp.replace(b"group:umum-aparatur", b"person:" + office.staff.nip.encode())
    version = deployments.deploy(office.db, nobody)
    with pytest.raises(DiagramRefused, match="190001011900011000"):
        deployments.activate(office.db, version.id)
    office.put_into_force(somebody)
    assert office.item(office.start()).person_id == office.staff.id


def test_an_unknown_version_cannot_be_activated(database):
    with pytest.raises(NotFound):
        deployments.activate(database, 404)


def test_an_older_version_can_be_put_into_force_again(office, changed, skp):
    old = deployments.deploy(office.db, skp)
    new = office.put_into_force(changed(1))
    deployments.activate(office.db, old.id, office.analyst.id)
    with office.db.read() as session:
        assert deployments.in_force(session, "skp_collection").id == old.id
        listed = {v.definition.id: v.in_force for v in deployments.versions(session)}
        assert listed == {new.id: False, old.id: True}
        newest = session.scalars(select(Activation).order_by(Activation.id.desc())).first()
    assert (newest.definition_id, newest.person_id) == (old.id, office.analyst.id)
    assert office.case(office.start()).definition_id == old.id


def test_activating_what_is_in_force_changes_nothing(office, skp):
    before = office.rows()
    office.put_into_force(skp)
    assert office.rows() == before


def test_deploying_does_not_put_into_force(office, changed):
    version = deployments.deploy(office.db, changed(1))
    assert office.case(office.start()).definition_id != version.id


@pytest.mark.parametrize("number", [7, 8], ids=["same bytes", "other bytes"])
def test_deployments_at_once_never_share_a_version(office, rival, changed, number, monkeypatch):
    """The second deployment comes between the first one's looking and its writing."""
    now = clock.now

    def somebody_else_is_quicker():
        monkeypatch.setattr(clock, "now", now)
        deployments.deploy(rival, changed(7))
        return now()

    monkeypatch.setattr(clock, "now", somebody_else_is_quicker)
    deployments.deploy(office.db, changed(number))
    with office.db.read() as session:
        found = [v.definition for v in deployments.versions(session)]
    expected = {sha256(changed(n)).hexdigest() for n in (7, number)}
    assert {v.digest for v in found if v.version > 1} == expected
    assert [v.version for v in found] == list(range(len(found), 0, -1))


def test_a_version_is_compiled_once(office, statements):
    with office.db.read() as session:
        digest = deployments.in_force(session, "skp_collection").digest
    program = deployments.program(office.db, digest)
    statements.clear()
    assert deployments.program(office.db, digest) is program
    assert statements.sent == []


def test_an_old_version_comes_back_in_whatever_letters_its_file_is(office, skp):
    wide = skp.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    old = deployments.deploy(office.db, wide)
    new = deployments.revert(office.db, old.id, office.analyst.id)
    assert new.version == old.version + 1
    assert new.digest != old.digest
    with office.db.read() as session:
        source = deployments.definition(session, new.id).source
    assert source.startswith(wide)
    assert source.decode("utf-16").rstrip().endswith("-->")
    assert deployments.drawn(source).nodes == deployments.drawn(wide).nodes
