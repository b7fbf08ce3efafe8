"""The shipped procedure says what the SOP says, is drawn legibly, and is found sound by all."""

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from bpmn.elements import diagrams
from bpmn.reading import BPMN, BPMNDI, read
from engine.checking import check

ROOT = Path(__file__).parents[2]
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
LANES = {
    "Staf Pelaksana": "group:umum-aparatur",
    "Pejabat Penilai": "superior(subject)",
    "Pegawai": "subject",
    "Atasan Pejabat Penilai": "superior(superior(subject))",
}
# Performer, Kegiatan, Kelengkapan, Waktu and Output of SOP 92 (4 June 2021), word for word.
SOP = [
    (
        "Staf Pelaksana",
        "Menyiapkan blanko dan menyiapkan SKP tahun sebelumnya.",
        "Form SKP",
        "10 menit",
        "Penyiapan berkas SKP",
    ),
    (
        "Staf Pelaksana",
        "Menyerahkan kepada pejabat penilai sesuai dengan jenjang jabatannya.",
        "Penyiapan berkas SKP",
        "15 menit",
        "Berkas diserahkan kepada pejabat penilai",
    ),
    (
        "Pejabat Penilai",
        "Memberikan penilaian dan diserahkan secara langsung kepada pegawai yang dinilai.",
        "Berkas diserahkan kepada pejabat penilai",
        "15 menit",
        "Berkas yang akan dinilai",
    ),
    (
        "Pegawai",
        "Memeriksa hasil SKP, apabila SKP telah disetujui pegawai membubuhkan tanda tangan dan"
        " penilai selambat-lambat TMT SKP diterima jika tidak disetujui pegawai mengkonfirmasi"
        " kepada pejabat penilai.",
        "Berkas yang akan dinilai",
        "1 jam",
        "Pegawai memeriksa SKP yang telah dinilai",
    ),
    (
        "Pejabat Penilai",
        "SKP yang sudah dinilai dari kepada pejabat penilai diserahkan kepada atasan pejabat"
        " penilai.",
        "Pegawai memeriksa SKP yang telah dinilai",
        "15 menit",
        "SKP yang telah dinilai pejabat penilai dan diserahkan ke atasan pjb penilai",
    ),
    (
        "Atasan Pejabat Penilai",
        "Menandatangani SKP sebagai pengesahan dan mengembalikannya ke pejabat penilai.",
        "SKP yang telah dinilai pejabat penilai dan diserahkan ke atasan Pejabat Penilai",
        "30 menit",
        "SKP yang telah dinilai dan ditandatangani oleh atasan Pejabat dikembalikan",
    ),
    (
        "Pejabat Penilai",
        "Menyerahkan SKP kepada pegawai.",
        "SKP yang telah dinilai dan ditandatangani oleh atasan Pejabat dikembalikan",
        "15 menit",
        "SKP yang telah dinilai dan diserahkan ke pegawai bersangkutan",
    ),
    (
        "Pegawai",
        "Menerima hasil penilaian SKP dari Pejabat penilai",
        "SKP yang telah dinilai dan diserahkan ke pegawai bersangkutan",
        "5 menit",
        "SKP yang telah dinilai diserahkan ke pegawai",
    ),
]
STEPS = [f"Langkah_{number}" for number in range(1, 9)]
IDENTITY = {
    "sop:nomor": "92",
    "sop:unit": "Sub Bagian Umum dan Aparatur",
    "sop:tanggalPembuatan": "2021-06-04",
    "sop:tanggalEfektif": "2021-06-04",
    "sop:peringatan": "Jika SOP Pengumpulan SKP tidak dilaksanakan maka Penilaian Pegawai"
    " terhambat.",
    "sop:kualifikasi.1": "Pendidikan minimal D3",
    "sop:keterkaitan.2": "SOP Penanganan Surat Keluar",
    "sop:peralatan.3": "Printer",
    "sop:pencatatan.3": "Kasubbag Umum dan Aparatur : Lembar Disposisi; Paraf",
}


class Box(NamedTuple):
    """Bounds of a shape, in the units of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: "Box") -> bool:
        """Whether the two have more than an edge in common (a line is a box without width)."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def touches(self, other: "Box") -> bool:
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


@pytest.fixture
def root(skp):
    return read(skp)


@pytest.fixture
def diagram(root):
    (found,) = diagrams(root)
    return found


@pytest.fixture
def boxes(root) -> dict[str, Box]:
    """Where each element is drawn."""
    return {
        shape.get("bpmnElement"): _box(shape.find(f"{{{DC}}}Bounds"))
        for shape in root.iter(f"{{{BPMNDI}}}BPMNShape")
    }


@pytest.fixture
def lines(root) -> dict[str, list[Box]]:
    """The pieces of each flow's line."""
    found = {}
    for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{{{DI}}}waypoint")]
        found[edge.get("bpmnElement")] = [
            Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
            for a, b in pairwise(points)
        ]
    return found


def _box(bounds) -> Box:
    left, top, width, height = (float(bounds.get(n)) for n in ("x", "y", "width", "height"))
    return Box(left, top, left + width, top + height)


def test_a_check_finds_nothing_at_all(skp):
    report = check(skp)
    assert report.findings == ()
    assert report.may_activate


def test_the_lanes_are_the_sops_performers_in_order(diagram):
    assert {lane.name: lane.actor for lane in diagram.lanes} == LANES
    assert [lane.name for lane in diagram.lanes] == list(LANES)


