"""Forms of tasks: how answers are read, judged, kept and shown."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from bpmn.diagram import Field, Node
from bpmn.literals import default_of
from tasks.fields import show, show_number
from tasks.forms import StepForm, as_sent, visible_when

CHOICES = (("ya", "Ya, setuju"), ("tidak", "Tidak"))


def _task(*fields: Field) -> Node:
    return Node("Isi", "userTask", "Mengisi", 1, form=fields)


def _field(kind: str, **more) -> Field:
    return Field("x", kind, "Label", **more)


def _answer(field: Field, typed: str | None, case=None) -> StepForm:
    sent = {} if typed is None else {"x": typed}
    form = StepForm(_task(field), case or {}, MultiDict(sent))
    form.validate()
    return form


def _fault(form: StepForm, name: str = "x") -> str | None:
    return next((str(said) for said in form.form[name].errors), None)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("string", " Budi ", "Budi"),
        ("string", "", None),
        ("string", "a\x00b", "ab"),
        ("text", "satu\ndua", "satu\ndua"),
        ("long", "1250", 1250),
        ("long", "1.250", 1250),
        ("long", "-7", -7),
        ("long", "", None),
        ("decimal", "85,5", Decimal("85.5")),
        ("decimal", "1.250.000,05", Decimal("1250000.05")),
        ("decimal", "90", Decimal(90)),
        ("money", "Rp 1.250,50", Decimal("1250.50")),
        ("money", "Rp1.250", Decimal(1250)),
        ("date", "31-12-2026", date(2026, 12, 31)),
        ("date", "1/2/2026", date(2026, 2, 1)),
        ("date", "2026-12-31", date(2026, 12, 31)),
        ("date", "29-02-2028", date(2028, 2, 29)),
        ("boolean", "y", True),
        ("boolean", None, False),
        ("boolean", "false", False),
        ("enum", "ya", "ya"),
        ("enum", "", None),
    ],
)
def test_an_answer_becomes_a_value_of_its_type(kind, typed, value):
    form = _answer(_field(kind, choices=CHOICES), typed)
    assert _fault(form) is None
    assert form.values["x"] == value
    assert type(form.values["x"]) is type(value)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("long", "1,5"), ("long", "1.25"), ("long", "12.50.000"), ("long", "0x10"), ("long", "٣"),
        ("long", "- 7"), ("long", "9" * 31), ("decimal", "85.5"), ("decimal", "1,2,3"),
        ("decimal", "Infinity"), ("decimal", "9" * 31), ("decimal", "1" + ",0" * 20),
        ("date", "29-02-2027"), ("date", "31-12-26"), ("date", "besok"), ("enum", "mungkin"),
        ("enum", "YA"), ("money", "USD 5"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_fault_and_no_value(kind, typed):
    form = _answer(_field(kind, choices=CHOICES), typed)
    assert _fault(form)


@pytest.mark.parametrize(
    ("kind", "bounds", "fitting", "beyond"),
    [
        ("long", {"min": "1", "max": "5"}, ["1", "5"], ["0", "6"]),
        ("decimal", {"min": "0.5"}, ["0,5"], ["0,49"]),
        ("money", {"max": "1000000"}, ["1.000.000"], ["1.000.000,01"]),
        ("string", {"minlength": "2", "maxlength": "3"}, ["ab", "abc"], ["a", "abcd"]),
        ("text", {"maxlength": "3"}, ["€€€"], ["€€€€"]),
    ],
)
def test_bounds_are_part_of_what_is_allowed(kind, bounds, fitting, beyond):
    field = _field(kind, constraints=bounds)
    assert [_fault(_answer(field, typed)) for typed in fitting] == [None] * len(fitting)
    assert all(_fault(_answer(field, typed)) for typed in beyond)


@pytest.mark.parametrize("kind", ["string", "text", "long", "decimal", "money", "date", "enum"])
@pytest.mark.parametrize("typed", ["", "   ", None])
def test_a_required_field_is_answered(kind, typed):
    form = _answer(_field(kind, constraints={"required": "true"}, choices=CHOICES), typed)
    assert _fault(form) in ("Isian ini wajib diisi.", "Pilih salah satu dari daftar.")


def test_a_required_tick_is_set():
    required = _field("boolean", constraints={"required": "true"})
    assert _fault(_answer(required, None)) == "Isian ini wajib diisi."
    assert _fault(_answer(required, "y")) is None


def test_zero_is_an_answer():
    form = _answer(_field("long", constraints={"required": "true"}), "0")
    assert (_fault(form), form.values) == (None, {"x": 0})


def _conditional(rule: str) -> Node:
    kind = Field("kind", "enum", "Kind", choices=CHOICES)
    why = Field("why", "text", "Why", properties={"visibleIf": rule, "requiredIf": rule})
    return _task(kind, why)


@pytest.mark.parametrize(
    ("sent", "fault", "why"),
    [
        ({"kind": "tidak"}, "Isian ini wajib diisi.", None),
        ({"kind": "tidak", "why": "Sebab"}, None, "Sebab"),
        ({"kind": "ya", "why": "Sebab"}, None, None),
        ({"why": "Sebab"}, None, None),
    ],
)
def test_a_condition_decides_whether_a_field_is_asked(sent, fault, why):
    form = StepForm(_conditional('${kind == "tidak"}'), {}, MultiDict(sent))
    assert form.validate() is (fault is None)
    assert (_fault(form, "why"), form.values["why"]) == (fault, why)


def test_a_condition_may_name_the_data_of_the_case():
    for nilai, asked in [(40, True), (60, False)]:
        form = StepForm(_conditional("nilai < 50"), {"nilai": nilai}, MultiDict({"why": "a"}))
        form.validate()
        assert form.values["why"] == ("a" if asked else None)


def test_a_condition_on_data_that_is_not_there_does_not_hold():
    form = StepForm(_conditional("nilai < 50"), {}, MultiDict({"why": "a"}))
    assert form.validate()
    assert form.values["why"] is None


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ('kind == "tidak"', ("kind", "tidak")),
        ("${kind == 'tidak'}", ("kind", "tidak")),
        ('${ kind == "" }', ("kind", "")),
        ('kind != "tidak"', None),
        ('kind == "a" and b', None),
        ("nilai > 5", None),
    ],
)
def test_a_simple_condition_is_one_the_browser_can_follow(rule, found):
    assert visible_when(_field("text", properties={"visibleIf": rule})) == found


def test_prefilled_values_come_from_the_case_then_from_the_drawing():
    drawn = _task(
        Field("a", "decimal", "A", properties={"prefill": "nilai + 1"}),
        Field("b", "decimal", "B", properties={"prefill": "belum_ada"}),
        Field("c", "long", "C", default="7"),
    )
    assert StepForm(drawn, {"nilai": Decimal("1.5")}).values == {
        "a": Decimal("2.5"),
        "b": None,
        "c": 7,
    }


def test_a_draft_goes_before_what_is_prefilled():
    drawn = _task(_field("string", default="bawaan"))
    assert StepForm(drawn, {}, draft={"x": "konsep"}).values == {"x": "konsep"}


def test_a_read_only_field_ignores_what_was_sent():
    drawn = _field("long", default="7", constraints={"readonly": "true"})
    for typed in ("9", "abc", ""):
        form = _answer(drawn, typed)
        assert (_fault(form), form.values) == (None, {"x": 7})


@pytest.mark.parametrize("kind", ["string", "long", "decimal", "date", "enum"])
def test_a_prefilled_field_that_was_not_sent_keeps_its_value(kind):
    default = {"string": "a", "long": "7", "decimal": "7.5", "date": "2026-12-31", "enum": "ya"}
    drawn = _field(kind, default=default[kind], choices=CHOICES)
    assert _answer(drawn, None).values["x"] == default_of(drawn)
    assert default_of(drawn) is not None


@pytest.mark.parametrize("kind", ["string", "long", "decimal", "date"])
def test_a_prefilled_field_may_be_emptied(kind):
    default = {"string": "a", "long": "7", "decimal": "7.5", "date": "2026-12-31"}[kind]
    assert _answer(_field(kind, default=default), "").values["x"] is None


def test_a_default_that_does_not_fit_its_type_is_none():
    for kind, text in [("long", "tujuh"), ("date", "besok"), ("decimal", "1,5")]:
        assert default_of(_field(kind, default=text)) is None


@pytest.mark.parametrize(
    ("kind", "answer", "value"),
    [
        ("decimal", 85.5, Decimal("85.5")),
        ("long", 1250, 1250),
        ("money", 1250000, Decimal(1250000)),
        ("boolean", True, True),
        ("boolean", False, False),
        ("string", 5, "5"),
        ("date", "2026-12-31", date(2026, 12, 31)),
        ("decimal", "85,5", Decimal("85.5")),
        ("string", None, None),
    ],
)
def test_plain_json_is_read_like_a_form(kind, answer, value):
    task = _task(_field(kind))
    form = StepForm(task, {}, as_sent(task, {"x": answer}))
    assert form.validate()
    assert form.values["x"] == value


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("enum", "ya", "Ya, setuju"),
        ("enum", "dulu", "dulu"),
        ("boolean", True, "Ya"),
        ("boolean", False, "Tidak"),
        ("money", Decimal("1250000.5"), "Rp 1.250.000,5"),
        ("date", date(2026, 12, 31), "31-12-2026"),
        ("text", None, "–"),
        ("text", "", "–"),
    ],
)
def test_kept_answers_are_shown_as_people_read_them(kind, value, shown):
    assert str(show(_field(kind, choices=CHOICES), value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2026, "2026"), (12500, "12.500"), (-12500, "-12.500"), (Decimal("85.50"), "85,50"),
        (Decimal("12500.5"), "12.500,5"), (0, "0"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_indonesians_write_them(value, shown):
    assert show_number(value) == shown


@pytest.mark.parametrize("value", [1250, Decimal("1250.5"), Decimal(1000), 10**20])
def test_a_shown_number_can_be_sent_again(value):
    form = _answer(_field("decimal"), show_number(value))
    assert form.values["x"] == value


@pytest.mark.parametrize("name", ["process", "meta", "data", "errors", "validate", "_fields"])
def test_a_field_may_be_called_like_a_part_of_the_form_library(name):
    form = StepForm(_task(Field(name, "string", "Label")), {}, MultiDict({name: "Budi"}))
    assert form.validate()
    assert form.values == {name: "Budi"}


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("decimal", "tinggi", None),
        ("decimal", 86, Decimal(86)),
        ("decimal", True, None),
        ("long", Decimal("2.5"), None),
        ("long", Decimal("2"), 2),
        ("date", "besok", None),
        ("date", date(2026, 1, 2), date(2026, 1, 2)),
        ("boolean", "ya", False),
        ("enum", "entah", None),
        ("enum", "ya", "ya"),
        ("string", 5, None),
    ],
)
def test_a_prefill_of_another_type_leaves_the_field_empty_and_is_shown(kind, value, fits):
    field = _field(kind, choices=CHOICES, properties={"prefill": "lama"})
    form = StepForm(_task(field), {"lama": value})
    assert form.form["x"].data == fits
    assert str(form.form["x"]())


def test_a_bound_is_said_as_it_is_typed():
    form = _answer(_field("long", constraints={"min": "2000"}), "20")
    assert _fault(form) == "Paling kecil 2000."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31-12-2025", "Paling awal 01-01-2026."), ("01-01-2026", None), ("31-12-2026", None),
        ("01-01-2027", "Paling akhir 31-12-2026."), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_held_to_its_bounds(typed, said):
    drawn = _field("date", constraints={"min": "2026-01-01", "max": "31-12-2026"})
    assert _fault(_answer(drawn, typed)) == said


def test_whether_a_field_is_asked_is_said_where_the_browser_cannot_tell():
    many = Field("banyak", "long", "Banyak")
    why = Field("sebab", "text", "Sebab", properties={"visibleIf": "banyak > 5"})
    same = Field("lain", "text", "Lain", properties={"visibleIf": 'sebab == "x"'})
    for typed, asked in [("9", "ya"), ("3", "tidak"), ("", "tidak"), ("banyak", "tidak")]:
        form = StepForm(_task(many, why, same), {}, MultiDict({"banyak": typed}))
        assert form.computed() == {"isian-sebab-ditanya": asked}


def test_a_person_is_a_number_that_can_be_one_where_there_is_no_directory():
    field = _field("person", constraints={"required": "true"})
    assert _answer(field, "19900101 209003 2 012").values == {"x": "199001012090032012"}
    assert _answer(field, "Budi (19900101 209003 2 012)").values == {"x": "199001012090032012"}
    assert _fault(_answer(field, "199001012090039012")) == (
        "Angka ke-15 NIP adalah 1 (laki-laki) atau 2 (perempuan)."
    )
    assert _fault(_answer(field, "Budi")) == "NIP terdiri dari 18 angka."
    assert _fault(_answer(field, "")) == "Isian ini wajib diisi."
