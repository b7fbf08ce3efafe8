"""Mails to a real mail server: one for all, once, none lost, and nobody's data in them."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from engine import clock, deployments, instances, jobs, people, sample
from engine.errors import JobGone, Undelivered
from engine.models import WorkItem
from tasks import digest, mail
from tests import leases

STAFF, COLLEAGUE = sample.CAST["staff"][0], sample.CAST["colleague"][0]
ADDRESS = "staf@kantor.example"
NASTY = "Nilai\r\nBcc: jahat@example.com\r\n\r\n.\r\nMAIL FROM:<x@y>\u202e\x07" + "é" * 300
ONE_TASK = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="nakal" name="Nakal" isExecutable="true">
    <laneSet id="Lajur"><lane id="Lane_Staf" name="Staf">
      <extensionElements><camunda:properties>
        <camunda:property name="alur:actor" value="group:umum-aparatur" />
      </camunda:properties></extensionElements>
      <flowNodeRef>Mulai</flowNodeRef><flowNodeRef>Isi</flowNodeRef>
      <flowNodeRef>Selesai</flowNodeRef></lane></laneSet>
    <startEvent id="Mulai" /><userTask id="Isi" name="NAME" /><endEvent id="Selesai" />
    <sequenceFlow id="F1" sourceRef="Mulai" targetRef="Isi" />
    <sequenceFlow id="F2" sourceRef="Isi" targetRef="Selesai" />
  </process>
</definitions>"""


@pytest.fixture
def reached(office, mail_server):
    """The office whose staff gets mail by the server."""
    office.reach(STAFF, ADDRESS)
    office.use(mail_server)
    return office


def test_a_notice_is_mailed_once_and_says_what_where_and_when(reached, mail_server):
    item = reached.task()
    reached.tell(item)
    reached.mail()
    (found,) = mail_server.mails
    assert mail_server.envelopes == [f"alur@kantor.example {ADDRESS} False"]
    assert found["From"] == "Alur Contoh <alur@kantor.example>"
    assert found["To"] == ADDRESS
    assert found["Subject"] == "Alur: 1 tugas perlu perhatian"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Message-ID"].endswith("@kantor.example>")
    assert found["Date"].datetime == clock.now()
    assert found.get_content().replace("\r\n", "\n") == (
        f"Menyiapkan blanko dan SKP tahun sebelumnya (kasus {item.instance_id:05d})\n"
        "Waktu langkah ini habis: 24-11-2026 10.00 WIB\n"
        f"https://alur.example/tasks/{item.id}\n"
        "\n"
        "Surel otomatis dari Alur. Alamat Anda diatur di https://alur.example/profile\n"
    )
    assert (reached.mailed, reached.jobs, reached.incidents) == (["sent"], [], [])


def test_what_comes_due_together_is_one_mail_with_the_tasks_in_order(reached, mail_server):
    items = [reached.task() for _ in range(3)]
    for item in items:
        reached.tell(item, kind="before")
        reached.tell(item)
    reached.mail()
    (found,) = mail_server.mails
    assert found["Subject"] == "Alur: 3 tugas perlu perhatian"
    places = [found.get_content().index(f"/tasks/{item.id}\r\n") for item in items]
    assert places == sorted(places)
    assert found.get_content().count("Waktu langkah ini segera habis") == 3
    assert found.get_content().count("Waktu langkah ini habis") == 3
    assert reached.mailed == ["sent"] * 6


def test_each_person_gets_a_mail_of_their_own(reached, mail_server):
    reached.reach(COLLEAGUE, "rekan@kantor.example")
    reached.tell(reached.task(), STAFF, COLLEAGUE)
    for job in reached.jobs:
        reached.set_clock(job.ready)
        (lease,) = jobs.lease(reached.db, {"mail"}, timedelta(minutes=5), 1)
        mail.run(reached.db, leases.begin(reached.db, lease), reached.settings)
    assert sorted(found["To"] for found in mail_server.mails) == ["rekan@kantor.example", ADDRESS]
    assert len({found["Message-ID"] for found in mail_server.mails}) == 2


