"""The times of a case by step and person, its record as PDF, and what its diagram says."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from sqlalchemy import select

from engine import clock, corrections, instances, people
from engine.models import Incident, Processing

AT_THE_SITE = ZoneInfo("Asia/Pontianak")
WAITS = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <message id="Jawab" name="jawaban" />
  <process id="tunggu" name="Penungguan" isExecutable="true">
    <laneSet id="Lajur"><lane id="Staf" name="Staf">
      <extensionElements><camunda:properties>
        <camunda:property name="alur:actor" value="group:umum-aparatur" />
      </camunda:properties></extensionElements>
      <flowNodeRef>Mulai</flowNodeRef><flowNodeRef>Periksa</flowNodeRef>
      <flowNodeRef>Belah</flowNodeRef><flowNodeRef>Jeda</flowNodeRef>
      <flowNodeRef>Kabar</flowNodeRef><flowNodeRef>Satukan</flowNodeRef>
      <flowNodeRef>Selesai</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Mulai" />
    <userTask id="Periksa" name="Memeriksa" />
    <parallelGateway id="Belah" />
    <intermediateCatchEvent id="Jeda" name="Masa tunggu"><timerEventDefinition id="T">
      <timeDuration>P30D</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <intermediateCatchEvent id="Kabar" name="Kabar datang">
      <messageEventDefinition id="M" messageRef="Jawab" /></intermediateCatchEvent>
    <parallelGateway id="Satukan" />
    <endEvent id="Selesai" />
    <sequenceFlow id="A" sourceRef="Mulai" targetRef="Periksa" />
    <sequenceFlow id="B" sourceRef="Periksa" targetRef="Belah" />
    <sequenceFlow id="C" sourceRef="Belah" targetRef="Jeda" />
    <sequenceFlow id="D" sourceRef="Belah" targetRef="Kabar" />
    <sequenceFlow id="E" sourceRef="Jeda" targetRef="Satukan" />
    <sequenceFlow id="F" sourceRef="Kabar" targetRef="Satukan" />
    <sequenceFlow id="G" sourceRef="Satukan" targetRef="Selesai" />
  </process>
</definitions>
"""


@pytest.fixture
def at(monkeypatch):
    """``at(23, 9, 30)``: the clock stands at that day of November 2026 and time of the office."""

    def move(day: int, hour: int, minute: int = 0) -> None:
        now = datetime(2026, 11, day, hour, minute, tzinfo=AT_THE_SITE).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: now)

    move(23, 9)  # a Monday
    return move


@pytest.fixture
def case(site, at):
    """Two rounds, in the first of which the assessor was late; the third is not begun."""
    case = site.start()
    at(23, 9, 10)
    site.step(case)
    site.step(case)
    for begun, done in (((9, 20), (10, 20)), ((10, 30), (10, 40))):
        at(23, *begun)
        site.act(instances.take_up, "assessor", site.item(case))
        at(23, *done)
        site.step(case, catatan_penilai="Baik")
        site.step(case, keputusan="tidak_setuju", alasan="Kuantitas *keliru* #set <b>")
    at(23, 11, 40)
    return case


def rows(page, table: int) -> list[list[str]]:
    found = page.tree.xpath("//table")[table].xpath("./tbody/tr | ./tfoot/tr")
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in found]


def words(answer) -> str:
    """The text of a PDF on one line."""
    document = pypdfium2.PdfDocument(io.BytesIO(answer.response.data))
    texts = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(texts).split())


def test_each_visit_says_who_as_what_and_how_long(site, case):
    visits = rows(site.visitor("supervisor").get(f"/cases/{case}/times"), 0)
    assert [visit[0] for visit in visits][2:] == [
        "Memberikan penilaian, diserahkan kepada pegawai",
        "Memeriksa hasil SKP",
        "Memberikan penilaian, diserahkan kepada pegawai putaran ke-2",
        "Memeriksa hasil SKP putaran ke-2",
        "Memberikan penilaian, diserahkan kepada pegawai putaran ke-3",
    ]
    assert visits[2][1] == "Kasi Contoh Satu Pejabat Penilai"
    assert visits[2][2:] == [
        "23-11-2026 09.10 WIB", "23-11-2026 09.20 WIB", "23-11-2026 10.20 WIB", "10 menit", "1 jam",
        "15 menit", "Terlambat",
    ]  # fmt: skip
    # What is open waits until now.
    assert visits[-1][3:6] == ["–", "–", "1 jam"]
    assert visits[-1][-1] == "Menunggu"


def test_times_add_up_for_the_case_and_for_each_person(site, case):
    page = site.visitor("supervisor").get(f"/cases/{case}/times")
    people = {row[0]: row[1:] for row in rows(page, 1)}
    assert people["Budi Contoh"][:2] == ["2", "0"]
    assert people["Kasi Contoh Satu"][:2] == ["2", "1"]
    assert people["Seluruh kasus"][:2] == ["6", "1"]
    said = site.visitor("employee").get(f"/cases/{case}").text
    assert "6 langkah selesai, 1 terlambat" in said
    assert f"menunggu {people['Seluruh kasus'][2]}, dikerjakan {people['Seluruh kasus'][3]}" in said


