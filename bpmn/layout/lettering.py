"""How much room a name takes as bpmn-js sets it: sans-serif, broken at the width of its box."""

from __future__ import annotations

import math

INSIDE, BESIDE = 12, 11  # letter sizes in a box and of a name beside an element
LINE = 1.2  # a line's height in letter sizes
BOX_PADDING = 5
LABEL_WIDTH = 90  # bpmn-js breaks the names beside elements here
# Widths in thousandths of the letter size; what is in no group is as wide as most letters.
_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl'|", 222),
        ("fIt.,:;/!()[]- ", 300),
        ("r", 333),
        ("ckvxyzsJ", 500),
        ("ABEKPSVXY&", 667),
        ("CDHNRUw", 722),
        ("GOQ", 778),
        ("mM", 833),
        ("W", 944),
    )
    for letter in letters
}
_USUAL = 556
# Where there is no Arial, browsers take what they have; DejaVu Sans is the widest of the usual.
_WIDER = 1.2


def width(text: str, size: int) -> float:
    """The width of a line in pixels, rather too wide than too narrow."""
    return sum(_WIDTHS.get(letter, _USUAL) for letter in text) * size / 1000 * _WIDER


def lines(text: str, size: int, limit: float) -> list[str]:
    """A text broken between words; a word wider than the limit is broken within."""
    found: list[str] = []
    for paragraph in text.strip().splitlines():
        current = ""
        for word in paragraph.split():
            longer = f"{current} {word}".strip()
            if current and width(longer, size) > limit:
                found.append(current)
                longer = word
            *full, current = _pieces(longer, size, limit)
            found += full
        found.append(current)
    return found


def _pieces(word: str, size: int, limit: float) -> list[str]:
    if width(word, size) <= limit:
        return [word]
    pieces = [""]
    for letter in word:
        if width(pieces[-1] + letter, size) > limit and pieces[-1]:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def label_size(text: str) -> tuple[int, int]:
    """Width and height of a name beside an element; nothing for an empty one."""
    broken = lines(text, BESIDE, LABEL_WIDTH)
    widest = max((width(line, BESIDE) for line in broken), default=0)
    return math.ceil(min(widest, LABEL_WIDTH)), 14 * len(broken)


def box_size(text: str, *, wide: int = 150) -> tuple[int, int]:
    """The box of an activity: 100 × 80 as usual, larger where its name needs it."""
    if len(lines(text, INSIDE, 100 - 2 * BOX_PADDING)) <= 2:
        return 100, 80
    needed = len(lines(text, INSIDE, wide - 2 * BOX_PADDING)) * INSIDE * LINE + 30
    return wide, max(100, math.ceil(needed / 10) * 10)