def test_a_superior_is_led_to_the_case_since_the_task_is_anothers(reached, mail_server):
    item = reached.task()
    reached.tell(item, kind="escalated")
    reached.mail()
    content = mail_server.mails[0].get_content()
    assert f"https://alur.example/cases/{item.instance_id}\r\n" in content
    assert "/tasks/" not in content


def test_a_dead_server_loses_nothing_and_gets_the_mail_once_when_it_is_back(reached, mail_server):
    mail_server.stop()
    reached.tell(reached.task())
    for attempt in (1, 2):
        with pytest.raises(Undelivered, match="tidak dapat dihubungi"):
            reached.mail()
        assert (reached.mailed, reached.incidents) == (["due"], [])
        assert reached.jobs[0].attempts == attempt
    mail_server.start()
    reached.mail()
    assert len(mail_server.mails) == 1
    assert (reached.mailed, reached.jobs) == (["sent"], [])


@pytest.mark.parametrize("how", ["451 later", "554 no", "rcpt 550 Umar Contoh is unknown"])
def test_what_the_server_refuses_is_due_again_and_its_words_are_not_kept(reached, mail_server, how):
    mail_server.behave(how)
    reached.tell(reached.task())
    code = "".join(filter(str.isdigit, how))
    with pytest.raises(Undelivered, match=rf"^Server surel menolak \({code}\)\.$"):
        reached.mail()
    assert (reached.mailed, mail_server.mails) == (["due"], [])
    mail_server.behave("take")
    reached.mail()
    assert (reached.mailed, len(mail_server.mails)) == (["sent"], 1)


def test_a_recipient_refused_for_ever_ends_in_an_incident(reached, mail_server):
    mail_server.behave("rcpt 550 unknown")
    reached.tell(reached.task())
    for _ in range(jobs.MAX_ATTEMPTS):
        job = reached.jobs[0]
        # The pauses grow beyond the office's hours, which this test is not about.
        with reached.db.write() as session:
            session.execute(text("UPDATE job SET ready = due"))
        with pytest.raises(Undelivered):
            reached.mail()
    assert job.state == "armed"
    assert reached.jobs[0].state == "failed"
    assert reached.incidents == ["Server surel menolak (550)."]
    assert reached.mailed == ["due"]


def test_a_server_that_goes_without_an_answer_is_not_sent_the_mail_again(reached, mail_server):
    mail_server.behave("drop")
    reached.tell(reached.task())
    with pytest.raises(Undelivered, match="Jawaban server surel hilang"):
        reached.mail()
    assert (reached.mailed, len(mail_server.mails)) == (["sending"], 1)
    mail_server.behave("take")
    reached.mail()
    assert (reached.mailed, len(mail_server.mails), reached.jobs) == (["unsure"], 1, [])
    assert reached.incidents == [
        "Jawaban server surel hilang: 1 pemberitahuan mungkin tidak sampai."
    ]


def test_what_came_due_since_is_sent_although_the_mail_before_was_lost(reached, mail_server):
    mail_server.behave("drop")
    reached.tell(reached.task())
    with pytest.raises(Undelivered):
        reached.mail()
    mail_server.behave("take")
    later = reached.task()
    reached.tell(later)
    reached.mail()
    assert reached.mailed == ["unsure", "sent"]
    assert f"/tasks/{later.id}" in mail_server.mails[1].get_content()
    assert mail_server.mails[1]["Subject"] == "Alur: 1 tugas perlu perhatian"


