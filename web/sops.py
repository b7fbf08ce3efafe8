"""The SOPs of the office as everybody reads them: their list, each document, its revisions."""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import login_required

from bpmn.messages import message
from bpmn.sop.comparison import compared
from bpmn.sop.document import FACTS, Arrow
from bpmn.sop.flowchart import Unprintable
from engine import civil_service, processing, sops
from engine.errors import NotFound
from tasks.papers import sop as papers
from web.documents import POLICY
from web.packing import packed
from web.visit import database, me, position, settings
from web.words import day_of, zone

if TYPE_CHECKING:
    from bpmn.messages import Message
    from bpmn.sop.comparison import Line
    from bpmn.sop.document import Sop
    from engine.models import Person

area = Blueprint("sops", __name__, url_prefix="/sop")
MAX_SEARCH = 200  # letters
_NAMED = ("nama", "nomor")  # stand in the heading


@area.get("")
@login_required
def listing() -> str:
    """The SOPs in force, or those that answer to a search."""
    search = request.args.get("q", "")[:MAX_SEARCH]
    with database().read() as session:
        entries = sops.listed(session, search)
    return render_template("sops.html", entries=entries, search=search)


@area.get("/<key>")
@area.get("/<key>/<int:version>")
@login_required
def one(key: str, version: int | None = None) -> str:
    """The document in force, or that of a version."""
    with database().read() as session:
        issue = sops.issue(session, me(), key, version)
        issued = sops.issued(session, key)
    sop = issue.folded.sop
    return render_template(
        "sop.html", issue=issue, sop=sop, issued=issued, facts=_facts(sop), ways=_jumps(sop),
        **_drawing(sop),
    )  # fmt: skip


@area.get("/<key>/<int:version>/changes")
@login_required
def changes(key: str, version: int) -> str:
    """What a version changes of another, of the one before it where none is named."""
    with database().read() as session:
        issued = sops.issued(session, key)
        older = (one.version for one in issued if one.version < version)
        before = position("from") or next(older, version)
        new, old = (sops.issue(session, me(), key, number) for number in (version, before))
    revision = compared(old.folded.sop, new.folded.sop)
    sides = [(side.folded.sop, _ways(side.folded.sop)) for side in (old, new)]
    return render_template(
        "sop_changes.html", old=old, new=new, issued=issued, revision=revision, sides=sides,
        facts=[(FACTS[fact], *(_told(sop, fact) for sop, _ in sides)) for fact in revision.facts],
        states=[_state(line) for line in revision.lines],
    )  # fmt: skip


@area.get("/<key>/<int:version>/document.pdf")
@login_required
def pdf(key: str, version: int) -> Response:
    """The official document of a version; its code leads to the version in force."""
    with database().read() as session:
        issue = sops.issue(session, me(), key, version)
        sop = issue.folded.sop
        holder = sops.approver(session, sop.identity.disahkan_oleh) if issue.is_current else None
    if holder is not None:
        processing.note(database(), me(), holder.id, processing.NO_CASE, processing.VIEWED)
    address = settings().public_url + url_for("sops.one", key=key)
    said = f"versi {version}" if issue.is_current else f"versi {version}, tidak berlaku"
    day = issue.definition.deployed_at.astimezone(zone()).date()
    made = papers.pdf(sop, said, day, address, _officer(holder), settings().logo)
    headers = {
        "Content-Disposition": f'inline; filename="SOP-{key}-{version}.pdf"',
        "Content-Security-Policy": POLICY,
    }
    return Response(made, mimetype="application/pdf", headers=headers)


@area.get("/<key>/<int:version>/<int:page>.svg")
@login_required
def sheet(key: str, version: int, page: int) -> Response:
    """A page of the flowchart as a picture; the first is 1."""
    with database().read() as session:
        issue = sops.issue(session, me(), key, version)
    sheets = _svg_pages(issue.folded.sop)
    if not 1 <= page <= len(sheets):
        raise NotFound(message("Halaman itu tidak ada."))
    # A version never changes, and who may not see it gets no address of it.
    headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": POLICY}
    return packed(sheets[page - 1], "image/svg+xml", headers)


def _facts(sop: Sop) -> list[tuple[Message, tuple[str, ...]]]:
    """What the identity page says, without what is not known."""
    names = [name for name in FACTS if name not in _NAMED]
    return [(FACTS[name], told) for name in names if (told := _told(sop, name))]


def _told(sop: Sop, fact: str) -> tuple[str, ...]:
    told = getattr(sop.identity, fact)
    if isinstance(told, tuple):
        return told
    return (day_of(told) if fact.startswith("tanggal") else told,) if told else ()


def _ways(sop: Sop) -> list[list[tuple[str, str]]]:
    """Of each row where it leads: the label of the way, and what the row there is called."""
    return [
        [(way.label, sop.called(way.target)) for way in sop.after(place)]
        for place in range(len(sop.steps))
    ]


def _drawing(sop: Sop) -> dict[str, Any]:
    """How many pages the flowchart has, or why it has none."""
    try:
        return {"sheets": len(_svg_pages(sop))}
    except Unprintable as error:
        return {"sheets": 0, "unprintable": error.message}


@lru_cache(maxsize=50)
def _svg_pages(sop: Sop) -> list[bytes]:
    """Set once, for the pages are asked for one by one; packed to a fifth by gzip."""
    return [gzip.compress(page, mtime=0) for page in papers.svg_pages(sop)]


def _officer(person: Person | None) -> dict[str, str] | None:
    """Who approved an SOP, as they are written under it."""
    if person is None:
        return None
    return {"name": person.name, "rank": person.rank, "nip": civil_service.spaced(person.nip)}


def _jumps(sop: Sop) -> list[list[tuple[str, str]]]:
    """The same, without the way to the very next row that most rows have alone."""
    return [
        [] if sop.after(place) == (Arrow(place, place + 1),) else ways
        for place, ways in enumerate(_ways(sop))
    ]


def _state(line: Line) -> str:
    if line.old is None:
        return "added"
    return "removed" if line.new is None else "changed" if line.changed else "same"
