"""`alur serve` and `alur worker` as processes: who does what is due, and how they end.

Run as a program, this file is `alur` with a slow service: ``python test_worker.py FOLDER worker``.
It notes there each call it has begun, and answers when the file ``go`` is there.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlalchemy import select, update

from engine import clock, deployments, instances
from engine.models import Job
from tasks import handlers
from web import cli

ALUR = Path(sys.prefix) / "bin" / "alur"
PATIENCE = 60  # seconds, after which what has not happened never will
CASES = 5
SLOW = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="lambat" name="Lambat" isExecutable="true">
    <laneSet id="Lajur"><lane id="Staf" name="Staf">
      <extensionElements><camunda:properties>
        <camunda:property name="alur:actor" value="group:umum-aparatur" />
      </camunda:properties></extensionElements>
      <flowNodeRef>Mulai</flowNodeRef><flowNodeRef>Kirim</flowNodeRef>
      <flowNodeRef>Arsip</flowNodeRef><flowNodeRef>Selesai</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Mulai" />
    <serviceTask id="Kirim" name="Mengirim" camunda:type="external" camunda:topic="lambat" />
    <userTask id="Arsip" name="Mengarsipkan" />
    <endEvent id="Selesai" />
    <sequenceFlow id="A" sourceRef="Mulai" targetRef="Kirim" />
    <sequenceFlow id="B" sourceRef="Kirim" targetRef="Arsip" />
    <sequenceFlow id="C" sourceRef="Arsip" targetRef="Selesai" />
  </process>
</definitions>
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def run(site, port, tmp_path):
    """``run("worker")``: that command on the site's database, until the test ends."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
    own = {"ALUR_HOME": str(tmp_path / "home"), "ALUR_DATABASE_URL": site.db.url}
    running = []

    def start(*command: str, slow: Path | None = None) -> subprocess.Popen[str]:
        program = [ALUR] if slow is None else [sys.executable, __file__, slow]
        process = subprocess.Popen(
            [*program, *command], env=kept | own | {"ALUR_PORT": str(port)}, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        assert process.stdout.readline().startswith("Alur"), process.stderr.read()
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def overdue(site):
    """A case of which the first step's Waktu is over."""
    case = site.start()
    site.act(instances.claim, "staff", site.item(case))
    with site.db.write() as session:
        session.execute(update(Job).values(due=clock.now(), ready=clock.now()))
    return case


def end(process: subprocess.Popen[str]) -> None:
    """Asks a process to end, which it does without a complaint."""
    process.send_signal(signal.SIGTERM)
    see_end(process)


def see_end(process: subprocess.Popen[str]) -> None:
    said, told = process.communicate(timeout=PATIENCE)
    complaints = [line for line in told.splitlines() if " INFO " not in line]
    assert (process.returncode, said, complaints) == (0, "", [])


def wait_for(what) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def kinds(site, case: int) -> list[str]:
    visitor = site.visitor("employee")
    return visitor.get(f"/cases/{case}").tree.xpath("//ol[@class='timeline']/li/strong/text()")


def has_fired(site, case: int) -> bool:
    return any(told.startswith("Batas waktu terlewati") for told in kinds(site, case))


def ready(port: int) -> tuple[int, dict]:
    address = f"http://127.0.0.1:{port}/readyz"
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except HTTPError as answer:
        return answer.code, json.load(answer)


def waiting(site) -> list[Job]:
    with site.db.read() as session:
        return list(session.scalars(select(Job).where(Job.kind == "service").order_by(Job.id)))


@pytest.mark.usefixtures("database_url")
def test_a_worker_does_what_is_due_and_ends_when_asked(site, run, overdue):
    worker = run("worker")
    wait_for(lambda: has_fired(site, overdue))
    end(worker)
    assert sum(told.startswith("Batas waktu terlewati") for told in kinds(site, overdue)) == 1


def test_a_server_does_what_is_due_by_itself(site, run, port, overdue):
    server = run("serve")
    wait_for(lambda: has_fired(site, overdue))
    assert ready(port) == (200, {"status": "ok", "database": True, "worker": True})
    end(server)


def test_a_server_without_a_worker_leaves_the_work_to_one_beside_it(site, run, port, overdue):
    server = run("serve", "--no-worker")
    assert ready(port)[0] == 200
    assert not has_fired(site, overdue)
    worker = run("worker")
    wait_for(lambda: has_fired(site, overdue))
    end(worker)
    end(server)


@pytest.mark.parametrize("command", ["worker", "serve"])
def test_what_has_begun_is_finished_before_the_end_and_the_rest_is_given_back(
    site, run, tmp_path, command
):
    version = deployments.deploy(site.db, SLOW)
    deployments.activate(site.db, version.id, topics={"lambat"})
    started = {site.start("lambat") for _ in range(CASES)}
    notes = tmp_path / "notes"
    notes.mkdir()
    process = run(command, slow=notes)
    wait_for(lambda: len(list(notes.iterdir())) == 2)
    wait_for(lambda: sum(job.ready > clock.now() for job in waiting(site)) == 4)  # two in line
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    (notes / "go").touch()
    see_end(process)
    called = {int(note.name) for note in notes.iterdir() if note.name != "go"}
    assert len(called) == 2
    assert {case for case in started if site.work(case)} == called
    left = waiting(site)
    assert {job.instance_id for job in left} == started - called
    assert {(job.state, job.attempts) for job in left} == {("armed", 0)}
    assert all(job.ready <= clock.now() for job in left)


def _be_slow(folder: Path) -> None:
    def answer(order) -> None:
        (folder / str(order.instance_id)).touch()
        wait_for((folder / "go").exists)

    handlers.HANDLERS["lambat"] = answer
    cli.main()


if __name__ == "__main__":
    _be_slow(Path(sys.argv.pop(1)))
