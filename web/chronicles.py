"""The chronicle of a case: how long each step and person took, and all of it to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template
from flask_login import login_required

from engine import cases, civil_service, clock, processing
from tasks.file_fields import show_size
from tasks.papers import typesetting, wording
from web import case_file
from web.marks import LABELS
from web.visit import database, me
from web.words import (
    DEFAULT,
    DOCUMENT_STATES,
    DOCUMENTS,
    STATUSES,
    in_language,
    moment,
    say,
    span,
    zone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.models import Attachment, Comment, Document, Instance
    from engine.signature_places import Sheet
    from engine.visits import Total, Visit
    from web.record import Answers, Correction, Step
    from web.timeline import Told

    Plain = dict[str, Any]

area = Blueprint("chronicles", __name__, url_prefix="/cases/<int:instance_id>")


@area.get("/times")
@login_required
def times(instance_id: int) -> str:
    """Each visit to a step with its times, their sum, and that of each person."""
    with database().read() as session:
        found = cases.case(session, me(), instance_id)
        spent = case_file.times(session, found)
    processing.note(database(), me(), found.subject_id, instance_id, processing.VIEWED)
    return render_template("times.html", case=found, times=spent)


@area.get("/record.pdf")
@login_required
def printed(instance_id: int) -> Response:
    """All of a case as PDF, in the language of the office: as it is now, for its file."""
    with in_language(DEFAULT):
        with database().read() as session:
            found = cases.case(session, me(), instance_id)
            shown = case_file.read(session, found)
        processing.note(database(), me(), found.subject_id, instance_id, processing.VIEWED)
        made = typesetting.pdf("riwayat", _paper(found, shown))
    named = f'inline; filename="riwayat-kasus-{found.number}.pdf"'
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": named})


def _paper(case: Instance, shown: Plain) -> Plain:
    """What the template sets, with every number and time as it is shown."""
    now, (seq, digest), times = clock.now(), shown["head"], shown["times"]
    signed = {sheet.document.id: sheet for sheet in shown["sheets"]}
    states = shown["document_states"]
    return {
        "at": now.astimezone(zone()).date().isoformat(),
        "foot": f"Kasus {case.number} · Riwayat kasus · {moment(now)}",
        "taken": moment(now),
        **_identity(case),
        "people": [_seat(seat, shown["names"]) for seat in shown["seats"]],
        "visits": [_visit(visit) for visit in times.visits],
        "total": _total("Seluruh kasus", times.total),
        "persons": [_total(who.name, total) for who, total in times.people],
        "timeline": [_told(one) for one in shown["timeline"]],
        "forms": [_form(step) for step in shown["steps"]],
        "documents": [
            _document(one, states[one.id], signed.get(one.id)) for one in shown["documents"]
        ],
        "files": [_file(file) for file in shown["attached"]],
        "comments": [_comment(one) for one in shown["comments"]],
        "entries": wording.number(seq),
        "hash": wording.grouped(digest),
    }


def _identity(case: Instance) -> Plain:
    subject = case.subject
    return {
        "number": case.number,
        "process": f"{case.definition.name}, versi {case.definition.version}",
        "digest": wording.grouped(case.definition.digest),
        "employee": f"{subject.name}, NIP {civil_service.spaced(subject.nip)}",
        "position": f"{subject.position}, {subject.unit.name}",
        "status": say(STATUSES[case.status]),
        "started": moment(case.started_at),
        "ended": moment(case.ended_at) if case.ended_at else wording.NONE,
    }


def _seat(seat: Any, names: Mapping[str, str]) -> Plain:
    person, holder = seat.person, seat.person or seat.group
    return {
        "place": names.get(seat.place, seat.place),
        "name": holder.name if holder else wording.NONE,
        "nip": civil_service.spaced(person.nip) if person else wording.NONE,
        "position": person.position if person else wording.NONE,
    }


def _visit(visit: Visit) -> Plain:
    item, who = visit.item, visit.who
    return {
        "step": visit.name,
        "visit": item.visit,
        "who": who.name if who else wording.NONE,
        "stead": visit.in_place_of.name if visit.in_place_of else "",
        "capacity": visit.capacity,
        "opened": _when(item.opened_at),
        "begun": _when(item.taken_up_at),
        "done": _when(visit.done_at),
        "recorded": _when(item.closed_at) if item.performed_at else "",
        "waited": span(visit.waited),
        "worked": span(visit.worked),
        "waktu": visit.waktu or wording.NONE,
        "state": say(LABELS[visit.shown]),
        "late": visit.is_late,
    }


def _total(name: str, total: Total) -> Plain:
    return {
        "name": name, "done": wording.number(total.done), "late": wording.number(total.late),
        "waited": span(total.waited), "worked": span(total.worked),
    }  # fmt: skip


def _told(one: Told) -> Plain:
    rounds = one.visit.item.visit if one.visit else 1
    late = f"dikerjakan {_when(one.performed)}" if one.performed else ""
    again = f"putaran ke-{rounds}" if rounds > 1 else ""
    notes = [text for text in (again, late, *one.notes) if text]
    return {"at": _when(one.at), "what": one.what, "who": one.who or wording.NONE, "notes": notes}


def _form(step: Step) -> Plain:
    closer = step.item.closer
    return {
        "step": step.name,
        "visit": step.item.visit,
        "by": f"{closer.name if closer else wording.NONE}, {_when(step.item.closed_at)}",
        "answers": _answers(step.answers),
        "corrections": [_correction(one) for one in step.corrections],
    }


def _correction(one: Correction) -> Plain:
    told = {"by": one.by, "at": _when(one.at), "reason": one.reason}
    return told | {"old": _answers(one.old), "new": _answers(one.new)}


def _answers(answers: Answers) -> list[Plain]:
    """Each answer as its text, or as the rows of a table."""
    return [{"label": say(label), **_answer(value)} for label, value in answers]


def _answer(value: Any) -> Plain:
    if not hasattr(value, "headings"):
        return {"text": say(value)}
    rows = [[say(cell) for cell in row] for row in value.rows]
    return {"headings": [say(one) for one in value.headings], "rows": rows, "sums": value.sums}


def _document(document: Document, state: str, sheet: Sheet | None) -> Plain:
    content = document.content
    return {
        "name": say(DOCUMENTS.get(document.kind, document.kind)),
        "revision": document.revision,
        "at": _when(document.at),
        "state": say(DOCUMENT_STATES[state]),
        "digest": wording.grouped(content.digest) if content else wording.NONE,
        "signatures": [*_signatures(sheet)] if sheet else [],
    }


def _signatures(sheet: Sheet) -> Iterable[str]:
    for place in sheet.places:
        if place.is_filled and place.signer:
            yield f"{place.name}: {place.signer.name}, {_when(place.row.signed_at)}"
        else:
            yield f"{place.name}: belum"


def _file(file: Attachment) -> Plain:
    return {
        "name": file.name,
        "by": f"{file.person.name}, {_when(file.at)}",
        "size": show_size(file.content.size),
        "digest": wording.grouped(file.content.digest),
        "removed": _when(file.removed_at) if file.removed_at else "",
    }


def _comment(one: Comment) -> Plain:
    return {"by": one.person.name, "at": _when(one.at), "text": one.text}


def _when(instant: Any) -> str:
    """Without the zone, which the paper says once."""
    return moment(instant).rpartition(" ")[0] if instant else wording.NONE