def test_a_process_killed_while_it_sends_never_makes_a_second_mail(reached, mail_server):
    mail_server.behave("hang")
    reached.tell(reached.task())
    job = reached.begin()
    sender = subprocess.Popen([sys.executable, "-c", SENDER, *map(str, _sender(reached, job))])
    mail_server.wait_for_mail()
    os.kill(sender.pid, signal.SIGKILL)
    sender.wait()
    assert reached.mailed == ["sending"]
    mail_server.behave("take")
    with reached.db.write() as session:  # the lease of the killed one ends
        session.execute(text("UPDATE job SET ready = due"))
    reached.mail()
    assert (reached.mailed, len(mail_server.mails), len(reached.incidents)) == (["unsure"], 1, 1)


SENDER = """
import sys
from datetime import datetime
from pathlib import Path
from engine import clock
from engine.database import Database
from engine.models import Job
from engine.settings import MailServer, Settings
from tasks import mail
url, job, port, at = sys.argv[1:]
clock.now = lambda: datetime.fromisoformat(at)
db = Database(url)
with db.read() as session:
    job = session.get(Job, int(job))
server = MailServer("alur@kantor.example", "localhost", int(port))
mail.run(db, job, Settings(Path("/nowhere"), url, mail=server))
"""


def _sender(office, job):
    return office.db.url, job.id, office.settings.mail.port, clock.now().isoformat()


def test_nobody_is_mailed_about_a_task_they_no_longer_have(reached, mail_server):
    done, taken, passed_on = (reached.task() for _ in range(3))
    for item in (done, taken, passed_on):
        reached.tell(item)
    reached.complete(done)
    instances.claim(reached.db, reached.person(COLLEAGUE), taken.id)
    with reached.db.write() as session:
        session.get_one(WorkItem, passed_on.id).person_id = reached.person(COLLEAGUE).id
    reached.mail()
    assert mail_server.mails == []
    assert (reached.mailed, reached.jobs) == ([None] * 3, [])


def test_a_tray_that_was_emptied_is_not_mailed(reached, mail_server):
    lies, taken_up = reached.task(), reached.task()
    reached.tell(lies, kind="wait")
    reached.tell(taken_up, kind="wait")
    instances.claim(reached.db, reached.person(STAFF), taken_up.id)  # which takes it up
    reached.mail()
    assert reached.mailed == ["sent", None]
    assert mail_server.mails[0].get_content().count("/tasks/") == 1


def test_what_becomes_due_while_a_mail_goes_out_is_in_the_next(reached, mail_server, monkeypatch):
    first, second = reached.task(), reached.task()
    reached.tell(first)
    hand_in = mail.hand_in

    def slowly(*given):
        reached.tell(second)
        hand_in(*given)

    with monkeypatch.context() as slow:
        slow.setattr(mail, "hand_in", slowly)
        reached.mail()
    assert reached.mailed == ["sent", "due"]
    reached.mail()
    assert (reached.mailed, len(mail_server.mails)) == (["sent", "sent"], 2)


def test_a_mail_leased_anew_is_not_sent_by_who_had_it_before(reached, mail_server):
    reached.tell(reached.task())
    slow = reached.begin()
    with reached.db.write() as session:
        session.execute(text("UPDATE job SET ready = due"))
    reached.begin()
    with pytest.raises(JobGone):
        mail.run(reached.db, slow, reached.settings)
    assert (reached.mailed, mail_server.mails) == (["due"], [])


def test_nothing_goes_out_at_night_though_the_server_comes_back_then(reached, mail_server):
    mail_server.stop()
    reached.tell(reached.task())
    with pytest.raises(Undelivered):
        reached.mail()
    mail_server.start()
    reached.set_clock(datetime(2026, 11, 24, 13, 0, tzinfo=UTC))  # 20.00
    reached.mail()
    assert (reached.mailed, mail_server.mails) == (["due"], [])
    assert reached.jobs[0].ready == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # 7.30
    reached.mail()
    assert (reached.mailed, len(mail_server.mails)) == (["sent"], 1)


def test_without_a_mail_server_the_application_alone_tells(reached):
    reached.settings = replace(reached.settings, mail=None)
    reached.tell(reached.task())
    reached.mail()
    assert (reached.mailed, reached.jobs) == ([None], [])


