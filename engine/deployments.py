"""Versions of processes: deployed by digest, put into force, and their compiled programs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from bpmn.calls import called_keys, with_called
from bpmn.diagram import SENDERS
from bpmn.elements import diagrams
from bpmn.findings import Finding, Severity
from bpmn.messages import message
from bpmn.reading import UnreadableDiagram, read
from engine import clock, history, schedules, values
from engine.checking import Report, check
from engine.data_flow import start_data
from engine.errors import DiagramRefused, NoLongerOpen, NotFound
from engine.models import Activation, Definition, Process
from engine.roles import staffing
from engine.spiff.programs import Program, compile_diagram

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import BindParameter, Select
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.database import Database
    from engine.models import Instance

BUILT_IN = frozenset({"remind"})  # the topic that every installation serves
MAX_ID = 100  # of the place and element of a task, which are behind the key of a called process
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}  # by their mark
# By digest, and those of what it calls, so that two databases may share a process.
_programs: dict[tuple[str, ...], Program] = {}
_compiling = threading.Lock()


@dataclass(frozen=True)
class Version:
    """A deployed version and whether it is the one in force."""

    definition: Definition
    in_force: bool


def deploy(db: Database, source: bytes, person_id: int | None = None) -> Definition:
    """Keeps a checked file as a version; the same bytes again are the same version.

    Raises `DiagramRefused` when the check has an error finding.
    """
    report = check(source)
    if not report.may_run or len(report.programs) != 1:
        raise _refusal(report)
    diagram = report.programs[0].diagram
    try:
        return _keep(db, diagram, source, person_id)
    except IntegrityError:  # another deployment took the number, or kept the same file
        return _keep(db, diagram, source, person_id)


def revert(db: Database, definition_id: int, person_id: int) -> Definition:
    """An old version as a new one: its file, and behind its end a remark where it comes from.

    Asked for again within the minute it is the same. Raises `NotFound` and as `deploy` does.
    """
    with db.read() as session:
        old = definition(session, definition_id)
    remark = f"\n<!-- versi {old.version} lagi, {clock.now():%Y-%m-%dT%H:%MZ} -->\n"
    codec = _WIDE.get(old.source[:2], "ascii")  # which all other encodings of XML begin with
    return deploy(db, old.source + remark.encode(codec), person_id)


def _keep(db: Database, diagram: Diagram, source: bytes, person_id: int | None) -> Definition:
    digest = history.digest(source)
    with db.write() as session:
        same = select(Definition).where(Definition.key == diagram.key, Definition.digest == digest)
        known = session.scalar(same)
        if known is not None:
            return known
        newest = select(func.max(Definition.version)).where(Definition.key == diagram.key)
        definition = Definition(
            key=diagram.key,
            version=(session.scalar(newest) or 0) + 1,
            digest=digest,
            name=diagram.name,
            source=source,
            deployed_at=clock.now(),
            deployed_by=person_id,
        )
        session.add(definition)
    return definition


def activate(
    db: Database,
    definition_id: int,
    person_id: int | None = None,
    *,
    topics: Collection[str] = BUILT_IN,
) -> Definition:
    """Puts a version into force for new cases; raises `DiagramRefused` on a blocking finding.

    ``topics`` are those that this installation has handlers for.
    """
    with db.write() as session:
        definition = session.get(Definition, definition_id, options=[undefer(Definition.source)])
        if definition is None:
            raise NotFound(message("Versi itu tidak ada."))
        require_activatable(full_report(session, definition.source, topics))
        if in_force(session, definition.key) != definition:
            put_into_force(session, definition, person_id)
    return definition


def put_into_force(session: Session, definition: Definition, person_id: int | None) -> None:
    """New cases start from a version, read with its file, from now on; its start timer too.

    Raises `NoLongerOpen` for a process that is laid aside.
    """
    require_in_use(session, definition.key)
    session.add(
        Activation(
            key=definition.key, definition_id=definition.id, at=clock.now(), person_id=person_id
        )
    )
    schedules.arm(session, definition, drawn(definition.source))


def require_activatable(report: Report) -> None:
    """Raises `DiagramRefused` when a finding keeps a version from coming into force."""
    if not report.may_activate:
        raise _refusal(report)


def full_report(session: Session, source: bytes, topics: Collection[str]) -> Report:
    """The check of a file together with who fills its places and serves its topics here."""
    report = check(source)
    found = list(report.findings)
    for program in report.programs:
        found += staffing(session, program.diagram)
        found += _unserved(program.diagram, topics)
        found += _uncallable(session, program.diagram)
    return replace(report, findings=tuple(found))


def in_force(session: Session, key: str) -> Definition | None:
    """The version of a process that new cases start from."""
    return session.scalar(in_force_of(key))


def in_force_of(key: str | BindParameter[str]) -> Select[Definition]:
    """The query for it."""
    return _in_force().where(Definition.key == key)


def all_in_force(session: Session) -> Sequence[Definition]:
    """The version in force of every process, by name."""
    return session.scalars(_in_force().order_by(Definition.name)).all()


def has_been_in_force(session: Session, definition_id: int) -> bool:
    """Whether cases have ever started from a version, or could have."""
    activated = select(Activation.id).where(Activation.definition_id == definition_id).limit(1)
    return session.scalar(activated) is not None


def versions(session: Session, key: str | None = None) -> list[Version]:
    """Every deployed version of a process, or of all, by process and newest first."""
    active = {definition.id for definition in all_in_force(session)}
    query = select(Definition).order_by(Definition.name, Definition.key, Definition.version.desc())
    if key is not None:
        query = query.where(Definition.key == key)
    return [Version(found, found.id in active) for found in session.scalars(query)]


def definition(session: Session, definition_id: int) -> Definition:
    """A version with its file; raises `NotFound`."""
    found = session.get(Definition, definition_id, options=[undefer(Definition.source)])
    if found is None:
        raise NotFound(message("Versi itu tidak ada."))
    return found


def names(source: bytes) -> dict[str, str]:
    """What the parts of a file are called, by id; nothing when it cannot be read."""
    try:
        found = diagrams(read(source))
    except UnreadableDiagram:
        return {}
    return {part: name for diagram in found for part, name in diagram.names.items()}


def drawn(source: bytes) -> Diagram:
    """The executable process of a deployed file."""
    return next(diagram for diagram in diagrams(read(source)) if diagram.executable)


def program(db: Database, digest: str, called: bytes | None = None) -> Program:
    """The compiled program of a version and of those it calls, compiled once per process.

    ``called`` is what `Instance.called` holds.
    """
    digests = [digest, *(values.loads(called).values() if called else ())]
    known = _programs.get(tuple(digests))
    if known is not None:
        return known
    with db.read() as session:
        query = select(Definition.digest, Definition.source).where(Definition.digest.in_(digests))
        sources = {row.digest: row.source for row in session.execute(query)}
    if sources.keys() != set(digests):
        raise NotFound(message("Versi itu tidak ada."))
    with _compiling:
        if tuple(digests) not in _programs:
            own, *others = (drawn(sources[one]) for one in digests)
            _programs[tuple(digests)] = compile_diagram(with_called(own, others))
    return _programs[tuple(digests)]


def program_of(db: Database, instance: Instance) -> Program:
    """The compiled program of a case that was read with its definition."""
    return program(db, instance.definition.digest, instance.called)


@dataclass(frozen=True)
class Binding:
    """A version with those it calls, as a case that starts now would run it."""

    program: Program
    versions: dict[str, Definition]

    @property
    def called(self) -> bytes | None:
        """What `Instance.called` is to hold."""
        digests = {key: version.digest for key, version in self.versions.items()}
        return values.dumps(digests) if digests else None


def binding(db: Database, session: Session, definition: Definition) -> Binding:
    """What a case of this version would be bound to now; raises `DiagramRefused`."""
    alone = Binding(program(db, definition.digest), {})
    versions = bound(session, alone.program.diagram)
    whole = Binding(alone.program, versions)
    if whole.called is None:
        return alone
    return Binding(program(db, definition.digest, whole.called), versions)


def bound(session: Session, diagram: Diagram) -> dict[str, Definition]:
    """The versions in force of all processes that one calls, directly or by one another.

    A case keeps them to its end. Raises `DiagramRefused` when one is missing, calls in a circle,
    or has ids that are too long.
    """
    found: dict[str, Definition] = {}
    _bind(session, diagram, (diagram.key,), found)
    return dict(sorted(found.items()))


def _bind(
    session: Session, diagram: Diagram, callers: tuple[str, ...], found: dict[str, Definition]
) -> None:
    for key in called_keys(diagram):
        if key in callers:
            way = " → ".join((*callers, key))
            raise DiagramRefused(message("Proses saling memanggil tanpa akhir: {way}", way=way))
        version = session.scalar(
            _in_force().where(Definition.key == key).options(undefer(Definition.source))
        )
        if version is None:
            said = message('Proses yang dipanggil, "{key}", belum berlaku.', key=key)
            raise DiagramRefused(said)
        called = drawn(version.source)
        _require_short(called)
        found[key] = version
        _bind(session, called, (*callers, key), found)


def _require_short(called: Diagram) -> None:
    """The ids of a called process fit into their columns behind its key."""
    too_long = [name for name in called.names if len(f"{called.key}:{name}") > MAX_ID]
    if too_long:
        said = message(
            'ID "{id}" di proses "{key}" yang dipanggil terlalu panjang: bersama kunci prosesnya'
            " paling banyak {n} huruf.",
            id=too_long[0], key=called.key, n=MAX_ID,
        )  # fmt: skip
        raise DiagramRefused(said)


def newest_activations() -> Select[int]:
    """The ids of each process's last activation."""
    return select(func.max(Activation.id)).group_by(Activation.key)


