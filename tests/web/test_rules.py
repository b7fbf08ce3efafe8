"""The rulebook: found, read as pages and in the terminal, and led to from a finding."""

from io import BytesIO

import pytest

from bpmn.rulebook import FAMILIES, RULES
from bpmn.rulebook.rule import source_of


@pytest.fixture
def staff(site):
    return site.visitor("staff")


def test_the_rules_are_listed_by_family_and_searched(staff):
    page = staff.get("/rules")
    assert {f"/rules/{name}" for name in RULES} <= set(page.links)
    assert {f"#{family.key}" for family in FAMILIES} <= set(page.links)
    found = staff.get("/rules?q=menunggu+selamanya")
    assert "/rules/deadlock" in found.links
    assert "/rules/layout" not in found.links
    assert "Tidak ada yang cocok." in staff.get("/rules?q=tiada-aturan-begitu").text


def test_a_rule_is_explained_with_what_the_check_says_of_its_example(staff):
    page = staff.get("/rules/deadlock")
    assert "Dapat macet di sini" in page.text
    wrong, right = page.tree.xpath("//@data-diagram")
    assert page.tree.xpath("//@data-states")[0].startswith('{"Gabung": {"label": "Dapat macet')
    for address in (wrong, right):
        assert staff.get(address).source.count("<bpmndi:BPMNShape") > 5
    kept = staff.get("/rules/deadlock/wrong.bpmn")
    assert "attachment" in kept.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["staffing", "callable", "unserved-topic"])
def test_what_the_office_decides_is_said_by_the_check_of_the_office(staff, name):
    assert staff.get(f"/rules/{name}").tree.xpath(
        f"//ul[@class='findings']//a[@href='/rules/{name}']"
    )


def test_an_example_that_cannot_be_drawn_is_shown_as_text(staff):
    page = staff.get("/rules/readable")
    assert "<!DOCTYPE definitions" in page.tree.xpath("string(//pre)")
    assert len(page.tree.xpath("//@data-diagram")) == 1
    assert staff.get("/rules/readable/wrong.bpmn?drawn=1").status == 200


def test_a_rule_without_an_example_is_explained_without_one(staff):
    page = staff.get("/rules/compiled")
    assert page.status == 200
    assert not page.tree.xpath("//@data-diagram")
    assert staff.get("/rules/compiled/wrong.bpmn").status == 404


@pytest.mark.parametrize(
    "place", ["/rules/tiada", "/rules/tiada/wrong.bpmn", "/rules/layout/x.bpmn"]
)
def test_what_is_no_rule_or_no_example_is_not_found(staff, place):
    assert staff.get(place).status == 404


def test_a_finding_leads_to_its_rule(site):
    file = (BytesIO(source_of(RULES["deadlock"].wrong)), "diagram.bpmn")
    page = site.visitor("analyst").post("/processes", {"file": file})
    assert page.status == 422
    assert {"/rules/deadlock", "/rules"} <= set(page.links)


def test_the_terminal_lists_the_rules_and_explains_one(alur, refused):
    listed = alur("rules").stdout
    assert all(name in listed for name in RULES)
    told = alur("rules", "deadlock").stdout
    assert str(RULES["deadlock"].title) in told
    assert "Dapat macet di sini" in told
    assert "jenis gerbang serentak → gerbang pilihan" in told
    assert "compiled" in alur("rules", "compiled").stdout
    assert refused("rules", "tiada") == 'Tidak ada aturan bernama "tiada".'


def test_the_check_says_how_its_rules_are_explained(alur, tmp_path):
    (file := tmp_path / "x.bpmn").write_bytes(b"<a/>")
    assert "alur rules NAMA" in alur("check", file).stderr
