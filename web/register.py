"""The register: the cases that somebody looks over, filtered, kept as views, and as files.

What is sought may name people, so it comes by POST and stands in no address; what names nobody
is sent on to an address that can be kept and passed on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    flash,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_login import login_required

from bpmn.messages import Message, message
from engine import (
    access,
    cases,
    deployments,
    journal,
    mass_acts,
    organisation,
    punctuality,
    register,
    saved_views,
    spreadsheets,
)
from engine.errors import InvalidInput
from engine.register import Sought
from web import fresh, words
from web.errors import status_of
from web.people import number
from web.visit import MAX_NUMBER, database, go, me, position
from web.words import STATUSES, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bpmn.diagram import Diagram
    from engine.models import Definition, Instance, SavedView, Unit, WorkItem

area = Blueprint("register", __name__, url_prefix="/cases/supervised")
MAX_TEXT = 100
DAYS = ("first", "last")
STATES = {
    register.OPEN: message("Belum selesai"),
    register.OVERDUE: message("Terlambat"),
    **STATUSES,
}
ORDERS = {
    register.NEWEST: message("Terbaru dahulu"),
    register.OLDEST: message("Terlama dahulu"),
    register.ENDED: message("Terakhir berakhir dahulu"),
    register.OVERDUE: message("Paling lama terlambat dahulu"),
}
HEADINGS = (
    message("Kasus"), message("Proses"), message("Versi"), message("Pegawai"), message("NIP"),
    message("Unit kerja"), message("Keadaan"), message("Langkah sekarang"), message("Pada"),
    message("Terlambat"), message("Dimulai"), message("Berakhir"),
)  # fmt: skip
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": spreadsheets.XLSX}


@dataclass(frozen=True)
class Choices:
    """What one may choose from: processes and their versions, steps, units."""

    versions: Sequence[Definition]
    steps: Mapping[str, str]
    units: Sequence[Unit]

    @property
    def processes(self) -> Mapping[str, str]:
        """The name of each process by its key, that of its newest version."""
        return {one.key: one.name for one in reversed(self.versions)}


@area.route("", methods=["GET", "POST"])
@login_required
def page() -> Any:
    """A page of the register."""
    try:
        sought = sought_in(request.values)
    except InvalidInput as error:
        return page_of(Sought(), error.message), status_of(error)
    if request.method == "POST" and not _names(sought):
        return go(url_for("register.page", **_given(sought), before=position_given()))
    return page_of(sought)


@area.get("/views/<int:view_id>")
@login_required
def view(view_id: int) -> Any:
    """A page of a view that was kept."""
    with database().read() as session:
        kept = saved_views.view(session, me(), view_id)
    return page_of(sought_in(dict(parse_qsl(kept.query))), shown=kept)


@area.post("/views")
@login_required
def keep() -> Any:
    """Keeps what is sought as a view."""
    try:
        sought = sought_in(request.form)
        name = request.form.get("name", "")
        kept = saved_views.keep(database(), me(), name, urlencode(_given(sought)))
    except InvalidInput as error:
        return page_of(sought_in(request.form), error.message), status_of(error)
    flash(say(message("Tampilan disimpan.")), "done")
    return go(url_for("register.view", view_id=kept))


@area.post("/views/<int:view_id>/drop")
@login_required
def drop(view_id: int) -> Any:
    """Forgets a view."""
    saved_views.drop(database(), me(), view_id)
    flash(say(message("Tampilan dihapus.")), "done")
    return go(url_for("register.page"))


@area.post("/export")
@login_required
def export() -> Response:
    """All that is sought as a file; no name of anybody in the name of the file."""
    access.require_overseer(me())
    sought, style = sought_in(request.form), request.form.get("style", "")
    if style not in TYPES:
        raise InvalidInput(message("Jenis berkas itu tidak dikenal."))
    with database().write() as session:
        found = register.count(session, me(), sought, spreadsheets.MAX_SHEET_ROWS)
        if style == "xlsx" and found >= spreadsheets.MAX_SHEET_ROWS:
            raise InvalidInput(message("Terlalu banyak kasus untuk satu lembar XLSX; pakai CSV."))
        journal.record(session, "register.exported", {"cases": found}, person_id=me().id)
    write = spreadsheets.csv_pieces if style == "csv" else spreadsheets.xlsx_pieces
    # The rows are said in the language of who asks, while they are sent.
    pieces = stream_with_context(write(_rows(sought)))
    answer = Response(pieces, content_type=TYPES[style])
    answer.headers["Content-Disposition"] = f'attachment; filename="kasus.{style}"'
    return answer


def page_of(sought: Sought, said: Message | None = None, shown: SavedView | None = None) -> Any:
    """The page of what is sought, with a sentence about it; nothing when it is seen already."""
    access.require_overseer(me())
    with database().read() as session:
        found = register.page(session, me(), sought, position_given())
        count = register.count(session, me(), sought)
        late = register.count(session, me(), Sought(state=register.OVERDUE))
        work = cases.open_work(session, found)
        views = saved_views.of(session, me())
        tasks = [fresh.of_task(item, one) for one in found for item in work.get(one.id, ())]
        seen = fresh.mark(count, late, [(one.id, one.version, one.status) for one in found], tasks)
        if said is None and fresh.is_seen(seen):
            return fresh.UNCHANGED
        choices = _choices(session, sought)
    return render_template(
        "register.html",
        cases=found,
        work=work,
        drawn={one.id: deployments.program_of(database(), one).diagram for one in found},
        sought=sought,
        given=_given(sought),
        by_address=not _names(sought),
        count=count,
        most=register.MOST,
        most_acted=mass_acts.MOST,
        late=late,
        choices=choices,
        states=STATES,
        orders=ORDERS,
        views=views,
        shown=shown,
        said=said,
        size=cases.PAGE,
        # What came by POST is asked for again by the form below its list: there is none below an
        # empty list, and none that knows where a further page begins.
        seen=seen if request.method == "GET" or (found and position_given() is None) else None,
    )


def position_given() -> int | None:
    """Behind which case the page goes on, in an address or a form."""
    return position("before") if request.method == "GET" else number("before")


def _choices(session: Any, sought: Sought) -> Choices:
    versions = [version.definition for version in deployments.versions(session)]
    of_process = [one for one in versions if one.key == sought.process]
    steps: dict[str, str] = {}
    if of_process:
        chosen = next((one for one in of_process if one.id == sought.version), of_process[0])
        diagram = deployments.drawn(deployments.definition(session, chosen.id).source)
        steps = {task.id: task.name for task in diagram.human_tasks}
    return Choices(versions, steps, organisation.overseen(session, me()))


def sought_in(given: Mapping[str, str]) -> Sought:
    """What a form or an address asks for; raises `InvalidInput` for a day that is none."""

    def text(name: str) -> str:
        return given.get(name, "").strip()[:MAX_TEXT]

    def day(name: str) -> date | None:
        return words.day(text(name)) if text(name) else None

    def one_of(name: str, names: Sequence[str]) -> str | None:
        return text(name) if text(name) in names else None

    # The address of late cases that links and letters have.
    late = register.OVERDUE if given.get("only") == register.OVERDUE else register.NEWEST
    return Sought(
        process=text("process") or None,
        version=_number(text("version")),
        variant=_number(text("variant")),
        unit=_number(text("unit")),
        step=text("step") or None,
        state=one_of("state", register.STATES),
        first=day("first"),
        last=day("last"),
        text=text("text"),
        holder=text("holder"),
        order=one_of("order", register.ORDERS) or late,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) <= MAX_NUMBER else None


def _given(sought: Sought) -> dict[str, Any]:
    """The same as fields of a form or an address; what asks for nothing is left out."""
    fields = {name: value for name, value in asdict(sought).items() if value}
    fields |= {name: f"{fields[name]:%d-%m-%Y}" for name in DAYS if name in fields}
    if sought.order == register.NEWEST:
        del fields["order"]
    return {name: str(value) for name, value in fields.items()}


def _names(sought: Sought) -> bool:
    """Whether what is sought may name somebody."""
    return bool(sought.text or sought.holder)


def _rows(sought: Sought) -> Iterator[list[str]]:
    """The rows of a file, with their headings; read page by page while they are sent."""
    actor, zone = me(), words.zone()
    yield [say(heading) for heading in HEADINGS]
    with database().read() as session:
        for some in register.everything(session, actor, sought):
            work = cases.open_work(session, some)
            for case in some:
                diagram = deployments.program_of(database(), case).diagram
                yield _row(case, work.get(case.id, []), diagram, zone)


def _row(case: Instance, items: Sequence[WorkItem], diagram: Diagram, zone: ZoneInfo) -> list[str]:
    late = any(punctuality.standing(i, case.status) is punctuality.Standing.LATE for i in items)
    times = (case.started_at, case.ended_at)
    return [
        case.number, case.definition.name, str(case.definition.version), case.subject.name,
        case.subject.nip, case.subject.unit.name, say(STATUSES[case.status]),
        "; ".join(diagram.nodes[item.element].name for item in items),
        "; ".join(holder.name for item in items if (holder := item.person or item.group)),
        say(message("Ya")) if late else "",
        *(f"{at.astimezone(zone):%d-%m-%Y %H.%M}" if at else "" for at in times),
    ]  # fmt: skip
