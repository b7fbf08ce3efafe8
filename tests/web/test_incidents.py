"""What failed and stands still: the supervisor's page, trying again, overcoming by hand."""

import pytest
from sqlalchemy import select

from engine import clock, deployments, instances, jobs
from engine.errors import StepFailed
from engine.models import Incident, Job
from engine.settings import Settings
from engine.worker import LANES
from tasks.duties import duties
from tests import leases

pytestmark = pytest.mark.usefixtures("database_url")
WHY = {"reason": "Dikirim lewat <b>surat</b>"}
GIVES = (
    b'<camunda:properties><camunda:property name="alur:gives" value="nomor" /></camunda:properties>'
)
SERVICE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">
  <process id="kirim" name="Pengiriman Berkas" isExecutable="true">
    <laneSet id="Lajur"><lane id="Staf" name="Staf">
      <extensionElements><camunda:properties>
        <camunda:property name="alur:actor" value="group:umum-aparatur" />
      </camunda:properties></extensionElements>
      <flowNodeRef>Mulai</flowNodeRef><flowNodeRef>Periksa</flowNodeRef>
      <flowNodeRef>Kirim</flowNodeRef><flowNodeRef>Catat</flowNodeRef>
      <flowNodeRef>Arsip</flowNodeRef><flowNodeRef>Selesai</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Mulai" />
    <userTask id="Periksa" name="Memeriksa" />
    <serviceTask id="Kirim" name="Mengirim ke SIMPEG" camunda:type="external"
        camunda:topic="simpeg"><extensionElements /></serviceTask>
    <scriptTask id="Catat" scriptFormat="python"><script>siap = 1</script></scriptTask>
    <userTask id="Arsip" name="Mengarsipkan" />
    <endEvent id="Selesai" />
    <sequenceFlow id="A" sourceRef="Mulai" targetRef="Periksa" />
    <sequenceFlow id="B" sourceRef="Periksa" targetRef="Kirim" />
    <sequenceFlow id="C" sourceRef="Kirim" targetRef="Catat" />
    <sequenceFlow id="D" sourceRef="Catat" targetRef="Arsip" />
    <sequenceFlow id="E" sourceRef="Arsip" targetRef="Selesai" />
  </process>
