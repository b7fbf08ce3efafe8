"""Whether data is there where it is read, and who writes it: the rules on the flow of data."""

import pytest

from bpmn.elements import diagrams
from bpmn.reading import read
from engine import data_flow, side_by_side


def field(name: str, *properties: str, constraints: str = "") -> str:
    """A form with one field; each property as "prefill=nama"."""
    pairs = (said.partition("=") for said in properties)
    said = "".join(f'<camunda:property id="{n}" value="{v}" />' for n, _, v in pairs)
    said = f"<camunda:properties>{said}</camunda:properties>" if said else ""
    if constraints:
        said += (
            f'<camunda:validation><camunda:constraint name="{constraints}" /></camunda:validation>'
        )
    return (
        f'<camunda:formData><camunda:formField id="{name}" type="string">{said}'
        "</camunda:formField></camunda:formData>"
    )


@pytest.fixture
def judge(draw):
    """``judge(rule, text)``: what one rule finds, as (rule, element, severity)."""

    def _judge(rule, text):
        found = rule(diagrams(read(draw(text)))[0])
        return [(f.rule, f.element, f.severity.value) for f in found]

    return _judge


DECIDED = f"""
    startEvent s
    userTask a
        {field("pagu")}
    exclusiveGateway x
    userTask b
        {field("alasan")}
    exclusiveGateway m
    userTask c
    exclusiveGateway y
    endEvent e
    endEvent f
    s -> a -> x
    x -> b if pagu == "1"
    x -> m if pagu == "2"
    b -> m -> c -> y
    y -> e if pagu == "1"
    y -> f if pagu == "2"
"""


def test_what_every_way_gives_before_it_is_read_is_sound(judge):
    assert judge(data_flow.later_name, DECIDED) == []
    assert judge(data_flow.perhaps_missing, DECIDED) == []


def test_what_is_given_only_behind_is_blocking_where_it_is_read(judge):
    text = DECIDED.replace('x -> b if pagu == "1"', 'x -> b if hasil == "1"')
    text = text.replace("userTask c", f"userTask c\n{field('hasil')}")
    assert judge(data_flow.later_name, text) == [("later-name", "x_b", "blocking")]
    assert judge(data_flow.perhaps_missing, text) == []


def test_what_only_one_way_gives_is_said_with_the_way_that_does_not(judge, draw):
    text = DECIDED.replace('y -> e if pagu == "1"', 'y -> e if alasan == "1"')
    assert judge(data_flow.later_name, text) == []
    assert judge(data_flow.perhaps_missing, text) == [("perhaps-missing", "y_e", "warning")]
    (finding,) = data_flow.perhaps_missing(diagrams(read(draw(text)))[0])
    assert finding.path == (
        *("s", "s_a", "a", "a_x", "x", "x_m", "m", "m_c", "c", "c_y", "y", "y_e"),
    )


def test_a_rule_of_a_form_may_name_what_a_later_round_gives(judge):
    shown = field("catatan", "prefill=alasan")
    text = DECIDED.replace(f"userTask a\n        {field('pagu')}", f"userTask a\n{shown}")
    text = text.replace("pagu", "catatan").replace("y -> f", "y -> a")
    assert judge(data_flow.later_name, text) == []
    assert judge(data_flow.perhaps_missing, text) == []
    straight = text.replace("y -> a", "y -> f")
    assert judge(data_flow.later_name, straight) == [("later-name", "a", "blocking")]


def test_a_field_of_the_form_itself_is_known_to_its_rules(judge):
    text = DECIDED.replace(field("pagu"), field("pagu", "visibleIf=pagu == null"))
    assert judge(data_flow.later_name, text) == []


def test_what_branches_give_side_by_side_is_there_behind_their_join(judge):
    text = f"""
        startEvent s
        parallelGateway x
        userTask a
            {field("satu")}
        userTask b
            {field("dua")}
        parallelGateway m
        exclusiveGateway y
        endEvent e
        endEvent f
        s -> x -> a -> m -> y
        x -> b -> m
        y -> e if satu == dua
        y -> f if satu != dua
    """
    assert judge(data_flow.perhaps_missing, text) == []
    # An inclusive gateway may leave one of them out.
    some = text.replace("parallel", "inclusive")
    assert {found[1] for found in judge(data_flow.perhaps_missing, some)} == {"y_e", "y_f"}


def test_a_script_knows_what_its_own_lines_have_written(judge):
    text = """
        startEvent s
        scriptTask a scriptFormat=python
            <script>x = 1
y = x + 1</script>
        endEvent e
        s -> a -> e
    """
    text = text.replace("\ny =", "&#10;y =")
    assert judge(data_flow.later_name, text) == []
    assert judge(data_flow.later_name, text.replace("x = 1", "x = x + 1")) == [
        ("later-name", "a", "blocking")
    ]


