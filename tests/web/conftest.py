"""The site of the sample office, and its people at their browsers."""

import io
import itertools
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NoReturn
from urllib.request import urlopen

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from forked import Forge
from jinja2 import FileSystemBytecodeCache
from lxml import html
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import cases, deployments, history, instances, people, sample, sign_ins, starting
from engine.database import Database
from engine.models import Definition, WorkItem
from engine.settings import Settings
from web.app import create_app
from web.cli import main

ALUR = Path(sys.prefix) / "bin" / "alur"
SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
CAST = {name: nip for name, (nip, *_) in sample.CAST.items()} | {
    "colleague": sample.PEOPLE[9][0],  # the other one of the staff's group
    "neighbour": sample.PEOPLE[5][0],  # supervises the unit beside the employee's
    "outsider": sample.PEOPLE[12][0],
}
ANSWERS = {
    "Langkah_3": {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"},
    "Langkah_4": {"keputusan": "setuju"},
}
SIGNS = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
PATIENCE = 60  # seconds until a command counts as hanging
_numbers = itertools.count()


@pytest.fixture
def sqlite_url(sqlite_office_url) -> str:
    """The sample office with the SKP procedure in force."""
    return sqlite_office_url


@pytest.fixture
def postgresql_url(postgresql_office_url) -> str:
    return postgresql_office_url


class _KnownRule(Rule):
    """An address that is compiled once, not again in the application of each test."""

    _known: ClassVar[dict[Any, dict[str, Any]]] = {}
    _made = ("_parts", "_trace", "_converters", "arguments")
    _builders = ("_build", "_build_unknown")

    def compile(self) -> None:
        converters = tuple(self.map.converters.items())
        asked = (self.rule, self.subdomain, self.host, repr(self.defaults), converters)
        if asked not in self._known:
            super().compile()
            made = {name: getattr(self, name) for name in self._made}
            self._known[asked] = made | {n: getattr(self, n).__func__ for n in self._builders}
        known = self._known[asked]
        vars(self).update({name: known[name] for name in self._made})
        vars(self).update({name: known[name].__get__(self) for name in self._builders})


@pytest.fixture(scope="session", autouse=True)
def _known_rules() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "url_rule_class", _KnownRule)
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory) -> FileSystemBytecodeCache:
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def site(request, tmp_path, compiled_templates) -> Iterator["Site"]:
    """The site on SQLite, or on each database when the test asks for `database_url` too."""
    asked = "database_url" if "database_url" in request.fixturenames else "sqlite_url"
    db = Database(request.getfixturevalue(asked))
    app = create_app(Settings(tmp_path / "home", db.url), db)
    app.jinja_env.bytecode_cache = compiled_templates
    with db.read() as session:
        ids = {who: people.with_nip(session, nip).id for who, nip in CAST.items()}
    yield Site(app, db, ids)
    db.close()


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """The environment of a command, without the settings of who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
    return kept | {"ALUR_HOME": str(tmp_path / "home")}


@pytest.fixture
def alur(environment) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``alur("check", file, given="y", ALUR_PORT="x")``: the finished command.

    It never shows a traceback. It runs in the process of the test, which spares seconds of
    importing; with ``how`` it is a process of its own, for which that goes to `subprocess.run`.
    """

    def run(*arguments: Any, given: str = "", how: Any = None, **more: str) -> Any:
        command = [ALUR, *map(str, arguments)]
        if how is None:
            return _run_here(command, given, environment | more)
        done = subprocess.run(
            command, input=given, env=environment | more,
            capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False, **how,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def _run_here(
    command: list[Any], given: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """What the console script does, and afterwards all that it changes of a process as before."""
    said, complained = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    umask, handlers = os.umask(0), {sign: signal.getsignal(sign) for sign in SIGNS}
    os.umask(umask)
    with pytest.MonkeyPatch.context() as patch, logs_of_its_own():
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", list(map(str, command)))
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()), "utf-8"))
        patch.setattr(sys, "stdout", said)
        patch.setattr(sys, "stderr", complained)
        signal.signal(signal.SIGALRM, _give_up)
        signal.alarm(PATIENCE)
        try:
            with pytest.raises(SystemExit) as left:  # anything else would be a traceback
                main()
        finally:
            signal.alarm(0)
            os.umask(umask)
            for sign, handler in handlers.items():
                signal.signal(sign, handler)
    out, err = (_written(stream) for stream in (said, complained))
    return subprocess.CompletedProcess(command, left.value.code, out, err)


