import pytest

from bpmn.diagram import Diagram, Field, Lane, Place, Timer
from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.reading import read
from bpmn.rules import check_drawing

CAMUNDA = b"http://camunda.org/schema/1.0/bpmn"
OPERATON = b"http://operaton.org/schema/1.0/bpmn"
OFFICE = """
    property sop:nomor=92
    property alur:distinct=Pejabat, Pegawai,
    lane Staf group:umum: s a w
    lane Pejabat superior(subject): g b
    lane Pegawai: c d e r
    startEvent s
    userTask a name="Menyiapkan berkas" camunda:assignee=
        <documentation>Menyiapkan blanko.</documentation>
        property sop:output=Berkas
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        property alur:timer=waktu
        timer timeDuration PT10M
    boundaryEvent v attachedToRef=a
        timer timeDate besok
    exclusiveGateway g default=g_c
    userTask b
    userTask c camunda:candidateGroups=keuangan
    userTask d
    scriptTask n
        <script>x = 1</script>
    endEvent e
    endEvent r
        <messageEventDefinition camunda:topic="remind" />
    s -> a -> g
    g -> b if ${setuju}
    g -> c
    b -> d -> e
    w -> r
"""


@pytest.fixture
def office(view) -> Diagram:
    return view(OFFICE)


def test_lanes_are_read_in_the_order_of_the_file(office):
    assert office.lanes == (
        Lane("Staf", "Staf", "group:umum", frozenset("saw")),
        Lane("Pejabat", "Pejabat", "superior(subject)", frozenset("gb")),
        Lane("Pegawai", "Pegawai", None, frozenset("cder")),
    )
    assert office.lane_of("g") == office.lanes[1]
    assert office.lane_of("n") is None


def test_the_innermost_of_nested_lanes_wins(view):
    diagram = view("""
        <laneSet><lane id="Dinas"><flowNodeRef>a</flowNodeRef><flowNodeRef>b</flowNodeRef>
        <childLaneSet><lane id="Bidang"><flowNodeRef>b</flowNodeRef>
        <childLaneSet><lane id="Seksi"><flowNodeRef>c</flowNodeRef></lane></childLaneSet>
        </lane></childLaneSet></lane></laneSet>
        userTask a
        userTask b
        userTask c
    """)
    lanes = {node: lane.id for node in "abc" if (lane := diagram.lane_of(node))}
    assert lanes == {"a": "Dinas", "b": "Bidang", "c": "Seksi"}
    assert [lane.id for lane in diagram.lanes] == ["Dinas", "Bidang", "Seksi"]


def test_white_space_in_a_lanes_list_counts_for_nothing(draw):
    source = draw(OFFICE).replace(b"<flowNodeRef>a<", b"<flowNodeRef>\n\t a\xc2\xa0 <")
    (diagram,) = diagrams(read(source))
    lane = diagram.lane_of("a")
    assert lane is not None
    assert lane.id == "Staf"


def test_operatons_namespace_is_read_as_the_same(draw, office):
    source = draw(OFFICE)
    assert CAMUNDA in source
    (diagram,) = diagrams(read(source.replace(CAMUNDA, OPERATON)))
    assert (diagram.nodes, diagram.lanes, diagram.properties) == (
        office.nodes,
        office.lanes,
        office.properties,
    )


def test_another_namespace_is_not(draw):
    (diagram,) = diagrams(read(draw(OFFICE).replace(CAMUNDA, b"http://lain")))
    assert diagram.properties == {}
    assert diagram.nodes["c"].attributes == {}


def test_a_node_has_its_text_properties_and_attributes(office):
    node = office.nodes["a"]
    assert (node.kind, node.name) == ("userTask", "Menyiapkan berkas")
    assert node.documentation == "Menyiapkan blanko."
    assert node.properties == {"sop:output": "Berkas"}
    assert office.nodes["c"].attributes == {"candidateGroups": "keuangan"}
    assert office.nodes["n"].script == "x = 1"
    assert office.nodes["g"].default == "g_c"


