"""What was said before: the SKP of the last finished case, and the rounds of this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import cases, corrections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.surroundings import Surroundings

TARGET_NAMES = (
    "kegiatan", "ak", "kuantitas", "satuan", "kualitas", "waktu", "satuan_waktu", "biaya",
)  # fmt: skip


def targets(around: Surroundings) -> list[dict[str, Any]]:
    """The targets of the employee's last finished case of this process; none without one."""
    if around.db is None or around.instance_id is None:
        return []
    with around.db.read() as session:
        last = cases.last_finished(session, around.instance_id)
        kept = corrections.answers(session, last) if last else {}
    for _, given in sorted(kept.items(), reverse=True):
        if rows := _targets(given):
            return rows
    return []


def rounds(around: Surroundings) -> list[Mapping[str, Any]]:
    """The assessments of this case so far, the oldest first."""
    if around.db is None or around.instance_id is None:
        return []
    with around.db.read() as session:
        kept = corrections.answers(session, around.instance_id)
    return [given["penilaian"] for _, given in sorted(kept.items()) if "penilaian" in given]


def _targets(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The targets that a step gave: those that were assessed, or those that were prepared."""
    rows = given.get("penilaian", {}).get("masukan", {}).get("kegiatan") or given.get("sasaran")
    return [{name: row.get(name) for name in TARGET_NAMES} for row in rows or []]
