"""Appraisal under PermenPANRB 6/2022: two ratings against expectation, and what both together are.

PermenPANRB 6/2022 replaced the scoring of PP 46/2011 in the wake of PP 30/2019.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.messages import Message

ID = "permenpanrb6_2022"
RATINGS: Mapping[str, Message] = {
    "di_bawah": message("Di bawah ekspektasi"),
    "sesuai": message("Sesuai ekspektasi"),
    "di_atas": message("Di atas ekspektasi"),
}
# BerAKHLAK, the core values of the civil service.
BEHAVIOUR: Mapping[str, Message] = {
    "berorientasi_pelayanan": message("Berorientasi pelayanan"),
    "akuntabel": message("Akuntabel"),
    "kompeten": message("Kompeten"),
    "harmonis": message("Harmonis"),
    "loyal": message("Loyal"),
    "adaptif": message("Adaptif"),
    "kolaboratif": message("Kolaboratif"),
}
# Hasil kerja, then perilaku kerja; in Python's order of RATINGS.
_PREDICATES = {
    "di_atas": ("Kurang", "Baik", "Sangat Baik"),
    "sesuai": ("Kurang", "Baik", "Baik"),
    "di_bawah": ("Sangat Kurang", "Butuh Perbaikan", "Butuh Perbaikan"),
}


def predicate(results: str, behaviour: str) -> str:
    """Predikat kinerja: what a rating of results and one of behaviour are together."""
    return _PREDICATES[results][list(RATINGS).index(behaviour)]
