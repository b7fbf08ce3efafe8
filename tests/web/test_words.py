"""The interface in two languages: every message is translated, and the switch works."""

import ast
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bpmn.elements import diagrams
from bpmn.reading import read
from engine import sample

ROOT = Path(__file__).parents[2]
PACKAGES = ("bpmn", "engine", "tasks", "web")
CATALOGUE = ROOT / "web/translations/en/LC_MESSAGES/messages.po"
TELLTALES = set(
    "ada alasan ambil anda atau batalkan baru belum berjalan berkas berlaku bukan cari dahulu dan"
    " dari dengan diisi dikerjakan dimulai diselesaikan disimpan halaman ini isian itu kasus"
    " keadaan kegiatan kelengkapan keluar kelompok kesalahan kirim lalu langkah lepaskan masuk"
    " mengambil menunggu mulai mutu oleh orang pada pegawai pelaksana penilai periksa pilih proses"
    " putaran riwayat saya sebagai sebelumnya sekarang selesai selesaikan semua siapa sudah tanpa"
    " tidak tugas tulis unduh unggah untuk versi waktu wajib yang".split()
)
# The language switch names each language in itself.
OWN_NAMES = ["Bahasa Indonesia", "(Bahasa Indonesia)"]


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """The messages of the source as `make messages` finds them."""
    template = tmp_path_factory.mktemp("words") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    options = ["--mapping-file=pyproject.toml", "--keyword=message", f"--output-file={template}"]
    subprocess.run([*command, *options, *PACKAGES], cwd=ROOT, check=True, timeout=60)
    return _read(template)


@pytest.fixture(scope="session")
def english():
    return _read(CATALOGUE)


@pytest.fixture
def visitor(site):
    """The staff, reading English."""
    visitor = site.visitor("staff")
    visitor.post("/language/en")
    return visitor


def _read(path):
    with path.open("rb") as file:
        catalogue = read_po(file)
    return {found.id: found for found in catalogue if found.id}, dict(catalogue.obsolete)


def _placeholders(text: str, style: set[str]) -> list[str]:
    if "python-format" in style:
        return sorted(re.findall(r"%\(\w+\)s", text))
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_every_message_is_found_in_the_source(source):
    """A template given by name, not written in place, would never reach the catalogue."""
    hidden = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "frontend" in path.parts:
                continue
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "message":
                    (template,) = call.args
                    if not (isinstance(template, ast.Constant) and template.value in source[0]):
                        hidden.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert hidden == []


def test_every_message_has_an_english_translation(source, english):
    untranslated = [text for text in source[0] if not getattr(english[0].get(text), "string", "")]
    assert untranslated == []


def test_a_translation_has_the_placeholders_of_its_message(source, english):
    different = [
        text
        for text, found in source[0].items()
        if text in english[0]
        and _placeholders(text, found.flags) != _placeholders(english[0][text].string, found.flags)
    ]
    assert different == []


def test_the_catalogue_holds_nothing_doubtful_or_dead(source, english):
    translated, obsolete = english
    assert translated.keys() - source[0].keys() == set()
    assert obsolete == {}
    assert [text for text, found in translated.items() if found.fuzzy] == []


def test_pages_are_indonesian_at_first(site):
    page = site.visitor().get("/sign-in")
    assert page.tree.get("lang") == "id"
    assert "Kata sandi" in page.text


def test_the_switch_leads_back_to_the_same_page_in_english(site):
    visitor = site.visitor("staff")
    answer = visitor.post("/language/en", {"next": "/cases"})
    assert answer.location == "/cases"
    page = visitor.get("/cases")
    assert page.tree.get("lang") == "en"
    assert page.title == "My cases · Alur"


def test_the_switch_keeps_what_was_asked_for(site):
    visitor = site.visitor()
    asked = "/sign-in?next=/cases"
    assert (
        visitor.post("/language/en", {"next": visitor.get(asked).value("next")}).location == asked
    )


def test_the_language_outlasts_signing_out_and_in(visitor):
    visitor.post("/sign-out")
    assert "Password" in visitor.get("/sign-in").text
    visitor.sign_in("staff")
    assert "My tasks" in visitor.get("/").text
    visitor.post("/language/id")
    assert "Tugas saya" in visitor.get("/").text


def test_an_unknown_language_changes_nothing(visitor):
    visitor.post("/language/xx")
    assert "My tasks" in visitor.get("/").text


def test_errors_and_refusals_are_said_in_english(visitor):
    assert visitor.get("/tidak/ada").said == ["This page does not exist."]
    assert visitor.get("/processes").said == ["This page is for process analysts."]
    assert visitor.post("/sign-out", {"csrf_token": ""}).said == [
        "This page has expired. Reload it, then send again."
    ]


def test_an_english_page_holds_no_indonesian_of_its_own(site, skp):
    case = site.start()
    site.until(case, "Langkah_4")
    site.step(case, keputusan="tidak_setuju", alasan="–")
    task = f"/tasks/{site.item(case).id}"
    form = f"/cases/new/skp_collection/{site.ids['employee']}"
    walk = {
        None: ["/sign-in"],
        "staff": ["/", "/cases", "/cases/new/skp_collection", form, f"/cases/{case}"],
        "assessor": ["/", task],
        "supervisor": ["/cases/supervised", f"/cases/{case}"],
        "analyst": ["/cases/new", "/processes", "/processes/1"],
    }
    found = {}
    for who, paths in walk.items():
        visitor = site.visitor(who)
        visitor.post("/language/en")
        pages = [visitor.get(path) for path in paths]
        for path, page in zip(paths, pages, strict=True):
            assert page.status == 200, (who, path)
            if words := _indonesian(page, skp):
                found[who, path] = words
    assert found == {}


def test_faults_of_a_form_are_said_in_english(site, skp):
    task = site.task("Langkah_1")
    visitor = site.visitor("staff")
    visitor.post("/language/en")
    visitor.post(f"{task}/claim")
    page = visitor.post(task, {"periode": "999", "dari": "x", "sampai": ""})
    assert page.fault("periode") == "At least 2000."
    assert page.fault("dari") == "Write the date as dd-mm-yyyy, e.g. 31-12-2026."
    assert page.fault("sampai") == "This field is required."
    assert _indonesian(page, skp) == set()


def _indonesian(page, skp: bytes) -> set[str]:
    """Telltale words of a page, apart from those of the SOP and of the directory."""
    texts = page.tree.xpath("//text() | //@aria-label | //@placeholder | //@title | //@data-label")
    texts += page.tree.xpath("//@data-zoom-in | //@data-zoom-out | //@data-fit | //@data-error")
    said = "\n".join(texts)
    for given in sorted(_given(skp), key=len, reverse=True):
        said = said.replace(given, " ")
    return set(re.findall(r"\w+", said.lower())) & TELLTALES


def _given(skp: bytes) -> set[str]:
    (diagram,) = diagrams(read(skp))
    given = {diagram.name, sample.GROUP[1], *OWN_NAMES}
    given |= {lane.name for lane in diagram.lanes}
    for node in diagram.nodes.values():
        given |= {node.name, node.documentation, *node.properties.values()}
        for field in node.form:
            given |= {field.label, *(name for _, name in field.choices)}
    given |= {text for person in sample.PEOPLE for text in (person[1], person[3])}
    return {text for text in (given | {unit[1] for unit in sample.UNITS}) if len(text) > 2}
