from bpmn.rules import data

DRAWN = """
    <dataObject id="d" />
    <dataObjectReference id="r" dataObjectRef="d" />
    userTask a
        <dataInputAssociation id="i"><sourceRef>r</sourceRef></dataInputAssociation>
        <dataOutputAssociation id="o"><targetRef>r</targetRef></dataOutputAssociation>
    subProcess x
        <task id="b"><dataOutputAssociation><targetRef>d</targetRef></dataOutputAssociation></task>
"""


def test_data_in_sight_is_sound(judge):
    assert judge(data.data_reference, DRAWN) == []
    assert judge(data.data_association, DRAWN) == []


def test_a_reference_to_no_data_object_is_an_error(judge):
    for wrong in ("lain", "a"):
        found = judge(data.data_reference, DRAWN.replace('Ref="d"', f'Ref="{wrong}"'))
        assert found == [("data-reference", "r", "error")]


def test_an_association_with_what_is_no_data_is_an_error(judge):
    text = DRAWN.replace("<sourceRef>r<", "<sourceRef>a<")
    assert judge(data.data_association, text) == [("data-association", "i", "error")]
    text = DRAWN.replace('"o"><targetRef>r<', '"o"><targetRef>lain<')
    assert judge(data.data_association, text) == [("data-association", "o", "error")]


def test_an_association_with_data_inside_a_subprocess_beside_it_is_an_error(judge):
    text = DRAWN.replace('<task id="b">', '<dataObject id="z" /><task id="b">')
    assert judge(data.data_association, text.replace(">d<", ">z<")) == []
    found = judge(data.data_association, text.replace("<sourceRef>r<", "<sourceRef>z<"))
    assert found == [("data-association", "i", "error")]


def test_an_association_without_an_id_is_told_of_its_node(judge):
    found = judge(data.data_association, DRAWN.replace(">d<", ">lain<"))
    assert found == [("data-association", "b", "error")]


def test_a_data_store_is_in_sight_everywhere(judge):
    text = DRAWN.replace('<task id="b">', '<dataStoreReference id="z" /><task id="b">')
    assert judge(data.data_association, text.replace("<sourceRef>r<", "<sourceRef>z<")) == []
