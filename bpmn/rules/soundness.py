"""Rules on the control flow as a whole: whether a case can go wrong on some way through it.

Data is left out: any branch of a decision may be taken. What is found comes with a way there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.rules.clauses import on_drawing
from bpmn.soundness.exploration import Fault as Kind
from bpmn.soundness.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram
    from bpmn.rules.clauses import Fault
    from bpmn.soundness.exploration import Found


@on_drawing("13.3")
def deadlock(diagram: Diagram) -> Iterator[Fault]:
    """A gateway that joins never waits for a token that cannot come any more (13.3)."""
    for found in _found(diagram, Kind.DEADLOCK):
        said = message(
            "Dapat macet di sini: menunggu jalan dari {places}, yang mungkin tidak pernah datang."
            " Gabungkan dengan gerbang yang sejenis dengan yang memisahkan.",
            places=", ".join(_sources(diagram, found.missing)),
        )
        yield found.element, said, found.path


@on_drawing(None)
def never_ends(diagram: Diagram) -> Iterator[Fault]:
    """From wherever a case comes to, there is a way to its end."""
    for found in _found(diagram, Kind.ENDLESS):
        said = message("Dari sini kasus tidak pernah sampai ke akhir: buat jalan keluar.")
        yield found.element, said, found.path


# It is executed as it is drawn, but what is drawn is hardly ever meant.
@on_drawing("13.3", Severity.WARNING)
def doubled_token(diagram: Diagram) -> Iterator[Fault]:
    """What runs side by side is joined, else what follows is done twice (13.3).

    Events that let their activity go on may share what they lead to.
    """
    for found in _found(diagram, Kind.DOUBLED):
        said = message(
            "Dilalui dua kali: cabang yang berjalan bersamaan bertemu tanpa digabungkan, sehingga"
            " yang di belakangnya dikerjakan dua kali. Gabungkan dengan gerbang paralel atau"
            " inklusif."
        )
        yield found.element, said, found.path


@on_drawing(None)
def dead_activity(diagram: Diagram) -> Iterator[Fault]:
    """Every node can be reached from the start; what cannot would never be executed."""
    for node in judge(diagram).dead:
        yield node, message("Tidak pernah dikerjakan: tidak ada jalan dari kejadian awal ke sini.")


@on_drawing(None, Severity.WARNING)
def unproven(diagram: Diagram) -> Iterator[Fault]:
    """What has too many states to look at all of them is said to be so."""
    for scope in judge(diagram).unproven:
        said = message(
            "Terlalu banyak kemungkinan urutan: belum terbukti bahwa kasus selalu sampai ke akhir."
            " Kelompokkan cabang-cabangnya dalam subproses."
        )
        yield scope, said


def _found(diagram: Diagram, kind: Kind) -> Iterator[Found]:
    return (found for found in judge(diagram).found if found.fault is kind)


def _sources(diagram: Diagram, flows: tuple[str, ...]) -> list[str]:
    """What the nodes are called from which flows lead here."""
    sources = {flow.id: flow.source for flow in diagram.flows}
    return [f'"{diagram.names[sources[flow]]}"' for flow in flows]
