"""Who may do what: every line of docs/access.md tried as every role, on an office at work.

Behind that hostile requests at random, whose number ``FUZZ_REQUESTS`` says (in CI 600).
"""

import io
import itertools
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import select, update

from engine import (
    access,
    attachments,
    cases,
    clock,
    comments,
    contents,
    corrections,
    deployments,
    directory,
    disputes,
    drafts,
    incidents,
    instances,
    jobs,
    jumps,
    monitoring,
    nudges,
    people,
    postponement,
    publications,
    reassignment,
    sample,
    sign_ins,
    signatures,
    sketches,
    sop_imports,
    starting,
    substitutions,
    supervision,
    trials,
)
from engine.attachments import File
from engine.database import Database
from engine.drafts import Sheet
from engine.errors import NoHandler, NoLongerOpen, NotAllowed, NotFound
from engine.instruments import EVALUATION, MONITORING, Judgement, Period
from engine.models import (
    Attachment,
    Base,
    Campaign,
    CampaignMember,
    DirectoryImport,
    Document,
    Duty,
    Group,
    Incident,
    Job,
    MassAct,
    Move,
    Notice,
    SavedView,
    Signature,
    SignIn,
    Substitution,
    Unit,
    WorkItem,
)
from engine.people import Actor
from engine.settings import Settings
from tasks.rehearsal import Rehearsal
from web.app import create_app
from web.cli import cli

