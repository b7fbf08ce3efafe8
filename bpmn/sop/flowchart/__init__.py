"""The flowchart of an SOP: which rows stand on which page, and where all symbols and arrows lie.

`drawn` is all that others need. How high words are is told by who sets them (`Setting`); everything
else is reckoned here, so that it can be tested without paper.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from string import ascii_uppercase
from typing import TYPE_CHECKING, Protocol

from bpmn.messages import AlurError, message
from bpmn.sop.flowchart.formats import ARROW, FORMATS, GAP, PENTAGON
from bpmn.sop.flowchart.measures import columns
from bpmn.sop.flowchart.pages import Page, Subject
from bpmn.sop.flowchart.sheets import Rows, sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bpmn.sop.document import Sop
    from bpmn.sop.flowchart.formats import Format
    from bpmn.sop.flowchart.measures import Columns
    from bpmn.sop.flowchart.sheets import Sheet


class Unprintable(AlurError):
    """An SOP that does not go onto paper, however small its letters."""


@dataclass(frozen=True)
class Heights:
    """Of the two lines of the table's head, and of each row's words, with what is around words."""

    head: tuple[float, float]
    rows: tuple[float, ...]
    turned: float | None = None  # how high names of actors are that are turned, where they are


class Setting(Protocol):
    """Who sets the words, and knows how much room they take."""

    def labels(self, words: Sequence[str]) -> list[tuple[float, float]]:
        """The width and height of what stands beside arrows, broken at `formats.LABEL`."""

    def heights(self, columns: Columns) -> Heights:
        """The heights of the table with such columns."""


@dataclass(frozen=True)
class Flowchart:
    """The pages of the table; all have the same columns."""

    format: Format
    columns: Columns
    heights: Heights
    sheets: tuple[Sheet, ...]


def drawn(sop: Sop, setting: Setting) -> Flowchart:
    """The flowchart in the largest letters with which it goes onto paper.

    The same document gives the same. Raises `Unprintable`.
    """
    if not sop.steps:
        raise Unprintable(message("SOP ini belum berisi satu kegiatan pun."))
    words = sorted({arrow.label for arrow in sop.arrows if arrow.label})
    subject = Subject(sop, dict(zip(words, setting.labels(words), strict=True)))
    page = lru_cache(None)(lambda first, last: Page(subject, first, last))
    for format_ in FORMATS:
        found = _in_format(format_, subject, page, setting)
        if found:
            return found
    raise Unprintable(
        message(
            "SOP ini tidak muat di kertas A3, juga dengan huruf kecil: ada baris yang terlalu "
            "tinggi, atau pelaksana dan anak panahnya terlalu banyak."
        )
    )


def _in_format(
    format_: Format, subject: Subject, page: Callable[[int, int], Page], setting: Setting
) -> Flowchart | None:
    """Columns as wide as the arrows between them need, which the pages tell."""
    tracks = (0,) * (subject.columns + 1)
    while True:
        found = columns(subject, tracks, format_.room[0])
        heights = _least(subject, setting.heights(found)) if found else None
        pages = _paged(page, heights, format_) if heights else None
        if found is None or heights is None or pages is None:
            return None
        needed = _tracks(pages, tracks)
        if needed == tracks:
            return Flowchart(format_, found, heights, _sheets(pages, found, heights))
        tracks = needed


def _least(subject: Subject, heights: Heights) -> Heights:
    """With rows as high as their symbols are, at least: what they need anyhow."""
    symbols = [symbol.height + 2 * ARROW for symbol in subject.symbols]
    return replace(heights, rows=tuple(map(max, heights.rows, symbols)))


def _paged(
    page: Callable[[int, int], Page], heights: Heights, format_: Format
) -> list[Page] | None:
    """As many rows as go onto each page; none where one alone does not."""
    room, found, first = format_.room[1] - sum(heights.head), [], 0
    while first < len(heights.rows):
        last = first + _fitting(heights.rows, first, room)
        while _height(page(first, last), heights) > room:
            last -= 1
            if last == first:
                return None
        found.append(page(first, last))
        first = last
    return found


def _fitting(rows: Sequence[float], first: int, room: float) -> int:
    """How many rows at most go onto a page, with a row of connectors at each break."""
    strip = PENTAGON + ARROW + GAP
    room -= strip if first else 0
    heights = accumulate(rows[first:])
    last = len(rows) - first - 1
    fits = (high + (strip if place < last else 0) <= room for place, high in enumerate(heights))
    return max(sum(fits), 1)


def _height(page: Page, heights: Heights) -> float:
    return Rows(page, heights.rows[page.first : page.last]).end


def _tracks(pages: list[Page], least: tuple[int, ...]) -> tuple[int, ...]:
    """How many arrows each channel between columns has, on the page where it has most."""
    return tuple(
        max([before, *(page.tracks.get((True, 2 * channel), 0) for page in pages)])
        for channel, before in enumerate(least)
    )


def _sheets(pages: list[Page], found: Columns, heights: Heights) -> tuple[Sheet, ...]:
    leaving = [name for page in pages for name in page.leaving()]
    letters = {name: _letter(number) for number, name in enumerate(leaving)}
    return tuple(
        sheet(page, found, heights.rows[page.first : page.last], letters) for page in pages
    )


def _letter(number: int) -> str:
    """A to Z, then AA to AZ, and so on."""
    before, last = divmod(number, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[last]
