"""The directory: people, units, groups and duties, and who is signed in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    bindparam,
    cast,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import aliased, joinedload

from bpmn.messages import message
from engine import absences, civil_service, clock
from engine.errors import InvalidInput
from engine.models import Duty, Group, Membership, Person, Reset, SignIn, Substitution, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, CompoundSelect, Select
    from sqlalchemy.orm import Session

ADMINISTRATOR = "administrator"
ANALYST = "analyst"
AUDITOR = "auditor"
SUPERVISOR = "supervisor"
PAGE = 50
MAX_NAME = 255
_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True)
class Actor:
    """The person who acts: ``supervises`` are the ids of their units with all units below.

    ``stands_in`` are the ids of those whose place they hold today, with the capacity;
    ``supervises_for`` says of a unit that they supervise for one of them, for whom.
    """

    id: int
    name: str
    nip: str
    groups: frozenset[int] = frozenset()
    group_codes: frozenset[str] = frozenset()
    is_analyst: bool = False
    is_administrator: bool = False
    is_auditor: bool = False
    supervises: frozenset[int] = frozenset()
    stands_in: Mapping[int, str] = field(default_factory=dict, hash=False)
    supervises_for: Mapping[int, int] = field(default_factory=dict, hash=False)


def _facts() -> CompoundSelect[Any]:
    """All that an actor is, each with its kind: (kind, id, text, NIP, unit)."""
    person, day = bindparam("person", type_=Integer), bindparam("day", type_=Date)
    no_text, no_unit = cast(null(), String), cast(null(), Integer)
    standing_in = Substitution.substitute_id == person, absences.lasts(day)
    acting = select(Substitution.absent_id).where(
        *standing_in, Substitution.capacity.in_(absences.ACTING)
    )
    return union_all(
        select(literal("person"), Person.id, Person.name, Person.nip, no_unit).where(
            Person.id == person, Person.left_at.is_(None)
        ),
        select(literal("group"), Group.id, Group.code, no_text, no_unit)
        .join(Membership)
        .where(Membership.person_id == person),
        select(
            literal("absent"), Substitution.absent_id, Substitution.capacity, no_text, no_unit
        ).where(*standing_in),
        select(literal("duty"), Duty.person_id, Duty.name, no_text, Duty.unit_id).where(
            or_(Duty.person_id == person, Duty.person_id.in_(acting))
        ),
    )


_FACTS = _facts()  # one statement, since every request asks who is there


def actor(session: Session, person_id: int) -> Actor | None:
    """The person with what decides their access; None for nobody, and who no longer serves."""
    asked = {"person": person_id, "day": absences.today(session)}
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, *fact in session.execute(_FACTS, asked):
        found[kind].append(fact)
    if not found["person"]:
        return None
    ((_, name, nip, _),) = found["person"]
    stands_in = {absent: capacity for absent, capacity, *_ in found["absent"]}
    own = {duty for holder, duty, *_ in found["duty"] if holder == person_id}
    supervised: dict[int, list[int]] = defaultdict(list)
    for holder, duty, _, unit in found["duty"]:
        if duty == SUPERVISOR and unit:
            supervised[holder].append(unit)
    units = {holder: units_below(session, theirs) for holder, theirs in supervised.items()}
    supervises = units.pop(person_id, frozenset())
    for_others = {unit: holder for holder, theirs in units.items() for unit in theirs - supervises}
    return Actor(
        id=person_id,
        name=name,
        nip=nip,
        groups=frozenset(group_id for group_id, *_ in found["group"]),
        group_codes=frozenset(code for _, code, *_ in found["group"]),
        is_analyst=ANALYST in own,
        is_administrator=ADMINISTRATOR in own,
        is_auditor=AUDITOR in own,
        supervises=supervises.union(for_others),
        stands_in=stands_in,
        supervises_for=for_others,
    )


def _below() -> Select[Any]:
    named = Unit.id.in_(bindparam("units", expanding=True))
    tree = select(Unit.id).where(named).cte(recursive=True)
    child = aliased(Unit)
    tree = tree.union(select(child.id).join(tree, child.parent_id == tree.c.id))
    return select(tree.c.id)


_BELOW = _below()  # one statement, since every request of a supervisor asks for them


def units_below(session: Session, unit_ids: Iterable[int]) -> frozenset[int]:
    """The units with every unit below them."""
    return frozenset(session.scalars(_BELOW, {"units": list(unit_ids)}))


def units_of(session: Session, code: str) -> frozenset[int]:
    """The unit of that code with every unit below it; empty when there is none."""
    return units_below(session, session.scalars(select(Unit.id).where(Unit.code == code)))


def unit_name(session: Session, code: str) -> str:
    """What the unit of that code is called; its code when there is none."""
    return session.scalar(select(Unit.name).where(Unit.code == code)) or code


def highest_unit(session: Session) -> int:
    """The unit that stands above the others; 0 in an empty directory."""
    return session.scalar(select(Unit.id).where(Unit.parent_id.is_(None)).order_by(Unit.id)) or 0


def with_nip(session: Session, nip: str) -> Person | None:
    """The person of that NIP, however it is spaced."""
    return session.scalar(select(Person).where(Person.nip == civil_service.digits(nip)))


def find(session: Session, text: str) -> Person | None:
    """Who serves and has that NIP, or is the only one of that name; ``Name (NIP)`` too."""
    text = civil_service.typed(text)
    named = func.lower(Person.name) == text.strip().lower()
    serving = select(Person).where(named, Person.left_at.is_(None)).limit(2)
    found = session.scalars(serving).all()
    if len(found) == 1:
        return found[0]
    person = with_nip(session, text)
    return person if person is not None and person.left_at is None else None


def named(session: Session, text: str) -> Person:
    """The same; raises `InvalidInput` when there is nobody."""
    person = find(session, text)
    if person is None:
        said = message('Tidak ada pegawai dengan NIP atau nama "{text}".', text=text.strip())
        raise InvalidInput(said)
    return person


def anybody(session: Session, text: str) -> Person:
    """The same, and by NIP also who has left."""
    return with_nip(session, text) or named(session, text)


def require_serving(person: Person) -> None:
    """Raises `InvalidInput` for who has left."""
    if person.left_at is not None:
        raise InvalidInput(message("{name} sudah tidak bertugas.", name=person.name))


def dismiss(session: Session, person_ids: Sequence[int]) -> None:
    """These no longer serve: they are signed out, and their codes and calendar feeds are void."""
    for start in range(0, len(person_ids), _AT_ONCE):
        ids = person_ids[start : start + _AT_ONCE]
        left = update(Person).where(Person.id.in_(ids)).values(left_at=clock.now(), feed=None)
        session.execute(left)
        for table in (SignIn, Reset):
            session.execute(delete(table).where(table.person_id.in_(ids)))


def names(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """What people are called, by id."""
    query = select(Person.id, Person.name).where(Person.id.in_(list(person_ids)))
    return dict(session.execute(query).all())


def is_empty(session: Session) -> bool:
    """Whether the directory holds nobody yet."""
    return session.scalar(select(Person.id).limit(1)) is None


def is_called(text: str) -> ColumnElement[bool]:
    """The condition of people whose name or NIP contains the text."""
    pattern = "%" + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    digits = pattern.replace(" ", "").replace(".", "")
    return or_(Person.name.ilike(pattern, escape="\\"), Person.nip.like(digits, escape="\\"))


def search(
    session: Session,
    text: str,
    among: Iterable[int] | None = None,
    *,
    units: Iterable[int] | None = None,
    left: bool = False,
    after: int | None = None,
) -> Sequence[Person]:
    """People whose name or NIP contains the text, by name; at most `PAGE`, which follow ``after``.

    ``left`` finds those too who no longer serve.
    """
    if len(text := text.strip()) > MAX_NAME:  # SQLite takes no pattern of any length
        return []
    query = select(Person).options(joinedload(Person.unit)).order_by(Person.name, Person.id)
    if not left:
        query = query.where(Person.left_at.is_(None))
    if units is not None:
        query = query.where(Person.unit_id.in_(list(units)))
    if last := session.get(Person, after or 0):
        query = query.where(tuple_(Person.name, Person.id) > (last.name, last.id))
    if text:
        query = query.where(is_called(text))
    if among is not None:
        query = query.where(Person.id.in_(list(among)))
    return session.scalars(query.limit(PAGE)).all()


def subordinates(session: Session, person_id: int, level: int) -> frozenset[int]:
    """The people whose superior at this level (1: direct) the person is."""
    people = frozenset({person_id})
    for _ in range(level):
        query = select(Person.id).where(Person.superior_id.in_(people))
        people = frozenset(session.scalars(query))
    return people


def superiors(session: Session, person_id: int) -> frozenset[int]:
    """The people above a person: their superior, and so on up to the highest."""
    first = select(Person.superior_id.label("id")).where(Person.id == person_id)
    chain = first.cte(recursive=True)
    chain = chain.union(select(Person.superior_id).join(chain, Person.id == chain.c.id))
    return frozenset(session.scalars(select(chain.c.id).where(chain.c.id.is_not(None))))


def group_named(session: Session, code: str) -> Group | None:
    """The group of that code."""
    return session.scalar(select(Group).where(Group.code == code))


def group_name(session: Session, group_id: int | None) -> str | None:
    """What a group is called."""
    group = session.get(Group, group_id or 0)
    return group.name if group is not None else None


def group_members(session: Session, group_id: int) -> frozenset[int]:
    """The ids of a group's people who serve."""
    query = select(Person.id).join(Membership).where(Membership.group_id == group_id)
    return frozenset(session.scalars(query.where(Person.left_at.is_(None))))


def groups_of(session: Session, person_id: int) -> frozenset[int]:
    """The ids of the groups that a person belongs to."""
    query = select(Membership.group_id).where(Membership.person_id == person_id)
    return frozenset(session.scalars(query))
