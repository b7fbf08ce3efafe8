"""The form of a task: every type of field, shown, judged and kept as it was typed."""

from datetime import date
from decimal import Decimal

import pytest

CHOICES = "".join(f'<camunda:value id="p{n}" name="Pilihan {n}" />' for n in range(8))
EVERY_TYPE = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="formulir" name="Formulir" isExecutable="true">
    <laneSet id="Lajur">
      <lane id="Lane_Staf" name="Staf">
        <extensionElements><camunda:properties>
          <camunda:property name="alur:actor" value="starter" />
        </camunda:properties></extensionElements>
        <flowNodeRef>Mulai</flowNodeRef><flowNodeRef>Isi</flowNodeRef>
        <flowNodeRef>Selesai</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="Mulai"><outgoing>F1</outgoing></startEvent>
    <userTask id="Isi" name="Mengisi">
      <extensionElements><camunda:formData>
        <camunda:formField id="nama" label="Nama" type="string">
          <camunda:validation>
            <camunda:constraint name="required" />
            <camunda:constraint name="minlength" config="3" />
            <camunda:constraint name="maxlength" config="10" />
          </camunda:validation>
        </camunda:formField>
        <camunda:formField id="uraian" label="Uraian" type="text" />
        <camunda:formField id="jumlah" label="Jumlah" type="long">
          <camunda:validation>
            <camunda:constraint name="min" config="-5" />
            <camunda:constraint name="max" config="2000000" />
          </camunda:validation>
        </camunda:formField>
        <camunda:formField id="nilai" label="Nilai" type="decimal">
          <camunda:validation><camunda:constraint name="max" config="150" /></camunda:validation>
        </camunda:formField>
        <camunda:formField id="biaya" label="Biaya" type="money" />
        <camunda:formField id="tanggal" label="Tanggal" type="date" />
        <camunda:formField id="lengkap" label="Lengkap" type="boolean" />
        <camunda:formField id="sedikit" label="Sedikit" type="enum">
          <camunda:value id="ya" name="Ada" /><camunda:value id="tidak" name="Tak ada" />
        </camunda:formField>
        <camunda:formField id="banyak" label="Banyak" type="enum">{CHOICES}</camunda:formField>
        <camunda:formField id="sebab" label="Sebab" type="text">
          <camunda:properties>
            <camunda:property id="visibleIf" value="sedikit == &quot;tidak&quot;" />
            <camunda:property id="requiredIf" value="sedikit == &quot;tidak&quot;" />
          </camunda:properties>
        </camunda:formField>
        <camunda:formField id="tetap" label="Tetap" type="string" defaultValue="ASN">
          <camunda:validation><camunda:constraint name="readonly" /></camunda:validation>
        </camunda:formField>
        <camunda:formField id="awal" label="Awal" type="long" defaultValue="7" />
      </camunda:formData></extensionElements>
      <incoming>F1</incoming><outgoing>F2</outgoing>
    </userTask>
    <endEvent id="Selesai"><incoming>F2</incoming></endEvent>
    <sequenceFlow id="F1" sourceRef="Mulai" targetRef="Isi" />
    <sequenceFlow id="F2" sourceRef="Isi" targetRef="Selesai" />
  </process>
