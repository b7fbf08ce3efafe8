"""The sheet of monitoring, or evaluation, on paper: what was measured, judged and signed.

The same sheet gives the same bytes: only what is kept in it is shown. The columns of the judgement
are those of table 7 of PermenPAN-RB 35/2012.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import instruments
from engine.instruments import EVALUATION, Period
from tasks.papers import typesetting, wording
from tasks.spelling import percent

if TYPE_CHECKING:
    from engine.monitoring import Sheet
    from engine.monitoring_facts import Facts
    from engine.snapshots import Plain
    from tasks.papers.wording import Office

TITLES = {
    instruments.MONITORING: "Lembar Monitoring Pelaksanaan SOP AP",
    EVALUATION: "Lembar Evaluasi Penerapan SOP AP",
}
FITS = {"tight": "tampak terlalu singkat", "loose": "tampak terlalu longgar", None: ""}
DRAFT = "RANCANGAN – belum ditandatangani"


def pdf(sheet: Sheet, office: Office) -> bytes:
    """The sheet as it is kept; an unsigned one says that it is a draft."""
    facts, period = sheet.facts, str(sheet.period.name)
    at = wording.local(sheet.row.signed_at or facts["taken"], office)
    title = TITLES[sheet.row.kind]
    return typesetting.pdf(
        "lembar_monitoring",
        {
            "at": at.date().isoformat(),
            "foot": f"{title} · {facts['process']} · {facts['unit']} · {period}",
            "title": title,
            "draft": DRAFT if sheet.signature is None else "",
            "evaluates": sheet.row.kind == EVALUATION,
            "process": facts["process"],
            "sop": wording.text(facts["sop"]),
            "unit": facts["unit"],
            "period": f"{period} ({wording.period(facts['first'], facts['last'])})",
            "versions": _versions(facts, office),
            "taken": wording.moment(facts["taken"], office),
            "cases": _cases(facts["cases"]),
            "incidents": wording.number(facts["incidents"]),
            "steps": [_step(step) for step in facts["steps"]],
            "periods": [_name(one["period"]) for one in facts["compared"]],
            "compared": _compared(facts),
            "rows": [_row(sheet, question) for question in facts["questions"]],
            "decision": _said(instruments.DECISIONS, sheet.judgement.decision),
            "conclusion": wording.text(sheet.judgement.conclusion),
            "signature": _signature(sheet, office),
        },
    )


def _versions(facts: Facts, office: Office) -> str:
    return "; ".join(
        f"versi {one['version']} sejak {wording.moment(one['at'], office)}"
        for one in facts["versions"]
    )


def _cases(cases: Plain) -> str:
    """How many cases ended, how long they took, and how often they went round."""
    said = [f"{wording.number(cases['completed'])} selesai"]
    said.append(f"{wording.number(cases['cancelled'])} dibatalkan")
    if cases["completed"]:
        said.append(f"waktu kerja per kasus {_times(cases['working'])}")
    rounds = (f"{count} kasus {number}×" for number, count in cases["rounds"] if number > 1)
    return "; ".join([*said, *(f"putaran: {one}" for one in rounds)])


def _step(step: Plain) -> Plain:
    fit = FITS[step["fit"]]
    return {
        "name": step["name"],
        "waktu": wording.text(step["waktu"]) + (f" ({fit})" if fit else ""),
        "done": wording.number(step["done"]),
        "on_time": _on_time(step),
        "working": _times(step["working"]),
        "waiting": _times(step["waiting"]),
        "again": wording.number(step["again"]),
    }


def _on_time(step: Plain) -> str:
    return percent(1 - step["late"] / step["done"] if step["done"] else None)


def _times(pair: Any) -> str:
    """The median with the 90th percentile."""
    if pair[0] is None:
        return wording.NONE
    return f"{wording.span(pair[0])} ({wording.span(pair[1])})"


def _name(code: str) -> str:
    period = Period.parse(code)
    return str(period.name) if period is not None else code


def _compared(facts: Facts) -> list[list[str]]:
    """A row for the cases and one for each step, with a cell for each period."""
    ended = (one["cases"] for one in facts["compared"])
    cases = [f"{wording.number(c['completed'])}, {wording.number(c['cancelled'])}" for c in ended]
    steps = (
        [step["name"], *(_then(one["steps"].get(step["element"])) for one in facts["compared"])]
        for step in facts["steps"]
    )
    return [["Kasus selesai, dibatalkan", *cases], *steps] if cases else []


def _then(step: Plain | None) -> str:
    if step is None:
        return wording.NONE
    return f"{_on_time(step)} ({wording.span(step['working'][1])})"


def _row(sheet: Sheet, question: Plain) -> Plain:
    mark = sheet.judgement.mark(question["id"])
    return {
        "text": question["text"],
        "is_whole": question["id"] == instruments.WHOLE,
        "answer": _said(instruments.ANSWERS[sheet.row.kind], mark.answer),
        "note": wording.text(mark.note),
        "action": wording.text(mark.action),
    }


def _said(words: Plain, chosen: str) -> str:
    return str(words[chosen]) if chosen in words else wording.NONE


def _signature(sheet: Sheet, office: Office) -> Plain | None:
    """Who signed, when, in whose place, and the digest that the office's record has."""
    signature = sheet.signature
    if signature is None or sheet.row.signed_at is None:
        return None
    held, capacity = signature["for"], wording.STANDS_IN.get(signature["as"] or "", "")
    return {
        "person": wording.person(signature["by"]) | {"as": capacity if held else ""},
        "capacity": wording.person(held or signature["by"])["position"],
        "at": wording.moment(sheet.row.signed_at, office),
        "zone": wording.local(sheet.row.signed_at, office).tzname(),
        "digest": wording.grouped(sheet.row.digest or ""),
    }