def test_an_event_has_its_timer_topic_and_host(office):
    node = office.nodes["w"]
    assert (node.events, node.timer) == (("timer",), Timer("timeDuration", "PT10M"))
    assert (node.attached_to, node.interrupting, node.is_waktu) == ("a", False, True)
    other = office.nodes["v"]
    assert (other.timer, other.interrupting, other.is_waktu) == (
        Timer("timeDate", "besok"),
        True,
        False,
    )
    assert (office.nodes["r"].events, office.nodes["r"].topic) == (("message",), "remind")


def test_flows_keep_their_order_and_conditions(office):
    assert [(flow.target, flow.condition) for flow in office.outgoing("g")] == [
        ("b", "${setuju}"),
        ("c", None),
    ]
    assert office.outgoing("e") == ()


def test_the_waktu_of_a_task_is_the_name_of_its_marked_timer(office):
    assert office.waktu("a") == "10 menit"
    assert office.waktu("b") is None
    assert [event.id for event in office.boundary_events("a")] == ["w", "v"]


def test_a_task_is_done_where_its_lane_says(office):
    assert office.place("a") == Place("Staf", "group:umum")
    assert office.place("b") == Place("Pejabat", "superior(subject)")
    assert office.place("d") is None


def test_a_tasks_own_assignment_overrides_its_lane(office, view):
    assert office.place("c") == Place("c", "group:keuangan")
    diagram = view("""
        lane Staf group:umum: a
        userTask a camunda:assignee=199001012015031001 camunda:candidateGroups=keuangan
    """)
    assert diagram.place("a") == Place("a", "person:199001012015031001")


def test_places_of_work_are_lanes_with_tasks_and_tasks_of_their_own(office):
    assert office.places == {
        "Staf": Place("Staf", "group:umum"),
        "Pejabat": Place("Pejabat", "superior(subject)"),
        "c": Place("c", "group:keuangan"),
    }
    assert [office.names[key] for key in ("Staf", "a")] == ["Staf", "Menyiapkan berkas"]


def test_human_tasks_are_those_that_people_do(office):
    assert [task.id for task in office.human_tasks] == ["a", "b", "c", "d"]


def test_the_first_task_of_a_case_is_the_first_met_from_the_start(office):
    assert office.first_tasks == ("a",)


def test_several_tasks_can_be_the_first_past_gateways_and_loops(view):
    diagram = view("""
        startEvent s
        exclusiveGateway g
        scriptTask n
        parallelGateway q
        userTask a
        manualTask b
        userTask c
        s -> g -> n -> g -> q -> a -> c
        q -> b
    """)
    assert diagram.first_tasks == ("a", "b")


def test_distinct_lanes_are_listed_with_commas(office, view):
    assert office.distinct == ("Pejabat", "Pegawai")
    assert view("startEvent s").distinct == ()


