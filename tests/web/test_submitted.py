"""What was submitted, as it was submitted; and the page of seals."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from engine import history, seals, signing
from engine.models import Duty, HistoryEntry, Submission
from engine.settings import Settings

GIVEN = {"nilai_skp": 87, "nilai_perilaku": 80, "catatan_penilai": 'Baik "sekali"\n<b>& rapi</b>'}


@pytest.fixture
def case(site) -> int:
    """A case that was assessed once, refused by the employee and assessed again."""
    case = site.start()
    site.until(case, "Langkah_3")
    site.step(case, **GIVEN)
    site.step(case, keputusan="tidak_setuju", alasan="Kuantitas keliru")
    return case


def address(site, case: int, element: str) -> str:
    item = next(item for item in site.work(case) if item.element == element)
    return f"/cases/{case}/steps/{item.id}"


def appoint(site, who: str, duty: str) -> None:
    with site.db.write() as session:
        session.add(Duty(person_id=site.ids[who], name=duty))


# What was submitted


def test_the_form_shows_what_was_submitted_exactly(site, case, database_url):
    page = site.visitor("employee").get(address(site, case, "Langkah_3"))
    assert page.status == 200
    assert page.value("catatan_penilai").lstrip("\r\n") == GIVEN["catatan_penilai"]
    assert "Isian ini sama dengan yang tercatat di riwayat" in page.said[0]
    with site.db.read() as session:
        (kept,) = session.query(Submission).filter(Submission.data != b"{}").limit(1)
    assert history.digest(kept.data) in page.text
    assert kept.data.decode() in page.tree.xpath("string(//pre[@class='exact'])")


def test_nothing_of_it_can_be_changed_or_sent(site, case):
    page = site.visitor("employee").get(address(site, case, "Langkah_3"))
    assert page.tree.xpath("//main//form") == []
    fields = page.tree.xpath("//main//section//*[self::input or self::textarea or self::select]")
    assert fields
    assert all("readonly" in one.attrib or "disabled" in one.attrib for one in fields)


def test_a_choice_is_shown_among_those_that_there_were(site, case):
    page = site.visitor("employee").get(address(site, case, "Langkah_4"))
    chosen = page.tree.xpath("//input[@type='radio'][@checked]/..")
    assert [one.text_content().strip() for one in chosen] == [
        "Tidak setuju, konfirmasi kepada pejabat penilai"
    ]
    assert len(page.tree.xpath("//input[@type='radio']")) == 2
    assert page.value("alasan").strip() == "Kuantitas keliru"


def test_who_submitted_it_in_which_capacity_and_when_is_told(site, case):
    page = site.visitor("employee").get(address(site, case, "Langkah_4"))
    facts = dict(
        zip(
            page.tree.xpath("//aside//dt/text()"),
            (" ".join(dd.text_content().split()) for dd in page.tree.xpath("//aside//dd")),
            strict=True,
        )
    )
    with site.db.read() as session:
        name = session.scalar(text(f"SELECT name FROM person WHERE id = {site.ids['employee']}"))
    assert facts["Oleh"] == name
    assert facts["Sebagai"] == "Pegawai"
    assert facts["Saat"]


def test_it_stays_as_it_was_when_the_process_has_a_new_version(site, case, skp):
    before = site.visitor("employee").get(address(site, case, "Langkah_4")).tree
    changed = skp.replace(b'"Tidak setuju"', b'"Menolak"').replace(
        b'label="Alasan', b'label="Sebab baru'
    )
    assert changed != skp
    assert site.put_into_force(changed).version == 2
    after = site.visitor("employee").get(address(site, case, "Langkah_4"))
    assert "Menolak" not in after.text
    assert "Sebab baru" not in after.text
    assert after.tree.xpath("string(//main)") == before.xpath("string(//main)")


def test_the_case_links_to_each_of_its_steps(site, case):
    page = site.visitor("employee").get(f"/cases/{case}")
    done = [item for item in site.work(case) if item.status == "completed"]
    expected = {f"/cases/{case}/steps/{item.id}" for item in done}
    assert expected == {link for link in page.links if "/steps/" in link}
    for link in expected:
        assert site.visitor("employee").get(link).status == 200


def test_a_step_in_anothers_place_says_so(site, case):
    """As the record has it when a substitute acts."""
    behalf = b'{"behalf":{"as":"plh","person":%d}}' % site.ids["assessor"]
    with site.db.write() as session:
        told = HistoryEntry.instance_id == case, HistoryEntry.element == "Langkah_3"
        entries = update(HistoryEntry).where(*told, HistoryEntry.kind == "task.completed")
        session.execute(entries.values(details=behalf))
    page = site.visitor("employee").get(address(site, case, "Langkah_3"))
    assert "Plh. untuk" in page.text


@pytest.mark.parametrize("forged", [b'{"nilai_skp":99}', b"rusak", b"[1]"])
def test_what_is_no_longer_what_was_submitted_is_said(site, case, forged):
    path = address(site, case, "Langkah_3")
    with site.db.write() as session:
        item = int(path.rsplit("/", 1)[1])
        kept = update(Submission).where(Submission.work_item_id == item)
        session.execute(kept.values(data=forged, digest=history.digest(forged)))
    page = site.visitor("employee").get(path)
    assert page.status == 200
    assert "BUKAN yang tercatat" in page.said[0]


def test_what_the_record_does_not_know_of_is_said(site, case):
    path = address(site, case, "Langkah_3")
    with site.db.write() as session:
        session.execute(update(Submission).values(person_id=site.ids["outsider"]))
    page = site.visitor("employee").get(path)
    assert page.said[0] == "Riwayat tidak mencatat isian ini."


def test_it_is_for_those_who_may_see_the_case(site, case):
    path = address(site, case, "Langkah_3")
    assert site.visitor("outsider").get(path).status == 404
    assert site.visitor().get(path).status in (302, 303)
    appoint(site, "outsider", "auditor")
    assert site.visitor("outsider").get(path).status == 200


def test_an_open_step_and_one_of_another_case_have_nothing_submitted(site, case):
    other = site.start()
    site.step(other)
    reader = site.visitor("employee")
    mine = address(site, other, "Langkah_1").rsplit("/", 1)[1]
    assert reader.get(f"/cases/{case}/steps/{mine}").status == 404
    assert reader.get(f"/cases/{case}/steps/{site.item(case).id}").status == 404
    assert reader.get(f"/cases/{case}/steps/999999").status == 404


def test_no_personal_data_is_in_its_title(site, case):
    page = site.visitor("employee").get(address(site, case, "Langkah_3"))
    assert page.title == f"Isian kasus {case:05d} · Alur"


# The seals


def test_the_page_of_seals_is_for_auditors_and_administrators(site):
    assert site.visitor("administrator").get("/evidence").status == 200
    for who in ("staff", "employee", "supervisor", "analyst"):
        assert site.visitor(who).get("/evidence").status == 403
    assert site.visitor().get("/evidence").status in (302, 303)
    appoint(site, "outsider", "auditor")
    page = site.visitor("outsider").get("/evidence")
    assert page.status == 200
    assert "Belum ada segel." in page.text
    assert "/evidence" in site.visitor("outsider").get("/").links
    assert "/evidence" not in site.visitor("staff").get("/").links


def test_it_shows_the_seals_the_key_and_what_is_not_sealed(site, case, tmp_path, later):
    settings = Settings(tmp_path / "home", site.db.url)
    seals.seal(site.db, settings)
    later(timedelta(minutes=1))
    site.step(case, **GIVEN)
    page = site.visitor("administrator").get("/evidence")
    assert signing.own(settings).public.fingerprint in page.text
    facts = [dd.text_content().strip() for dd in page.tree.xpath("//dl//dd")]
    assert facts[2] == "3"  # completed, a document ordered, the next opened
    assert len(page.tree.xpath("//tbody/tr")) == 1
    assert "alur history verify" in page.text


def test_older_seals_are_on_a_page_of_their_own(site, tmp_path, monkeypatch):
    monkeypatch.setattr(seals, "PAGE", 2)
    settings = Settings(tmp_path / "home", site.db.url)
    for _ in range(3):
        site.start()
        seals.seal(site.db, settings)
    reader = site.visitor("administrator")
    first = reader.get("/evidence")
    assert first.tree.xpath("//tbody/tr/td[1]/text()") == ["3", "2"]
    assert "/evidence?before=2" in first.links
    assert reader.get("/evidence?before=2").tree.xpath("//tbody/tr/td[1]/text()") == ["1"]
