"""Every two acts in one case, step by step: one wins, the loser is told, nothing is lost.

The acts of a pair are stopped by hand where they can meet. In one order the first has read, and
the second comes between its reading and its writing; in the other the first has written but not
committed when the second, which has read, wants to write. What is to come of it follows from what
the acts mean one after the other, which `World` says without the engine.
"""

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import event, select, update

from engine import (
    arrivals,
    clock,
    firing,
    instances,
    jobs,
    ledger,
    reassignment,
    steps,
    subscriptions,
    supervision,
    topics,
    values,
)
from engine.database import Database
from engine.errors import (
    AlurError,
    InvalidInput,
    JobGone,
    NoLongerOpen,
    NotAllowed,
    Suspended,
    Unawaited,
)
from engine.history import Head
from engine.models import Instance, Job

REASON = "Pegawai sakit"
PATIENCE = 20  # seconds; only what hangs takes so long
# All that can happen waits at once: tasks of a group and of one person, two timers at the edge of
# one of them, a message, a signal and a service.
WORK = """
    lane Staf group:umum-aparatur: s a g x w d n h m c v j z e f
    lane Pegawai subject: y
    startEvent s
    userTask a camunda:candidateGroups=umum-aparatur
        <camunda:formData><camunda:formField id="nomor" type="long" /></camunda:formData>
    parallelGateway g
    userTask x
    boundaryEvent w attachedToRef=x cancelActivity=false name="1 jam"
        property alur:timer=waktu
        property alur:clock=arrival
        timer timeDuration PT1H
    boundaryEvent d attachedToRef=x
        timer timeDuration PT2H
    userTask n
    exclusiveGateway h
    userTask y
    receiveTask m messageRef=surat
        property alur:correlation=nomor
    intermediateCatchEvent c
        <signalEventDefinition signalRef="libur" />
    serviceTask v camunda:type=external camunda:topic=arsip
    parallelGateway j
    userTask z
    endEvent e
    endEvent f
    s -> a -> g -> x -> h -> j -> z -> e
    g -> y -> j
    g -> m -> j
    g -> c -> j
    g -> v -> j
    w -> f
    d -> n -> h
"""
# Each act with the fact that tells of it.
FACTS = {
    "complete": ("task.completed", "x"),
    "other": ("task.completed", "y"),
    "claim": ("task.claimed", "x"),
    "release": ("task.released", "x"),
    "take_up": ("task.taken-up", "y"),
    "waktu": ("timer.fired", "w"),
    "deadline": ("timer.fired", "d"),
    "message": ("message.received", "m"),
    "signal": ("signal.received", "c"),
    "service": ("service.completed", "v"),
    "cancel": ("instance.cancelled", None),
    "suspend": ("instance.suspended", None),
    "resume": ("instance.resumed", None),
    "reassign": ("role.reassigned", "Staf"),
}
# Those whose writing is tried inside one another's transactions too.
ACTS = ("complete", "claim", "waktu", "deadline", "message", "cancel", "suspend", "reassign")
# What a completion that comes too late would not write over.
HARMLESS = {"release", "take_up", "waktu", "resume"}
STRONG = {"complete", "cancel", "suspend"}  # met by all others
# What an act takes out of the case.
TAKES = {
    "complete": "xwd", "other": "y", "waktu": "w", "deadline": "dxw",
    "message": "m", "signal": "c", "service": "v",
}  # fmt: skip
WORKERS = frozenset("waktu deadline message signal service".split())


