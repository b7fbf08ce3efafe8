"""Paper along with the case: the sheet to print, and what scanning its code leads to."""

import io

import pypdfium2
import pytest
import zxingcpp

from engine import sample, supervision


def rendered(page):
    """The pages of a PDF as pictures, and its text."""
    document = pypdfium2.PdfDocument(io.BytesIO(page.response.data))
    sheets = list(document)
    return [sheet.render(scale=2).to_pil() for sheet in sheets], [
        sheet.get_textpage().get_text_bounded() for sheet in sheets
    ]


@pytest.mark.usefixtures("database_url")
def test_the_sheet_lists_the_steps_and_its_code_leads_to_the_case(site):
    case = site.start()
    site.step(case)
    sheet = site.visitor("staff").get(f"/cases/{case}/control-sheet.pdf")
    assert sheet.headers["Content-Type"] == "application/pdf"
    (picture,), (text,) = rendered(sheet)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [
        f"http://127.0.0.1:8000/cases/{case}/now"
    ]
    assert f"{case:05d}" in text and "Budi Contoh" in text and "Atasan Pejabat Penilai" in text
    assert text.index("Menyiapkan blanko") < text.index("Memberikan penilaian")
    assert text.count("Umar Contoh") == 3  # fills two steps, and has done one


def test_the_same_data_gives_the_same_bytes(site):
    case, staff = site.start(), site.visitor("staff")
    first, second = (staff.get(f"/cases/{case}/control-sheet.pdf") for _ in range(2))
    assert first.response.data == second.response.data
    site.step(case)
    third = staff.get(f"/cases/{case}/control-sheet.pdf")
    assert third.response.data != first.response.data


def test_who_may_not_see_the_case_gets_no_sheet(site):
    case = site.start()
    for way in ("control-sheet.pdf", "now"):
        assert site.visitor("outsider").get(f"/cases/{case}/{way}").status == 404


@pytest.mark.parametrize(
    ("step", "who", "leads_to"),
    [
        ("Langkah_2", "staff", "/tasks/{item}/handover"),
        ("Langkah_2", "employee", "/cases/{case}"),
        ("Langkah_3", "assessor", "/tasks/{item}"),
        ("Langkah_3", "superior", "/cases/{case}"),
        ("Langkah_5", "assessor", "/tasks/{item}/handover"),
        ("Langkah_8", "employee", "/tasks/{item}/handover"),
    ],
)
def test_the_code_opens_the_step_for_who_does_it_else_the_case(site, step, who, leads_to):
    case = site.start()
    item = site.until(case, step)
    answer = site.visitor(who).get(f"/cases/{case}/now")
    assert answer.location == leads_to.format(item=item.id, case=case)


def test_a_stranger_signs_in_first_and_comes_back(site):
    case = site.start()
    item = site.until(case, "Langkah_2")
    phone = site.visitor()
    asked = phone.get(f"/cases/{case}/now")
    assert asked.location == f"/sign-in?next=/cases/{case}/now"
    phone.post(asked.location, {"nip": "", "password": ""})
    came = phone.post(
        asked.location,
        {"nip": sample.CAST["staff"][0], "password": sample.PASSWORD},
        follow_redirects=True,
    )
    assert came.response.request.path == f"/tasks/{item.id}/handover"


@pytest.mark.usefixtures("database_url")
def test_confirming_records_the_step_now_and_once(site):
    case = site.start()
    item = site.until(case, "Langkah_2")
    staff = site.visitor("staff")
    page = staff.get(f"/tasks/{item.id}/handover")
    assert "Sudah saya serahkan" in page.text
    given = {"token": page.value("token"), "catatan_penyerahan": "Diterima langsung"}
    for _ in range(2):
        after = staff.post(f"/tasks/{item.id}/handover", given, follow_redirects=True)
        assert after.said[0].startswith("Tercatat: ")
    assert site.item(case).element == "Langkah_3"
    assert site.answers(case, "Langkah_2") == {"catatan_penyerahan": "Diterima langsung"}
    done = next(one for one in site.work(case) if one.id == item.id)
    assert done.performed_at is None


def test_a_groups_handover_is_taken_by_confirming(site, draw):
    site.put_into_force(
        draw("lane S group:umum-aparatur: s a e\nstartEvent s\nuserTask a name=Menerima\n"
             "endEvent e\ns -> a -> e")
    )  # fmt: skip
    case = site.start("p")
    item = site.item(case)
    colleague = site.visitor("colleague")
    page = colleague.get(f"/cases/{case}/now", follow_redirects=True)
    assert "Sudah saya terima" in page.text
    colleague.post(f"/tasks/{item.id}/handover", {"token": "a"})
    late = site.visitor("staff").post(f"/tasks/{item.id}/handover", {"token": "b"})
    assert late.status == 403
    (done,) = site.work(case)
    assert done.closed_by == site.ids["colleague"]


def test_what_must_be_answered_is_no_handover(site):
    case = site.start()
    item = site.until(case, "Langkah_3")
    assessor = site.visitor("assessor")
    for answer in (
        assessor.get(f"/tasks/{item.id}/handover"),
        assessor.post(f"/tasks/{item.id}/handover", {"token": "x"}),
    ):
        assert answer.location == f"/tasks/{item.id}"
    assert site.item(case).id == item.id


def test_a_suspended_case_shows_itself(site):
    case = site.start()
    item = site.until(case, "Langkah_2")
    staff = site.visitor("staff")
    supervision.suspend(site.db, site._actor(site.ids["supervisor"]), case, "Berkas")
    assert staff.get(f"/cases/{case}/now").location == f"/cases/{case}"
    refused = staff.post(f"/tasks/{item.id}/handover", {"token": "x"})
    assert refused.status == 409
    assert "ditangguhkan" in refused.said[0]


def test_a_note_that_is_wrong_is_kept_and_explained(site, draw):
    note = (
        '<camunda:formData><camunda:formField id="jumlah" label="Jumlah" type="long"/>'
        "</camunda:formData>"
    )
    site.put_into_force(
        draw(f"lane S group:umum-aparatur: s a e\nstartEvent s\nuserTask a\n{note}\n"
             "endEvent e\ns -> a -> e")
    )  # fmt: skip
    item = site.item(site.start("p"))
    answer = site.visitor("staff").post(f"/tasks/{item.id}/handover", {"jumlah": "banyak"})
    assert answer.status == 422
    assert answer.value("jumlah") == "banyak"
    assert answer.tree.xpath("//details[@open]")
