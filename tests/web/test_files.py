"""Files on the pages: with a form or by themselves, checked, and handed out to who may see them."""

import io

import pytest
from sqlalchemy import select

from engine.models import Attachment, Processing

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
GOOD = {"nilai_skp": "90", "nilai_perilaku": "85", "catatan_penilai": "Baik"}


@pytest.fixture
def task(site, drawn_marks) -> str:
    """The assessor's task, which asks for a file as well."""
    required = b'<camunda:validation><camunda:constraint name="required"/></camunda:validation>'
    accept = b'<camunda:properties><camunda:property id="accept" value="pdf, gambar"/>'
    inside = accept + b"</camunda:properties>" + required
    field = b'<camunda:formField id="bukti" label="Bukti" type="file">' + inside
    site.put_into_force(drawn_marks(field + b"</camunda:formField>"))
    return site.task("Langkah_3")


def file(data=PDF, name="surat.pdf", media_type="application/pdf"):
    return io.BytesIO(data), name, media_type


def item(task: str) -> int:
    return int(task.rsplit("/", 1)[1])


def kept(site) -> list[Attachment]:
    with site.db.read() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def submitted(site, task):
    (case,) = {one.instance_id for one in kept(site)}
    return site.answers(case, "Langkah_3")["bukti"]


def test_without_script_a_file_goes_with_the_form(site, task):
    assessor = site.visitor("assessor")
    done = assessor.post(task, GOOD | {"bukti": file()})
    assert done.status == 303
    value = submitted(site, task)
    assert (value["name"], value["size"], value["type"]) == (
        "surat.pdf", len(PDF), "application/pdf",
    )  # fmt: skip


def test_a_file_that_came_with_a_faulty_form_need_not_be_chosen_again(site, task):
    assessor = site.visitor("assessor")
    again = assessor.post(task, GOOD | {"nilai_skp": "x", "bukti": file()})
    assert again.status == 422
    assert "surat.pdf" in again.text
    number = again.tree.xpath("string(//input[@name='bukti' and @type='hidden']/@value)")
    assert assessor.post(task, GOOD | {"bukti": number}).status == 303
    assert submitted(site, task)["file"] == int(number)


def test_a_file_is_brought_by_itself_and_taken_out_again(site, task):
    assessor = site.visitor("assessor")
    brought = assessor.script(f"{task}/files/bukti", {"bukti": file()})
    assert brought.status == 200
    assert "surat.pdf" in brought.text
    assert len(kept(site)) == 1
    gone = assessor.script(f"{task}/files/bukti/remove")
    assert "surat.pdf" not in gone.text
    assert kept(site) == []


def test_without_script_taking_a_file_out_leaves_what_was_typed(site, task):
    assessor = site.visitor("assessor")
    assessor.script(f"{task}/files/bukti", {"bukti": file()})
    page = assessor.post(f"{task}/files/bukti/remove", GOOD | {"bukti": "1", "nilai_skp": "9o"})
    assert page.value("nilai_skp") == "9o"
    assert "surat.pdf" not in page.text


def test_a_draft_keeps_the_file_and_the_form_is_sent_with_it(site, task):
    assessor = site.visitor("assessor")
    assessor.post(f"{task}/draft", GOOD | {"bukti": file(), "draft_revision": "0", "token": "a"})
    page = assessor.get(task)
    number = page.tree.xpath("string(//input[@name='bukti' and @type='hidden']/@value)")
    assert number == str(kept(site)[0].id)
    assert assessor.post(task, GOOD | {"bukti": number}).status == 303


