"""Every type and property of the descriptors has a judgement, and the rules speak by it.

The descriptors are those that the modelers themselves are built on; `make setup` brings them.
"""

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from bpmn.elements import File
from bpmn.judgement import Judgement, Vocabulary, vocabulary
from bpmn.reading import BPMN, CAMUNDA, read
from bpmn.rules import check_drawing, check_file
from bpmn.vocabulary import VOCABULARIES

MODULES = Path(__file__).parents[2] / "web" / "frontend" / "node_modules"
EXECUTED, IGNORED, REFUSED, _ = Judgement


def described(*path: str) -> dict[str, dict]:
    """The types of a descriptor by name; without the file all tests here fail."""
    text = MODULES.joinpath(*path).read_text(encoding="utf-8")
    return {kind["name"]: kind for kind in json.loads(text)["types"]}


DESCRIPTORS = {
    "bpmn": described("bpmn-moddle", "resources", "bpmn", "json", "bpmn.json"),
    "camunda": described("camunda-bpmn-moddle", "resources", "camunda.json"),
}
WORDS = {"bpmn": VOCABULARIES[BPMN], "camunda": VOCABULARIES[CAMUNDA[0]]}
# The schema of the standard calls it so, the descriptor has it in the plural.
OF_THE_SCHEMA = {("Participant", "endPointRef")}


def types() -> Iterator[tuple[str, str]]:
    for prefix, described_types in DESCRIPTORS.items():
        for name in described_types:
            yield prefix, name


def properties() -> Iterator[tuple[str, str, str]]:
    for prefix, name in types():
        for each in DESCRIPTORS[prefix][name].get("properties", []):
            yield prefix, name, each["name"].removeprefix("camunda:")


def one_property(prefix: str, owner: str, name: str) -> dict:
    listed = DESCRIPTORS[prefix][owner].get("properties", [])
    return next((p for p in listed if p["name"].removeprefix("camunda:") == name), {})


def has_no_element(prefix: str, name: str) -> bool:
    kind = DESCRIPTORS[prefix][name]
    return bool(kind.get("isAbstract") or kind.get("extends"))


def is_part(prefix: str, each: dict) -> bool:
    """Whether a property holds elements that are named after their own type."""
    plain = {"isAttr", "isReference", "isBody", "isVirtual", "xml"} & each.keys()
    return not plain and each["type"] in DESCRIPTORS[prefix]


def above(prefix: str, name: str) -> Iterator[tuple[str, str]]:
    """A type, all that it inherits from, and what extends any of these."""
    yield prefix, name
    for higher in DESCRIPTORS[prefix].get(name, {}).get("superClass", []):
        if higher != "Element":
            other, _, bare = higher.rpartition(":")
            yield from above(other or prefix, bare)
    for lender, kind in DESCRIPTORS["camunda"].items():
        if f"{prefix}:{name}" in kind.get("extends", []):
            yield from above("camunda", lender)


@pytest.mark.parametrize(("prefix", "name"), [*types()])
def test_every_type_of_the_descriptors_has_a_judgement(prefix, name):
    words = WORDS[prefix]
    if has_no_element(prefix, name):
        assert name in words.lent
    else:
        assert name in words.types.keys() - words.lent


@pytest.mark.parametrize(("prefix", "owner", "name"), [*properties()])
def test_every_property_of_the_descriptors_has_a_judgement(prefix, owner, name):
    words = WORDS[prefix]
    judged_as_a_whole = words.types.get(owner, EXECUTED) is not EXECUTED
    judged_by_type = is_part(prefix, one_property(prefix, owner, name))
    assert (owner, name) in words.words or judged_as_a_whole or judged_by_type


@pytest.mark.parametrize("prefix", WORDS)
def test_no_judgement_is_on_a_type_that_the_descriptors_do_not_have(prefix):
    words = WORDS[prefix]
    assert words.types.keys() | words.lent <= DESCRIPTORS[prefix].keys()


@pytest.mark.parametrize("prefix", WORDS)
def test_no_judgement_is_on_a_property_that_the_descriptors_do_not_have(prefix):
    known = {(owner, name) for at, owner, name in properties() if at == prefix}
    others = WORDS[prefix].words.keys() - known - OF_THE_SCHEMA
    extensions = {name for at, _, name in properties() if at == "camunda"}
    extensions |= {name[0].lower() + name[1:] for name in DESCRIPTORS["camunda"]}
    for owner, name in others:  # an extension that is judged otherwise in a type of BPMN
        assert prefix == "camunda"
        assert owner in DESCRIPTORS["bpmn"]
        assert name in extensions


def test_a_property_that_is_judged_twice_is_a_mistake_in_the_table():
    with pytest.raises(ValueError, match=r"Task\.name"):
        vocabulary("bpmn", {EXECUTED: "Task: name", REFUSED: "Task: name=x"})