@dataclass(frozen=True)
class World:
    """What matters of a case: what waits in it, who has x and who its place, whether y was begun,
    its status.
    """

    waits: frozenset[str] = frozenset("xywdmcv")
    holder: str | None = None
    seated: str | None = None
    begun: bool = False
    status: str = "running"

    def after(self, act: str, who: str) -> "World | type[AlurError]":
        """The case after an act that comes alone; otherwise what its actor is told."""
        if act in WORKERS:
            return self._refuses_worker(act) or self._without(act)
        if act == "reassign":
            return self._reassigned()
        if act in ("cancel", "suspend", "resume"):
            return self._supervised(act)
        return self._refuses_person(act, who) or self._worked(act, who)

    def _refuses_worker(self, act: str) -> type[AlurError] | None:
        if act == "message":  # which may find who waits for it later
            return Unawaited if self.status != "running" or "m" not in self.waits else None
        if self.status == "suspended":
            return Suspended
        if self.status == "running" and act == "service" and "v" not in self.waits:
            return NoLongerOpen
        return None if TAKES[act][0] in self.waits else JobGone

    def _reassigned(self) -> "World | type[AlurError]":
        if self.status == "cancelled":
            return NoLongerOpen
        if self.seated == "colleague":
            return InvalidInput
        holder = "colleague" if "x" in self.waits else self.holder
        return replace(self, seated="colleague", holder=holder)

    def _supervised(self, act: str) -> "World | type[AlurError]":
        possible = {"suspend": {"running"}, "resume": {"suspended"}}
        if self.status not in possible.get(act, {"running", "suspended"}):
            return NoLongerOpen
        if act == "cancel":
            return replace(self, waits=frozenset(), status="cancelled")
        return replace(self, status="suspended" if act == "suspend" else "running")

    def _refuses_person(self, act: str, who: str) -> type[AlurError] | None:
        if ("y" if act in ("other", "take_up") else "x") not in self.waits:
            return NoLongerOpen
        if act == "claim" and self.holder not in (None, who):
            return NoLongerOpen
        if act == "complete" and self.holder not in (None, who):
            return NotAllowed
        if act == "release" and self.holder != who:
            return NotAllowed
        return Suspended if self.status == "suspended" and act != "release" else None

    def _worked(self, act: str, who: str) -> "World":
        match act:
            case "claim":
                return replace(self, holder=who, seated=who)
            case "release":
                return replace(self, holder=None, seated=None)
            case "take_up":
                return replace(self, begun=True)
            case "other":
                return replace(self._without(act), begun=True)
        return replace(self._without(act), holder=who, seated=who)

    def _without(self, act: str) -> "World":
        opened = {"n"} if act == "deadline" else set()
        return replace(self, waits=self.waits - set(TAKES[act]) | opened)


class Stepped(Database):
    """A database whose next write lets others do something before it begins, or is committed."""

    before_writing = before_committing = None

    @contextmanager
    def write(self, reading=None):
        self._let("before_writing")
        with super().write(reading) as session:
            yield session
            session.flush()
            self._let("before_committing")

    def _let(self, moment):
        act = getattr(self, moment)
        setattr(self, moment, None)
        if act is not None:
            act()


class Pair:
    """Two acts in a case of their own, the first by the staff, the second by a colleague.

    A claim is given back by who has it, so both are the same person then.
    """

    def __init__(self, office, at, first: str, second: str) -> None:
        self.office, self.acts = office, (first, second)
        self.who = ("staff", "staff" if "release" in self.acts else "colleague")
        self.case = office.start(key="p")
        office.step(self.case, nomor=self.case)
        self.items = office.open_items(self.case)
        self.jobs = self._jobs()
        at("2026-11-26T11:30")  # both timers are due
        self.before = World()
        if "release" in self.acts:
            instances.claim(office.db, office.staff, self.items["x"].id)
            self.before = replace(self.before, holder="staff", seated="staff")
        if "resume" in self.acts:
            supervision.suspend(office.db, office.superior, self.case, REASON)
            self.before = replace(self.before, status="suspended")

    def _jobs(self) -> dict[str, Job]:
        """What workers have begun of the two acts."""
        at = {"waktu": ("w", "timer"), "deadline": ("d", "timer")}
        at |= {"signal": ("c", "event"), "service": ("v", "service")}
        if "signal" in self.acts:
            self.throw_signal()
        found = {act: self.office.job(self.case, *at[act]) for act in self.acts if act in at}
        return found | ({"message": self.send_message()} if "message" in self.acts else {})

    def send_message(self) -> Job:
        """A message to this case, not yet delivered."""
        with self.office.db.write() as session:
            arrivals.send(session, "surat", str(self.case), {})
        newest = select(Job).where(Job.kind == "message").order_by(Job.id.desc()).limit(1)
        with self.office.db.read() as session:
            return session.scalars(newest).one()

    def throw_signal(self) -> None:
        """A signal on its way to all that wait for it."""
        db, now = self.office.db, clock.now()
        told = {"kind": "signal", "due": now, "ready": now}
        with db.write() as session:
            jobs.arm(session, [told | {"details": values.dumps({"name": "libur"})}])
        with db.read() as session:
            thrown = session.scalars(select(Job).where(Job.kind == "signal")).one()
        arrivals.broadcast(db, thrown)

    def act(self, place: int, db: Database) -> None:
        """The first or the second act, on a database."""
        name, office = self.acts[place], self.office
        job, actor = self.jobs.get(name), getattr(office, self.who[place])
        match name:
            case "complete":
                instances.complete(db, actor, self.items["x"].id, {}, token=f"t{place}")
            case "other":
                instances.complete(db, office.employee, self.items["y"].id, {}, token=f"t{place}")
            case "take_up":
                instances.take_up(db, office.employee, self.items["y"].id)
            case "claim" | "release":
                getattr(instances, name)(db, actor, self.items["x"].id)
            case "waktu" | "deadline":
                firing.fire(db, job)
            case "message":
                arrivals.deliver(db, job)
            case "signal":
                arrivals.signal(db, job)
            case "service":
                topics.call(db, job, {"arsip": lambda _order: {}})
            case "reassign":
                to = office.colleague.id
                reassignment.reassign(db, office.superior, self.case, "Staf", to, REASON)
            case _:
                getattr(supervision, name)(db, office.superior, self.case, REASON)

    def expected(self, order: tuple[int, int]) -> "Expected":
        """What comes of both when they write in this order."""
        world, told, facts = self.before, [None, None], Counter()
        for place in order:
            act, who = self.acts[place], self.who[place]
            found = self.before.after(act, who)
            if found == self.before:  # nothing to be done is seen when it is read
                continue
            # So is what is refused then; it is not tried again.
            found = world.after(act, who) if isinstance(found, World) else found
            if not isinstance(found, World):
                told[place] = found
            elif found != world:
                world = found
                facts[FACTS[act]] += 1
        return Expected(world, told, facts)

    def facts(self) -> Counter:
        """How often what the two acts are about stands in the history."""
        asked = {FACTS[act] for act in self.acts}
        entries = ((entry.kind, entry.element) for entry in self.office.history(self.case))
        return Counter(fact for fact in entries if fact in asked)


