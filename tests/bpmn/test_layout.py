"""A layout for diagrams without one: what it must hold, on drawn and on generated diagrams."""

import re
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from bpmn.elements import kind
from bpmn.layout import drawn, is_whole
from bpmn.layout.labels import Box
from bpmn.layout.lines import Lines
from bpmn.layout.picture import DC, DI
from bpmn.layout.scene import SUBPROCESSES
from bpmn.reading import BPMN, BPMNDI, read, schema_errors

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "oracle"))

from drawings import blocks, nets  # noqa: E402  (its folder is put on the path above)
from pen import Drawing, add  # noqa: E402

FOREIGN = sorted((ROOT / "engine" / "foreign").glob("*.bpmn"))
PICTURE = re.compile(rb"\s*<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", re.DOTALL)
AROUND = {"participant", "lane", "process", "collaboration"}
CLOSE = 0.02  # waypoints are written to the hundredth of a pixel
generated = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


class Picture:
    """What stands where on one plane."""

    def __init__(self, root, plane):
        self.elements = {e.get("id"): e for e in root.iter() if e.get("id")}
        self.boxes, self.labels, self.lines = {}, {}, {}
        for shape in plane.iterfind(f"{{{BPMNDI}}}BPMNShape"):
            self.boxes[shape.get("bpmnElement")] = _box(shape.find(f"{{{DC}}}Bounds"))
        for edge in plane.iterfind(f"{{{BPMNDI}}}BPMNEdge"):
            points = edge.iterfind(f"{{{DI}}}waypoint")
            found = [(float(p.get("x")), float(p.get("y"))) for p in points]
            self.lines[edge.get("bpmnElement")] = found
        for label in plane.iter(f"{{{BPMNDI}}}BPMNLabel"):
            self.labels[label.getparent().get("bpmnElement")] = _box(label.find(f"{{{DC}}}Bounds"))

    def around(self, name):
        """All that an element stands in, and what it is attached to."""
        element = self.elements[name]
        host = element.get("attachedToRef")
        return {e.get("id") for e in element.iterancestors()} | {host} | (
            self.around(host) if host else set()
        )  # fmt: skip

    def shapes(self):
        return {n: b for n, b in self.boxes.items() if kind(self.elements[n]) not in AROUND}


def _box(bounds):
    x, y, width, height = (float(bounds.get(n)) for n in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def pictures(source):
    root = read(source)
    return [Picture(root, plane) for plane in root.iter(f"{{{BPMNDI}}}BPMNPlane")]


def hold(source):
    """Lays a diagram out and asserts all that is promised of it."""
    found = drawn(source)
    assert drawn(source) == found
    assert is_whole(read(found))
    assert drawn(found) == found
    for picture in pictures(found):
        no_shapes_overlap(picture)
        edges_are_straight_and_end_at_their_shapes(picture)
        edges_keep_clear(picture)
        edges_keep_apart(picture)
        nodes_stand_in_their_lanes(picture)
    return found


def no_shapes_overlap(picture):
    shapes = picture.shapes()
    for (one, box), (other, beside) in combinations(shapes.items(), 2):
        related = one in picture.around(other) or other in picture.around(one)
        assert related or not box.overlaps(beside), (one, other)
    for name, label in picture.labels.items():
        for one, box in shapes.items():
            inside = one in picture.around(name) and one != picture.elements[name].get(
                "attachedToRef"
            )
            assert inside or not label.overlaps(box), ("label", name, one)


def edges_are_straight_and_end_at_their_shapes(picture):
    for name, points in picture.lines.items():
        for (x, y), (to_x, to_y) in pairwise(points):
            assert abs(x - to_x) < CLOSE or abs(y - to_y) < CLOSE, name
        line = picture.elements[name]
        for end, point in (("sourceRef", points[0]), ("targetRef", points[-1])):
            if line.get(end) in picture.boxes:
                assert on_border(picture, line.get(end), point), (name, end)


def on_border(picture, name, point):
    box, what = picture.boxes[name], kind(picture.elements[name])
    x, y = point[0] - (box.left + box.right) / 2, point[1] - (box.top + box.bottom) / 2
    half = (box.right - box.left) / 2, (box.bottom - box.top) / 2
    if what.endswith("Gateway"):
        return abs(abs(x) + abs(y) - half[0]) < CLOSE
    if what.endswith("Event"):
        return abs((x**2 + y**2) ** 0.5 - half[0]) < CLOSE
    at_side = abs(abs(x) - half[0]) < CLOSE and abs(y) <= half[1] + CLOSE
    return at_side or (abs(abs(y) - half[1]) < CLOSE and abs(x) <= half[0] + CLOSE)


def edges_keep_clear(picture):
    obstacles = {**picture.shapes(), **{("name", n): b for n, b in picture.labels.items()}}
    for name, points in picture.lines.items():
        line = picture.elements[name]
        own = {line.get("sourceRef"), line.get("targetRef")} | picture.around(name)
        own |= {e.text.strip() for e in line if kind(e) in ("sourceRef", "targetRef")}
        for end in [end for end in own if end in picture.elements]:
            own |= {e for e in picture.around(end) if e in own}
        hosts = {picture.elements[e].get("attachedToRef") for e in own if e in picture.elements}
        for one, two in pairwise(points):
            piece = Box(
                min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1])
            )
            for what, box in obstacles.items():
                if what not in own | hosts:
                    slim = Box(
                        box.left + CLOSE, box.top + CLOSE, box.right - CLOSE, box.bottom - CLOSE
                    )
                    crosses = piece.left <= slim.right and slim.left <= piece.right
                    assert not (
                        crosses and piece.top <= slim.bottom and slim.top <= piece.bottom
                    ), (name, what)


