"""One act for many cases on its pages: chosen, previewed, ordered, and what came of it."""

import pytest
from sqlalchemy import func, select

from engine import mass_acts, people, starting, supervision
from engine.models import Instance, Job, MassAct, MassActCase
from web.chosen_cases import frozen

pytestmark = pytest.mark.usefixtures("database_url")
REGISTER, PREVIEW, ACTS = "/cases/supervised", "/cases/acts/preview", "/cases/acts"
REASON = "Cuti bersama"


@pytest.fixture
def supervisor(site):
    return site.visitor("supervisor")


@pytest.fixture
def three(site):
    """Three cases about the employee."""
    return [site.start() for _ in range(3)]


def actor(site, part):
    with site.db.read() as session:
        return people.actor(session, site.ids[part])


def run(site):
    """Does what was ordered, as the worker does."""
    with site.db.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == mass_acts.KIND))
    mass_acts.run(site.db, job)


def status(site, case):
    with site.db.read() as session:
        return session.get_one(Instance, case).status


def written(site):
    """How many acts were ordered, with how many cases."""
    with site.db.read() as session:
        return [
            session.scalar(select(func.count()).select_from(table))
            for table in (MassAct, MassActCase)
        ]


def sent(page, **given):
    """The fields of the form that orders, with these."""
    (form,) = page.tree.xpath("//form[@action = '/cases/acts']")
    hidden = form.xpath(".//input[@type = 'hidden']")
    return {one.get("name"): one.get("value") for one in hidden} | given


def test_checked_cases_are_suspended_by_way_of_a_preview(site, supervisor, three):
    page = supervisor.get(REGISTER)
    assert len(page.tree.xpath("//input[@name = 'case'][@form = 'many']")) == 3
    preview = supervisor.post(PREVIEW, {"which": "some", "case": three[:2], "kind": "suspend"})
    assert "2 kasus dipilih. Belum ada yang berubah." in preview.text
    assert written(site) == [0, 0]
    answer = supervisor.post(ACTS, sent(preview, reason=REASON))
    assert answer.location == "/cases/acts/1"
    assert "0 dari 2 kasus" in supervisor.get(answer.location).text
    run(site)
    page = supervisor.get(answer.location)
    assert "2 kasus berhasil, 0 tidak." in page.text
    assert REASON in page.text
    assert [status(site, case) for case in three] == ["suspended", "suspended", "running"]
    timeline = supervisor.get(f"/cases/{three[0]}").text
    assert "Kasus ditangguhkan" in timeline
    assert REASON in timeline
    assert "Tangguhkan kasus" in supervisor.get(ACTS).text
    told = site.visitor("auditor").get("/journal").text
    assert "Tangguhkan kasus: diperintahkan untuk 2 kasus (tindakan massal 1)." in told
    assert "Tangguhkan kasus: tindakan massal 1 selesai, 2 kasus berhasil, 0 tidak." in told


def test_all_that_is_found_are_those_that_were_shown(site, supervisor, three):
    supervision.cancel(site.db, actor(site, "supervisor"), three[1], "Salah pegawai")
    page = supervisor.get(f"{REGISTER}?state=running")
    assert "Semua yang ditemukan (2)" in page.text
    preview = supervisor.post(PREVIEW, {"which": "all", "state": "running", "kind": "suspend"})
    assert "2 kasus dipilih" in preview.text
    later = site.start()  # which nobody has seen
    supervisor.post(ACTS, sent(preview, reason=REASON))
    run(site)
    assert [status(site, case) for case in (*three, later)] == [
        "suspended", "cancelled", "suspended", "running",
    ]  # fmt: skip


def test_what_cannot_be_is_said_in_groups_and_of_each_case(site, supervisor, three):
    supervision.suspend(site.db, actor(site, "supervisor"), three[1], "Sakit")
    preview = supervisor.post(PREVIEW, {"case": three, "kind": "suspend"})
    said = "Kasus ini tidak sedang berjalan."
    assert preview.text.count(said) == 2
    assert "Tangguhkan kasus: 2 kasus" in preview.text
    supervisor.post(ACTS, sent(preview, reason=REASON))
    run(site)
    page = supervisor.get("/cases/acts/1")
    assert "2 kasus berhasil, 1 tidak." in page.text
    assert page.text.count(said) == 2


def test_where_nothing_can_be_done_nothing_can_be_ordered(supervisor, three):
    preview = supervisor.post(PREVIEW, {"case": three, "kind": "resume"})
    assert "Tidak ada kasus yang dapat dikenai tindakan ini." in preview.text
    assert preview.tree.xpath("//textarea[@name = 'reason']") == []