def test_the_data_of_a_subprocess_comes_out_of_it_and_what_is_around_goes_in(judge):
    text = """
        property alur:receives=awal
        startEvent s
        subProcess u
            <startEvent id="t" />
            <scriptTask id="k" scriptFormat="python"><script>hasil = awal</script></scriptTask>
            <endEvent id="z" />
            <sequenceFlow id="t_k" sourceRef="t" targetRef="k" />
            <sequenceFlow id="k_z" sourceRef="k" targetRef="z" />
        exclusiveGateway y
        endEvent e
        endEvent f
        s -> u -> y
        y -> e if hasil == 1
        y -> f if hasil == 2
    """
    assert judge(data_flow.later_name, text) == []
    assert judge(data_flow.perhaps_missing, text) == []


PARALLEL = f"""
    startEvent s
    parallelGateway x
    userTask a
        {field("catatan")}
    userTask b
        {field("lain")}
    parallelGateway m
    userTask c
        {field("catatan")}
    endEvent e
    s -> x -> a -> m -> c -> e
    x -> b -> m
"""


def test_branches_that_write_names_of_their_own_are_sound(judge):
    assert judge(side_by_side.parallel_writes, PARALLEL) == []


def test_two_branches_that_write_one_name_are_said_with_both(judge, draw):
    text = PARALLEL.replace('id="lain"', 'id="catatan"')
    assert judge(side_by_side.parallel_writes, text) == [("parallel-writes", "b", "warning")]
    (finding,) = side_by_side.parallel_writes(diagrams(read(draw(text)))[0])
    assert '"catatan"' in str(finding.message)
    assert '"a"' in str(finding.message)


def test_a_field_that_is_only_shown_is_not_written(judge):
    text = PARALLEL.replace(field("lain"), field("catatan", constraints="readonly"))
    assert judge(side_by_side.parallel_writes, text) == []


def test_what_an_event_begins_beside_its_task_runs_beside_it(judge):
    text = (
        PARALLEL
        + f"""
        boundaryEvent w attachedToRef=c cancelActivity=false
            timer timeDuration PT1H
        userTask d
            {field("catatan")}
        w -> d -> e
    """
    )
    assert judge(side_by_side.parallel_writes, text) == [("parallel-writes", "d", "warning")]
    assert judge(side_by_side.parallel_writes, text.replace(" cancelActivity=false", "")) == []


def test_what_the_start_form_gives_is_there_on_every_way(judge):
    text = DECIDED.replace("startEvent s", f"startEvent s\n{field('alasan')}")
    text = text.replace(f"userTask b\n        {field('alasan')}", "userTask b")
    text = text.replace('y -> e if pagu == "1"', 'y -> e if alasan == "1"')
    for rule in (data_flow.later_name, data_flow.perhaps_missing):
        assert judge(rule, text) == []


def test_a_rule_of_a_start_form_that_reads_what_is_asked_later_is_blocking(judge):
    text = DECIDED.replace("startEvent s", f"startEvent s\n{field('asal', 'prefill=alasan')}")
    assert judge(data_flow.later_name, text) == [("later-name", "s", "blocking")]


CALLED = """
    process id=anak
    startEvent s
        <camunda:formData><camunda:formField id="angka" type="long"><camunda:validation><camunda:constraint name="required" /></camunda:validation></camunda:formField><camunda:formField id="catatan" type="text" /></camunda:formData>
    endEvent e
    s -> e
"""  # noqa: E501 — a line of the drawing is a line here
CALLING = f"""
    startEvent s
        {field("nomor")}
    callActivity k calledElement=anak
        PASSED
    endEvent e
    s -> k -> e
"""


@pytest.mark.parametrize(
    ("passed", "given", "found"),
    [
        ('<camunda:in source="nomor" target="angka" />', "nomor", []),
        ('<camunda:in variables="all" />', "angka", []),
        ("", "angka", []),
        ('<camunda:in source="nomor" target="nomor" />', "nomor", ["k"]),
        ('<camunda:out source="catatan" target="hasil" />', "nomor", ["k"]),
    ],
)
def test_a_call_brings_what_the_start_form_of_the_called_process_requires(
    draw, passed, given, found
):
    text = CALLING.replace("PASSED", passed).replace('id="nomor"', f'id="{given}"')
    calling, called = (diagrams(read(draw(one)))[0] for one in (text, CALLED))
    findings = [*data_flow.start_data(calling, {"anak": called})]
    assert [(f.rule, f.element, f.severity.value) for f in findings] == [
        ("start-data", element, "blocking") for element in found
    ]
