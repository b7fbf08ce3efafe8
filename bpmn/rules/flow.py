"""Rules on how the nodes hang together (BPMN 2.0, 7.6.1 and 8.3.13)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bpmn.diagram import ACTIVITIES
from bpmn.findings import Finding, Severity
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram
    from bpmn.messages import Message


def _error(rule: str, element: str | None, said: Message) -> Finding:
    return Finding(Severity.ERROR, rule, element, said)


def references(diagram: Diagram) -> Iterator[Finding]:
    """What an element refers to must stand in the same process."""
    for flow in diagram.flows:
        for end in (flow.source, flow.target):
            if end not in diagram.nodes:
                said = message('Panah menunjuk "{id}", yang tidak ada dalam proses ini.', id=end)
                yield _error("references", flow.id, said)
    for node in diagram.nodes.values():
        host = diagram.nodes.get(node.attached_to or "")
        if node.kind == "boundaryEvent" and (host is None or host.kind not in ACTIVITIES):
            yield _error(
                "references", node.id, message("Kejadian tepi harus menempel pada kegiatan.")
            )
        if node.default and node.default not in {f.id for f in diagram.outgoing(node.id)}:
            yield _error("references", node.id, message("Jalan bawaan (default) bukan miliknya."))


def one_start(diagram: Diagram) -> Iterator[Finding]:
    """A process has one start event and at least one end event."""
    starts = [node.id for node in diagram.nodes.values() if node.kind == "startEvent"]
    if not starts:
        yield _error(
            "one-start", diagram.key, message("Proses tidak memiliki kejadian awal (start).")
        )
    for extra in starts[1:]:
        yield _error("one-start", extra, message("Lebih dari satu kejadian awal belum didukung."))
    if not any(node.kind == "endEvent" for node in diagram.nodes.values()):
        yield _error(
            "one-start", diagram.key, message("Proses tidak memiliki kejadian akhir (end).")
        )


def way_out(diagram: Diagram) -> Iterator[Finding]:
    """Every node but an end event leads on, and a decision says when it takes which way."""
    for node in diagram.nodes.values():
        flows = diagram.outgoing(node.id)
        if node.kind == "endEvent" and flows:
            yield _error(
                "way-out", node.id, message("Kejadian akhir tidak boleh punya jalan keluar.")
            )
        if node.kind != "endEvent" and not flows:
            yield _error("way-out", node.id, message("Tidak ada jalan keluar dari sini."))
        if node.kind != "exclusiveGateway" or len(flows) < 2:
            continue
        for flow in flows:
            if not flow.condition and flow.id != node.default:
                said = message("Cabang keputusan tanpa syarat: kapan jalan ini diambil?")
                yield _error("way-out", flow.id, said)


def default_way(diagram: Diagram) -> Iterator[Finding]:
    """A default way is taken without an answer, too, and carries no condition (10.6.2)."""
    for node in diagram.nodes.values():
        for flow in diagram.outgoing(node.id):
            if flow.id != node.default:
                continue
            if flow.condition:
                said = message("Jalan bawaan (default) tidak boleh bersyarat.")
                yield _error("default-way", flow.id, said)
            elif len(diagram.outgoing(node.id)) > 1:
                said = message("Jalan bawaan diambil juga tanpa jawaban; jangan berarti setuju.")
                yield Finding(Severity.WARNING, "default-way", flow.id, said)


def way_in(diagram: Diagram) -> Iterator[Finding]:
    """Start and boundary events have no incoming flow (BPMN 2.0, 10.5.2 and 10.5.4)."""
    for flow in diagram.flows:
        target = diagram.nodes.get(flow.target)
        if target is not None and target.kind in ("startEvent", "boundaryEvent"):
            said = message("Panah tidak boleh masuk ke kejadian awal atau kejadian tepi.")
            yield _error("way-in", flow.id, said)


def event_gateway(diagram: Diagram) -> Iterator[Finding]:
    """An event-based gateway leads to two or more catching events of its own (10.6.6)."""
    into = Counter(flow.target for flow in diagram.flows)
    for node in diagram.nodes.values():
        if node.kind != "eventBasedGateway":
            continue
        flows = diagram.outgoing(node.id)
        if len(flows) < 2:
            said = message("Gerbang kejadian memerlukan sedikitnya dua kejadian di belakangnya.")
            yield _error("event-gateway", node.id, said)
        for flow in flows:
            target = diagram.nodes.get(flow.target)
            if target is not None and (
                target.kind != "intermediateCatchEvent" or into[target.id] > 1
            ):
                said = message("Di belakang gerbang kejadian hanya kejadian tangkap miliknya.")
                yield _error("event-gateway", flow.id, said)


def unreachable(diagram: Diagram) -> Iterator[Finding]:
    """Every node can be reached from the start; what cannot would never be executed."""
    reached: set[str] = set()
    ahead = [node.id for node in diagram.nodes.values() if node.kind == "startEvent"]
    while ahead:
        node_id = ahead.pop()
        if node_id not in reached:
            reached.add(node_id)
            ahead += [flow.target for flow in diagram.outgoing(node_id)]
            ahead += [event.id for event in diagram.boundary_events(node_id)]
    for node_id in diagram.nodes.keys() - reached:
        yield _error("unreachable", node_id, message("Tidak dapat dicapai dari kejadian awal."))
