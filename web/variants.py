"""The ways that cases took: how real ones ran against the diagram."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template
from flask_login import login_required

from bpmn.messages import message
from engine import deployments, figures, variants
from web.figures import as_asked, chosen_months
from web.people import number
from web.visit import database, me

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from bpmn.messages import Message
    from engine.models import Definition
    from engine.variants import Taken

area = Blueprint("variants", __name__, url_prefix="/figures/<key>/variants")
# How a step is coloured in the diagram: done once, done again, done where no arrow leads.
_ONCE, _AGAIN, _APART = 0, 2, 4


@dataclass(frozen=True)
class Way:
    """A way as it is shown: with the version whose diagram it took."""

    taken: Taken
    version: int
    diagram: Diagram

    @cached_property
    def steps(self) -> list[str]:
        """What its steps are called."""
        names = self.diagram.names
        return [names.get(element, element) for element in self.taken.path]

    @property
    def again(self) -> int:
        """How many of its steps had been done before."""
        return len(self.taken.path) - len(set(self.taken.path))

    @property
    def said(self) -> Iterator[Message]:
        """Where it leaves the diagram, in words."""
        for index in self.taken.deviations or ():
            yield self._said(index)

    def _said(self, index: int) -> Message:
        if index == len(self.steps):
            return message("Berakhir, padahal diagram belum sampai di akhirnya.")
        step = self.steps[index]
        if self.taken.path[index] not in self.diagram.nodes:
            return message("{step}: langkah ini tidak ada di versi itu.", step=step)
        if not index:
            return message("Diagram tidak dimulai dengan {step}.", step=step)
        before = self.steps[index - 1]
        return message("Diagram tidak menuju dari {old} ke {new}.", old=before, new=step)

    @property
    def heat(self) -> dict[str, dict[str, Any]]:
        """The steps as the viewer takes them: the places that they have on the way."""
        places: dict[str, list[int]] = {}
        for place, element in enumerate(self.taken.path, 1):
            places.setdefault(element, []).append(place)
        apart = {self.taken.path[i] for i in self.taken.deviations or () if i < len(self.steps)}
        return {
            element: {
                "level": _APART if element in apart else _AGAIN if len(at) > 1 else _ONCE,
                "text": ", ".join(map(str, at)),
            }
            for element, at in places.items()
        }


@area.get("")
@login_required
def page(key: str) -> str:
    """The most frequent ways, those that deviate, and one of them on the diagram."""
    chosen = chosen_months()
    with database().read() as session:
        scope, versions, units = figures.asked(session, me(), key, chosen)
        overview = variants.overview(session, scope)
        frequent = variants.frequent(session, scope)
        deviating = variants.frequent(session, scope, deviating=True)
        ways = dict(_ways(session, versions, (*frequent, *deviating)))
    shown = ways.get(number("way") or 0) or next(iter(ways.values()), None)
    return render_template(
        "variants.html",
        key=key,
        name=versions[0].name,
        chosen=chosen,
        asked=as_asked(chosen),
        versions=versions,
        units=units,
        overview=overview,
        frequent=[ways[one.id] for one in frequent],
        deviating=[ways[one.id] for one in deviating],
        shown=shown,
        most=variants.MOST,
    )


def _ways(
    session: Session, versions: Sequence[Definition], taken: Iterable[Taken]
) -> Iterator[tuple[int, Way]]:
    """The ways by their numbers, each with the diagram that it took."""
    known, drawn = {one.id: one.version for one in versions}, {}
    for one in taken:
        of = one.definition_id
        if of not in drawn:
            drawn[of] = deployments.drawn(deployments.definition(session, of).source)
        yield one.id, Way(one, known[of], drawn[of])
