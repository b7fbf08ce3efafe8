"""The *lembar kendali* of a case: its steps in order, to go along with the paper and be initialled.

The code on it leads to the case's open step. What has been done already stands on it, so that one
printed again later agrees with the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bpmn.order import in_order
from engine import civil_service
from engine.punctuality import done_at
from tasks.papers import typesetting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bpmn.diagram import Diagram, Node
    from engine.models import Instance, Role, WorkItem

SPARE_LINES = 2  # for steps that are done again


def pdf(
    diagram: Diagram,
    case: Instance,
    seats: Iterable[Role],
    work: Iterable[WorkItem],
    *,
    address: str,
    zone: str,
) -> bytes:
    """The sheet of a case that was read with its people; ``address`` is what the code says."""
    local, subject = ZoneInfo(zone), case.subject
    holders = {seat.place: _holder(seat) for seat in seats}
    last = {item.element: item for item in work if item.status == "completed"}
    lines = [_line(diagram, task, holders, last.get(task.id), local) for task in in_order(diagram)]
    data = {
        "at": case.started_at.astimezone(local).date().isoformat(),
        "process": diagram.name,
        "sop": diagram.properties.get("sop:nomor"),
        "number": case.number,
        "started": case.started_at.astimezone(local).strftime("%d-%m-%Y %H.%M"),
        "employee": {
            "name": subject.name, "nip": civil_service.spaced(subject.nip),
            "position": subject.position, "unit": subject.unit.name,
        },
        "lines": lines,
        "spare": SPARE_LINES,
        "qr": typesetting.qr(address),
        "address": address,
    }  # fmt: skip
    return typesetting.pdf("lembar_kendali", data)


def _line(
    diagram: Diagram,
    task: Node,
    holders: Mapping[str, str],
    done: WorkItem | None,
    local: ZoneInfo,
) -> dict[str, Any]:
    place, at = diagram.place(task.id), done_at(done) if done else None
    key = place.key if place else ""
    return {
        "step": task.documentation or task.name,
        "place": diagram.names.get(key, ""),
        "holder": holders.get(key, ""),
        "waktu": diagram.waktu(task.id) or "",
        "day": at.astimezone(local).strftime("%d-%m-%Y") if at else "",
        "time": at.astimezone(local).strftime("%H.%M") if at else "",
        "by": done.closer.name if done and done.closer else "",
        "visit": done.visit if done else 1,
    }


def _holder(seat: Role) -> str:
    """Who fills a place: a person, or the group that has not yet sent one."""
    filled_by = seat.person or seat.group
    return filled_by.name if filled_by else ""
