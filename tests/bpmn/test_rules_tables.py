"""Rules on tables in forms: each with what is sound and what is not."""

import pytest

from bpmn.rules import dialect, tables

SOUND = 'kegiatan:text*, jumlah:decimal(0..) "Banyaknya", jenis:enum(a=Satu|b)?, biaya:money'


def task(kind: str = "table", **properties: str) -> str:
    drawn = "".join(
        f"<camunda:property id='{name}' value='{value}' />" for name, value in properties.items()
    )
    return (
        "userTask a\n<camunda:formData>"
        f'<camunda:formField id="sasaran" type="{kind}">'
        f"<camunda:properties>{drawn}</camunda:properties></camunda:formField></camunda:formData>"
    )


@pytest.mark.parametrize(
    "columns",
    [
        SOUND,
        "a:string",
        " a : string , b:long ",
        "a:text*,b:boolean,c:date,d:money(-1.5..2.5),e:long(..3)",
        'a:string "Nama, dengan koma"',
        "a:enum( x | y = Dua )",
    ],
)
def test_columns_that_can_be_read_are_sound(judge, columns):
    assert judge(tables.table_columns, task(columns=columns)) == []


@pytest.mark.parametrize(
    "columns",
    [
        "",
        "kegiatan",
        "kegiatan text",
        "kegiatan:teks",
        "kegiatan:table",
        "kegiatan:person",
        "a:string b:string",
        "a:string, if:long",
        "a:string, a b:long",
        "a:string, a:long",
        'a:string "Nama", b:string "nama"',
        "a:enum",
        "a:enum()",
        "a:enum(x||y)",
        "a:enum(x|x)",
        "a:decimal(5)",
        "a:decimal(9..1)",
        "a:decimal(nol..1)",
        "a:string(1..2)",
        "a:string(",
        ", ".join(f"k{n}:string" for n in range(21)),
    ],
)
def test_each_mistake_in_the_columns_is_one_error(judge, columns):
    assert judge(tables.table_columns, task(columns=columns)) == [("table-columns", "a", "error")]


def test_two_mistakes_are_two_errors(judge):
    found = judge(tables.table_columns, task(columns="a:teks, b:long, c:enum()"))
    assert found == [("table-columns", "a", "error")] * 2


@pytest.mark.parametrize(("low", "high"), [("0", "500"), ("1", "1"), ("100", "100")])
def test_bounds_of_rows_are_sound(judge, low, high):
    assert judge(tables.table_rows, task(columns=SOUND, minRows=low, maxRows=high)) == []


@pytest.mark.parametrize(
    "bounds",
    [
        {"minRows": "satu"}, {"minRows": ""}, {"minRows": "-1"}, {"maxRows": "501"},
        {"maxRows": "1.5"}, {"maxRows": "٣"}, {"minRows": "3", "maxRows": "2"}, {"minRows": "101"},
    ],
)  # fmt: skip
def test_bounds_that_are_none_are_errors(judge, bounds):
    found = judge(tables.table_rows, task(columns=SOUND, **bounds))
    assert found == [("table-rows", "a", "error")]


@pytest.mark.parametrize(("width", "found"), [(12, []), (13, [("table-rows", "a", "error")])])
def test_a_table_has_no_more_cells_than_can_be_sent_at_once(judge, width, found):
    columns = ",".join(f"k{n}:string" for n in range(width))
    assert judge(tables.table_rows, task(columns=columns, maxRows="500")) == found


@pytest.mark.parametrize("total", ["", "biaya", "biaya, jumlah"])
def test_columns_of_numbers_are_summed(judge, total):
    assert judge(tables.table_total, task(columns=SOUND, total=total)) == []


@pytest.mark.parametrize(
    ("total", "found"), [("kegiatan", 1), ("jenis", 1), ("gaji", 1), ("kegiatan, gaji", 2)]
)
def test_what_is_summed_and_no_column_of_numbers_is_an_error(judge, total, found):
    said = judge(tables.table_total, task(columns=SOUND, total=total))
    assert said == [("table-total", "a", "error")] * found


@pytest.mark.parametrize(("name", "kind"), tables.OF_TYPES.items())
def test_what_only_one_type_has_is_a_warning_elsewhere(judge, name, kind):
    assert judge(tables.lone_property, task("string", **{name: "1"})) == [
        ("lone-property", "a", "warning")
    ]
    assert judge(tables.lone_property, task(kind, **{name: "1"})) == []


def test_the_properties_of_tables_are_known(judge):
    properties = dict.fromkeys((*tables.OF_TYPES, "prefill", "requiredIf", "visibleIf"), "1")
    assert judge(dialect.known_properties, task(**properties)) == []
