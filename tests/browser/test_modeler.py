"""An analyst draws in the browser: a step, its form, its Waktu, who does it; nothing is lost."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from sqlalchemy import create_engine, text

from engine import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SKP = ROOT / "bpmn" / "skp_collection.bpmn"
FOREIGN = ROOT / "tests" / "engine" / "foreign"
AXE = ROOT / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
KIND = "{http://www.w3.org/2001/XMLSchema-instance}type"
# Of the specification's schema: what an attribute says that is not there.
DEFAULTS = {
    "typeLanguage": "http://www.w3.org/2001/XMLSchema", "startQuantity": "1",
    "expressionLanguage": "http://www.w3.org/1999/XPath", "completionQuantity": "1",
    "isSequential": "false", "isForCompensation": "false", "isInterrupting": "true",
    "parallelMultiple": "false", "textFormat": "text/plain", "implementation": "##unspecified",
}  # fmt: skip
NAME = "#bio-properties-panel-name"


def _begin(page: Page, fields: dict[str, str]) -> None:
    page.goto("/modeler")
    token = page.get_attribute("[name=csrf_token] >> nth=0", "value")
    answer = page.request.post("/modeler", form={"csrf_token": token or "", **fields})
    assert answer.ok, answer.text()
    _open(page, answer.url)


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#findings .modeler-verdict").wait_for(state="attached")


def _open_file(page: Page, source: bytes) -> None:
    page.goto("/modeler")
    file = {"name": "lain.bpmn", "mimeType": "application/xml", "buffer": source}
    page.set_input_files("#file", file)  # type: ignore[arg-type]  # a FilePayload
    page.click("form:has(#file) button")
    page.locator("#findings .modeler-verdict").wait_for(state="attached")


def _choose(page: Page, element: str) -> None:
    page.click("#tab-outline")
    page.click(f"#outline [data-element={element}]")


def _saved(page: Page) -> None:
    page.click("[data-do=save]")
    page.locator("#saved", has_text=re.compile("^Tersimpan$")).wait_for()


def _missing(page: Page) -> list[str]:
    """What bpmn-js or a panel has said and the dictionary does not have."""
    found: list[str] = page.evaluate("[...window.alurModeler.missing]")
    return found


def _on_database(server: Any, statement: str) -> list[Any]:
    database = create_engine(server.database_url)
    with database.begin() as connection:
        result = connection.execute(text(statement))
        rows = list(result) if result.returns_rows else []
    database.dispose()
    return rows


def _add_step(page: Page) -> None:
    """A step behind the last one, in place of its end."""
    _choose(page, "Langkah_8")
    page.click(".djs-context-pad [data-action='append.append-task']")
    page.keyboard.type("Menyimpan berkas")  # is asked for on the canvas
    page.keyboard.press("Enter")
    page.fill("#bio-properties-panel-waktu", "1 jam 30 menit")
    page.keyboard.press("Tab")
    iso = page.locator("#bio-properties-panel-waktu-iso")
    iso.and_(page.locator("input")).wait_for()
    for fact in ("kelengkapan", "output"):
        page.fill(f"[id='bio-properties-panel-sop:{fact}']", "Berkas")
        page.keyboard.press("Tab")
    page.locator("[data-group-id=group-form] .bio-properties-panel-add-entry").click()
    label = page.locator("[data-group-id=group-form] input[id$=-label]")
    label.fill("Nomor rak")
    page.keyboard.press("Tab")


def _mend(page: Page) -> None:
    """The end comes behind the new step, by the keys and buttons that an analyst has."""
    step = "[...registry.getAll()].find((one) => one.businessObject.name === 'Menyimpan berkas')"
    page.evaluate(f"""() => {{
        const modeler = window.alurModeler.modeler;
        const registry = modeler.get('elementRegistry');
        const end = registry.get('Selesai');
        const flow = end.incoming[0];
        modeler.get('modeling').removeConnection(flow);
        modeler.get('modeling').connect({step}, end);
    }}""")


def test_an_analyst_adds_a_step_is_stopped_by_the_check_mends_it_and_deploys(
    sign_in: Callable[..., Page], server: Any
) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})
    assert "Tidak ada yang perlu diperbaiki." in (page.text_content("#findings") or "")
    _add_step(page)
    page.locator("#count", has_text=re.compile(r"\(\d+\)")).wait_for()
    page.click("#tab-findings")
    assert "Tidak ada jalan keluar dari sini." in page.inner_text("#findings")
    assert page.locator("#findings a[href='/rules/way-out'][target=_blank]").is_visible()
    assert page.locator(".finding-sign.is-error").count() == 1
    page.click("#deploy button")
    page.get_by_text("Diagram ini tidak dapat dijalankan").wait_for()
    page.locator("#findings .findings").wait_for(state="attached")
    page.click("#tab-findings")
    page.click("#findings button:has-text('Menyimpan berkas')")
    assert page.input_value(NAME) == "Menyimpan berkas"
    assert page.input_value("#bio-properties-panel-waktu-iso") == "PT1H30M"
    _mend(page)
    page.locator("#count", has_text="✓").wait_for()
    page.click("#tab-preview")
    page.locator("#preview label", has_text="Nomor rak").wait_for()
    _choose(page, "Lane_Pegawai")
    page.locator("[data-group-id=group-actor] select").select_option("starter")
    page.locator("#bio-properties-panel-actor").wait_for()
    _saved(page)
    assert _missing(page) == []
    page.click("#deploy button")
    page.get_by_text("Tersimpan sebagai versi 2.").wait_for()
    ((source,),) = _on_database(server, "SELECT source FROM definition WHERE version = 2")
    assert b'value="starter"' in source
    assert b"PT1H30M" in source
    assert b'label="Nomor rak"' in source
    assert "Menyimpan berkas" in page.inner_text("table")


def test_what_is_drawn_outlives_the_server_the_session_and_another_tab(
    sign_in: Callable[..., Page], server: Any
) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})
    address = page.url
    _choose(page, "Langkah_2")
    server.stop(signal.SIGKILL)
    page.fill(NAME, "Menyerahkan berkas")
    page.locator("#saved", has_text="tetap di halaman").wait_for()
    server.start()
    _saved(page)
    _on_database(server, "UPDATE sign_in SET seen_at = '2020-01-01 00:00:00.000000'")
    page.fill(NAME, "Menyerahkan berkas SKP")
    page.locator("#saved", has_text="Sesi Anda berakhir").wait_for()
    with page.context.expect_page() as opened:
        page.click("#saved a")
    again = opened.value
    again.fill("#nip", sample.CAST["analyst"][0])
    again.fill("#password", sample.PASSWORD)
    again.click("main button")
    again.wait_for_url("**/")
    _saved(page)
    _open(again, address)
    _choose(again, "Langkah_2")
    assert again.input_value(NAME) == "Menyerahkan berkas SKP"
    again.fill(NAME, "Dari tab lain")
    again.keyboard.press("Tab")
    _saved(again)
    page.fill(NAME, "Dari tab lama")
    page.keyboard.press("Tab")
    page.click("[data-do=save]")
    page.locator("#saved", has_text="di tab atau perangkat lain").wait_for()
    ((source,),) = _on_database(server, "SELECT source FROM sketch")
    assert "Dari tab lain" in source.decode()


def test_two_analysts_of_one_process_know_of_each_other(
    sign_in: Callable[..., Page], server: Any
) -> None:
    (other,) = (place for place, one in enumerate(sample.PEOPLE, 1) if one == sample.CAST["staff"])
    _on_database(server, f"INSERT INTO duty (person_id, name) VALUES ({other}, 'analyst')")
    first, second = sign_in("analyst"), sign_in("staff")
    _begin(first, {"base": "1"})
    _begin(second, {"base": "1"})
    assert "Sedang mengubah proses yang sama: Analis Contoh." in second.inner_text("#meanwhile")
    _choose(second, "Langkah_2")
    second.fill(NAME, "Menyerahkan berkas")
    second.keyboard.press("Tab")
    _saved(second)
    second.click("#deploy button")
    second.get_by_text("Tersimpan sebagai versi 2.").wait_for()
    _choose(first, "Langkah_3")
    first.fill(NAME, "Menilai")
    first.keyboard.press("Tab")
    first.get_by_text("Versi 2 sudah disimpan oleh Umar Contoh").wait_for()


def test_by_keyboard_and_for_a_reader_of_the_screen(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})
    page.focus("#tab-properties")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-outline", "aria-selected") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.input_value("#bio-properties-panel-id") == "Mulai"
    page.evaluate(AXE.read_text())
    for tab in ("properties", "findings", "outline", "preview"):
        page.click(f"#tab-{tab}")
        about = {"exclude": [["#canvas"]]}
        result = page.evaluate("about => axe.run(about)", about)
        assert [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]] == []


def test_a_step_is_added_named_timed_and_kept_by_keyboard_alone(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})

    def go_to(key: str, where: str) -> None:
        for _ in range(60):
            page.keyboard.press(key)
            if page.evaluate(f"document.activeElement.matches({where!r})"):
                return
        pytest.fail(f"{where} is not come to by {key}")

    page.focus("#tab-properties")
    go_to("ArrowRight", "#tab-outline")
    go_to("Tab", "[data-element=Langkah_8]")
    page.keyboard.press("Enter")
    go_to("Shift+Tab", "[data-do=append]")
    page.keyboard.press("Enter")
    page.locator(f"{NAME}:focus").wait_for()
    page.keyboard.type("Menyimpan berkas")
    go_to("Tab", "#bio-properties-panel-waktu")
    page.keyboard.type("2 jam")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+s")
    page.locator("#saved", has_text=re.compile("^Tersimpan$")).wait_for()
    kept = etree.fromstring(page.request.get(f"{page.url}/diagram.bpmn?download=1").body())
    (step,) = kept.xpath("//*[@name='Menyimpan berkas']/@id")
    ways = kept.xpath("//*[local-name()='sequenceFlow'][@sourceRef=$step]/@targetRef", step=step)
    assert ways == ["Selesai"]
    assert kept.xpath("//*[@attachedToRef=$step]/@name", step=step) == ["2 jam"]


def test_the_fields_of_a_form_change_places_by_keyboard(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})
    _choose(page, "Langkah_2")
    page.click("[data-group-id=group-form] .bio-properties-panel-add-entry")
    form = page.locator("[data-group-id=group-form]")
    form.locator("input[id$=-label]").last.fill("Nomor rak")
    page.keyboard.press("Tab")
    page.click("#tab-preview")
    labels = page.locator("#preview label")
    labels.nth(1).wait_for()
    assert [one.strip()[:7] for one in labels.all_inner_texts()] == ["Catatan", "Nomor r"]
    page.click("#tab-properties")
    form.locator("[title=Naikkan]").last.focus()
    page.keyboard.press("Enter")
    assert form.locator("[title=Turunkan]:focus").count() == 1  # it is the first: only down is left
    page.click("#tab-preview")
    page.locator("#preview label >> nth=0", has_text="Nomor rak").wait_for()
    page.click("[data-do=undo]")
    page.locator("#preview label >> nth=0", has_text="Catatan").wait_for()


def test_everything_that_is_offered_is_said_in_indonesian(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})
    page.evaluate("""async () => {
        const modeler = window.alurModeler.modeler;
        const registry = modeler.get('elementRegistry');
        const root = registry.get('Pool_SKP');
        const [create, menu] = [modeler.get('elementFactory'), modeler.get('popupMenu')];
        const kinds = ['Task', 'ServiceTask', 'ScriptTask', 'ReceiveTask', 'CallActivity',
            'SubProcess', 'ExclusiveGateway', 'EventBasedGateway', 'StartEvent',
            'IntermediateThrowEvent', 'EndEvent', 'DataObjectReference', 'TextAnnotation', 'Group'];
        for (const kind of kinds) {
            const shape = create.createShape({ type: `bpmn:${kind}` });
            const made = modeler.get('modeling').createShape(shape, { x: 1500, y: 150 }, root);
            modeler.get('selection').select(made);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            menu.open(made, 'bpmn-replace', { x: 300, y: 300 });
            menu.close();
        }
        for (const one of registry.getAll().filter((one) => one.type !== 'label')) {
            modeler.get('selection').select(one);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }
    }""")
    page.click("[data-do=simulate]")
    assert page.locator(".bts-palette [title='Catatan simulasi']").count() == 1
    assert _missing(page) == []


@pytest.fixture
def round_trip(sign_in: Callable[..., Page]) -> Iterator[Callable[[str], str]]:
    """``round_trip(xml)``: the file as the modeler writes it again."""
    page = sign_in("analyst")
    _begin(page, {"base": "1"})

    def trip(xml: str) -> str:
        kept: str = page.evaluate(
            """async (xml) => {
                const modeler = window.alurModeler.another(xml);
                if (xml.includes('BPMNShape') && /:process|<process/.test(xml)) {
                    await modeler.importXML(xml);
                    return (await modeler.saveXML({ format: true })).xml;
                }
                const moddle = modeler.get('moddle');  // what has no picture is only read
                const { rootElement } = await moddle.fromXML(xml);
                return (await moddle.toXML(rootElement, { format: true })).xml;
            }""",
            xml,
        )
        return kept

    yield trip


def _meaning(element: Any) -> Any:
    """An element as a value: text without margins, and no attribute that says what holds anyway."""
    said = {name: value for name, value in element.attrib.items() if DEFAULTS.get(name) != value}
    tag = element.tag
    if tag.endswith("}expression") and said.get(KIND, "").endswith("tFormalExpression"):
        tag = tag.replace("}expression", "}formalExpression")  # of one substitution group
        del said[KIND]
    return tag, tuple(sorted(said.items())), (element.text or "").strip()


def _whole(element: Any) -> Any:
    """All that an element says, in whatever order; its picture apart, which is written anew."""
    inner = (one for one in element.iterchildren(etree.Element) if "/DI}" not in one.tag)
    return *_meaning(element), tuple(sorted(map(_whole, inner), key=repr))


def test_a_round_trip_loses_nothing(round_trip: Callable[[str], str]) -> None:
    skp = SKP.read_text(encoding="utf-8")
    operaton = skp.replace("camunda.org/schema/1.0/bpmn", "operaton.org/schema/1.0/bpmn")
    operaton = operaton.replace("xmlns:camunda", "xmlns:operaton").replace("camunda:", "operaton:")
    read = {one.stem: one.read_bytes().decode("utf-8", "replace") for one in FOREIGN.glob("*.bpmn")}
    files = {name: xml for name, xml in read.items() if "\ufffd" not in xml}
    assert len(files) > 15
    for name, xml in {"skp": skp, "operaton": operaton, **files}.items():
        kept = etree.fromstring(round_trip(xml).encode())
        assert _whole(kept) == _whole(etree.fromstring(xml.encode())), name


def test_a_diagram_of_another_tool_is_kept_whole_and_says_what_it_lacks(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst")
    utf16 = SKP.read_text(encoding="utf-8").replace('"UTF-8"', '"UTF-16"').encode("utf-16")
    said = {
        "camunda8_order": "pilih Camunda Platform di modeler",
        "flowable_holiday": "Belum dapat dijalankan: assignee (http://flowable.org/bpmn).",
        "signavio_complaint": "Tidak ada proses yang ditandai dapat dijalankan",
        "bizagi_purchase": "Belum dapat dijalankan: bpmn:messageFlow.",
        "bpmnio_plain": "Belum ditentukan siapa",
        "utf16": "Tidak ada yang perlu diperbaiki.",
    }
    for name, lacking in said.items():
        source = utf16 if name == "utf16" else (FOREIGN / f"{name}.bpmn").read_bytes()
        _open_file(page, source)
        assert lacking in (page.text_content("#findings") or ""), name
        page.evaluate("""() => {
            const { modeler } = window.alurModeler;
            const [changed] = modeler.get('elementRegistry').filter((one) => one.incoming?.length);
            for (const name of ['lain', changed.businessObject.name]) {
                modeler.get('modeling').updateProperties(changed, { name });
            }
        }""")
        _saved(page)
        kept = page.request.get(f"{page.url}/diagram.bpmn?download=1").body()
        assert kept != source
        assert _whole(etree.fromstring(kept)) == _whole(etree.fromstring(source)), name


def test_what_cannot_be_drawn_says_why_and_what_it_lacks(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    _open_file(page, (FOREIGN / "latin1.bpmn").read_bytes())
    assert 'ID "Prüfung" memakai huruf selain a sampai z' in page.inner_text("#canvas")
    assert "Belum ditentukan siapa" in page.inner_text("#findings")


def test_pictures_are_given_out(sign_in: Callable[..., Page], tmp_path: Path) -> None:
    page = sign_in("analyst")
    _begin(page, {"base": "1"})
    page.click(".modeler-file summary")
    for deed, begins in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("bpmn", b"<?xml")):
        with page.expect_download() as given:
            page.click(f"[data-do={deed}]")
        given.value.save_as(tmp_path / deed)
        assert (tmp_path / deed).read_bytes().startswith(begins)


def test_the_element_templates_are_those_of_the_properties(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    templates = json.loads(page.request.get("/modeler/alur.element-templates.json").text())
    bound = {p["binding"]["type"] for one in templates for p in one["properties"]}
    assert bound == {"camunda:property"}


def test_a_phone_shows_what_can_be_read_there(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst", viewport={"width": 390, "height": 800})
    _begin(page, {"base": "1"})
    assert page.get_by_text("Menggambar memerlukan layar yang lebih besar").is_visible()
    assert not page.locator("#canvas").is_visible()
    page.click("#outline [data-element=Langkah_8]")
    assert page.get_attribute("#outline [data-element=Langkah_8]", "aria-current") == "true"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
