"""The pages on which an analyst takes running cases over to another version."""

import pytest
from sqlalchemy import delete, select

from engine import deployments, moves
from engine.models import Job, Move, MovedCase, Person

pytestmark = pytest.mark.usefixtures("database_url")
NOTE = "Waktu langkah 3 diperpanjang"


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


@pytest.fixture
def newer(site, skp):
    """A second version: 45 minutes for the third step, which another version has not."""
    source = skp.replace(b'name="15 menit"', b'name="45 menit"').replace(b"PT15M", b"PT45M")
    return deployments.deploy(site.db, source)


def run(site):
    """Does what was ordered, as the worker does."""
    with site.db.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == moves.KIND))
    moves.run(site.db, job)


def settled(site):
    """Nothing is being made or sent off."""
    with site.db.write() as session:
        session.execute(delete(Job).where(Job.kind == "document"))


def plan_of(analyst, newer):
    return analyst.get(f"/processes/1/move?to={newer.id}")


def test_the_page_of_a_version_leads_there(analyst):
    assert "/processes/1/move" in analyst.get("/processes/1").links
    page = analyst.get("/processes/1/move")
    assert "Belum ada versi lain dari proses ini." in page.text


def test_the_version_in_force_leads_to_the_cases_of_an_older_one(site, analyst, newer):
    site.start()
    address = f"/processes/1/move?to={newer.id}"
    assert address not in analyst.get(f"/processes/{newer.id}").links
    deployments.activate(site.db, newer.id)
    page = analyst.get(f"/processes/{newer.id}")
    assert "1 kasus berjalan masih mengikuti versi 1." in page.text
    assert address in page.links


def test_what_becomes_of_each_case_is_shown_and_nobodys_name(site, analyst, newer):
    case = site.start()
    site.until(case, "Langkah_3")
    settled(site)
    page = plan_of(analyst, newer)
    (row,) = page.tree.xpath("//form[@method='post']//tbody/tr")
    assert f"{case:05d}" in row.text_content()
    assert "Langkah yang sama" in row.text_content()
    with site.db.read() as session:
        names = session.scalars(select(Person.name)).all()
    text = page.tree.xpath("string(//main)")
    assert not [name for name in names if name in text]


def test_cases_are_moved_with_a_note_and_the_outcome_is_shown(site, analyst, newer):
    case, other = site.start(), site.start()
    answer = analyst.post(
        "/processes/1/move", {"to": newer.id, "which": "some", "case": case, "note": NOTE}
    )
    assert answer.location == "/processes/moves/1"
    assert "0 dari 1 kasus" in analyst.get(answer.location).text
    run(site)
    page = analyst.get(answer.location)
    assert "1 kasus dipindahkan, 0 tidak." in page.text
    assert f"{case:05d}" in page.text
    assert f"{other:05d}" not in page.text
    timeline = site.visitor("staff").get(f"/cases/{case}").text
    assert "Kasus mengikuti versi lain" in timeline
    assert "dari versi 1 ke versi 2" in timeline
    assert NOTE in timeline
    told = site.visitor("auditor").get("/journal").text
    assert "1 kasus skp_collection akan dipindahkan dari versi 1 ke versi 2" in told
    assert "Pemindahan 1 selesai: 1 kasus skp_collection dipindahkan, 0 tidak." in told


def test_without_a_note_or_a_case_nothing_is_ordered(site, analyst, newer):
    case = site.start()
    for given, said in (
        ({"case": case, "note": " "}, "Catatan: 1 sampai 2000 huruf."),
        ({"note": NOTE}, "Pilih sekurang-kurangnya satu kasus."),
    ):
        answer = analyst.post("/processes/1/move", {"to": newer.id, "which": "some", **given})
        assert answer.status == 422
        assert said in answer.text
    with site.db.read() as session:
        assert not session.scalars(select(Move)).all()
        assert not session.scalars(select(MovedCase)).all()


@pytest.mark.parametrize("to", ["1", "99", "x", ""])
def test_another_number_is_no_version(analyst, newer, to):
    answer = analyst.post("/processes/1/move", {"to": to, "which": "all", "note": NOTE})
    assert answer.status == 422
    assert analyst.get(f"/processes/1/move?to={to}").status == 200


def test_a_step_is_mapped_on_the_page(site, analyst, skp):
    case = site.start()
    renamed = skp.replace(b"Langkah_1", b"Langkah_0").replace(
        b"Menyiapkan blanko", b"Membuat blanko"
    )
    newer = deployments.deploy(site.db, renamed)
    page = plan_of(analyst, newer)
    assert "tidak ada lagi dalam versi baru" in page.text
    page = analyst.get(f"/processes/1/move?to={newer.id}&map:Langkah_1=Langkah_0")
    (row,) = page.tree.xpath("//form[@method='post']//tbody/tr")
    assert "Membuat blanko" in row.text_content()
    given = {"to": newer.id, "which": "all", "note": NOTE, "map:Langkah_1": "Langkah_0"}
    answer = analyst.post("/processes/1/move", given)
    assert answer.status == 303
    run(site)
    assert site.item(case).element == "Langkah_0"
