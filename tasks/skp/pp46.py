"""Scoring under PP 46/2011, whose formulas stand in Perka BKN 1/2013.

All arithmetic is exact (`Fraction`): an efficiency of exactly 24 % is on the better side of the
rule, where binary floats would put it on the worse. Whoever shows a score rounds it, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn.messages import Message

ID = "pp46_2011"
Number = Decimal | int | Fraction
BOUND = 24  # percent of efficiency up to which saving time or cost is to one's credit
# Perka BKN 1/2013, annex I: what comes of Perilaku Kerja; the last is for structural posts only.
BEHAVIOUR: Mapping[str, Message] = {
    "orientasi_pelayanan": message("Orientasi pelayanan"),
    "integritas": message("Integritas"),
    "komitmen": message("Komitmen"),
    "disiplin": message("Disiplin"),
    "kerja_sama": message("Kerja sama"),
    "kepemimpinan": message("Kepemimpinan"),
}
OF_STRUCTURAL_POSTS = "kepemimpinan"
# Perka BKN 1/2013: what a creative work adds, by where it is of use and acknowledged.
CREATIVITY = {"unit": 3, "instansi": 6, "negara": 12}
BANDS = ((91, "Sangat Baik"), (76, "Baik"), (61, "Cukup"))


@dataclass(frozen=True)
class Activity:
    """A kegiatan tugas jabatan: what was aimed at and what was reached.

    Quality in percent, time in one unit for both, cost in rupiah; without a cost target that
    aspect does not count. ``quantity`` None or 0 says that it was not carried out.
    """

    target_quantity: Number
    target_quality: Number
    target_time: Number
    target_cost: Number | None
    quantity: Number | None
    quality: Number | None
    time: Number | None
    cost: Number | None


@dataclass(frozen=True)
class ActivityScore:
    """The score of an activity and of its aspects; ``cost`` is None where it does not count."""

    quantity: Fraction
    quality: Fraction
    time: Fraction
    cost: Fraction | None
    total: Fraction


@dataclass(frozen=True)
class Result:
    """All that comes of an assessment, exactly."""

    activities: tuple[ActivityScore, ...]
    additional: int
    creativity: int
    skp: Fraction
    behaviour: Fraction
    total: Fraction
    band: str


def share(target: Number, reached: Number) -> Fraction:
    """Kuantitas and kualitas: what was reached of the target, in percent (PP 46/2011 art. 7)."""
    return Fraction(reached) / Fraction(target) * 100


def saving(target: Number, used: Number) -> Fraction:
    """Waktu and biaya: what using less or more than planned scores (Perka BKN 1/2013, annex I).

    Up to an efficiency of 24 % saving adds to 76; beyond that the plan was not realistic, and the
    score falls as it grows. Where the formula turns negative the score is 0.
    """
    planned, spent = Fraction(target), Fraction(used)
    efficiency = 100 - spent / planned * 100
    credit = (Fraction(176, 100) * planned - spent) / planned * 100
    return max(Fraction(0), credit if efficiency <= BOUND else 76 - (credit - 100))


def activity(one: Activity) -> ActivityScore:
    """The mean of an activity's three or four aspects; 0 when it was not carried out."""
    if not one.quantity:
        nothing = Fraction(0)
        return ActivityScore(nothing, nothing, nothing, None, nothing)
    cost = None if one.target_cost is None else saving(one.target_cost, one.cost or 0)
    aspects = (
        share(one.target_quantity, one.quantity),
        share(one.target_quality, one.quality or 0),
        saving(one.target_time, one.time or 0),
    )
    counted = (*aspects, *(() if cost is None else (cost,)))
    return ActivityScore(*aspects, cost, mean(counted))


def additional(number: int) -> int:
    """Tugas tambahan: what so many tasks beside the post's own add (Perka BKN 1/2013)."""
    return next(score for least, score in ((7, 3), (4, 2), (1, 1), (0, 0)) if number >= least)


def creativity(levels: Sequence[str]) -> int:
    """Kreativitas: the highest of what was acknowledged counts (Perka BKN 1/2013)."""
    return max((CREATIVITY[level] for level in levels), default=0)


def band(score: Fraction) -> str:
    """What a score is called (PP 46/2011 art. 17); each band begins with its lower bound."""
    named = next((name for least, name in BANDS if score >= least), None)
    return named or ("Kurang" if score > 50 else "Buruk")


def assess(
    activities: Sequence[Activity],
    tasks: int,
    levels: Sequence[str],
    behaviour: Mapping[str, Number],
) -> Result:
    """Prestasi kerja: 60 % SKP and 40 % perilaku kerja (PP 46/2011 art. 15).

    ``behaviour`` are five marks, or six for structural posts, each of 0 to 100.
    """
    scores = tuple(map(activity, activities))
    extra, creative = additional(tasks), creativity(levels)
    skp = mean([score.total for score in scores]) + extra + creative
    marks = mean([Fraction(mark) for mark in behaviour.values()])
    total = skp * Fraction(60, 100) + marks * Fraction(40, 100)
    return Result(scores, extra, creative, skp, marks, total, band(total))


def mean(numbers: Sequence[Fraction]) -> Fraction:
    """The mean; 0 of nothing."""
    return sum(numbers, Fraction(0)) / len(numbers) if numbers else Fraction(0)