</definitions>
"""


@pytest.fixture
def work(site, tmp_path):
    """``work({"simpeg": handler})``: does what is due, with these handlers."""

    def do(handlers=None) -> None:
        runners = duties(Settings(tmp_path / "home", site.db.url), handlers or {})
        for lane in LANES:
            for lease in jobs.lease(site.db, lane.kinds, lane.lease, 100):
                job = leases.begin(site.db, lease)
                try:
                    runners[job.kind](site.db, job)
                except Exception as error:
                    jobs.failed(site.db, job, error)

    return do


@pytest.fixture
def send(site):
    """``send(source)``: a case at its service task."""

    def start(source: bytes = SERVICE) -> int:
        version = deployments.deploy(site.db, source)
        deployments.activate(site.db, version.id, topics={"simpeg"})
        case = site.start("kirim")
        site.step(case)
        return case

    return start


@pytest.fixture
def failed(send, work) -> int:
    """A case whose service task failed, since nothing here serves its topic."""
    case = send()
    work()
    return case


@pytest.fixture
def supervisor(site):
    return site.visitor("supervisor")


def shown(visitor) -> list[str]:
    """The incidents of the page, as they are read."""
    items = visitor.get("/incidents").tree.xpath("//ul[@class='cards']/li")
    return [" ".join(item.text_content().split()) for item in items]


def deeds(visitor) -> dict[str, str]:
    """What the first incident of the page offers: retry or resolve to the address."""
    found = visitor.get("/incidents").tree.xpath("(//ul[@class='cards']/li)[1]//form/@action")
    return {address.rpartition("/")[2]: address for address in found}


def open_step(site, case: int) -> list[str]:
    return [item.element for item in site.work(case) if item.status == "open"]


def note(site, **facts) -> None:
    with site.db.write() as session:
        session.add(Incident(at=clock.now(), **facts))


def test_the_page_says_what_failed_where_and_why(site, failed, supervisor):
    for visitor in (supervisor, site.visitor("administrator")):
        (said,) = shown(visitor)
        assert said.startswith("Mengirim ke SIMPEG Kasus 00001 · Pengiriman Berkas · ")
        assert 'Layanan "simpeg" belum terpasang di server ini.' in said
        assert f"/cases/{failed}" in visitor.get("/incidents").links
        assert deeds(visitor).keys() == {"retry", "resolve"}


def test_the_page_of_the_case_says_it_too_and_leads_the_supervisor_on(site, failed, supervisor):
    for visitor, leads in ((supervisor, True), (site.visitor("staff"), False)):
        page = visitor.get(f"/cases/{failed}")
        (said,) = page.said
        assert said.startswith('Gagal: Mengirim ke SIMPEG. Layanan "simpeg" belum terpasang')
        assert ("/incidents" in page.links) is leads


def test_it_is_a_page_of_supervisors_and_administrators(site, failed):
    for who in ("staff", "employee", "assessor", "analyst"):
        visitor = site.visitor(who)
        assert visitor.get("/incidents").status == 403
        assert "/incidents" not in visitor.get("/").links
    assert shown(site.visitor("neighbour")) == []
    assert "Tidak ada insiden." in site.visitor("neighbour").get("/incidents").text


def test_what_was_mended_is_tried_again_and_the_case_goes_on(site, failed, supervisor, work):
    answer = supervisor.post(deeds(supervisor)["retry"])
    assert (answer.status, answer.location) == (303, "/incidents")
    page = supervisor.get("/incidents")
    assert page.said == ["Dicoba lagi."]
    assert "Tidak ada insiden." in page.text
    work({"simpeg": lambda order: None})
    assert open_step(site, failed) == ["Arsip"]
    assert supervisor.get(f"/cases/{failed}").said == []


def test_what_was_not_mended_comes_back(failed, supervisor, work):
    supervisor.post(deeds(supervisor)["retry"])
    work()
    assert len(shown(supervisor)) == 1


def test_an_incident_is_overcome_by_hand_with_a_reason_on_record(site, failed, supervisor, work):
    answer = supervisor.post(deeds(supervisor)["resolve"], WHY)
    assert (answer.status, answer.location) == (303, "/incidents")
    assert supervisor.get("/incidents").said == ["Insiden diatasi."]
    assert shown(supervisor) == []
    case = site.visitor("employee").get(f"/cases/{failed}")
    assert "Insiden diatasi: Mengirim ke SIMPEG Kadis Contoh sebagai Pengawas" in case.text
    assert WHY["reason"] in case.text
    work({"simpeg": pytest.fail})
    assert open_step(site, failed) == ["Arsip"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_reason_is_needed(site, failed, supervisor, reason):
    page = supervisor.post(deeds(supervisor)["resolve"], {"reason": reason})
    assert (page.status, page.said) == (422, ["Alasan: 1 sampai 1000 huruf."])
    assert len(shown(supervisor)) == 1
    assert open_step(site, failed) == []


def test_a_case_that_needs_the_answer_of_the_service_is_not_overcome(site, send, supervisor, work):
    needy = SERVICE.replace(
        b"<extensionElements />", b"<extensionElements>" + GIVES + b"</extensionElements>"
    )
    case = send(needy.replace(b"siap = 1", b"siap = nomor + 1"))
    work()
    page = supervisor.post(deeds(supervisor)["resolve"], WHY)
    assert page.status == 422
    assert len(page.said) == 1
    assert len(shown(supervisor)) == 1
    assert open_step(site, case) == []


@pytest.mark.parametrize("deed", ["retry", "resolve"])
def test_nobody_else_mends(site, failed, supervisor, deed):
    address = deeds(supervisor)[deed]
    for who in ("staff", "employee", "assessor", "analyst", "neighbour", "outsider"):
        assert site.visitor(who).post(address, WHY).status == 403
    assert len(shown(supervisor)) == 1


@pytest.mark.parametrize("deed", ["retry", "resolve"])
def test_a_stale_page_is_told_that_it_is_overcome_already(failed, supervisor, deed):
    address = deeds(supervisor)[deed]
    supervisor.post(deeds(supervisor)["resolve"], WHY)
    supervisor.get("/")
    again = supervisor.post(address, WHY)
    assert (again.status, again.said[-1]) == (409, "Insiden ini sudah diatasi.")


def test_an_incident_that_is_not_there_is_not_found(supervisor):
    for number in (1, 2**31 - 1, 2**70):
        assert supervisor.post(f"/incidents/{number}/retry").status == 404


def test_nothing_of_a_suspended_case_is_tried_again(failed, supervisor):
    supervisor.post(f"/cases/{failed}/suspend", WHY)
    supervisor.get("/")
    page = supervisor.post(deeds(supervisor)["retry"])
    assert page.status == 409
    assert "ditangguhkan" in page.said[-1]
    assert len(shown(supervisor)) == 1


def test_the_words_of_a_faulty_program_are_not_shown(site, send, supervisor, work, monkeypatch):
    def quote(order):
        raise KeyError("Budi Contoh 199001012090032012")

    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 1)
    send()
    work({"simpeg": quote})
    (said,) = shown(supervisor)
    assert "Kesalahan program (KeyError)." in said
    assert "Budi" not in said


def test_a_step_that_failed_in_a_persons_hands_is_left_to_that_person(site, skp, supervisor):
    site.put_into_force(skp.replace(b'${keputusan == "setuju"}', b"${keputusan &lt; 3}", 1))
    case = site.start()
    item = site.until(case, "Langkah_4")
    with pytest.raises(StepFailed):
        site.step(case)
    (said,) = shown(supervisor)
    assert said.startswith("Memeriksa hasil SKP Kasus 00001")
    assert said.endswith("pelaksana menyelesaikan langkah ini sekali lagi.")
    assert deeds(supervisor) == {}
    page = supervisor.post("/incidents/1/retry")
    assert page.status == 422
    assert site.item(case).id == item.id


def test_a_failed_timer_is_called_after_its_step(site, supervisor):
    case = site.start()
    site.act(instances.claim, "staff", site.item(case))
    with site.db.write() as session:
        timer = session.scalars(select(Job).where(Job.kind == "timer")).one()
        jobs.give_up(session, timer, "Sebab")
    (said,) = shown(supervisor)
    assert said.startswith("Menyiapkan blanko dan SKP tahun sebelumnya (10 menit) Kasus 00001")
    page = supervisor.get(f"/cases/{case}")
    assert "gagal; lihat insidennya" in page.text
    assert "Tunda batas ini" not in page.text
    supervisor.post(deeds(supervisor)["resolve"], WHY)
    assert "gagal" not in supervisor.get(f"/cases/{case}").text
    assert open_step(site, case) == ["Langkah_1"]


def test_what_belongs_to_no_case_is_for_administrators(site, supervisor):
    note(site, reason="Server surel tidak menjawab.")
    assert shown(supervisor) == []
    assert supervisor.post("/incidents/1/resolve", WHY).status == 403
    administrator = site.visitor("administrator")
    (said,) = shown(administrator)
    assert said.startswith("Pekerjaan sistem")
    assert deeds(administrator).keys() == {"resolve"}
    assert administrator.post("/incidents/1/resolve", WHY).status == 303
    assert shown(administrator) == []


def test_a_long_list_goes_on_at_the_oldest(site, monkeypatch):
    monkeypatch.setattr("engine.incidents.PAGE", 2)
    for number in range(3):
        note(site, reason=f"Sebab {number}")
    visitor = site.visitor("administrator")
    (onward,) = visitor.get("/incidents").tree.xpath("//a[text()='Insiden sebelumnya']/@href")
    assert onward == "/incidents?before=2"
    assert "Sebab 0" in visitor.get(onward).text
    assert "Sebab 1" not in visitor.get(onward).text
