"""How a document says things: numbers, days, people and who signs, as an Indonesian office does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine import civil_service

if TYPE_CHECKING:
    from engine.snapshots import Plain

MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
)
NONE = "–"
STANDS_IN = {"plh": "Plh.", "plt": "Plt.", "leave": "Pengganti"}
ASSESSOR, SUPERIOR = "superior(subject)", "superior(superior(subject))"
_EMPTY: Plain = dict.fromkeys(("name", "nip", "rank", "position", "unit"), NONE)


@dataclass(frozen=True)
class Office:
    """What a document takes from its installation: where its pages are, and its time zone."""

    public_url: str
    zone: str


def base(snapshot: Plain, office: Office, kind: str) -> Plain:
    """What every document has: its own date, and what stands at the foot of each page."""
    number, revision = snapshot["case"]["number"], snapshot["revision"]
    return {
        "at": local(snapshot["at"], office).date().isoformat(),
        "made": day(local(snapshot["at"], office)),
        "foot": f"Kasus {number} · {kind} · revisi {revision}",
    }


def local(instant: datetime, office: Office) -> datetime:
    """An instant in the office's zone."""
    return instant.astimezone(ZoneInfo(office.zone))


def moment(instant: datetime | None, office: Office) -> str:
    """``05-01-2026 09.30`` in the office's zone; a dash for none."""
    return f"{local(instant, office):%d-%m-%Y %H.%M}" if instant else NONE


def span(seconds: Any) -> str:
    """``2 jam 5 menit``."""
    hours, minutes = divmod(round((seconds or 0) / 60), 60)
    return f"{hours} jam {minutes} menit" if hours else f"{minutes} menit"


def grouped(digest: str) -> str:
    """A digest in groups of eight, which can be compared by eye."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def day(when: Any) -> str:
    """``5 Januari 2026``."""
    if not isinstance(when, date):
        return text(when)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def period(start: Any, end: Any, year: Any = None) -> str:
    """``1 Januari s.d. 31 Desember 2026``; of a year alone ``tahun 2026``."""
    if isinstance(start, date) and isinstance(end, date):
        same = start.year == end.year
        first = day(start).removesuffix(f" {start.year}") if same else day(start)
        return f"{first} s.d. {day(end)}"
    return NONE if year is None else f"tahun {year}"


def number(value: Any) -> str:
    """``1.250,5``, with as many digits as the value has; anything else as its text."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return text(value)
    return _indonesian(f"{Decimal(str(value)).normalize():,f}")


def score(value: Any) -> str:
    """A score with two digits, rounded once and half up: ``85,90``."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return text(value)
    rounded = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _indonesian(f"{rounded:,f}")


def rupiah(value: Any) -> str:
    """``Rp5.000.000``; without a cost target a dash."""
    return f"Rp{number(value)}" if isinstance(value, int | float | Decimal) else text(value)


def text(value: Any) -> str:
    """What somebody wrote; a dash for nothing."""
    return NONE if value is None or value == "" else str(value)


def person(found: Plain | None) -> Plain:
    """A person as the forms have them: name, NIP, rank and grade, position, unit."""
    if found is None:
        return _EMPTY
    grade, _, name = found["rank"].partition(" ")
    is_code = "/" in grade and bool(name)
    return {
        "name": found["name"],
        "nip": civil_service.spaced(found["nip"]),
        "rank": f"{name} ({grade})" if is_code else text(found["rank"]),
        "position": text(found["position"]),
        "unit": text(found["unit"]),
    }


def holder(snapshot: Plain, actor: str) -> Plain:
    """Who fills the place with this rule."""
    return person(next((seat["person"] for seat in _seats(snapshot, actor)), None))


def signer(snapshot: Plain, actor: str) -> Plain:
    """Who signs for the place with this rule: its holder, or who last acted there in their stead.

    ``as`` then says in which capacity.
    """
    places = {seat["place"] for seat in _seats(snapshot, actor)}
    acts = [step for step in snapshot["steps"] if step["place"] in places]
    if not acts or acts[-1]["behalf"] is None:
        return holder(snapshot, actor) | {"as": ""}
    capacity = STANDS_IN.get(acts[-1]["behalf"]["as"], "")
    return person(acts[-1]["person"]) | {"as": capacity}


def stead(behalf: Plain | None) -> str:
    """In whose place and as what something was done; empty for one's own."""
    if behalf is None:
        return ""
    return f"{STANDS_IN.get(behalf['as'], behalf['as'])} {person(behalf['person'])['name']}"


def subject(snapshot: Plain) -> Plain:
    """The employee whom the case is about."""
    return person(snapshot["subject"]) | {"as": ""}


def _seats(snapshot: Plain, actor: str) -> list[Plain]:
    return [s for s in snapshot["people"] if "".join((s["actor"] or "").split()) == actor]


def _indonesian(written: str) -> str:
    return written.translate(str.maketrans(",.-", ".,−"))