ROOT = Path(__file__).parents[2]
SKP = ROOT / "bpmn" / "skp_collection.bpmn"
# The columns of the tables: places in the sample office's list of people.
CAST = {
    "outsider": 12, "employee": 11, "starter": 8, "performer": 6, "participant": 7, "member": 9,
    "substitute": 13, "superior": 1, "supervisor": 4, "neighbour": 5, "analyst": 10,
    "auditor": 15, "administrator": 3,
}  # fmt: skip
# The same procedure, in which the assessor's form asks for a file.
WITH_A_FILE = SKP.read_bytes().replace(b"skp_collection", b"skp_berkas").replace(
    b' camunda:formKey="alur:skp-penilaian">', b">",
).replace(
    b'<camunda:property name="alur:documents" value="penilaian" />', b"",
).replace(
    b"Memberikan penilaian dan diserahkan secara langsung kepada pegawai yang dinilai."
    b"</bpmn:documentation>\n      <bpmn:extensionElements>",
    b"-</bpmn:documentation><bpmn:extensionElements><camunda:formData>"
    b'<camunda:formField id="bukti" label="Bukti" type="file"/></camunda:formData>',
)  # fmt: skip
NOTE = File("catatan.txt", "text/plain", b"Catatan")
ROLES = ("stranger", *CAST)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What no form of ours has, and an attacker would like it to.
FORGED = {
    "person_id": "1", "actor": "1", "subject_id": "1", "closed_by": "1", "role": "administrator",
    "is_administrator": "1", "status": "completed", "_method": "DELETE", "next": "//example.org",
    "reason": "Alasan",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of a table: the way in, and the roles that get through it."""

    way: str
    roles: frozenset[str]

    def __str__(self) -> str:
        return self.way

    @property
    def method(self) -> str:
        return self.way.split()[0]

    @property
    def rule(self) -> str:
        return self.way.split()[1]


def _table(head: str) -> list[Row]:
    """The rows of the tables of docs/access.md whose first column is called so."""
    found, names = [], []
    for line in (ROOT / "docs" / "access.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            names = []
        elif cells[0] == head:
            names = cells[1:]
        elif names == list(ROLES) and not line.startswith("|--"):
            marks = dict(zip(names, cells[1:], strict=True))
            assert set(marks.values()) <= {"", "yes"}, line
            roles = frozenset(name for name, mark in marks.items() if mark)
            found.append(Row(cells[0].replace("`", ""), roles))
    return found


def _open_to_everybody() -> set[tuple[str, str]]:
    text = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    section = text.split("## Open to everybody")[1].split("\n## ")[0]
    lines = re.findall(r"^\| ([A-Z, ]+) `(/[^`]*)`", section, flags=re.M)
    return {(method, rule) for methods, rule in lines for method in methods.split(", ")}


MOMENT = clock.now()
_numbers = itertools.count()
PAGES, ACTS = _table("way in"), _table("act")


@dataclass(frozen=True)
class World:
    """A database of the office at work, and the numbers of what stands in it."""

    path: Path
    numbers: dict[str, Any]
    people: dict[str, int]
    secrets: dict[str, str]


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    """Who is seen again after some minutes is written down: on a slow machine that is no hole."""
    monkeypatch.setattr(clock, "now", lambda: MOMENT)


@pytest.fixture(scope="session")
def world(tmp_path_factory, furnished_file) -> World:
    path = shutil.copy(furnished_file, tmp_path_factory.mktemp("access") / "alur.sqlite")
    db = Database(f"sqlite:///{path}")
    with db.read() as session:
        ids = {role: people.with_nip(session, sample.PEOPLE[n][0]).id for role, n in CAST.items()}
    numbers = _at_work(db, ids)
    with db.write() as session:
        secrets = {role: sign_ins.begin(session, person, "uji") for role, person in ids.items()}
    db.close()
    return World(Path(path), numbers, ids, secrets)


def _at_work(db: Database, ids: dict[str, int]) -> dict[str, Any]:
    def actor(role: str) -> Actor:
        with db.read() as session:
            return people.actor(session, ids[role])

    deployments.activate(db, deployments.deploy(db, WITH_A_FILE).id)

    def start(key: str = "skp_collection") -> int:
        chosen = {"Lane_AtasanPejabatPenilai": ids["participant"]}
        token = f"kasus-{next(_numbers)}"
        return starting.start(db, actor("starter"), key, ids["employee"], chosen, token=token)

    def item(case: int) -> WorkItem:
        with db.read() as session:
            open_one = WorkItem.instance_id == case, WorkItem.status == "open"
            return session.scalars(select(WorkItem).where(*open_one)).one()

    case, untaken, taken = start(), start(), start()
    with_files = start("skp_berkas")
    first_step = second_step = item(case).id
    for number in range(2):
        second_step = item(case).id
        for one in (case, with_files):
            token = f"langkah-{one}-{number}"
            given = {"catatan": "Baik"}
            instances.complete(db, actor("starter"), item(one).id, given, token=token)
    instances.claim(db, actor("starter"), item(taken).id)
    instances.take_up(db, actor("performer"), item(case).id)
    with db.read() as session:
        clocked = Job.instance_id == case, Job.kind == "timer"
        timer = session.scalars(select(Job).where(*clocked)).first()
    failed = _failed_job(db, case)
    attachments.attach(db, actor("performer"), case, NOTE)
    tried = _trial(db, actor("analyst"))
    sketch = sketches.empty(db, actor("analyst"), "Cuti")
    table = sop_imports.begin(db, actor("analyst"), "uji.csv", b"No;Kegiatan;Output\n1;Uji;Surat")
    asked = _asked(db, actor("analyst"), ids)
    sheet = _sheet(db, actor("supervisor"))
    today = clock.now().date()
    with db.write() as session:
        units = dict(session.execute(select(Unit.code, Unit.id)).all())
        stands_in = Substitution(
            absent_id=ids["performer"], substitute_id=ids["substitute"], capacity="plh",
            first_day=today - timedelta(days=2), last_day=today + timedelta(days=2),
            reason="Dinas luar", at=clock.now(), person_id=ids["administrator"],
        )  # fmt: skip
        notice = Notice(
            person_id=ids["performer"], instance_id=case, work_item_id=item(case).id,
            kind="due", token="uji", at=clock.now(),
        )  # fmt: skip
        brought = DirectoryImport(
            at=clock.now(), name="pegawai.csv", file=b"NIP\n", state="refused", plan=b"{}"
        )
        over = deployments.in_force(session, "skp_collection").id
        moved = Move(
            from_id=over, to_id=over, mapping=b"{}", note="Uji", person_id=ids["analyst"],
            at=clock.now(), ended_at=clock.now(),
        )  # fmt: skip
        view = SavedView(person_id=ids["supervisor"], name="Uji", query="state=open")
        act = MassAct(
            kind="suspend", details=b"{}", reason="Uji", person_id=ids["supervisor"],
            at=clock.now(), ended_at=clock.now(), token="uji",
        )  # fmt: skip
        campaign = Campaign(
            key="skp_collection", name="SKP", scope="unit", about="Uji", given=b"{}", beside=0,
            status="running", person_id=ids["supervisor"], at=clock.now(), token="uji",
        )  # fmt: skip
        session.add_all([stands_in, notice, brought, moved, view, act, campaign])
        secret = sign_ins.begin(session, ids["performer"], "Peramban uji")
        session.flush()
        assert secret
        member = CampaignMember(
            campaign_id=campaign.id, person_id=ids["outsider"], key="skp_collection",
            outcome="refused", reason="Uji",
        )  # fmt: skip
        session.add(member)
        return _paper(session, case, ids) | tried | asked | {
            "instance_id": case, "item_id": item(case).id, "task": timer.task,
            "incident_id": failed, "notice_id": notice.id, "import_id": brought.id,
            "substitution_id": stands_in.id, "unit_id": units["layanan"],
            "subject_id": ids["employee"], "person_id": ids["performer"],
            "definition_id": deployments.in_force(session, "skp_collection").id,
            "group_id": session.scalar(select(Group.id)),
            "duty_id": session.scalar(select(Duty.id).where(Duty.person_id == ids["supervisor"])),
            "move_id": moved.id, "view_id": view.id, "act_id": act.id, "sheet_id": sheet,
            "campaign_id": campaign.id,
            "sign_in_id": session.scalar(select(SignIn.id).order_by(SignIn.id.desc())),
            "sketch_id": sketch, "sop_id": table, "place": 0, "version": 1, "page": 1,
            "attachment_id": session.scalar(select(Attachment.id)),
            "with_files": item(with_files).id,
            "done": first_step, "with_answers": second_step, "untaken": item(untaken).id,
            "taken": item(taken).id,
        }  # fmt: skip


def _sheet(db: Database, supervisor: Actor) -> int:
    """A draft of the supervisor's unit, of the year that is not over."""
    year = Period.holding(EVALUATION, clock.now().date())
    return monitoring.make(db, supervisor, "skp_collection", min(supervisor.supervises), year)


def _paper(session: Any, case: int, ids: dict[str, int]) -> dict[str, int]:
    """A document that one person has signed, and the performer is to sign next."""
    kept = contents.keep(session, b"%PDF- belum")
    document = Document(
        instance_id=case, kind="uji", revision=1, at=clock.now(), data=b"{}", content_id=kept
    )
    session.add(document)
    session.flush()
    places = ("StafPelaksana", "PejabatPenilai", "Pegawai", "AtasanPejabatPenilai")
    people_ = ("starter", "performer", "employee", "participant")
    signers = [(f"Lane_{place}", ids[who]) for place, who in zip(places, people_, strict=True)]
    first: Signature = signatures.prepare(session, document, signers)[0]
    first.mode, first.signed_by, first.signed_at = "wet", ids["starter"], clock.now()
    first.content_id = contents.keep(session, b"%PDF- pindaian")
    return {"document_id": document.id, "number": 1, "content": kept}


def _trial(db: Database, analyst: Actor) -> dict[str, Any]:
    """A trial of the analyst's, and its open task."""
    with db.read() as session:
        what = trials.trying(session, SKP.read_bytes())
    case = Rehearsal.start(what.program, {}, clock.now())
    trial = trials.begin(db, analyst, "Uji", what, case.save())
    return {"trial_id": trial, "task": next(iter(case.execution.open_tasks))}


def _asked(db: Database, analyst: Actor, ids: dict[str, int]) -> dict[str, Any]:
    """A version that another analyst asks to be put into force."""
    version = deployments.deploy(db, SKP.read_bytes() + b"<!-- baru -->")
    another = replace(analyst, id=ids["outsider"])
    with db.read() as session:
        over = deployments.in_force(session, "skp_collection").id
    proposal = publications.Proposal("Uji", over)
    asked = publications.publish(
        db, another, version.id, proposal, topics=deployments.BUILT_IN, second=True
    )
    return {"publication_id": asked.id}


def _failed_job(db: Database, case: int) -> int:
    now = clock.now()
    row = {"kind": "message", "instance_id": case, "element": "x", "due": now, "ready": now}
    with db.write() as session:
        jobs.arm(session, [row])
        job = session.scalars(select(Job).where(Job.kind == "message")).one()
    jobs.failed(db, job, NoHandler("x"))
    with db.read() as session:
        return session.scalars(select(Incident.id)).one()


class Office:
    """A copy of the world with its site, which tells what was written."""

    def __init__(self, world: World, folder: Path, templates: Any, csrf: Any) -> None:
        self.world = world
        self.csrf = csrf
        self.path = Path(shutil.copy(world.path, folder / "alur.sqlite"))
        self.db = Database(f"sqlite:///{self.path}")
        with self.db.write() as session:  # else a request would note that they are still there
            session.execute(update(SignIn).values(seen_at=clock.now()))
        self.app = create_app(Settings(folder / "home", self.db.url), self.db)
        self.app.jinja_env.bytecode_cache = templates

    def close(self) -> None:
        self.db.close()

    def written(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        names = Base.metadata.tables
        with sqlite3.connect(self.path) as connection:
            return {n: connection.execute(f'SELECT * FROM "{n}"').fetchall() for n in names}

    def actor(self, role: str) -> Actor:
        with self.db.read() as session:
            return people.actor(session, self.world.people[role])

    def ask(self, role: str, row: Row, method: str | None = None) -> Any:
        """What the site answers to a role that takes this way, with forged fields."""
        client = self.app.test_client()
        if role != "stranger":
            with client.session_transaction() as cookie:
                cookie["_user_id"] = self.world.secrets[role]
        fields = FORGED | FIELDS.get(row.rule, {}) | {"csrf_token": self.csrf(client)}
        how = {} if row.method == "GET" else {"data": fields}
        return client.open(self._address(row), method=method or row.method, **how)

    def _address(self, row: Row) -> str:
        words = {"key": "skp_collection", "style": "csv", "element": "Langkah_2", "field": "bukti",
                 "name": "deadlock", "example": "wrong"}  # fmt: skip
        numbers = self.world.numbers | words
        other = NUMBERS.get(row.way)
        if other:
            numbers = numbers | {"item_id": numbers[other]}
        if row.rule in OF:
            numbers = numbers | {"person_id": self.world.people[OF[row.rule]]}
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(numbers[found[1]]), row.rule)
        return path + ASKED.get(row.rule, "")


NUMBERS = {
    "POST /tasks/<int:item_id>/claim": "untaken",
    "POST /tasks/<int:item_id>/release": "taken",
    "GET /cases/<int:instance_id>/steps/<int:item_id>": "done",
    "GET /cases/<int:instance_id>/steps/<int:item_id>/correct": "done",
    "POST /cases/<int:instance_id>/steps/<int:item_id>/correct": "done",
    "POST /tasks/<int:item_id>/files/<field>": "with_files",
    "POST /tasks/<int:item_id>/files/<field>/remove": "with_files",
}
# The one version in force has none before it to be compared with.
ASKED = {"/sop/<key>/<int:version>/changes": "?from=1"}
# Of whom something can be taken.
OF = {
    "/people/<int:person_id>/duties/<int:duty_id>/take": "supervisor",
    "/groups/<int:group_id>/members/<int:person_id>/remove": "starter",
}
LAYANAN = 1 + [code for code, *_ in sample.UNITS].index("layanan")  # as it is numbered
LATER = (MOMENT + timedelta(days=200)).strftime("%d-%m-%Y")
# What makes the deed whole, so that only access can be in its way.
FIELDS: dict[str, dict[str, str]] = {
    "/substitutions": {
        "absent": sample.PEOPLE[6][0], "name": sample.PEOPLE[12][0], "capacity": "plh",
        "first": LATER, "last": LATER,
    },
    "/cases/<int:instance_id>/timers/<task>/postpone": {"date": LATER, "time": "10.00"},
    "/cases/<int:instance_id>/reassign": {
        "place": "Lane_PejabatPenilai", "person": sample.PEOPLE[12][0],
    },
    "/cases/acts": {"kind": "suspend", "case": "1", "token": "uji-2"},
    "/cases/acts/preview": {"kind": "suspend", "case": "1"},
    "/campaigns/preview": {"key": "skp_collection", "scope": "unit", "unit": "layanan"},
    "/campaigns": {
        "key": "skp_collection", "scope": "unit", "unit": "layanan", "token": "uji-3",
    },
    "/people/<int:person_id>/groups": {"group": "1"},
    "/cases/<int:instance_id>/tasks/<int:item_id>/jump": {"to": "Langkah_2"},
    "/monitoring": {
        "process": "skp_collection", "unit": str(LAYANAN),
        "period": str(MOMENT.year),
    },
    "/cases/<int:instance_id>/comments": {"comment": "Mohon diperiksa"},
}  # fmt: skip


@pytest.fixture
def office(world, tmp_path, compiled_templates, csrf):
    """``office()``: another copy of the world."""
    opened: list[Office] = []

    def another() -> Office:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        opened.append(Office(world, folder, compiled_templates, csrf))
        return opened[-1]

    yield another
    for one in opened:
        one.close()


def _is_kept_out(answer: Any) -> bool:
    to_sign_in = answer.status_code == 302 and answer.location.startswith("/sign-in")
    return to_sign_in or answer.status_code in (401, 403, 404)


def holes(office: Callable[[], Office], row: Row) -> list[str]:
    """Where the site does not do as the line says."""
    found, shared = [], office()
    before = shared.written()
    for role in sorted(set(ROLES) - row.roles):
        answer = shared.ask(role, row)
        # Whoever acts on what is not theirs may be sent back to their own work instead.
        sent_back = row.method == "POST" and answer.status_code == 303
        if not (_is_kept_out(answer) or sent_back):
            found.append(f"{role}: {answer.status_code} {row}")
    if shared.written() != before:
        found.append(f"written by who may not: {row}")
    for role in sorted(row.roles):
        answer = (shared if row.method == "GET" else office()).ask(role, row)
        if _is_kept_out(answer) or answer.status_code >= 500:
            found.append(f"{role} kept out: {answer.status_code} {row}")
    return found


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_each_way_is_open_to_whom_the_table_says(office, row):
    assert holes(office, row) == []


def test_every_address_stands_in_the_table_and_nothing_else(office):
    ways = {
        (method, rule.rule)
        for rule in office().app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    listed = [(row.method, row.rule) for row in PAGES]
    assert len(listed) == len(set(listed))
    assert set(listed) | _open_to_everybody() == ways
    assert not set(listed) & _open_to_everybody()


def test_other_methods_do_nothing(office):
    here = office()
    before = here.written()
    # In turn: the table of addresses, which refuses them, knows nobody (and is compared above).
    roles = itertools.cycle(("outsider", "administrator", "performer"))
    for rule in sorted({row.rule for row in PAGES}):
        known = {row.method for row in PAGES if row.rule == rule}
        for method, role in zip(sorted(set(METHODS) - known), roles, strict=False):
            answer = here.ask(role, Row(f"POST {rule}", frozenset()), method)
            # The address of one thing may be that of another with a letter for a number.
            assert answer.status_code in (404, 405), (role, method, rule)
    assert here.written() == before


def test_a_hole_in_the_one_place_that_decides_is_found(office, monkeypatch):
    """Were supervisors those of any unit, the table would say so."""
    monkeypatch.setattr(access, "may_supervise", lambda actor, _instance: bool(actor.supervises))
    suspend = next(row for row in PAGES if row.way == "POST /cases/<int:instance_id>/suspend")
    assert holes(office, suspend) == [f"written by who may not: {suspend}"]


def test_a_page_without_its_guard_is_found(office):
    class Unguarded(Office):
        def __init__(self, *how: Any) -> None:
            super().__init__(*how)
            self.app.before_request_funcs["people"] = []

    row = next(row for row in PAGES if row.way == "GET /people/<int:person_id>")
    one = office()
    unguarded = Unguarded(one.world, one.path.parent, None, one.csrf)
    assert len(holes(lambda: unguarded, row)) >= len(ROLES) - 3
    unguarded.close()


def _acts(here: Office, role: str) -> dict[str, Callable[[], Any]]:
    actor, n, ids = here.actor(role), here.world.numbers, here.world.people
    db, today = here.db, clock.now().date()

    def seeing() -> None:
        with db.read() as session:
            cases.case(session, actor, n["instance_id"])

    def signing() -> None:
        made, over = signatures.Signed(b"%PDF- dua", "test", "x"), n["content"]
        try:
            signatures.record(db, actor, n["document_id"], 2, over, made)
        except NoLongerOpen as error:  # who has a place too, and is not at turn
            raise NotAllowed(error.message) from error

    def retrying() -> None:
        incidents.retry(db, actor, n["incident_id"])

    def deciding() -> None:
        with suppress(NoLongerOpen):  # nobody has disagreed yet
            disputes.decide(db, actor, n["instance_id"], n["item_id"], "Alur_Setuju", "x")

    term = substitutions.Term("plh", today + timedelta(days=30), today + timedelta(days=31), "x")
    answers = {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"}
    given = directory.Particulars(
        "199801012090031099", "Baru Contoh", "III/a", "Pranata", n["unit_id"]
    )
    until = clock.now() + timedelta(days=300)
    half = Period.holding(MONITORING, today)
    case, lane = n["instance_id"], "Lane_PejabatPenilai"
    return {
        "complete": lambda: instances.complete(db, actor, n["item_id"], answers, token="x"),
        "take_up": lambda: instances.take_up(db, actor, n["item_id"]),
        "save_draft": lambda: drafts.save(
            db, actor, n["item_id"], [("nilai_skp", "9")], 0, Sheet("x", "x", 1)
        ),
        "comment": lambda: comments.add(db, actor, case, "x"),
        "attach": lambda: attachments.attach(db, actor, case, NOTE),
        "claim": lambda: instances.claim(db, actor, n["untaken"]),
        "release": lambda: instances.release(db, actor, n["taken"]),
        "start": lambda: starting.start(db, actor, "skp_collection", ids["employee"], token="baru"),
        "cancel": lambda: supervision.cancel(db, actor, case, "x"),
        "suspend": lambda: supervision.suspend(db, actor, case, "x"),
        "postpone": lambda: postponement.postpone(db, actor, case, n["task"], until, "x"),
        "correct": lambda: corrections.correct(
            db, actor, case, n["with_answers"], {"catatan": "Cukup"}, "x"
        ),
        "decide": deciding,
        "jump": lambda: jumps.jump(db, actor, case, n["item_id"], "Langkah_2", "x"),
        "nudge": lambda: nudges.nudge(db, actor, case, n["item_id"], "x"),
        "reassign": lambda: reassignment.reassign(db, actor, case, lane, ids["neighbour"], "x"),
        "retry": retrying,
        "sign": signing,
        "monitor": lambda: monitoring.make(db, actor, "skp_collection", n["unit_id"], half),
        "judge": lambda: monitoring.save(db, actor, n["sheet_id"], Judgement(conclusion="Baik"), 0),
        "substitute": lambda: substitutions.appoint(
            db, actor, ids["performer"], ids["outsider"], term
        ),
        "add_person": lambda: directory.add(db, actor, given),
        "see_case": seeing,
    }


@pytest.mark.parametrize("row", ACTS, ids=str)
def test_the_engine_asks_again(office, row):
    assert "stranger" not in row.roles  # there is nobody who acts
    for role in CAST:
        here = office()
        act, before = _acts(here, role)[row.way], here.written()
        if role in row.roles:
            act()
        else:
            with pytest.raises((NotAllowed, NotFound)):
                act()
            assert here.written() == before, role


def test_the_acts_of_the_table_are_those_that_are_tried(office):
    assert {row.way for row in ACTS} == set(_acts(office(), "outsider"))


SECRET = "Rahasia-7741"  # stands in a case that has nothing to do with `UNRELATED`
UNRELATED = (
    "stranger", "outsider", "employee", "performer", "member", "substitute", "neighbour",
    "analyst", "administrator",
)  # fmt: skip
# What nobody changes without a duty or a part in that case.
KEPT_FROM_ALL = ("unit", "group", "membership", "duty", "definition", "activation", "calendar")
# With the place of the column that says of which case a row is.
KEPT_OF_CASE = {"history": 0, "role": 0, "submission": 1, "work_item": 1}
HOSTILE = (
    "", " ", "0", "-1", "1", "2", "7", "1e9", str(2**31 - 1), str(2**63), "NaN", "true", "null",
    "../../../etc/passwd", "%2e%2e%2f", "<script>alert(1)</script>", "{{7*7}}", "${7*7}",
    "' OR 1=1 --", "\"; DROP TABLE person; --", "\u202e", "a\x00b", "\U0001f600",
    "A" * 5_000, "//example.org", "\r\nX: y",
    "31-02-2026", "31-12-9999", "25.61", "=cmd|' /C calc'!A0", "administrator", "plh", "setuju",
    sample.PEOPLE[6][0], sample.PEOPLE[3][1], "skp_collection", "Lane_PejabatPenilai",
)  # fmt: skip
AGENTS = ("", "A" * 3_000, "<b>", "Mozilla/5.0", "\x7f\x01")


@dataclass
class Attacker:
    """Sends what no page of ours would send, the same for the same seed."""

    office: Office
    chance: random.Random
    names: list[str]
    rules: list[Any]
    case: int

    def attack(self, role: str) -> tuple[str, Any]:
        """One request of a role: what it was, and the answer."""
        client, chance = self.office.app.test_client(), self.chance
        if role != "stranger":
            with client.session_transaction() as cookie:
                cookie["_user_id"] = self._secret(role)
        token = self.office.csrf(client)
        rule = chance.choice(self.rules)
        method = chance.choice((*rule.methods, *METHODS, "POST", "POST"))
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: self._part(found[1]), rule.rule)
        given = {chance.choice(self.names): self._value() for _ in range(chance.randrange(12))}
        if chance.random() < 0.9:
            given["csrf_token"] = token
        headers = {"User-Agent": chance.choice(AGENTS).strip("\x01\x7f")}
        if chance.random() < 0.3:
            headers["HX-Request"] = "true"
        how: dict[str, Any] = {"headers": headers}
        if method in ("GET", "HEAD"):
            how["query_string"] = given
        elif chance.random() < 0.1:
            how |= {"data": chance.randbytes(200), "content_type": "application/json"}
        else:
            how["data"] = given | self._file()
        return f"{role} {method} {path[:80]}", client.open(path, method=method, **how)

    def _part(self, name: str) -> str:
        numbers = list(self.office.world.numbers.values())
        known = str(self.chance.choice([*numbers, self.case]))
        text = self.chance.choice([known, known, known, "skp_collection", self._value()])
        return re.sub(r"[\s#?%\\/]", "", text)[:200] or "1"

    def _value(self) -> str:
        known = map(str, self.office.world.numbers.values())
        return self.chance.choice([*HOSTILE, *known])

    def _file(self) -> dict[str, Any]:
        if self.chance.random() < 0.8:
            return {}
        content = self.chance.choice(
            [b"", b"PK\x03\x04x", b"NIP;Nama\n1;2\n", b"<!DOCTYPE a []>", self.chance.randbytes(99)]
        )
        return {"file": (io.BytesIO(content), self._value()[:99] or "x")}

    def _secret(self, role: str) -> str:
        """Of a sign-in that lasts: some attacks sign themselves out."""
        with self.office.db.write() as session:
            return sign_ins.begin(session, self.office.world.people[role], "uji")


@pytest.fixture
def attacker(office) -> Attacker:
    """With a case beside the world's, done up to the assessment that holds the secret."""
    here = office()
    starter, assessor = here.actor("starter"), here.actor("participant")
    with here.db.read() as session:
        subject = people.with_nip(session, sample.PEOPLE[14][0]).id
    case = starting.start(here.db, starter, "skp_collection", subject, token="rahasia")
    secret = {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": SECRET}
    for number, (actor, given) in enumerate([(starter, {}), (starter, {}), (assessor, secret)]):
        with here.db.read() as session:
            open_one = WorkItem.instance_id == case, WorkItem.status == "open"
            item = session.scalars(select(WorkItem).where(*open_one)).one()
        instances.complete(here.db, actor, item.id, given, token=f"r{number}")
    templates = (ROOT / "web" / "templates").glob("*.html")
    found = (re.findall(r'name="([\w-]+)"', t.read_text(encoding="utf-8")) for t in templates)
    names = sorted({name for of_one in found for name in of_one} | {"nilai_skp", "keputusan"})
    rules = sorted(here.app.url_map.iter_rules(), key=str)
    return Attacker(here, random.Random(20261125), names, rules, case)  # noqa: S311


def _kept(written: dict[str, list[Any]], case: int) -> dict[str, list[Any]]:
    """What no attack may change: what needs a duty, and that case."""
    of_case = {
        name: [row for row in written[name] if row[place] == case]
        for name, place in KEPT_OF_CASE.items()
    }
    assert all(of_case.values())
    return {n: written[n] for n in KEPT_FROM_ALL} | of_case


def test_hostile_requests_find_no_fault_and_nobody_elses_case(attacker):
    requests = int(os.environ.get("FUZZ_REQUESTS", "600"))
    plain = [role for role in UNRELATED if role not in ("analyst", "administrator")]
    before = _kept(attacker.office.written(), attacker.case)
    faults = _faults(attacker, plain, requests // 2)
    assert faults == []
    assert _kept(attacker.office.written(), attacker.case) == before
    assert _faults(attacker, ROLES, requests - requests // 2) == []


def _faults(attacker: Attacker, roles: Sequence[str], requests: int) -> list[str]:
    found = []
    for number in range(requests):
        role = roles[number % len(roles)]
        asked, answer = attacker.attack(role)
        if answer.status_code >= 500:
            found.append(f"{asked}: {answer.status_code}")
        if role in UNRELATED and SECRET.encode() in answer.data:
            found.append(f"{asked}: told the secret")
        answer.close()
    return found


def test_the_secret_is_told_to_whom_the_case_concerns(attacker):
    """Or the attacks would look for what nobody is ever told."""
    page = attacker.office.ask("supervisor", Row(f"GET /cases/{attacker.case}", frozenset()))
    assert SECRET in page.text


# Every command that opens the installation, as somebody would type it.
COMMANDS = (
    "migrate", "serve", "worker", "demo", "deploy {sop}", "message ada", "backup {out}",
    "restore {out}", "people import {people} --yes", "people export {out}.csv",
    "people administrator 199001012090032012", "people code 199001012090032012",
    "verify {pdf}", "history verify", "history seal", "history key", "history export {out}",
    "campaign start skp_collection --all --yes", "campaign list", "campaign show 1",
    "campaign pause 1", "campaign resume 1", "campaign cancel 1", "campaign retry 1",
)  # fmt: skip


@pytest.fixture
def stranger_to_the_home(tmp_path) -> Iterator[list[str]]:
    """How to run a command as one to whom `ALUR_HOME` is closed; root gives up what opens all."""
    home = tmp_path / "closed"
    home.mkdir(mode=0o000)
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv, where root runs the tests")
        yield ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    else:
        yield []
    home.chmod(0o700)


def test_who_may_not_read_the_home_may_run_no_command(stranger_to_the_home, tmp_path):
    (tmp_path / "pegawai.csv").write_text("NIP;Nama\n", encoding="utf-8")
    (tmp_path / "surat.pdf").write_bytes(b"%PDF-1.7")
    places = {
        "sop": SKP, "people": tmp_path / "pegawai.csv", "out": tmp_path / "keluar",
        "pdf": tmp_path / "surat.pdf",
    }  # fmt: skip
    commands = [command.format(**places).split() for command in COMMANDS]
    for command, (code, out, err) in zip(
        COMMANDS, _run_each(commands, stranger_to_the_home, tmp_path), strict=True
    ):
        assert code == 1, (command, out, err)
        *_, last = err.splitlines()
        assert "Traceback" not in err, command
        assert last.strip() and not out.strip(), (command, out)
    assert not list(tmp_path.glob("keluar*"))


def _run_each(commands: list[list[str]], by: list[str], folder: Path) -> list[tuple[int, str, str]]:
    """What each command leaves with and says; one process imports Alur for all of theirs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
    done = subprocess.run(
        [*by, sys.executable, Path(__file__).with_name("each_command.py")],
        input=json.dumps(commands), env=kept | {"ALUR_HOME": str(folder / "closed"),
        "ALUR_PORT": "1"}, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_these_are_all_the_commands():
    """But for those that open no installation: they read a file and keep nothing."""
    there = {
        (name, *inner)
        for name, one in ((one, cli.get_command(None, one)) for one in cli.list_commands(None))
        for inner in ([(i,) for i in one.commands] if isinstance(one, click.Group) else [()])
    }
    asked = {tuple(one.split()[: 2 if (one.split()[0],) not in there else 1]) for one in COMMANDS}
    on_files = ("check", "diff", "dry-run", "import-sop", "layout", "rules", "sop")
    assert asked == there - {(name,) for name in on_files}