@pytest.mark.parametrize(("prefix", "name"), [*types()])
def test_an_inherited_property_is_judged_as_at_the_type_that_defines_it(prefix, name):
    if WORDS[prefix].types.get(name) is not EXECUTED or has_no_element(prefix, name):
        return
    for at, owner in above(prefix, name):
        words = WORDS[at]
        for (definer, each), word in words.words.items():
            if definer == owner:
                wanted = words.words.get((name, each), word)
                assert words.attribute(each, tag(name)) == wanted, each
                if not one_property(at, owner, each).get("isAttr"):
                    assert words.element(each, tag(name)) is wanted.judgement, each


SCHEMA = importlib.metadata.distribution("SpiffWorkflow").locate_file(
    "SpiffWorkflow/bpmn/parser/schema/Semantic.xsd"
)
XSD = "{http://www.w3.org/2001/XMLSchema}"
# Elements of the schema that only others stand for.
ABSTRACT = {*"artifact conversationNode eventDefinition flowElement loopCharacteristics".split()}


def of_the_schema() -> list[tuple[str, str, bool]]:
    """What may stand in an executed type: the type, the name, whether it is an attribute."""
    found = []
    for kind in etree.parse(str(SCHEMA)).iter(f"{XSD}complexType"):
        owner = (kind.get("name") or "t")[1:]
        if WORDS["bpmn"].types.get(owner) is EXECUTED:
            parts = list(kind.iter(f"{XSD}element", f"{XSD}attribute"))
            for part in parts:
                name = part.get("name") or part.get("ref", "").rpartition(":")[2]
                if name and name not in ABSTRACT:
                    found.append((owner, name, part.tag == f"{XSD}attribute"))
    return found


@pytest.mark.parametrize(("owner", "name", "is_attribute"), of_the_schema())
def test_what_the_schema_of_the_standard_allows_is_known(owner, name, is_attribute):
    words = WORDS["bpmn"]
    judgement = words.element(name, tag(owner))
    if is_attribute:
        judgement = words.attribute(name, tag(owner)).judgement
    assert judgement is not Judgement.UNKNOWN


# From here on: a smallest diagram for each name, and what the rules say of it.

AT_ROOT = {"RootElement", "Import", "Extension", "Relationship"}


def tag(name: str) -> str:
    return name[0].lower() + name[1:]


def host(prefix: str, owner: str) -> tuple[str, str]:
    """An element on which a property can be written: of its type, or of one that has it too."""
    if not has_no_element(prefix, owner):
        return prefix, owner
    heirs = [(at, name) for at, name in types() if (prefix, owner) in above(at, name)]
    usable = [(at, name) for at, name in heirs if not has_no_element(at, name)]
    if WORDS[prefix].types.get(owner, EXECUTED) is EXECUTED:
        usable = [(at, name) for at, name in usable if WORDS[at].types[name] is EXECUTED]
    return usable[0] if usable else ("bpmn", "UserTask")


def with_id(own: str, attributes: str) -> str:
    return attributes if attributes.startswith("id=") else f"id='{own}' {attributes}"


def drawn(at: tuple[str, str], part: str = "", attributes: str = "") -> bytes:
    """A file with one element ``x`` of a type, in the place that is least in the way."""
    prefix, name = at
    written = f"<{prefix}:{tag(name)} {with_id('x', attributes)}>{part}</{prefix}:{tag(name)}>"
    process, root, own = written, "", ""
    if prefix == "camunda":
        inner = f"<bpmn:extensionElements>{written}</bpmn:extensionElements>"
        around = "callActivity" if name in ("In", "Out") else "userTask"
        process = f"<bpmn:{around} id='y'>{inner}</bpmn:{around}>"
    elif name == "Process":
        process, own = part, attributes
    elif name == "Definitions":
        process, root = "", part
    elif AT_ROOT & {higher for _, higher in above(prefix, name)}:
        process, root = "", written
    head = f"<bpmn:definitions xmlns:bpmn='{BPMN}' xmlns:camunda='{CAMUNDA[0]}' "
    head += with_id("d", attributes if (prefix, name) == ("bpmn", "Definitions") else "")
    own = with_id("p", own)
    data = "<bpmn:dataObject id='v' />"
    inside = f"{root}<bpmn:process {own}>{process}{data}</bpmn:process>"
    return f"{head}>{inside}</bpmn:definitions>".encode()


def with_property(prefix: str, owner: str, name: str, value: str = "v") -> bytes:
    at, each = host(prefix, owner), one_property(prefix, owner, name)
    if each.get("isAttr"):
        lent = "camunda:" if prefix == "camunda" and at[0] == "bpmn" else ""
        return drawn(at, attributes=f"{lent}{name}='{value}'")
    if each.get("isBody") or name == "values":
        return drawn(at, part="v")
    return drawn(at, part=f"<{prefix}:{name}>{value}</{prefix}:{name}>")