def edges_keep_apart(picture):
    """No two edges have a stretch of line in common."""
    runs = {}
    for name, points in picture.lines.items():
        for (x, y), (to_x, to_y) in pairwise(points):
            if abs(x - to_x) < CLOSE:
                runs.setdefault(("|", round(x, 1)), []).append((min(y, to_y), max(y, to_y), name))
            else:
                runs.setdefault(("-", round(y, 1)), []).append((min(x, to_x), max(x, to_x), name))
    for found in runs.values():
        for (start, end, one), (begin, stop, other) in combinations(found, 2):
            assert min(end, stop) - max(start, begin) < 0.5 or one == other, (one, other)


def nodes_stand_in_their_lanes(picture):
    for name, element in picture.elements.items():
        if kind(element) == "lane" and name in picture.boxes:
            lane = picture.boxes[name]
            for reference in element.iterfind(f"{{{BPMN}}}flowNodeRef"):
                node = picture.boxes[reference.text.strip()]
                assert lane.left <= node.left and node.right <= lane.right, name
                assert lane.top <= node.top and node.bottom <= lane.bottom, name


@pytest.fixture
def bare(skp) -> bytes:
    """The shipped procedure without its layout."""
    return PICTURE.sub(b"", skp)


def test_a_whole_layout_stays_as_it_is(skp):
    assert drawn(skp) == skp


def test_the_shipped_procedure_is_laid_out_anew(bare):
    found = hold(bare)
    assert schema_errors(read(found)) == []
    assert PICTURE.sub(b"", found).split() == bare.split()


def test_lanes_keep_their_order(bare):
    (picture,) = pictures(drawn(bare))
    lanes = [e.get("id") for e in read(bare).iter(f"{{{BPMN}}}lane")]
    assert sorted(lanes, key=lambda lane: picture.boxes[lane].top) == lanes


def test_a_layout_that_lacks_one_shape_is_made_anew_and_keeps_its_colours(skp):
    part = re.sub(
        rb'<bpmndi:BPMNShape id="Langkah_1_di".*?</bpmndi:BPMNShape>', b"", skp, flags=re.S
    )
    found = hold(part)
    assert found.count(b"<bpmndi:BPMNDiagram ") == 1
    assert found.count(b"bioc:stroke=") == skp.count(b"bioc:stroke=")


