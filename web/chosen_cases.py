"""The cases that are chosen for an act, as a page says them and keeps them."""

from __future__ import annotations

import base64
import zlib
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from bpmn.messages import message
from engine import mass_acts, register
from engine.errors import InvalidInput
from web.register import sought_in
from web.visit import MAX_NUMBER, database, me

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from werkzeug.datastructures import MultiDict

MAX_FROZEN = 100_000  # characters
UNREADABLE = message("Pilihan kasus tidak terbaca. Pilih lagi di daftar.")


def chosen_in(given: MultiDict[str, str]) -> list[int]:
    """The cases that are meant: those of the page before, all that are sought, or the checked.

    Raises `InvalidInput` for none, or too many.
    """
    if given.get("chosen"):
        found: Sequence[int] = thawed(given["chosen"])
    elif given.get("which") == "all":
        with database().read() as session:
            found = register.numbers(session, me(), sought_in(given), mass_acts.MOST)
    else:
        checked = given.getlist("case", type=int)
        found = sorted({i for i in checked if 0 < i <= MAX_NUMBER})
    mass_acts.require_some(found)
    return list(found)


def frozen(numbers: Collection[int]) -> str:
    """The numbers of cases as a short text."""
    gaps = (after - before for before, after in pairwise([0, *sorted(numbers)]))
    packed = zlib.compress(" ".join(map(str, gaps)).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode()


def thawed(text: str, longest: int = MAX_FROZEN) -> list[int]:
    """The numbers that `frozen` has written; raises `InvalidInput` for what it has not.

    ``longest`` are the characters of a text, packed or not.
    """
    unpacking = zlib.decompressobj()
    try:
        packed = base64.urlsafe_b64decode(text[:longest])
        gaps = unpacking.decompress(packed, longest).split()
        found = list(accumulate(int(gap) for gap in gaps))
    except (ValueError, zlib.error) as error:
        raise InvalidInput(UNREADABLE) from error
    if unpacking.unconsumed_tail or any(
        not before < after <= MAX_NUMBER for before, after in pairwise([0, *found])
    ):
        raise InvalidInput(UNREADABLE)
    return found