@dataclass(frozen=True)
class Expected:
    """The case after both acts, what the actor of each is told, and the facts of them."""

    world: World
    told: list[type[AlurError] | None]
    facts: Counter


def between(pair: Pair, one: Stepped, other: Stepped) -> list[AlurError | None]:
    """The second act comes whole between the first one's reading and writing."""
    told = [None, None]

    def second():
        told[1] = outcome(lambda: pair.act(1, other))

    one.before_writing = second
    told[0] = outcome(lambda: pair.act(0, one))
    one._let("before_writing")  # the first was refused and has not come to write
    return told


def overlapping(pair: Pair, one: Stepped, other: Stepped) -> list[AlurError | None]:
    """The second act has read and begins to write when the first has written all of its own."""
    told = [None, None]
    is_there = threading.Event()

    def act():
        told[1] = outcome(lambda: pair.act(1, other))
        is_there.set()

    second = threading.Thread(target=act)

    def begin():
        second.start()
        assert is_there.wait(PATIENCE)

    other.before_writing = is_there.set
    one.before_committing = begin
    told[0] = outcome(lambda: pair.act(0, one))
    one._let("before_committing")
    second.join(PATIENCE)
    other.before_writing = None
    return told


def amid(pair: Pair, one: Stepped, other: Stepped) -> list[AlurError | None]:
    """The second act comes whole when the first one has sent only one statement."""
    told, sent = [None, None], 0

    def before_second(*_):
        nonlocal sent
        sent += 1
        if sent == 2:
            told[1] = outcome(lambda: pair.act(1, other))

    event.listen(one.connections, "before_cursor_execute", before_second)
    told[0] = outcome(lambda: pair.act(0, one))
    return told


ORDERS = {between: (1, 0), amid: (1, 0), overlapping: (0, 1)}


def outcome(act) -> Exception | None:
    try:
        act()
    except Exception as error:
        return error
    return None


def faults(pair: Pair, interleave) -> list[str]:
    """All that did not come as it must; empty when the two acts went well together."""
    expected, facts = pair.expected(ORDERS[interleave]), pair.facts()
    dbs = Stepped(pair.office.db.url), Stepped(pair.office.db.url)
    try:
        told = [error and type(error) for error in interleave(pair, *dbs)]
    finally:
        for db in dbs:
            db.close()
    found = Expected(as_stored(pair.office, pair.case), told, pair.facts() - facts)
    return [] if found == expected else [f"{pair.acts}: {found}, not {expected}"]


