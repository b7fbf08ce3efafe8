"""The page of the ways that cases took: of whom, in which words, and on which diagram."""

import json

import pytest

from engine import tallies

PAGE = "/figures/skp_collection/variants"


def finish(site, case):
    while any(item.status == "open" for item in site.work(case)):
        site.step(case)


@pytest.fixture
def ended(site):
    """A case straight on, and one that a supervisor sent past its second step."""
    finish(site, site.start())
    jumped = site.start()
    site.step(jumped)
    (item,) = [item for item in site.work(jumped) if item.status == "open"]
    form = {"to": "Langkah_3", "reason": "Blanko sudah di sana."}
    site.visitor("supervisor").post(f"/cases/{jumped}/tasks/{item.id}/jump", form)
    finish(site, jumped)
    tallies.count(site.db)
    return jumped


def text(page, path):
    return [" ".join(found.text_content().split()) for found in page.tree.xpath(path)]


def test_the_ways_are_shown_with_what_deviates_said_in_words(site, ended):
    page = site.visitor("supervisor").get(PAGE)
    figures = dict(zip(text(page, "//dl/div/dt"), text(page, "//dl/div/dd"), strict=True))
    assert figures["Jalan yang berbeda"] == "2"
    assert figures["Kasus yang menyimpang"] == "1 (50 %)"
    column = "td[@data-label='Menurut diagram']/span[@class='quiet']"
    said = text(page, f"//h2[. = 'Menyimpang']/following::tbody[1]//{column}")
    assert said == [
        "Diagram tidak menuju dari Menyiapkan blanko dan SKP tahun sebelumnya ke Memberikan"
        " penilaian, diserahkan kepada pegawai."
    ]


def test_one_way_is_shown_on_the_diagram_by_the_order_of_its_steps(site, ended):
    visitor = site.visitor("supervisor")
    (link,) = visitor.get(PAGE).tree.xpath(
        "//h2[. = 'Menyimpang']/following::tbody[1]//td[@data-label='Diagram']/a/@href"
    )
    (heat,) = visitor.get(link).tree.xpath("//*[@data-heat]/@data-heat")
    shown = json.loads(heat)
    assert "Langkah_2" not in shown
    assert shown["Langkah_1"] == {"level": 0, "text": "1"}
    assert shown["Langkah_3"] == {"level": 4, "text": "2"}


def test_the_cases_of_a_way_are_a_page_of_the_register(site, ended):
    visitor = site.visitor("supervisor")
    (link,) = visitor.get(PAGE).tree.xpath(
        "//h2[. = 'Menyimpang']/following::tbody[1]//td[@data-label='Kasus']//a/@href"
    )
    assert text(visitor.get(link), "//td[@data-label='Kasus']/a") == [f"{ended:05d}"]


def test_nothing_ended_is_said_and_nonsense_asks_for_nothing(site):
    page = site.visitor("supervisor").get(f"{PAGE}?way=x&from=99-9999")
    assert text(page, "//p[@class='empty']") == ["Belum ada yang selesai dalam waktu ini."]
