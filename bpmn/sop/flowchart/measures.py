"""How wide the columns of the table are, and where the borders and arrows in them lie."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from bpmn.sop.flowchart.formats import ARROW, BORDER, GAP, STEP, symbol_width

if TYPE_CHECKING:
    from bpmn.sop.flowchart.pages import Subject

# The least and the best width of the columns with words.
NUMBER = 9.0
TEXTS = {
    "activity": (34.0, 58.0),
    "kelengkapan": (22.5, 31.0),
    "waktu": (14.0, 19.0),
    "output": (20.0, 31.0),
    "keterangan": (20.5, 24.0),
}
ACTOR = 24.0  # a column of an actor need not be wider


@dataclass(frozen=True)
class Channel:
    """The place between two cells for so many arrows, with a border of the table between them.

    Where it has no border within, it begins or ends at one.
    """

    tracks: int
    bordered: bool = True

    @property
    def before(self) -> float:
        """Its width in front of the border."""
        return self._width(self._half) if self.bordered else 0

    @property
    def behind(self) -> float:
        """Its width behind the border, or all of it."""
        if self.bordered:
            return self._width(self.tracks - self._half)
        return self._width(self.tracks)

    def at(self, track: int, tracks: int) -> float:
        """Where one of so many arrows runs, from the border."""
        if not self.bordered:
            return BORDER + track * STEP
        half = (tracks + 1) // 2
        if track < half:
            return -BORDER - (half - 1 - track) * STEP
        return BORDER + (track - half) * STEP

    @property
    def _half(self) -> int:
        return (self.tracks + 1) // 2

    def _width(self, tracks: int) -> float:
        return BORDER + (tracks - 1) * STEP + GAP if tracks else 0


@dataclass(frozen=True)
class Columns:
    """The widths of all columns; ``channels`` lie before, between and behind those of actors."""

    number: float
    texts: dict[str, float]
    cells: tuple[float, ...]
    channels: tuple[Channel, ...]

    @property
    def actors(self) -> tuple[float, ...]:
        """The widths from border to border."""
        return tuple(
            (before.behind + cell + (behind.before if behind.bordered else behind.behind))
            for before, cell, behind in zip(
                self.channels, self.cells, self.channels[1:], strict=False
            )
        )

    @property
    def borders(self) -> tuple[float, ...]:
        """Those of the actors' columns, from the first on."""
        return tuple(accumulate(self.actors, initial=0.0))

    def column_at(self, x: float) -> int:
        """The column of an actor that a place lies in."""
        return bisect(self.borders, x) - 1

    def middle(self, column: int) -> float:
        """The middle of a cell, from the first border on."""
        return self.borders[column] + self.channels[column].behind + self.cells[column] / 2

    def track(self, channel: int, track: int, tracks: int) -> float:
        """Where one of so many arrows in a channel runs, from the first border on."""
        found = self.channels[channel]
        start = self.borders[channel]
        if channel == len(self.cells):
            start -= found.behind
        return start + found.at(track, tracks)


def columns(subject: Subject, tracks: tuple[int, ...], width: float) -> Columns | None:
    """Columns with room for so many arrows in each channel; none where the width is too little."""
    count = subject.columns
    last = len(tracks) - 1
    channels = tuple(
        Channel(number, bordered=0 < place < last) for place, number in enumerate(tracks)
    )
    least = [symbol_width(count) + 2 * ARROW] * count
    for place, needed in enumerate(subject.halves):
        column = subject.column(place)
        least[column] = max(least[column], 2 * needed)
    return _spread(subject, least, channels, width)


def _spread(
    subject: Subject, least: list[float], channels: tuple[Channel, ...], width: float
) -> Columns | None:
    """Gives what is left to all columns, by what each has use for; what is left then to words."""
    room = width - NUMBER - sum(one.before + one.behind for one in channels)
    words = {name: _wish(subject, name) for name in TEXTS}
    rest = room - sum(least) - sum(low for low, _ in words.values())
    if rest < 0:
        return None
    given = Columns(NUMBER, {}, tuple(least), channels).actors
    wished = sum(max(ACTOR - one, 0) for one in given)
    more = sum(high - low for low, high in words.values())
    by = wished * min(rest / (more + wished), 1)
    level = _level(given, by)
    cells = tuple(cell + max(level - one, 0) for cell, one in zip(least, given, strict=True))
    share = (rest - by) / more
    texts = {name: low + share * (high - low) for name, (low, high) in words.items()}
    return Columns(NUMBER, texts, cells, channels)


def _level(widths: tuple[float, ...], by: float) -> float:
    """The width that the narrowest get, where so much in all is added to them."""
    levels = accumulate(sorted(widths), initial=by)
    next(levels)
    return min(whole / count for count, whole in enumerate(levels, 1))


def _wish(subject: Subject, name: str) -> tuple[float, float]:
    """The least and the best width of a column of words; an empty one needs no more than least."""
    low, high = TEXTS[name]
    filled = any(getattr(step, name) for step in subject.sop.steps)
    return low, high if filled or name == "activity" else low
