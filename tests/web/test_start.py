"""Starting a case: for whom, with whom, and once."""

import pytest
from sqlalchemy import func, select

from engine import cases, people
from engine.models import Instance
from engine.sample import PEOPLE

pytestmark = pytest.mark.usefixtures("database_url")
PENILAI = "place:Lane_PejabatPenilai"


@pytest.fixture
def staff(site):
    return site.visitor("staff")


@pytest.fixture
def form(site):
    """The address of the page that starts a case of the employee's."""
    return f"/cases/new/skp_collection/{site.ids['employee']}"


def _count(site) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(Instance))


def test_the_only_process_needs_no_choosing(staff):
    assert staff.get("/cases/new").location == "/cases/new/skp_collection"


def test_an_employee_is_found_by_name_or_nip_however_spaced(site, staff, form):
    for asked in ("budi", "199001012090032012", "19900101 209003 2 012", "  Budi Con  "):
        page = staff.post("/cases/new/skp_collection", {"q": asked})
        assert [link for link in page.links if link.startswith("/cases/new/skp_collection/")] == [
            form
        ]
        assert page.value("q") == asked


@pytest.mark.parametrize("asked", ["%", "_", "\\", "' OR ''='", "tidak ada", "x" * 5_000])
def test_nobody_is_found_by_what_is_no_name(staff, asked):
    page = staff.post("/cases/new/skp_collection", {"q": asked})
    assert page.status == 200
    assert "Tidak ada pegawai dengan nama atau NIP itu." in page.text


def test_a_search_with_nul_is_refused(staff):
    assert staff.post("/cases/new/skp_collection", {"q": "\0"}).status == 400
    assert staff.get("/cases/new/%00").status == 400


def test_who_fills_each_place_is_shown_before_the_start(staff, form):
    rows = staff.get(form).tree.xpath("//tbody/tr")
    shown = [[cell.text_content().strip() for cell in row.xpath("td")] for row in rows]
    assert shown == [
        ["Staf Pelaksana", "Staf Sub Bagian Umum dan Aparatur", ""],
        ["Pejabat Penilai", "Kasi Contoh Satu", ""],
        ["Pegawai", "Budi Contoh", "–"],
        ["Atasan Pejabat Penilai", "Kabid Contoh", ""],
    ]


def test_a_started_case_opens_its_page(site, staff, form):
    answer = staff.post(form, {"token": "satu"})
    assert answer.status == 303
    page = staff.get(answer.location)
    assert page.said == ["Kasus dimulai."]
    assert "Budi Contoh" in page.text
    assert "Menyiapkan blanko dan SKP tahun sebelumnya" in page.text


def test_a_double_click_starts_one_case(site, staff, form):
    token = staff.get(form).value("token")
    answers = {staff.post(form, {"token": token}).location for _ in range(2)}
    assert len(answers) == 1
    assert _count(site) == 1


def test_another_person_may_fill_a_place_by_nip(site, staff, form):
    nip = PEOPLE[7][0]
    answer = staff.post(form, {PENILAI: f" {nip[:8]} {nip[8:]} "})
    case = int(answer.location.rpartition("/")[2])
    with site.db.read() as session:
        seats = {role.place: role.person for role in cases.roles(session, case)}
    assert seats["Lane_PejabatPenilai"].nip == nip
    assert "Pelaksana dipilih sendiri: Pejabat Penilai" in staff.get(answer.location).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("123", 'Tidak ada pegawai dengan NIP atau nama "123".'),
        ("Kasi", 'Tidak ada pegawai dengan NIP atau nama "Kasi".'),
        (
            PEOPLE[11][0],
            "Budi Contoh tidak boleh sekaligus Pejabat Penilai dan Pegawai.",
        ),
    ],
)
def test_a_wrong_choice_is_said_and_stays_in_its_field(site, staff, form, typed, said):
    page = staff.post(form, {"token": "satu", PENILAI: typed})
    assert page.status == 422
    assert len(page.said) == 1
    assert set(page.said[0].split()) == set(said.split())  # the two places in either order
    assert page.value(PENILAI) == typed
    assert page.value("token") == "satu"
    assert _count(site) == 0


def test_a_place_nobody_drew_is_refused(site, staff, form):
    assert staff.post(form, {"place:Lane_Bupati": PEOPLE[7][0]}).status == 422
    assert _count(site) == 0


def test_who_has_no_superior_cannot_be_assessed_without_a_choice(site, staff):
    with site.db.read() as session:
        governor = people.with_nip(session, PEOPLE[0][0]).id
    form = f"/cases/new/skp_collection/{governor}"
    said = "Gubernur Contoh belum memiliki atasan dalam direktori."
    assert said in staff.get(form).text
    page = staff.post(form)
    assert (page.status, page.said) == (422, [said])


def test_only_who_does_the_first_task_may_start(site, form):
    for who in ("employee", "assessor", "superior", "supervisor", "analyst"):
        visitor = site.visitor(who)
        assert "Mulai kasus" not in visitor.get("/").text
        assert "Tidak ada proses yang dapat Anda mulai." in visitor.get("/cases/new").text
        for answer in (
            visitor.get("/cases/new/skp_collection"),
            visitor.get(form),
            visitor.post(form),
        ):
            assert answer.status == 403
    assert _count(site) == 0


def test_an_unknown_process_or_employee_is_refused(site, staff):
    assert staff.get("/cases/new/tidak_ada").status == 403
    for number in (999_999, 2**63):
        assert staff.get(f"/cases/new/skp_collection/{number}").status == 404
        assert staff.post(f"/cases/new/skp_collection/{number}").status in (404, 405)


def test_a_second_case_for_the_same_employee_is_started_knowingly(site, staff, form):
    assert "Masih ada kasus berjalan" not in staff.get(form).text
    number = f"{site.start():05d}"
    assert f"Masih ada kasus berjalan untuk pegawai ini: {number}." in staff.get(form).said


def test_somebody_else_is_chosen_by_name_too(site, staff, form):
    answer = staff.post(form, {"token": "satu", PENILAI: " kasi contoh DUA "})
    assert answer.status == 303
    assert "Kasi Contoh Dua" in staff.get(answer.location).text


def test_a_list_that_is_cut_off_says_so(staff, monkeypatch):
    monkeypatch.setattr(people, "PAGE", 2)
    assert "Hanya 2 yang pertama" in staff.get("/cases/new/skp_collection").text
