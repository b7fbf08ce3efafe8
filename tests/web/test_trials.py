"""Trying a diagram on its pages: all roles, a clock that is moved, and nothing left of it."""

from io import BytesIO

import pytest
from sqlalchemy import select

from engine import deployments
from engine.models import HistoryEntry, Trial

PDF = b"%PDF-1.7\n%\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
# A form with a file, a service, and a message that is awaited.
STEPS = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><message id="m" name="balasan"/>
 <process id="surat" name="Surat" isExecutable="true" camunda:historyTimeToLive="P1Y">
 <startEvent id="s"/><userTask id="a" name="Menulis surat"><extensionElements><camunda:formData>
 <camunda:formField id="lampiran" label="Lampiran" type="file"><camunda:validation>
 <camunda:constraint name="required"/></camunda:validation></camunda:formField>
 </camunda:formData></extensionElements></userTask>
 <serviceTask id="b" name="Memberi nomor" camunda:type="external" camunda:topic="nomor">
 <extensionElements><camunda:properties><camunda:property name="alur:gives" value="nomor"/>
 </camunda:properties></extensionElements></serviceTask>
 <intermediateCatchEvent id="c" name="Balasan datang"><messageEventDefinition messageRef="m"/>
 </intermediateCatchEvent><endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
 <sequenceFlow id="f2" sourceRef="a" targetRef="b"/><sequenceFlow id="f3" sourceRef="b"
 targetRef="c"/><sequenceFlow id="f4" sourceRef="c" targetRef="e"/></process></definitions>"""


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


@pytest.fixture
def begun(site, analyst):
    """``begun(source)``: the address of a new trial."""

    def begin(source=None) -> str:
        with site.db.read() as session:
            version = deployments.in_force(session, "skp_collection").id
        if source is not None:
            version = deployments.deploy(site.db, source).id
        return analyst.post(f"/trials/of/{version}").response.location

    return begin


def task(page) -> str:
    """The address of the form of the one open task."""
    (found,) = {link for link in page.links if "/tasks/" in link}
    return found


def rows(site, table):
    with site.db.read() as session:
        return session.scalars(select(table).order_by(*table.__table__.primary_key)).all()


def test_a_version_is_tried_to_its_end_by_one_person_alone(site, analyst, begun):
    before = len(rows(site, HistoryEntry))
    address = begun()
    page = analyst.get(address)
    assert "Menyiapkan blanko" in page.text
    assert page.text.count("Staf Pelaksana") == 1
    done = analyst.post(
        task(page),
        {"periode": "2026", "dari": "01-01-2026", "sampai": "31-12-2026", "catatan_berkas": "Ada"},
    )
    assert (done.status, done.response.location) == (303, address)
    page = analyst.get(address)
    assert "Menyerahkan kepada pejabat penilai" in page.text
    assert "Ada" in page.text
    analyst.post(task(page))
    form = analyst.get(task(analyst.get(address)))
    assert "Sebagai Pejabat Penilai" in form.text
    assert analyst.post(f"{address}/end").status == 303
    assert analyst.get(address).status == 404
    assert rows(site, Trial) == []
    assert len(rows(site, HistoryEntry)) == before


def test_an_answer_that_is_missing_is_asked_for_and_nothing_moves(analyst, begun):
    address = begun()
    wrong = analyst.post(task(analyst.get(address)), {"periode": "dua ribu"})
    assert wrong.status == 422
    assert wrong.fault("periode")
    assert "Menyiapkan blanko" in analyst.get(address).text


def test_the_clock_is_moved_to_the_next_timer_or_to_a_moment(analyst, begun):
    address = begun()
    assert analyst.post(f"{address}/clock", {"to": "next"}).status == 303
    page = analyst.get(address)
    assert "10 menit" in page.tree.xpath("string(//article[contains(., 'timer')])")
    assert "Waktu habis" in page.tree.xpath("string(//article[a])")
    no_more = analyst.post(f"{address}/clock", {"to": "next"})
    assert (no_more.status, "Tidak ada timer yang berjalan." in no_more.text) == (409, True)
    later = analyst.post(f"{address}/clock", {"date": "31-12-2099", "time": "16.00"})
    assert later.status == 303
    assert "31-12-2099 16.00" in analyst.get(address).text
    back = analyst.post(f"{address}/clock", {"date": "31-12-2098", "time": "16.00"})
    assert (back.status, "Jam percobaan hanya dapat maju." in back.text) == (422, True)
    nonsense = analyst.post(f"{address}/clock", {"date": "besok", "time": "16.00"})
    assert nonsense.status == 422


def test_files_are_judged_and_go_no_further_and_services_and_messages_are_played(analyst, begun):
    address = begun(STEPS)
    form = task(analyst.get(address))
    assert analyst.post(form).status == 422
    disguised = analyst.post(form, {"lampiran.berkas": (BytesIO(b"MZ"), "surat.pdf")})
    assert disguised.status == 422
    taken = analyst.post(form, {"lampiran.berkas": (BytesIO(PDF), "surat.pdf")})
    assert taken.status == 303
    page = analyst.get(address)
    assert "surat.pdf" in page.text
    (service,) = {link for link in page.links if "/answers/" in link}
    analyst.post(service, {"nilai.nomor": "17"})
    page = analyst.get(address)
    assert "menunggu pesan atau sinyal" in page.text
    (event,) = {link for link in page.links if "/answers/" in link}
    assert analyst.post(service).status == 409
    analyst.post(event)
    page = analyst.get(address)
    assert "Kasus percobaan ini selesai." in page.text
    assert page.tree.xpath("//dt[code='nomor']/following-sibling::dd")[0].text == "17"


def test_it_begins_anew(analyst, begun):
    address = begun()
    analyst.post(
        task(analyst.get(address)),
        {"periode": "2026", "dari": "01-01-2026", "sampai": "31-12-2026"},
    )
    assert "Yang sudah terjadi" in analyst.get(address).text
    assert analyst.post(f"{address}/again").status == 303
    assert "Yang sudah terjadi" not in analyst.get(address).text


def test_a_task_that_is_done_is_done_once(analyst, begun):
    address = begun()
    form = task(analyst.get(address))
    given = {"periode": "2026", "dari": "01-01-2026", "sampai": "31-12-2026"}
    assert analyst.post(form, given).status == 303
    assert analyst.post(form, given).status == 409
    assert analyst.get(form).status == 409


def test_a_sketch_is_tried_as_it_was_kept_last(site, analyst):
    sketch = analyst.post("/modeler", {"file": (BytesIO(STEPS), "surat.bpmn")}).response.location
    begun = analyst.post(f"/trials/of-sketch/{sketch.rpartition('/')[2]}")
    page = analyst.get(begun.response.location)
    assert "Surat, rancangan" in page.text
    assert "Menulis surat" in page.text
    assert sketch in page.links
    other = site.visitor("administrator")
    assert other.post(f"/trials/of-sketch/{sketch.rpartition('/')[2]}").status == 403


def test_what_cannot_be_executed_is_not_tried_and_says_why(analyst):
    broken = STEPS.replace(b'targetRef="b"', b'targetRef="zz"')
    sketch = analyst.post("/modeler", {"file": (BytesIO(broken), "surat.bpmn")}).response.location
    refused = analyst.post(f"/trials/of-sketch/{sketch.rpartition('/')[2]}")
    assert refused.status == 422
    assert "Diagram ini belum dapat dijalankan." in refused.text


def test_one_s_trials_are_listed_and_nobody_else_has_them(site, analyst, begun):
    address = begun()
    assert address in analyst.get("/trials").links
    assert site.visitor("administrator").get("/trials").status == 403


ASKING = STEPS.replace(
    b'<startEvent id="s"/>',
    b"""<startEvent id="s"><extensionElements><camunda:formData>
 <camunda:formField id="perihal" label="Perihal" type="string"><camunda:validation>
 <camunda:constraint name="required"/></camunda:validation></camunda:formField>
 </camunda:formData></extensionElements></startEvent>""",
)


@pytest.mark.usefixtures("database_url")
def test_the_start_form_is_filled_in_before_there_is_a_trial(site, analyst):
    version = deployments.deploy(site.db, ASKING).id
    asked = analyst.post(f"/trials/of/{version}")
    assert (asked.status, asked.value("perihal")) == (200, "")
    wrong = analyst.post(f"/trials/of/{version}", {"start": "1", "perihal": " "})
    assert (wrong.status, rows(site, Trial)) == (422, [])
    assert wrong.fault("perihal")
    address = analyst.post(f"/trials/of/{version}", {"start": "1", "perihal": "Undangan"}).location
    page = analyst.get(address)
    (start,) = page.tree.xpath("//article[header/strong='Formulir awal']")
    assert "Undangan" in start.text_content()
    again = analyst.post(f"{address}/again")
    assert again.status == 200
    analyst.post(f"{address}/again", {"start": "1", "perihal": "Nota"})
    assert "Nota" in analyst.get(address).text
    assert "Undangan" not in analyst.get(address).text
