"""Two revisions of an SOP, row by row: which rows are the same, and what of each differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn.sop.document import FACTS

if TYPE_CHECKING:
    from bpmn.sop.document import Sop, Step

ACTOR, WAYS = "actor", "ways"
_CELLS = ("activity", "kelengkapan", "waktu", "output", "keterangan")


@dataclass(frozen=True)
class Line:
    """A row of either revision, or of both: places in their steps, None where it has none.

    ``changed`` names what differs of it: attributes of `Step`, ``actor`` and ``ways``. A number
    that only counts on differs from nothing, and neither does a way to the same row.
    """

    old: int | None
    new: int | None
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Revision:
    """What a revision changes: ``facts`` of the identity page by name, and the rows in order."""

    facts: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def is_none(self) -> bool:
        """Whether both documents say the same."""
        return not self.facts and all(
            line.new == line.old and not line.changed for line in self.lines
        )


def compared(old: Sop, new: Sop) -> Revision:
    """The rows of the new revision in their order, and those gone where they stood."""
    same = _same(old.steps, new.steps)
    lines = [Line(same.get(at), at, _changed(old, new, same, at)) for at in range(len(new.steps))]
    kept = set(same.values())
    for gone in range(len(old.steps)):
        if gone not in kept:
            before = next((n for n, line in enumerate(lines) if line.old == gone - 1), -1)
            lines.insert(before + 1, Line(gone, None))
    differing = (f for f in FACTS if getattr(old.identity, f) != getattr(new.identity, f))
    return Revision(tuple(differing), tuple(lines))


def _same(old: tuple[Step, ...], new: tuple[Step, ...]) -> dict[int, int]:
    """The old place of new rows: those of the same element, else those that say the same."""
    found: dict[int, int] = {}
    for told in ("element", "activity"):
        known = {getattr(s, told): at for at, s in enumerate(old) if at not in found.values()}
        for at, step in enumerate(new):
            if at not in found and (word := getattr(step, told)) and word in known:
                found[at] = known.pop(word)
    return found


def _changed(old: Sop, new: Sop, same: dict[int, int], at: int) -> frozenset[str]:
    if at not in same:
        return frozenset()
    before, after = old.steps[same[at]], new.steps[at]
    found = {cell for cell in _CELLS if getattr(before, cell) != getattr(after, cell)}
    if _actor(old, before) != _actor(new, after):
        found.add(ACTOR)
    led = {(arrow.label, arrow.target) for arrow in old.after(same[at])}
    leads = {(arrow.label, same.get(arrow.target, -1)) for arrow in new.after(at)}
    return frozenset(found | ({WAYS} if led != leads else set()))


def _actor(sop: Sop, step: Step) -> str | None:
    return None if step.actor is None else sop.actors[step.actor]
