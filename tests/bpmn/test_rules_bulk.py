"""What may be done for many cases at once."""

import pytest

from bpmn.rules import bulk

NOTE = '<camunda:formData><camunda:formField id="catatan" type="{}" label="x"/></camunda:formData>'


def test_a_task_with_a_short_form_is_sound(judge):
    assert judge(bulk.bulk, f"userTask a\nproperty alur:bulk=true\n{NOTE.format('text')}") == []


def test_a_task_without_the_property_may_have_any_form(judge):
    assert judge(bulk.bulk, f"userTask a\n{NOTE.format('table')}") == []


@pytest.mark.parametrize(
    "drawn",
    [
        "manualTask a\nproperty alur:bulk=true",
        "serviceTask a\nproperty alur:bulk=true",
        "userTask a\nproperty alur:bulk=ya",
        "userTask a camunda:formKey=alur:skp\nproperty alur:bulk=true",
        "userTask a\nproperty alur:bulk=true\nproperty alur:signs=penilaian",
        f"userTask a\nproperty alur:bulk=true\n{NOTE.format('table')}",
        f"userTask a\nproperty alur:bulk=true\n{NOTE.format('file')}",
    ],
)
def test_what_needs_a_page_of_its_own_is_refused(judge, drawn):
    assert judge(bulk.bulk, drawn) == [("bulk", "a", "error")]


@pytest.mark.parametrize(
    ("drawn", "is_handover"),
    [
        ("userTask a", True),
        (f"userTask a\n{NOTE.format('text')}", True),
        (f"userTask a\n{NOTE.format('file')}", False),
        ("userTask a camunda:formKey=alur:skp", False),
        ("userTask a\nproperty alur:signs=penilaian", False),
        ("scriptTask a", False),
    ],
)
def test_a_handover_is_what_needs_no_answer_and_no_signature(view, drawn, is_handover):
    assert view(drawn).nodes["a"].is_handover is is_handover
