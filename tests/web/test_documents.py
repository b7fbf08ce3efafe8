"""The documents of a case on its page, as files, and the record sheet that one asks for."""

from datetime import timedelta

import pytest

from engine import documents, jobs
from engine.documents import KIND
from engine.models import Processing
from tasks.papers.kinds import makers
from tests import leases


@pytest.fixture
def case(site):
    return site.start()


@pytest.fixture
def made(site, case):
    """Does what is to be set, as the worker does."""

    def make() -> None:
        for held in jobs.lease(site.db, {KIND}, timedelta(minutes=1), 10):
            job = leases.begin(site.db, held)
            documents.make(site.db, job, makers("https://alur.example", "Asia/Pontianak"))

    return make


def test_a_record_sheet_is_asked_for_made_and_read(site, case, made):
    employee = site.visitor("employee")
    page = employee.get(f"/cases/{case}")
    assert "Belum ada dokumen." in page.text
    asked = employee.post(f"/cases/{case}/documents")
    assert (asked.status, asked.location) == (303, f"/cases/{case}#documents")
    page = employee.get(f"/cases/{case}")
    assert page.said == ["Lembar rekaman sedang dibuat."]
    assert "sedang dibuat" in page.tree.get_element_by_id("documents").text_content()
    assert f"/cases/{case}/documents" in page.tree.xpath("//section[@id='documents']/@hx-get")
    made()
    section = employee.get(f"/cases/{case}/documents", headers={"HX-Request": "true"})
    assert "hx-get" not in section.source
    assert "siap" in section.text
    (link,) = section.tree.xpath("//a/@href")
    answer = employee.get(link)
    assert answer.response.data.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="rekaman-{case:05d}-1.pdf"'
    assert int(answer.headers["Content-Length"]) == len(answer.response.data)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_history_says_what_was_asked_for_and_made(site, case, made):
    superior = site.visitor("superior")
    superior.post(f"/cases/{case}/documents")
    made()
    text = superior.get(f"/cases/{case}").text
    assert "Dokumen diminta: Lembar rekaman" in text
    assert "Dokumen dibuat: Lembar rekaman" in text
    assert "sebagai Peminta" in text


def test_a_superseded_revision_stays_and_is_said_to_be_one(site, case, made):
    employee = site.visitor("employee")
    for _ in range(2):
        employee.post(f"/cases/{case}/documents")
        made()
    section = employee.get(f"/cases/{case}").tree.get_element_by_id("documents")
    states = [e.text_content() for e in section.xpath(".//li/span[starts-with(@class, 'state-')]")]
    assert states == ["siap", "digantikan"]
    for link in section.xpath(".//li/a/@href"):
        assert employee.get(link).status == 200


def test_reading_a_document_is_noted(site, case, made):
    site.visitor("employee").post(f"/cases/{case}/documents")
    made()
    auditor = site.visitor("auditor")
    with site.db.read() as session:
        (document,) = documents.of_case(session, case)
    assert auditor.get(f"/cases/{case}/documents/{document.id}").status == 200
    with site.db.read() as session:
        noted = session.query(Processing).filter_by(person_id=site.ids["auditor"]).all()
    assert [(n.instance_id, n.subject_id) for n in noted] == [(case, site.ids["employee"])]


def test_one_that_is_not_made_or_of_another_case_is_not_there(site, case, made):
    employee = site.visitor("employee")
    employee.post(f"/cases/{case}/documents")
    with site.db.read() as session:
        (document,) = documents.of_case(session, case)
    assert employee.get(f"/cases/{case}/documents/{document.id}").status == 404
    made()
    other = site.start()
    assert employee.get(f"/cases/{other}/documents/{document.id}").status == 404
    assert employee.get(f"/cases/{case}/documents/999").status == 404


def test_an_auditor_reads_and_asks_for_nothing(site, case):
    auditor = site.visitor("auditor")
    assert "Buat lembar rekaman" not in auditor.get(f"/cases/{case}").text
    assert auditor.post(f"/cases/{case}/documents").status == 403


def test_without_the_script_the_list_is_the_page(site, case):
    answer = site.visitor("employee").get(f"/cases/{case}/documents")
    assert (answer.status, answer.location) == (303, f"/cases/{case}#documents")
