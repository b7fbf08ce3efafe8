"""What a table says wholly is read back as it was written, in every format and with any mark."""

from dataclasses import replace

import table_writers as writers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_writers import C

from bpmn.sop.document import ACTIVITY, DECISION, LISTS, Arrow, Identity, Sop, Step
from bpmn.sop.table import understood
from engine.sop_tables import grids_of

# No word that says who, when or where to; those are what the table says in its own places.
WORDS = st.sampled_from(
    "Berkas Surat Formulir Kartu Nota Laporan Daftar Agenda Arsip Data Bahan Stempel".split()
)
TEXT = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
ACTORS = ("Staf Umum", "Kasubbag Tata Usaha", "Sekretaris", "Kepala Dinas", "Bendahara",
          "Pengelola Barang", "Arsiparis")  # fmt: skip
TIMES = st.sampled_from(
    ["10 menit", "± 1 jam", "1 jam 30 menit", "1-2 hari", "120 Menit / 3 Hari", "30 detik",
     "1 (satu) hari kerja", "1/2 hari", "satu jam"]
)  # fmt: skip
MARKS = st.sampled_from(["V", "v", "x", "✓", "■", "1", "•", "√", "kotak"])
LABELS = {
    "nama": "Nama SOP", "nomor": "Nomor SOP", "unit": "Unit Kerja",
    "tanggal_pembuatan": "Tanggal Pembuatan", "tanggal_revisi": "Tanggal Revisi",
    "tanggal_efektif": "Tanggal Efektif", "disahkan_oleh": "Disahkan oleh",
    "peringatan": "Peringatan", "dasar_hukum": "Dasar Hukum",
    "kualifikasi": "Kualifikasi Pelaksana", "keterkaitan": "Keterkaitan",
    "peralatan": "Peralatan/Perlengkapan", "pencatatan": "Pencatatan dan Pendataan",
}  # fmt: skip
CHOICES = st.sampled_from(
    [
        "Ya ke {}, tidak ke {}",
        "Jika lengkap lanjut ke no. {}, jika tidak lengkap kembali ke no. {}",
        "diterima → {}; ditolak → {}",
    ]
)
DAYS = st.dates().map(lambda day: day.isoformat())


@st.composite
def identities(draw) -> Identity:
    said = {}
    for name in draw(st.sets(st.sampled_from(sorted(LABELS)))) | {"nama"}:
        if name in LISTS:
            said[name] = tuple(draw(st.lists(TEXT, min_size=1, max_size=3)))
        else:
            said[name] = draw(DAYS if name.startswith("tanggal") else TEXT)
    return Identity(**said)


@st.composite
def sops(draw) -> Sop:
    """Documents whose rows say where they lead, unless it is to the next."""
    count = draw(st.integers(1, 9))
    actors = draw(st.lists(st.sampled_from(ACTORS), min_size=1, max_size=5, unique=True))
    gaps = draw(st.lists(st.integers(1, 3), min_size=count, max_size=count))
    numbers = [sum(gaps[: place + 1]) for place in range(count)]
    steps, arrows = [], []
    for place in range(count):
        ways, said, kind = (
            draw(courses(place, numbers)) if place + 1 < count else ([], "", ACTIVITY)
        )
        arrows += [Arrow(place, target, label) for target, label in ways]
        step = Step(
            str(numbers[place]), draw(TEXT), draw(st.integers(0, len(actors) - 1)), kind,
            draw(TEXT | st.just("")), draw(TIMES), draw(TEXT | st.just("")), said,
        )  # fmt: skip
        steps.append(step)
    return Sop(draw(identities()), tuple(actors), tuple(_all_say(steps, arrows)), tuple(arrows))


def _all_say(steps: list[Step], arrows: list[Arrow]) -> list[Step]:
    """With parallel ways every row says where it leads: a table does not show where they meet."""
    if not any(" dan " in step.keterangan for step in steps):
        return steps
    said = [step.keterangan or "dikerjakan" for step in steps]
    for arrow in arrows:
        if not any(mark in said[arrow.source] for mark in ("ke ", "→")):
            said[arrow.source] = f"lanjut ke {steps[arrow.target].number}"
    return [replace(step, keterangan=told) for step, told in zip(steps, said, strict=True)]