@pytest.mark.parametrize("which", ["some", "all"])
def test_without_a_case_one_sentence_says_so(site, supervisor, which):
    given = {"which": which, "kind": "suspend", "text": "tidak ada orangnya"}
    answer = supervisor.post(PREVIEW, given)
    assert answer.status == 422
    said = "Belum ada kasus yang dipilih: centang di daftar, atau ambil semuanya."
    assert answer.text.count(said) == 1
    assert set(answer.tree.xpath("//input[@name = 'text']/@value")) == {"tidak ada orangnya"}


def test_sent_twice_it_is_ordered_once(site, supervisor, three):
    preview = supervisor.post(PREVIEW, {"case": three, "kind": "suspend"})
    fields = sent(preview, reason=REASON)
    first, second = (supervisor.post(ACTS, fields) for _ in range(2))
    assert first.location == second.location == "/cases/acts/1"
    assert written(site) == [1, 3]
    # Another browser has a preview of its own, and what is done already is said of each case.
    run(site)
    another = site.visitor("supervisor").post(PREVIEW, {"case": three, "kind": "suspend"})
    assert "Tidak ada kasus yang dapat dikenai tindakan ini." in another.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "  "}, "Alasan: 1 sampai 1000 huruf."),
        ({"reason": REASON, "token": ""}, "Lihat dahulu apa yang akan terjadi."),
    ],
)
def test_what_is_missing_is_said_on_the_preview(site, supervisor, three, given, said):
    preview = supervisor.post(PREVIEW, {"case": three, "kind": "suspend"})
    answer = supervisor.post(ACTS, sent(preview) | given)
    assert answer.status == 422
    assert said in answer.text
    assert "3 kasus dipilih" in answer.text
    assert written(site) == [0, 0]


@pytest.mark.parametrize("chosen", ["x", "====", "é", frozen([3, 2])[:-6], "eJwzAgAANAAz"])
def test_a_choice_that_was_spoilt_is_refused(site, supervisor, chosen):
    for address in (PREVIEW, ACTS):
        answer = supervisor.post(address, {"kind": "suspend", "chosen": chosen, "reason": REASON})
        assert answer.status == 422
    assert written(site) == [0, 0]


def test_an_act_that_there_is_not_is_refused(site, supervisor, three):
    assert supervisor.post(PREVIEW, {"case": three, "kind": "hapus"}).status == 422
    assert supervisor.post(ACTS, {"case": three, "kind": "hapus"}).status == 422


def test_a_place_is_given_to_a_person(site, supervisor, three):
    asked = supervisor.post(PREVIEW, {"case": three, "kind": "reassign"})
    assert asked.tree.xpath("//form[@action = '/cases/acts']") == []
    chosen = {"kind": "reassign", "chosen": asked.value("chosen")}
    wrong = supervisor.post(PREVIEW, chosen | {"place": "Lane_Pegawai", "person": "Dewi Contoh"})
    assert (wrong.status, "Pilih peran yang dialihkan." in wrong.text) == (422, True)
    nobody = supervisor.post(PREVIEW, chosen | {"place": "Lane_PejabatPenilai", "person": "Entah"})
    assert nobody.status == 422
    given = chosen | {"place": "Lane_PejabatPenilai", "person": "Dewi Contoh"}
    preview = supervisor.post(PREVIEW, given)
    assert "Pejabat Penilai kepada Dewi Contoh" in preview.text
    supervisor.post(ACTS, sent(preview, reason=REASON))
    run(site)
    page = supervisor.get("/cases/acts/1")
    assert "Pejabat Penilai kepada Dewi Contoh" in page.text
    assert "3 kasus berhasil" in page.text
    assert "Dewi Contoh" in supervisor.get(f"/cases/{three[2]}").text


