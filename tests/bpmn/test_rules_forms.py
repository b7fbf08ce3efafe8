import pytest

from bpmn.rules import forms


def task(*fields: str, kind: str = "userTask") -> str:
    """A task ``a`` with the form fields given by their attributes and what is inside."""
    drawn = "".join(fields)
    return f"{kind} a\n<camunda:formData>{drawn}</camunda:formData>"


def field(name: str = "nilai", kind: str = "decimal", inner: str = "") -> str:
    return f'<camunda:formField id="{name}" type="{kind}">{inner}</camunda:formField>'


def constraint(name: str, config: str) -> str:
    said = f'<camunda:constraint name="{name}" config="{config}" />'
    return f"<camunda:validation>{said}</camunda:validation>"


@pytest.mark.parametrize("kind", "string text long decimal money boolean date person file".split())
def test_a_field_of_a_known_type_is_sound(judge, kind):
    assert judge(forms.form_fields, task(field("nilai_skp", kind))) == []


def test_a_choice_among_something_is_sound(judge):
    values = '<camunda:value id="ada" name="Ada" />'
    assert judge(forms.form_fields, task(field("berkas", "enum", values))) == []


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("required", ""),
        ("readonly", "true"),
        ("min", "-1.5"),
        ("max", "1e3"),
        ("minlength", "0"),
        ("maxlength", "2000"),
    ],
)
def test_a_known_constraint_is_sound(judge, name, config):
    assert judge(forms.form_fields, task(field(inner=constraint(name, config)))) == []


@pytest.mark.parametrize("name", ["nilai akhir", "1nilai", "", "nilai-skp", "if", "_nilai", "a.b"])
def test_a_name_that_expressions_cannot_use_is_an_error_on_the_task(judge, name):
    assert judge(forms.form_fields, task(field(name))) == [("form-fields", "a", "error")]


def test_two_fields_of_one_name_are_errors(judge):
    found = judge(forms.form_fields, task(field("nilai"), field("nilai", "text"), field("lain")))
    assert found == [("form-fields", "a", "error")] * 2


def accepting(groups: str) -> str:
    said = f'<camunda:property id="accept" value="{groups}" />'
    return field("bukti", "file", f"<camunda:properties>{said}</camunda:properties>")


@pytest.mark.parametrize("groups", ["pdf", "pdf, gambar,dokumen", ""])
def test_a_file_field_may_say_what_it_takes(judge, groups):
    assert judge(forms.form_fields, task(accepting(groups))) == []


@pytest.mark.parametrize("groups", ["exe", "pdf;gambar", "image/png"])
def test_a_file_field_that_takes_what_nobody_knows_is_an_error(judge, groups):
    assert judge(forms.form_fields, task(accepting(groups))) == [("form-fields", "a", "error")]


@pytest.mark.parametrize("kind", ["berkas", "Decimal", "integer"])
def test_a_type_that_no_form_has_yet_is_an_error(judge, kind):
    assert judge(forms.form_fields, task(field(kind=kind))) == [("form-fields", "a", "error")]


def test_a_choice_among_nothing_is_an_error(judge):
    assert judge(forms.form_fields, task(field(kind="enum"))) == [("form-fields", "a", "error")]


@pytest.mark.parametrize(
    ("name", "config"),
    [("pattern", "x"), ("min", ""), ("max", "banyak"), ("maxlength", "NaN"), ("min", "Infinity")],
)
def test_an_unknown_constraint_or_bound_is_an_error(judge, name, config):
    found = judge(forms.form_fields, task(field(inner=constraint(name, config))))
    assert found == [("form-fields", "a", "error")]


@pytest.mark.parametrize(
    ("kind", "name"), [("decimal", "min"), ("long", "max"), ("text", "maxlength"), ("date", "max")]
)
def test_a_bound_on_what_it_bounds_is_sound(judge, kind, name):
    drawn = task(field(kind=kind, inner=constraint(name, "1")))
    assert judge(forms.idle_constraint, drawn) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("string", "min"), ("boolean", "max"), ("money", "minlength"), ("table", "maxlength"),
        ("person", "min"),
    ],
)  # fmt: skip
def test_a_bound_on_a_field_that_it_does_not_bound_is_a_warning(judge, kind, name):
    drawn = task(field(kind=kind, inner=constraint(name, "1")))
    assert judge(forms.idle_constraint, drawn) == [("idle-constraint", "a", "warning")]


def test_the_form_of_a_manual_task_is_judged_too(judge):
    found = judge(forms.form_fields, task(field("if"), kind="manualTask"))
    assert found == [("form-fields", "a", "error")]


def test_a_task_with_a_form_of_its_own_needs_no_key(judge):
    assert judge(forms.form_key, task(field())) == []


def test_a_form_that_nobody_has_written_is_an_error_on_its_task(judge):
    text = "userTask a camunda:formKey=alur:skp"
    assert judge(forms.form_key, text) == [("form-key", "a", "error")]


def test_fields_beside_a_form_that_is_written_are_a_warning(judge):
    written = "userTask a camunda:formKey=alur:skp-penilaian"
    assert judge(forms.form_key, written) == []
    drawn = task(field(), kind="userTask").replace("userTask a", written)
    assert judge(forms.form_key, drawn) == [("form-key", "a", "warning")]


@pytest.mark.parametrize("name", ["true", "null", "data_objects", "len"])
def test_a_field_named_like_a_word_of_the_language_is_an_error(judge, name):
    assert judge(forms.form_fields, task(field(name))) == [("form-fields", "a", "error")]


