import pytest

from bpmn.rules import loops


def standard(inner: str = "", attributes: str = "", host: str = "userTask a") -> str:
    tag = "standardLoopCharacteristics"
    return f"{host}\n<{tag} {attributes}>{inner}</{tag}>"


def several(inner: str = "", attributes: str = "", host: str = "userTask a") -> str:
    tag = "multiInstanceLoopCharacteristics"
    return f"{host}\n<{tag} {attributes}>{inner}</{tag}>"


COUNT = "<loopCardinality>3</loopCardinality>"
LIST = '<loopDataInputRef>daftar</loopDataInputRef><inputDataItem id="i" name="satu" />'
CAMUNDA_LIST = 'camunda:collection="daftar"'


def test_an_activity_that_is_repeated_in_one_way_is_sound(judge):
    assert judge(loops.one_loop, standard()) == []


def test_an_activity_that_is_repeated_in_two_ways_is_an_error(judge):
    found = judge(loops.one_loop, standard() + several().removeprefix("userTask a"))
    assert found == [("one-loop", "a", "error")]


@pytest.mark.parametrize("attributes", ["", 'loopMaximum="1"', 'loopMaximum="100"'])
def test_a_positive_number_of_rounds_is_sound(judge, attributes):
    assert judge(loops.loop_maximum, standard(attributes=attributes)) == []


@pytest.mark.parametrize("most", ["0", "-1", "", "00", "1.5", "tiga"])
def test_any_other_number_of_rounds_is_an_error(judge, most):
    found = judge(loops.loop_maximum, standard(attributes=f'loopMaximum="{most}"'))
    assert found == [("loop-maximum", "a", "error")]


def test_a_loop_with_a_condition_or_a_maximum_is_sound(judge):
    assert judge(loops.endless_loop, standard(attributes='loopMaximum="3"')) == []
    assert judge(loops.endless_loop, standard("<loopCondition>lagi</loopCondition>")) == []


def test_a_loop_without_condition_and_maximum_is_an_error(judge):
    assert judge(loops.endless_loop, standard()) == [("endless-loop", "a", "error")]


@pytest.mark.parametrize(("inner", "attributes"), [(COUNT, ""), (LIST, ""), ("", CAMUNDA_LIST)])
def test_several_instances_by_number_or_by_list_are_sound(judge, inner, attributes):
    assert judge(loops.how_many, several(inner, attributes)) == []
    assert judge(loops.counted_twice, several(inner, attributes)) == []


def test_several_instances_without_number_and_list_are_an_error(judge):
    assert judge(loops.how_many, several()) == [("how-many", "a", "error")]


@pytest.mark.parametrize(("inner", "attributes"), [(COUNT + LIST, ""), (COUNT, CAMUNDA_LIST)])
def test_several_instances_by_number_and_by_list_are_an_error(judge, inner, attributes):
    found = judge(loops.counted_twice, several(inner, attributes))
    assert found == [("counted-twice", "a", "error")]


def test_expressions_that_say_something_are_sound(judge):
    text = several(COUNT + "<completionCondition>cukup</completionCondition>")
    assert judge(loops.empty_expression, text) == []


@pytest.mark.parametrize("name", ["loopCardinality", "completionCondition"])
def test_an_empty_expression_is_an_error(judge, name):
    found = judge(loops.empty_expression, several(f"<{name}> </{name}>"))
    assert found == [("empty-expression", "a", "error")]


def test_a_list_and_the_name_of_its_item_are_sound_together(judge):
    assert judge(loops.loop_item, several(LIST)) == []
    assert judge(loops.loop_item, several("", CAMUNDA_LIST)) == []


@pytest.mark.parametrize(
    "inner",
    [
        "<loopDataInputRef>daftar</loopDataInputRef>",
        "<loopDataOutputRef>hasil</loopDataOutputRef>",
        '<inputDataItem id="i" />',
        '<outputDataItem id="i" />',
    ],
)
def test_a_list_without_an_item_and_an_item_without_a_list_are_errors(judge, inner):
    assert judge(loops.loop_item, several(inner)) == [("loop-item", "a", "error")]


def test_an_item_with_a_usable_name_is_sound(judge):
    assert judge(loops.item_name, several(LIST)) == []
    assert judge(loops.item_name, several("", 'camunda:elementVariable="satu"')) == []
    assert judge(loops.item_name, several(COUNT)) == []


@pytest.mark.parametrize("name", ["dua kata", "len", "_x", "if"])
def test_an_item_with_another_name_is_an_error(judge, name):
    for text in (LIST.replace("satu", name), ""):
        attributes = "" if text else f'camunda:elementVariable="{name}"'
        found = judge(loops.item_name, several(text, attributes))
        assert found == [("item-name", "a", "error")]


def test_a_subprocess_that_a_flow_leads_to_may_be_repeated(judge):
    assert judge(loops.loop_place, several(COUNT, host="subProcess x")) == []


def test_an_event_subprocess_that_is_repeated_is_an_error(judge):
    found = judge(loops.loop_place, several(COUNT, host="subProcess x triggeredByEvent=true"))
    assert found == [("loop-place", "x", "error")]


def test_a_waktu_timer_on_a_task_that_is_done_once_is_sound(judge):
    text = "userTask a\nboundaryEvent w attachedToRef=a\nproperty alur:timer=waktu"
    assert judge(loops.loop_waktu, text) == []


def test_a_waktu_timer_on_a_task_that_is_done_several_times_is_blocking(judge):
    text = several(COUNT) + "\nboundaryEvent w attachedToRef=a\nproperty alur:timer=waktu"
    assert judge(loops.loop_waktu, text) == [("loop-waktu", "w", "blocking")]