def said(source: bytes) -> set[tuple[str, str]]:
    """The severity and the text of all findings on the drawing and its file."""
    file = File(read(source))
    (diagram,) = file.diagrams
    findings = [*check_file(file), *check_drawing(diagram)]
    assert all(finding.element for finding in findings if finding.rule == "unsupported")
    return {(finding.severity.value, str(finding.message)) for finding in findings}


def verdict(judgement: Judgement, name: str) -> set[tuple[str, str]]:
    return {
        EXECUTED: set(),
        IGNORED: {("warning", f"{name} diabaikan oleh Alur.")},
        REFUSED: {("error", f"Belum dapat dijalankan: {name}.")},
    }[judgement]


def verdicts(name: str) -> set[tuple[str, str]]:
    """All that could be said of a name."""
    unknown = {("error", f"{name} tidak dikenal di sini.")}
    return verdict(IGNORED, name) | verdict(REFUSED, name) | unknown


def told(prefix: str, owner: str, name: str, value: str = "v") -> str:
    is_bare = prefix == "bpmn" and one_property(prefix, owner, name).get("isAttr")
    shown = f"={value}" if WORDS[prefix].words[owner, name].usual else ""
    return f"{'' if is_bare else prefix + ':'}{name}{shown}"


def with_elements() -> list[tuple[str, str]]:
    return [(prefix, name) for prefix, name in types() if not has_no_element(prefix, name)]


@pytest.mark.parametrize(("prefix", "name"), with_elements())
def test_a_diagram_with_an_element_gets_what_its_type_is_judged(prefix, name):
    if (prefix, name) == ("bpmn", "DataInputAssociation"):
        source = drawn((prefix, name), "<bpmn:sourceRef>v</bpmn:sourceRef>")
    elif (prefix, name) == ("bpmn", "DataOutputAssociation"):
        source = drawn((prefix, name), "<bpmn:targetRef>v</bpmn:targetRef>")
    else:
        source = drawn((prefix, name))
    spoken = f"{prefix}:{tag(name)}"
    wanted = verdict(WORDS[prefix].types[name], spoken)
    assert said(source) & verdicts(spoken) == wanted


def listed() -> list[tuple[str, str, str]]:
    """The properties with a judgement of their own that a file can show."""
    return [
        (prefix, owner, name)
        for prefix, owner, name in properties()
        if (owner, name) in WORDS[prefix].words
    ]


@pytest.mark.parametrize(("prefix", "owner", "name"), listed())
def test_a_diagram_with_a_property_gets_what_it_is_judged(prefix, owner, name):
    spoken = told(prefix, owner, name)
    wanted = verdict(WORDS[prefix].words[owner, name].judgement, spoken)
    assert said(with_property(prefix, owner, name)) & verdicts(spoken) == wanted


def usual() -> Iterator[tuple[str, str, str, str]]:
    for prefix, owner, name in listed():
        for value in sorted(WORDS[prefix].words[owner, name].usual):
            yield prefix, owner, name, value


@pytest.mark.parametrize(("prefix", "owner", "name", "value"), [*usual()])
def test_a_diagram_with_a_usual_value_of_a_property_is_sound(prefix, owner, name, value):
    spoken = told(prefix, owner, name, value)
    assert not said(with_property(prefix, owner, name, value)) & verdicts(spoken)


def unlisted() -> list[tuple[str, str, str]]:
    """The properties that have the judgement of their type."""
    return [
        (prefix, owner, name)
        for prefix, owner, name in properties()
        if (owner, name) not in WORDS[prefix].words
        and WORDS[prefix].types.get(owner, EXECUTED) is not EXECUTED
    ]


@pytest.mark.parametrize(("prefix", "owner", "name"), unlisted())
def test_a_property_of_what_is_refused_or_ignored_is_so_with_it(prefix, owner, name):
    at = host(prefix, owner)
    spoken = f"{at[0]}:{tag(at[1])}"
    wanted = verdict(WORDS[prefix].types[owner], spoken)
    assert wanted
    assert wanted <= said(with_property(prefix, owner, name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<bpmn:userTask id='x' warna='biru' />", "warna"),
        ("<bpmn:userTask id='x' camunda:warna='biru' />", "camunda:warna"),
        ("<bpmn:userTask id='x' bpmn:default='v' />", "bpmn:default"),
        ("<bpmn:tugas id='x' />", "bpmn:tugas"),
        ("<bpmn:flowNode id='x' />", "bpmn:flowNode"),
        (
            "<bpmn:task id='x'><bpmn:extensionElements><camunda:warna />"
            "</bpmn:extensionElements></bpmn:task>",
            "camunda:warna",
        ),
    ],
)
def test_what_no_descriptor_has_is_an_error(text, name):
    head = f"<bpmn:definitions xmlns:bpmn='{BPMN}' xmlns:camunda='{CAMUNDA[0]}'>"
    source = f"{head}<bpmn:process id='p'>{text}</bpmn:process></bpmn:definitions>".encode()
    assert ("error", f"{name} tidak dikenal di sini.") in said(source)


