"""Campaigns on their pages: for whom, previewed, started, followed, paused, cancelled."""

import io

import pytest
from sqlalchemy import func, select

from engine import campaign_turns, campaigns
from engine.models import Campaign, Instance, Job, Person, Processing
from web import campaign_orders
from web import campaigns as pages
from web.fresh import HEADER

pytestmark = pytest.mark.usefixtures("database_url")
KEY = "skp_collection"
NEW, PREVIEW, ALL = "/campaigns/new", "/campaigns/preview", "/campaigns"
UNIT = {"key": KEY, "scope": "unit", "unit": "layanan"}


@pytest.fixture
def supervisor(site):
    return site.visitor("supervisor")


def sent(page, **given):
    """The fields of the form that orders, with these."""
    (form,) = page.tree.xpath("//form[@action = '/campaigns']")
    hidden = form.xpath(".//input[@type = 'hidden']")
    return {one.get("name"): one.get("value") for one in hidden} | given


def run(site):
    """Does what was ordered, as the worker does."""
    with site.db.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == campaigns.KIND))
    campaign_turns.run(site.db, job)


def count(site, table=Instance):
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_units_people_get_cases_by_way_of_a_preview(site, supervisor):
    assert "Kampanye baru" in supervisor.get(ALL).text
    assert "Bidang Layanan Contoh" in supervisor.get(NEW).text
    preview = supervisor.post(PREVIEW, UNIT)
    assert "7 pegawai. Belum ada yang dimulai." in preview.text
    assert "Mulai: 7 pegawai" in preview.text
    assert "Pejabat Penilai: Kasi Contoh Satu" in preview.text
    assert (count(site), count(site, Campaign)) == (0, 0)

    fields = sent(preview)
    answer = supervisor.post(ALL, fields)
    assert answer.location == "/campaigns/1"
    assert "0 dari 7 pegawai" in supervisor.get(answer.location).text
    run(site)
    page = supervisor.get(answer.location)
    assert "Selesai" in page.text
    assert len([link for link in page.links if link.startswith("/cases/")]) >= 7
    assert "Budi Contoh" in page.text
    assert "7 dari 7 dimulai" in supervisor.get(ALL).text
    assert supervisor.post(ALL, fields).location == answer.location  # sent twice
    assert count(site) == 7
    told = site.visitor("auditor").get("/journal").text
    assert f"Kampanye 1 diperintahkan: proses {KEY} untuk 7 pegawai." in told
    assert "Kampanye 1 selesai: 7 kasus dimulai, 0 tidak." in told


def test_a_preview_says_why_somebody_gets_none(site, supervisor):
    site.start()
    preview = supervisor.post(PREVIEW, UNIT)
    assert "1 pegawai: sudah memiliki kasus proses ini yang berjalan" in preview.text
    assert "Budi Contoh sudah memiliki kasus 00001." in preview.text
    assert "Mulai: 6 pegawai" in preview.text
    both = supervisor.post(PREVIEW, UNIT | {"again": "on"})
    assert "Mulai: 7 pegawai" in both.text
    assert sent(both)["beside"] == "1"


def test_a_file_names_the_people_and_unknown_numbers_are_shown(site, supervisor):
    data = "NIP\n199001012090032012\n<script>\n"
    given = {"key": KEY, "scope": "file", "file": (io.BytesIO(data.encode()), "a/pegawai.csv")}
    preview = supervisor.post(PREVIEW, given, content_type="multipart/form-data")
    assert "pegawai.csv · 1 pegawai." in preview.text
    assert "NIP tidak dikenal, pada baris: 3: <script>" in preview.text
    assert "<script>\n" not in preview.source
    again = supervisor.post(PREVIEW, sent(preview))
    assert "NIP tidak dikenal, pada baris: 3: <script>" in again.text
    assert supervisor.post(ALL, sent(again)).location == "/campaigns/1"
    run(site)
    assert count(site) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Pilih prosesnya."),
        ({"key": "nihil", "scope": "all"}, "Pilih prosesnya."),
        ({"key": KEY}, "Pilih unit, seluruh direktori, atau sebuah berkas."),
        ({"key": KEY, "scope": "file"}, "Pilih unit, seluruh direktori, atau sebuah berkas."),
        ({"key": KEY, "scope": "unit", "unit": "nihil"}, 'Unit "nihil" tidak ada.'),
        (UNIT | {"chosen": "AAAA"}, "Pilihan kasus tidak terbaca. Pilih lagi di daftar."),
        (UNIT | {"chosen": "eJwDAAAAAAE="}, "Pilih untuk siapa kampanye ini."),
    ],
)
def test_what_cannot_be_asked_for_is_said_on_the_form(site, supervisor, given, said):
    for address in (PREVIEW, ALL):
        page = supervisor.post(address, given)
        assert page.status == 422
        assert said in page.said
    assert count(site, Campaign) == 0


def test_nothing_is_ordered_without_a_preview(site, supervisor):
    page = supervisor.post(ALL, UNIT)
    assert (page.status, page.said) == (422, ["Lihat dahulu apa yang akan terjadi."])
    assert count(site, Campaign) == 0


def test_other_units_and_the_whole_office_are_not_a_supervisors(site, supervisor):
    assert supervisor.post(PREVIEW, {"key": KEY, "scope": "all"}).status == 403
    assert site.visitor("neighbour").post(PREVIEW, UNIT).status == 403
    assert site.visitor("employee").get(ALL).status == 403
    assert "Seluruh direktori" not in supervisor.get(NEW).text
    whole = site.visitor("administrator").post(PREVIEW, {"key": KEY, "scope": "all"})
    assert "Gubernur Contoh belum memiliki atasan dalam direktori." in whole.text