@pytest.mark.parametrize(
    ("name", "value"), [("minlength", "2.5"), ("maxlength", "1e3"), ("minlength", "-1")]
)
def test_a_length_is_a_whole_number(judge, name, value):
    drawn = task(field(kind="string", inner=constraint(name, value)))
    assert judge(forms.form_fields, drawn) == [("form-fields", "a", "error")]


def test_a_least_value_above_the_greatest_is_an_error(judge):
    bounds = constraint("min", "5"), constraint("max", "4")
    assert judge(forms.form_fields, task(field(inner="".join(bounds)))) == [
        ("form-fields", "a", "error")
    ]


def test_an_answer_of_names_that_expressions_can_use_is_sound(judge):
    text = "serviceTask x\nproperty alur:gives=nomor, tanggal_terbit"
    assert judge(forms.service_answer, text) == []
    assert judge(forms.service_answer, "serviceTask x") == []


@pytest.mark.parametrize("name", ["nomor surat", "2x", "class", "_diam", "nomor.surat"])
def test_an_answer_of_a_name_that_no_expression_can_use_is_an_error(judge, name):
    text = f"serviceTask x\nproperty alur:gives=nomor,{name}"
    assert judge(forms.service_answer, text) == [("service-answer", "x", "error")]


def test_a_form_has_only_so_many_fields(judge):
    fields = [field(f"f{number}", "string") for number in range(forms.MAX_FIELDS)]
    assert judge(forms.form_fields, task(*fields)) == []
    assert judge(forms.form_fields, task(*fields, field("lagi", "string"))) != []


@pytest.mark.parametrize(("low", "high"), [("2026-01-31", "31-12-2026"), ("01-01-2026",) * 2])
def test_days_bound_a_date_as_one_likes_to_write_them(judge, low, high):
    bounds = constraint("min", low), constraint("max", high)
    assert judge(forms.form_fields, task(field(kind="date", inner="".join(bounds)))) == []


@pytest.mark.parametrize(
    ("low", "high"), [("besok", "31-12-2026"), ("1", "31-12-2026"), ("2027-01-01", "31-12-2026")]
)
def test_a_bound_of_a_date_that_is_no_day_or_behind_the_other_is_an_error(judge, low, high):
    bounds = constraint("min", low), constraint("max", high)
    found = judge(forms.form_fields, task(field(kind="date", inner="".join(bounds))))
    assert found == [("form-fields", "a", "error")]


def beginning_with(kind: str, text: str) -> str:
    """A field of that type with this `defaultValue`; as a choice it has ``ya`` and ``tidak``."""
    choices = "".join(f'<camunda:value id="{one}" name="{one}" />' for one in ("ya", "tidak"))
    drawn = field("awal", kind, choices if kind == "enum" else "")
    return task(drawn.replace(" type=", f' defaultValue="{text}" type='))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("string", "Sekretariat"), ("text", "1"), ("long", "-7"), ("decimal", "7.5"),
        ("money", "1000"), ("boolean", "true"), ("date", "31-12-2026"), ("date", "2026-12-31"),
        ("enum", "ya"), ("person", "19900101 201209 0 032"), ("file", ""),
    ],
)  # fmt: skip
def test_a_default_of_the_fields_type_is_sound(judge, kind, text):
    assert judge(forms.default_value, beginning_with(kind, text)) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("string", "${nama}"), ("long", "7,5"), ("decimal", "7,5"), ("money", "Rp 1000"),
        ("boolean", "ya"), ("date", "besok"), ("enum", "mungkin"), ("person", "Budi"),
        ("file", "surat.pdf"), ("table", "[]"),
    ],
)  # fmt: skip
def test_a_default_that_does_not_fit_is_a_warning(judge, kind, text):
    found = judge(forms.default_value, beginning_with(kind, text))
    assert found == [("default-value", "a", "warning")]


def at_start(*fields: str, lines: str = "") -> str:
    """A process whose start event ``s`` has a form."""
    form = f"<camunda:formData>{''.join(fields)}</camunda:formData>"
    return f"""
        startEvent s
            {lines or form}
            {form if lines else ""}
        userTask a
        endEvent e
        s -> a -> e
    """


@pytest.mark.parametrize("kind", "string text long decimal money boolean date person".split())
def test_a_form_at_the_start_that_its_starter_can_fill_in_is_sound(judge, kind):
    for rule in (forms.start_form, forms.form_fields):
        assert judge(rule, at_start(field("pagu", kind))) == []


def test_a_file_cannot_be_brought_before_there_is_a_case(judge):
    found = judge(forms.start_form, at_start(field("surat", "file"), field("pagu")))
    assert found == [("start-form", "s", "error")]


def test_a_form_where_a_timer_starts_has_nobody_to_fill_it_in(judge):
    timed = at_start(field("pagu"), lines="timer timeCycle R/P1M")
    assert judge(forms.start_form, timed) == [("start-form", "s", "error")]


def test_a_form_at_the_start_of_a_subprocess_has_nobody_to_fill_it_in(judge):
    inside = f"""
        startEvent s
        subProcess q
        within q
            startEvent i
                <camunda:formData>{field("pagu")}</camunda:formData>
            endEvent j
            i -> j
        within p
        endEvent e
        s -> q -> e
    """
    assert judge(forms.start_form, inside) == [("start-form", "i", "error")]


@pytest.mark.parametrize(
    ("rule", "drawn"),
    [
        (forms.form_fields, field("pagu", "uang")),
        (forms.idle_constraint, field("pagu", "boolean", constraint("min", "1"))),
        (forms.default_value, '<camunda:formField id="p" type="long" defaultValue="banyak" />'),
    ],
)
def test_fields_at_the_start_are_judged_as_those_of_a_task(judge, rule, drawn):
    assert [where for _, where, _ in judge(rule, at_start(drawn))] == ["s"]