@contextmanager
def logs_of_its_own() -> Iterator[None]:
    """Logs reach what the block adds to the root alone, as in a process that has just begun."""
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = []
    try:
        yield
    finally:
        root.handlers[:] = before


def _give_up(*_: Any) -> NoReturn:
    pytest.fail(f"the command has not ended after {PATIENCE} s")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()


@pytest.fixture
def refused(alur) -> Callable[..., str]:
    """``refused(…)``: the one line in which a command refuses, leaving with 1."""

    def run(*arguments: Any, **more: Any) -> str:
        done = alur(*arguments, **more)
        assert done.returncode == 1, done.stdout
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.strip()

    return run


@pytest.fixture
def serve(environment, forge) -> Iterator[Callable[[str], "Server"]]:
    """``serve(url)``: a real `alur serve` of that database; none outlives the test."""
    running = []

    def start(url: str) -> Server:
        running.append(Server(forge, environment | {"ALUR_DATABASE_URL": url}))
        return running[-1]

    yield start
    for server in running:
        server.end(signal.SIGKILL)


class Server:
    """A process that serves, and its address."""

    def __init__(self, forge: Forge, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        # A file, since a pipe that nobody reads would be full after some hundred requests.
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (until `end`)
        said, saying = os.pipe()
        environment = environment | {"ALUR_PORT": str(port)}
        into = saying, self._complaints.fileno()
        self.process = forge.begin([ALUR, "serve"], environment, *into)
        os.close(saying)
        with open(said, encoding="utf-8") as lines:  # noqa: PTH123  (a pipe)
            assert lines.readline().startswith("Alur: ")

    def answers(self, path: str = "/readyz") -> bool:
        """Whether somebody else gets a page now."""
        with urlopen(self.address + path, timeout=60) as answer:  # noqa: S310  (our own address)
            return answer.status == 200

    def wait_for_line(self, text: str) -> None:
        """Until it has written that; the file is its own to move in, so it is read beside it."""
        deadline = time.monotonic() + 60
        while text.encode() not in os.pread(self._complaints.fileno(), 1_000_000, 0):
            assert time.monotonic() < deadline, "it never said so"
            time.sleep(0.05)

    def end(self, sign: int) -> str:
        """Ends it and gives what it has complained of."""
        self.process.send_signal(sign)
        self.process.wait(timeout=20)
        if self._complaints.closed:  # it was ended before
            return ""
        with self._complaints as complaints:
            complaints.seek(0)
            return complaints.read()


def _with_marks(source: bytes, more: bytes) -> bytes:
    first, step, rest = source.partition(b'<bpmn:userTask id="Langkah_3"')
    number = b'<camunda:constraint name="required"/><camunda:constraint name="min" config="0"/>'
    fields = b"".join(
        b'<camunda:formField id="%s" label="%s" type="%s"><camunda:validation>%s'
        b"</camunda:validation></camunda:formField>" % field
        for field in (
            (b"nilai_skp", b"Nilai SKP", b"decimal", number),
            (b"nilai_perilaku", b"Nilai perilaku", b"decimal", number),
            (b"catatan_penilai", b"Catatan", b"text", b'<camunda:constraint name="required"/>'),
        )
    )
    form = b"<camunda:formData>" + more + fields + b"</camunda:formData>"
    rest = rest.replace(b' camunda:formKey="alur:skp-penilaian"', b"", 1)
    return first + step + rest.replace(b"<camunda:properties>", form + b"<camunda:properties>", 1)


@pytest.fixture
def drawn_marks(skp) -> Callable[..., bytes]:
    """``drawn_marks(more)``: the SKP whose assessment is a drawn form of plain marks.

    ``more`` are fields before them.
    """
    return lambda more=b"": _with_marks(skp, more)


@dataclass(frozen=True)
class Page:
    """An answer of the site, as its reader sees it."""

    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> Any:
        return self.response.headers

    @property
    def location(self) -> str | None:
        return self.response.location

    @property
    def source(self) -> str:
        return self.response.text

    @cached_property
    def tree(self) -> Any:
        return html.fromstring(self.source)

    @property
    def title(self) -> str:
        return self.tree.findtext(".//title")

    @property
    def text(self) -> str:
        """The words of the page on one line."""
        return " ".join(self.tree.text_content().split())

    @property
    def said(self) -> list[str]:
        """What the site told the reader above the page."""
        flashed = self.tree.xpath("//p[contains(@class, 'flash')]")
        return [" ".join(element.text_content().split()) for element in flashed]

    @property
    def links(self) -> list[str]:
        """Every address the page names."""
        return self.tree.xpath("//@href | //@action | //@hx-post | //@src | //@data-diagram")

    def value(self, name: str) -> str | None:
        """What stands in a field."""
        (given,) = self.tree.xpath("//*[@name=$name]", name=name)
        return given.text if given.tag == "textarea" else given.get("value")

    def fault(self, name: str) -> str | None:
        """The sentence under a field."""
        found = self.tree.xpath("//small[@id=$id]", id=f"isian-{name}-salah")
        return found[0].text_content() if found else None


def _csrf(client: Any) -> str:
    with client.application.test_request_context():
        token: str = generate_csrf()
        known = session["csrf_token"]
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = known
    return token


@pytest.fixture(scope="session")
def csrf() -> Callable[[Any], str]:
    """``csrf(client)``: a token for the forms of a browser, as every page with a form has it."""
    return _csrf


@dataclass
class Visitor:
    """A browser of one person, who may be signed in."""

    client: Any
    csrf: str = field(init=False)

    def __post_init__(self) -> None:
        self.csrf = _csrf(self.client)

    def get(self, path: str, **how: Any) -> Page:
        return Page(self.client.get(path, **how))

    def post(self, path: str, given: dict[str, Any] | None = None, **how: Any) -> Page:
        """Sends a form as the page would, with its CSRF token."""
        answer = self.client.post(path, data={"csrf_token": self.csrf, **(given or {})}, **how)
        answer.request.environ["wsgi.input"].close()  # a large form is in a file
        return Page(answer)

    def script(self, path: str, given: dict[str, Any] | None = None) -> Page:
        """Sends a form by the page's own script."""
        return self.post(path, given, headers={"HX-Request": "true"})

    def sign_in(self, who: str, password: str = sample.PASSWORD, **how: Any) -> Page:
        return self.post("/sign-in", {"nip": CAST[who], "password": password}, **how)


@dataclass(frozen=True)
class Site:
    """The application with its database, and what the office does behind it."""

    app: Flask
    db: Database
    ids: dict[str, int]

    def visitor(self, who: str | None = None) -> Visitor:
        """Somebody at a browser; signed in when named."""
        client = self.app.test_client()
        if who is not None:
            with self.db.write() as writing:
                secret = sign_ins.begin(writing, self.ids[who], "Peramban uji")
            with client.session_transaction() as session:
                session["_user_id"] = secret
        return Visitor(client)

    def put_into_force(self, source: bytes) -> Definition:
        version = deployments.deploy(self.db, source)
        return deployments.activate(self.db, version.id)

    def start(self, key: str = "skp_collection") -> int:
        """A case of the employee's, started by the staff."""
        staff = self._actor(self.ids["staff"])
        return starting.start(self.db, staff, key, self.ids["employee"], token=_token())

    def work(self, case: int) -> list[WorkItem]:
        with self.db.read() as session:
            return list(cases.work(session, case))

    def item(self, case: int) -> WorkItem:
        """The one open task of a case."""
        (item,) = (item for item in self.work(case) if item.status == "open")
        return item

    def act(self, act: Callable[..., int], who: str, item: WorkItem) -> int:
        return act(self.db, self._actor(self.ids[who]), item.id)

    def step(self, case: int, **given: Any) -> None:
        """Does the present step of a case, by whose turn it is."""
        item = self.item(case)
        actor = self._actor(item.person_id or self.ids["staff"])
        answer = given or ANSWERS.get(item.element, {})
        instances.complete(self.db, actor, item.id, answer, token=_token())

    def until(self, case: int, element: str) -> WorkItem:
        """Does a case's steps up to one, and gives that task."""
        while self.item(case).element != element:
            self.step(case)
        return self.item(case)

    def task(self, element: str) -> str:
        """The address of that task in a new case."""
        return f"/tasks/{self.until(self.start(), element).id}"

    def answers(self, case: int, element: str) -> dict[str, Any]:
        """What was submitted for a task, the newest."""
        done = [item.id for item in self.work(case) if item.element == element]
        with self.db.read() as session:
            return history.submissions(session, case)[done[-1]]

    def _actor(self, person_id: int) -> Any:
        with self.db.read() as session:
            return people.actor(session, person_id)


def _token() -> str:
    return f"office-{next(_numbers)}"