def test_what_is_paused_goes_on_and_what_is_cancelled_does_not(site, supervisor):
    supervisor.post(ALL, sent(supervisor.post(PREVIEW, UNIT)))
    assert supervisor.post("/campaigns/1/pause").location == "/campaigns/1"
    page = supervisor.get("/campaigns/1")
    assert "Dijeda" in page.text
    assert supervisor.post("/campaigns/1/pause").status == 409
    supervisor.post("/campaigns/1/resume")
    assert "Jeda" in supervisor.get("/campaigns/1").text
    supervisor.post("/campaigns/1/cancel")
    page = supervisor.get("/campaigns/1")
    assert page.text.count("Dibatalkan") >= 7
    assert page.tree.xpath("//form[contains(@action, '/resume')]") == []
    assert count(site) == 0


def test_one_who_was_refused_is_tried_again_from_the_page(site, supervisor):
    supervisor.post(ALL, sent(supervisor.post(PREVIEW, UNIT)))
    with site.db.write() as session:
        who = session.get_one(Person, site.ids["employee"])
        superior, who.superior_id = who.superior_id, None
    run(site)
    page = supervisor.get("/campaigns/1?outcome=refused")
    assert "Budi Contoh belum memiliki atasan dalam direktori." in page.text
    assert "Dewi Contoh" not in page.text
    with site.db.write() as session:
        session.get_one(Person, site.ids["employee"]).superior_id = superior
    answer = supervisor.post("/campaigns/1/retry", {"person": site.ids["employee"]})
    assert answer.location == "/campaigns/1"
    run(site)
    assert count(site) == 7
    again = supervisor.post("/campaigns/1/retry")
    assert (again.status, again.said) == (422, ["Tidak ada yang dapat dicoba lagi."])


def test_the_page_keeps_itself_current(site, supervisor):
    supervisor.post(ALL, sent(supervisor.post(PREVIEW, UNIT)))
    page = supervisor.get("/campaigns/1")
    (main,) = page.tree.xpath("//main")
    seen = {HEADER: main.get("data-seen"), "HX-Request": "true"}
    assert supervisor.get("/campaigns/1", headers=seen).status == 204
    run(site)
    assert supervisor.get("/campaigns/1", headers=seen).status == 200


def test_who_was_looked_at_is_on_record(site, supervisor):
    supervisor.post(ALL, sent(supervisor.post(PREVIEW, UNIT)))
    with site.db.read() as session:
        query = select(Processing.subject_id).where(Processing.act == "viewed")
        assert site.ids["employee"] in set(session.scalars(query))


def test_an_administrator_sees_how_far_it_is_and_opens_no_case(site):
    administrator = site.visitor("administrator")
    administrator.post(ALL, sent(administrator.post(PREVIEW, UNIT)))
    run(site)
    page = administrator.get("/campaigns/1")
    assert "00001" in page.text
    assert [link for link in page.links if link.startswith("/cases/0")] == []
    assert administrator.get("/cases/1").status == 404
    history = site.visitor("auditor").get("/cases/1").text
    assert "Kampanye" in history


FORMED = """
    process id=pesan name=Pemesanan
    lane Pemulai starter: s a e
    startEvent s
        <camunda:formData><camunda:formField id="pagu" label="Pagu" type="money">\
<camunda:validation><camunda:constraint name="required" /></camunda:validation>\
</camunda:formField></camunda:formData>
    userTask a
    endEvent e
    s -> a -> e
"""


def test_the_start_form_is_filled_in_once_for_all(site, supervisor, draw):
    site.put_into_force(draw(FORMED))
    preview = supervisor.post(PREVIEW, UNIT | {"key": "pesan"})
    assert "7 pegawai: isian formulir awal belum lengkap" in preview.text
    assert "Tidak ada yang dapat dimulai." in preview.text
    bad = supervisor.post(ALL, sent(preview, pagu="banyak"))
    assert bad.status == 422
    assert bad.fault("pagu")
    filled = supervisor.post(PREVIEW, sent(preview, pagu="5.000.000"))
    assert "Mulai: 7 pegawai" in filled.text
    assert filled.value("pagu") == "5.000.000"
    supervisor.post(ALL, sent(filled, pagu="5.000.000"))
    run(site)
    assert count(site) == 7


def test_long_lists_go_on_on_further_pages(site, supervisor, monkeypatch):
    for module in (pages, campaign_orders):
        monkeypatch.setattr(module, "PAGE", 5)
    monkeypatch.setattr(campaigns, "PAGE", 5)
    preview = supervisor.post(PREVIEW, UNIT)
    following = supervisor.post(PREVIEW, sent(preview) | {"from": "5"})
    assert "Pegawai berikutnya" in preview.text
    assert "Pegawai berikutnya" not in following.text
    supervisor.post(ALL, sent(preview))
    page = supervisor.get("/campaigns/1")
    (more,) = [link for link in page.links if "after=" in link]
    assert "after=" not in " ".join(supervisor.get(more).links)


def test_it_is_said_when_nobody_does_the_work(site, supervisor):
    supervisor.post(ALL, sent(supervisor.post(PREVIEW, UNIT)))
    with site.db.write() as session:
        session.delete(session.scalars(select(Job).where(Job.kind == campaigns.KIND)).one())
    assert "Kampanye ini terhenti" in supervisor.get("/campaigns/1").text
    supervisor.post("/campaigns/1/resume")
    run(site)
    assert count(site) == 7
