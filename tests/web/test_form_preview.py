"""The preview of a form, from a diagram alone: it looks and judges as later, and keeps nothing."""

import re
from pathlib import Path

import pytest

from engine import deployments

EVERY_FIELD = (Path(__file__).parent / "every_field.bpmn").read_bytes()


@pytest.fixture
def version(site):
    """A version that is not in force."""
    return deployments.deploy(site.db, EVERY_FIELD).id


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


@pytest.fixture
def address(version):
    return f"/processes/{version}/forms/Activity_Usul"


def test_the_page_of_a_version_leads_to_the_form_of_each_step_that_has_one(site, analyst, version):
    links = analyst.get(f"/processes/{version}").links
    assert f"/processes/{version}/forms/Activity_Usul" in links
    assert f"/processes/{version}/forms/Activity_Periksa" in links
    bare = re.sub(rb"(?s)(Memeriksa usul\">).*?</bpmn:extensionElements>", rb"\1", EVERY_FIELD)
    other = deployments.deploy(site.db, bare).id
    links = analyst.get(f"/processes/{other}").links
    assert f"/processes/{other}/forms/Activity_Usul" in links
    assert f"/processes/{other}/forms/Activity_Periksa" not in links


def test_the_form_stands_there_as_in_an_empty_case(analyst, address):
    page = analyst.get(address)
    assert page.title.startswith("Pratinjau formulir: Mengusulkan pengadaan")
    assert page.value("jumlah_pegawai") == "1"
    assert page.tree.xpath("//fieldset[@id='isian-barang']//tbody/tr")


def test_a_prefill_from_data_that_is_not_there_is_empty(analyst, version):
    page = analyst.get(f"/processes/{version}/forms/Activity_Periksa")
    assert page.status == 200
    assert page.value("pemeriksa") == ""
    assert page.value("unit") == "Sekretariat"


def test_trying_judges_and_keeps_nothing(site, analyst, address):
    wrong = analyst.post(address, {"perihal": "abc", "pagu": "x"})
    assert wrong.status == 422
    assert wrong.fault("perihal") == "Paling sedikit 5 huruf."
    assert wrong.fault("pagu") == "Tulis angka dengan koma desimal, misalnya 85,5."
    right = analyst.post(
        address,
        {
            "perihal": "Kertas", "pagu": "1", "tanggal": "31-12-2026", "barang": "",
            "penanggung_jawab": "Budi Contoh", "barang.1.uraian": "Rim", "barang.1.harga": "5",
        },
    )  # fmt: skip
    assert right.status == 200
    assert right.said == ["Isian ini lengkap dan benar. Tidak ada yang disimpan."]
    assert "Budi Contoh (19900101 209003 2 012)" in right.text
    with site.db.read() as session:
        assert deployments.in_force(session, "pengadaan") is None


def test_the_buttons_of_its_tables_work(analyst, address):
    page = analyst.post(address, {"barang": "", "barang.1": "", "table-add": "barang"})
    assert len(page.tree.xpath("//fieldset[@id='isian-barang']//tbody/tr")) == 2
    file = analyst.post(address, {"barang": "", "table-download": "barang.csv"})
    assert file.response.data.decode("utf-8-sig").startswith("Uraian;Banyaknya;Satuan")


@pytest.mark.parametrize("element", ["StartEvent_1", "Tidak_Ada", "pengadaan"])
def test_what_has_no_form_has_no_preview(analyst, version, element):
    assert analyst.get(f"/processes/{version}/forms/{element}").status == 404
    assert analyst.post(f"/processes/{version}/forms/{element}").status == 404
