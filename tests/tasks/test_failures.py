"""Who planned a version that did not come into force on its day gets a mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, deployments, jobs, sample, values
from engine.errors import Undelivered
from engine.models import Job, Person, Publication
from engine.publications import FAILURE
from tasks import failures
from tests import leases

ANALYST = sample.CAST["analyst"][0]


@pytest.fixture
def failed(office):
    """The job that tells the analyst."""
    now = clock.now()
    with office.db.write() as session:
        analyst = session.scalars(select(Person.id).where(Person.nip == ANALYST)).one()
        version = deployments.in_force(session, "skp_collection")
        made = Publication(definition_id=version.id, note="Waktu", effective_at=now, at=now,
                           person_id=analyst, state="failed", reason="Umar Contoh")  # fmt: skip
        session.add(made)
        session.flush()
        details = values.dumps({"publication": made.id})
        row = {"kind": FAILURE, "due": now, "ready": now, "details": details}
        jobs.arm(session, [row | {"person_id": analyst}])
    (lease,) = jobs.lease(office.db, {FAILURE}, timedelta(minutes=5), 1)
    return leases.begin(office.db, lease)


def left(office):
    with office.db.read() as session:
        return session.scalars(select(Job).where(Job.kind == FAILURE).order_by(Job.id)).all()


def test_the_mail_says_which_version_and_where_the_reason_stands(office, mail_server, failed):
    office.reach(ANALYST, "analis@kantor.example")
    office.use(mail_server)
    failures.tell(office.db, failed, office.settings)
    (found,) = mail_server.mails
    assert found["To"] == "analis@kantor.example"
    assert "Versi 1 dari" in found.get_content()
    assert "https://alur.example/processes/1" in found.get_content()
    assert "Umar" not in found.get_content()
    assert left(office) == []


def test_who_has_no_address_is_told_in_the_application_alone(office, mail_server, failed):
    office.use(mail_server)
    failures.tell(office.db, failed, office.settings)
    assert (mail_server.mails, left(office)) == ([], [])


def test_a_server_that_is_away_is_tried_again(office, mail_server, failed):
    office.reach(ANALYST, "analis@kantor.example")
    office.use(mail_server)
    mail_server.stop()
    with pytest.raises(Undelivered):
        failures.tell(office.db, failed, office.settings)
    assert len(left(office)) == 1