def as_stored(office, case: int) -> World:
    """The case as the database has it, read from tasks, jobs and subscriptions."""
    items = office.open_items(case)
    with office.db.read() as session:
        awaited = {one.element for one in subscriptions.of_instance(session, case)}
        seated = steps.seats(session, case)["Staf"][0]
    held = {office.staff.id: "staff", office.colleague.id: "colleague"}
    work = {item.element: item for item in office.work(case)}
    armed = {job.element for job in office.jobs(case, "timer", "service")}
    return World(
        frozenset({*items, *awaited, *armed}),
        held.get(work["x"].person_id),
        held.get(seated),
        work["y"].taken_up_at is not None,
        office.case(case).status,
    )


def to_the_end(pair: Pair) -> list[str]:
    """Carries a case to its end; what then is missing of it, or is there twice."""
    office = pair.office
    if office.case(pair.case).status == "cancelled":
        return []
    if office.case(pair.case).status == "suspended":
        supervision.resume(office.db, office.superior, pair.case, REASON)
    if "message" not in pair.acts:
        pair.send_message()
    if "signal" not in pair.acts:
        pair.throw_signal()
    office.due(arsip=lambda _order: {})
    office.finish(pair.case)
    told = Counter((entry.kind, entry.element) for entry in office.history(pair.case))
    once = [FACTS[act] for act in ("other", "message", "signal", "service")]
    wrong = [fact for fact in [*once, ("instance.completed", None)] if told[fact] != 1]
    if told[FACTS["complete"]] + told["task.completed", "n"] != 1:
        wrong.append(FACTS["complete"])
    return [f"{pair.acts}: {fact} {told[fact]} times in the end" for fact in wrong]


@pytest.fixture
def pairs(office, draw_events, at):
    """``pairs(first, *seconds)``: an act with others, each pair in a case that has just begun."""
    office.put_into_force(draw_events(WORK), "arsip")

    def _pairs(first: str, *seconds: str):
        for second in seconds:
            at("2026-11-26T09:00")
            yield Pair(office, at, first, second)

    return _pairs


def others(first: str) -> list[str]:
    """What meets an act: all of `ACTS` each other, and what touches everything all acts."""
    return [
        second
        for second in FACTS
        if first == second or {first, second} <= set(ACTS) or {first, second} & STRONG
    ]


@pytest.fixture(scope="module")
def carried() -> set:
    """The cases that were carried to their end, by database: equal ones go on alike."""
    return set()


@pytest.mark.parametrize("first", FACTS)
def test_an_act_between_the_reading_and_the_writing_of_another(
    pairs, office, audit, first, carried
):
    found = []
    for pair in pairs(first, *others(first)):
        found += faults(pair, between)
        world = office.db.connections.name, as_stored(office, pair.case)
        if world not in carried:
            found += to_the_end(pair)
            carried.add(world)
    assert found == []
    assert audit(office.db) == []


@pytest.mark.parametrize("first", ["cancel", "suspend", "resume", "reassign"])
def test_an_act_amid_the_reading_of_another_that_reads_more_than_once(pairs, office, audit, first):
    found = [fault for pair in pairs(first, *ACTS) for fault in faults(pair, amid)]
    assert found == []
    assert audit(office.db) == []


@pytest.mark.parametrize("first", ACTS)
def test_an_act_whose_writing_waits_until_another_has_committed(pairs, office, audit, first):
    found = [fault for pair in pairs(first, *ACTS) for fault in faults(pair, overlapping)]
    assert found == []
    assert audit(office.db) == []


def unguarded(session, case, act, **changes):
    """`ledger.append` as it would be if it did not compare the version."""
    now = session.get_one(Instance, case.id)
    rows, head = ledger.chained(case.id, Head(now.last_seq, now.last_hash), act)
    written = {"version": now.version + 1, "last_seq": head.seq, "last_hash": head.hash}
    session.execute(update(Instance).where(Instance.id == case.id).values(**written, **changes))
    ledger.record(session, rows)


def all_unguarded(session, acts):
    for case, act, changes in acts:
        unguarded(session, case, act, **changes)


def test_nothing_but_the_version_keeps_two_acts_apart(pairs, office, audit, monkeypatch):
    """Without the check of the version, what is read before the other writes is written over."""
    monkeypatch.setattr(ledger, "append", unguarded)
    monkeypatch.setattr(ledger, "append_all", all_unguarded)
    went_well = [
        pair.acts
        for pair in pairs("complete", *FACTS.keys() - HARMLESS)
        if not faults(pair, between)
        and not any(fault.startswith(f"case {pair.case}:") for fault in audit(office.db))
    ]
    assert went_well == []
