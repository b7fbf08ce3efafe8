"""A form at the start: filled in on the page that starts the case, and read again everywhere."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import func, select

from engine import sample
from engine.models import Instance
from web.own_file import as_json

BUDI = sample.PEOPLE[11]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ANSWERS = {
    "perihal": "Alat tulis kantor", "jumlah_pegawai": "12", "bobot": "0,5", "pagu": "60.000.000",
    "tanggal": "31-12-2026", "mendesak": "y", "sebab_mendesak": "Rapat", "cara": "katalog",
    "sumber": "dau", "penanggung_jawab": BUDI[1], "barang": "", "barang.7.uraian": "Kertas",
    "barang.7.banyak": "1.250", "barang.7.harga": "62.500,50",
}  # fmt: skip


def every_field_at_the_start() -> bytes:
    """The diagram with every type of field, with that form, but for its file, at the start."""
    root = etree.fromstring((Path(__file__).parent / "every_field.bpmn").read_bytes())
    (form,) = root.iterfind(f".//{BPMN}userTask[@id='Activity_Usul']/{BPMN}extensionElements")
    (start,) = root.iterfind(f".//{BPMN}startEvent")
    del start.attrib["name"]
    (file,) = (field for field in form.iter() if field.get("id") == "surat")
    file.getparent().remove(file)
    start.insert(0, form)
    return etree.tostring(root)


@pytest.fixture
def staff(site):
    site.put_into_force(every_field_at_the_start())
    return site.visitor("staff")


@pytest.fixture
def page(site):
    return f"/cases/new/pengadaan/{site.ids['employee']}"


def _count(site) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(Instance))


@pytest.mark.usefixtures("database_url")
def test_every_field_is_asked_at_the_start_and_read_again(site, staff, page):
    asked = staff.get(page)
    assert asked.value("jumlah_pegawai") == "1"
    assert "Formulir awal" in asked.text
    token = asked.value("token")
    answers = {staff.post(page, ANSWERS | {"token": token}).location for _ in range(2)}
    (address,) = answers
    assert _count(site) == 1
    case = int(address.rpartition("/")[2])
    kept = site.answers(case, "StartEvent_1")
    assert (kept["pagu"], kept["tanggal"], kept["cara"], kept["penanggung_jawab"]) == (
        Decimal(60_000_000),
        date(2026, 12, 31),
        "katalog",
        BUDI[0],
    )
    assert [row["harga"] for row in kept["barang"]] == [Decimal("62500.50")]
    shown = staff.get(address)
    assert "Rp 60.000.000" in shown.text
    (start,) = [item for item in site.work(case) if item.status == "completed"]
    submitted = staff.get(f"/cases/{case}/steps/{start.id}")
    assert submitted.title.startswith("Isian kasus")
    assert "Isian ini sama dengan yang tercatat di riwayat (kejadian 1)." in submitted.said
    assert submitted.value("perihal") == "Alat tulis kantor"
    assert "Pemulai kasus" in submitted.text
    site.step(case)
    checked = staff.get(f"/tasks/{site.item(case).id}")
    assert "Kertas" in checked.text


def test_what_was_filled_in_at_the_start_is_in_ones_own_data(site, staff, page):
    staff.post(page, ANSWERS)
    told = json.loads(b"".join(as_json(site.db, site.ids["employee"])))
    (step,) = told["Kasus tentang saya"][0]["Yang diisi"]
    assert step["Langkah"] == "Formulir awal"
    assert {said["Isian"]: said["Nilai"] for said in step["Isian"]}["Perihal"] == (
        "Alat tulis kantor"
    )


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("perihal", ""),
        ("perihal", "Alat"),
        ("pagu", "banyak"),
        ("jumlah_pegawai", "501"),
        ("tanggal", "31-02-2026"),
        ("cara", "palsu"),
        ("penanggung_jawab", "siapa"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_starts(site, staff, page, name, typed):
    answer = staff.post(page, ANSWERS | {"token": "satu", name: typed})
    assert (answer.status, answer.said) == (422, ["Ada isian yang perlu diperbaiki."])
    assert answer.fault(name)
    assert answer.value("token") == "satu"
    assert _count(site) == 0


def test_a_wrong_choice_of_people_keeps_what_was_filled_in(site, staff, page):
    answer = staff.post(page, ANSWERS | {"place:Lane_0t4k8ds": "123"})
    assert answer.status == 422
    assert answer.value("perihal") == "Alat tulis kantor"
    assert _count(site) == 0


def test_a_button_of_the_table_only_changes_the_form(site, staff, page):
    more = staff.post(page, ANSWERS | {"table-add": "barang"})
    assert more.status == 200
    assert more.value("perihal") == "Alat tulis kantor"
    assert _count(site) == 0


def test_the_people_of_a_field_are_offered_to_who_may_start(site, staff):
    address = "/cases/new/pengadaan/people?field=penanggung_jawab"
    assert "Budi Contoh" in staff.post(address, {"text": "budi"}).source
    assert "Budi" not in staff.post(address.replace("penanggung", "bukan"), {"text": "budi"}).source
    assert "Budi" not in staff.post(address, {"text": "b"}).source


def test_a_form_that_changed_since_it_was_shown_is_shown_anew(site, staff, page):
    first = staff.get(page)
    changed = every_field_at_the_start().replace(b'id="alasan"', b'id="dasar"')
    changed = changed.replace(b'label="Alasan" type="text"', b'label="Dasar" type="text"')
    site.put_into_force(changed)
    sent = ANSWERS | {"token": first.value("token"), "alasan": "Habis"}
    case = int(staff.post(page, sent).location.rpartition("/")[2])
    assert "alasan" not in site.answers(case, "StartEvent_1")


@pytest.mark.parametrize(
    "sent",
    [
        {"perihal": "x" * 5000},
        {"pagu": "9" * 400},
        {"barang.7.harga": "1e999999"},
        {"sumber": "<script>alert(1)</script>"},
        {"csrf_token": "palsu", "perihal": "\0"},
    ],
)
def test_hostile_answers_start_nothing(site, staff, page, sent):
    answer = staff.post(page, ANSWERS | sent)
    assert answer.status in (400, 413, 422)
    assert "<script>alert" not in answer.source
    assert _count(site) == 0


def test_who_filled_it_in_sees_the_case_as_its_starter(site, staff, page):
    staff.post(page, ANSWERS)
    told = json.loads(b"".join(as_json(site.db, site.ids["staff"])))
    (part,) = told["Kasus yang saya ikuti"]
    assert "Pemulai kasus" in part["Sebagai"]
    assert "Pemulai kasus" in staff.get("/profile/data").text