</definitions>
"""


@pytest.fixture
def case(site):
    """A case whose only task has every type of field."""
    site.put_into_force(EVERY_TYPE.encode())
    return site.start("formulir")


@pytest.fixture
def address(site, case):
    return f"/tasks/{site.item(case).id}"


@pytest.fixture
def staff(site):
    return site.visitor("staff")


def test_an_empty_form_shows_every_field_with_its_label(staff, address):
    page = staff.get(address)
    labels = [label.text_content().strip() for label in page.tree.xpath("//label[@for]")]
    assert labels[:2] == ["Nama *", "Uraian"]
    assert page.value("tetap") == "ASN"
    assert page.value("awal") == "7"
    assert len(page.tree.xpath("//input[@name='sedikit'][@type='radio']")) == 2
    assert len(page.tree.xpath("//select[@name='banyak']/option")) == 9
    assert "* wajib diisi" in page.text


@pytest.mark.usefixtures("database_url")
def test_answers_are_kept_in_their_types(site, staff, case, address):
    given = {
        "nama": "  Umar  ", "uraian": "Baris satu\r\n“dua” — ✓", "jumlah": "1.250.000",
        "nilai": "85,55", "biaya": "Rp 1.250.000,50", "tanggal": "31-12-2026", "lengkap": "y",
        "sedikit": "tidak", "banyak": "p7", "sebab": "Hilang", "awal": "",
    }  # fmt: skip
    assert staff.post(address, given).status == 303
    assert site.answers(case, "Isi") == {
        "nama": "Umar", "uraian": "Baris satu\r\n“dua” — ✓", "jumlah": 1_250_000,
        "nilai": Decimal("85.55"), "biaya": Decimal("1250000.50"), "tanggal": date(2026, 12, 31),
        "lengkap": True, "sedikit": "tidak", "banyak": "p7", "sebab": "Hilang", "tetap": "ASN",
        "awal": None,
    }  # fmt: skip
    shown = staff.get(f"/cases/{case}").text
    for text in ("1.250.000", "85,55", "Rp 1.250.000,50", "31-12-2026", "Ya", "Tak ada"):
        assert text in shown


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("nama", "", "Isian ini wajib diisi."),
        ("nama", "   ", "Isian ini wajib diisi."),
        ("nama", "ab", "Paling sedikit 3 huruf."),
        ("nama", "x" * 11, "Paling banyak 10 huruf."),
        ("jumlah", "1.25", "Tulis angka bulat, misalnya 1.250."),
        ("jumlah", "85,5", "Tulis angka bulat, misalnya 1.250."),
        ("jumlah", "1e3", "Tulis angka bulat, misalnya 1.250."),
        ("jumlah", "٣", "Tulis angka bulat, misalnya 1.250."),
        ("jumlah", "-6", "Paling kecil -5."),
        ("jumlah", "2.000.001", "Paling besar 2.000.000."),
        ("jumlah", "9" * 5_000, "Angka terlalu panjang."),
        ("nilai", "85.5", "Tulis angka dengan koma desimal, misalnya 85,5."),
        ("nilai", "NaN", "Tulis angka dengan koma desimal, misalnya 85,5."),
        ("nilai", "150,01", "Paling besar 150."),
        ("biaya", "Rp", None),
        ("biaya", "12 juta", "Tulis angka dengan koma desimal, misalnya 85,5."),
        ("tanggal", "31-02-2026", "Tulis tanggal sebagai hh-bb-tttt, misalnya 31-12-2026."),
        ("tanggal", "12/31/2026", "Tulis tanggal sebagai hh-bb-tttt, misalnya 31-12-2026."),
        ("tanggal", "kemarin", "Tulis tanggal sebagai hh-bb-tttt, misalnya 31-12-2026."),
        ("tanggal", "2026-12-31", None),
        ("tanggal", "31/12/2026", None),
        ("sedikit", "mungkin", "Pilih salah satu dari daftar."),
        ("banyak", "p8", "Pilih salah satu dari daftar."),
    ],
)
def test_a_wrong_answer_is_named_and_everything_typed_stays(staff, address, name, typed, said):
    given = {"nama": "Umar", "uraian": "Panjang <b>sekali</b>", name: typed}
    page = staff.post(address, given)
    if said is None:
        assert page.status == 303
        return
    assert page.status == 422
    assert page.said == ["Ada isian yang perlu diperbaiki."]
    assert page.fault(name) == said
    assert page.value("uraian").strip() == "Panjang <b>sekali</b>"
    if name not in ("sedikit", "banyak"):
        assert page.value(name) == typed.strip()


def test_a_wrong_answer_changes_nothing(site, staff, case, address):
    staff.post(address, {"nama": ""})
    assert site.item(case).status == "open"
    assert site.item(case).taken_up_at is None


def test_a_field_asked_under_a_condition_is_required_under_it(staff, address):
    page = staff.post(address, {"nama": "Umar", "sedikit": "tidak"})
    assert page.fault("sebab") == "Isian ini wajib diisi."


def test_the_answer_to_a_field_that_was_not_asked_is_dropped(site, staff, case, address):
    given = {"nama": "Umar", "sedikit": "ya", "sebab": "Tidak ditanyakan"}
    assert staff.post(address, given).status == 303
    assert site.answers(case, "Isi")["sebab"] is None


def test_the_browser_is_told_when_a_field_is_asked(staff, address):
    (row,) = staff.get(address).tree.xpath("//*[@data-visible-if-field]")
    assert row.get("data-visible-if-field") == "sedikit"
    assert row.get("data-visible-if-value") == "tidak"


def test_a_read_only_field_keeps_its_value(site, staff, case, address):
    staff.post(address, {"nama": "Umar", "tetap": "Direktur"})
    assert site.answers(case, "Isi")["tetap"] == "ASN"


def test_a_field_nobody_drew_is_not_kept(site, staff, case, address):
    staff.post(address, {"nama": "Umar", "gaji": "1", "__class__": "x"})
    assert {"gaji", "__class__"}.isdisjoint(site.answers(case, "Isi"))


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize("field", ["nama", "jumlah", "tanggal", "sedikit", "token", "x\x00"])
def test_nul_bytes_are_refused(site, staff, case, address, field):
    page = staff.post(address, {"nama": "Umar", field: "Umar\x00"})
    assert page.status == 400
    assert page.said == ["Permintaan tidak dapat dibaca."]
    assert site.item(case).status == "open"


@pytest.mark.usefixtures("database_url")
def test_a_long_text_is_kept_whole(site, staff, case, address):
    text = "Penilaian 💯 " * 10_000
    assert staff.post(address, {"nama": "Umar", "uraian": text}).status == 303
    assert site.answers(case, "Isi")["uraian"] == text.strip()


def test_an_unfinished_form_may_be_sent_by_script(staff, address):
    page = staff.script(address, {"nama": ""})
    assert page.status == 422
    assert page.tree.tag == "main"
    assert page.fault("nama") == "Isian ini wajib diisi."