@pytest.mark.parametrize(
    "given",
    [
        file(b"<html><script>alert(1)</script>"),
        file(PDF, "surat.html", "application/pdf"),
        file(PDF, "surat.pdf.exe"),
        file(b"GIF89a", "gambar.png", "image/png"),
        file(b"MZ", "program.pdf"),
        file(b"", "kosong.pdf"),
        file(b"a;b\n", "tabel.csv", "text/csv"),  # not what this field takes
    ],
    ids=["page", "ending", "double ending", "lie", "program", "empty", "group"],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(site, task, given):
    assessor = site.visitor("assessor")
    given = (io.BytesIO(given[0].getvalue()), *given[1:])
    told = assessor.script(f"{task}/files/bukti", {"bukti": given})
    assert told.status == 422
    assert told.fault("bukti")
    assert kept(site) == []


def test_with_a_form_it_is_refused_with_the_rest(site, task):
    given = file(b"<html><script>alert(1)</script>")
    told = site.visitor("assessor").post(task, GOOD | {"nilai_skp": "x", "bukti": given})
    assert told.status == 422
    assert "bukan berkas .pdf" in told.fault("bukti")
    assert told.fault("nilai_skp")
    assert kept(site) == []


def test_a_file_that_is_too_large_is_refused_in_words(site, task):
    assessor = site.visitor("assessor")
    large = PDF[:9] + bytes(10_000_001) + PDF[9:]
    told = assessor.script(f"{task}/files/bukti", {"bukti": file(large)})
    assert told.status == 422
    assert "paling banyak 10 MB" in told.text
    # What is larger still does not come so far.
    larger = assessor.script(f"{task}/files/bukti", {"bukti": file(PDF + bytes(13_000_000))})
    assert larger.status == 413


def test_a_required_file_is_asked_for(site, task):
    told = site.visitor("assessor").post(task, GOOD)
    assert told.status == 422
    assert told.fault("bukti") == "Isian ini wajib diisi."


@pytest.mark.parametrize("forged", ["7777", '{"name": "x"}', '{"file": 1, "digest": "x"}', "-1"])
def test_a_file_that_was_never_brought_is_none(site, task, forged):
    assert site.visitor("assessor").post(task, GOOD | {"bukti": forged}).status == 422


def test_a_file_of_another_case_is_none(site, task):
    site.visitor("assessor").script(f"{task}/files/bukti", {"bukti": file()})
    other = site.task("Langkah_3")
    number = str(kept(site)[0].id)
    assert site.visitor("assessor").post(other, GOOD | {"bukti": number}).status == 422


def test_a_double_upload_leaves_one_file(site, task):
    assessor = site.visitor("assessor")
    for _ in range(2):
        assessor.script(f"{task}/files/bukti", {"bukti": file()})
    assert len(kept(site)) == 1


def test_nothing_is_brought_to_another_s_task_or_to_no_field(site, task):
    assert site.visitor("employee").script(f"{task}/files/bukti", {"bukti": file()}).status == 403
    assert site.visitor("assessor").script(f"{task}/files/x", {"x": file()}).status == 404
    assert kept(site) == []


def test_who_may_see_the_case_gets_the_file_and_that_is_noted(site, task):
    site.visitor("assessor").post(task, GOOD | {"bukti": file(name="surat dinas “a”.pdf")})
    (one,) = kept(site)
    address = f"/cases/{one.instance_id}/files/{one.id}"
    got = site.visitor("superior").get(address)
    assert got.response.data == PDF
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    with site.db.read() as session:
        looked = select(Processing.act).where(Processing.person_id == site.ids["superior"])
        assert session.scalars(looked).all() == ["viewed"]
    assert site.visitor("outsider").get(address).status == 404
    assert site.visitor().get(address).status == 302


def test_an_image_is_shown_where_nothing_can_run(site, task):
    assessor = site.visitor("assessor")
    assessor.post(task, GOOD | {"bukti": file(JPEG, "foto.jpg", "text/html")})
    (one,) = kept(site)
    got = assessor.get(f"/cases/{one.instance_id}/files/{one.id}")
    assert got.headers["Content-Type"] == "image/jpeg"
    assert got.headers["Content-Disposition"].startswith("inline")
    assert got.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_file_of_another_case_is_not_behind_one_s_own(site, task):
    site.visitor("assessor").post(task, GOOD | {"bukti": file()})
    (one,) = kept(site)
    other = site.start()
    assert site.visitor("staff").get(f"/cases/{other}/files/{one.id}").status == 404


def test_the_case_shows_the_file_that_was_submitted(site, task):
    assessor = site.visitor("assessor")
    assessor.post(task, GOOD | {"bukti": file()})
    (one,) = kept(site)
    page = assessor.get(f"/cases/{one.instance_id}")
    assert f"/cases/{one.instance_id}/files/{one.id}" in page.links


def test_comments_and_files_of_a_case_are_seen_by_who_sees_it(site):
    case = site.start()
    employee = site.visitor("employee")
    employee.post(f"/cases/{case}/comments", {"comment": "<b>Mohon</b> dicek.\r\nTerima kasih."})
    employee.post(f"/cases/{case}/files", {"attachment": file(name="<i>bukti</i>.pdf")})
    page = site.visitor("superior").get(f"/cases/{case}")
    assert "<b>Mohon</b> dicek." in page.text
    assert "_i_bukti__i_.pdf" in page.text or "i_.pdf" in page.text
    assert site.visitor("outsider").get(f"/cases/{case}").status == 404


def test_one_s_own_attachment_is_taken_off_with_a_reason(site):
    case = site.start()
    employee = site.visitor("employee")
    employee.post(f"/cases/{case}/files", {"attachment": file()})
    (one,) = kept(site)
    address = f"/cases/{case}/files/{one.id}"
    assert employee.post(f"{address}/remove", {"reason": ""}).status == 422
    assert employee.post(f"{address}/remove", {"reason": "Salah berkas"}).status == 303
    page = employee.get(f"/cases/{case}")
    assert "Salah berkas" in page.text
    assert employee.get(address).status == 404


def test_a_comment_that_is_none_is_refused_and_stays_on_the_page(site):
    case = site.start()
    told = site.visitor("employee").post(f"/cases/{case}/comments", {"comment": "x" * 2001})
    assert told.status == 422
    assert told.value("comment").strip() == "x" * 2001
