"""A whole procedure walked page by page: small pages, and nobody's name where it may leak."""

import pytest

from engine import sample

LIMIT = 22_000  # bytes as they are made; on the way a proxy compresses them to a quarter
ANSWERS = {
    "Langkah_1": {"periode": "2026", "skp_sebelumnya": "ada"},
    "Langkah_3": {
        "hasil_kerja": "sesuai",
        "perilaku_kerja": "di_atas",
        "catatan_penilai": "Baik. " * 40,
    },
    "Langkah_8": {"tanggal_diterima": "31-12-2026"},
}
PERSONAL = [part for nip, name, *_ in sample.PEOPLE for part in (nip, name, name.split()[0])]


@pytest.fixture
def walked(site):
    """Every page that somebody saw on the way, with its address, and the case."""
    seen = []
    visitors = {who: site.visitor(who) for who in ("staff", "assessor", "employee", "superior")}
    by_id = {site.ids[who]: visitor for who, visitor in visitors.items()}

    def look(visitor, path):
        page = visitor.get(path)
        seen.append((path, page))
        assert page.status == 200, path
        return page

    staff = visitors["staff"]
    for path in ("/", "/cases", "/cases/new/skp_collection"):
        look(staff, path)
    form = f"/cases/new/skp_collection/{site.ids['employee']}"
    token = look(staff, form).value("token")
    case = int(staff.post(form, {"token": token}).location.rpartition("/")[2])
    staff.post(f"/tasks/{site.item(case).id}/claim")
    decisions = iter(["tidak_setuju", "setuju"])
    while any(item.status == "open" for item in site.work(case)):
        item = site.item(case)
        visitor, address = by_id[item.person_id], f"/tasks/{item.id}"
        given = ANSWERS.get(item.element, {})
        if item.element == "Langkah_4":
            given = {"keputusan": next(decisions), "alasan": "Kuantitas keliru. " * 10}
        page = look(visitor, address)
        answer = visitor.post(address, {**given, "token": page.value("token")})
        assert answer.status == 303, (address, answer.said)
        look(visitor, answer.location)
        look(visitor, f"/cases/{case}")
    for path in ("/processes", "/processes/1"):
        look(site.visitor("analyst"), path)
    supervisor = site.visitor("supervisor")
    for path in ("/cases/supervised", f"/cases/{case}", f"/cases/{case}/times"):
        look(supervisor, path)
    return seen, case


def test_the_procedure_is_walked_on_its_pages_alone(site, walked):
    pages, case = walked
    assert [item.element for item in site.work(case)] == [
        f"Langkah_{n}" for n in (1, 2, 3, 4, 3, 4, 5, 6, 7, 8)
    ]
    sizes = [(path, len(page.response.data)) for path, page in pages]
    assert [(path, size) for path, size in sizes if size > LIMIT] == []
    assert all(page.title.endswith(" · Alur") for _, page in pages)


def test_no_title_and_no_address_tells_of_a_person(walked):
    pages, _ = walked
    for path, page in pages:
        for public in (page.title, *page.links):
            assert not [part for part in PERSONAL if part in public], (path, public)
