"""Processes that call others, joined to one diagram in which no two ids are the same."""

import pytest

from bpmn.calls import called_among, called_keys, with_called
from bpmn.elements import diagrams
from bpmn.reading import read

FILE = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="utama" isExecutable="true">
    <startEvent id="s" /><callActivity id="panggil" calledElement="anak" />
    <callActivity id="lagi" calledElement="anak" /><endEvent id="e" />
    <sequenceFlow id="f1" sourceRef="s" targetRef="panggil" />
    <sequenceFlow id="f2" sourceRef="panggil" targetRef="lagi" />
    <sequenceFlow id="f3" sourceRef="lagi" targetRef="e" />
  </process>
  <process id="anak" isExecutable="true">
    <extensionElements><camunda:properties>
      <camunda:property name="alur:calendar" value="working" />
      <camunda:property name="alur:waitLimit" value="P1D" />
      <camunda:property name="alur:distinct" value="L,M" />
    </camunda:properties></extensionElements>
    <laneSet id="ls"><lane id="L"><flowNodeRef>s</flowNodeRef><flowNodeRef> t </flowNodeRef>
      <flowNodeRef>e</flowNodeRef><flowNodeRef>cucu</flowNodeRef></lane></laneSet>
    <dataObject id="nilai" /><dataObjectReference id="ref" dataObjectRef="nilai" />
    <startEvent id="s" /><userTask id="t" default="g3">
      <extensionElements><camunda:formData><camunda:formField id="t" type="string" />
      </camunda:formData></extensionElements></userTask>
    <boundaryEvent id="b" attachedToRef="t"><timerEventDefinition>
      <timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
    <subProcess id="dalam"><startEvent id="d" /></subProcess>
    <callActivity id="cucu" calledElement="cucu" /><endEvent id="e" />
    <sequenceFlow id="g1" sourceRef="s" targetRef="t" />
    <sequenceFlow id="g3" sourceRef="t" targetRef="cucu" />
    <sequenceFlow id="g4" sourceRef="cucu" targetRef="e" />
  </process>
  <process id="cucu" isExecutable="true">
    <startEvent id="s" /><userTask id="t" /><endEvent id="e" />
    <sequenceFlow id="h1" sourceRef="s" targetRef="t" />
    <sequenceFlow id="h2" sourceRef="t" targetRef="e" />
  </process>
</definitions>"""


@pytest.fixture
def known():
    return {diagram.key: diagram for diagram in diagrams(read(FILE))}


@pytest.fixture
def joined(known):
    return with_called(known["utama"], called_among(known["utama"], known))


def test_what_is_called_is_found_once_however_far_down(known):
    assert called_keys(known["utama"]) == ("anak",)
    assert [one.key for one in called_among(known["utama"], known)] == ["anak", "cucu"]
    assert called_among(known["utama"], {}) == []


def test_the_parts_of_a_called_process_stand_behind_its_key(joined):
    assert {"t", "utama:t"}.isdisjoint(joined.nodes)
    assert {"panggil", "anak:t", "anak:dalam", "anak:d", "cucu:t"} <= joined.nodes.keys()
    assert joined.nodes["anak:t"].default == "anak:g3"
    assert joined.nodes["anak:b"].attached_to == "anak:t"
    assert [flow.target for flow in joined.outgoing("anak:t")] == ["anak:cucu"]
    assert joined.lane_of("anak:t").id == "anak:L"


def test_the_scope_of_a_called_node_is_its_key_and_of_an_inner_one_its_subprocess(joined):
    assert joined.nodes["panggil"].scope == ""
    assert joined.nodes["anak:t"].scope == "anak"
    assert joined.nodes["anak:d"].scope == "anak:dalam"


def test_fields_and_data_objects_keep_their_names_which_are_names_of_data(joined):
    assert [field.id for field in joined.nodes["anak:t"].form] == ["t"]
    (anak, _) = joined.called
    assert [e.get("id") for e in anak.xml.iter("{*}dataObject")] == ["nilai"]
    assert [e.get("dataObjectRef") for e in anak.xml.iter("{*}dataObjectReference")] == ["nilai"]


def test_clocks_and_waiting_limits_are_those_of_the_called_process(joined):
    assert joined.clock() == "elapsed"
    assert joined.clock(joined.nodes["anak:b"]) == "working"
    assert joined.wait_limit("anak:t") == "P1D"
    assert joined.wait_limit("cucu:t") is None


def test_the_lanes_that_must_differ_are_told_for_each_process(joined):
    assert joined.apart == (("anak:L", "anak:M"),)


def test_the_first_task_may_stand_in_a_called_process(joined):
    assert joined.first_tasks == ("anak:t",)


def test_what_is_done_in_a_called_process_shows_at_the_calls(joined):
    assert joined.shown_as("panggil") == ("panggil",)
    assert joined.shown_as("anak:t") == ("panggil", "lagi")
    assert joined.shown_as("cucu:t") == ("panggil", "lagi")


def test_joining_leaves_the_processes_as_they_were(known, joined):
    assert "t" in known["anak"].nodes
    assert known["anak"].xml.find("{*}userTask").get("id") == "t"
    assert with_called(known["cucu"], []) is known["cucu"]


def test_the_case_goes_on_behind_a_call_that_has_no_task_for_a_person(known):
    source = FILE.replace(b'<userTask id="t" />', b'<manualTask id="t" />')
    source = source.replace(b'calledElement="anak"', b'calledElement="kosong"')
    found = {diagram.key: diagram for diagram in diagrams(read(source))}
    assert found["utama"].first_tasks == ()
