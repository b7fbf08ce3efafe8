"""The yearly overview of the SKP: who sees whom, what is shown, what is counted, and its file."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select, update

from engine import clock, instances, people, sample, starting
from engine.models import Person, Processing, Unit
from tasks.skp import overview

MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PAGE, FILE = "/skp/overview?year=2026", "/skp/overview.xlsx?year=2026"
PREPARED = {"periode": 2026, "dari": date(2026, 1, 1), "sampai": date(2026, 12, 31)}
RATED = {
    "aturan": "permenpanrb6_2022", "nilai_skp": None, "nilai_perilaku": None,
    "nilai_prestasi": None, "sebutan": "Baik", "catatan_penilai": "Baik",
}  # fmt: skip
SCORED = RATED | {
    "aturan": "pp46_2011", "nilai_skp": Decimal("86.50"), "nilai_perilaku": Decimal("85.00"),
    "nilai_prestasi": Decimal("85.90"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """``at(instant)``: sets the server's clock, which stands still."""

    def moved(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    moved(MORNING)
    return moved


def assessed(site, assessment, *, prepared=PREPARED, finished=True):
    """A case of the employee's that has been assessed so, and gone to its end."""
    case = site.start()
    site.step(case, **prepared)
    site.until(case, "Langkah_3")
    site.step(case, **assessment)
    while finished and any(item.status == "open" for item in site.work(case)):
        site.step(case)
    return case


def row_of(page, name):
    """The cells of a person's row."""
    (row,) = page.tree.xpath("//tbody/tr[contains(td[1], $name)]", name=name)
    return [" ".join(cell.text_content().split()) for cell in row.xpath("td")[1:]]


def counted(page):
    return [" ".join(e.text_content().split()) for e in page.tree.xpath("//dl/div/*")]


def sheet(page):
    return list(load_workbook(io.BytesIO(page.response.data)).active.iter_rows(values_only=True))


def test_a_result_is_shown_as_it_was_kept(site, database_url):
    case = assessed(site, SCORED)
    page = site.visitor("supervisor").get(PAGE)
    assert row_of(page, "Budi Contoh") == [
        f"{case:05d} Selesai", "86,50", "85,00", "85,90", "Baik", "PP 46/2011 (sudah dicabut)",
    ]  # fmt: skip
    assert counted(page) == ["Baik", "1"]
    assert row_of(page, "Dewi Contoh") == ["Belum dimulai", "–", "–", "–", "–", "–"]


def test_an_odd_result_is_shown_and_not_mended(site):
    assessed(site, SCORED | {"nilai_prestasi": Decimal("12.34"), "sebutan": "Sangat Baik"})
    found = row_of(site.visitor("supervisor").get(PAGE), "Budi Contoh")
    assert found[3:5] == ["12,34", "Sangat Baik"]


def test_a_result_that_is_not_yet_agreed_to_is_marked_and_not_counted(site):
    assessed(site, RATED, finished=False)
    page = site.visitor("supervisor").get(PAGE)
    assert row_of(page, "Budi Contoh")[4] == "Baik sementara"
    assert counted(page) == []


def test_the_newest_round_counts(site):
    case = assessed(site, RATED | {"sebutan": "Kurang"}, finished=False)
    site.step(case, keputusan="tidak_setuju", alasan="Keliru")
    site.step(case, **RATED)
    assert row_of(site.visitor("supervisor").get(PAGE), "Budi Contoh")[4] == "Baik sementara"


def test_an_ended_case_counts_before_a_later_one_that_goes_on(site):
    case = assessed(site, RATED)
    site.start()
    assert row_of(site.visitor("supervisor").get(PAGE), "Budi Contoh")[0].startswith(f"{case:05d}")


def test_a_case_stands_in_the_year_of_its_period(site):
    assessed(site, RATED, prepared=PREPARED | {"periode": 2025})
    visitor = site.visitor("supervisor")
    assert row_of(visitor.get(PAGE), "Budi Contoh")[4] == "–"
    assert row_of(visitor.get("/skp/overview?year=2025"), "Budi Contoh")[4] == "Baik"


def test_plain_marks_of_an_older_version_are_shown_without_rules(site):
    assessed(site, {"nilai_skp": 90, "nilai_perilaku": 85, "catatan_penilai": "Baik"})
    found = row_of(site.visitor("supervisor").get(PAGE), "Budi Contoh")
    assert found[1:] == ["90", "85", "–", "–", "–"]


def test_who_sees_whom(site):
    assert "Umi Contoh" in site.visitor("supervisor").get(PAGE).text
    assert "Gubernur Contoh" in site.visitor("auditor").get(PAGE).text
    neighbour = site.visitor("neighbour").get(PAGE)
    assert "Umi Contoh" in neighbour.text
    assert "Budi Contoh" not in neighbour.text
    for who in ("employee", "assessor", "superior", "administrator", "analyst"):
        allowed = who == "superior"  # who supervises the unit too
        for path in (PAGE, FILE):
            assert site.visitor(who).get(path).status == (200 if allowed else 403), (who, path)


def test_a_unit_is_chosen_from_ones_own(site):
    with site.db.read() as session:
        units = dict(session.execute(select(Unit.code, Unit.id)).all())
    page = site.visitor("supervisor").get(f"{PAGE}&unit={units['layanan']}")
    assert "Budi Contoh" in page.text
    assert "Umi Contoh" not in page.text
    for path in (PAGE, FILE):
        assert site.visitor("neighbour").get(f"{path}&unit={units['layanan']}").status == 404


@pytest.mark.parametrize("year", ["", "abc", "1", "99999", "-5"])
def test_a_year_that_is_none_is_the_present_one(site, year):
    assert "2026" in site.visitor("supervisor").get(f"/skp/overview?year={year}").tree.xpath(
        "string(//h1)"
    )


def test_looking_is_put_on_record_once_a_day_for_those_with_a_case(site, database_url):
    case = assessed(site, RATED)
    visitor = site.visitor("auditor")
    for path in (PAGE, FILE, PAGE):
        assert visitor.get(path).status == 200
    with site.db.read() as session:
        looked = select(Processing.subject_id, Processing.instance_id, Processing.act)
        found = session.execute(looked.where(Processing.person_id == site.ids["auditor"])).all()
    assert [tuple(row) for row in found] == [(site.ids["employee"], case, "viewed")]


def test_the_workbook_has_numbers_and_no_formula(site, database_url):
    assessed(site, SCORED)
    with site.db.write() as session:
        own = update(Person).where(Person.id == site.ids["employee"])
        session.execute(own.values(name='=HYPERLINK("http://example.org")', position="+1"))
    page = site.visitor("supervisor").get(FILE)
    assert page.headers["Content-Disposition"] == 'attachment; filename="skp-2026.xlsx"'
    heading, *rows = sheet(page)
    assert len(heading) == len(overview.HEADINGS)
    (row,) = (row for row in rows if row[0] == sample.CAST["employee"][0])
    assert row[1] == '=HYPERLINK("http://example.org")'
    assert row[6:9] == (86.5, 85, 85.9)
    book = load_workbook(io.BytesIO(page.response.data)).active
    kinds = {cell.data_type for cells in book.iter_rows() for cell in cells}
    assert kinds <= {"s", "inlineStr", "n"}, "a cell is taken for a formula"


def test_more_people_take_no_more_statements(site):
    supervisor = site.visitor("supervisor")
    sent = []
    event.listen(site.db.connections, "before_cursor_execute", lambda *given: sent.append(given[2]))
    assessed(site, RATED)
    supervisor.get(PAGE)  # what is noted and compiled once
    sent.clear()
    supervisor.get(PAGE)
    few = len(sent)
    for nip in (sample.PEOPLE[12][0], sample.PEOPLE[13][0]):
        with site.db.read() as session:
            staff = people.actor(session, site.ids["staff"])
            about = people.with_nip(session, nip).id
        case = starting.start(site.db, staff, "skp_collection", about, token=nip)
        instances.complete(site.db, staff, site.item(case).id, PREPARED, token=f"a{nip}")
    supervisor.get(PAGE)
    sent.clear()
    supervisor.get(PAGE)
    assert len(sent) == few
    assert few < 20, sent