@pytest.mark.parametrize("file", FOREIGN, ids=lambda file: file.stem)
def test_diagrams_of_other_tools_get_a_layout(file):
    source = file.read_bytes()
    if not is_whole(read(source)):
        assert len(schema_errors(read(hold(source)))) <= len(schema_errors(read(source)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_bytes_around_the_layout_stay(encoding):
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- é -->\n<d:definitions xmlns:d="{BPMN}"'
        ' targetNamespace="x">\n <d:process id="p"  name="é">\n  <d:task id="é"/></d:process>\n'
    )
    found = hold((text + "</d:definitions>\n<!-- end -->").encode(encoding))
    assert found.startswith(text.encode(encoding))
    assert found.decode(encoding).endswith("</d:definitions>\n<!-- end -->")


@given(blocks())
@generated
def test_structured_processes_are_laid_out(source):
    assert schema_errors(read(hold(source))) == []


@given(nets(boundaries=True))
@generated
def test_processes_with_any_flows_are_laid_out(source):
    hold(source)


def test_subprocesses_are_drawn_open_and_stay_closed_where_they_were():
    drawing = Drawing.of_process().sketch("a: start", "s: subProcess", "b: end", "a > s > b")
    drawing.inside("s").sketch("c: start", "d: user", "e: end", "c > d > e")
    (picture,) = pictures(hold(drawing.source))
    outer, inner = picture.boxes["s"], picture.boxes["d"]
    assert outer.left < inner.left and inner.bottom < outer.bottom
    closed = drawn(drawing.source).replace(b'isExpanded="true"', b'isExpanded="false"')
    first, second = pictures(hold(closed.replace(b'bpmnElement="a"', b'bpmnElement="x"')))
    assert "d" not in first.boxes and "d" in second.boxes
    assert kind(first.elements["s"]) in SUBPROCESSES


def test_pools_with_messages_data_and_remarks_are_laid_out():
    hold(POOLS.encode())
    (picture,) = pictures(drawn(POOLS.encode()))
    assert picture.boxes["P1"].bottom < picture.boxes["P2"].top
    assert set(picture.lines) == {"f1", "f2", "m1", "m2", "as", "do"}


def test_loops_nested_lanes_and_many_branches_are_laid_out():
    drawing = Drawing.of_process().sketch("a: start", "g: one", "z: end", "a > g")
    names = [f"t{number}" for number in range(12)]
    for name in names:
        drawing.sketch(f"{name}: user", f"g > {name}", f"{name} > z")
    drawing.sketch("t0 > t0", "t1 > g", "t2 > t1")
    lanes = etree.Element(f"{{{BPMN}}}laneSet", id="ls")
    drawing.container.insert(0, lanes)
    outer = add(lanes, "lane", id="L")
    inner = add(outer, "childLaneSet", id="cls")
    for number in range(3):
        lane = add(inner, "lane", id=f"L{number}")
        for name in (["a", "g", "z"] if not number else []) + names[number::3]:
            add(lane, "flowNodeRef").text = name
    hold(drawing.source)


def test_five_hundred_steps_take_little_work(monkeypatch):
    drawing = Drawing.of_process().sketch("n0: start")
    for number in range(1, 500):
        what = "one" if number % 5 == 0 else "user"
        drawing.sketch(f"n{number}: {what}", f"n{number - 1} > n{number}")
        if number % 5 == 4 and number > 10:
            drawing.sketch(f"n{number - 9} > n{number}", f"n{number} > n{number - 9}")
    looked = 0
    before = Lines.is_free

    def counted(self, segment):
        nonlocal looked
        looked += 1
        return before(self, segment)

    monkeypatch.setattr(Lines, "is_free", counted)
    drawn(drawing.source)
    assert 0 < looked < 500 * 100


POOLS = f"""<definitions xmlns="{BPMN}" targetNamespace="x"><collaboration id="C">
<participant id="P1" name="Satu" processRef="p"/><participant id="P2" name="Dua"/>
<messageFlow id="m1" name="surat" sourceRef="t" targetRef="P2"/>
<messageFlow id="m2" sourceRef="P2" targetRef="s"/></collaboration><process id="p">
<startEvent id="s" name="Mulai"/><userTask id="t" name="Menulis surat"><dataOutputAssociation
 id="do"><targetRef>o</targetRef></dataOutputAssociation></userTask><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t"
 targetRef="e"/><dataObject id="d"/><dataObjectReference id="o" name="Surat" dataObjectRef="d"/>
<textAnnotation id="r"><text>Rangkap dua</text></textAnnotation>
<association id="as" sourceRef="t" targetRef="r"/></process></definitions>"""


def test_an_arrow_to_data_that_must_not_be_is_drawn_all_the_same(draw):
    source = draw("startEvent s\nendEvent e\ndataObjectReference d\ns -> e\ns -> d")
    assert is_whole(read(drawn(source)))
