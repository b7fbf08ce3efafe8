"""Hostile diagrams sent to a real server, and given to `alur check`.

Others are answered meanwhile, nothing is read or written for the attacker, and the server's memory
stays what it was.
"""

import http.cookiejar
import signal
import socket
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from lxml import html
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from bpmn.reading import BPMN, CAMUNDA, MAX_BYTES
from engine import sample

ALUR = Path(sys.prefix) / "bin" / "alur"
SECRET = "<isi berkas rahasia"  # not well-formed: reading it would be another refusal
REFUSED = "tidak dapat dijalankan dan tidak disimpan"
MEGABYTES = 200


@pytest.fixture
def secret(tmp_path) -> str:
    """The address of a file on this machine that no diagram may get at."""
    path = tmp_path / "rahasia.txt"
    path.write_text(SECRET)
    return path.as_uri()


@pytest.fixture
def listener():
    """A server on this machine that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.fixture
def reaching_out(secret, listener) -> list[bytes]:
    """Diagrams that try to get at the file or at the network."""
    call = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    xi = "http://www.w3.org/2001/XInclude"
    reached = []
    for address in (secret, call):
        reached += [
            document(use="&a;", head=f'<!DOCTYPE d [<!ENTITY a SYSTEM "{address}">]>'),
            document(head=f'<!DOCTYPE d SYSTEM "{address}">'),
            document(head=f'<!DOCTYPE d [<!ENTITY % a SYSTEM "{address}"> %a;]>'),
            document(use=f'<xi:include xmlns:xi="{xi}" href="{address}" parse="text" />'),
            document(f'xmlns:xsi="{xsi}" xsi:schemaLocation="{BPMN} {address}"'),
            document(f'xmlns:xsi="{xsi}" xsi:noNamespaceSchemaLocation="{address}"'),
            document(beside=f'<import importType="{BPMN}" location="{address}" namespace="x" />'),
            document(head=f'<?xml-stylesheet href="{address}"?>'),
            document(f'xml:base="{address}"'),
        ]
    return reached


def document(more: str = "", *, use: str = "", head: str = "", beside: str = "") -> bytes:
    note = f"<documentation>{use}</documentation>"
    opened = f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA[0]}" targetNamespace="x" {more}>'
    process = f'<process id="p" isExecutable="true">{note}<startEvent id="s" /></process>'
    return f"{head}{opened}{beside}{process}</definitions>".encode()


def bombs() -> list[bytes]:
    """The dearest diagrams of each kind; one is of the largest size, and one beyond it."""
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 13)
    )
    chain = "".join(
        f'<task id="n{i}" /><sequenceFlow id="f{i}" sourceRef="n{i}" targetRef="n{i + 1}" />'
        for i in range(4000)
    )
    faults = "".join(f'<task id="1{i}" q="" />' for i in range(9000))
    fields = "".join(f'<camunda:formField id="f{i}" type="x" />' for i in range(9000))
    around = b"<documentation></documentation>"
    return [
        document(use="&a12;", head=f"<!DOCTYPE d [{laughs}]>"),
        document(head="<!DOCTYPE d [<!ELEMENT d (" + "a," * 1_000_000 + "a)>]>"),
        document(use="x" * (MAX_BYTES - 999)),
        document().replace(around, chain.encode()),
        document().replace(around, faults.encode()),
        document().replace(
            around,
            f'<userTask id="u"><extensionElements><camunda:formData>{fields}</camunda:formData>'
            "</extensionElements></userTask>".encode(),
        ),
        document(use="<a>" * 800_000),
        document(use="x" * 50_000_000),
    ]


class Attacker:
    """An analyst who is signed in, and sends what he likes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.post("/sign-in", nip=sample.CAST["analyst"][0], password=sample.PASSWORD)

    def post(self, path: str, **fields: object) -> tuple[int, str]:
        page = html.fromstring(self.browser.open(f"{self.address}/sign-in", timeout=60).read())
        token = page.xpath("string(//input[@name='csrf_token']/@value)")
        boundary, body = encode_multipart({"csrf_token": token} | fields)
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = Request(self.address + path, body, kind)  # noqa: S310  (our own address)
        try:
            with self.browser.open(request, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()
        except OSError:  # the server has hung up while we were still sending
            return 413, ""

    def upload(self, source: bytes) -> tuple[int, str]:
        return self.post("/processes", file=FileStorage(BytesIO(source), "jahat.bpmn"))


def test_the_server_answers_others_while_it_is_attacked(serve, sqlite_url):
    server = serve(sqlite_url)
    attackers = [Attacker(server.address) for _ in range(2)]
    attackers[0].upload(document())  # what every process has once it has checked a diagram
    before = most_memory(server)
    statuses: list[int] = []

    def attack(attacker: Attacker) -> None:
        statuses.extend(attacker.upload(bomb)[0] for bomb in bombs())

    threads = [threading.Thread(target=attack, args=(one,)) for one in attackers]
    for thread in threads:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in threads):
        assert server.answers("/sign-in")
        answered += 1
    for thread in threads:
        thread.join()
    assert len(statuses) == len(attackers) * len(bombs())
    assert set(statuses) == {413, 422}
    assert answered > len(attackers)
    assert most_memory(server) - before < MEGABYTES * len(attackers)
    assert "Traceback" not in server.end(signal.SIGTERM)


def test_nothing_is_read_for_an_upload_that_reaches_out(serve, sqlite_url, reaching_out, tmp_path):
    server = serve(sqlite_url)
    attacker = Attacker(server.address)
    there = sorted(tmp_path.rglob("*.txt"))
    for source in reaching_out:
        status, page = attacker.upload(source)
        assert (status, REFUSED in page) == (422, True)
        assert "rahasia" not in page
    assert sorted(tmp_path.rglob("*.txt")) == there


def test_nothing_is_read_for_a_check_of_what_reaches_out(environment, reaching_out, tmp_path):
    for source in reaching_out[::3]:
        file = tmp_path / "jahat.bpmn"
        file.write_bytes(source)
        done = check(file, environment)
        assert done.returncode == 1
        assert "rahasia" not in done.stdout + done.stderr


def test_the_check_of_a_bomb_is_words_and_no_traceback(environment, tmp_path):
    for bomb in bombs()[-3:]:
        file = tmp_path / "jahat.bpmn"
        file.write_bytes(bomb)
        done = check(file, environment)
        explained = 'Penjelasan dan contoh setiap aturan: "alur rules NAMA".\n'
        assert (done.returncode, done.stderr) == (1, explained)
        assert len(done.stdout) < 100_000
        assert all(line.startswith(("error: ", "blocking: ", "warning: "))
                   for line in done.stdout.splitlines())  # fmt: skip


def check(file: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ALUR, "check", file], env=environment, capture_output=True, encoding="utf-8", check=False
    )


def most_memory(server) -> int:
    """The most memory the server has had, in MB; 0 where the system does not tell."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return 0
    told = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(told["VmHWM"].split()[0]) // 1024
