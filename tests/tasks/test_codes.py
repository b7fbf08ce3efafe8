"""Codes by mail: to who has the number and an address, good for an hour, with nobody's data."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, jobs, people, resets, sample, values
from engine.errors import InvalidInput, Unanswered, Undelivered
from engine.models import Job, Person, Reset
from tasks import codes
from tests import leases

STAFF = sample.CAST["staff"][0]
NAME = sample.CAST["staff"][1]
ADDRESS = "staf@kantor.example"


@pytest.fixture
def reached(office, mail_server):
    """The office whose staff gets mail by the server."""
    office.reach(STAFF, ADDRESS)
    office.use(mail_server)
    return office


def ask(office, nip=STAFF):
    """Asks for a code as the page does, and begins the job as a worker does."""
    now, details = clock.now(), values.dumps({"nip": nip})
    with office.db.write() as session:
        jobs.arm(session, [{"kind": "code", "due": now, "ready": now, "details": details}])
    (lease,) = jobs.lease(office.db, {"code"}, timedelta(minutes=5), 1)
    return leases.begin(office.db, lease)


def send(office, job):
    try:
        codes.send(office.db, job, office.settings)
    except Exception as error:
        jobs.failed(office.db, job, error)
        raise


def left(office):
    with office.db.read() as session:
        return session.scalars(select(Job).where(Job.kind == "code").order_by(Job.id)).all()


def code_in(mail):
    return re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", mail.get_content())[0]


def whose(office, code):
    with office.db.read() as session:
        return resets.whose(session, code).nip


def test_the_mail_holds_a_code_and_an_address_and_nobodys_data(reached, mail_server):
    send(reached, ask(reached))
    (found,) = mail_server.mails
    assert found["To"] == ADDRESS
    assert found["Subject"] == "Alur: kode untuk kata sandi baru"
    assert found["Auto-Submitted"] == "auto-generated"
    assert whose(reached, code_in(found)) == STAFF
    text = found.get_content()
    assert "https://alur.example/reset " in text
    assert code_in(found) not in "".join(re.findall(r"https?://\S+", text))
    assert not any(part in found.as_string() for part in (STAFF, NAME.split()[0]))
    assert left(reached) == []


def test_the_mailed_code_is_good_for_an_hour(reached, mail_server, set_clock):
    send(reached, ask(reached))
    (found,) = mail_server.mails
    set_clock(clock.now() + timedelta(minutes=59))
    assert whose(reached, code_in(found)) == STAFF
    set_clock(clock.now() + timedelta(minutes=1))
    with pytest.raises(InvalidInput):
        whose(reached, code_in(found))


def test_whoever_asks_often_sends_one_mail_in_a_quarter_of_an_hour(reached, mail_server, set_clock):
    for _ in range(3):
        send(reached, ask(reached))
    assert len(mail_server.mails) == 1
    set_clock(clock.now() + timedelta(minutes=15))
    send(reached, ask(reached))
    first, second = (code_in(found) for found in mail_server.mails)
    assert whose(reached, second) == STAFF
    with pytest.raises(InvalidInput):
        whose(reached, first)


def test_a_mailed_code_leaves_one_that_an_administrator_has_given(reached, mail_server):
    with reached.db.write() as session:
        given = resets.give(session, people.with_nip(session, STAFF).id)
    send(reached, ask(reached))
    assert [whose(reached, code) for code in (given, code_in(mail_server.mails[0]))] == [STAFF] * 2


@pytest.mark.parametrize("nip", ["", "000000000000000000", sample.CAST["colleague"][0]])
def test_who_is_unknown_or_has_no_address_gets_nothing_and_the_job_is_done(
    reached, mail_server, nip
):
    send(reached, ask(reached, nip))
    assert (mail_server.mails, left(reached)) == ([], [])


def test_who_has_left_gets_nothing(reached, mail_server):
    with reached.db.write() as session:
        session.get(Person, reached.person(STAFF).id).left_at = clock.now()
    send(reached, ask(reached))
    assert (mail_server.mails, left(reached)) == ([], [])


@pytest.mark.parametrize("how", ["451 later", "rcpt 550 unknown"])
def test_a_refused_mail_is_tried_again_and_its_code_is_nobodys(reached, mail_server, how):
    mail_server.behave(how)
    with pytest.raises(Undelivered):
        send(reached, ask(reached))
    with reached.db.read() as session:
        assert session.scalars(select(Reset)).all() == []
    (job,) = left(reached)
    mail_server.behave("take")
    send(reached, job)
    assert whose(reached, code_in(mail_server.mails[-1])) == STAFF


def test_a_mail_whose_answer_is_lost_is_not_sent_again_and_its_code_is_good(reached, mail_server):
    mail_server.behave("drop")
    with pytest.raises(Unanswered):
        send(reached, ask(reached))
    mail_server.behave("take")
    send(reached, *left(reached))
    (found,) = mail_server.mails
    assert whose(reached, code_in(found)) == STAFF
    assert left(reached) == []


def test_what_was_asked_an_hour_ago_is_not_answered_any_more(reached, mail_server, set_clock):
    job = ask(reached)
    set_clock(clock.now() + timedelta(hours=1, seconds=1))
    send(reached, job)
    assert (mail_server.mails, left(reached)) == ([], [])


def test_without_a_mail_server_the_job_is_done(office):
    office.reach(STAFF, ADDRESS)
    send(office, ask(office))
    assert left(office) == []