def test_who_takes_their_address_back_gets_no_mail(reached, mail_server):
    reached.tell(reached.task())
    reached.reach(STAFF, "")
    reached.mail()
    assert (reached.mailed, reached.jobs, mail_server.mails) == ([None], [], [])


def test_a_mail_that_cannot_be_written_is_due_again(reached, monkeypatch):
    reached.tell(reached.task())
    monkeypatch.setattr(digest, "compose", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        reached.mail()
    assert reached.mailed == ["due"]


def test_the_same_notices_make_the_same_mail(reached, mail_server):
    mail_server.stop()
    reached.tell(reached.task())
    ids = []
    compose = digest.compose
    for _ in range(2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(digest, "compose", lambda *a: ids.append(m := compose(*a)) or m)
            with pytest.raises(Undelivered):
                reached.mail()
    assert ids[0]["Message-ID"] == ids[1]["Message-ID"]


def test_names_of_steps_can_forge_nothing_in_a_mail(reached, mail_server):
    _put_into_force(reached, NASTY)
    item = reached.task("nakal")
    reached.tell(item)
    reached.mail()
    (found,) = mail_server.mails
    assert mail_server.envelopes == [f"alur@kantor.example {ADDRESS} False"]
    assert found["Bcc"] is None
    lines = found.get_content().replace("\r\n", "\n").splitlines()
    assert lines[0].startswith("Nilai Bcc: jahat@example.com . MAIL FROM:<x@y>éé")
    assert lines[0].endswith(f"é… (kasus {item.instance_id:05d})")
    assert len(lines[0]) < 200
    assert lines[3] == ""
    raw = found.as_bytes()
    assert all(len(line) <= 78 for line in raw.splitlines())
    assert raw.isascii()


def _put_into_force(office, name):
    escaped = "".join(f"&#{ord(sign)};" for sign in name if sign != "\x07")
    source = ONE_TASK.replace("NAME", escaped).encode()
    deployments.activate(office.db, deployments.deploy(office.db, source).id)


@pytest.mark.parametrize(
    "name", ["a\nb", "a\r\nb", "a\x00b\x1bc", "\u202eab", "a\u2028b", " a  b "]
)
def test_a_name_is_one_visible_line(name):
    assert digest.one_line(name).replace(" ", "") in ("ab", "abc")
    assert digest.one_line(name).isprintable()


def test_no_mail_names_anybody(reached, mail_server):
    for kind in digest.REASONS:
        reached.tell(reached.task(), kind=kind)
    reached.mail()
    (found,) = mail_server.mails
    said = found.as_string() + found.get_content() + str(found["Subject"])
    with reached.db.read() as session:
        for person in people.search(session, ""):
            assert person.name not in said
            assert person.nip not in said
    assert found.get_content().count("(kasus ") == len(digest.REASONS)


def test_the_server_may_ask_who_we_are(reached, mail_server, tmp_path):
    mail_server.stop()
    mail_server.start("", "auth")
    reached.tell(reached.task())
    with pytest.raises(Undelivered, match="menolak"):
        reached.mail()
    reached.use(mail_server, user="alur", password="salah")
    with pytest.raises(Undelivered, match=r"\(535\)"):
        reached.mail()
    reached.use(mail_server, user="alur", password="r@hasia:/ 1")
    reached.mail()
    assert (reached.mailed, len(mail_server.mails)) == (["sent"], 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_line_goes_to_a_trusted_server_alone(
    reached, mail_server, security, certificate, monkeypatch
):
    mail_server.stop()
    mail_server.start(str(certificate), security)
    reached.use(mail_server, security=security)
    reached.tell(reached.task())
    with pytest.raises(Undelivered):
        reached.mail()
    assert mail_server.mails == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    reached.mail()
    assert mail_server.envelopes == [f"alur@kantor.example {ADDRESS} True"]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate with its key that nobody vouches for."""
    folder = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    try:
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    except OSError:
        pytest.skip("there is no openssl to make a certificate with")
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both
