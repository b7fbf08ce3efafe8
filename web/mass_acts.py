"""One act for many cases: chosen in the register, previewed, ordered, and what came of each.

What is chosen is kept in the page, so that what is ordered is what was shown; it names cases by
their numbers alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_login import login_required

from bpmn.durations import Duration, parse_iso
from bpmn.messages import message
from engine import access, fates, mass_acts, mass_previews, people
from engine.errors import InvalidInput
from engine.handovers import Reassign
from engine.shifts import DUES, Postpone
from web import candidates, words
from web.chosen_cases import chosen_in, frozen
from web.errors import status_of
from web.people import number
from web.register import page_of, sought_in
from web.visit import database, go, me, new_token, position

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bpmn.messages import Message
    from engine.deeds import Deed, Seen
    from engine.mass_previews import Preview

area = Blueprint("mass_acts", __name__, url_prefix="/cases/acts")
CLOCKS = {
    "due_at": message("Waktu (batas pengerjaan)"),
    "wait_due_at": message("Batas menunggu (belum mulai dikerjakan)"),
    "deadline_at": message("Tenggat"),
}
UNITS = {"D": message("hari kerja"), "H": message("jam kerja")}
MOST_OF = {"D": 250, "H": 2_000}
# The fields that say how it is done.
DETAILS = {
    Reassign.kind: ("place", "person"),
    Postpone.kind: ("clock", "by", "amount", "unit", "date", "time"),
}


@area.get("")
@login_required
def listing() -> str:
    """What one has ordered, newest first; for auditors all."""
    access.require_overseer(me())
    with database().read() as session:
        found = mass_acts.ordered(session, me(), position("before"))
        counts = mass_acts.CASES.counts(session, [act.id for act in found])
    return render_template("mass_acts.html", acts=found, counts=counts, size=fates.PAGE)


@area.post("/preview")
@login_required
def preview() -> Any:
    """What would become of the chosen cases; nothing is written."""
    access.require_mass_acts(me())
    try:
        kind, chosen = _kind(request.form), chosen_in(request.form)
    except InvalidInput as error:
        said = page_of(sought_in(request.form), error.message)
        return said, int(status_of(error))
    return _page(kind, chosen)


@area.post("")
@login_required
def order() -> Any:
    """Has the chosen cases acted on."""
    access.require_mass_acts(me())
    kind, chosen = _kind(request.form), chosen_in(request.form)
    try:
        with database().read() as session:
            seen = mass_previews.see(database(), session, me(), chosen)
            deed = _deed(session, kind, request.form, seen)
        reason, token = request.form.get("reason", ""), request.form.get("token", "")
        if deed is None or not 0 < len(token) <= len(new_token()):
            raise InvalidInput(message("Lihat dahulu apa yang akan terjadi."))
        made = mass_acts.order(database(), me(), deed, chosen, reason, token=token)
    except InvalidInput as error:
        return _page(kind, chosen, error.message)
    return go(url_for("mass_acts.one", act_id=made))


@area.post("/people")
@login_required
def found_people() -> str:
    """Whom a place may be given to, while one types."""
    access.require_mass_acts(me())
    with database().read() as session:
        return candidates.named(session, request.form.get("text", ""))


@area.get("/<int:act_id>")
@login_required
def one(act_id: int) -> str:
    """How far an act is, and what came of each case."""
    access.require_overseer(me())
    after = position("after") or 0
    with database().read() as session:
        act = mass_acts.found(session, me(), act_id)
        deed = mass_acts.deed_of(act)
        return render_template(
            "mass_act.html",
            act=act,
            how=_how(session, deed),
            counts=mass_acts.CASES.counts(session, [act_id])[act_id],
            reasons=mass_acts.CASES.reasons(session, act_id),
            cases=mass_acts.CASES.page(session, act_id, after),
            after=after,
            size=fates.PAGE,
        )


def _page(kind: str, chosen: Sequence[int], said: Message | None = None) -> Any:
    """The page before an act: how it is to be done, and what would become of each case."""
    form, found, how = request.form, None, None
    with database().read() as session:
        seen = mass_previews.see(database(), session, me(), chosen)
        status = 422 if said else 200
        try:
            deed = _deed(session, kind, form, seen)
            if deed is not None:
                found = mass_previews.preview(session, me(), deed, seen, chosen)
                how = _how(session, deed)
        except InvalidInput as error:
            said, status = error.message, int(status_of(error))
    return render_template(
        "mass_preview.html",
        **_shown(kind, chosen, found),
        how=how,
        given=form,
        places=mass_previews.places(seen),
        said=said,
    ), status


def _shown(kind: str, chosen: Collection[int], found: Preview | None) -> dict[str, Any]:
    token = request.form.get("token", "")
    return {
        "kind": kind, "count": len(chosen), "chosen": frozen(chosen), "preview": found,
        "cases": found.page(number("after") or 0) if found else (), "size": fates.PAGE,
        "clocks": CLOCKS, "units": UNITS, "token": token or new_token(),
        "details": [name for name in DETAILS.get(kind, ()) if request.form.get(name)],
    }  # fmt: skip


def _kind(given: Mapping[str, str]) -> str:
    kind = given.get("kind", "")
    if kind not in mass_acts.DEEDS:
        raise InvalidInput(message("Pilih tindakannya."))
    return kind


def _deed(
    session: Session, kind: str, given: Mapping[str, str], seen: Sequence[Seen]
) -> Deed | None:
    """What is to be done; None where it was not yet said how. Raises `InvalidInput`."""
    if kind == Reassign.kind:
        if "person" not in given:
            return None
        place, places = given.get("place", ""), mass_previews.places(seen)
        if place not in places:
            raise InvalidInput(message("Pilih peran yang dialihkan."))
        person = people.named(session, given["person"])
        return Reassign(place, person.id, places[place])
    if kind == Postpone.kind:
        return _postponement(given) if "by" in given else None
    deed: Deed = mass_acts.DEEDS[kind]()
    return deed


def _postponement(given: Mapping[str, str]) -> Postpone:
    which = given.get("clock", "")
    if which not in DUES:
        raise InvalidInput(message("Pilih batas yang ditunda."))
    if given["by"] == "date":
        until: datetime = words.office_time(given.get("date", ""), given.get("time", ""))
        return Postpone(which, until=until)
    amount, unit = given.get("amount", "").strip(), given.get("unit", "")
    most = MOST_OF.get(unit, 0)
    if not (amount.isdecimal() and len(amount) < 6 and 0 < int(amount) <= most):
        said = message(
            "Lamanya: 1 sampai {days} hari kerja, atau 1 sampai {hours} jam kerja.",
            days=MOST_OF["D"],
            hours=MOST_OF["H"],
        )
        raise InvalidInput(said)
    return Postpone(which, length=f"P{int(amount)}D" if unit == "D" else f"PT{int(amount)}H")


def _how(session: Session, deed: Deed) -> Message | None:
    """How a deed is done, in words; None where there is nothing to say."""
    if isinstance(deed, Reassign):
        name = people.names(session, [deed.person_id]).get(deed.person_id, "–")
        return message("{place} kepada {name}", place=deed.called or deed.place, name=name)
    if isinstance(deed, Postpone):
        which = CLOCKS[deed.which]
        if deed.until is not None:
            return message("{clock} sampai {when}", clock=which, when=words.due(deed.until))
        length = parse_iso(deed.length or "") or Duration()
        n, unit = (length.days, "D") if length.days else (length.hours, "H")
        return message("{clock} selama {n} {unit}", clock=which, n=n, unit=UNITS[unit])
    return None
