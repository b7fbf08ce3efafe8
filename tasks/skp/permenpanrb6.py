"""Appraisal under PermenPANRB 6/2022: two ratings against expectation, and what both together are.

PermenPANRB 6/2022 replaced the scoring of PP 46/2011 in the wake of PP 30/2019.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = "permenpanrb6_2022"
RATINGS: Mapping[str, str] = {
    "di_bawah": "Di bawah ekspektasi",
    "sesuai": "Sesuai ekspektasi",
    "di_atas": "Di atas ekspektasi",
}
# BerAKHLAK, the core values of the civil service.
BEHAVIOUR: Mapping[str, str] = {
    "berorientasi_pelayanan": "Berorientasi pelayanan",
    "akuntabel": "Akuntabel",
    "kompeten": "Kompeten",
    "harmonis": "Harmonis",
    "loyal": "Loyal",
    "adaptif": "Adaptif",
    "kolaboratif": "Kolaboratif",
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