def test_the_printed_record_holds_all_of_the_case(site, case):
    assessor = site.visitor("assessor")
    said = {"comment": "Mohon dihitung lagi.\n#pagebreak()"}
    site.visitor("employee").post(f"/cases/{case}/comments", said)
    assessor.post("/language/en")  # the record is the office's, in its language
    text = words(assessor.get(f"/cases/{case}/record.pdf"))
    assessor.post("/language/id")
    times = rows(assessor.get(f"/cases/{case}/times"), 1)[-1]
    for part in (
        "RIWAYAT KASUS", "Berjalan, menurut catatan", "Mulai dikerjakan: ",
        "Budi Contoh, NIP 19900101 209003 2 012", "Atasan Pejabat Penilai",
        "(putaran ke-2)", "Terlambat", "Seluruh kasus " + " ".join(times[1:]),
        "Kuantitas *keliru* #set <b>", "Mohon dihitung lagi.", "#pagebreak()", "Belum ada.",
    ):  # fmt: skip
        assert part in text, part


def test_the_printed_record_says_what_was_put_right(site, case):
    with site.db.read() as session:
        supervisor = people.actor(session, site.ids["supervisor"])
    last = site.work(case)[-2].id
    given = {"keputusan": "tidak_setuju", "alasan": "Mutu keliru"}
    corrections.correct(site.db, supervisor, case, last, given, "Salah ketik")
    text = words(site.visitor("supervisor").get(f"/cases/{case}/record.pdf"))
    assert "Dikoreksi Kadis Contoh" in text and "Salah ketik" in text and "Mutu keliru" in text


def test_an_employee_looks_at_their_own_and_others_are_noted(site, case):
    for who in ("employee", "supervisor"):
        for way in ("times", "record.pdf"):
            assert site.visitor(who).get(f"/cases/{case}/{way}").status == 200
    with site.db.read() as session:
        looked = session.scalars(select(Processing.person_id)).all()
    assert looked == [site.ids["supervisor"]]


def test_who_sent_a_case_on_did_not_do_the_step_that_was_left(site, case):
    item = site.item(case)
    given = {"to": "Langkah_2", "reason": "Berkas hilang"}
    supervisor = site.visitor("supervisor")
    assert supervisor.post(f"/cases/{case}/tasks/{item.id}/jump", given).status == 303
    left, opened = rows(supervisor.get(f"/cases/{case}/times"), 0)[-2:]
    assert (left[1], left[-1]) == ("Kasi Contoh Satu Pejabat Penilai", "Dibatalkan")
    assert opened[0] == "Menyerahkan kepada pejabat penilai putaran ke-2"


@pytest.mark.parametrize("way", ["times", "record.pdf"])
def test_who_may_not_see_the_case_gets_neither(site, way):
    case = site.start()
    for who in ("outsider", "neighbour", "analyst", "administrator"):
        assert site.visitor(who).get(f"/cases/{case}/{way}").status == 404


def listed(page) -> dict[str, str]:
    """The diagram as the page lists it."""
    items = page.tree.xpath("//details[summary='Diagram sebagai daftar']//li")
    return dict(item.text_content().split(": ") for item in items)


def test_the_diagram_says_where_a_case_has_been_is_and_went_round(site, case):
    page = site.visitor("employee").get(f"/cases/{case}")
    assert listed(page) == {
        "Menyiapkan blanko dan SKP tahun sebelumnya": "Selesai",
        "Menyerahkan kepada pejabat penilai": "Selesai",
        "Memberikan penilaian, diserahkan kepada pegawai": "Menunggu, 3 kali",
        "Memeriksa hasil SKP": "Selesai, 2 kali",
    }
    meanings = [item.text_content() for item in page.tree.xpath("//*[@class='marks']/li")]
    assert meanings == [
        "Selesai",
        "Menunggu diambil, waktu, pesan, atau layanan",
        "Berulang, dengan banyaknya kunjungan",
    ]


def test_the_diagram_says_what_a_case_waits_for_and_what_failed(site):
    site.put_into_force(WAITS)
    case = site.start("tunggu")
    site.step(case)
    said = {
        "Memeriksa": "Selesai",
        "Masa tunggu": "Menunggu waktu",
        "Kabar datang": "Menunggu pesan",
    }
    assert listed(site.visitor("supervisor").get(f"/cases/{case}")) == said
    with site.db.write() as session:
        session.add(Incident(instance_id=case, element="Jeda", at=clock.now(), reason="Gagal"))
    assert listed(site.visitor("supervisor").get(f"/cases/{case}")) == said | {
        "Masa tunggu": "Gagal"
    }
