"""The calendars of units: which rules hold for whom, and changing them.

A change of a calendar is a new row; the newest of a unit counts, the others are its record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import String, cast, func, literal, select, update
from sqlalchemy.orm import aliased

from bpmn.messages import message
from engine import access, calendar_rules, clock, jobs, office_hours, values
from engine.errors import InvalidInput, NotAllowed, NotFound, StaleCalendar
from engine.models import Calendar, Unit
from engine.office_hours import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Engine
    from sqlalchemy.orm import Session

    from engine.database import Database
    from engine.office_hours import Office
    from engine.people import Actor
    from engine.working_time import WorkingTime

ZONE = "Asia/Pontianak"
MAX_LEVELS = 20  # of units above each other
# By database: the stamp that its calendars were read under, and the working times of its units.
_known: WeakKeyDictionary[Engine, tuple[str, dict[int, WorkingTime]]] = WeakKeyDictionary()


def usual(zone: str = ZONE) -> WorkingTime:
    """The working time where nobody has said anything."""
    return office_hours.working_time((), zone)


def stamp() -> ColumnElement[str]:
    """An expression that changes with every change of a calendar, to be read along with a case."""
    said = Calendar.__table__.c
    newest = cast(said.id, String) + " " + cast(said.at, String)
    found = select(newest).order_by(said.id.desc()).limit(1).scalar_subquery()
    return func.coalesce(found, literal(""))


def of_unit(session: Session, unit_id: int, read: str | None = None) -> WorkingTime:
    """The working time of a unit; asks the database nothing when it is known under this stamp.

    ``read`` is the `stamp` if it was read already.
    """
    now = session.scalars(select(stamp())).one() if read is None else read
    database = session.get_bind().engine
    under, units = _known.get(database, ("", {}))
    if under != now:
        units = {}
    if unit_id not in units:
        units[unit_id] = office_hours.working_time(*_said(session, unit_id))
    _known[database] = now, units
    return units[unit_id]


def if_changed(session: Session, unit_id: int, changed: int, rules: Rules) -> WorkingTime:
    """The working time of a unit, if the unit ``changed`` said these rules."""
    return office_hours.working_time(*_said(session, unit_id, {changed: rules}))


def office(session: Session, unit_id: int) -> Office:
    """The days of a unit, and what each is called."""
    return office_hours.office(*_said(session, unit_id))


def own_rules(session: Session, unit_id: int) -> tuple[Rules, int]:
    """What a unit says of its own, and the number of that version; 0 while it says nothing."""
    for newest in versions(session, unit_id, 1):
        return calendar_rules.loads(newest.rules), newest.id
    return Rules(), 0


def versions(session: Session, unit_id: int, limit: int) -> Sequence[Calendar]:
    """What a unit has said, the newest first."""
    said = select(Calendar).where(Calendar.unit_id == unit_id).order_by(Calendar.id.desc())
    return session.scalars(said.limit(limit)).all()


def kept_by(session: Session, actor: Actor) -> list[tuple[Unit, str | None, Rules]]:
    """The units whose calendars a person keeps, by name; the unit above, and what each says."""
    above, newest = aliased(Unit), select(func.max(Calendar.id)).group_by(Calendar.unit_id)
    units = select(Unit, above.name).outerjoin(above, Unit.parent_id == above.id)
    said = select(Calendar.unit_id, Calendar.rules).where(Calendar.id.in_(newest))
    rules = {unit_id: calendar_rules.loads(own) for unit_id, own in session.execute(said)}
    return [
        (unit, parent, rules.get(unit.id, Rules()))
        for unit, parent in session.execute(units.order_by(Unit.name, Unit.id))
        if access.may_edit_calendar(actor, unit.id)
    ]


def require_change(session: Session, actor: Actor, unit_id: int, rules: Rules) -> None:
    """Raises `NotFound`, `NotAllowed`, `InvalidInput` or `NoWorkingTime` for one not to be made."""
    require_editor(session, actor, unit_id)
    calendar_rules.require_sound(rules)
    if rules == own_rules(session, unit_id)[0]:
        raise InvalidInput(message("Tidak ada yang berubah."))
    if_changed(session, unit_id, unit_id, rules).next_instant(clock.now())


def require_editor(session: Session, actor: Actor, unit_id: int) -> Unit:
    """The unit, if the person keeps its calendar; raises `NotFound` or `NotAllowed`."""
    unit = session.get(Unit, unit_id)
    if not access.may_edit_calendar(actor, unit_id):
        raise NotAllowed(message("Kalender unit ini diatur oleh pengawasnya."))
    if unit is None:
        raise NotFound(message("Unit itu tidak ada."))
    return unit


def save(db: Database, actor: Actor, unit_id: int, rules: Rules, base_id: int) -> int:
    """Puts new rules into force and has the armed timers computed again; the version's number.

    ``base_id`` is the version that they were made from; raises `StaleCalendar` when it is no
    longer the newest.
    """
    with db.read() as session:
        require_change(session, actor, unit_id, rules)
    with db.write() as session:
        _require_newest(session, unit_id, base_id)
        return _put_into_force(session, actor.id, unit_id, rules)


def follow_move(session: Session, person_id: int | None, unit_id: int) -> None:
    """A unit stands under another one: what it does not say itself comes from there now."""
    _put_into_force(session, person_id, unit_id, own_rules(session, unit_id)[0])


def _put_into_force(session: Session, person_id: int | None, unit_id: int, rules: Rules) -> int:
    now = clock.now()
    calendar = Calendar(
        unit_id=unit_id, at=now, person_id=person_id, rules=calendar_rules.dumps(rules)
    )
    session.add(calendar)
    session.flush()
    details = values.dumps({"calendar": calendar.id, "after": 0})
    jobs.arm(session, [{"kind": "recompute", "due": now, "ready": now, "details": details}])
    return calendar.id


def _require_newest(session: Session, unit_id: int, base_id: int) -> None:
    # Whoever changes the same unit waits here, and then finds another version.
    session.execute(update(Unit).where(Unit.id == unit_id).values(code=Unit.code))
    newest = select(func.max(Calendar.id)).where(Calendar.unit_id == unit_id)
    if (session.scalar(newest) or 0) != base_id:
        said = message("Kalender ini baru saja diubah orang lain. Periksa, lalu ulangi.")
        raise StaleCalendar(said)


def _said(
    session: Session, unit_id: int, instead: Mapping[int, Rules] | None = None
) -> tuple[tuple[Rules, ...], str]:
    """The rules of a unit and of those above it, the nearest first, and the zone of the office."""
    tree = select(Unit.id, Unit.parent_id, literal(0).label("level")).where(Unit.id == unit_id)
    below, parent, version = tree.cte(recursive=True), aliased(Unit), aliased(Calendar)
    above = select(parent.id, parent.parent_id, below.c.level + 1).where(
        parent.id == below.c.parent_id, below.c.level < MAX_LEVELS
    )
    units = below.union_all(above)
    newest = select(func.max(version.id)).where(version.unit_id == units.c.id).scalar_subquery()
    query = select(units.c.id, Calendar.rules).outerjoin(Calendar, Calendar.id == newest)
    own = {
        unit: calendar_rules.loads(said) if said else Rules()
        for unit, said in session.execute(query.order_by(units.c.level))
    } | dict(instead or {})
    return tuple(said for said in own.values() if said != Rules()), session.info["zone"]