def test_clocks_are_postponed_by_a_length_or_to_a_time(site, supervisor, three):
    for case in three[:2]:
        site.visitor("staff").post(f"/tasks/{site.item(case).id}/claim")
    before = [site.item(case).due_at for case in three]
    asked = supervisor.post(PREVIEW, {"case": three, "kind": "postpone"})
    given = {
        "kind": "postpone", "chosen": asked.value("chosen"), "clock": "due_at", "by": "length",
        "amount": "2", "unit": "D",
    }  # fmt: skip
    for wrong in (
        {"amount": "0"}, {"amount": "-1"}, {"amount": "9999"}, {"amount": "²"}, {"unit": "Y"},
        {"clock": "x"}, {"by": "date", "date": "31-02-2026", "time": "10.00"},
    ):  # fmt: skip
        assert supervisor.post(PREVIEW, given | wrong).status == 422, wrong
    preview = supervisor.post(PREVIEW, given)
    assert "Waktu (batas pengerjaan) selama 2 hari kerja" in preview.text
    of_hours = supervisor.post(PREVIEW, given | {"amount": "10", "unit": "H"})
    assert "Waktu (batas pengerjaan) selama 10 jam kerja" in of_hours.text
    assert "Tidak ada batas waktu seperti itu yang sedang berjalan." in preview.text
    assert written(site) == [0, 0]
    supervisor.post(ACTS, sent(preview, reason=REASON))
    run(site)
    after = [site.item(case).due_at for case in three]
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert after[2] is before[2] is None
    to = supervisor.post(PREVIEW, given | {"by": "date", "date": "01-01-2020", "time": "10.00"})
    assert "Waktu baru harus sesudah waktu yang sekarang." in to.text


def test_whom_a_place_is_given_to_is_sought_while_one_types(site, supervisor, three):
    asked = supervisor.post(PREVIEW, {"case": three, "kind": "reassign"})
    (field,) = asked.tree.xpath("//input[@name = 'person']")
    address = field.get("data-candidates")
    assert asked.tree.xpath(f"count(//datalist[@id = '{field.get('list')}'])") == 1
    found = supervisor.post(address, {"text": "dewi"})
    (person,) = found.tree.xpath("//option/@value")
    given = {"kind": "reassign", "chosen": asked.value("chosen"), "place": "Lane_PejabatPenilai"}
    preview = supervisor.post(PREVIEW, given | {"person": person})
    assert "Pejabat Penilai kepada Dewi Contoh" in preview.text
    assert supervisor.post(address, {"text": "d"}).source == ""
    assert site.visitor("staff").post(address, {"text": "dewi"}).status == 403


def test_a_preview_goes_on_page_by_page_and_keeps_the_reason(site, supervisor, monkeypatch):
    monkeypatch.setattr("engine.fates.PAGE", 2)
    cases = [site.start() for _ in range(3)]
    preview = supervisor.post(PREVIEW, {"case": cases, "kind": "suspend"})
    assert f"{cases[2]:05d}" not in preview.text
    page = supervisor.post(PREVIEW, sent(preview, after=cases[1], reason=REASON))
    assert f"{cases[2]:05d}" in page.text
    assert f"{cases[0]:05d}" not in page.text
    assert REASON in page.text
    assert sent(page)["token"] == sent(preview)["token"]
    supervisor.post(ACTS, sent(page, reason=REASON))
    assert written(site) == [1, 3]


@pytest.mark.parametrize("part", ["auditor", "employee", "assessor", "analyst", "administrator"])
def test_who_supervises_nobody_may_not(site, three, part):
    visitor = site.visitor(part)
    for address in (PREVIEW, ACTS):
        given = {"case": three, "kind": "cancel", "reason": REASON, "token": "x"}
        assert visitor.post(address, given).status == 403
    assert written(site) == [0, 0]
    if part == "auditor":
        page = visitor.get(REGISTER)
        assert page.tree.xpath("//input[@name = 'case'] | //form[@id = 'many']") == []


def test_what_came_of_it_is_for_who_ordered_it_and_auditors(site, supervisor, three):
    preview = supervisor.post(PREVIEW, {"case": three, "kind": "remind"})
    supervisor.post(ACTS, sent(preview, reason=REASON))
    run(site)
    assert site.visitor("auditor").get("/cases/acts/1").status == 200
    assert "Ingatkan pelaksana" in site.visitor("auditor").get(ACTS).text
    assert site.visitor("superior").get("/cases/acts/1").status == 404
    assert "Belum ada tindakan untuk banyak kasus" in site.visitor("superior").get(ACTS).text
    assert site.visitor("employee").get("/cases/acts/1").status == 403


def test_cases_of_another_unit_are_neither_shown_nor_touched(site, three):
    staff = actor(site, "staff")
    other = starting.start(site.db, staff, "skp_collection", site.ids["analyst"], token="lain")
    chief = site.visitor("superior")
    preview = chief.post(PREVIEW, {"case": [three[0], other], "kind": "suspend"})
    assert "Kasus itu tidak ada, atau bukan untuk Anda." in preview.text
    chief.post(ACTS, sent(preview, reason=REASON))
    run(site)
    assert (status(site, three[0]), status(site, other)) == ("suspended", "running")
    assert f"{other:05d}" not in chief.get("/cases/acts/1").text
