"""Diagrams and expressions made to do harm are refused or contained, in seconds and in 200 MB.

Run as a program, this file is the victim: each attack has a process of its own, whose processor
time and memory the system measures. No clock decides, and no machine is too slow.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bpmn.reading import BPMN, CAMUNDA, MAX_BYTES
from engine import values
from engine.checking import check
from engine.errors import AlurError
from engine.expressions import evaluate, execute
from engine.spiff.execution import Execution

ROOT = Path(__file__).parents[2]
SKP = (ROOT / "bpmn" / "skp_collection.bpmn").read_text()
SECONDS, MEGABYTES = 5, 200  # of processor time, and beyond what the victim has at rest

DATA = {
    "n": 90, "h": Decimal("7.60"), "nama": "Budi", "s": "x" * 100_000, "t": "y" * 5000,
    "b": list(range(2000)), "l": list(range(40_000)), "tgl": date(2026, 1, 31),
    "keg": [{"a": 1} for _ in range(200)], "jauh": Decimal("7E+900000"),
}  # fmt: skip
EXPRESSIONS = [
    # numbers
    "9**9**9**9", "2**-100000000", "9.9**99999", "h**99999999", "h**(9**30)", "(h*0+10)**999999",
    "1e999999", "h*1e308*1e308*1e308", "round(h, -50)", "round(h, 10**9000)",
    "round(10**9000, -50)",
    "round(jauh)", "[round(jauh) for a in b]", "jauh < 10**9000", "{jauh: 1}", "jauh // 1",
    "'a' + 10**9000", "b[10**9000]", "10**9000 * 1.5", "10**9000 / 3", "h * 10**9000",
    "sum([10**9000 for x in b])", "min([10**9000 for x in b])", "1 << 1000000000", "True**10**6",
    "[10**5000 * 10**4000 for a in b]", "[2**9000 // 3**900 for a in b]", "(-1)**0.5", "1e308*10",
    "9" * 1900, "0x" + "f" * 1900, "[h**h for a in b for c in keg]",
    # texts
    "'a' * 1000000000", "'%1000000000d' % 1", "'%*d' % (1000000000, 1)", "f'{n:>1000000000}'",
    "[s[1:] for a in l]", "[s for a in l]", "[t + t + t for a in l]", "[max(s) for a in l]",
    "[all(s) for a in l]", "[0 for a in l if t in s]", "[0 for a in l if s == s + '']",
    # lists
    "[[1 for x in b] for y in b]", "[1 for x in b for y in b for z in b]", "[[0] * 9] * 9",
    "[1 for x in b for y in b for z in b if False]", "any(False for x in l for y in l)",
    "sum(sum(1 for x in b) for y in b)", "[0 for x in l if x in l]", "[0 for x in l if l == l]",
    "[l[1:] for x in b]", "[sum(l) for x in l]", "sum([b for x in l])", "l[::10**9000]",
    # depth
    "(" * 900 + "1" + ")" * 900, "[" * 900 + "]" * 900, "-" * 1900 + "1", "~" * 1900 + "1",
    "not " * 490 + "1", "1 if 1 else " * 160 + "1", "1" + "<2" * 900, "1" + "+1" * 950,
    "{1:" * 300 + "1" + "}" * 300, "n" + "[0]" * 600, "len(" * 300 + "s" + ")" * 300,
    "[a for a in " * 150 + "s" + "]" * 150, "1 + " * 1_000_000 + "1",
    # ways out
    "n.__class__", "().__class__.__base__.__subclasses__()", "__import__('os')", "__builtins__",
    "(lambda: 1)()", "(x := 1)", "[*s]", "{**keg[0]}", "min(*b)", "max(b, key=len)", "open('x')",
    "__\uff49mport__('os')", "len.__call__(s)", "[len for len in t]", "[1 for keg[0] in b]",
    "[1 for n.x in b]", "[1 for *a, in keg]", "[x async for x in s]", "'{0.__class__}'.format(n)",
    # what could not be kept
    "'\\ud800'", "{'$date': 'x'}", "{1: 2}", "{None: 3}", "tgl - tgl", "2**70", "b'x'", "1j", "...",
    # the tokens
    '"' * 1999, "'\\" * 999, "&&" * 900, "$" * 1999, "1\x00", "\x0c1", "1\r+1", "\ufeff1",
    "\u202e1",
]  # fmt: skip
SCRIPTS = [
    "x = 'ha'\n" + "x = x + x\n" * 198,
    "x = [1]\n" + "x = x + x\n" * 198,
    "x = [1]\n" + "x = [x, x]\n" * 198,
    "x = 7\n" + "x = x * x\n" * 198,
    "x = h\n" + "x = x * x\n" * 198,
    "x = h\n" + "x = x ** x\n" * 198,
    "x = h\n" + "x = x * 10**9000\n" * 99 + "y = round(x)",
    "x = [1]\n" + "x = [x]\n" * 199,
    "x = 1\n" + "x = {'a': x}\n" * 199,
    "x = 1\n" + ("x = " + "[" * 90 + "x" + "]" * 90 + "\n") * 199,
    "\n".join(f"v{i} = [a + 1000000 for a in b]" for i in range(200)),
    "\n".join(f"v{i} = s[{i}:]" for i in range(200)),
    "\n".join("v = sum(1 for a in b for k in keg[:4] if a < 0)" for _ in range(200)),
    "x = [s for a in b]\ny = [x, x]",
    "x = [10**9000 for a in b]",
    "\n" * 1_000_000,
    "x = " + "1" * 5_000_000,
    "x" * 1900 + " = 1",
    "len = 1",
    "\uff4c\uff45\uff4e = 1",
    "data_objects = __builtins__",
]


# Diagrams


def document(inner: str, more: str = "", head: str = "") -> bytes:
    opened = (
        f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA[0]}" targetNamespace="contoh"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {more}>'
    )
    return f"{head}{opened}{inner}</definitions>".encode()


def process(inner: str, more: str = "") -> bytes:
    return document(f'<process id="p" isExecutable="true" {more}>{inner}</process>')


def flow(number: object, source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="f{number}" {ends}>{inner}</sequenceFlow>'


def between(first: str, inner: str) -> bytes:
    """A process that begins at the node ``first``; what is drawn leads to ``e``."""
    start = f'<startEvent id="s" />{flow("s", "s", first)}'
    return process(f'{start}{inner}<endEvent id="e" />')


def chain(count: int, node: str = '<task id="{id}" />') -> bytes:
    drawn = (
        node.replace("{id}", f"n{i}") + flow(i, f"n{i}", f"n{i + 1}" if i < count - 1 else "e")
        for i in range(count)
    )
    return between("n0", "".join(drawn))


def star(count: int) -> bytes:
    ways = "".join(flow(i, "g", "e", "x > 1".replace(">", "&gt;")) for i in range(count))
    return between("g", f'<exclusiveGateway id="g" />{ways}')


def side_by_side(count: int) -> bytes:
    ways = "".join(
        f'<task id="n{i}" />{flow(f"a{i}", "g", f"n{i}")}{flow(f"b{i}", f"n{i}", "e")}'
        for i in range(count)
    )
    return between("g", f'<parallelGateway id="g" />{ways}')


def mesh(count: int) -> bytes:
    nodes = "".join(f'<exclusiveGateway id="n{i}" />' for i in range(count))
    ways = "".join(
        flow(f"{i}_{j}", f"n{i}", f"n{j}", "True")
        for i in range(count)
        for j in range(count)
        if i != j
    )
    return between("n0", nodes + ways + flow("e", "n0", "e", "False"))


def doubling(count: int) -> bytes:
    """Ways that split and are not joined where they meet: ``2 ** count`` tokens in the end."""
    drawn = ""
    for i in range(count):
        after = f"p{i + 1}" if i < count - 1 else "e"
        drawn += f'<task id="p{i}" /><task id="a{i}" /><task id="b{i}" />'
        drawn += flow(f"a{i}", f"p{i}", f"a{i}") + flow(f"b{i}", f"p{i}", f"b{i}")
        drawn += flow(f"c{i}", f"a{i}", after) + flow(f"d{i}", f"b{i}", after)
    return between("p0", drawn)


def properties(*pairs: tuple[str, str]) -> str:
    drawn = "".join(f'<camunda:property name="{n}" value="{v}" />' for n, v in pairs)
    return (
        f"<extensionElements><camunda:properties>{drawn}</camunda:properties></extensionElements>"
    )


def form(fields: str) -> bytes:
    data = f"<camunda:formData>{fields}</camunda:formData>"
    task = f'<userTask id="u"><extensionElements>{data}</extensionElements></userTask>'
    return between("u", task + flow("u", "u", "e"))


def ruled(count: int, rule: str) -> bytes:
    return form(
        "".join(
            f'<camunda:formField id="f{i}" type="string"><camunda:properties><camunda:property'
            f' id="visibleIf" value="{i} + {rule}" /></camunda:properties></camunda:formField>'
            for i in range(count)
        )
    )


def script(text: str) -> str:
    return f'<scriptTask id="{{id}}"><script>{text}</script></scriptTask>'


def lanes(inner: str, more: str = "") -> bytes:
    return process(f'{more}<laneSet id="l">{inner}</laneSet><startEvent id="s" />')


def timer(text: str, kind: str = "timeDuration") -> bytes:
    event = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    return process(f'<startEvent id="s">{event}</startEvent>')


def entities(*declared: str, use: str = "&a;") -> bytes:
    return document(
        f"<documentation>{use}</documentation>", head=f"<!DOCTYPE d [{''.join(declared)}]>"
    )


def laughs(levels: int = 12) -> list[str]:
    return ['<!ENTITY a0 "ha">'] + [
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, levels + 1)
    ]


def encoded(encoding: str) -> bytes:
    return SKP.replace("UTF-8", encoding).encode(encoding)


MANY = 100_000
DIAGRAMS: dict[str, Callable[[], bytes]] = {
    "a billion laughs": lambda: entities(*laughs(), use="&a12;"),
    "an entity used often": lambda: entities(f'<!ENTITY a "{"x" * 50_000}">', use="&a;" * MANY),
    "parameter entities": lambda: entities(
        f'<!ENTITY % a "{"x" * 999}"><!ENTITY % b "{"%a;" * 999}"><!ENTITY % c "{"%b;" * 999}">%c;'
    ),
    "many entities": lambda: entities(*(f'<!ENTITY a{i} "x">' for i in range(MANY))),
    "an external entity": lambda: entities('<!ENTITY a SYSTEM "file:///etc/hostname">'),
    "a broad content model": lambda: entities("<!ELEMENT d (" + "a," * 1_000_000 + "a)>"),
    "a deep content model": lambda: entities("<!ELEMENT d " + "(" * MANY + "a" + ")" * MANY + ">"),
    "default attributes": lambda: entities(
        f'<!ATTLIST a b CDATA "{"x" * 4000}">', use="<a/>" * MANY
    ),
    "50 MB of blanks": lambda: b" " * 50_000_000,
    "50 MB of a comment": lambda: document(f"<!--{'x' * 50_000_000}-->"),
    "the largest comment": lambda: document(f"<!--{'x' * (MAX_BYTES - 999)}-->"),
    "many comments": lambda: document("<!--x-->" * (MAX_BYTES // 9)),
    "many instructions": lambda: document("<?x?>" * (MAX_BYTES // 6)),
    "one text": lambda: process(f"<documentation>{'x' * (MAX_BYTES - 999)}</documentation>"),
    "character references": lambda: process(
        "<documentation>" + "&#65;" * 900_000 + "</documentation>"
    ),
    "one attribute": lambda: process(f'<task id="{"x" * (MAX_BYTES - 999)}" />'),
    "many attributes": lambda: process("", " ".join(f'a{i}="1"' for i in range(4 * MANY))),
    "many of Camunda's attributes": lambda: process(
        "", " ".join(f'camunda:a{i}="1"' for i in range(MANY))
    ),
    "many namespaces": lambda: document("", " ".join(f'xmlns:n{i}="u"' for i in range(2 * MANY))),
    "deep elements": lambda: document("<a>" * 800_000),
    "deep processes": lambda: process("".join(f'<subProcess id="a{i}">' for i in range(MANY))),
    "deep lanes": lambda: lanes('<lane id="l"><childLaneSet>' * 9000),
    "many elements": lambda: document("<a/>" * 1_200_000),
    "many nodes": lambda: chain(35_000),
    "many flows": lambda: star(50_000),
    "many lanes": lambda: lanes("".join(f'<lane id="l{i}" />' for i in range(MANY))),
    "many fields": lambda: form("".join(f'<camunda:formField id="f{i}" />' for i in range(MANY))),
    "many faults of the schema": lambda: process(
        "".join(f'<task id="1{i}" q="" />' for i in range(MANY))
    ),
    "the same id": lambda: process('<task id="a" />' * 2 * MANY),
    "no ids": lambda: process("<task />" * 4 * MANY),
    "many processes": lambda: document("".join(f'<process id="p{i}" />' for i in range(MANY))),
    # at the bounds
    "as many nodes as may be": lambda: chain(4000),
    "as many people's tasks as may be": lambda: chain(4000, '<userTask id="{id}" />'),
    "as many flows as may be": lambda: star(5500),
    "as many ways beside each other as may be": lambda: side_by_side(2400),
    "as many ways across as may be": lambda: mesh(70),
    "as many fields as may be": lambda: form(
        "".join(f'<camunda:formField id="f{i}" type="string" />' for i in range(9000))
    ),
    "as many faults of the schema as may be": lambda: process(
        "".join(f'<task id="1{i}" q="" />' for i in range(9000))
    ),
    "as many lanes as may be": lambda: lanes(
        "".join(f'<lane id="l{i}" />' for i in range(14_000)),
        properties(("alur:distinct", ",".join(f"q{i}" for i in range(1500)))),
    ),
    "nodes of one lane": lambda: lanes(
        f'<lane id="l">{"<flowNodeRef>s</flowNodeRef>" * 29_000}</lane>'
    ),
    "as many rules as may be": lambda: ruled(3000, "f"),
    "long rules": lambda: ruled(2400, "f+" * 900 + "f"),
    "deep rules": lambda: ruled(3000, "(" * 150 + "f" + ")" * 150),
    "long scripts": lambda: chain(2000, script("x = 1\n" * 199)),
    "a script of one line": lambda: chain(1, script("x=" + "1" * 4_900_000)),
    "a script of many lines": lambda: chain(1, script("x = 1\n" * 800_000)),
    # our own regular expressions
    "digits at the end": lambda: process(properties(("sop:" + "1" * 9900 + "x", ""))),
    "words of time": lambda: process(f'<task id="a" name="{"1 jam " * 1600}" />'),
    "an actor's superiors": lambda: lanes(
        f'<lane id="l">{properties(("alur:actor", "superior(" * 1100))}</lane>'
    ),
    "the library's names": lambda: process(f'<task id="{".EndJoin" * 1200}" />'),
    "digits of a duration": lambda: timer("P" + "1" * 4_900_000),
    "blanks of a duration": lambda: timer("P" + " " * 4_900_000 + "x"),
    "slashes of a cycle": lambda: timer("R/" + "a/" * 2_400_000 + "P", "timeCycle"),
    "digits of an instant": lambda: timer("1" * 4_900_000, "timeDate"),
    # encodings and disguises
    **{
        name: lambda name=name: encoded(name)
        for name in (
            *("utf-7", "utf-16", "utf-16-le", "utf-32", "cp037", "cp500", "iso-2022-jp"),
            *("shift_jis", "gb18030", "big5", "koi8-r", "cp1026"),
        )
    },
    "an EBCDIC bomb": lambda: (
        '<?xml version="1.0" encoding="cp037"?>' + entities(*laughs(), use="&a12;").decode()
    ).encode("cp037"),
    "gzip": lambda: gzip.compress(SKP.encode()),
    "a gzip bomb": lambda: gzip.compress(b" " * 50_000_000),
    "NUL": lambda: SKP.replace("Langkah", "Lang\0kah").encode(),
    "a control character": lambda: SKP.replace('id="Langkah_1"', 'id="a&#1;"').encode(),
    "a line in an id": lambda: SKP.replace('id="Langkah_1"', 'id="a&#10;b"').encode(),
    "half a character": lambda: process('<task id="&#xD800;" />'),
    "turned text": lambda: SKP.replace('name="', 'name="&#x202e;').encode(),
    "XML 1.1": lambda: document("", head='<?xml version="1.1"?>'),
    "another type": lambda: process('<task id="a" xsi:type="tSubProcess" />'),
    "an import": lambda: document('<import importType="x" location="file:///etc" namespace="x" />'),
    "XInclude": lambda: document(
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc" />'
    ),
}
# Diagrams that pass the check, and do harm when they are run.
RUNS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a long way": (lambda: chain(700), "berturut-turut"),
    "a longer way": (lambda: chain(3000), "berturut-turut"),
    "ways beside each other": (lambda: side_by_side(700), "berturut-turut"),
    "ways that double": (lambda: doubling(40), "berturut-turut"),
    "ways in a circle": (lambda: mesh(25), "berturut-turut"),
    "work at every step": (
        lambda: chain(400, script("x = [a for a in b if a == a]")), "terlalu panjang"
    ),
    "data at every step": (
        lambda: chain(400, script("x = [[a] for a in b]\ny = [x, x, x]\nz = [y, y]")),
        "terlalu panjang",
    ),
}  # fmt: skip


# The tests


@pytest.mark.parametrize("kind", ["expressions", "scripts", "diagrams", "runs"])
def test_every_attack_is_refused_or_contained(kind):
    offenders = {
        name: suffered
        for name, suffered in attacked(kind).items()
        if suffered["broken"] or suffered["seconds"] > SECONDS or suffered["megabytes"] > MEGABYTES
    }
    assert offenders == {}


@pytest.mark.parametrize("text", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
def test_what_an_expression_gives_can_be_kept(text):
    try:
        found = evaluate(text[:3000], DATA)
    except AlurError:
        return
    assert values.loads(values.dumps({"x": found})) == {"x": found}


def attacked(kind: str) -> dict[str, dict]:
    """What each attack of a kind has cost its process, and how that ended."""
    done = subprocess.run(
        [sys.executable, __file__, kind], env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    found = dict(map(json.loads, done.stdout.splitlines()))
    assert len(found) == len(attacks(kind))
    return found


# The victim


def attacks(kind: str) -> dict[str, Callable[[], None]]:
    if kind == "expressions":
        return {text[:60]: lambda text=text: suffer(text) for text in EXPRESSIONS}
    if kind == "scripts":
        return {text[:60]: lambda text=text: suffer_script(text) for text in SCRIPTS}
    if kind == "diagrams":
        return {name: lambda make=make: suffer_diagram(make()) for name, make in DIAGRAMS.items()}
    return {name: lambda run=run: suffer_run(run[0](), run[1]) for name, run in RUNS.items()}


def suffer(text: str) -> None:
    try:
        str(evaluate(text, DATA))
    except AlurError as refusal:
        require_short(refusal)


def suffer_script(text: str) -> None:
    data = dict(DATA)
    try:
        execute(text, data)
        values.dumps({name: value for name, value in data.items() if name not in DATA})
    except AlurError as refusal:
        require_short(refusal)


def suffer_diagram(source: bytes) -> None:
    report = check(source)
    assert sum(len(str(finding.message)) for finding in report.findings) < 10_000_000


def suffer_run(source: bytes, reason: str) -> None:
    (program,) = check(source).programs
    try:
        Execution.start(program, {"b": list(range(2000))})
    except AlurError as refusal:
        require_short(refusal)
        assert reason in str(refusal), refusal
    else:
        raise AssertionError("it was not contained")


def require_short(refusal: AlurError) -> None:
    assert len(str(refusal)) < 1000


def be_attacked(kind: str) -> None:
    check(SKP.encode())  # what every process has at rest: the schema, the library
    at_rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, attack in attacks(kind).items():
        child = os.fork()
        if child == 0:
            alone(attack)
        _, ended, used = os.wait4(child, 0)
        suffered = {
            "broken": ended,
            "seconds": used.ru_utime + used.ru_stime,
            "megabytes": (used.ru_maxrss - at_rest) // 1024,
        }
        sys.stdout.write(json.dumps([name, suffered]) + "\n")


def alone(attack: Callable[[], None]) -> None:
    """One attack; what is unexpected ends the process with another number than 0."""
    resource.setrlimit(resource.RLIMIT_CPU, (4 * SECONDS, 4 * SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
    try:
        attack()
    except BaseException as error:
        sys.stderr.write(f"{error!r}\n"[:2000])
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    be_attacked(sys.argv[1])