def test_an_extension_with_its_attributes_in_a_namespace_is_an_error():
    """They are read without one, so that these would be dropped in silence."""
    source = drawn(("camunda", "In"), attributes="camunda:source='v' operaton:target='v'")
    source = source.replace(b" xmlns:", f" xmlns:operaton='{CAMUNDA[1]}' xmlns:".encode(), 1)
    found = said(source)
    for name in ("camunda:source", "camunda:target"):
        assert ("error", f"{name} tidak dikenal di sini.") in found


def test_only_a_property_may_have_the_name_of_the_placeholder():
    placeholder = "name='__targetRef_placeholder'"
    assert said(drawn(("bpmn", "Property"), attributes=placeholder)) == said(
        drawn(("bpmn", "Group"))
    )
    found = said(drawn(("bpmn", "Transaction"), attributes=placeholder))
    assert verdict(REFUSED, "bpmn:transaction") <= found


def test_what_is_told_of_a_value_has_a_bounded_length():
    found = said(drawn(("bpmn", "Task"), attributes=f"startQuantity='{'9' * 1000}'"))
    assert verdict(REFUSED, f"startQuantity={'9' * 60}") <= found


def test_operaton_says_the_same_as_camunda():
    camunda, operaton = (VOCABULARIES[namespace] for namespace in CAMUNDA)
    assert camunda == operaton
    source = with_property("camunda", "ServiceTaskLike", "class")
    other = source.replace(CAMUNDA[0].encode(), CAMUNDA[1].encode())
    assert said(source) == said(other)


def test_an_extension_where_nobody_reads_it_is_an_error():
    passed = "<camunda:in variables='all' />"
    extensions = f"<bpmn:extensionElements>{passed}</bpmn:extensionElements>"
    refused = drawn(("bpmn", "SignalEventDefinition"), extensions)
    assert verdict(REFUSED, "camunda:in") <= said(refused)
    assert not verdicts("camunda:in") & said(drawn(("bpmn", "CallActivity"), extensions))


def test_a_form_at_the_start_is_read_as_one_of_a_task():
    form = "<bpmn:extensionElements><camunda:formData /></bpmn:extensionElements>"
    for at in ("StartEvent", "UserTask"):
        assert not verdicts("camunda:formData") & said(drawn(("bpmn", at), form))


@pytest.mark.parametrize(
    ("at", "attribute"),
    [
        ("ServiceTask", "assignee"),
        ("SendTask", "candidateGroups"),
        ("SubProcess", "formKey"),
        ("UserTask", "topic"),
        ("CallActivity", "collection"),
        ("StandardLoopCharacteristics", "elementVariable"),
    ],
)
def test_an_attribute_where_nobody_reads_it_is_a_warning(at, attribute):
    source = drawn(("bpmn", at), attributes=f"camunda:{attribute}='v'")
    assert verdict(IGNORED, f"camunda:{attribute}") <= said(source)


@pytest.mark.parametrize("name", ["in", "out", "formData"])
def test_an_element_where_nobody_reads_it_is_a_warning(name):
    extensions = f"<bpmn:extensionElements><camunda:{name} /></bpmn:extensionElements>"
    source = drawn(("bpmn", "ServiceTask"), extensions)
    assert verdict(IGNORED, f"camunda:{name}") <= said(source)


def test_a_form_key_at_the_start_is_an_error():
    source = drawn(("bpmn", "StartEvent"), attributes="camunda:formKey='alur:skp'")
    assert verdict(REFUSED, "camunda:formKey") <= said(source)


@pytest.mark.parametrize("around", ["subProcess", "transaction", "adHocSubProcess"])
def test_what_stands_in_a_subprocess_is_judged_too(around):
    inner = "<bpmn:userTask id='y' camunda:formRef='f' />"
    source = drawn(("bpmn", around[0].upper() + around[1:]), inner)
    assert verdict(REFUSED, "camunda:formRef") <= said(source)


def test_a_word_is_read_from_one_line_of_its_table():
    made = vocabulary("b", {EXECUTED: "+Node: id\nTask: kind", REFUSED: "Task: count=1 class"})
    assert isinstance(made, Vocabulary)
    assert made.element("task", "process") is EXECUTED
    assert made.element("node", "process") is Judgement.UNKNOWN
    assert made.attribute("count", "task").usual == {"1"}
    assert made.attribute("id", "task").judgement is EXECUTED
