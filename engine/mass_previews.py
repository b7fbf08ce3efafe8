"""What would become of many cases by one act: read for all of them at once, nothing written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bpmn.messages import AlurError, message
from engine import access, cases, deployments, fates, mass_acts, roles
from engine.deeds import Seen
from engine.models import Instance

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.database import Database
    from engine.deeds import Deed, Judge, Shift
    from engine.people import Actor

UNKNOWN = message("Kasus itu tidak ada, atau bukan untuk Anda.")


@dataclass(frozen=True)
class Foreseen:
    """What would become of a case: what is due later then, or why nothing can be done.

    ``seen`` is None for what is not the person's to see.
    """

    instance_id: int
    seen: Seen | None
    shifts: Sequence[Shift] = ()
    refused: Message | None = None


@dataclass(frozen=True)
class Preview:
    """What would become of each case, by number."""

    cases: Sequence[Foreseen]

    @property
    def possible(self) -> int:
        """How many cases can be acted on."""
        return sum(one.refused is None for one in self.cases)

    @property
    def reasons(self) -> Sequence[tuple[Message, int]]:
        """Why the others cannot, the most frequent reason first, with how many."""
        refused = [one.refused for one in self.cases if one.refused is not None]
        said = {str(reason): reason for reason in refused}
        counted = Counter(map(str, refused)).most_common(fates.MOST_REASONS)
        return [(said[text], n) for text, n in counted]

    def page(self, after: int) -> Sequence[Foreseen]:
        """The cases behind one."""
        return [one for one in self.cases if one.instance_id > after][: fates.PAGE]


def see(
    db: Database, session: Session, actor: Actor, instance_ids: Collection[int]
) -> Sequence[Seen]:
    """Those of the cases that the person looks over, by number.

    Raises `NotAllowed`, and `InvalidInput` for none or too many.
    """
    access.require_mass_acts(actor)
    mass_acts.require_some(instance_ids)
    ids = mass_acts.in_view(session, actor, instance_ids)
    query = cases.with_people(select(Instance).where(Instance.id.in_(ids)))
    found = session.scalars(query.order_by(Instance.id)).all()
    work = cases.open_work(session, found)
    return [
        Seen(case, deployments.program_of(db, case).diagram, work.get(case.id, ()))
        for case in found
    ]


def preview(
    session: Session,
    actor: Actor,
    deed: Deed,
    seen: Sequence[Seen],
    instance_ids: Collection[int],
) -> Preview:
    """What would become of the cases now, of which some were ``seen``.

    Raises `InvalidInput` for what can be done to none.
    """
    judge = deed.judge(session, actor, seen)
    known = {one.case.id: one for one in seen}
    return Preview([_foreseen(judge, known.get(number), number) for number in sorted(instance_ids)])


def places(seen: Sequence[Seen]) -> Mapping[str, str]:
    """The places of cases that may be given to others, with what they are called."""
    drawn = {id(one.diagram): one.diagram for one in seen}
    return {
        place: diagram.names[place]
        for diagram in drawn.values()
        for place in diagram.places
        if roles.may_choose(diagram, place)
    }


def _foreseen(judge: Judge, seen: Seen | None, number: int) -> Foreseen:
    if seen is None:
        return Foreseen(number, None, refused=UNKNOWN)
    try:
        return Foreseen(number, seen, judge(seen))
    except AlurError as error:
        return Foreseen(number, seen, refused=error.message)
