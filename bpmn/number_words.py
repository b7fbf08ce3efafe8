"""Numbers as an SOP writes them: 2, 1,5, 1/2, ½, 1 ½, dua belas, setengah, 3 (tiga)."""

from __future__ import annotations

import re
from fractions import Fraction

MAX_DIGITS = 6
_ONES = "satu dua tiga empat lima enam tujuh delapan sembilan".split()
_SIGNS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
_WORDS: dict[str, Fraction] = {
    **{word: Fraction(count) for count, word in enumerate(_ONES, 1)},
    **{f"{word} belas": Fraction(count + 10) for count, word in enumerate(_ONES[1:], 2)},
    **{f"{word} puluh": Fraction(count * 10) for count, word in enumerate(_ONES[1:], 2)},
    **{
        f"{ten} puluh {one}": Fraction(tens * 10 + ones)
        for tens, ten in enumerate(_ONES[1:], 2)
        for ones, one in enumerate(_ONES, 1)
    },
    **dict(zip(("nol", "sepuluh", "sebelas"), map(Fraction, (0, 10, 11)), strict=True)),
    "setengah": Fraction(1, 2),
    "seperempat": Fraction(1, 4),
}
_DIGITS = rf"[0-9]{{1,{MAX_DIGITS}}}"
# The longest first, or "dua" would be found in "dua belas".
NUMBER = (
    rf"(?:{_DIGITS}\s*/\s*{_DIGITS}|{_DIGITS}[.,][0-9]{{1,2}}|{_DIGITS}\s*[½¼¾]|{_DIGITS}|[½¼¾]|"
    + "|".join(sorted((re.escape(word) for word in _WORDS), key=len, reverse=True))
    + ")"
)


def number(text: str) -> Fraction | None:
    """The value of what `NUMBER` matches; None for what it does not, and for a division by zero."""
    said = " ".join(text.casefold().split())
    if said in _WORDS:
        return _WORDS[said]
    if said[-1:] in _SIGNS:
        return _SIGNS[said[-1]] + Fraction(said[:-1].strip() or 0)
    above, _, below = said.replace(",", ".").partition("/")
    try:
        return Fraction(above.strip()) / Fraction(below.strip() or 1)
    except (ValueError, ZeroDivisionError):
        return None