def test_the_activities_are_those_of_the_sop_word_for_word(diagram):
    assert [task.id for task in diagram.human_tasks] == STEPS
    drawn = [
        (
            diagram.lane_of(task.id).name,
            task.documentation,
            task.properties["sop:kelengkapan"],
            diagram.waktu(task.id),
            task.properties["sop:output"],
        )
        for task in diagram.human_tasks
    ]
    assert drawn == SOP


def test_the_identity_page_is_the_sops(diagram):
    assert IDENTITY.items() <= diagram.properties.items()
    listed = [name for name in diagram.properties if name.startswith("sop:dasarHukum.")]
    assert listed == [f"sop:dasarHukum.{number}" for number in range(1, 5)]


def test_no_person_is_named(skp):
    text = skp.decode()
    assert "samuel" not in text.lower()
    assert "NIP" not in text
    assert not re.search(r"\d{8} ?\d{6} ?\d ?\d{3}", text)


def test_the_employee_decides_and_silence_is_no_consent(diagram):
    decision = diagram.nodes["Keputusan_Pegawai"]
    ways = {flow.target: flow.condition for flow in diagram.outgoing(decision.id)}
    assert ways == {
        "Langkah_5": '${keputusan == "setuju"}',
        "Gabung_Penilaian": '${keputusan == "tidak_setuju"}',
    }
    assert decision.default is None
    assert diagram.nodes["Langkah_4"].attributes["formKey"] == "alur:skp-pemeriksaan"


def test_every_timer_only_reminds(diagram):
    timers = [node for node in diagram.nodes.values() if node.timer]
    assert len(timers) == 9
    for timer in timers:
        (flow,) = diagram.outgoing(timer.id)
        assert not timer.interrupting
        assert (diagram.nodes[flow.target].kind, diagram.nodes[flow.target].topic) == (
            "endEvent",
            "remind",
        )


def test_everything_is_drawn(diagram, boxes, lines):
    assert diagram.nodes.keys() <= boxes.keys()
    assert {flow.id for flow in diagram.flows} == lines.keys()


def test_every_node_is_drawn_in_its_lane(diagram, boxes):
    for node in diagram.nodes.values():
        lane = boxes[diagram.lane_of(node.id).id]
        assert lane.holds(boxes[node.id]), node.id


def test_the_lanes_are_drawn_one_below_the_other(diagram, boxes):
    for above, below in pairwise(diagram.lanes):
        assert boxes[above.id].bottom == boxes[below.id].top


def test_each_reminder_stands_right_below_its_task(diagram, boxes):
    for timer in (node for node in diagram.nodes.values() if node.timer):
        (flow,) = diagram.outgoing(timer.id)
        task, reminder = boxes[timer.attached_to], boxes[flow.target]
        assert task.left <= reminder.left, timer.id
        assert reminder.right <= task.right, timer.id
        assert 0 < reminder.top - task.bottom < 60, timer.id
        assert diagram.lane_of(flow.target) == diagram.lane_of(timer.attached_to)


def test_no_two_nodes_are_drawn_over_each_other(diagram, boxes):
    nodes = list(diagram.nodes.values())
    for place, node in enumerate(nodes):
        for other in nodes[place + 1 :]:
            if other.attached_to != node.id and node.attached_to != other.id:
                assert not boxes[node.id].meets(boxes[other.id]), (node.id, other.id)


def test_no_line_crosses_a_node_it_does_not_connect(diagram, boxes, lines):
    ends = {flow.id: {flow.source, flow.target} for flow in diagram.flows}
    for flow, pieces in lines.items():
        # The event on a task's edge may stand where its line leaves.
        allowed = ends[flow] | {diagram.nodes[node].attached_to for node in ends[flow]}
        for node in diagram.nodes.keys() - allowed:
            assert not any(piece.meets(boxes[node]) for piece in pieces), (flow, node)


def test_every_line_starts_and_ends_at_what_it_connects(diagram, boxes, lines):
    for flow in diagram.flows:
        first, last = lines[flow.id][0], lines[flow.id][-1]
        assert boxes[flow.source].touches(first), flow.id
        assert boxes[flow.target].touches(last), flow.id


def test_every_line_runs_straight_across_or_down(lines):
    for flow, pieces in lines.items():
        assert all(p.left == p.right or p.top == p.bottom for p in pieces), flow


def test_references_are_written_at_both_ends(root):
    """Modelers draw from `incoming` and `outgoing`, engines run from the flows: they agree."""
    listed = {
        (element.getparent().get("id"), side, element.text)
        for side in ("incoming", "outgoing")
        for element in root.iter(f"{{{BPMN}}}{side}")
    }
    drawn = set()
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        drawn.add((flow.get("sourceRef"), "outgoing", flow.get("id")))
        drawn.add((flow.get("targetRef"), "incoming", flow.get("id")))
    assert listed == drawn


def test_bpmnlint_finds_nothing_and_a_modeler_saves_the_same_bytes():
    front_end = ROOT / "web" / "frontend"
    if not shutil.which("node") or not (front_end / "node_modules").is_dir():
        pytest.skip("needs node and web/frontend/node_modules (npm ci)")
    done = subprocess.run(
        ["node", front_end / "lint-diagram.mjs", ROOT / "bpmn" / "skp_collection.bpmn"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout, done.stderr
    assert json.loads(done.stdout) == {"findings": [], "roundTrip": True}
    assert done.returncode == 0
