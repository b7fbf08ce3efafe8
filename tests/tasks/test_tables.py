"""Tables in forms: what is typed in their cells, what their buttons do, what is kept of them."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from bpmn import columns
from bpmn.diagram import Field, Node
from tasks import table_edits
from tasks.forms import StepForm, as_sent

SKP = (
    'kegiatan:text*, kuantitas:decimal(0..) "Jumlah", satuan:string, biaya:money,'
    " mulai:date, selesai:boolean, jenis:enum(a=Rutin|b=Lain), kali:long(1..12)"
)


def _task(**more: str) -> Node:
    properties = {"columns": SKP, "total": "biaya, kuantitas", **more}
    field = Field("sasaran", "table", "Sasaran", properties=properties)
    return Node("Isi", "userTask", "Mengisi", 1, form=(field,))


def _form(rows: list[dict[str, str]], task: Node | None = None) -> StepForm:
    sent = MultiDict([("sasaran", "")])
    for key, row in enumerate(rows, start=1):
        sent.add(f"sasaran.{key}", "")
        sent.update(MultiDict((f"sasaran.{key}.{name}", text) for name, text in row.items()))
    return StepForm(task or _task(), {}, sent)


def _faults(form: StepForm) -> dict[str, str]:
    cells = (cell for row in form.tables["sasaran"].rows for cell in row.cells)
    return {cell.name: str(cell.fault) for cell in cells if cell.fault}


def test_the_columns_are_read_with_headings_choices_and_bounds():
    found, faults = columns.read(SKP)
    assert faults == []
    assert [(c.name, c.type, c.heading, c.required) for c in found[:3]] == [
        ("kegiatan", "text", "Kegiatan", True),
        ("kuantitas", "decimal", "Jumlah", False),
        ("satuan", "string", "Satuan", False),
    ]
    assert found[6].choices == (("a", "Rutin"), ("b", "Lain"))
    assert (found[7].minimum, found[7].maximum) == (Decimal(1), Decimal(12))


def test_cells_become_values_of_their_types():
    row = {
        "kegiatan": " Menyusun\nlaporan ", "kuantitas": "1.250,5", "satuan": "",
        "biaya": "Rp 2.000",
        "mulai": "31-12-2026", "selesai": "y", "jenis": "a", "kali": "12",
    }  # fmt: skip
    form = _form([row])
    assert form.validate()
    assert form.values["sasaran"] == [
        {
            "kegiatan": "Menyusun\nlaporan", "kuantitas": Decimal("1250.5"), "satuan": None,
            "biaya": Decimal(2000), "mulai": date(2026, 12, 31), "selesai": True, "jenis": "a",
            "kali": 12,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [
        ("kegiatan", "", "Isian ini wajib diisi."),
        ("kuantitas", "1.5", "Tulis angka dengan koma desimal, misalnya 85,5."),
        ("kuantitas", "-1", "Paling kecil 0."),
        ("biaya", "dua", "Tulis angka dengan koma desimal, misalnya 85,5."),
        ("mulai", "31-02-2026", "Tulis tanggal sebagai hh-bb-tttt, misalnya 31-12-2026."),
        ("selesai", "mungkin", 'Tulis "ya" atau "tidak".'),
        ("jenis", "c", "Pilih salah satu dari daftar."),
        ("kali", "13", "Paling besar 12."),
        ("kali", "1,5", "Tulis angka bulat, misalnya 1.250."),
        ("satuan", "x" * 4001, "Paling banyak 4000 huruf."),
    ],
)
def test_a_wrong_cell_says_so_itself_and_the_table_says_where(column, typed, said):
    good = {"kegiatan": "Baik", "satuan": "berkas"}
    form = _form([good, good | {column: typed}])
    assert not form.validate()
    assert _faults(form) == {f"sasaran.2.{column}": said}
    ((name, whole),) = form.faults
    assert name == "sasaran"
    assert str(whole).startswith("Baris 2, ")
    assert str(whole).endswith(said)


def test_empty_rows_are_no_rows():
    form = _form([{}, {"kegiatan": "Ada"}, {"kegiatan": "  "}])
    assert form.validate()
    assert [row["kegiatan"] for row in form.values["sasaran"]] == ["Ada"]


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "Isi sedikitnya 2 baris."), (2, None), (3, None), (4, "Paling banyak 3 baris.")],
)
def test_a_table_has_as_many_rows_as_are_drawn(count, said):
    form = _form([{"kegiatan": "Ada"}] * count, _task(minRows="2", maxRows="3"))
    form.validate()
    assert [str(fault) for _, fault in form.faults] == ([said] if said else [])


def test_sums_are_exact():
    rows = [{"kegiatan": "a", "biaya": "0,1", "kuantitas": "3"}] * 3
    form = _form([*rows, {"kegiatan": "b", "biaya": "banyak"}])
    assert form.computed() == {
        "isian-sasaran-jumlah-biaya": "Rp 0,3",
        "isian-sasaran-jumlah-kuantitas": "9",
    }


def test_rows_stand_in_the_order_in_which_they_are_sent():
    pairs = [("sasaran", ""), ("sasaran.7.kegiatan", "tujuh"), ("sasaran.2.kegiatan", "dua")]
    form = StepForm(_task(), {}, MultiDict(pairs))
    assert [row["kegiatan"] for row in form.values["sasaran"]] == ["tujuh", "dua"]


def test_a_draft_of_what_was_typed_stays_as_it_was_typed():
    draft = [["sasaran", ""], ["sasaran.3.kegiatan", "a"], ["sasaran.3.biaya", "dua juta"]]
    form = StepForm(_task(), {}, draft=draft)
    (row,) = form.tables["sasaran"].rows
    assert [cell.text for cell in row.cells][:4] == ["a", "", "", "dua juta"]
    assert _faults(form) == {}


def test_a_table_is_prefilled_with_what_fits():
    task = _task(prefill="lama")
    lama = [{"kegiatan": "Lama", "biaya": 5, "kuantitas": "banyak", "lain": 1}, "bukan baris"]
    form = StepForm(task, {"lama": lama})
    (row,) = form.values["sasaran"]
    assert (row["kegiatan"], row["biaya"], row["kuantitas"]) == ("Lama", Decimal(5), None)


@pytest.mark.parametrize("lama", ["teks", 5, None, {"kegiatan": "x"}])
def test_a_prefill_that_is_no_list_leaves_an_empty_row_to_type_into(lama):
    form = StepForm(_task(prefill="lama"), {"lama": lama})
    assert form.values["sasaran"] == []
    assert len(form.tables["sasaran"].rows) == 1


def test_a_read_only_table_ignores_what_was_sent():
    field = Field(
        "sasaran", "table", "S", default=None, constraints={"readonly": "true"},
        properties={"columns": "nama:string", "prefill": "lama"},
    )  # fmt: skip
    task = Node("Isi", "userTask", "Mengisi", 1, form=(field,))
    sent = MultiDict([("sasaran", ""), ("sasaran.1.nama", "Palsu")])
    form = StepForm(task, {"lama": [{"nama": "Asli"}]}, sent)
    assert form.validate()
    assert form.values["sasaran"] == [{"nama": "Asli"}]


def test_plain_json_rows_are_read_like_a_form():
    rows = [{"kegiatan": "a", "biaya": 85.5, "selesai": True, "kali": 2, "jenis": None}]
    form = StepForm(_task(), {}, as_sent(_task(), {"sasaran": rows}))
    assert form.validate()
    (row,) = form.values["sasaran"]
    assert (row["biaya"], row["selesai"], row["kali"]) == (Decimal("85.5"), True, 2)


THREE = [("sasaran", ""), *((f"sasaran.{k}.nama", t) for k, t in ((4, "a"), (2, "b"), (9, "c")))]


@pytest.mark.parametrize(
    ("button", "target", "order"),
    [
        ("table-add", "sasaran", ["a", "b", "c", None]),
        ("table-remove", "sasaran.2", ["a", "c"]),
        ("table-up", "sasaran.2", ["b", "a", "c"]),
        ("table-down", "sasaran.2", ["a", "c", "b"]),
        ("table-up", "sasaran.4", ["a", "b", "c"]),
        ("table-down", "sasaran.9", ["a", "b", "c"]),
        ("table-remove", "sasaran.77", ["a", "b", "c"]),
        ("table-up", "lain.2", ["a", "b", "c"]),
        ("table-up", "", ["a", "b", "c"]),
    ],
)
def test_a_button_adds_removes_or_moves_a_row(button, target, order):
    sent = MultiDict([("catatan", "x"), *THREE, (button, target)])
    edited = table_edits.edited(sent)
    keys = table_edits.keys(edited, "sasaran")
    assert [edited.get(f"sasaran.{key}.nama") for key in keys] == order
    assert edited["catatan"] == "x"
    assert table_edits.pressed(edited) is None


def test_a_new_row_gets_a_key_of_its_own_whatever_was_sent():
    sent = MultiDict([("t", ""), ("t.999999", ""), ("t.1", ""), ("table-add", "t")])
    assert table_edits.keys(table_edits.edited(sent), "t") == ["999999", "1", "2"]


def test_strange_names_are_no_rows():
    names = ["t.x.a", "t..a", "t.٣.a", "t.1234567.a", "tt.1.a", "t", "t.-1.a"]
    assert table_edits.keys(MultiDict((name, "") for name in names), "t") == []
