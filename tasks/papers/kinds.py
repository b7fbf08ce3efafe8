"""Which documents there are, and what makes each of them out of a case."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasks.papers import formulir_skp, penilaian, rekaman
from tasks.papers.wording import Office

if TYPE_CHECKING:
    from engine.documents import Makers


def makers(public_url: str, zone: str) -> Makers:
    """What makes each kind of document.

    ``public_url`` is where its reader may ask whether it is genuine, ``zone`` the office's.
    """
    office = Office(public_url, zone)
    papers = {"formulir_skp": formulir_skp, "penilaian": penilaian, "rekaman": rekaman}
    return {kind: partial(paper.pdf, office=office) for kind, paper in papers.items()}
