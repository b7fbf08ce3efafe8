"""The record sheet of a case: its steps, people and times, and how its history is secured.

It holds no answer that anybody gave, so that it may be handed on with the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.papers import typesetting, wording

if TYPE_CHECKING:
    from datetime import datetime

    from engine.snapshots import Plain
    from tasks.papers.wording import Office

NAME = "Lembar Rekaman"
STATUSES = {
    "running": "Berjalan",
    "completed": "Selesai",
    "cancelled": "Dibatalkan",
    "suspended": "Ditangguhkan",
}


def pdf(snapshot: Plain, office: Office) -> bytes:
    """Who did what in a case, when, and in which capacity."""
    case = snapshot["case"]
    verify = f"{office.public_url}/verify"
    return typesetting.pdf(
        "rekaman",
        wording.base(snapshot, office, NAME)
        | {
            "number": case["number"],
            "process": f"{case['process']}, versi {case['version']}",
            "digest": wording.grouped(case["digest"]),
            "status": STATUSES.get(case["status"], case["status"]),
            "started": _moment(case["started"], office),
            "ended": _moment(case["ended"], office),
            "taken": _moment(snapshot["at"], office),
            "zone": wording.local(snapshot["at"], office).tzname(),
            "subject": wording.subject(snapshot),
            "people": [_seat(seat) for seat in snapshot["people"]],
            "steps": [_step(step, office) for step in snapshot["steps"]],
            "entries": wording.number(snapshot["chain"]["seq"]),
            "hash": wording.grouped(snapshot["chain"]["hash"]),
            "seal": _seal(snapshot["seal"], office),
            "verify": verify,
            "qr": typesetting.qr(verify),
        },
    )


def _seat(seat: Plain) -> Plain:
    shown = wording.person(seat["person"])
    if seat["person"] is None and seat["group"]:
        shown = shown | {"name": seat["group"]}
    return shown | {"lane": seat["lane"]}


def _step(step: Plain, office: Office) -> Plain:
    behalf = step["behalf"]
    told = {} if step["place"] != "starter" else {"name": "Formulir awal", "lane": "Pemulai kasus"}
    return {
        "name": step["name"],
        "visit": step["visit"],
        "person": wording.person(step["person"])["name"],
        "lane": step["lane"],
        "behalf": _behalf(behalf) if behalf else "",
        "arrived": _moment(step["opened"], office),
        "taken_up": _moment(step["taken_up"], office),
        "performed": _moment(step["performed"] or step["closed"], office),
        "recorded": _moment(step["closed"], office),
        "is_late_record": step["performed"] not in (None, step["closed"]),
        "waited": _span(step["waited"]),
        "worked": _span(step["worked"]),
        "waktu": step["waktu"] or "",
    } | told


def _behalf(behalf: Plain) -> str:
    capacity = wording.STANDS_IN.get(behalf["as"], behalf["as"])
    return f"{capacity} {wording.person(behalf['person'])['name']}"


def _seal(seal: Plain | None, office: Office) -> str:
    if seal is None:
        return "belum ada segel yang mencakup kejadian kasus ini"
    at = _moment(seal["at"], office)
    return f"nomor {seal['number']}, {at}, mencakup kejadian 1 sampai {seal['seq']}"


def _moment(instant: datetime | None, office: Office) -> str:
    return f"{wording.local(instant, office):%d-%m-%Y %H.%M}" if instant else wording.NONE


def _span(seconds: Any) -> str:
    hours, minutes = divmod(round((seconds or 0) / 60), 60)
    return f"{hours} jam {minutes} menit" if hours else f"{minutes} menit"
