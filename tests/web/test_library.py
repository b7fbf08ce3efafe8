"""The pages of the library: searching, an owner, laying aside and taking up again."""

import pytest

PLACE = "/processes/of/skp_collection"


@pytest.fixture
def analyst(site):
    return site.visitor("analyst")


def test_a_process_is_found_by_its_words_and_opened(analyst):
    page = analyst.get("/processes?q=sasaran")
    assert PLACE in page.links
    assert PLACE not in analyst.get("/processes?q=tiada").links
    assert "Tidak ada yang cocok." in analyst.get("/processes?q=tiada").text
    page = analyst.get(PLACE)
    assert page.status == 200
    assert "/processes/1" in page.links
    assert analyst.get("/processes/of/tiada").status == 404


def test_an_owner_is_kept_and_an_unknown_one_asked_again(analyst):
    assert analyst.post(f"{PLACE}/owner", {"owner": "Analis Contoh"}).location == PLACE
    assert analyst.get(PLACE).value("owner") == "Analis Contoh"
    assert "Analis Contoh" in analyst.get("/processes").tree.xpath("string(//tbody)")
    wrong = analyst.post(f"{PLACE}/owner", {"owner": "Tidak Ada"})
    assert (wrong.status, wrong.value("owner")) == (422, "Tidak Ada")
    assert analyst.get(PLACE).value("owner") == "Analis Contoh"


def test_laid_aside_it_is_offered_to_nobody_until_it_is_taken_up_again(site, analyst):
    staff = site.visitor("staff")
    assert "/cases/new/skp_collection" in "".join(staff.get("/cases/new").links)
    assert analyst.post(f"{PLACE}/archive").location == PLACE
    assert "/cases/new/skp_collection" not in "".join(staff.get("/cases/new").links)
    assert PLACE not in analyst.get("/processes").links
    assert PLACE in analyst.get("/processes?archived=1").links
    again = analyst.post(f"{PLACE}/archive")
    assert (again.status, again.said[0]) == (409, "Proses ini diarsipkan; pakai lagi dahulu.")
    assert analyst.post(f"{PLACE}/restore").location == PLACE
    assert PLACE in analyst.get("/processes").links
