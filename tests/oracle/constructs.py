"""Every construct that Alur executes: a diagram, what is done in it, and what comes of that.

A step is written "what happens -> all that waits then", by the ids of nodes: "a -> b t". "a!K" lets
the service a fail with the error K; "end" is a case that has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree
from pen import CAMUNDA, Drawing, add

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element


@dataclass(frozen=True)
class Construct:
    """``name`` is what analysts call it, ``how`` what becomes of it; ``steps`` begin at the start.

    ``answers`` are given with the steps of these nodes, ``data`` with the start; ``end`` is the
    data in the end. ``called`` are the processes that are called.
    """

    name: str
    element: str
    clause: str
    how: str
    drawing: Drawing
    steps: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    end: dict[str, Any] | None = None
    called: tuple[Drawing, ...] = ()


def sketch(*lines: str) -> Drawing:
    return Drawing.of_process().sketch("s: start", "e: end", *lines)


def caught(what: str, host: str, drawing: Drawing, interrupting: bool = True) -> Drawing:
    """Draws the boundary event t, and behind it the task h."""
    said = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    drawing.event("boundaryEvent", what, "t", **said)
    return drawing.sketch("h: user", "z: end", "t > h > z")


def listening(what: str, drawing: Drawing, interrupting: bool = True) -> Drawing:
    """Draws an event subprocess with the start t and the task h, into a subprocess or a process."""
    handler = drawing.inside(drawing.node("subProcess", "l", triggeredByEvent="true"))
    handler.event("startEvent", what, "t", isInterrupting=str(interrupting).lower())
    handler.sketch("h: user", "z: end", "t > h > z")
    return drawing


def around(*lines: str) -> Drawing:
    """A process with the subprocess sp, in which these lines stand, and the task c behind it."""
    drawing = sketch("sp: subProcess", "c: user", "s > sp > c > e")
    drawing.inside("sp").sketch("is: start", "ie: end", *lines)
    return drawing


def event(drawing: Drawing, kind: str, what: str, name: str, *lines: str) -> Drawing:
    drawing.event(kind, what, name)
    return drawing.sketch(*lines)


def service(drawing: Drawing, kind: str = "serviceTask", name: str = "v") -> Drawing:
    node = drawing.find(drawing.node(kind, name))
    node.set(f"{{{CAMUNDA}}}type", "external")
    node.set(f"{{{CAMUNDA}}}topic", "surat")
    return drawing


def thrower(what: str) -> Drawing:
    """A subprocess in which d goes on beside a, after which the end event x throws."""
    drawing = around("f: all", "a d: user", "is > f > a", "f > d > ie")
    event(drawing.inside("sp"), "endEvent", what, "x", "a > x")
    return drawing


def process(key: str, *lines: str) -> Drawing:
    drawing = Drawing.of_process().sketch("s: start", *lines)
    drawing.container.set("id", key)
    return drawing


def call(key: str, **passing: str) -> Drawing:
    """A process that calls another; what is passed "in" or "out" is "source > target"."""
    drawing = sketch("c: user")
    drawing.node("callActivity", "k", calledElement=key)
    extensions = add(drawing.find("k"), "extensionElements")
    for kind, text in passing.items():
        source, _, target = text.partition(" > ")
        said = {"source": source, "target": target}
        etree.SubElement(extensions, f"{{{CAMUNDA}}}{kind}", said)
    return drawing.sketch("s > k > c > e")


def many(**said: Any) -> Drawing:
    drawing = sketch("a b: user", "s > a > b > e")
    drawing.many("a", **said)
    return drawing


def table() -> Iterator[Construct]:
    """All of them, in the order of the specification."""
    yield from tasks()
    yield from subprocesses()
    yield from calls()
    yield from loops()
    yield from data_objects()
    yield from events()
    yield from boundary_events()
    yield from event_subprocesses()
    yield from gateways()


def tasks() -> Iterator[Construct]:
    one = ("-> a", "a -> b", "b -> end")
    for name, kind in (("Tugas orang", "userTask"), ("Tugas manual", "manualTask")):
        drawing = sketch(f"a: {kind}", "b: user", "s > a > b > e")
        yield Construct(name, kind, "10.2.3", "waits until a person has done it", drawing, one)
    yield Construct(
        *("Tugas tanpa jenis", "task", "10.2.3", "is passed through, with a warning at the check"),
        sketch("a: task", "b: user", "s > a > b > e"),
        ("-> b", "b -> end"),
    )
    drawing = sketch("b: user")
    drawing.chain("s", drawing.script("y = x + 1\nx = 5", "a"), "b", "e")
    yield Construct(
        *("Skrip", "scriptTask", "10.2.3", "its lines of `name = expression` are run"),
        *(drawing, ("-> b", "b -> end"), {"x": 1}),
        end={"x": 5, "y": 2},
    )
    yield Construct(
        *("Layanan", "serviceTask", "10.2.3", "waits for the answer of its topic's handler"),
        service(sketch("b: user")).sketch("s > v > b > e"),
        ("-> v", "v -> b", "b -> end"),
        answers={"v": {"nomor": 7}},
        end={"nomor": 7},
    )
    yield Construct(
        *("Layanan gagal", "serviceTask with an error", "10.2.3, 10.4.6"),
        "an error that its handler names is caught at its edge or around it",
        caught("error K", "v", service(sketch()).sketch("s > v > e")),
        ("-> v", "v!K -> h", "h -> end"),
        answers={"v!K": {"sebab": "penuh"}},
        end={"sebab": "penuh"},
    )
    yield Construct(
        *("Kirim", "sendTask", "10.2.3", "hands its message to a topic or to other cases"),
        service(sketch("b: user"), "sendTask").sketch("s > v > b > e"),
        ("-> b", "b -> end"),
    )
    drawing = sketch("b: user")
    drawing.node("receiveTask", "r", messageRef=drawing.code("message", "surat"))
    yield Construct(
        *("Terima", "receiveTask", "10.2.3", "waits for its message"),
        drawing.sketch("s > r > b > e"),
        ("-> r", "r -> b", "b -> end"),
        answers={"r": {"nomor": 7}},
        end={"nomor": 7},
    )
    lines = ("a b c d: user", "s > a", "a > b", "a > c if x == 1", "a > d by default")
    yield Construct(
        *("Alur bersyarat dari tugas", "sequenceFlow with a condition", "8.3.13"),
        "of the ways out of an activity all true ones are taken, else the default, and those"
        " without a condition always",
        sketch(*lines, "b > e", "c > e", "d > e"),
        ("-> a", "a -> b d", "b -> d", "d -> end"),
        {"x": 0},
    )
    yield Construct(
        *("Beberapa alur keluar", "several sequenceFlows", "8.3.13"),
        "a token leaves on each of them",
        sketch("a b c: user", "s > a", "a > b", "a > c", "b > c", "c > e"),
        ("-> a", "a -> b c", "b -> c c", "c -> c", "c -> end"),
    )


def subprocesses() -> Iterator[Construct]:
    yield Construct(
        *("Subproses", "subProcess", "10.2.5"),
        "its data goes in and comes out; it is done when no token is left in it",
        around("f: all", "a b: user", "is > f > a > ie", "f > b > ie"),
        ("-> a b", "a -> b", "b -> c", "c -> end"),
        {"x": 0, "y": 0},
        {"a": {"x": 1}, "b": {"y": 2}},
        {"x": 1, "y": 2},
    )


def calls() -> Iterator[Construct]:
    yield Construct(
        *("Memanggil proses", "callActivity", "10.2.6"),
        "all data goes into the version of the process that was in force at the start, and out",
        call("lain"),
        ("-> lain:a", "lain:a -> c", "c -> end"),
        {"x": 1},
        {"lain:a": {"y": 2}},
        {"x": 1, "y": 2},
        (process("lain", "a: user", "e: end", "s > a > e"),),
    )
    yield Construct(
        *("Meneruskan data ke proses", "callActivity with camunda:in and out", "10.2.6"),
        "only what is named goes in and comes out",
        call("lain", **{"in": "x > masuk", "out": "hasil > y"}),
        ("-> lain:a", "lain:a -> c", "c -> end"),
        {"x": 1},
        {"lain:a": {"hasil": 2, "x": 9}},
        {"x": 1, "y": 2},
        (process("lain", "a: user", "e: end", "s > a > e"),),
    )
    for what, then in (("error", "h"), ("escalation", "h")):
        called = process("lain", "a: user", "s > a")
        yield Construct(
            f"{'Galat' if what == 'error' else 'Eskalasi'} dari proses yang dipanggil",
            *(f"callActivity with {what}", "10.2.6, 10.4.6"),
            "is caught at the edge of the call when nothing inside catches it",
            caught(f"{what} K", "k", call("lain")),
            ("-> lain:a", f"lain:a -> {then}", "h -> end"),
            called=(event(called, "endEvent", f"{what} K", "x", "a > x"),),
        )


def loops() -> Iterator[Construct]:
    drawing = sketch("a: user", "s > a > e")
    drawing.again_while("a", "x == 1", maximum=3, test_before=False)
    yield Construct(
        *("Ulangi", "standardLoopCharacteristics", "10.2.8"),
        "is repeated while its condition holds, and never more often than it says",
        *(drawing, ("-> a", "a -> a", "a -> a", "a -> end"), {"x": 1}),
    )
    drawing = sketch("a b: user", "s > a > b > e")
    drawing.again_while("a", "x == 1", maximum=3, test_before=True)
    yield Construct(
        *("Ulangi, diuji dahulu", "standardLoopCharacteristics testBefore", "10.2.8"),
        "is perhaps not done at all",
        *(drawing, ("-> b", "b -> end"), {"x": 0}),
    )
    yield Construct(
        *("Kembali ke langkah sebelumnya", "sequenceFlow upstream, nested", "8.3.13"),
        "loops drawn with gateways run as drawn",
        sketch(
            *("m n x y: one", "a b: user", "s > m > n > a > x", "b > y"),
            *("x > n if dalam == 1", "x > b by default", "y > m if luar == 1", "y > e by default"),
        ),
        ("-> a", "a -> a", "a -> b", "b -> a", "a -> b", "b -> end"),
        {"dalam": 1, "luar": 1},
        {"a": [{"dalam": 1}, {"dalam": 0}], "b": [{"luar": 1}, {"luar": 0}]},
    )
    each = {"collection": "semua", "item": "satu", "outputs": "hasil", "output": "nilai"}
    rows: dict[str, Any] = {"a": [{"nilai": 1}, {"nilai": 2}]}
    given = {"semua": ["p", "q"]}
    for sequential, begin in ((False, "a a"), (True, "a")):
        kind = "berurutan" if sequential else "sekaligus"
        yield Construct(
            *(f"Banyak {kind}", f"multiInstance isSequential={str(sequential).lower()}", "10.2.8"),
            "once for each item of a list, which only that instance knows; results are gathered in"
            " the order of the items",
            many(sequential=sequential, **each),
            (f"-> {begin}", "a -> a", "a -> b", "b -> end"),
            *(given, rows, given | {"hasil": [1, 2]}),
        )
    yield Construct(
        *("Banyak menurut bilangan", "loopCardinality", "10.2.8", "as often as the number says"),
        *(many(cardinality="n"), ("-> a a", "a -> a", "a -> b", "b -> end"), {"n": 2}),
    )
    yield Construct(
        *("Cukup sebagian", "completionCondition", "10.2.8"),
        "once it holds, the instances that are left are withdrawn",
        many(until="nrOfCompletedInstances >= 1", **each),
        ("-> a a", "a -> b", "b -> end"),
        *(given, {"a": {"nilai": 1}}, given | {"hasil": [1]}),
    )
    drawing = sketch("a b: user", "s > a > b > e")
    drawing.many_as_in_camunda("a", "semua", "satu", sequential=False)
    yield Construct(
        *("Banyak menurut Camunda", "camunda:collection and elementVariable", "10.2.8"),
        "as loopDataInputRef with an inputDataItem",
        *(drawing, ("-> a a", "a -> a", "a -> b", "b -> end"), given),
        end=given,
    )
    drawing = sketch("sp: subProcess", "c: user", "s > sp > c > e")
    drawing.many("sp", **each)
    drawing.inside("sp").sketch("is: start", "ie: end", "a: user", "is > a > ie")
    yield Construct(
        *("Banyak subproses dengan tenggat", "multiInstance subProcess, boundaryEvent", "10.2.8"),
        "the event at its edge ends all instances",
        caught("timer", "sp", drawing),
        ("-> a a t", "a -> a t", "t -> h", "h -> end"),
        *(given, {"a": {"x": 1}}, given | {"x": 1}),
    )


def data_objects() -> Iterator[Construct]:
    drawing = sketch("a b: user", "s > a > b > e")
    add(drawing.container, "dataObject", id="laporan")
    add(drawing.container, "dataObjectReference", id="ref", dataObjectRef="laporan")
    given = add(drawing.find("a"), "dataOutputAssociation")
    add(given, "targetRef").text = "ref"
    # As the Camunda Modeler draws it.
    add(drawing.find("b"), "property", id="tempat", name="__targetRef_placeholder")
    taken = add(drawing.find("b"), "dataInputAssociation")
    add(taken, "sourceRef").text = "ref"
    add(taken, "targetRef").text = "tempat"
    _form_field(drawing, "a", "laporan")
    yield Construct(
        *("Objek data", "dataObject, dataObjectReference, data associations", "10.3.1"),
        "is data of its id when a form, a script or an answer gives that; else it is only drawn",
        *(drawing, ("-> a", "a -> b", "b -> end")),
        answers={"a": {"laporan": "isi"}},
    )


def _form_field(drawing: Drawing, task: str, name: str) -> None:
    form = _extension(drawing, task, "formData")
    form.append(form.makeelement(f"{{{CAMUNDA}}}formField", {"id": name, "type": "string"}))


def _extension(drawing: Drawing, node: str, kind: str) -> _Element:
    """A Camunda extension of a node, which has none so far."""
    found = drawing.find(node)
    extensions = add(found, "extensionElements")
    found.insert(0, extensions)
    return etree.SubElement(extensions, f"{{{CAMUNDA}}}{kind}")


def events() -> Iterator[Construct]:
    yield Construct(
        *("Mulai dan selesai", "startEvent, endEvent", "10.4.2, 10.4.3"),
        "a case ends when no token is left in it",
        sketch("f: all", "a b: user", "z: end", "s > f > a > e", "f > b > z"),
        ("-> a b", "b -> a", "a -> end"),
    )
    drawing = Drawing.of_process().sketch("e: end", "a: user")
    drawing.event("startEvent", "timer", "s")
    holder = _extension(drawing, "s", "properties")
    said = {"name": "alur:subject", "value": "group:bagian"}
    holder.append(holder.makeelement(f"{{{CAMUNDA}}}property", said))
    yield Construct(
        *("Mulai menurut waktu", "startEvent with a timer", "10.4.2"),
        "the office's clock starts cases while the version is in force",
        *(drawing.sketch("s > a > e"), ("-> a", "a -> end")),
    )
    for what, name in (("timer", "waktu"), ("message m", "pesan"), ("signal g", "sinyal")):
        kind = what.partition(" ")[0]
        drawing = event(sketch("a: user"), "intermediateCatchEvent", what, "t", "s > t > a > e")
        yield Construct(
            *(f"Menunggu {name}", f"intermediateCatchEvent with a {kind}", "10.4.4"),
            f"waits for its {kind}",
            *(drawing, ("-> t", "t -> a", "a -> end")),
        )
    drawing = sketch("a: user", "t: intermediateThrowEvent", "s > t > a > e")
    yield Construct(
        *("Tonggak", "intermediateThrowEvent", "10.4.4", "is passed through"),
        *(drawing, ("-> a", "a -> end")),
    )
    for what, how in (
        ("message m", "is handed to a topic or to the case that awaits it"),
        ("signal g", "reaches all that wait for it"),
        ("escalation K", "goes outwards to the innermost that catches it, else is without effect"),
    ):
        kind = what.partition(" ")[0]
        thrown = event(sketch("a: user"), "intermediateThrowEvent", what, "x", "s > x > a > e")
        yield Construct(
            *(f"Mengirim {kind}", f"intermediateThrowEvent with a {kind}", "10.4.4", how),
            *(thrown, ("-> a", "a -> end")),
        )
        ended = event(sketch("a: user"), "endEvent", what, "x", "s > a > x", "s > e")
        yield Construct(
            *(f"Berakhir dengan {kind}", f"endEvent with a {kind}", "10.4.3", how),
            *(ended, ("-> a", "a -> end")),
        )
    drawing = sketch("f: all", "a b: user", "s > f > a")
    event(drawing, "intermediateCatchEvent", "signal g", "t", "f > t > b > e")
    event(drawing, "intermediateThrowEvent", "signal g", "x", "a > x > e")
    yield Construct(
        *("Sinyal di dalam kasus", "signal thrown and caught", "10.4.5"),
        "all that wait for it in the case go on at once",
        *(drawing, ("-> a t", "a -> b", "b -> end")),
    )
    yield Construct(
        *("Galat", "endEvent with an error", "10.4.3, 10.4.6"),
        "ends its subprocess at once; the innermost that catches it goes on",
        caught("error K", "sp", thrower("error K")),
        ("-> a d", "a -> h", "h -> end"),
        {},
        {"a": {"x": 1}},
        {"x": 1},
    )
    yield Construct(
        *("Hentikan subproses", "endEvent with terminate, in a subProcess", "10.4.3"),
        "ends all that goes on in its subprocess; the case goes on behind it",
        *(thrower("terminate"), ("-> a d", "a -> c", "c -> end")),
    )
    drawing = sketch("f: all", "a d: user", "s > f > a", "f > d > e")
    yield Construct(
        *("Hentikan kasus", "endEvent with terminate", "10.4.3", "ends the case"),
        *(event(drawing, "endEvent", "terminate", "x", "a > x"), ("-> a d", "a -> end")),
    )


CAUGHT = (("timer", "Waktu"), ("message m", "Pesan"), ("signal g", "Sinyal"))


def boundary_events() -> Iterator[Construct]:
    for what, name in CAUGHT:
        kind = what.partition(" ")[0]
        drawing = caught(what, "a", sketch("a: user", "s > a > e"))
        yield Construct(
            *(f"{name} di tepi, menyela", f"boundaryEvent with a {kind}", "10.4.4"),
            "ends the activity with all that goes on in it",
            *(drawing, ("-> a t", "t -> h", "h -> end")),
        )
        drawing = caught(what, "a", sketch("a: user", "s > a > e"), interrupting=False)
        again = "a h" if kind == "timer" else "a h t"
        yield Construct(
            f"{name} di tepi, tidak menyela",
            *(f"boundaryEvent with a {kind}, cancelActivity=false", "10.4.4"),
            "the activity goes on; "
            + ("a cycle happens again" if kind == "timer" else "it can happen again"),
            *(drawing, ("-> a t", f"t -> {again}", "a -> h", "h -> end")),
        )
    yield Construct(
        *("Galat di tepi", "boundaryEvent with an error", "10.4.4"),
        "catches its code, or any, thrown inside; always interrupting",
        *(caught("error", "sp", thrower("error K")), ("-> a d", "a -> h", "h -> end")),
    )
    for interrupting, then in ((True, "h"), (False, "d h")):
        said = "" if interrupting else ", cancelActivity=false"
        drawing = caught("escalation K", "sp", thrower("escalation K"), interrupting)
        last = ("h -> end",) if interrupting else ("d -> c h", "h -> c", "c -> end")
        yield Construct(
            f"Eskalasi di tepi, {'menyela' if interrupting else 'tidak menyela'}",
            *(f"boundaryEvent with an escalation{said}", "10.4.4"),
            "catches its code, or any, thrown inside",
            *(drawing, ("-> a d", f"a -> {then}", *last)),
        )


def event_subprocesses() -> Iterator[Construct]:
    for what, name in CAUGHT:
        kind = what.partition(" ")[0]
        for interrupting in (True, False):
            again = "" if interrupting or kind == "timer" else " t"
            then = "h" if interrupting else f"a h{again}"
            last = ("h -> end",) if interrupting else (f"h -> a{again}", "a -> end")
            yield Construct(
                f"Subproses {name.lower()}, {'menyela' if interrupting else 'tidak menyela'}",
                f"event subProcess with a {kind}, isInterrupting={str(interrupting).lower()}",
                "10.2.5, 10.4.6",
                "takes over what goes on around it"
                if interrupting
                else "goes on beside it; listening keeps nothing alive",
                listening(what, sketch("a: user", "s > a > e"), interrupting),
                ("-> a t", f"t -> {then}", *last),
            )
    for what, interrupting, then, last in (
        ("error K", True, "h", ("h -> c", "c -> end")),
        ("escalation K", True, "h", ("h -> c", "c -> end")),
        ("escalation K", False, "d h", ("d -> h", "h -> c", "c -> end")),
    ):
        kind, drawing = what.partition(" ")[0], thrower(what)
        listening(what, drawing.inside("sp"), interrupting)
        yield Construct(
            f"Subproses {kind}, {'menyela' if interrupting else 'tidak menyela'}",
            f"event subProcess with an {kind}, isInterrupting={str(interrupting).lower()}",
            *("10.2.5, 10.4.6", "handles what is thrown inside; what it throws goes outwards"),
            *(drawing, ("-> a d", f"a -> {then}", *last)),
        )


def gateways() -> Iterator[Construct]:
    ways = ("x > a if v == 1", "x > b by default", "a > e", "b > e")
    yield Construct(
        *("Keputusan", "exclusiveGateway", "10.5.2"),
        "the first way that is true, in the order of the file, else the default",
        *(sketch("x: one", "a b: user", "s > x", *ways), ("-> b", "b -> end"), {"v": 0}),
    )
    yield Construct(
        *("Bersamaan", "parallelGateway", "10.5.4, 13.3.1"),
        "splits; joins one token from each way in, and of each name the value written last",
        sketch("f j: all", "a b c: user", "s > f > a > j > c > e", "f > b > j"),
        ("-> a b", "b -> a", "a -> c", "c -> end"),
        {"x": 0, "y": 0},
        {"b": {"x": 1, "y": 1}, "a": {"y": 2}},
        {"x": 1, "y": 2},
    )
    yield Construct(
        *("Satu atau lebih", "inclusiveGateway", "10.5.3, 13.3.3"),
        "every way that is true, else the default; joins what can still come",
        sketch(
            *("x j: some", "a b c d: user", "s > x", "x > a if v >= 1", "x > b if v >= 2"),
            *("x > d by default", "a > j", "b > j", "d > j > c > e"),
        ),
        ("-> a b", "a -> b", "b -> c", "c -> end"),
        {"v": 2},
    )
    drawing = sketch("g: eventBasedGateway", "a b: user", "s > g", "a > e", "b > e")
    event(drawing, "intermediateCatchEvent", "timer", "t", "g > t > a")
    event(drawing, "intermediateCatchEvent", "message m", "m", "g > m > b")
    yield Construct(
        *("Mana yang lebih dahulu", "eventBasedGateway", "10.5.6"),
        "the first event that happens takes the token; the others are withdrawn",
        *(drawing, ("-> m t", "m -> b", "b -> end")),
    )
    drawing = sketch("g: eventBasedGateway", "a b: user", "s > g", "a > e", "b > e")
    event(drawing, "intermediateCatchEvent", "timer", "t", "g > t > a")
    drawing.node("receiveTask", "r", messageRef=drawing.code("message", "n"))
    yield Construct(
        *("Terima atau waktu", "eventBasedGateway with a receiveTask", "10.5.6"),
        "the task takes the token when its message comes first",
        *(drawing.sketch("g > r > b"), ("-> r t", "r -> b", "b -> end")),
    )


# What is refused where it stands, and drawings of it that the check refuses: see the test.
REFUSED_PLACES = (
    (
        "startEvent of a process with a message or a signal",
        "10.4.2",
        "a case begins with a person or the clock, never with a message",
    ),
    (
        "error event with cancelActivity=false or isInterrupting=false",
        "10.4.2, 10.4.4",
        "an error always interrupts",
    ),
    ("event with several definitions", "10.4.5", "an event has one definition of its own"),
)


def refused_drawings() -> dict[str, Drawing]:
    """What is refused, by what it is; the refused node is n, or t of an event that is caught."""
    found = {}
    for what in ("message m", "signal g"):
        drawing = Drawing.of_process().sketch("e: end")
        drawing.event("startEvent", what, "n")
        found[f"start of a process by a {what}"] = drawing.sketch("n > e")
    found["error that does not interrupt"] = caught("error", "sp", thrower("error K"), False)
    handled = thrower("error K")
    listening("error K", handled.inside("sp"), interrupting=False)
    found["error that runs beside"] = handled
    double = event(sketch("a: user", "s > a"), "endEvent", "signal g", "n", "a > n")
    add(double.find("n"), "terminateEventDefinition")
    found["two definitions"] = double
    for kind in ("businessRuleTask", "complexGateway", "transaction", "adHocSubProcess"):
        drawing = sketch(f"n: {kind}", "s > n > e")
        if kind in {"transaction", "adHocSubProcess"}:
            drawing.inside("n").sketch("is: start", "a: user", "ie: end", "is > a > ie")
        found[kind] = drawing
    for what in ("compensate", "link"):
        drawing = event(sketch(), "intermediateThrowEvent", what, "n", "s > n > e")
        found[f"{what} event"] = drawing
    drawing.find("n")[0].set("name", "tempat")  # a link goes by its name
    return found
