"""The record sheet of a case: its steps, people and times, and how its history is secured.

It holds no answer that anybody gave, so that it may be handed on with the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.papers import typesetting, wording

if TYPE_CHECKING:
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
            "started": wording.moment(case["started"], office),
            "ended": wording.moment(case["ended"], office),
            "taken": wording.moment(snapshot["at"], office),
            "zone": wording.local(snapshot["at"], office).tzname(),
            "subject": wording.subject(snapshot),
            "people": [_seat(seat) for seat in snapshot["people"]],
            "steps": [_step(step, office) for step in snapshot["steps"]],
            "rulings": [_ruling(ruling, office) for ruling in snapshot.get("rulings", ())],
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
    told = {} if step["place"] != "starter" else {"name": "Formulir awal", "lane": "Pemulai kasus"}
    return {
        "name": step["name"],
        "visit": step["visit"],
        "person": wording.person(step["person"])["name"],
        "lane": step["lane"],
        "behalf": wording.stead(step["behalf"]),
        "arrived": wording.moment(step["opened"], office),
        "taken_up": wording.moment(step["taken_up"], office),
        "performed": wording.moment(step["performed"] or step["closed"], office),
        "recorded": wording.moment(step["closed"], office),
        "is_late_record": step["performed"] not in (None, step["closed"]),
        "waited": wording.span(step["waited"]),
        "worked": wording.span(step["worked"]),
        "waktu": step["waktu"] or "",
    } | told


def _ruling(ruling: Plain, office: Office) -> Plain:
    """That a superior decided; the reason speaks of somebody's assessment, and stays out."""
    return {
        "name": ruling["name"],
        "rounds": ruling["rounds"],
        "person": wording.person(ruling["person"])["name"],
        "behalf": wording.stead(ruling["behalf"]),
        "at": wording.moment(ruling["at"], office),
    }


def _seal(seal: Plain | None, office: Office) -> str:
    if seal is None:
        return "belum ada segel yang mencakup kejadian kasus ini"
    at = wording.moment(seal["at"], office)
    return f"nomor {seal['number']}, {at}, mencakup kejadian 1 sampai {seal['seq']}"