def require_in_use(session: Session, key: str) -> None:
    """Raises `NoLongerOpen` for a process that is laid aside: nothing of it is in force then."""
    process = session.get(Process, key)
    if process is not None and process.archived_at is not None:
        raise NoLongerOpen(message("Proses ini diarsipkan; pakai lagi dahulu."))


def _in_force() -> Select[Definition]:
    aside = select(Process.key).where(Process.archived_at.is_not(None))
    return (
        select(Definition)
        .join(Activation, Activation.definition_id == Definition.id)
        .where(Activation.id.in_(newest_activations()), Definition.key.not_in(aside))
    )


def _refusal(report: Report) -> DiagramRefused:
    worst = report.worst(Severity.ERROR) or report.worst(Severity.BLOCKING)
    return DiagramRefused(worst[0].message, report.findings)


def _unserved(diagram: Diagram, topics: Collection[str]) -> Iterator[Finding]:
    """Every topic of a diagram has a handler in this office."""
    for node in diagram.nodes.values():
        asks = node.kind in SENDERS or node.kind == "serviceTask"
        if asks and node.topic and node.topic not in topics:
            said = message('Tidak ada yang melayani topik "{topic}" di sini.', topic=node.topic)
            yield Finding(Severity.BLOCKING, "unserved-topic", node.id, said)


def _uncallable(session: Session, diagram: Diagram) -> Iterator[Finding]:
    """Every process that a diagram calls is in force here, not in a circle, and gets its data."""
    try:
        versions = bound(session, diagram)
    except DiagramRefused as error:
        yield Finding(Severity.BLOCKING, "callable", diagram.key, error.message)
    else:
        called = {key: drawn(version.source) for key, version in versions.items()}
        yield from start_data(diagram, called)