@pytest.mark.parametrize(
    ("said", "executable"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_a_process_is_executable_when_it_says_so(view, said, executable):
    assert view(f"process isExecutable={said}").executable is executable


def test_every_process_of_a_file_is_read(draw):
    source = draw("startEvent s").replace(b"</definitions>", b'<process id="dua" /></definitions>')
    assert [(d.key, d.name, len(d.nodes)) for d in diagrams(read(source))] == [
        ("p", "p", 1),
        ("dua", "dua", 0),
    ]


def form(view, inner: str) -> tuple[Field, ...]:
    return view(f"userTask a\n<camunda:formData>{inner}</camunda:formData>").nodes["a"].form


def test_a_form_field_keeps_what_the_analyst_wrote(view):
    fields = form(
        view,
        '<camunda:formField id="nilai" label="Nilai SKP" type="decimal" defaultValue="0">'
        '<camunda:properties><camunda:property id="visibleIf" value="x" /></camunda:properties>'
        '<camunda:validation><camunda:constraint name="max" config="150" />'
        "</camunda:validation></camunda:formField>"
        '<camunda:formField id="berkas" type="enum"><camunda:value id="ada" name="Ada" />'
        '<camunda:value id="tidak" /></camunda:formField><camunda:formField id="lain" />',
    )
    assert fields == (
        Field("nilai", "decimal", "Nilai SKP", "0", (), {"max": "150"}, {"visibleIf": "x"}),
        Field("berkas", "enum", "berkas", choices=(("ada", "Ada"), ("tidak", "tidak"))),
        Field("lain", "string", "lain"),
    )


@pytest.mark.parametrize(
    ("constraint", "required"),
    [
        ('name="required"', True),
        ('name="required" config=""', True),
        ('name="required" config="true"', True),
        ('name="required" config="false"', False),
        ('name="required" config="False"', False),
        ('name="readonly"', False),
    ],
)
def test_a_constraint_without_config_holds(view, constraint, required):
    validation = f"<camunda:validation><camunda:constraint {constraint} /></camunda:validation>"
    (field,) = form(view, f'<camunda:formField id="x">{validation}</camunda:formField>')
    assert field.required is required
    assert set(field.constraints.values()) <= {"true", "false", "False"}


def test_a_waiting_limit_is_the_tasks_own_or_the_processs(view):
    drawn = "userTask a\nproperty alur:waitLimit=PT4H\nuserTask b"
    assert [view(drawn).wait_limit(task) for task in "ab"] == ["PT4H", None]
    drawn = f"property alur:waitLimit=P1D\n{drawn}"
    assert [view(drawn).wait_limit(task) for task in "ab"] == ["PT4H", "P1D"]


def test_what_a_service_task_gives_is_a_list_of_names(view):
    diagram = view("serviceTask a\nproperty alur:gives=nomor, tanggal,\nserviceTask b")
    assert [diagram.nodes[task].gives for task in "ab"] == [("nomor", "tanggal"), ()]


def test_the_start_that_a_timer_sets_off_is_known(view):
    assert view("startEvent s\ntimer timeCycle R/P1M").timer_start.id == "s"
    assert view("startEvent s").timer_start is None


def test_the_topic_of_a_message_stands_on_its_definition_and_of_a_task_on_itself(view):
    drawn = """
        endEvent e
            <messageEventDefinition camunda:topic="remind" />
        serviceTask a camunda:topic=arsip
        userTask b
    """
    assert [view(drawn).nodes[node].topic for node in "eab"] == ["remind", "arsip", None]


def test_a_waktu_starts_when_the_work_is_taken_up_unless_it_says_otherwise(view):
    drawn = """
        boundaryEvent v
            property alur:timer=waktu
        boundaryEvent w
            property alur:timer=waktu
            property alur:clock=arrival
        boundaryEvent x
    """
    nodes = view(drawn).nodes
    assert [nodes[node].is_waktu for node in "vwx"] == [True, True, False]
    assert [nodes[node].starts_on_take_up for node in "vwx"] == [True, False, False]


def test_a_reference_may_have_a_prefix():
    source = (
        b'<d:definitions xmlns:d="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="contoh"'
        b' targetNamespace="contoh"><d:process id="p" isExecutable="true"><d:startEvent id="s" />'
        b'<d:receiveTask id="r" messageRef="t:m" /><d:endEvent id="e" />'
        b'<d:sequenceFlow id="a" sourceRef="s" targetRef="r" />'
        b'<d:sequenceFlow id="b" sourceRef="r" targetRef="e" /></d:process>'
        b'<d:message id="m" name="surat" /></d:definitions>'
    )
    (diagram,) = diagrams(read(source))
    assert diagram.nodes["r"].reference == "surat"
    assert [f for f in check_drawing(diagram) if f.severity is Severity.ERROR] == []