@st.composite
def courses(draw, place: int, numbers: list[int]):
    """Where a row leads: the arrows, the words of it, and what kind of row that makes it."""
    rows = st.integers(0, len(numbers) - 1)
    shape = draw(st.sampled_from(["next", "next", "jump", "choice", "words", "parallel"]))
    if shape == "next":
        return [(place + 1, "")], draw(st.sampled_from(["", "Rangkap dua"])), ACTIVITY
    first = draw(rows)
    if shape == "jump":
        return [(first, "")], f"lanjut ke {numbers[first]}", ACTIVITY
    second = draw(rows.filter(lambda row: row != first)) if len(numbers) > 1 else first
    one, other = numbers[first], numbers[second]
    if shape == "parallel":
        return [(first, ""), (second, "")], f"lanjut ke {one} dan {other}", ACTIVITY
    if shape == "words":
        said = f"jika ringan ke {one}, berat ke {other}"
        return [(first, "Ringan"), (second, "Berat")], said, DECISION
    said = draw(CHOICES)
    return [(first, "Ya"), (second, "Tidak")], said.format(one, other), DECISION


HEADING = ("Kelengkapan", "Waktu", "Output")


def rows_of(sop: Sop, mark: str, *, naming: bool) -> list[list[C | str]]:
    """The table of an SOP; ``naming`` gives who acts a column of its own."""
    actors = [""] if naming else list(sop.actors)
    head: list[list[C | str]] = [
        ["No", "Kegiatan", C("Pelaksana", span=len(actors)), C("Mutu Baku", span=3), "Keterangan"],
        ["", "", *(actors if not naming else [""]), *HEADING, ""],
    ]
    for step in sop.steps:
        marks = [mark if place == step.actor else "" for place in range(len(sop.actors))]
        who = [sop.actors[step.actor]] if naming else marks
        head.append([step.number, step.activity, *who, step.kelengkapan, step.waktu, step.output,
                     step.keterangan])  # fmt: skip
    return head


def page_of(sop: Sop) -> list[list[C | str]]:
    """The identity page as rows of a label and its value."""
    rows = []
    for name, label in LABELS.items():
        value = getattr(sop.identity, name)
        if value:
            listed = "\n".join(f"{n}. {one}" for n, one in enumerate(value, 1))
            rows.append([label, value if isinstance(value, str) else listed])
    return rows


def written(sop: Sop, form: str, mark: str, *, naming: bool) -> bytes:
    page, rows = page_of(sop), rows_of(sop, mark, naming=naming)
    if form == "docx":
        return writers.docx(page, "", rows)
    if form == "xlsx":
        return writers.xlsx([*page, [""], *rows])
    flat = [*writers.flat(page), [""], *writers.flat(rows)]
    if form == "csv":
        return writers.csv(flat)
    if form == "md":
        return b"\n\n".join(writers.markdown(writers.flat(part)) for part in (page, rows))
    return writers.tabs([[cell.replace("\n", " ") for cell in row] for row in flat])


def as_named(sop: Sop) -> Sop:
    """The document when only the rows say who there is: in the order in which they come."""
    order = list(dict.fromkeys(step.actor for step in sop.steps))
    steps = (replace(step, actor=order.index(step.actor)) for step in sop.steps)
    return replace(sop, actors=tuple(sop.actors[place] for place in order), steps=tuple(steps))


@given(sops(), st.sampled_from(["docx", "xlsx", "csv", "md", "txt"]), MARKS, st.booleans())
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_a_document_is_read_back_from_its_table(sop, form, mark, naming):
    expected = as_named(sop) if naming else sop
    found = understood(grids_of(written(sop, form, mark, naming=naming)))
    assert found.sop.identity == expected.identity
    assert found.sop.actors == expected.actors
    assert found.sop.steps == expected.steps
    assert sorted(found.sop.arrows) == sorted(expected.arrows)
