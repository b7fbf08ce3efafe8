"""Penilaian Prestasi Kerja PNS: by Perka BKN 1/2013, or by PermenPANRB 6/2022.

Which one, the assessment says by its ``aturan``; what is shown are the inputs and results that were
kept with it, and nothing is computed anew but sums of what is there. A case that knows nothing but
the scores themselves gives the sheet without its annex.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tasks.papers import typesetting, wording
from tasks.papers.formulir_skp import target
from tasks.papers.wording import score
from tasks.skp import permenpanrb6, pp46

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.messages import Message
    from engine.snapshots import Plain
    from tasks.papers.wording import Office

NAME = "Penilaian Prestasi Kerja"
NAME_2022 = "Evaluasi Kinerja Pegawai"
SKP_SHARE, BEHAVIOUR_SHARE = Decimal("0.6"), Decimal("0.4")  # PP 46/2011, art. 15
ASPECTS = ("kuantitas", "kualitas", "waktu", "biaya")


def pdf(snapshot: Plain, office: Office) -> bytes:
    """The assessment of one employee, with the places of its three signatures."""
    assessment = snapshot["data"].get("penilaian") or {}
    rules = assessment.get("aturan") or snapshot["data"].get("aturan")
    is_new = rules == permenpanrb6.ID
    people = {
        "employee": wording.subject(snapshot),
        "assessor": wording.holder(snapshot, wording.ASSESSOR),
        "superior": wording.holder(snapshot, wording.SUPERIOR),
        "signers": _signers(snapshot),
        "note": snapshot["data"].get("catatan_penilai") or "",
        "ruling": _ruling(snapshot, office),
        "period": _period(snapshot["data"], assessment),
    }
    made = wording.base(snapshot, office, NAME_2022 if is_new else NAME) | people
    if is_new:
        return typesetting.pdf("penilaian_2022", made | _expectations(snapshot["data"], assessment))
    return typesetting.pdf("penilaian", made | _scores(snapshot["data"], assessment))


def _signers(snapshot: Plain) -> list[Plain]:
    """In the order in which they sign."""
    assessor, superior = (
        wording.signer(snapshot, actor) for actor in (wording.ASSESSOR, wording.SUPERIOR)
    )
    return [assessor, wording.subject(snapshot), superior]


def _ruling(snapshot: Plain, office: Office) -> Plain | None:
    """How the superior decided on the employee's objection; None where there was none to decide.

    The employee has then not signed, and nobody signs for them.
    """
    ruling = next(iter(snapshot.get("rulings", ())), None)
    if ruling is None:
        return None
    name = wording.person(ruling["person"])["name"]
    return {
        "objection": wording.text(snapshot["data"].get("alasan")),
        "reason": ruling["reason"],
        "by": wording.stead(ruling["behalf"]) or name,
        "name": name,
        "day": wording.day(wording.local(ruling["at"], office).date()),
        "rounds": ruling["rounds"],
    }


def _period(data: Plain, assessment: Plain) -> str:
    start, end = (assessment.get(name) or data.get(name) for name in ("dari", "sampai"))
    return wording.period(start, end, data.get("periode"))


def _scores(data: Plain, assessment: Plain) -> Plain:
    given, result = assessment.get("masukan") or {}, assessment.get("hasil") or {}
    skp, behaviour, whole = (
        result.get(short) if result.get(short) is not None else data.get(name)
        for short, name in (
            ("skp", "nilai_skp"), ("perilaku", "nilai_perilaku"), ("prestasi", "nilai_prestasi"),
        )
    )  # fmt: skip
    skp_share, behaviour_share = _share(skp, SKP_SHARE), _share(behaviour, BEHAVIOUR_SHARE)
    if whole is None and skp_share is not None and behaviour_share is not None:
        whole = skp_share + behaviour_share  # of a case that kept its parts alone
    rows = given.get("kegiatan") or []
    scored = result.get("kegiatan") or [{} for _ in rows]  # where something was still missing
    aspects = given.get("perilaku") or {}
    return {
        "activities": [_activity(*pair) for pair in zip(rows, scored, strict=True)],
        "extra": [_described(one) for one in given.get("tugas_tambahan") or ()],
        "extra_score": wording.number(result.get("tugas_tambahan")),
        "creative": [_creative(one) for one in given.get("kreativitas") or ()],
        "creative_score": wording.number(result.get("kreativitas")),
        "skp": score(skp),
        "skp_band": _band(skp),
        "skp_share": score(skp_share),
        "aspects": [_aspect(name, value) for name, value in _rated(aspects, pp46.BEHAVIOUR)],
        "sum": score(_sum(aspects)) if aspects else wording.NONE,
        "behaviour": score(behaviour),
        "behaviour_band": _band(behaviour),
        "behaviour_share": score(behaviour_share),
        "whole": score(whole),
        "whole_band": result.get("sebutan") or data.get("sebutan") or _band(whole),
    }


def _activity(row: Plain, scored: Plain) -> Plain:
    counted = {name: scored.get(name) for name in ASPECTS}
    realised = target(row, "r_")
    return target(row) | {
        "realised": realised,
        "count": score(_sum(counted)),
        "score": score(scored.get("nilai")),
    }


def _creative(one: Any) -> str:
    level = one.get("tingkat") if isinstance(one, dict) else None
    return _described(one) + (f" (tingkat {level})" if level else "")


def _described(one: Any) -> str:
    """A row of a table by its one column of words; also where it was kept as those words."""
    return wording.text(one.get("uraian") if isinstance(one, dict) else one)


def _rated(rated: Mapping[str, Any], names: Mapping[str, Message]) -> list[tuple[str, Any]]:
    """The label and value of what was rated, in the form's order: kept values have none."""
    return [(str(names[name]), rated[name]) for name in names if rated.get(name) is not None]


def _aspect(name: str, value: Any) -> Plain:
    return {"name": name, "score": score(value), "band": _band(value)}


def _sum(aspects: Mapping[str, Any]) -> Decimal:
    numbers = (value for value in aspects.values() if isinstance(value, int | float | Decimal))
    return sum((Decimal(str(value)) for value in numbers), Decimal())


def _share(value: Any, share: Decimal) -> Decimal | None:
    return Decimal(str(value)) * share if isinstance(value, int | float | Decimal) else None


def _band(value: Any) -> str:
    """What a score is called; nothing where there is none."""
    return pp46.band(Fraction(str(value))) if isinstance(value, int | float | Decimal) else ""


def _expectations(data: Plain, assessment: Plain) -> Plain:
    given, result = assessment.get("masukan") or {}, assessment.get("hasil") or {}
    rated = _rated(given.get("perilaku") or {}, permenpanrb6.BEHAVIOUR)
    return {
        "work": [_work(row) for row in given.get("kegiatan") or data.get("sasaran") or ()],
        "results": _expectation(result.get("hasil_kerja") or given.get("hasil_kerja")),
        "aspects": [{"name": name, "rated": _expectation(value)} for name, value in rated],
        "behaviour": _expectation(result.get("perilaku") or given.get("perilaku_kerja")),
        "predicate": wording.text(result.get("predikat") or data.get("sebutan")),
    }


def _work(row: Plain) -> Plain:
    """A row of results; of a target that was only prepared, its quantity."""
    columns = ("kegiatan", "indikator", "target", "realisasi", "umpan_balik")
    shown = {name: wording.text(row.get(name)) for name in columns}
    return shown if "target" in row else shown | {"target": target(row)["kuantitas"]}


def _expectation(value: Any) -> str:
    return str(permenpanrb6.RATINGS.get(value, wording.text(value)))
